/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of copies as a program calls them that was compiled for the per-thread default stream. */
#include <check.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define STREAM ((cudaStream_t)0x5000)
#define COUNT  3

static void *to[COUNT], *from[COUNT];
static size_t sizes[COUNT], first[1];
static struct cudaMemcpyAttributes attributes[1];
static struct cudaMemcpy3DBatchOp boxes[COUNT];

/* An index between two others, of which none is the driver's to write. */
static size_t room[3];

static void prepare(void)
{
	script_install();
	for (size_t i = 0; i < 3; i++)
		room[i] = 77;
}

static CUresult fail_at_2(const uint64_t *args)
{
	*(size_t *)(uintptr_t)args[7] = 2;
	return CUDA_ERROR_INVALID_VALUE;
}

static CUresult fail_at_1(const uint64_t *args)
{
	*(size_t *)(uintptr_t)args[2] = 1;
	return CUDA_ERROR_INVALID_VALUE;
}

START_TEST(stream_0_stays_what_it_is_in_12)
{
	ck_assert_int_eq(rt_cudaMemcpyBatchAsync_v12_ptsz(to, from, sizes, COUNT, attributes, first,
							  1, &room[1], NULL),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpyBatchAsync_v12080, 8), 0);
	ck_assert_int_eq(rt_cudaMemcpy3DBatchAsync_v12_ptsz(COUNT, boxes, &room[1], 0, NULL),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy3DBatchAsync_v12080, 4), 0);
}
END_TEST

START_TEST(stream_0_stays_what_it_is_in_13)
{
	ck_assert_int_eq(rt_cudaMemcpyBatchAsync_ptsz(to, (const void *const *)from, sizes, COUNT,
						      attributes, first, 1, NULL),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpyBatchAsync, 7), 0);
	ck_assert_int_eq(rt_cudaMemcpy3DBatchAsync_ptsz(COUNT, boxes, 0, NULL), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy3DBatchAsync, 3), 0);
}
END_TEST

START_TEST(the_copies_are_the_callers)
{
	const uint64_t *args;

	rt_cudaMemcpyBatchAsync_v12_ptsz(to, from, sizes, COUNT, attributes, first, 1, &room[1],
					 STREAM);
	args = script_last(cuMemcpyBatchAsync_v12080)->args;
	ck_assert_ptr_eq((void *)(uintptr_t)args[0], to);
	ck_assert_ptr_eq((void *)(uintptr_t)args[1], from);
	ck_assert_ptr_eq((void *)(uintptr_t)args[2], sizes);
	ck_assert_uint_eq(args[3], COUNT);
	ck_assert_ptr_eq((void *)(uintptr_t)args[4], attributes);
	ck_assert_ptr_eq((void *)(uintptr_t)args[5], first);
	ck_assert_uint_eq(args[6], 1);
	ck_assert_ptr_eq((void *)(uintptr_t)args[8], STREAM);
}
END_TEST

START_TEST(the_boxes_are_the_callers)
{
	const uint64_t *args;

	rt_cudaMemcpy3DBatchAsync_v12_ptsz(COUNT, boxes, &room[1], 9, STREAM);
	args = script_last(cuMemcpy3DBatchAsync_v12080)->args;
	ck_assert_uint_eq(args[0], COUNT);
	ck_assert_ptr_eq((void *)(uintptr_t)args[1], boxes);
	ck_assert_uint_eq(args[3], 9);
	ck_assert_ptr_eq((void *)(uintptr_t)args[4], STREAM);
}
END_TEST

START_TEST(a_failure_says_which_copy_it_was)
{
	script_hook(cuMemcpyBatchAsync_v12080, fail_at_2);
	ck_assert_int_eq(rt_cudaMemcpyBatchAsync_v12_ptsz(to, from, sizes, COUNT, attributes, first,
							  1, &room[1], STREAM),
			 cudaErrorInvalidValue);
	ck_assert_uint_eq(room[1], 2);
	script_hook(cuMemcpy3DBatchAsync_v12080, fail_at_1);
	ck_assert_int_eq(rt_cudaMemcpy3DBatchAsync_v12_ptsz(COUNT, boxes, &room[1], 0, STREAM),
			 cudaErrorInvalidValue);
	ck_assert_uint_eq(room[1], 1);
	ck_assert_uint_eq(room[0], 77);
	ck_assert_uint_eq(room[2], 77);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memcpy_batch");
	TCase *tests = tcase_create("per_thread");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, prepare, NULL);
	tcase_add_test(tests, stream_0_stays_what_it_is_in_12);
	tcase_add_test(tests, stream_0_stays_what_it_is_in_13);
	tcase_add_test(tests, the_copies_are_the_callers);
	tcase_add_test(tests, the_boxes_are_the_callers);
	tcase_add_test(tests, a_failure_says_which_copy_it_was);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
