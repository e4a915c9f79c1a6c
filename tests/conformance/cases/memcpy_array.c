/* SPDX-License-Identifier: Apache-2.0 */
/* Copies to and from arrays. */
#include "conformance.h"

#define H2H cudaMemcpyHostToHost
#define H2D cudaMemcpyHostToDevice
#define D2H cudaMemcpyDeviceToHost
#define D2D cudaMemcpyDeviceToDevice
#define ANY cudaMemcpyDefault

#define WIDTH  8
#define HEIGHT 4

static const struct cudaChannelFormatDesc bytes1 = { 8, 0, 0, 0, cudaChannelFormatKindUnsigned };
static const struct cudaChannelFormatDesc ints1 = { 32, 0, 0, 0, cudaChannelFormatKindSigned };
static const struct cudaChannelFormatDesc floats4 = { 32, 32, 32, 32, cudaChannelFormatKindFloat };

/* An array whose bytes are all 0xee. */
static cudaArray_t make_array(const struct cudaChannelFormatDesc *desc, size_t width, size_t height)
{
	static unsigned char full[8192];
	cudaArray_t array = NULL;
	size_t row = width * (size_t)(desc->x + desc->y + desc->z + desc->w) / 8;

	memset(full, 0xee, sizeof(full));
	NEED(cudaMallocArray(&array, desc, width, height, cudaArrayDefault));
	NEED(cudaMemcpy2DToArray(array, 0, 0, full, row, row, height ? height : 1, H2D));
	return array;
}

static void show_array(cudaArray_t array, size_t row, size_t rows)
{
	unsigned char bytes[4096];

	memset(bytes, 0x5a, sizeof(bytes));
	if (NEED(cudaMemcpy2DFromArray(bytes, row, array, 0, 0, row, rows, D2H)) == cudaSuccess)
		SHOW_BYTES(bytes, row * rows);
}

static void count_up(unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		p[i] = (unsigned char)(i + 1);
}

static unsigned char *zeroed(size_t size)
{
	unsigned char *d = NULL;

	NEED(cudaMalloc((void **)&d, size));
	NEED(cudaMemset(d, 0, size));
	return d;
}

CASE(rectangle_to_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64];

	count_up(h, sizeof(h));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpy2DToArray(a, 3, 1, h, 16, 5, 2, H2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpy2DToArray(a, 7, 3, h, 1, 1, 1, ANY));
	show_array(a, WIDTH, HEIGHT);
}

CASE(rectangle_from_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64], *d = zeroed(64);

	count_up(h, sizeof(h));
	NEED(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	memset(h, 0, sizeof(h));
	DO(cudaMemcpy2DFromArray(h, 16, a, 2, 1, 5, 3, D2H));
	SHOW_BYTES(h, 64);
	DO(cudaMemcpy2DFromArray(d, 10, a, 0, 0, 8, 4, D2D));
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 8, 4, ANY));
	SHOW_BYTES(h, 64);
}

CASE(wide_elements)
{
	cudaArray_t a = make_array(&floats4, 4, 2);
	unsigned char h[128];

	count_up(h, sizeof(h));
	DO(cudaMemcpy2DToArray(a, 16, 1, h, 48, 48, 1, H2D));
	show_array(a, 64, 2);
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 64, 64, 2, H2D));
	show_array(a, 64, 2);
}

CASE(parts_of_elements)
{
	cudaArray_t a = make_array(&ints1, 4, 2);
	unsigned char h[64];

	count_up(h, sizeof(h));
	DO(cudaMemcpy2DToArray(a, 1, 0, h, 16, 4, 1, H2D));
	show_array(a, 16, 2);
	DO(cudaMemcpy2DToArray(a, 4, 0, h, 16, 3, 2, H2D));
	show_array(a, 16, 2);
	DO(cudaMemcpy2DFromArray(h, 16, a, 2, 0, 2, 1, D2H));
	SHOW_BYTES(h, 4);
}

CASE(array_of_one_dimension)
{
	cudaArray_t a = make_array(&bytes1, 16, 0);
	unsigned char h[32];

	count_up(h, sizeof(h));
	DO(cudaMemcpy2DToArray(a, 4, 0, h, 8, 8, 1, H2D));
	show_array(a, 16, 1);
	DO(cudaMemcpy2DToArray(a, 0, 1, h, 8, 8, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 2, H2D));
	DO(cudaMemcpyToArray(a, 2, 0, h + 16, 3, H2D));
	DO(cudaMemcpyToArray(a, 2, 1, h + 16, 3, H2D));
	DO(cudaMemcpyToArray(a, 14, 0, h + 16, 3, H2D));
	show_array(a, 16, 1);
}

CASE(kinds_of_rectangles_to_an_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 }, *d = zeroed(64);

	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2H));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, D2H));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, D2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, (enum cudaMemcpyKind)5));
	DO(cudaMemcpy2DToArray(a, 0, 0, d, 8, 8, 4, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, d, 8, 8, 4, D2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, d, 8, 8, 4, ANY));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 8, 8, 4, H2H, NULL));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 8, 8, 4, D2H, NULL));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 8, 8, 4, H2D, NULL));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 8, 8, 4, ANY, NULL));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 8, 8, 4, (enum cudaMemcpyKind) - 1, NULL));
}

CASE(kinds_of_rectangles_from_an_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 }, *d = zeroed(64);

	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 8, 4, H2H));
	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 8, 4, H2D));
	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 8, 4, D2D));
	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 8, 4, (enum cudaMemcpyKind)5));
	DO(cudaMemcpy2DFromArray(d, 8, a, 0, 0, 8, 4, D2H));
	DO(cudaMemcpy2DFromArray(d, 8, a, 0, 0, 8, 4, D2D));
	DO(cudaMemcpy2DFromArray(d, 8, a, 0, 0, 8, 4, ANY));
	DO(cudaMemcpy2DFromArrayAsync(h, 8, a, 0, 0, 8, 4, H2H, NULL));
	DO(cudaMemcpy2DFromArrayAsync(h, 8, a, 0, 0, 8, 4, H2D, NULL));
	DO(cudaMemcpy2DFromArrayAsync(h, 8, a, 0, 0, 8, 4, D2H, NULL));
	DO(cudaMemcpy2DFromArrayAsync(h, 8, a, 0, 0, 8, 4, ANY, NULL));
	DO(cudaMemcpy2DFromArrayAsync(h, 8, a, 0, 0, 8, 4, (enum cudaMemcpyKind) - 1, NULL));
}

CASE(kinds_of_lines)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 }, *d = zeroed(64);

	DO(cudaMemcpyToArray(a, 0, 0, h, 8, H2H));
	DO(cudaMemcpyToArray(a, 0, 0, h, 8, D2H));
	DO(cudaMemcpyToArray(a, 0, 0, h, 8, D2D));
	DO(cudaMemcpyToArray(a, 0, 0, h, 8, (enum cudaMemcpyKind)5));
	DO(cudaMemcpyToArray(a, 0, 0, d, 8, D2D));
	DO(cudaMemcpyToArray(a, 0, 0, d, 8, ANY));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 8, H2H));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 8, H2D));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 8, D2D));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 8, (enum cudaMemcpyKind)5));
	DO(cudaMemcpyFromArray(d, a, 0, 0, 8, D2D));
	DO(cudaMemcpyFromArray(d, a, 0, 0, 8, ANY));
}

CASE(rectangles_of_nothing)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 };

	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 0, 4, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 0, H2D));
	DO(cudaMemcpy2DToArray(a, 100, 100, NULL, 0, 0, 0, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, NULL, 0, 0, 4, (enum cudaMemcpyKind)9));
	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 0, 4, D2H));
	DO(cudaMemcpy2DFromArray(NULL, 0, a, 0, 0, 8, 0, D2H));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 8, 0, 4, H2D, NULL));
	DO(cudaMemcpy2DFromArrayAsync(h, 8, a, 0, 0, 8, 0, D2H, NULL));
	DO(cudaMemcpy2DArrayToArray(a, 0, 0, a, 0, 0, 0, 4, D2D));
	DO(cudaMemcpy2DArrayToArray(a, 0, 0, a, 0, 0, 4, 0, D2D));
	DO(cudaMemcpyToArray(a, 0, 0, NULL, 0, H2D));
	DO(cudaMemcpyFromArray(NULL, a, 0, 0, 0, D2H));
	DO(cudaMemcpyArrayToArray(a, 0, 0, a, 0, 0, 0, D2D));
	DO(cudaMemcpyToArray(a, 100, 100, NULL, 0, (enum cudaMemcpyKind)9));
	show_array(a, WIDTH, HEIGHT);
}

CASE(nothing_to_a_null_array)
{
	DO(cudaMemcpy2DToArray(NULL, 0, 0, NULL, 0, 0, 0, H2D));
	DO(cudaMemcpy2DFromArray(NULL, 0, NULL, 0, 0, 0, 0, D2H));
	DO(cudaMemcpyToArray(NULL, 0, 0, NULL, 0, H2D));
	DO(cudaMemcpyFromArray(NULL, NULL, 0, 0, 0, D2H));
	DO(cudaMemcpy2DArrayToArray(NULL, 0, 0, NULL, 0, 0, 0, 0, D2D));
	DO(cudaMemcpyArrayToArray(NULL, 0, 0, NULL, 0, 0, 0, D2D));
}

CASE(null_array_as_a_rectangle)
{
	unsigned char h[16] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemcpy2DToArray(NULL, 0, 0, h, 4, 4, 2, H2D));
}

CASE(null_array_as_a_source)
{
	unsigned char h[16] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemcpy2DFromArray(h, 4, NULL, 0, 0, 4, 2, D2H));
}

CASE(null_array_as_a_line)
{
	unsigned char h[16] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemcpyToArray(NULL, 0, 0, h, 4, H2D));
}

CASE(null_array_as_a_line_from)
{
	unsigned char h[16] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemcpyFromArray(h, NULL, 0, 0, 4, D2H));
}

CASE(null_array_as_a_line_async)
{
	unsigned char h[16] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemcpyToArrayAsync(NULL, 0, 0, h, 4, H2D, NULL));
}

CASE(null_arrays_on_both_sides)
{
	NEED(cudaFree(NULL));
	DO(cudaMemcpy2DArrayToArray(NULL, 0, 0, NULL, 0, 0, 4, 4, D2D));
}

CASE(null_arrays_on_both_sides_of_a_line)
{
	NEED(cudaFree(NULL));
	DO(cudaMemcpyArrayToArray(NULL, 0, 0, NULL, 0, 0, 4, D2D));
}

CASE(null_memory)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);

	DO(cudaMemcpy2DToArray(a, 0, 0, NULL, 8, 8, 2, D2D));
	DO(cudaMemcpy2DFromArray(NULL, 8, a, 0, 0, 8, 2, D2D));
	DO(cudaMemcpyToArray(a, 0, 0, NULL, 8, D2D));
	DO(cudaMemcpyFromArray(NULL, a, 0, 0, 8, D2D));
	DO(cudaMemcpyToArray(a, 0, 0, NULL, 8, ANY));
	show_array(a, WIDTH, HEIGHT);
}

CASE(null_host_memory)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);

	DO(cudaMemcpy2DToArray(a, 0, 0, NULL, 8, 8, 2, H2D));
}

CASE(null_host_memory_for_a_line)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);

	DO(cudaMemcpyFromArray(NULL, a, 0, 0, 8, D2H));
}

CASE(pitches)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64];

	count_up(h, sizeof(h));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 4, 5, 2, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 4, 5, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 0, 5, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 0, 5, 2, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, (size_t)1 << 31, 5, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, (size_t)1 << 31, 5, 2, H2D));
	DO(cudaMemcpy2DFromArray(h, 4, a, 0, 0, 5, 2, D2H));
	DO(cudaMemcpy2DFromArray(h, 4, a, 0, 0, 5, 1, D2H));
	DO(cudaMemcpy2DFromArray(h, 0, a, 0, 0, 5, 1, D2H));
	DO(cudaMemcpy2DToArrayAsync(a, 0, 0, h, 4, 5, 2, H2D, NULL));
	DO(cudaMemcpy2DFromArrayAsync(h, 4, a, 0, 0, 5, 2, D2H, NULL));
	show_array(a, WIDTH, HEIGHT);
}

CASE(rectangles_beyond_the_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[128] = { 0 };

	DO(cudaMemcpy2DToArray(a, 0, 0, h, 16, 9, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 1, 0, h, 16, 8, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 8, 0, h, 16, 1, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 16, 8, 5, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 1, h, 16, 8, 4, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 4, h, 16, 1, 1, H2D));
	DO(cudaMemcpy2DToArray(a, SIZE_MAX, 0, h, 16, 2, 1, H2D));
	DO(cudaMemcpy2DToArray(a, 0, SIZE_MAX, h, 16, 1, 2, H2D));
	DO(cudaMemcpy2DFromArray(h, 16, a, 1, 0, 8, 1, D2H));
	DO(cudaMemcpy2DFromArray(h, 16, a, 0, 4, 1, 1, D2H));
	DO(cudaMemcpy2DToArrayAsync(a, 1, 0, h, 16, 8, 1, H2D, NULL));
	show_array(a, WIDTH, HEIGHT);
}

CASE(which_error_comes_first)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 };

	conf_print("pitch and kind");
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 4, 5, 2, (enum cudaMemcpyKind)9));
	DO(cudaMemcpy2DFromArray(h, 4, a, 0, 0, 5, 2, H2D));
	conf_print("bounds and kind");
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 16, 9, 2, D2H));
	DO(cudaMemcpyToArray(a, 0, 0, h, 64, D2H));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 64, (enum cudaMemcpyKind)9));
	DO(cudaMemcpyArrayToArray(a, 0, 0, a, 0, 0, 64, (enum cudaMemcpyKind)9));
	conf_print("bounds and pitch");
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 4, 9, 2, H2D));
	conf_print("null and kind");
	DO(cudaMemcpy2DToArray(a, 0, 0, NULL, 8, 8, 2, D2H));
}

CASE(line_to_an_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64];

	count_up(h, sizeof(h));
	DO(cudaMemcpyToArray(a, 0, 0, h, 3, H2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpyToArray(a, 6, 0, h, 5, H2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpyToArray(a, 5, 1, h, 19, H2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpyToArray(a, 0, 0, h, 32, H2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpyToArray(a, 0, 2, h, 16, ANY));
	show_array(a, WIDTH, HEIGHT);
}

CASE(line_from_an_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64], *d = zeroed(64);

	count_up(h, sizeof(h));
	NEED(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	memset(h, 0, sizeof(h));
	DO(cudaMemcpyFromArray(h, a, 6, 0, 5, D2H));
	SHOW_BYTES(h, 16);
	DO(cudaMemcpyFromArray(h, a, 5, 1, 19, D2H));
	SHOW_BYTES(h, 32);
	DO(cudaMemcpyFromArray(d, a, 0, 0, 32, D2D));
	SHOW_DEVICE(d, 40);
	DO(cudaMemcpyFromArray(d, a, 7, 3, 1, ANY));
	SHOW_DEVICE(d, 40);
}

CASE(line_of_wide_elements)
{
	cudaArray_t a = make_array(&ints1, 4, 3);
	unsigned char h[64];

	count_up(h, sizeof(h));
	DO(cudaMemcpyToArray(a, 12, 0, h, 12, H2D));
	show_array(a, 16, 3);
	DO(cudaMemcpyToArray(a, 2, 1, h, 3, H2D));
	show_array(a, 16, 3);
	DO(cudaMemcpyToArray(a, 8, 2, h, 8, H2D));
	show_array(a, 16, 3);
}

CASE(line_beyond_the_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 };

	DO(cudaMemcpyToArray(a, 0, 0, h, 33, H2D));
	DO(cudaMemcpyToArray(a, 1, 3, h, 8, H2D));
	DO(cudaMemcpyToArray(a, 8, 0, h, 1, H2D));
	DO(cudaMemcpyToArray(a, 9, 0, h, 1, H2D));
	DO(cudaMemcpyToArray(a, 0, 4, h, 1, H2D));
	DO(cudaMemcpyToArray(a, 0, 0, h, SIZE_MAX, H2D));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 33, D2H));
	DO(cudaMemcpyFromArray(h, a, 8, 3, 1, D2H));
	DO(cudaMemcpyToArrayAsync(a, 0, 0, h, 33, H2D, NULL));
	DO(cudaMemcpyFromArrayAsync(h, a, 0, 0, 33, D2H, NULL));
	show_array(a, WIDTH, HEIGHT);
	SHOW_BYTES(h, 64);
}

CASE(rectangle_between_arrays)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	cudaArray_t b = make_array(&bytes1, 16, 8);
	unsigned char h[64];

	count_up(h, sizeof(h));
	NEED(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	DO(cudaMemcpy2DArrayToArray(b, 3, 2, a, 1, 1, 6, 3, D2D));
	show_array(b, 16, 8);
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 8, 4, ANY));
	show_array(b, 16, 8);
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 8, 4, H2H));
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 8, 4, H2D));
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 8, 4, D2H));
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 8, 4, (enum cudaMemcpyKind)5));
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 9, 4, D2D));
	DO(cudaMemcpy2DArrayToArray(b, 9, 0, a, 0, 0, 8, 4, D2D));
	DO(cudaMemcpy2DArrayToArray(b, 0, 5, a, 0, 0, 8, 4, D2D));
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 1, 8, 4, D2D));
}

CASE(rectangle_between_unlike_arrays)
{
	cudaArray_t a = make_array(&bytes1, 16, 2), b = make_array(&ints1, 4, 2);
	unsigned char h[64];

	count_up(h, sizeof(h));
	NEED(cudaMemcpy2DToArray(a, 0, 0, h, 16, 16, 2, H2D));
	DO(cudaMemcpy2DArrayToArray(b, 0, 0, a, 0, 0, 16, 2, D2D));
	show_array(b, 16, 2);
	DO(cudaMemcpy2DArrayToArray(b, 4, 0, a, 1, 0, 8, 1, D2D));
	show_array(b, 16, 2);
}

CASE(line_between_arrays)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	cudaArray_t b = make_array(&bytes1, 16, 2);
	unsigned char h[64];

	count_up(h, sizeof(h));
	NEED(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 8, D2D));
	show_array(b, 16, 2);
	DO(cudaMemcpyArrayToArray(b, 3, 0, a, 5, 1, 19, D2D));
	show_array(b, 16, 2);
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 32, ANY));
	show_array(b, 16, 2);
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 33, D2D));
	DO(cudaMemcpyArrayToArray(b, 1, 0, a, 0, 0, 32, D2D));
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 8, H2H));
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 8, H2D));
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 8, D2H));
	DO(cudaMemcpyArrayToArray(b, 0, 0, a, 0, 0, 8, (enum cudaMemcpyKind)5));
	show_array(b, 16, 2);
}

CASE(within_one_array)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64];

	count_up(h, sizeof(h));
	NEED(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	DO(cudaMemcpy2DArrayToArray(a, 4, 0, a, 0, 0, 4, 4, D2D));
	show_array(a, WIDTH, HEIGHT);
	DO(cudaMemcpyArrayToArray(a, 0, 2, a, 0, 0, 16, D2D));
	show_array(a, WIDTH, HEIGHT);
}

CASE(asynchronous)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char *h, *g;
	cudaStream_t s;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMallocHost((void **)&g, 64));
	count_up(h, 64);
	memset(g, 0, 64);
	NEED(cudaStreamCreate(&s));
	DO(cudaMemcpy2DToArrayAsync(a, 1, 1, h, 16, 6, 3, H2D, s));
	DO(cudaMemcpy2DFromArrayAsync(g, 8, a, 0, 0, 8, 4, D2H, s));
	DO(cudaStreamSynchronize(s));
	SHOW_BYTES(g, 64);
	DO(cudaMemcpyToArrayAsync(a, 3, 0, h, 20, H2D, s));
	DO(cudaMemcpyFromArrayAsync(g, a, 1, 0, 31, D2H, s));
	DO(cudaStreamSynchronize(s));
	SHOW_BYTES(g, 64);
}

CASE(busy_stream)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	struct conf_busy busy;
	unsigned char *h, *g;
	cudaStream_t s;

	conf_register();
	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMallocHost((void **)&g, 64));
	memset(h, 1, 64);
	memset(g, 0, 64);
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaDeviceSynchronize());
	conf_occupy(&busy, s);
	DO(cudaMemcpy2DToArrayAsync(a, 1, 1, h, 16, 6, 3, H2D, s));
	DO(cudaMemcpyFromArrayAsync(g, a, 4, 0, 20, D2H, s));
	DO(cudaMemcpyToArrayAsync(a, 4, 0, h, 40, H2D, s));
	DO(cudaStreamQuery(s));
	show_array(a, WIDTH, HEIGHT);
	memset(h, 2, 64);
	conf_release(&busy);
	show_array(a, WIDTH, HEIGHT);
	SHOW_BYTES(g, 64);
}

static void show_nodes(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t nodes = 0;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess || graph == NULL)
		return;
	NEED(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
	NEED(cudaGraphDestroy(graph));
}

CASE(captured)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char *h;
	cudaStream_t s;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy2DToArrayAsync(a, 1, 1, h, 16, 6, 3, H2D, s));
	DO(cudaMemcpy2DFromArrayAsync(h, 16, a, 1, 1, 6, 3, D2H, s));
	DO(cudaMemcpy2DFromArrayAsync(h, 16, a, 1, 1, 6, 0, D2H, s));
	show_nodes(s);
}

/* The number of nodes is the number of rectangles that a line is. */
CASE(captured_lines)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char *h;
	cudaStream_t s;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyToArrayAsync(a, 1, 1, h, 4, H2D, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpyToArrayAsync(a, 5, 0, h, 24, H2D, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeThreadLocal));
	DO(cudaMemcpyFromArrayAsync(h, a, 0, 0, 32, D2H, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyFromArrayAsync(h, a, 0, 0, 33, D2H, s));
	show_nodes(s);
}

CASE(synchronous_in_a_capture)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	unsigned char h[64] = { 0 };
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 4, H2D));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpyFromArray(h, a, 0, 0, 8, D2H));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpy2DArrayToArray(a, 0, 0, a, 0, 2, 8, 2, D2D));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpyArrayToArray(a, 0, 0, a, 0, 2, 8, D2D));
	show_nodes(s);
}

/* A block of 4x4 texels is an element of 8 bytes; the array is 4 x 2 of them. */
CASE(block_compressed)
{
	struct cudaChannelFormatDesc bc1 = {
		8, 8, 8, 8, cudaChannelFormatKindUnsignedBlockCompressed1,
	};
	unsigned char h[128];
	cudaArray_t a = NULL;

	count_up(h, sizeof(h));
	if (DO(cudaMallocArray(&a, &bc1, 16, 8, cudaArrayDefault)) != cudaSuccess)
		return;
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 32, 32, 2, H2D));
	memset(h, 0, sizeof(h));
	DO(cudaMemcpy2DFromArray(h, 32, a, 0, 0, 32, 2, D2H));
	SHOW_BYTES(h, 64);
	DO(cudaMemcpy2DFromArray(h, 32, a, 8, 1, 8, 1, D2H));
	SHOW_BYTES(h, 16);
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 32, 32, 3, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 40, 40, 1, H2D));
	DO(cudaMemcpyToArray(a, 24, 0, h + 64, 16, H2D));
	DO(cudaMemcpyFromArray(h, a, 24, 0, 16, D2H));
	SHOW_BYTES(h, 16);
	DO(cudaMemcpyToArray(a, 0, 0, h, 65, H2D));
}

CASE(box_array_as_a_rectangle)
{
	struct cudaExtent extent = { 8, 2, 2 };
	unsigned char h[64];
	cudaArray_t a = NULL;

	count_up(h, sizeof(h));
	NEED(cudaMalloc3DArray(&a, &bytes1, extent, cudaArrayDefault));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 2, H2D));
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 8, 3, H2D));
	DO(cudaMemcpyToArray(a, 0, 0, h, 16, H2D));
	DO(cudaMemcpyToArray(a, 0, 0, h, 17, H2D));
	memset(h, 0, sizeof(h));
	DO(cudaMemcpy2DFromArray(h, 8, a, 0, 0, 8, 2, D2H));
	SHOW_BYTES(h, 16);
}

CASE(levels_of_a_mipmap)
{
	struct cudaExtent extent = { 8, 4, 0 };
	cudaMipmappedArray_t m = NULL;
	cudaArray_t a = NULL;
	unsigned char h[64];

	count_up(h, sizeof(h));
	NEED(cudaMallocMipmappedArray(&m, &bytes1, extent, 3, cudaArrayDefault));
	DO(cudaGetMipmappedArrayLevel(&a, m, 1));
	if (a == NULL)
		return;
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 4, 2, H2D));
	show_array(a, 4, 2);
	DO(cudaMemcpy2DToArray(a, 0, 0, h, 8, 5, 2, H2D));
	DO(cudaMemcpyToArray(a, 3, 0, h + 32, 5, H2D));
	show_array(a, 4, 2);
	DO(cudaMemcpyToArray(a, 3, 0, h + 32, 6, H2D));
}

static void copy_in_a_callback(void *array)
{
	unsigned char h[16] = { 0 };

	DO(cudaMemcpy2DToArrayAsync(array, 0, 0, h, 8, 8, 2, H2D, NULL));
	DO(cudaMemcpyToArrayAsync(array, 0, 0, h, 8, H2D, NULL));
}

CASE(from_a_host_function)
{
	cudaArray_t a = make_array(&bytes1, WIDTH, HEIGHT);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, copy_in_a_callback, a));
	DO(cudaStreamSynchronize(s));
	show_array(a, WIDTH, HEIGHT);
}
