/* SPDX-License-Identifier: Apache-2.0 */
/* Fills: which driver calls of which size a line, a rectangle and a box become. */
#include <check.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define STREAM ((cudaStream_t)0x5000)
#define PLACE  ((void *)0x10000)

START_TEST(filling_nothing_succeeds_at_null)
{
	struct cudaPitchedPtr box = { .ptr = NULL };
	struct cudaExtent flat = { .width = 4, .height = 4 };

	ck_assert_int_eq(rt_cudaMemset(NULL, 0, 0), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemset_ptds(NULL, 0, 0), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemsetAsync(NULL, 0, 0, STREAM), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemset2D(NULL, 0, 0, 0, 4), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemset2DAsync(NULL, 0, 0, 4, 0, STREAM), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemset3D(box, 0, flat), cudaSuccess);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(the_low_byte_of_the_value_counts)
{
	ck_assert_int_eq(rt_cudaMemset(PLACE, 0x12345678, 100), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemsetD8, 0), (uintptr_t)PLACE);
	ck_assert_uint_eq((unsigned char)script_arg(cuMemsetD8, 1), 0x78);
	ck_assert_uint_eq(script_arg(cuMemsetD8, 2), 100);
}
END_TEST

START_TEST(each_form_of_a_line_has_its_driver_call)
{
	ck_assert_int_eq(rt_cudaMemset_ptds(PLACE, 1, 100), cudaSuccess);
	ck_assert_int_eq(script_count(cuMemsetD8_ptds), 1);
	ck_assert_int_eq(rt_cudaMemsetAsync(PLACE, 1, 100, STREAM), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemsetD8Async, 3), (uintptr_t)STREAM);
	ck_assert_int_eq(script_calls(), 2);
}
END_TEST

START_TEST(host_memory_is_for_the_driver_to_refuse)
{
	script_answer(cuMemsetD8, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaMemset(PLACE, 0, 4), cudaErrorInvalidValue);
}
END_TEST

START_TEST(each_form_of_a_rectangle_has_its_driver_call)
{
	ck_assert_int_eq(rt_cudaMemset2D(PLACE, 512, 1, 100, 3), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8, 1), 512);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8, 3), 100);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8, 4), 3);
	ck_assert_int_eq(rt_cudaMemset2D_ptds(PLACE, 512, 1, 100, 3), cudaSuccess);
	ck_assert_int_eq(script_count(cuMemsetD2D8_ptds), 1);
	ck_assert_int_eq(rt_cudaMemset2DAsync(PLACE, 512, 1, 100, 3, STREAM), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8Async, 5), (uintptr_t)STREAM);
	ck_assert_int_eq(script_calls(), 3);
}
END_TEST

static const struct cudaPitchedPtr box = {
	.ptr = (void *)0x10000, .pitch = 512, .xsize = 100, .ysize = 8
};

START_TEST(a_box_without_gaps_is_one_line)
{
	struct cudaExtent extent = { .width = 512, .height = 8, .depth = 3 };

	ck_assert_int_eq(rt_cudaMemset3D(box, 7, extent), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemsetD8, 2), 512 * 8 * 3);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(a_box_of_whole_slices_is_one_rectangle)
{
	struct cudaExtent extent = { .width = 100, .height = 8, .depth = 3 };

	ck_assert_int_eq(rt_cudaMemset3D(box, 7, extent), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8, 1), 512);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8, 3), 100);
	ck_assert_uint_eq(script_arg(cuMemsetD2D8, 4), 8 * 3);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(a_box_of_parts_of_slices_is_a_rectangle_each)
{
	struct cudaExtent extent = { .width = 100, .height = 5, .depth = 3 };

	ck_assert_int_eq(rt_cudaMemset3DAsync(box, 7, extent, STREAM), cudaSuccess);
	ck_assert_int_eq(script_calls(), 3);
	for (int z = 0; z < 3; z++) {
		const struct script_call *call = script_nth(cuMemsetD2D8Async, z);

		ck_assert_uint_eq(call->args[0], (uintptr_t)box.ptr + (size_t)z * 512 * 8);
		ck_assert_uint_eq(call->args[4], 5);
	}
}
END_TEST

START_TEST(an_error_ends_the_slices)
{
	struct cudaExtent extent = { .width = 100, .height = 5, .depth = 3 };

	script_answer(cuMemsetD2D8_ptds, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaMemset3D_ptds(box, 7, extent), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(a_box_that_its_memory_cannot_hold_answers_1)
{
	struct cudaExtent wide = { .width = 513, .height = 2, .depth = 1 };
	struct cudaExtent high = { .width = 100, .height = 9, .depth = 1 };

	ck_assert_int_eq(rt_cudaMemset3D(box, 7, wide), cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemset3D(box, 7, high), cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memset");
	TCase *flat = tcase_create("lines and rectangles");
	TCase *boxes = tcase_create("boxes");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, flat);
	tcase_add_checked_fixture(flat, script_install, NULL);
	tcase_add_test(flat, filling_nothing_succeeds_at_null);
	tcase_add_test(flat, the_low_byte_of_the_value_counts);
	tcase_add_test(flat, each_form_of_a_line_has_its_driver_call);
	tcase_add_test(flat, host_memory_is_for_the_driver_to_refuse);
	tcase_add_test(flat, each_form_of_a_rectangle_has_its_driver_call);

	suite_add_tcase(suite, boxes);
	tcase_add_checked_fixture(boxes, script_install, NULL);
	tcase_add_test(boxes, a_box_without_gaps_is_one_line);
	tcase_add_test(boxes, a_box_of_whole_slices_is_one_rectangle);
	tcase_add_test(boxes, a_box_of_parts_of_slices_is_a_rectangle_each);
	tcase_add_test(boxes, an_error_ends_the_slices);
	tcase_add_test(boxes, a_box_that_its_memory_cannot_hold_answers_1);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
