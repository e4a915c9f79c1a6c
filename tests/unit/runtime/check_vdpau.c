/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that choose the device of a graphics interface, and OpenGL's of CUDA 2. */
#include <check.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define VDP_DEVICE    7
#define VDPAU_CONTEXT ((CUcontext)0xc0de77)

static int get_proc_address(VdpDevice device, VdpFuncId function, void **pointer)
{
	(void)device;
	(void)function;
	(void)pointer;
	ck_abort_msg("only the driver calls it");
}

static void install(void)
{
	script_install();
	script_output(cuDeviceGetCount, 0, 2, sizeof(int));
	script_output(cuDevicePrimaryCtxGetState, 1, CU_CTX_SCHED_SPIN, sizeof(unsigned int));
	script_output(cuDevicePrimaryCtxGetState, 2, 0, sizeof(int));
	script_output(cuVDPAUCtxCreate, 0, (uintptr_t)VDPAU_CONTEXT, sizeof(CUcontext));
}

START_TEST(the_driver_makes_a_context_for_vdpau)
{
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(1, VDP_DEVICE, get_proc_address), cudaSuccess);
	ck_assert_int_eq(script_count(cuVDPAUCtxCreate), 1);
	ck_assert_uint_eq((unsigned int)script_arg(cuVDPAUCtxCreate, 1), CU_CTX_SCHED_SPIN);
	ck_assert_int_eq((int)script_arg(cuVDPAUCtxCreate, 2), 1);
	ck_assert_uint_eq((unsigned int)script_arg(cuVDPAUCtxCreate, 3), VDP_DEVICE);
	ck_assert_uint_eq(script_arg(cuVDPAUCtxCreate, 4), (uintptr_t)get_proc_address);
	/* That one, not the primary context, is to be used. */
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 0);
}
END_TEST

START_TEST(a_device_is_set_for_vdpau_once)
{
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(1, VDP_DEVICE, get_proc_address), cudaSuccess);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(1, VDP_DEVICE, get_proc_address),
			 cudaErrorSetOnActiveProcess);
	ck_assert_int_eq(script_count(cuVDPAUCtxCreate), 1);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(0, VDP_DEVICE, get_proc_address), cudaSuccess);
}
END_TEST

START_TEST(a_device_in_use_answers_708)
{
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(0, VDP_DEVICE, get_proc_address),
			 cudaErrorSetOnActiveProcess);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(0, VDP_DEVICE, NULL),
			 cudaErrorSetOnActiveProcess);
	ck_assert_int_eq(script_count(cuVDPAUCtxCreate), 0);
}
END_TEST

START_TEST(no_such_device_or_function_is_an_error)
{
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(2, VDP_DEVICE, get_proc_address),
			 cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(-1, VDP_DEVICE, get_proc_address),
			 cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(0, VDP_DEVICE, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(script_count(cuVDPAUCtxCreate), 0);
}
END_TEST

START_TEST(what_the_driver_refuses_can_be_tried_again)
{
	script_answer(cuVDPAUCtxCreate, CUDA_ERROR_NOT_SUPPORTED);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(0, VDP_DEVICE, get_proc_address),
			 cudaErrorNotSupported);
	script_answer(cuVDPAUCtxCreate, CUDA_SUCCESS);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(0, VDP_DEVICE, get_proc_address), cudaSuccess);
	script_answer(cuDevicePrimaryCtxGetState, CUDA_ERROR_DEINITIALIZED);
	ck_assert_int_eq(rt_cudaVDPAUSetVDPAUDevice(1, VDP_DEVICE, get_proc_address),
			 cudaErrorCudartUnloading);
}
END_TEST

START_TEST(the_device_of_opengl_is_selected)
{
	ck_assert_int_eq(rt_cudaGLSetGLDevice(1), cudaSuccess);
	ck_assert_int_eq((int)script_arg(cuDevicePrimaryCtxRetain, 1), 1);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 1);
	ck_assert_int_eq(rt_cudaGLSetGLDevice(2), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaGLSetGLDevice(-1), cudaErrorInvalidDevice);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 1);
}
END_TEST

START_TEST(a_device_in_use_is_not_set_for_opengl)
{
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
	ck_assert_int_eq(rt_cudaGLSetGLDevice(1), cudaErrorSetOnActiveProcess);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 0);
}
END_TEST

START_TEST(without_opengl_no_device_is_set_for_it)
{
	script_answer(cuGLGetDevices, CUDA_ERROR_OPERATING_SYSTEM);
	ck_assert_int_eq(rt_cudaGLSetGLDevice(1), cudaErrorDevicesUnavailable);
	ck_assert_int_eq(script_count(cuCtxSetCurrent), 1);
}
END_TEST

START_TEST(a_list_of_devices_that_is_none_is_refused_first)
{
	unsigned int count;
	int devices[2];

	ck_assert_int_eq(rt_cudaGLGetDevices(&count, devices, 2, (enum cudaGLDeviceList)4),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGLGetDevices(&count, devices, 2, (enum cudaGLDeviceList)0),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
	ck_assert_int_eq(rt_cudaGLGetDevices(&count, devices, 2, cudaGLDeviceListNextFrame),
			 cudaSuccess);
	ck_assert_int_eq((int)script_arg(cuGLGetDevices, 3), CU_GL_DEVICE_LIST_NEXT_FRAME);
}
END_TEST

START_TEST(a_buffer_object_is_not_unregistered_without_opengl)
{
	script_answer(cuGLUnregisterBufferObject, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaGLUnregisterBufferObject(1), cudaErrorInvalidValue);
	script_answer(cuGLGetDevices, CUDA_ERROR_OPERATING_SYSTEM);
	ck_assert_int_eq(rt_cudaGLUnregisterBufferObject(1), cudaErrorOperatingSystem);
	script_answer(cuGLUnregisterBufferObject, CUDA_SUCCESS);
	ck_assert_int_eq(rt_cudaGLUnregisterBufferObject(1), cudaSuccess);
}
END_TEST

START_TEST(a_buffer_object_is_mapped)
{
	void *address = NULL;

	script_output(cuGLMapBufferObject, 0, 0xabc000, sizeof(CUdeviceptr));
	ck_assert_int_eq(rt_cudaGLMapBufferObject(&address, 5), cudaSuccess);
	ck_assert_ptr_eq(address, (void *)0xabc000);
	ck_assert_uint_eq((unsigned int)script_arg(cuGLMapBufferObject, 2), 5);
	script_output(cuGLMapBufferObjectAsync, 0, 0xdef000, sizeof(CUdeviceptr));
	ck_assert_int_eq(rt_cudaGLMapBufferObjectAsync(&address, 6, (cudaStream_t)0x5000),
			 cudaSuccess);
	ck_assert_ptr_eq(address, (void *)0xdef000);
	ck_assert_uint_eq((unsigned int)script_arg(cuGLMapBufferObjectAsync, 2), 6);
	ck_assert_uint_eq(script_arg(cuGLMapBufferObjectAsync, 3), 0x5000);
}
END_TEST

START_TEST(a_mapping_that_fails_tells_why)
{
	void *address = &address;

	ck_assert_int_eq(rt_cudaGLMapBufferObject(NULL, 5), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaGLMapBufferObjectAsync(NULL, 5, NULL), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
	script_answer(cuGLMapBufferObject, CUDA_ERROR_MAP_FAILED);
	script_answer(cuGLMapBufferObjectAsync, CUDA_ERROR_MAP_FAILED);
	ck_assert_int_eq(rt_cudaGLMapBufferObject(&address, 5), cudaErrorMapBufferObjectFailed);
	ck_assert_int_eq(rt_cudaGLMapBufferObjectAsync(&address, 5, NULL),
			 cudaErrorMapBufferObjectFailed);
	ck_assert_ptr_eq(address, &address);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vdpau");
	TCase *vdpau = tcase_create("vdpau");
	TCase *gl = tcase_create("gl");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, vdpau);
	tcase_add_checked_fixture(vdpau, install, NULL);
	tcase_add_test(vdpau, the_driver_makes_a_context_for_vdpau);
	tcase_add_test(vdpau, a_device_is_set_for_vdpau_once);
	tcase_add_test(vdpau, a_device_in_use_answers_708);
	tcase_add_test(vdpau, no_such_device_or_function_is_an_error);
	tcase_add_test(vdpau, what_the_driver_refuses_can_be_tried_again);

	suite_add_tcase(suite, gl);
	tcase_add_checked_fixture(gl, install, NULL);
	tcase_add_test(gl, the_device_of_opengl_is_selected);
	tcase_add_test(gl, a_device_in_use_is_not_set_for_opengl);
	tcase_add_test(gl, without_opengl_no_device_is_set_for_it);
	tcase_add_test(gl, a_list_of_devices_that_is_none_is_refused_first);
	tcase_add_test(gl, a_buffer_object_is_not_unregistered_without_opengl);
	tcase_add_test(gl, a_buffer_object_is_mapped);
	tcase_add_test(gl, a_mapping_that_fails_tells_why);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
