/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphics resources in the simulated driver: OpenGL's and VDPAU's, and the attributes of NvSci.
 */
#include <stdlib.h>

#include "sim_fixture.h"

#define TEXTURE_2D   0x0de1
#define TEXTURE_3D   0x806f
#define RECTANGLE    0x84f5
#define CUBE         0x8513
#define ARRAY_2D     0x8c1a
#define RENDERBUFFER 0x8d41

static CUgraphicsResource buffer(unsigned int name)
{
	CUgraphicsResource resource;

	OK(cuGraphicsGLRegisterBuffer(&resource, name, 0));
	return resource;
}

static CUgraphicsResource image(unsigned int target)
{
	CUgraphicsResource resource;

	OK(cuGraphicsGLRegisterImage(&resource, 1, target, 0));
	return resource;
}

START_TEST(a_buffer_is_an_address_while_it_is_mapped)
{
	CUgraphicsResource resource;
	CUdeviceptr address;
	unsigned char byte;
	size_t size;

	begin();
	resource = buffer(3);
	FAILS(cuGraphicsResourceGetMappedPointer_v2(&address, &size, resource),
	      CUDA_ERROR_NOT_MAPPED);
	OK(cuGraphicsMapResources(1, &resource, NULL));
	OK(cuGraphicsResourceGetMappedPointer_v2(&address, &size, resource));
	ck_assert_uint_eq(size, 3 * 4096);
	OK(cuMemsetD8_v2(address, 0x5a, size));
	FAILS(cuMemFree_v2(address), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphicsUnmapResources(1, &resource, NULL));
	FAILS(cuGraphicsResourceGetMappedPointer_v2(&address, &size, resource),
	      CUDA_ERROR_NOT_MAPPED);
	ck_assert_uint_eq(address, 0);
	ck_assert_uint_eq(size, 0);
	/* Its bytes are still there. */
	OK(cuGraphicsMapResources(1, &resource, NULL));
	OK(cuGraphicsResourceGetMappedPointer_v2(&address, NULL, resource));
	OK(cuMemcpyDtoH_v2(&byte, address + 3 * 4096 - 1, 1));
	ck_assert_uint_eq(byte, 0x5a);
	OK(cuGraphicsUnregisterResource(resource));
	FAILS(cuGraphicsUnregisterResource(resource), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuMemsetD8_v2(address, 0, 1), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(mapping_twice_or_not_at_all_is_an_error)
{
	CUgraphicsResource both[2], twice[2];

	begin();
	both[0] = buffer(1);
	both[1] = buffer(2);
	FAILS(cuGraphicsUnmapResources(1, both, NULL), CUDA_ERROR_NOT_MAPPED);
	OK(cuGraphicsMapResources(1, &both[1], NULL));
	/* All or none. */
	FAILS(cuGraphicsMapResources(2, both, NULL), CUDA_ERROR_ALREADY_MAPPED);
	FAILS(cuGraphicsUnmapResources(2, both, NULL), CUDA_ERROR_NOT_MAPPED);
	OK(cuGraphicsUnmapResources(1, &both[1], NULL));
	twice[0] = twice[1] = both[0];
	FAILS(cuGraphicsMapResources(2, twice, NULL), CUDA_ERROR_INVALID_HANDLE);
	OK(cuGraphicsMapResources(2, both, NULL));
	OK(cuGraphicsUnmapResources_ptsz(2, both, NULL));
}
END_TEST

START_TEST(mapping_nothing_is_an_error)
{
	CUgraphicsResource resource = NULL;

	begin();
	FAILS(cuGraphicsMapResources(0, &resource, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsMapResources(1, NULL, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsMapResources(1, &resource, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsUnmapResources(1, &resource, NULL), CUDA_ERROR_INVALID_HANDLE);
	resource = buffer(1);
	FAILS(cuGraphicsMapResources(1, &resource, (CUstream)&resource), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsUnmapResources(1, &resource, NULL), CUDA_ERROR_NOT_MAPPED);
}
END_TEST

START_TEST(map_flags_are_set_while_it_is_not_mapped)
{
	CUgraphicsResource resource;

	begin();
	resource = buffer(1);
	OK(cuGraphicsResourceSetMapFlags_v2(resource, 2));
	FAILS(cuGraphicsResourceSetMapFlags_v2(resource, 3), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsResourceSetMapFlags_v2(NULL, 0), CUDA_ERROR_INVALID_HANDLE);
	OK(cuGraphicsMapResources(1, &resource, NULL));
	FAILS(cuGraphicsResourceSetMapFlags_v2(resource, 0), CUDA_ERROR_ALREADY_MAPPED);
}
END_TEST

START_TEST(a_buffer_is_no_array_and_an_image_no_address)
{
	CUgraphicsResource both[2];
	CUmipmappedArray mipmap;
	CUdeviceptr address;
	CUarray array;
	size_t size;

	begin();
	both[0] = buffer(1);
	both[1] = image(TEXTURE_2D);
	OK(cuGraphicsMapResources(2, both, NULL));
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, both[0], 0, 0),
	      CUDA_ERROR_NOT_MAPPED_AS_ARRAY);
	FAILS(cuGraphicsResourceGetMappedMipmappedArray(&mipmap, both[0]),
	      CUDA_ERROR_NOT_MAPPED_AS_ARRAY);
	FAILS(cuGraphicsResourceGetMappedPointer_v2(&address, &size, both[1]),
	      CUDA_ERROR_NOT_MAPPED_AS_POINTER);
}
END_TEST

static const struct {
	unsigned int target, images, levels;
	size_t depth; /* of the mipmapped array */
	unsigned int flags;
} targets[] = {
	{ TEXTURE_2D, 1, 7, 0, 0 },
	{ TEXTURE_3D, 1, 7, 16, 0 },
	{ RECTANGLE, 1, 1, 0, 0 },
	{ RENDERBUFFER, 1, 1, 0, 0 },
	{ ARRAY_2D, 4, 7, 4, CUDA_ARRAY3D_LAYERED },
	{ CUBE, 6, 7, 6, CUDA_ARRAY3D_CUBEMAP },
};

START_TEST(an_image_has_the_arrays_of_its_target)
{
	CUgraphicsResource resource;
	CUDA_ARRAY3D_DESCRIPTOR desc;
	CUmipmappedArray mipmap;
	CUarray array;

	begin();
	resource = image(targets[_i].target);
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, resource, 0, 0), CUDA_ERROR_NOT_MAPPED);
	FAILS(cuGraphicsResourceGetMappedMipmappedArray(&mipmap, resource), CUDA_ERROR_NOT_MAPPED);
	OK(cuGraphicsMapResources(1, &resource, NULL));
	for (unsigned int i = 0; i < targets[_i].images; i++)
		OK(cuGraphicsSubResourceGetMappedArray(&array, resource, i,
						       targets[_i].levels - 1));
	OK(cuArray3DGetDescriptor_v2(&desc, array));
	ck_assert_uint_eq(desc.Width, targets[_i].levels == 7 ? 1 : 64);
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, resource, targets[_i].images, 0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, resource, 0, targets[_i].levels),
	      CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphicsResourceGetMappedMipmappedArray(&mipmap, resource));
	OK(cuMipmappedArrayGetLevel(&array, mipmap, 0));
	OK(cuArray3DGetDescriptor_v2(&desc, array));
	ck_assert_uint_eq(desc.Width, 64);
	ck_assert_uint_eq(desc.Height, 64);
	ck_assert_uint_eq(desc.Depth, targets[_i].depth);
	ck_assert_uint_eq(desc.Flags, targets[_i].flags);
	/* The program may not destroy it, and it is not gone if it tries. */
	OK(cuArrayDestroy(array));
	OK(cuArray3DGetDescriptor_v2(&desc, array));
	OK(cuGraphicsUnregisterResource(resource));
	FAILS(cuArray3DGetDescriptor_v2(&desc, array), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(objects_that_do_not_exist_are_not_registered)
{
	CUgraphicsResource resource;

	begin();
	FAILS(cuGraphicsGLRegisterBuffer(&resource, 0, 0), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsGLRegisterBuffer(&resource, 1, 3), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsGLRegisterBuffer(&resource, 1, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsGLRegisterBuffer(NULL, 1, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsGLRegisterImage(&resource, 0, TEXTURE_2D, 0), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsGLRegisterImage(&resource, 1, 1, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsGLRegisterImage(&resource, 1, TEXTURE_2D, 16), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsGLRegisterImage(NULL, 1, TEXTURE_2D, 0), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphicsGLRegisterImage(&resource, 1, TEXTURE_2D, 4 | 8 | 2));
}
END_TEST

START_TEST(a_resource_belongs_to_its_context)
{
	CUgraphicsResource resource;
	CUcontext other;

	begin();
	resource = buffer(1);
	OK(cuCtxCreate_v2(&other, 0, 1));
	FAILS(cuGraphicsMapResources(1, &resource, NULL), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuGraphicsUnregisterResource(resource), CUDA_ERROR_INVALID_CONTEXT);
	OK(cuCtxDestroy_v2(other));
	OK(cuGraphicsMapResources(1, &resource, NULL));
}
END_TEST

START_TEST(a_reset_takes_the_resources)
{
	CUgraphicsResource resource;
	CUcontext ctx;

	begin();
	resource = buffer(1);
	OK(cuGLRegisterBufferObject(9));
	OK(cuDevicePrimaryCtxReset_v2(0));
	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	OK(cuCtxSetCurrent(ctx));
	FAILS(cuGraphicsMapResources(1, &resource, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsUnregisterResource(resource), CUDA_ERROR_INVALID_HANDLE);
	OK(cuGLRegisterBufferObject(9));
}
END_TEST

START_TEST(opengl_draws_on_a_device)
{
	CUdevice devices[2] = { -1, -1 };
	unsigned int count = 0;

	OK(cuInit(0));
	OK(cuGLGetDevices(&count, devices, 2, CU_GL_DEVICE_LIST_ALL));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(devices[0], 0);
	ck_assert_int_eq(devices[1], -1);
	OK(cuGLGetDevices_v2(&count, NULL, 0, CU_GL_DEVICE_LIST_NEXT_FRAME));
	FAILS(cuGLGetDevices(&count, NULL, 1, CU_GL_DEVICE_LIST_ALL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLGetDevices(NULL, devices, 1, CU_GL_DEVICE_LIST_ALL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLGetDevices(&count, devices, 1, (CUGLDeviceList)4), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

/* As on a machine without a display. */
START_TEST(without_opengl_nothing_is_registered)
{
	CUgraphicsResource resource;
	CUdeviceptr address = 1;
	unsigned int count;
	size_t size = 1;

	unsetenv("CURTRACE_SIM_GL");
	begin();
	FAILS(cuGLGetDevices(&count, NULL, 0, CU_GL_DEVICE_LIST_ALL), CUDA_ERROR_OPERATING_SYSTEM);
	FAILS(cuGraphicsGLRegisterBuffer(&resource, 1, 0), CUDA_ERROR_OPERATING_SYSTEM);
	FAILS(cuGraphicsGLRegisterBuffer(&resource, 1, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsGLRegisterImage(&resource, 1, TEXTURE_2D, 0), CUDA_ERROR_OPERATING_SYSTEM);
	FAILS(cuGLRegisterBufferObject(1), CUDA_ERROR_OPERATING_SYSTEM);
	FAILS(cuGLMapBufferObject_v2(&address, &size, 1), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(address, 0);
	ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(opengl_has_contexts_of_its_own)
{
	CUcontext ctx, current;

	OK(cuInit(0));
	FAILS(cuGLInit(), CUDA_ERROR_INVALID_CONTEXT);
	OK(cuGLCtxCreate_v2(&ctx, 0, 1));
	OK(cuCtxGetCurrent(&current));
	ck_assert_ptr_eq(current, ctx);
	OK(cuGLInit());
	FAILS(cuGLCtxCreate_v2(&ctx, 0, 99), CUDA_ERROR_INVALID_DEVICE);
}
END_TEST

START_TEST(a_buffer_object_is_known_by_its_name)
{
	CUdeviceptr address, again;
	size_t size;

	begin();
	OK(cuGLRegisterBufferObject(2));
	FAILS(cuGLRegisterBufferObject(2), CUDA_ERROR_ALREADY_MAPPED);
	OK(cuGLRegisterBufferObject(3));
	OK(cuGLSetBufferObjectMapFlags(2, CU_GL_MAP_RESOURCE_FLAGS_READ_ONLY));
	OK(cuGLMapBufferObject_v2(&address, &size, 2));
	ck_assert_uint_eq(size, 2 * 4096);
	OK(cuMemsetD8_v2(address, 1, size));
	FAILS(cuGLMapBufferObject_v2(&again, &size, 2), CUDA_ERROR_MAP_FAILED);
	FAILS(cuGLSetBufferObjectMapFlags(2, 0), CUDA_ERROR_ALREADY_MAPPED);
	OK(cuGLUnmapBufferObject(2));
	FAILS(cuGLUnmapBufferObject(2), CUDA_ERROR_INVALID_VALUE);
	OK(cuGLMapBufferObjectAsync_v2(&again, &size, 2, NULL));
	ck_assert_uint_eq(again, address);
	OK(cuGLUnmapBufferObjectAsync(2, NULL));
	OK(cuGLUnregisterBufferObject(2));
	FAILS(cuGLUnregisterBufferObject(2), CUDA_ERROR_INVALID_VALUE);
	OK(cuGLMapBufferObject_v2_ptds(&address, &size, 3));
}
END_TEST

START_TEST(a_buffer_object_without_a_registration_is_unknown)
{
	CUdeviceptr address;
	size_t size;

	begin();
	FAILS(cuGLRegisterBufferObject(0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLMapBufferObject_v2(&address, &size, 1), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLMapBufferObjectAsync_v2(&address, &size, 1, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLUnmapBufferObjectAsync(1, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLSetBufferObjectMapFlags(1, 0), CUDA_ERROR_INVALID_VALUE);
	OK(cuGLRegisterBufferObject(1));
	FAILS(cuGLSetBufferObjectMapFlags(1, 3), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGLMapBufferObjectAsync_v2(&address, &size, 1, (CUstream)&size),
	      CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

static char get_proc_address;

START_TEST(surfaces_of_vdpau_have_their_arrays)
{
	static const size_t widths[] = { 720, 720, 360, 360 }, heights[] = { 240, 240, 120, 120 };
	CUgraphicsResource video, output;
	CUDA_ARRAY3D_DESCRIPTOR desc;
	CUcontext ctx;
	CUarray array;

	OK(cuInit(0));
	OK(cuVDPAUCtxCreate_v2(&ctx, 0, 0, 0, &get_proc_address));
	OK(cuGraphicsVDPAURegisterVideoSurface(&video, 5, 0));
	OK(cuGraphicsVDPAURegisterOutputSurface(&output, 6, 2));
	OK(cuGraphicsMapResources(1, &video, NULL));
	OK(cuGraphicsMapResources(1, &output, NULL));
	for (unsigned int i = 0; i < 4; i++) {
		OK(cuGraphicsSubResourceGetMappedArray(&array, video, i, 0));
		OK(cuArray3DGetDescriptor_v2(&desc, array));
		ck_assert_uint_eq(desc.Width, widths[i]);
		ck_assert_uint_eq(desc.Height, heights[i]);
		ck_assert_uint_eq(desc.NumChannels, i < 2 ? 1 : 2);
	}
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, video, 4, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsSubResourceGetMappedArray(&array, video, 0, 1), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphicsSubResourceGetMappedArray(&array, output, 0, 0));
	OK(cuArray3DGetDescriptor_v2(&desc, array));
	ck_assert_uint_eq(desc.Width, 720);
	ck_assert_uint_eq(desc.NumChannels, 4);
	FAILS(cuGraphicsVDPAURegisterVideoSurface(&video, 0xffffffff, 0),
	      CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuGraphicsVDPAURegisterOutputSurface(NULL, 1, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphicsVDPAURegisterOutputSurface(&output, 1, 4), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(only_a_context_for_vdpau_takes_surfaces)
{
	CUgraphicsResource resource;
	CUcontext ctx;

	begin();
	FAILS(cuGraphicsVDPAURegisterVideoSurface(&resource, 5, 0), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuGraphicsVDPAURegisterOutputSurface(&resource, 5, 0), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuGraphicsVDPAURegisterOutputSurface(NULL, 5, 0), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuVDPAUCtxCreate_v2(&ctx, 0, 0, 1, &get_proc_address), CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuVDPAUCtxCreate_v2(&ctx, 0, 9, 9, &get_proc_address), CUDA_ERROR_INVALID_DEVICE);
	FAILS(cuVDPAUCtxCreate_v2(&ctx, 0, 0, 0, NULL), CUDA_ERROR_INVALID_VALUE);
	OK(cuVDPAUCtxCreate_v2(&ctx, CU_CTX_SCHED_SPIN, 1, 1, &get_proc_address));
	OK(cuGraphicsVDPAURegisterVideoSurface(&resource, 5, 0));
}
END_TEST

START_TEST(a_vdpau_device_is_a_cuda_device_or_none)
{
	CUdevice device = 7;

	OK(cuInit(0));
	OK(cuVDPAUGetDevice(&device, 1, &get_proc_address));
	ck_assert_int_eq(device, 1);
	OK(cuVDPAUGetDevice(&device, 100, &get_proc_address));
	ck_assert_int_eq(device, -1);
	FAILS(cuVDPAUGetDevice(NULL, 1, &get_proc_address), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuVDPAUGetDevice(&device, 1, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuVDPAUGetDevice(&device, 0xffffffff, &get_proc_address), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(attributes_of_nvsci_are_for_signals_and_waits)
{
	int list;

	OK(cuInit(0));
	for (int flags = 1; flags <= 3; flags++)
		OK(cuDeviceGetNvSciSyncAttributes(&list, 0, flags));
	FAILS(cuDeviceGetNvSciSyncAttributes(&list, 0, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDeviceGetNvSciSyncAttributes(&list, 0, 4), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuDeviceGetNvSciSyncAttributes(NULL, 0, 1), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuDeviceGetNvSciSyncAttributes(&list, 99, 1), CUDA_ERROR_INVALID_DEVICE);
}
END_TEST

int main(void)
{
	setenv("CURTRACE_SIM_GL", "1", 1);
	Suite *suite = suite_create("graphics");
	TCase *tcase = tcase_create("graphics");

	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, a_buffer_is_an_address_while_it_is_mapped);
	tcase_add_test(tcase, mapping_twice_or_not_at_all_is_an_error);
	tcase_add_test(tcase, mapping_nothing_is_an_error);
	tcase_add_test(tcase, map_flags_are_set_while_it_is_not_mapped);
	tcase_add_test(tcase, a_buffer_is_no_array_and_an_image_no_address);
	tcase_add_loop_test(tcase, an_image_has_the_arrays_of_its_target, 0,
			    (int)(sizeof(targets) / sizeof(targets[0])));
	tcase_add_test(tcase, objects_that_do_not_exist_are_not_registered);
	tcase_add_test(tcase, a_resource_belongs_to_its_context);
	tcase_add_test(tcase, a_reset_takes_the_resources);
	tcase_add_test(tcase, opengl_draws_on_a_device);
	tcase_add_test(tcase, without_opengl_nothing_is_registered);
	tcase_add_test(tcase, opengl_has_contexts_of_its_own);
	tcase_add_test(tcase, a_buffer_object_is_known_by_its_name);
	tcase_add_test(tcase, a_buffer_object_without_a_registration_is_unknown);
	tcase_add_test(tcase, surfaces_of_vdpau_have_their_arrays);
	tcase_add_test(tcase, only_a_context_for_vdpau_takes_surfaces);
	tcase_add_test(tcase, a_vdpau_device_is_a_cuda_device_or_none);
	tcase_add_test(tcase, attributes_of_nvsci_are_for_signals_and_waits);
	return run_suite(suite);
}
