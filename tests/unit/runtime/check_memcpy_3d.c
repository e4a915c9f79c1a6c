/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of boxes: their descriptions in the driver's terms and back. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/memcpy_3d.h"
#include "script_driver.h"

#define STREAM ((cudaStream_t)0x5000)
#define DST    ((void *)0x10000)
#define SRC    ((void *)0x20000)

/* Arrays that the driver knows. */
#define FLOATS ((cudaArray_t)0x31000) /* 4 bytes an element */
#define SHORT4 ((cudaArray_t)0x32000) /* 8 bytes an element */
#define BLOCKS ((cudaArray_t)0x33000) /* BC1: 8 bytes to 4x4 texels */
#define VIDEO  ((cudaArray_t)0x34000) /* a format that the runtime has no words for */

static CUDA_MEMCPY3D seen;
static CUDA_MEMCPY3D_PEER seen_peer;

static CUresult see(const uint64_t *args)
{
	memcpy(&seen, (const void *)(uintptr_t)args[0], sizeof(seen));
	return CUDA_SUCCESS;
}

static CUresult see_peer(const uint64_t *args)
{
	memcpy(&seen_peer, (const void *)(uintptr_t)args[0], sizeof(seen_peer));
	return CUDA_SUCCESS;
}

static CUresult describe_array(const uint64_t *args)
{
	CUDA_ARRAY3D_DESCRIPTOR *d = (void *)(uintptr_t)args[0];
	cudaArray_t array = (cudaArray_t)(uintptr_t)args[1];

	memset(d, 0, sizeof(*d));
	d->NumChannels = 1;
	if (array == FLOATS)
		d->Format = CU_AD_FORMAT_FLOAT;
	else if (array == SHORT4)
		d->Format = CU_AD_FORMAT_SIGNED_INT16;
	else if (array == BLOCKS)
		d->Format = CU_AD_FORMAT_BC1_UNORM;
	else if (array == VIDEO)
		d->Format = CU_AD_FORMAT_P010;
	else
		return CUDA_ERROR_INVALID_HANDLE;
	if (array == SHORT4 || array == BLOCKS)
		d->NumChannels = 4;
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	memset(&seen, 0, sizeof(seen));
	memset(&seen_peer, 0, sizeof(seen_peer));
	script_hook(cuMemcpy3D, see);
	script_hook(cuMemcpy3DPeer, see_peer);
	script_hook(cuArray3DGetDescriptor, describe_array);
	script_output(cuDeviceGetCount, 0, 2, sizeof(int));
}

static const struct cudaExtent small_box = { .width = 100, .height = 3, .depth = 2 };

static struct cudaMemcpy3DParms between_pointers(enum cudaMemcpyKind kind)
{
	return (struct cudaMemcpy3DParms){
		.srcPtr = { .ptr = SRC, .pitch = 128, .xsize = 100, .ysize = 3 },
		.srcPos = { .x = 5, .y = 6, .z = 7 },
		.dstPtr = { .ptr = DST, .pitch = 512, .xsize = 100, .ysize = 4 },
		.dstPos = { .x = 8, .y = 9, .z = 10 },
		.extent = small_box,
		.kind = kind,
	};
}

static struct cudaMemcpy3DParms into_array(cudaArray_t array, struct cudaExtent extent)
{
	return (struct cudaMemcpy3DParms){
		.srcPtr = { .ptr = SRC, .pitch = 4096, .xsize = 100, .ysize = 100 },
		.dstArray = array,
		.extent = extent,
		.kind = cudaMemcpyHostToDevice,
	};
}

START_TEST(a_description_of_nothing_succeeds)
{
	struct cudaMemcpy3DParms nothing;

	memset(&nothing, 0, sizeof(nothing));
	ck_assert_int_eq(rt_cudaMemcpy3D(&nothing), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpy3DAsync(&nothing, STREAM), cudaSuccess);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(no_description_answers_1)
{
	ck_assert_int_eq(rt_cudaMemcpy3D(NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpy3D_ptds(NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpy3DAsync(NULL, STREAM), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpy3DPeer(NULL), cudaErrorInvalidValue);
}
END_TEST

START_TEST(each_form_has_its_driver_call)
{
	struct cudaMemcpy3DParms p = between_pointers(cudaMemcpyDefault);

	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_int_eq(script_count(cuMemcpy3D), 1);
	ck_assert_int_eq(rt_cudaMemcpy3D_ptds(&p), cudaSuccess);
	ck_assert_int_eq(script_count(cuMemcpy3D_ptds), 1);
	ck_assert_int_eq(rt_cudaMemcpy3DAsync(&p, STREAM), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy3DAsync, 1), (uintptr_t)STREAM);
	ck_assert_int_eq(script_calls(), 3);
}
END_TEST

START_TEST(between_pointers_everything_is_in_bytes)
{
	struct cudaMemcpy3DParms p = between_pointers(cudaMemcpyHostToDevice);

	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_int_eq(seen.srcMemoryType, CU_MEMORYTYPE_HOST);
	ck_assert_ptr_eq(seen.srcHost, SRC);
	ck_assert_uint_eq(seen.srcXInBytes, 5);
	ck_assert_uint_eq(seen.srcY, 6);
	ck_assert_uint_eq(seen.srcZ, 7);
	ck_assert_uint_eq(seen.srcPitch, 128);
	ck_assert_uint_eq(seen.srcHeight, 3);
	ck_assert_int_eq(seen.dstMemoryType, CU_MEMORYTYPE_DEVICE);
	ck_assert_uint_eq(seen.dstDevice, (uintptr_t)DST);
	ck_assert_uint_eq(seen.dstXInBytes, 8);
	ck_assert_uint_eq(seen.dstY, 9);
	ck_assert_uint_eq(seen.dstZ, 10);
	ck_assert_uint_eq(seen.dstPitch, 512);
	ck_assert_uint_eq(seen.dstHeight, 4);
	ck_assert_uint_eq(seen.WidthInBytes, 100);
	ck_assert_uint_eq(seen.Height, 3);
	ck_assert_uint_eq(seen.Depth, 2);
}
END_TEST

START_TEST(a_side_is_a_pointer_or_an_array_and_not_both)
{
	struct cudaMemcpy3DParms both = between_pointers(cudaMemcpyDefault);
	struct cudaMemcpy3DParms neither = between_pointers(cudaMemcpyDefault);

	both.srcArray = FLOATS;
	ck_assert_int_eq(rt_cudaMemcpy3D(&both), cudaErrorInvalidValue);
	neither.dstPtr.ptr = NULL;
	ck_assert_int_eq(rt_cudaMemcpy3D(&neither), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(an_unknown_kind_answers_21)
{
	struct cudaMemcpy3DParms p = between_pointers((enum cudaMemcpyKind)77);

	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaErrorInvalidMemcpyDirection);
}
END_TEST

START_TEST(rows_that_overlap_answer_12)
{
	struct cudaMemcpy3DParms p = between_pointers(cudaMemcpyDefault);

	p.srcPtr.pitch = 99;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaErrorInvalidPitchValue);
	p.extent.height = 1; /* two rows still, a slice each */
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaErrorInvalidPitchValue);
	p.extent.depth = 1; /* a single row has no pitch */
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
}
END_TEST

START_TEST(slices_that_overlap_answer_12)
{
	struct cudaMemcpy3DParms p = between_pointers(cudaMemcpyDefault);

	p.dstPtr.ysize = 2;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaErrorInvalidPitchValue);
	p.extent.depth = 1;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
}
END_TEST

START_TEST(with_an_array_widths_count_its_elements)
{
	struct cudaMemcpy3DParms p = into_array(SHORT4, small_box);

	p.srcPos = (struct cudaPos){ .x = 3, .y = 1, .z = 0 };
	p.dstPos = (struct cudaPos){ .x = 2, .y = 4, .z = 6 };
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_uint_eq(seen.WidthInBytes, 800);
	ck_assert_uint_eq(seen.srcXInBytes, 24);
	ck_assert_uint_eq(seen.dstXInBytes, 16);
	ck_assert_uint_eq(seen.dstY, 4);
	ck_assert_uint_eq(seen.dstZ, 6);
	ck_assert_int_eq(seen.dstMemoryType, CU_MEMORYTYPE_ARRAY);
	ck_assert_ptr_eq(seen.dstArray, (CUarray)SHORT4);
}
END_TEST

START_TEST(a_compressed_array_counts_blocks)
{
	struct cudaExtent extent = { .width = 10, .height = 5, .depth = 1 };
	struct cudaMemcpy3DParms p = into_array(BLOCKS, extent);

	p.dstPos = (struct cudaPos){ .x = 8, .y = 4, .z = 0 };
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_uint_eq(seen.WidthInBytes, 3 * 8);
	ck_assert_uint_eq(seen.Height, 2);
	ck_assert_uint_eq(seen.dstXInBytes, 2 * 8);
	ck_assert_uint_eq(seen.dstY, 1);
}
END_TEST

START_TEST(arrays_of_unlike_elements_answer_1)
{
	struct cudaMemcpy3DParms p = {
		.srcArray = FLOATS,
		.dstArray = SHORT4,
		.extent = small_box,
		.kind = cudaMemcpyDeviceToDevice,
	};

	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaErrorInvalidValue);
	p.dstArray = FLOATS;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_uint_eq(seen.WidthInBytes, 400);
}
END_TEST

START_TEST(an_array_that_cannot_be_measured_is_an_error)
{
	struct cudaMemcpy3DParms video = into_array(VIDEO, small_box);
	struct cudaMemcpy3DParms stale = into_array((cudaArray_t)0x99000, small_box);

	ck_assert_int_eq(rt_cudaMemcpy3D(&video), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpy3D(&stale), cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(script_count(cuMemcpy3D), 0);
}
END_TEST

START_TEST(a_kind_that_calls_an_array_host_memory_matters_in_a_source)
{
	struct cudaMemcpy3DParms p = into_array(FLOATS, small_box);

	p.kind = cudaMemcpyDeviceToHost;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_int_eq(seen.dstMemoryType, CU_MEMORYTYPE_ARRAY);
	p.srcPtr.ptr = NULL;
	p.srcArray = FLOATS;
	p.kind = cudaMemcpyHostToDevice;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaErrorInvalidValue);
	p = into_array(FLOATS, small_box);
	p.kind = cudaMemcpyDefault;
	ck_assert_int_eq(rt_cudaMemcpy3D(&p), cudaSuccess);
	ck_assert_int_eq(seen.srcMemoryType, CU_MEMORYTYPE_UNIFIED);
}
END_TEST

/* There and back; only xsize is lost, which the driver does not keep. */
static void expect_round_trip(const struct cudaMemcpy3DParms *p)
{
	struct cudaMemcpy3DParms back;
	CUDA_MEMCPY3D copy;

	ck_assert_int_eq(rt_memcpy3d_to_driver(p, &copy), cudaSuccess);
	memset(&back, 0xff, sizeof(back));
	ck_assert_int_eq(rt_memcpy3d_from_driver(&copy, &back), cudaSuccess);
	back.srcPtr.xsize = p->srcPtr.xsize;
	back.dstPtr.xsize = p->dstPtr.xsize;
	ck_assert_mem_eq(&back.srcArray, &p->srcArray, offsetof(struct cudaMemcpy3DParms, kind));
	ck_assert_int_eq(back.kind, p->kind);
}

START_TEST(a_copy_between_pointers_reads_back)
{
	struct cudaMemcpy3DParms p = between_pointers((enum cudaMemcpyKind)_i);

	expect_round_trip(&p);
}
END_TEST

START_TEST(a_copy_with_an_array_reads_back_in_elements)
{
	struct cudaExtent whole_blocks = { .width = 8, .height = 12, .depth = 1 };
	struct cudaMemcpy3DParms elements = into_array(SHORT4, small_box);
	struct cudaMemcpy3DParms compressed = into_array(BLOCKS, whole_blocks);

	elements.dstPos.x = 3;
	expect_round_trip(&elements);
	compressed.dstPos.x = 4;
	compressed.kind = cudaMemcpyDefault;
	expect_round_trip(&compressed);
}
END_TEST

START_TEST(sides_that_no_kind_describes_answer_999)
{
	CUDA_MEMCPY3D copy = { .srcMemoryType = CU_MEMORYTYPE_HOST,
			       .dstMemoryType = CU_MEMORYTYPE_UNIFIED };
	struct cudaMemcpy3DParms p;

	ck_assert_int_eq(rt_memcpy3d_from_driver(&copy, &p), cudaErrorUnknown);
	copy.dstMemoryType = (CUmemorytype)0;
	ck_assert_int_eq(rt_memcpy3d_from_driver(&copy, &p), cudaErrorUnknown);
}
END_TEST

START_TEST(a_copy_between_devices_names_their_contexts)
{
	struct cudaMemcpy3DPeerParms p = {
		.srcPtr = { .ptr = SRC, .pitch = 128, .ysize = 3 },
		.srcDevice = 1,
		.dstPtr = { .ptr = DST, .pitch = 512, .ysize = 3 },
		.dstDevice = 0,
		.extent = small_box,
	};

	ck_assert_int_eq(rt_cudaMemcpy3DPeer(&p), cudaSuccess);
	ck_assert_int_eq(seen_peer.srcMemoryType, CU_MEMORYTYPE_DEVICE);
	ck_assert_uint_eq(seen_peer.srcDevice, (uintptr_t)SRC);
	ck_assert_ptr_eq(seen_peer.srcContext, SCRIPT_CONTEXT);
	ck_assert_uint_eq(seen_peer.dstPitch, 512);
	ck_assert_ptr_eq(seen_peer.dstContext, SCRIPT_CONTEXT);
	ck_assert_uint_eq(seen_peer.WidthInBytes, 100);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 2);
	ck_assert_int_eq(rt_cudaMemcpy3DPeer_ptds(&p), cudaSuccess);
	ck_assert_int_eq(script_count(cuMemcpy3DPeer_ptds), 1);
	ck_assert_int_eq(rt_cudaMemcpy3DPeerAsync(&p, STREAM), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy3DPeerAsync, 1), (uintptr_t)STREAM);
}
END_TEST

START_TEST(a_copy_to_no_device_answers_101)
{
	struct cudaMemcpy3DPeerParms p = {
		.srcPtr = { .ptr = SRC, .pitch = 128, .ysize = 3 },
		.dstPtr = { .ptr = DST, .pitch = 512, .ysize = 3 },
		.dstDevice = 2,
		.extent = small_box,
	};

	ck_assert_int_eq(rt_cudaMemcpy3DPeer(&p), cudaErrorInvalidDevice);
	ck_assert_int_eq(script_count(cuMemcpy3DPeer), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memcpy_3d");
	TCase *pointers = tcase_create("between pointers");
	TCase *arrays = tcase_create("with arrays");
	TCase *back = tcase_create("reading back");
	TCase *peers = tcase_create("between devices");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, pointers);
	tcase_add_checked_fixture(pointers, install, NULL);
	tcase_add_test(pointers, a_description_of_nothing_succeeds);
	tcase_add_test(pointers, no_description_answers_1);
	tcase_add_test(pointers, each_form_has_its_driver_call);
	tcase_add_test(pointers, between_pointers_everything_is_in_bytes);
	tcase_add_test(pointers, a_side_is_a_pointer_or_an_array_and_not_both);
	tcase_add_test(pointers, an_unknown_kind_answers_21);
	tcase_add_test(pointers, rows_that_overlap_answer_12);
	tcase_add_test(pointers, slices_that_overlap_answer_12);

	suite_add_tcase(suite, arrays);
	tcase_add_checked_fixture(arrays, install, NULL);
	tcase_add_test(arrays, with_an_array_widths_count_its_elements);
	tcase_add_test(arrays, a_compressed_array_counts_blocks);
	tcase_add_test(arrays, arrays_of_unlike_elements_answer_1);
	tcase_add_test(arrays, an_array_that_cannot_be_measured_is_an_error);
	tcase_add_test(arrays, a_kind_that_calls_an_array_host_memory_matters_in_a_source);

	suite_add_tcase(suite, back);
	tcase_add_checked_fixture(back, install, NULL);
	tcase_add_loop_test(back, a_copy_between_pointers_reads_back, 0, 5);
	tcase_add_test(back, a_copy_with_an_array_reads_back_in_elements);
	tcase_add_test(back, sides_that_no_kind_describes_answer_999);

	suite_add_tcase(suite, peers);
	tcase_add_checked_fixture(peers, install, NULL);
	tcase_add_test(peers, a_copy_between_devices_names_their_contexts);
	tcase_add_test(peers, a_copy_to_no_device_answers_101);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
