/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation of every sort: device, page-locked, pitched, managed and stream-ordered memory. What
 * is checked is what the runtime adds to the driver: nothing asked for, nothing given back, and
 * arguments of another shape.
 */
#include <check.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define STREAM  ((cudaStream_t)0x5000)
#define POOL    ((cudaMemPool_t)0x6000)
#define GARBAGE ((void *)0xbad)

START_TEST(malloc_gives_what_the_driver_gives)
{
	void *p = GARBAGE;

	script_output(cuMemAlloc, 0, 0x7000, 8);
	ck_assert_int_eq(rt_cudaMalloc(&p, 100), cudaSuccess);
	ck_assert_ptr_eq(p, (void *)0x7000);
	ck_assert_uint_eq(script_arg(cuMemAlloc, 1), 100);
}
END_TEST

START_TEST(malloc_of_nothing_gives_null_without_the_driver)
{
	void *p = GARBAGE;

	ck_assert_int_eq(rt_cudaMalloc(&p, 0), cudaSuccess);
	ck_assert_ptr_null(p);
	ck_assert_int_eq(script_count(cuMemAlloc), 0);
}
END_TEST

START_TEST(malloc_into_null_answers_1)
{
	ck_assert_int_eq(rt_cudaMalloc(NULL, 0), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMalloc(NULL, 100), cudaErrorInvalidValue);
}
END_TEST

START_TEST(malloc_of_too_much_answers_2)
{
	void *p = GARBAGE;

	script_answer(cuMemAlloc, CUDA_ERROR_OUT_OF_MEMORY);
	ck_assert_int_eq(rt_cudaMalloc(&p, 100), cudaErrorMemoryAllocation);
	ck_assert_ptr_eq(p, GARBAGE);
}
END_TEST

/* During a capture the driver refuses it, and ends the capture. */
START_TEST(freeing_null_is_for_the_driver_to_answer)
{
	ck_assert_int_eq(rt_cudaFree(NULL), cudaSuccess);
	ck_assert_int_eq(rt_cudaFreeHost(NULL), cudaSuccess);
	script_answer(cuMemFree, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	ck_assert_int_eq(rt_cudaFree(NULL), cudaErrorStreamCaptureUnsupported);
	script_answer(cuMemFreeHost, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	ck_assert_int_eq(rt_cudaFreeHost(NULL), cudaErrorStreamCaptureUnsupported);
}
END_TEST

START_TEST(the_device_pointer_of_null_is_1_and_left_alone)
{
	void *p = GARBAGE;

	ck_assert_int_eq(rt_cudaHostGetDevicePointer(&p, NULL, 0), cudaErrorInvalidValue);
	ck_assert_ptr_eq(p, GARBAGE);
	ck_assert_int_eq(script_calls(), 0);
	script_output(cuMemHostGetDevicePointer, 0, 0x7000, 8);
	ck_assert_int_eq(rt_cudaHostGetDevicePointer(&p, GARBAGE, 0), cudaSuccess);
	ck_assert_ptr_eq(p, (void *)0x7000);
}
END_TEST

START_TEST(freeing_asks_the_driver_and_passes_its_error_on)
{
	script_answer(cuMemFree, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaFree(GARBAGE), cudaErrorInvalidValue);
	ck_assert_uint_eq(script_arg(cuMemFree, 0), 0xbad);
	script_answer(cuMemFreeHost, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaFreeHost(GARBAGE), cudaErrorInvalidValue);
	ck_assert_uint_eq(script_arg(cuMemFreeHost, 0), 0xbad);
}
END_TEST

START_TEST(host_memory_of_no_bytes_is_null)
{
	void *p = GARBAGE, *q = GARBAGE;

	ck_assert_int_eq(rt_cudaMallocHost(&p, 0), cudaSuccess);
	ck_assert_int_eq(rt_cudaHostAlloc(&q, 0, cudaHostAllocMapped), cudaSuccess);
	ck_assert_ptr_null(p);
	ck_assert_ptr_null(q);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(host_memory_is_allocated_with_the_callers_flags)
{
	void *p = NULL;

	script_output(cuMemHostAlloc, 0, 0x7000, 8);
	ck_assert_int_eq(rt_cudaHostAlloc(&p, 64, cudaHostAllocWriteCombined), cudaSuccess);
	ck_assert_ptr_eq(p, (void *)0x7000);
	ck_assert_uint_eq((unsigned int)script_arg(cuMemHostAlloc, 2),
			  CU_MEMHOSTALLOC_WRITECOMBINED);
	ck_assert_int_eq(rt_cudaMallocHost(&p, 64), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemAllocHost, 1), 64);
}
END_TEST

START_TEST(host_memory_into_null_answers_1)
{
	ck_assert_int_eq(rt_cudaMallocHost(NULL, 64), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaHostAlloc(NULL, 64, 0), cudaErrorInvalidValue);
}
END_TEST

START_TEST(pitched_memory_without_width_is_null_with_no_pitch)
{
	void *p = GARBAGE;
	size_t pitch = 99;

	ck_assert_int_eq(rt_cudaMallocPitch(&p, &pitch, 0, 5), cudaSuccess);
	ck_assert_ptr_null(p);
	ck_assert_uint_eq(pitch, 0);
	ck_assert_int_eq(script_count(cuMemAllocPitch), 0);
}
END_TEST

START_TEST(pitched_memory_is_laid_out_for_elements_of_four_bytes)
{
	void *p = NULL;
	size_t pitch = 0;

	script_output(cuMemAllocPitch, 0, 0x7000, 8);
	script_output(cuMemAllocPitch, 1, 512, 8);
	ck_assert_int_eq(rt_cudaMallocPitch(&p, &pitch, 100, 5), cudaSuccess);
	ck_assert_ptr_eq(p, (void *)0x7000);
	ck_assert_uint_eq(pitch, 512);
	ck_assert_uint_eq(script_arg(cuMemAllocPitch, 2), 100);
	ck_assert_uint_eq(script_arg(cuMemAllocPitch, 3), 5);
	ck_assert_uint_eq((unsigned int)script_arg(cuMemAllocPitch, 4), 4);
}
END_TEST

START_TEST(a_box_is_pitched_memory_of_all_its_rows)
{
	struct cudaExtent extent = { .width = 100, .height = 5, .depth = 3 };
	struct cudaPitchedPtr box = { .ptr = NULL };

	script_output(cuMemAllocPitch, 0, 0x7000, 8);
	script_output(cuMemAllocPitch, 1, 512, 8);
	ck_assert_int_eq(rt_cudaMalloc3D(&box, extent), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemAllocPitch, 3), 15);
	ck_assert_ptr_eq(box.ptr, (void *)0x7000);
	ck_assert_uint_eq(box.pitch, 512);
	ck_assert_uint_eq(box.xsize, 100);
	ck_assert_uint_eq(box.ysize, 5);
}
END_TEST

START_TEST(a_box_with_more_rows_than_can_be_counted_answers_2)
{
	struct cudaExtent extent = { .width = 1, .height = SIZE_MAX / 2, .depth = 3 };
	struct cudaPitchedPtr box = { .ptr = GARBAGE, .pitch = 1 };

	ck_assert_int_eq(rt_cudaMalloc3D(&box, extent), cudaErrorMemoryAllocation);
	ck_assert_int_eq(script_calls(), 0);
	ck_assert_ptr_null(box.ptr);
	ck_assert_uint_eq(box.pitch, 0);
}
END_TEST

static CUresult fail_with_a_pitch(const uint64_t *args)
{
	*(CUdeviceptr *)args[0] = 0;
	*(size_t *)args[1] = 512;
	return CUDA_ERROR_OUT_OF_MEMORY;
}

START_TEST(a_box_that_fails_has_what_the_driver_wrote)
{
	struct cudaExtent extent = { .width = 1, .height = 1, .depth = 1 };
	struct cudaPitchedPtr box = { .ptr = GARBAGE, .pitch = 1, .xsize = 2, .ysize = 3 };

	script_hook(cuMemAllocPitch, fail_with_a_pitch);
	ck_assert_int_eq(rt_cudaMalloc3D(&box, extent), cudaErrorMemoryAllocation);
	ck_assert_ptr_null(box.ptr);
	ck_assert_uint_eq(box.pitch, 512);
	ck_assert_uint_eq(box.xsize, 2);
	ck_assert_uint_eq(box.ysize, 3);
}
END_TEST

START_TEST(pitched_memory_into_null_answers_1)
{
	struct cudaExtent extent = { .width = 1, .height = 1, .depth = 1 };
	void *p;
	size_t pitch;

	ck_assert_int_eq(rt_cudaMallocPitch(NULL, &pitch, 1, 1), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMallocPitch(&p, NULL, 1, 1), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMalloc3D(NULL, extent), cudaErrorInvalidValue);
}
END_TEST

START_TEST(managed_memory_of_no_bytes_is_null)
{
	void *p = GARBAGE;

	ck_assert_int_eq(rt_cudaMallocManaged(&p, 0, cudaMemAttachGlobal), cudaSuccess);
	ck_assert_ptr_null(p);
	ck_assert_int_eq(script_count(cuMemAllocManaged), 0);
	ck_assert_int_eq(rt_cudaMallocManaged(&p, 1, cudaMemAttachGlobal), cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuMemAllocManaged, 2), CU_MEM_ATTACH_GLOBAL);
}
END_TEST

/* Eight bytes by value: one register, the type in its lower half. */
START_TEST(advice_and_prefetch_pass_the_location_on)
{
	struct cudaMemLocation numa = { .type = cudaMemLocationTypeHostNuma, .id = 7 };
	uint64_t word = 7ull << 32 | CU_MEM_LOCATION_TYPE_HOST_NUMA;

	ck_assert_int_eq(rt_cudaMemAdvise(GARBAGE, 64, cudaMemAdviseSetAccessedBy, numa),
			 cudaSuccess);
	ck_assert_uint_eq((unsigned int)script_arg(cuMemAdvise, 2), CU_MEM_ADVISE_SET_ACCESSED_BY);
	ck_assert_uint_eq(script_arg(cuMemAdvise, 3), word);
	ck_assert_int_eq(rt_cudaMemPrefetchAsync(GARBAGE, 64, numa, 0, STREAM), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemPrefetchAsync, 2), word);
	ck_assert_uint_eq(script_arg(cuMemPrefetchAsync, 4), (uintptr_t)STREAM);
}
END_TEST

START_TEST(stream_ordered_memory_comes_from_the_driver)
{
	void *p = NULL, *q = NULL;

	script_output(cuMemAllocAsync, 0, 0x7000, 8);
	ck_assert_int_eq(rt_cudaMallocAsync(&p, 64, STREAM), cudaSuccess);
	ck_assert_ptr_eq(p, (void *)0x7000);
	ck_assert_uint_eq(script_arg(cuMemAllocAsync, 2), (uintptr_t)STREAM);
	script_output(cuMemAllocFromPoolAsync, 0, 0x8000, 8);
	ck_assert_int_eq(rt_cudaMallocFromPoolAsync(&q, 64, POOL, STREAM), cudaSuccess);
	ck_assert_ptr_eq(q, (void *)0x8000);
	ck_assert_uint_eq(script_arg(cuMemAllocFromPoolAsync, 2), (uintptr_t)POOL);
}
END_TEST

START_TEST(stream_ordered_memory_of_no_bytes_is_for_the_driver)
{
	void *p = GARBAGE, *q = GARBAGE;

	script_answer(cuMemAllocFromPoolAsync, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaMallocAsync(&p, 0, STREAM), cudaSuccess);
	ck_assert_int_eq(rt_cudaMallocFromPoolAsync(&q, 0, NULL, STREAM), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 2);
	ck_assert_int_eq(rt_cudaMallocAsync(NULL, 1, STREAM), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMallocFromPoolAsync(NULL, 1, POOL, STREAM), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memory");
	TCase *device = tcase_create("device and host memory");
	TCase *pitched = tcase_create("pitched memory");
	TCase *others = tcase_create("managed and stream-ordered memory");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, device);
	tcase_add_checked_fixture(device, script_install, NULL);
	tcase_add_test(device, malloc_gives_what_the_driver_gives);
	tcase_add_test(device, malloc_of_nothing_gives_null_without_the_driver);
	tcase_add_test(device, malloc_into_null_answers_1);
	tcase_add_test(device, malloc_of_too_much_answers_2);
	tcase_add_test(device, freeing_null_is_for_the_driver_to_answer);
	tcase_add_test(device, the_device_pointer_of_null_is_1_and_left_alone);
	tcase_add_test(device, freeing_asks_the_driver_and_passes_its_error_on);
	tcase_add_test(device, host_memory_of_no_bytes_is_null);
	tcase_add_test(device, host_memory_is_allocated_with_the_callers_flags);
	tcase_add_test(device, host_memory_into_null_answers_1);

	suite_add_tcase(suite, pitched);
	tcase_add_checked_fixture(pitched, script_install, NULL);
	tcase_add_test(pitched, pitched_memory_without_width_is_null_with_no_pitch);
	tcase_add_test(pitched, pitched_memory_is_laid_out_for_elements_of_four_bytes);
	tcase_add_test(pitched, a_box_is_pitched_memory_of_all_its_rows);
	tcase_add_test(pitched, a_box_with_more_rows_than_can_be_counted_answers_2);
	tcase_add_test(pitched, a_box_that_fails_has_what_the_driver_wrote);
	tcase_add_test(pitched, pitched_memory_into_null_answers_1);

	suite_add_tcase(suite, others);
	tcase_add_checked_fixture(others, script_install, NULL);
	tcase_add_test(others, managed_memory_of_no_bytes_is_null);
	tcase_add_test(others, advice_and_prefetch_pass_the_location_on);
	tcase_add_test(others, stream_ordered_memory_comes_from_the_driver);
	tcase_add_test(others, stream_ordered_memory_of_no_bytes_is_for_the_driver);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
