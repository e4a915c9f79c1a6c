/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pointers, managed memory and events for programs of CUDA 11 and 12: the driver's functions of
 * their time, and no byte behind their structures.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "edge.h"
#include "runtime/calls.h"
#include "script_driver.h"

static void *const somewhere = (void *)0x7f0000001000;

/* Device memory of device 3. */
static CUresult answer_attributes(const uint64_t *args)
{
	const CUpointer_attribute *wanted = (const void *)args[1];
	void **data = (void **)args[2];

	for (unsigned int i = 0; i < (unsigned int)args[0]; i++) {
		if (wanted[i] == CU_POINTER_ATTRIBUTE_MEMORY_TYPE)
			*(unsigned int *)data[i] = CU_MEMORYTYPE_DEVICE;
		if (wanted[i] == CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL)
			*(int *)data[i] = 3;
		if (wanted[i] == CU_POINTER_ATTRIBUTE_DEVICE_POINTER)
			*(void **)data[i] = somewhere;
	}
	return CUDA_SUCCESS;
}

START_TEST(pointer_attributes_are_24_bytes)
{
	struct cudaPointerAttributes_v12 *a = edge(sizeof(*a));

	script_hook(cuPointerGetAttributes, answer_attributes);
	ck_assert_int_eq(rt_cudaPointerGetAttributes_v12(a, somewhere), cudaSuccess);
	ck_assert_int_eq(a->type, cudaMemoryTypeDevice);
	ck_assert_int_eq(a->device, 3);
	ck_assert_ptr_eq(a->devicePointer, somewhere);
	ck_assert_ptr_null(a->hostPointer);
}
END_TEST

START_TEST(an_unknown_pointer_is_no_failure)
{
	struct cudaPointerAttributes_v12 *a = edge(sizeof(*a));

	ck_assert_int_eq(rt_cudaPointerGetAttributes_v12(a, somewhere), cudaSuccess);
	ck_assert_int_eq(a->type, cudaMemoryTypeUnregistered);
	ck_assert_ptr_eq(a->hostPointer, somewhere);
	ck_assert_ptr_null(a->devicePointer);
}
END_TEST

START_TEST(an_error_of_the_driver_leaves_no_device)
{
	struct cudaPointerAttributes_v12 *a = edge(sizeof(*a));

	script_answer(cuPointerGetAttributes, CUDA_ERROR_ILLEGAL_ADDRESS);
	ck_assert_int_eq(rt_cudaPointerGetAttributes_v12(a, somewhere), cudaErrorIllegalAddress);
	ck_assert_int_eq(a->type, cudaMemoryTypeUnregistered);
	ck_assert_int_eq(a->device, -1);
	ck_assert_int_eq(rt_cudaPointerGetAttributes_v12(NULL, somewhere), cudaErrorInvalidValue);
}
END_TEST

START_TEST(advice_goes_by_the_number_of_a_device)
{
	ck_assert_int_eq(rt_cudaMemAdvise_v12(somewhere, 4096, cudaMemAdviseSetPreferredLocation,
					      -1),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemAdvise_v8000, 0), (uintptr_t)somewhere);
	ck_assert_uint_eq(script_arg(cuMemAdvise_v8000, 1), 4096);
	ck_assert_int_eq((int)script_arg(cuMemAdvise_v8000, 2),
			 CU_MEM_ADVISE_SET_PREFERRED_LOCATION);
	ck_assert_int_eq((int)script_arg(cuMemAdvise_v8000, 3), CU_DEVICE_CPU);
	ck_assert_int_eq(script_calls(), 1);
	script_answer(cuMemAdvise_v8000, CUDA_ERROR_INVALID_DEVICE);
	ck_assert_int_eq(rt_cudaMemAdvise_v12(somewhere, 4096, cudaMemAdviseSetAccessedBy, 99),
			 cudaErrorInvalidDevice);
}
END_TEST

START_TEST(a_prefetch_goes_by_the_number_of_a_device)
{
	ck_assert_int_eq(rt_cudaMemPrefetchAsync_v12(somewhere, 4096, 1, (cudaStream_t)0x57),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemPrefetchAsync_v8000, 0), (uintptr_t)somewhere);
	ck_assert_uint_eq(script_arg(cuMemPrefetchAsync_v8000, 1), 4096);
	ck_assert_int_eq((int)script_arg(cuMemPrefetchAsync_v8000, 2), 1);
	ck_assert_uint_eq(script_arg(cuMemPrefetchAsync_v8000, 3), 0x57);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(elapsed_time_is_the_older_functions)
{
	float ms = 5;

	script_answer(cuEventElapsedTime_v2000, CUDA_ERROR_NOT_READY);
	ck_assert_int_eq(rt_cudaEventElapsedTime_v12(&ms, (cudaEvent_t)0x1, (cudaEvent_t)0x2),
			 cudaErrorNotReady);
	ck_assert_uint_eq(script_arg(cuEventElapsedTime_v2000, 0), (uintptr_t)&ms);
	ck_assert_uint_eq(script_arg(cuEventElapsedTime_v2000, 1), 0x1);
	ck_assert_uint_eq(script_arg(cuEventElapsedTime_v2000, 2), 0x2);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory_v12");
	TCase *all = tcase_create("memory");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, script_install, NULL);
	tcase_add_test(all, pointer_attributes_are_24_bytes);
	tcase_add_test(all, an_unknown_pointer_is_no_failure);
	tcase_add_test(all, an_error_of_the_driver_leaves_no_device);
	tcase_add_test(all, advice_goes_by_the_number_of_a_device);
	tcase_add_test(all, a_prefetch_goes_by_the_number_of_a_device);
	tcase_add_test(all, elapsed_time_is_the_older_functions);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
