/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear copies to and from arrays, over a driver that does its part of the copies: rows of the
 * array are rows of a picture in this test's memory, so what arrives where is seen at once.
 */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define STREAM ((cudaStream_t)0x5000)
#define FLOATS ((cudaArray_t)0x31000) /* 4 elements of 4 bytes, 5 rows */
#define BYTES  ((cudaArray_t)0x32000) /* 10 elements of 1 byte, 8 rows */
#define LINE   ((cudaArray_t)0x33000) /* 12 elements of 1 byte, of one dimension */
#define DXT    ((cudaArray_t)0x34000) /* 6x6 texels of BC1: 2 rows of 16 bytes */

static struct picture {
	cudaArray_t array;
	CUarray_format format;
	size_t width, height; /* as the driver counts */
	size_t row;           /* bytes */
	char bytes[80];
} pictures[4];

static int fail_at; /* the copy that fails, from 0; -1: none */

static struct picture *picture_of(CUarray array)
{
	for (int i = 0; i < 4; i++) {
		if (pictures[i].array == (cudaArray_t)array)
			return &pictures[i];
	}
	return NULL;
}

static CUresult describe_array(const uint64_t *args)
{
	CUDA_ARRAY3D_DESCRIPTOR *d = (void *)(uintptr_t)args[0];
	const struct picture *p = picture_of((CUarray)(uintptr_t)args[1]);

	if (p == NULL)
		return CUDA_ERROR_INVALID_HANDLE;
	*d = (CUDA_ARRAY3D_DESCRIPTOR){
		.Width = p->width, .Height = p->height, .Format = p->format, .NumChannels = 1
	};
	return CUDA_SUCCESS;
}

static char *address(CUmemorytype type, const void *host, CUdeviceptr device, CUarray array,
		     size_t pitch, size_t x, size_t y)
{
	if (type == CU_MEMORYTYPE_ARRAY) {
		struct picture *p = picture_of(array);

		return p->bytes + y * p->row + x;
	}
	if (type == CU_MEMORYTYPE_HOST)
		return (char *)host + y * pitch + x;
	return (char *)(uintptr_t)device + y * pitch + x;
}

static bool fits_in(const struct picture *p, size_t x, size_t y, const CUDA_MEMCPY3D *c)
{
	size_t rows = sizeof(p->bytes) / p->row;

	if (p->height == 0)
		rows = 1;
	else if (p->format == CU_AD_FORMAT_BC1_UNORM)
		rows = 2;
	return x <= p->row && c->WidthInBytes <= p->row - x && y <= rows && c->Height <= rows - y;
}

static bool fits(const CUDA_MEMCPY3D *c)
{
	if (c->dstMemoryType == CU_MEMORYTYPE_ARRAY)
		return fits_in(picture_of(c->dstArray), c->dstXInBytes, c->dstY, c);
	return fits_in(picture_of(c->srcArray), c->srcXInBytes, c->srcY, c);
}

/* Copies between pictures and memory. */
static CUresult copy_rows(const uint64_t *args)
{
	const CUDA_MEMCPY3D *c = (const void *)(uintptr_t)args[0];

	if (fail_at-- == 0 || !fits(c))
		return CUDA_ERROR_INVALID_VALUE;
	ck_assert_uint_eq(c->Depth, 1);
	for (size_t y = 0; y < c->Height; y++) {
		memcpy(address(c->dstMemoryType, c->dstHost, c->dstDevice, c->dstArray, c->dstPitch,
			       c->dstXInBytes, c->dstY + y),
		       address(c->srcMemoryType, c->srcHost, c->srcDevice, c->srcArray, c->srcPitch,
			       c->srcXInBytes, c->srcY + y),
		       c->WidthInBytes);
	}
	return CUDA_SUCCESS;
}

static char buffer[80];

static void install(void)
{
	script_install();
	script_hook(cuArray3DGetDescriptor, describe_array);
	script_hook(cuMemcpy3D, copy_rows);
	script_hook(cuMemcpy3D_ptds, copy_rows);
	script_hook(cuMemcpy3DAsync, copy_rows);
	script_output(cuMemAlloc, 0, (uintptr_t)buffer, 8);
	pictures[0] = (struct picture){ FLOATS, CU_AD_FORMAT_FLOAT, 4, 5, 16, "" };
	pictures[1] = (struct picture){ BYTES, CU_AD_FORMAT_UNSIGNED_INT8, 10, 8, 10, "" };
	pictures[2] = (struct picture){ LINE, CU_AD_FORMAT_UNSIGNED_INT8, 12, 0, 12, "" };
	pictures[3] = (struct picture){ DXT, CU_AD_FORMAT_BC1_UNORM, 6, 6, 16, "" };
	for (int i = 0; i < 4; i++)
		memset(pictures[i].bytes, '.', sizeof(pictures[i].bytes));
	fail_at = -1;
}

static const char text[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqr";

/* `count` bytes into row y, byte x: nothing else of the picture changes. */
static void expect_in(const struct picture *p, size_t x, size_t y, size_t count)
{
	char expected[sizeof(p->bytes)];

	memset(expected, '.', sizeof(expected));
	memcpy(expected + y * p->row + x, text, count);
	ck_assert_mem_eq(p->bytes, expected, sizeof(expected));
}

/* Where the line begins, how long it is, and in how many rectangles it must go. */
static const struct {
	size_t x, y, count;
	int rectangles;
} lines[] = {
	{ 0, 0, 5, 1 },  /* part of the first row */
	{ 4, 1, 5, 1 },  /* part of a row, not from its beginning */
	{ 4, 1, 12, 1 }, /* to the end of a row */
	{ 0, 0, 32, 1 }, /* whole rows alone */
	{ 0, 0, 40, 2 }, /* whole rows and a tail */
	{ 4, 0, 28, 2 }, /* a rest and whole rows */
	{ 4, 0, 20, 2 }, /* a rest and a tail */
	{ 4, 1, 50, 3 }, /* all three */
	{ 0, 0, 80, 1 }, /* everything */
	{ 15, 4, 1, 1 }, /* the last byte */
};

#define NLINES ((int)(sizeof(lines) / sizeof(lines[0])))

START_TEST(a_line_goes_into_the_rows_of_an_array)
{
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, lines[_i].x, lines[_i].y, text,
					      lines[_i].count, cudaMemcpyHostToDevice),
			 cudaSuccess);
	expect_in(&pictures[0], lines[_i].x, lines[_i].y, lines[_i].count);
	ck_assert_int_eq(script_count(cuMemcpy3D), lines[_i].rectangles);
}
END_TEST

START_TEST(a_line_comes_out_of_the_rows_of_an_array)
{
	char got[81];

	memcpy(pictures[0].bytes, text, 80);
	memset(got, '.', sizeof(got));
	ck_assert_int_eq(rt_cudaMemcpyFromArray(got, FLOATS, lines[_i].x, lines[_i].y,
						lines[_i].count, cudaMemcpyDeviceToHost),
			 cudaSuccess);
	ck_assert_mem_eq(got, text + lines[_i].y * 16 + lines[_i].x, lines[_i].count);
	ck_assert_int_eq(got[lines[_i].count], '.');
}
END_TEST

START_TEST(each_form_has_its_driver_call)
{
	char got[8];

	ck_assert_int_eq(rt_cudaMemcpyToArray_ptds(BYTES, 0, 0, text, 8, cudaMemcpyDefault),
			 cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyFromArray_ptds(got, BYTES, 0, 0, 8, cudaMemcpyDefault),
			 cudaSuccess);
	ck_assert_int_eq(script_count(cuMemcpy3D_ptds), 2);
	ck_assert_int_eq(rt_cudaMemcpyToArrayAsync(BYTES, 0, 0, text, 8, cudaMemcpyDefault, STREAM),
			 cudaSuccess);
	ck_assert_uint_eq(script_arg(cuMemcpy3DAsync, 1), (uintptr_t)STREAM);
	ck_assert_int_eq(rt_cudaMemcpyFromArrayAsync(got, BYTES, 0, 0, 8, cudaMemcpyDefault,
						     STREAM),
			 cudaSuccess);
	ck_assert_int_eq(script_count(cuMemcpy3DAsync), 2);
}
END_TEST

START_TEST(an_array_of_one_dimension_is_one_row)
{
	ck_assert_int_eq(rt_cudaMemcpyToArray(LINE, 2, 0, text, 10, cudaMemcpyHostToDevice),
			 cudaSuccess);
	expect_in(&pictures[2], 2, 0, 10);
	ck_assert_int_eq(rt_cudaMemcpyToArray(LINE, 2, 0, text, 11, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
}
END_TEST

START_TEST(the_rows_of_a_compressed_array_are_rows_of_blocks)
{
	ck_assert_int_eq(rt_cudaMemcpyToArray(DXT, 8, 0, text, 24, cudaMemcpyHostToDevice),
			 cudaSuccess);
	expect_in(&pictures[3], 8, 0, 24);
	ck_assert_int_eq(rt_cudaMemcpyToArray(DXT, 8, 0, text, 25, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
}
END_TEST

START_TEST(a_line_beyond_the_array_answers_1)
{
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, 17, 0, text, 1, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, 0, 5, text, 1, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, 0, 0, text, SIZE_MAX, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
	expect_in(&pictures[0], 0, 0, 0);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_copied_as_far_as_its_rectangles_fit)
{
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, 0, 0, text, 81, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
	expect_in(&pictures[0], 0, 0, 80);
}
END_TEST

START_TEST(a_line_from_the_end_of_a_row_begins_in_the_next)
{
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, 16, 0, text, 1, cudaMemcpyHostToDevice),
			 cudaSuccess);
	expect_in(&pictures[0], 0, 1, 1);
}
END_TEST

START_TEST(an_error_ends_the_line)
{
	fail_at = 1;
	ck_assert_int_eq(rt_cudaMemcpyToArray(FLOATS, 4, 1, text, 50, cudaMemcpyHostToDevice),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(script_count(cuMemcpy3D), 2);
}
END_TEST

START_TEST(no_bytes_and_no_kind_succeed_and_a_wrong_kind_answers_21)
{
	char got[1];

	ck_assert_int_eq(rt_cudaMemcpyToArray(NULL, 0, 0, NULL, 0, (enum cudaMemcpyKind)77),
			 cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyArrayToArray(NULL, 0, 0, NULL, 0, 0, 0,
						   (enum cudaMemcpyKind)77),
			 cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyToArray(BYTES, 0, 0, text, 1, cudaMemcpyDeviceToHost),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpyFromArray(got, BYTES, 0, 0, 1, cudaMemcpyHostToDevice),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(rt_cudaMemcpyFromArray(got, BYTES, 0, 0, 1, (enum cudaMemcpyKind)77),
			 cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyArrayToArray(BYTES, 0, 0, FLOATS, 0, 0, 1,
						   cudaMemcpyHostToDevice),
			 cudaErrorInvalidMemcpyDirection);
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(between_arrays_a_line_keeps_its_order_whatever_the_rows)
{
	memcpy(pictures[0].bytes, text, 80);
	ck_assert_int_eq(rt_cudaMemcpyArrayToArray(BYTES, 3, 1, FLOATS, 0, 0, 60,
						   cudaMemcpyDeviceToDevice),
			 cudaSuccess);
	expect_in(&pictures[1], 3, 1, 60);
	ck_assert_uint_eq(script_arg(cuMemAlloc, 1), 60);
	ck_assert_uint_eq(script_arg(cuMemFree, 0), (uintptr_t)buffer);
}
END_TEST

START_TEST(between_arrays_the_buffer_is_freed_after_a_failure_too)
{
	fail_at = 0;
	ck_assert_int_eq(rt_cudaMemcpyArrayToArray_ptds(BYTES, 0, 0, FLOATS, 0, 0, 8,
							cudaMemcpyDefault),
			 cudaErrorInvalidValue);
	ck_assert_int_eq(script_count(cuMemcpy3D_ptds), 1);
	ck_assert_int_eq(script_count(cuMemFree), 1);
	script_answer(cuMemAlloc, CUDA_ERROR_OUT_OF_MEMORY);
	ck_assert_int_eq(rt_cudaMemcpyArrayToArray(BYTES, 0, 0, FLOATS, 0, 0, 8, cudaMemcpyDefault),
			 cudaErrorMemoryAllocation);
	ck_assert_int_eq(script_count(cuMemFree), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("memcpy_array");
	TCase *memory = tcase_create("to and from memory");
	TCase *arrays = tcase_create("between arrays");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, memory);
	tcase_add_checked_fixture(memory, install, NULL);
	tcase_add_loop_test(memory, a_line_goes_into_the_rows_of_an_array, 0, NLINES);
	tcase_add_loop_test(memory, a_line_comes_out_of_the_rows_of_an_array, 0, NLINES);
	tcase_add_test(memory, each_form_has_its_driver_call);
	tcase_add_test(memory, an_array_of_one_dimension_is_one_row);
	tcase_add_test(memory, the_rows_of_a_compressed_array_are_rows_of_blocks);
	tcase_add_test(memory, a_line_beyond_the_array_answers_1);
	tcase_add_test(memory, a_line_that_is_too_long_is_copied_as_far_as_its_rectangles_fit);
	tcase_add_test(memory, a_line_from_the_end_of_a_row_begins_in_the_next);
	tcase_add_test(memory, an_error_ends_the_line);
	tcase_add_test(memory, no_bytes_and_no_kind_succeed_and_a_wrong_kind_answers_21);

	suite_add_tcase(suite, arrays);
	tcase_add_checked_fixture(arrays, install, NULL);
	tcase_add_test(arrays, between_arrays_a_line_keeps_its_order_whatever_the_rows);
	tcase_add_test(arrays, between_arrays_the_buffer_is_freed_after_a_failure_too);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
