/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels for programs of CUDA 11 and 12: launches on several devices, and attributes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "edge.h"
#include "fake_image.h"
#include "runtime/context.h"

#define DEVICES 3

static CUDA_LAUNCH_PARAMS launched[RT_MAX_DEVICES];
static void *kernel_args[1];

static CUresult take_launches(const uint64_t *args)
{
	memcpy(launched, (const void *)args[0], (unsigned int)args[1] * sizeof(launched[0]));
	return CUDA_SUCCESS;
}

static CUresult answer_attribute(const uint64_t *args)
{
	*(int *)args[0] = 1000 + (int)args[1];
	return CUDA_SUCCESS;
}

static void install(void)
{
	fake_driver();
	script_output(cuDeviceGetCount, 0, DEVICES, sizeof(int));
	script_hook(cuLaunchCooperativeKernelMultiDevice, take_launches);
	script_hook(cuKernelGetAttribute, answer_attribute);
}

static struct cudaLaunchParams_v12 *launches(unsigned int count)
{
	struct cudaLaunchParams_v12 *list = edge(count * sizeof(*list));

	for (unsigned int i = 0; i < count; i++)
		list[i] = (struct cudaLaunchParams_v12){
			.func = fake_stub,
			.gridDim = { 2, 3, 4 },
			.blockDim = { 5, 6, 7 },
			.args = kernel_args,
			.sharedMem = 16 + i,
			.stream = (cudaStream_t)(uintptr_t)(0x57 + i),
		};
	return list;
}

START_TEST(each_device_gets_its_launch)
{
	struct cudaLaunchParams_v12 *list = launches(DEVICES);

	fake_image();
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(list, DEVICES, 3),
			 cudaSuccess);
	ck_assert_int_eq(script_count(cuLaunchCooperativeKernelMultiDevice), 1);
	ck_assert_uint_eq((unsigned int)script_arg(cuLaunchCooperativeKernelMultiDevice, 1),
			  DEVICES);
	ck_assert_uint_eq((unsigned int)script_arg(cuLaunchCooperativeKernelMultiDevice, 2), 3);
	for (unsigned int i = 0; i < DEVICES; i++) {
		ck_assert_uint_eq((uintptr_t)launched[i].function, FAKE_KERNEL);
		ck_assert_uint_eq(launched[i].gridDimX, 2);
		ck_assert_uint_eq(launched[i].gridDimY, 3);
		ck_assert_uint_eq(launched[i].gridDimZ, 4);
		ck_assert_uint_eq(launched[i].blockDimX, 5);
		ck_assert_uint_eq(launched[i].blockDimY, 6);
		ck_assert_uint_eq(launched[i].blockDimZ, 7);
		ck_assert_uint_eq(launched[i].sharedMemBytes, 16 + i);
		ck_assert_uint_eq((uintptr_t)launched[i].hStream, 0x57 + i);
		ck_assert_ptr_eq(launched[i].kernelParams, kernel_args);
	}
}
END_TEST

START_TEST(a_list_for_more_devices_than_there_are_is_not_read)
{
	struct cudaLaunchParams_v12 *list = launches(1);

	fake_image();
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(list, DEVICES + 1, 0),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(list, ~0u, 0),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(list, 0, 0),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(NULL, 1, 0),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(script_count(cuLaunchCooperativeKernelMultiDevice), 0);
}
END_TEST

START_TEST(a_launch_of_no_kernel_launches_none)
{
	struct cudaLaunchParams_v12 *list = launches(2);

	fake_image();
	list[1].func = NULL;
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(list, 2, 0),
			 cudaErrorInvalidDeviceFunction);
	ck_assert_int_eq(script_count(cuLaunchCooperativeKernelMultiDevice), 0);
}
END_TEST

START_TEST(the_drivers_answer_is_the_programs)
{
	struct cudaLaunchParams_v12 *list = launches(1);

	fake_image();
	script_hook(cuLaunchCooperativeKernelMultiDevice, NULL);
	script_answer(cuLaunchCooperativeKernelMultiDevice,
		      CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
	ck_assert_int_eq(rt_cudaLaunchCooperativeKernelMultiDevice_v12(list, 1, 0),
			 cudaErrorCooperativeLaunchTooLarge);
}
END_TEST

/* Four bytes behind the last member belong to the structure, and to nobody. */
START_TEST(attributes_of_11_end_before_clusters)
{
	struct cudaFuncAttributes_v11 *attr = edge(sizeof(*attr));
	const size_t end = offsetof(struct cudaFuncAttributes_v11, preferredShmemCarveout) +
			   sizeof(attr->preferredShmemCarveout);

	fake_image();
	ck_assert_int_eq(rt_cudaFuncGetAttributes_v11(attr, fake_stub), cudaSuccess);
	ck_assert_uint_eq(attr->sharedSizeBytes, 1000 + CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
	ck_assert_int_eq(attr->maxThreadsPerBlock, 1000 + CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
	ck_assert_int_eq(attr->preferredShmemCarveout,
			 1000 + CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT);
	expect_untouched((char *)attr + end, sizeof(*attr) - end);
}
END_TEST

START_TEST(attributes_of_no_kernel_are_not_written)
{
	struct cudaFuncAttributes_v11 *attr = edge(sizeof(*attr));

	ck_assert_int_eq(rt_cudaFuncGetAttributes_v11(attr, NULL), cudaErrorInvalidDeviceFunction);
	expect_untouched(attr, sizeof(*attr));
	ck_assert_int_eq(rt_cudaFuncGetAttributes_v11(NULL, fake_stub), cudaErrorInvalidValue);
}
END_TEST

START_TEST(doubles_stay_as_they_are)
{
	double d = 2.5;

	ck_assert_int_eq(rt_cudaSetDoubleForDevice_v12(&d), cudaSuccess);
	ck_assert_int_eq(rt_cudaSetDoubleForHost_v12(&d), cudaSuccess);
	ck_assert_int_eq(rt_cudaSetDoubleForDevice_v12(NULL), cudaSuccess);
	ck_assert_int_eq(rt_cudaSetDoubleForHost_v12(NULL), cudaSuccess);
	ck_assert_double_eq(d, 2.5);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("launch_v12");
	TCase *devices = tcase_create("several devices");
	TCase *attributes = tcase_create("attributes");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, devices);
	tcase_add_checked_fixture(devices, install, NULL);
	tcase_add_test(devices, each_device_gets_its_launch);
	tcase_add_test(devices, a_list_for_more_devices_than_there_are_is_not_read);
	tcase_add_test(devices, a_launch_of_no_kernel_launches_none);
	tcase_add_test(devices, the_drivers_answer_is_the_programs);

	suite_add_tcase(suite, attributes);
	tcase_add_checked_fixture(attributes, install, NULL);
	tcase_add_test(attributes, attributes_of_11_end_before_clusters);
	tcase_add_test(attributes, attributes_of_no_kernel_are_not_written);
	tcase_add_test(attributes, doubles_stay_as_they_are);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
