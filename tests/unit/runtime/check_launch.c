/* SPDX-License-Identifier: Apache-2.0 */
/* Launches, attributes and occupancy: what the driver is asked, for which kernel. */
#include <check.h>
#include <stdlib.h>

#include "fake_image.h"
#include "runtime/image.h"

static const dim3 grid = { 2, 3, 4 }, block = { 5, 6, 7 };
static void *kernel_args[1];

static cudaError_t launch(const void *func)
{
	return rt_cudaLaunchKernel(func, grid, block, kernel_args, 16, (cudaStream_t)0x57);
}

static cudaError_t launch_handle(const void *handle)
{
	return rt___cudaLaunchKernel((cudaKernel_t)handle, grid, block, kernel_args, 16,
				     (cudaStream_t)0x57);
}

START_TEST(a_launch_passes_on_everything)
{
	const uint64_t *args;

	fake_image();
	ck_assert_int_eq(launch(fake_stub), cudaSuccess);
	args = script_last(cuLaunchKernel)->args;
	ck_assert_uint_eq(args[0], FAKE_KERNEL);
	for (int i = 1; i <= 6; i++)
		ck_assert_uint_eq((unsigned int)args[i], (unsigned int)i + 1);
	ck_assert_uint_eq((unsigned int)args[7], 16);
	ck_assert_uint_eq(args[8], 0x57);
	ck_assert_ptr_eq((void *)args[9], kernel_args);
	ck_assert_ptr_eq((void *)args[10], NULL);
}
END_TEST

START_TEST(a_launch_of_a_used_kernel_is_one_driver_call)
{
	fake_image();
	launch(fake_stub);
	script_forget_calls();
	launch(fake_stub);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(a_launch_of_null_is_no_device_function)
{
	ck_assert_int_eq(launch(NULL), cudaErrorInvalidDeviceFunction);
	ck_assert_int_eq(launch_handle(NULL), cudaErrorInvalidDeviceFunction);
	ck_assert_int_eq(script_count(cuLaunchKernel), 0);
}
END_TEST

START_TEST(a_launch_answers_what_the_driver_answers)
{
	fake_image();
	script_answer(cuLaunchKernel, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(launch(fake_stub), cudaErrorInvalidValue);
	script_answer(cuLaunchKernel, CUDA_ERROR_ILLEGAL_ADDRESS);
	ck_assert_int_eq(launch(fake_stub), cudaErrorIllegalAddress);
}
END_TEST

START_TEST(an_address_that_is_no_kernel_is_left_to_the_driver)
{
	script_answer(cuLaunchKernel, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(launch(fake_wrapper), cudaErrorInvalidResourceHandle);
	ck_assert_ptr_eq((void *)script_arg(cuLaunchKernel, 0), fake_wrapper);
}
END_TEST

START_TEST(four_gibibytes_of_shared_memory_are_none)
{
	fake_image();
	ck_assert_int_eq(rt_cudaLaunchKernel(fake_stub, grid, block, kernel_args, (size_t)1 << 32,
					     NULL),
			 cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuLaunchKernel, 7), 0);
}
END_TEST

START_TEST(a_stub_s_handle_is_the_driver_s_kernel)
{
	cudaKernel_t hidden = NULL, public = NULL;

	fake_image();
	ck_assert_int_eq(rt___cudaGetKernel(&hidden, fake_stub), cudaSuccess);
	ck_assert_int_eq(rt_cudaGetKernel(&public, fake_stub), cudaSuccess);
	ck_assert_ptr_eq(hidden, (void *)(uintptr_t)FAKE_KERNEL);
	ck_assert_ptr_eq(public, hidden);
}
END_TEST

START_TEST(a_launch_by_handle_is_one_driver_call)
{
	cudaKernel_t handle;

	fake_image();
	rt___cudaGetKernel(&handle, fake_stub);
	script_forget_calls();
	ck_assert_int_eq(launch_handle(handle), cudaSuccess);
	ck_assert_int_eq(script_calls(), 1);
	ck_assert_uint_eq(script_arg(cuLaunchKernel, 0), FAKE_KERNEL);
}
END_TEST

START_TEST(an_unregistered_stub_gets_its_address_for_a_handle)
{
	cudaKernel_t handle = NULL;

	ck_assert_int_eq(rt___cudaGetKernel(&handle, fake_stub), cudaErrorInvalidDeviceFunction);
	ck_assert_ptr_eq(handle, fake_stub);
	ck_assert_int_eq(rt___cudaGetKernel(NULL, fake_stub), cudaErrorInvalidValue);
}
END_TEST

/* As the driver does: 400 to what is no kernel of its own. */
static CUresult refuse_strangers(const uint64_t *args)
{
	return args[0] == FAKE_KERNEL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

START_TEST(a_handle_from_a_failure_launches_once_the_reason_is_gone)
{
	cudaKernel_t handle = NULL;

	fake_image();
	script_hook(cuLaunchKernel, refuse_strangers);
	script_answer(cuLibraryLoadData, CUDA_ERROR_OUT_OF_MEMORY);
	ck_assert_int_eq(rt___cudaGetKernel(&handle, fake_stub), cudaErrorMemoryAllocation);
	ck_assert_int_eq(launch_handle(handle), cudaErrorMemoryAllocation);
	script_answer(cuLibraryLoadData, CUDA_SUCCESS);
	ck_assert_int_eq(launch_handle(handle), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuLaunchKernel, 0), FAKE_KERNEL);
}
END_TEST

START_TEST(an_invalid_handle_of_another_kind_is_not_tried_twice)
{
	cudaKernel_t handle;

	fake_image();
	rt___cudaGetKernel(&handle, fake_stub);
	script_answer(cuLaunchKernel, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(launch_handle(handle), cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(script_count(cuLaunchKernel), 1);
}
END_TEST

START_TEST(a_cooperative_launch_is_the_driver_s)
{
	fake_image();
	script_answer(cuLaunchCooperativeKernel, CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernel(fake_stub, grid, block, kernel_args, 0,
							NULL),
			 cudaErrorCooperativeLaunchTooLarge);
	ck_assert_uint_eq(script_arg(cuLaunchCooperativeKernel, 0), FAKE_KERNEL);
	ck_assert_ptr_eq((void *)script_arg(cuLaunchCooperativeKernel, 9), kernel_args);
}
END_TEST

START_TEST(a_launch_with_attributes_passes_its_configuration_on)
{
	cudaLaunchConfig_t config = { .gridDim = grid, .blockDim = block, .dynamicSmemBytes = 9 };
	const CUlaunchConfig *seen;

	fake_image();
	ck_assert_int_eq(rt_cudaLaunchKernelExC(&config, fake_stub, kernel_args), cudaSuccess);
	seen = (const CUlaunchConfig *)script_arg(cuLaunchKernelEx, 0);
	ck_assert_uint_eq(seen->blockDimZ, 7);
	ck_assert_uint_eq(seen->sharedMemBytes, 9);
	ck_assert_uint_eq(script_arg(cuLaunchKernelEx, 1), FAKE_KERNEL);
	ck_assert_ptr_eq((void *)script_arg(cuLaunchKernelEx, 2), kernel_args);
}
END_TEST

START_TEST(a_per_thread_launch_with_attributes_is_the_driver_s_too)
{
	cudaLaunchConfig_t config = { .gridDim = grid, .blockDim = block };

	fake_image();
	ck_assert_int_eq(rt_cudaLaunchKernelExC_ptsz(&config, fake_stub, kernel_args), cudaSuccess);
	ck_assert_int_eq(script_count(cuLaunchKernelEx), 0);
	ck_assert_int_eq(script_count(cuLaunchKernelEx_ptsz), 1);
}
END_TEST

START_TEST(a_launch_without_configuration_is_refused)
{
	fake_image();
	ck_assert_int_eq(rt_cudaLaunchKernelExC(NULL, fake_stub, kernel_args),
			 cudaErrorInvalidValue);
}
END_TEST

/* Attribute n is n + 100. */
static CUresult attribute(const uint64_t *args)
{
	*(int *)(uintptr_t)args[0] = (int)args[1] + 100;
	return CUDA_SUCCESS;
}

START_TEST(attributes_come_from_the_kernel_on_the_current_device)
{
	struct cudaFuncAttributes attributes = { .reserved = { 77 } };

	fake_image();
	script_hook(cuKernelGetAttribute, attribute);
	script_output(cuCtxGetDevice, 0, 3, sizeof(CUdevice));
	ck_assert_int_eq(rt_cudaFuncGetAttributes(&attributes, fake_stub), cudaSuccess);
	ck_assert_int_eq(attributes.maxThreadsPerBlock, 100);
	ck_assert_uint_eq(attributes.sharedSizeBytes, 101);
	ck_assert_int_eq(attributes.numRegs, 104);
	ck_assert_int_eq(attributes.nonPortableClusterSizeAllowed, 114);
	ck_assert_int_eq(attributes.clusterSchedulingPolicyPreference, 115);
	/* As NVIDIA's library on an H200 leaves it. */
	ck_assert_int_eq(attributes.reserved[0], 77);
	ck_assert_uint_eq(script_arg(cuKernelGetAttribute, 2), FAKE_KERNEL);
	ck_assert_int_eq((int)script_arg(cuKernelGetAttribute, 3), 3);
}
END_TEST

START_TEST(attributes_are_untouched_after_a_failure)
{
	struct cudaFuncAttributes attributes = { .numRegs = 42 };

	script_answer(cuKernelGetAttribute, CUDA_ERROR_INVALID_HANDLE);
	ck_assert_int_eq(rt_cudaFuncGetAttributes(&attributes, fake_wrapper),
			 cudaErrorInvalidResourceHandle);
	ck_assert_int_eq(attributes.numRegs, 42);
	ck_assert_int_eq(rt_cudaFuncGetAttributes(&attributes, NULL),
			 cudaErrorInvalidDeviceFunction);
}
END_TEST

START_TEST(attributes_have_nowhere_to_go)
{
	fake_image();
	ck_assert_int_eq(rt_cudaFuncGetAttributes(NULL, fake_stub), cudaErrorInvalidValue);
}
END_TEST

START_TEST(setting_an_attribute_means_the_current_device)
{
	fake_image();
	script_output(cuCtxGetDevice, 0, 3, sizeof(CUdevice));
	ck_assert_int_eq(rt_cudaFuncSetAttribute(fake_stub,
						 cudaFuncAttributeMaxDynamicSharedMemorySize, 1000),
			 cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuKernelSetAttribute, 0), 8);
	ck_assert_int_eq((int)script_arg(cuKernelSetAttribute, 1), 1000);
	ck_assert_uint_eq(script_arg(cuKernelSetAttribute, 2), FAKE_KERNEL);
	ck_assert_int_eq((int)script_arg(cuKernelSetAttribute, 3), 3);
}
END_TEST

START_TEST(a_symbol_s_function_is_the_current_context_s)
{
	cudaFunction_t function = NULL;

	fake_image();
	ck_assert_int_eq(rt_cudaGetFuncBySymbol(&function, fake_stub), cudaSuccess);
	ck_assert_ptr_eq(function, (void *)(uintptr_t)FAKE_FUNCTION);
	ck_assert_int_eq(rt_cudaGetFuncBySymbol(NULL, fake_stub), cudaSuccess);
	ck_assert_int_eq(rt_cudaGetFuncBySymbol(&function, function),
			 cudaErrorInvalidDeviceFunction);
}
END_TEST

START_TEST(occupancy_is_asked_for_the_kernel)
{
	int blocks = 0;

	fake_image();
	script_output(cuOccupancyMaxActiveBlocksPerMultiprocessor, 0, 16, sizeof(int));
	ck_assert_int_eq(rt_cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, fake_stub, 128,
									  64),
			 cudaSuccess);
	ck_assert_int_eq(blocks, 16);
	ck_assert_uint_eq(script_arg(cuOccupancyMaxActiveBlocksPerMultiprocessor, 1), FAKE_KERNEL);
	ck_assert_int_eq((int)script_arg(cuOccupancyMaxActiveBlocksPerMultiprocessor, 2), 128);
	ck_assert_uint_eq(script_arg(cuOccupancyMaxActiveBlocksPerMultiprocessor, 3), 64);
	ck_assert_int_eq(rt_cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, NULL, 128, 0),
			 cudaErrorInvalidDeviceFunction);
}
END_TEST

START_TEST(clusters_without_configuration_are_refused)
{
	int clusters;

	fake_image();
	ck_assert_int_eq(rt_cudaOccupancyMaxActiveClusters(&clusters, fake_stub, NULL),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaOccupancyMaxPotentialClusterSize(&clusters, fake_stub, NULL),
			 cudaErrorInvalidValue);
}
END_TEST

static TCase *launch_case(void)
{
	TCase *tests = tcase_create("launch");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, a_launch_passes_on_everything);
	tcase_add_test(tests, a_launch_of_a_used_kernel_is_one_driver_call);
	tcase_add_test(tests, a_launch_of_null_is_no_device_function);
	tcase_add_test(tests, a_launch_answers_what_the_driver_answers);
	tcase_add_test(tests, an_address_that_is_no_kernel_is_left_to_the_driver);
	tcase_add_test(tests, four_gibibytes_of_shared_memory_are_none);
	tcase_add_test(tests, a_stub_s_handle_is_the_driver_s_kernel);
	tcase_add_test(tests, a_launch_by_handle_is_one_driver_call);
	tcase_add_test(tests, an_unregistered_stub_gets_its_address_for_a_handle);
	tcase_add_test(tests, a_handle_from_a_failure_launches_once_the_reason_is_gone);
	tcase_add_test(tests, an_invalid_handle_of_another_kind_is_not_tried_twice);
	tcase_add_test(tests, a_cooperative_launch_is_the_driver_s);
	tcase_add_test(tests, a_launch_with_attributes_passes_its_configuration_on);
	tcase_add_test(tests, a_per_thread_launch_with_attributes_is_the_driver_s_too);
	tcase_add_test(tests, a_launch_without_configuration_is_refused);
	return tests;
}

static TCase *function_case(void)
{
	TCase *tests = tcase_create("function");

	tcase_add_checked_fixture(tests, fake_driver, NULL);
	tcase_add_test(tests, attributes_come_from_the_kernel_on_the_current_device);
	tcase_add_test(tests, attributes_are_untouched_after_a_failure);
	tcase_add_test(tests, attributes_have_nowhere_to_go);
	tcase_add_test(tests, setting_an_attribute_means_the_current_device);
	tcase_add_test(tests, a_symbol_s_function_is_the_current_context_s);
	tcase_add_test(tests, occupancy_is_asked_for_the_kernel);
	tcase_add_test(tests, clusters_without_configuration_are_refused);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("launch");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, launch_case());
	suite_add_tcase(suite, function_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
