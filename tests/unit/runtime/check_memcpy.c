/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of lines and rectangles: which driver call each kind and form of a call becomes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/memcpy.h"
#include "script_driver.h"

#define STREAM   ((cudaStream_t)0x5000)
#define DST      ((void *)0x10000)
#define SRC      ((const void *)0x20000)
#define ARRAY    ((cudaArray_t)0x30000)
#define OTHER    ((cudaArray_t)0x40000)
#define BAD_KIND ((enum cudaMemcpyKind)77)

/* The newest copy that the driver was told of by reference. */
static CUDA_MEMCPY2D seen_2d;
static CUDA_MEMCPY3D seen_3d;

static CUresult see_2d(const uint64_t *args)
{
	memcpy(&seen_2d, (const void *)(uintptr_t)args[0], sizeof(seen_2d));
	return CUDA_SUCCESS;
}

static CUresult see_3d(const uint64_t *args)
{
	memcpy(&seen_3d, (const void *)(uintptr_t)args[0], sizeof(seen_3d));
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	memset(&seen_2d, 0, sizeof(seen_2d));
	memset(&seen_3d, 0, sizeof(seen_3d));
	script_hook(cuMemcpy2DUnaligned, see_2d);
	script_hook(cuMemcpy2DUnaligned_ptds, see_2d);
	script_hook(cuMemcpy2DAsync, see_2d);
	script_hook(cuMemcpy3D, see_3d);
	script_hook(cuMemcpy3D_ptds, see_3d);
	script_hook(cuMemcpy3DAsync, see_3d);
}

/* Kinds in the order of their values, and the driver's call for each of three forms. */
static const struct {
	int sync, ptds, async;
} forms[] = {
	{ SCRIPT_FIELD(cuMemcpy2DUnaligned), SCRIPT_FIELD(cuMemcpy2DUnaligned_ptds),
	  SCRIPT_FIELD(cuMemcpy2DAsync) },
	{ SCRIPT_FIELD(cuMemcpyHtoD), SCRIPT_FIELD(cuMemcpyHtoD_ptds),
	  SCRIPT_FIELD(cuMemcpyHtoDAsync) },
	{ SCRIPT_FIELD(cuMemcpyDtoH), SCRIPT_FIELD(cuMemcpyDtoH_ptds),
	  SCRIPT_FIELD(cuMemcpyDtoHAsync) },
	{ SCRIPT_FIELD(cuMemcpyDtoD), SCRIPT_FIELD(cuMemcpyDtoD_ptds),
	  SCRIPT_FIELD(cuMemcpyDtoDAsync) },
	{ SCRIPT_FIELD(cuMemcpy), SCRIPT_FIELD(cuMemcpy_ptds), SCRIPT_FIELD(cuMemcpyAsync) },
};

#define NKINDS ((int)(sizeof(forms) / sizeof(forms[0])))

START_TEST(a_line_of_each_kind_is_one_driver_call)
{
	enum cudaMemcpyKind kind = (enum cudaMemcpyKind)_i;

	ck_assert_int_eq(rt_cudaMemcpy(DST, SRC, 64, kind), cudaSuccess);
	ck_assert_int_eq(script_field_count(forms[_i].sync), 1);
	ck_assert_int_eq(rt_cudaMemcpy_ptds(DST, SRC, 64, kind), cudaSuccess);
	ck_assert_int_eq(script_field_count(forms[_i].ptds), 1);
	ck_assert_int_eq(rt_cudaMemcpyAsync(DST, SRC, 64, kind, STREAM), cudaSuccess);
	ck_assert_int_eq(script_field_count(forms[_i].async), 1);
	ck_assert_int_eq(script_calls(), 3);
}
END_TEST

START_TEST(a_lines_ends_and_length_reach_the_driver_in_order)
{
	for (int i = 1; i < NKINDS; i++) {
		const uint64_t *args;

		ck_assert_int_eq(rt_copy(DST, SRC, 64, (enum cudaMemcpyKind)i, i % 2), cudaSuccess);
		args = script_field_last(i % 2 ? forms[i].ptds : forms[i].sync)->args;
		ck_assert_uint_eq(args[0], (uintptr_t)DST);
		ck_assert_uint_eq(args[1], (uintptr_t)SRC);
		ck_assert_uint_eq(args[2], 64);
		ck_assert_int_eq(rt_copy_async(DST, SRC, 32, (enum cudaMemcpyKind)i, STREAM),
				 cudaSuccess);
		args = script_field_last(forms[i].async)->args;
		ck_assert_uint_eq(args[0], (uintptr_t)DST);
		ck_assert_uint_eq(args[1], (uintptr_t)SRC);
		ck_assert_uint_eq(args[2], 32);
		ck_assert_uint_eq(args[3], (uintptr_t)STREAM);
	}
}
END_TEST

START_TEST(host_to_host_is_one_row_between_host_sides)
{
	ck_assert_int_eq(rt_cudaMemcpy(DST, SRC, 64, cudaMemcpyHostToHost), cudaSuccess);
	ck_assert_int_eq(seen_2d.srcMemoryType, CU_MEMORYTYPE_HOST);
	ck_assert_int_eq(seen_2d.dstMemoryType, CU_MEMORYTYPE_HOST);
	ck_assert_ptr_eq(seen_2d.srcHost, SRC);
	ck_assert_ptr_eq(seen_2d.dstHost, DST);
	ck_assert_uint_eq(seen_2d.WidthInBytes, 64);
	ck_assert_uint_eq(seen_2d.Height, 1);
}
END_TEST

START_TEST(host_to_host_beyond_the_greatest_pitch_goes_by_address)
{
	size_t count = 5ull << 30;

	ck_assert_int_eq(rt_cudaMemcpy(DST, SRC, count, cudaMemcpyHostToHost), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy, 2), count);
	ck_assert_int_eq(rt_cudaMemcpyAsync(DST, SRC, count, cudaMemcpyHostToHost, STREAM),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpyAsync, 3), (uintptr_t)STREAM);
	ck_assert_int_eq(script_calls(), 2);
}
END_TEST

START_TEST(no_bytes_succeed_from_null_to_null_with_any_kind)
{
	for (int kind = 0; kind < 6; kind++) {
		enum cudaMemcpyKind k = kind < NKINDS ? (enum cudaMemcpyKind)kind : BAD_KIND;

		ck_assert_int_eq(rt_cudaMemcpy(NULL, NULL, 0, k), cudaSuccess);
		ck_assert_int_eq(rt_cudaMemcpy_ptds(NULL, NULL, 0, k), cudaSuccess);
		ck_assert_int_eq(rt_cudaMemcpyAsync(NULL, NULL, 0, k, STREAM), cudaSuccess);
	}
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(an_unknown_kind_answers_21)
{
	ck_assert_int_eq(rt_cudaMemcpy(DST, SRC, 1, BAD_KIND), cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpy(DST, SRC, 1, (enum cudaMemcpyKind) - 1),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpyAsync(DST, SRC, 1, BAD_KIND, STREAM),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpy2D(DST, 4, SRC, 4, 4, 2, BAD_KIND),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_wrong_direction_is_for_the_driver_to_refuse)
{
	script_answer(cuMemcpyHtoD, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaMemcpy(DST, SRC, 1, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
}
END_TEST

START_TEST(a_rectangle_wider_than_its_pitch_answers_12_from_two_rows_on)
{
	ck_assert_int_eq(rt_cudaMemcpy2D(DST, 8, SRC, 9, 9, 2, cudaMemcpyDefault),
			 cudaErrorInvalidPitchValue);
	ck_assert_int_eq(rt_cudaMemcpy2D(DST, 9, SRC, 8, 9, 2, cudaMemcpyDefault),
			 cudaErrorInvalidPitchValue);
	ck_assert_int_eq(script_calls(), 0);
	script_hook(cuMemcpy2DUnaligned, NULL);
	script_answer(cuMemcpy2DUnaligned, CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(rt_cudaMemcpy2D(DST, 8, SRC, 8, 9, 1, cudaMemcpyDefault),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(script_calls(), 1);
}
END_TEST

START_TEST(an_empty_rectangle_succeeds)
{
	ck_assert_int_eq(rt_cudaMemcpy2D(NULL, 0, NULL, 0, 9, 0, BAD_KIND), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpy2DAsync(NULL, 0, NULL, 0, 0, 9, BAD_KIND, STREAM),
			 cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpy2DToArray(ARRAY, 0, 0, NULL, 0, 0, 9, BAD_KIND), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpy2DFromArray(NULL, 0, ARRAY, 0, 0, 9, 0, BAD_KIND),
			 cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpy2DArrayToArray(ARRAY, 0, 0, OTHER, 0, 0, 0, 9, BAD_KIND),
			 cudaSuccess);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_rectangles_sides_are_what_the_kind_says)
{
	ck_assert_int_eq(rt_cudaMemcpy2D(DST, 512, SRC, 128, 100, 3, cudaMemcpyHostToDevice),
			 cudaSuccess);
	ck_assert_int_eq(seen_2d.srcMemoryType, CU_MEMORYTYPE_HOST);
	ck_assert_ptr_eq(seen_2d.srcHost, SRC);
	ck_assert_uint_eq(seen_2d.srcPitch, 128);
	ck_assert_int_eq(seen_2d.dstMemoryType, CU_MEMORYTYPE_DEVICE);
	ck_assert_uint_eq(seen_2d.dstDevice, (uintptr_t)DST);
	ck_assert_uint_eq(seen_2d.dstPitch, 512);
	ck_assert_uint_eq(seen_2d.WidthInBytes, 100);
	ck_assert_uint_eq(seen_2d.Height, 3);
	ck_assert_int_eq(rt_cudaMemcpy2DAsync(DST, 512, SRC, 128, 100, 3, cudaMemcpyDefault,
					      STREAM),
			 cudaSuccess);
	ck_assert_int_eq(seen_2d.srcMemoryType, CU_MEMORYTYPE_UNIFIED);
	ck_assert_uint_eq(seen_2d.srcDevice, (uintptr_t)SRC);
	ck_assert_uint_eq(script_arg(cuMemcpy2DAsync, 1), (uintptr_t)STREAM);
}
END_TEST

START_TEST(a_rectangle_into_an_array_is_a_box_one_deep)
{
	ck_assert_int_eq(rt_cudaMemcpy2DToArray_ptds(ARRAY, 16, 2, SRC, 128, 100, 3,
						     cudaMemcpyHostToDevice),
			 cudaSuccess);
	ck_assert_int_eq(script_count(cuMemcpy3D_ptds), 1);
	ck_assert_int_eq(seen_3d.srcMemoryType, CU_MEMORYTYPE_HOST);
	ck_assert_ptr_eq(seen_3d.srcHost, SRC);
	ck_assert_uint_eq(seen_3d.srcPitch, 128);
	ck_assert_int_eq(seen_3d.dstMemoryType, CU_MEMORYTYPE_ARRAY);
	ck_assert_ptr_eq(seen_3d.dstArray, (CUarray)ARRAY);
	ck_assert_uint_eq(seen_3d.dstXInBytes, 16);
	ck_assert_uint_eq(seen_3d.dstY, 2);
	ck_assert_uint_eq(seen_3d.WidthInBytes, 100);
	ck_assert_uint_eq(seen_3d.Height, 3);
	ck_assert_uint_eq(seen_3d.Depth, 1);
}
END_TEST

START_TEST(a_rectangle_out_of_an_array_is_a_box_one_deep)
{
	ck_assert_int_eq(rt_cudaMemcpy2DFromArrayAsync(DST, 128, ARRAY, 16, 2, 100, 3,
						       cudaMemcpyDeviceToDevice, STREAM),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy3DAsync, 1), (uintptr_t)STREAM);
	ck_assert_int_eq(seen_3d.srcMemoryType, CU_MEMORYTYPE_ARRAY);
	ck_assert_ptr_eq(seen_3d.srcArray, (CUarray)ARRAY);
	ck_assert_uint_eq(seen_3d.srcXInBytes, 16);
	ck_assert_uint_eq(seen_3d.srcY, 2);
	ck_assert_int_eq(seen_3d.dstMemoryType, CU_MEMORYTYPE_DEVICE);
	ck_assert_uint_eq(seen_3d.dstDevice, (uintptr_t)DST);
	ck_assert_uint_eq(seen_3d.dstPitch, 128);
}
END_TEST

START_TEST(an_arrays_side_is_never_host_memory)
{
	ck_assert_int_eq(rt_cudaMemcpy2DToArray(ARRAY, 0, 0, SRC, 8, 8, 1, cudaMemcpyDeviceToHost),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpy2DFromArray(DST, 8, ARRAY, 0, 0, 8, 1,
						  cudaMemcpyHostToDevice),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpy2DArrayToArray(ARRAY, 0, 0, OTHER, 0, 0, 8, 1,
						     cudaMemcpyHostToDevice),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(a_rectangle_between_arrays_has_two_array_sides)
{
	ck_assert_int_eq(rt_cudaMemcpy2DArrayToArray(ARRAY, 1, 2, OTHER, 3, 4, 8, 5,
						     cudaMemcpyDefault),
			 cudaSuccess);
	ck_assert_ptr_eq(seen_3d.dstArray, (CUarray)ARRAY);
	ck_assert_uint_eq(seen_3d.dstXInBytes, 1);
	ck_assert_uint_eq(seen_3d.dstY, 2);
	ck_assert_ptr_eq(seen_3d.srcArray, (CUarray)OTHER);
	ck_assert_uint_eq(seen_3d.srcXInBytes, 3);
	ck_assert_uint_eq(seen_3d.srcY, 4);
	ck_assert_int_eq(seen_3d.srcMemoryType, CU_MEMORYTYPE_ARRAY);
	ck_assert_int_eq(seen_3d.dstMemoryType, CU_MEMORYTYPE_ARRAY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memcpy");
	TCase *lines = tcase_create("lines");
	TCase *rectangles = tcase_create("rectangles");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, lines);
	tcase_add_checked_fixture(lines, install, NULL);
	tcase_add_loop_test(lines, a_line_of_each_kind_is_one_driver_call, 0, NKINDS);
	tcase_add_test(lines, a_lines_ends_and_length_reach_the_driver_in_order);
	tcase_add_test(lines, host_to_host_is_one_row_between_host_sides);
	tcase_add_test(lines, host_to_host_beyond_the_greatest_pitch_goes_by_address);
	tcase_add_test(lines, no_bytes_succeed_from_null_to_null_with_any_kind);
	tcase_add_test(lines, an_unknown_kind_answers_21);
	tcase_add_test(lines, a_wrong_direction_is_for_the_driver_to_refuse);

	suite_add_tcase(suite, rectangles);
	tcase_add_checked_fixture(rectangles, install, NULL);
	tcase_add_test(rectangles, a_rectangle_wider_than_its_pitch_answers_12_from_two_rows_on);
	tcase_add_test(rectangles, an_empty_rectangle_succeeds);
	tcase_add_test(rectangles, a_rectangles_sides_are_what_the_kind_says);
	tcase_add_test(rectangles, a_rectangle_into_an_array_is_a_box_one_deep);
	tcase_add_test(rectangles, a_rectangle_out_of_an_array_is_a_box_one_deep);
	tcase_add_test(rectangles, an_arrays_side_is_never_host_memory);
	tcase_add_test(rectangles, a_rectangle_between_arrays_has_two_array_sides);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
