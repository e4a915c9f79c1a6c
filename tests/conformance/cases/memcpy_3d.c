/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of three dimensions. */
#include "conformance.h"

#define H2H cudaMemcpyHostToHost
#define H2D cudaMemcpyHostToDevice
#define D2H cudaMemcpyDeviceToHost
#define D2D cudaMemcpyDeviceToDevice
#define ANY cudaMemcpyDefault

static const struct cudaChannelFormatDesc bytes1 = { 8, 0, 0, 0, cudaChannelFormatKindUnsigned };
static const struct cudaChannelFormatDesc ints1 = { 32, 0, 0, 0, cudaChannelFormatKindSigned };

static struct cudaPitchedPtr box(void *p, size_t pitch, size_t xsize, size_t ysize)
{
	return (struct cudaPitchedPtr){ p, pitch, xsize, ysize };
}

static struct cudaExtent extent(size_t width, size_t height, size_t depth)
{
	return (struct cudaExtent){ width, height, depth };
}

static struct cudaPos pos(size_t x, size_t y, size_t z)
{
	return (struct cudaPos){ x, y, z };
}

/* Between boxes of 8 x 4 x 2 bytes, all of it. */
static struct cudaMemcpy3DParms whole(void *dst, void *src, enum cudaMemcpyKind kind)
{
	return (struct cudaMemcpy3DParms){
		.srcPtr = box(src, 8, 8, 4),
		.dstPtr = box(dst, 8, 8, 4),
		.extent = extent(8, 4, 2),
		.kind = kind,
	};
}

static unsigned char *zeroed(size_t size)
{
	unsigned char *d = NULL;

	NEED(cudaMalloc((void **)&d, size));
	NEED(cudaMemset(d, 0, size));
	NEED(cudaDeviceSynchronize());
	return d;
}

static void count_up(unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		p[i] = (unsigned char)(i + 1);
}

/* An array of 8 x 4 x 2 elements, all 0xee. */
static cudaArray_t make_array(const struct cudaChannelFormatDesc *desc)
{
	unsigned char full[256];
	size_t row = 8 * (size_t)desc->x / 8;
	cudaArray_t array = NULL;
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(full, row, 8, 4),
		.extent = extent(8, 4, 2),
		.kind = H2D,
	};

	memset(full, 0xee, sizeof(full));
	NEED(cudaMalloc3DArray(&array, desc, extent(8, 4, 2), cudaArrayDefault));
	p.dstArray = array;
	NEED(cudaMemcpy3D(&p));
	return array;
}

static void show_array(cudaArray_t array, size_t element)
{
	unsigned char bytes[256];
	struct cudaMemcpy3DParms p = {
		.srcArray = array,
		.dstPtr = box(bytes, 8 * element, 8, 4),
		.extent = extent(8, 4, 2),
		.kind = D2H,
	};

	if (NEED(cudaMemcpy3D(&p)) == cudaSuccess)
		SHOW_BYTES(bytes, 64 * element);
}

CASE(whole_boxes)
{
	unsigned char h[64], back[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
	p = whole(back, d, D2H);
	DO(cudaMemcpy3D(&p));
	SHOW_BYTES(back, 64);
}

CASE(parts_of_boxes)
{
	unsigned char h[64], *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	p.extent = extent(3, 2, 2);
	p.srcPos = pos(1, 1, 0);
	p.dstPos = pos(5, 2, 0);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
	p.extent = extent(1, 1, 1);
	p.srcPos = pos(0, 0, 1);
	p.dstPos = pos(0, 0, 1);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

CASE(slices_of_different_heights)
{
	unsigned char h[64], *d = zeroed(128);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	p.dstPtr = box(d, 10, 10, 6);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 128);
	p.dstPtr = box(d, 8, 8, 3);
	DO(cudaMemcpy3D(&p));
	p.dstPtr = box(d, 8, 8, 0);
	DO(cudaMemcpy3D(&p));
	p.extent.depth = 1;
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 128);
}

CASE(xsize_does_not_count)
{
	unsigned char h[64], *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	p.srcPtr.xsize = 0;
	p.dstPtr.xsize = 1;
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

/* Between two sorts of memory, by every kind. */
static void every_kind(const char *name, void *dst, void *src)
{
	struct cudaMemcpy3DParms p = whole(dst, src, H2H);

	conf_print("%s", name);
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	conf_print("host to device");
	p.kind = H2D;
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	conf_print("device to host");
	p.kind = D2H;
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	conf_print("device to device");
	p.kind = D2D;
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	conf_print("by address");
	p.kind = ANY;
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	conf_print("5");
	p.kind = (enum cudaMemcpyKind)5;
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	NEED(cudaDeviceSynchronize());
}

CASE(kinds_with_pageable_and_device_memory)
{
	static unsigned char h[64], g[64];
	unsigned char *d = zeroed(64), *e = zeroed(64);

	every_kind("device <- pageable, host to host", d, h);
	every_kind("pageable <- device, host to host", h, d);
	every_kind("pageable <- pageable, host to host", g, h);
	every_kind("device <- device, host to host", e, d);
}

CASE(kinds_with_pinned_and_managed_memory)
{
	unsigned char *d = zeroed(64), *h = NULL, *m = NULL;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMallocManaged((void **)&m, 64, cudaMemAttachGlobal));
	every_kind("device <- pinned, host to host", d, h);
	every_kind("managed <- pinned, host to host", m, h);
}

CASE(kinds_with_an_array)
{
	cudaArray_t a = make_array(&bytes1);
	static unsigned char h[64];
	static const int kinds[] = { H2H, H2D, D2H, D2D, ANY, 5 };

	for (int i = 0; i < 6; i++) {
		struct cudaMemcpy3DParms p = {
			.srcPtr = box(h, 8, 8, 4),
			.dstArray = a,
			.extent = extent(8, 4, 2),
			.kind = (enum cudaMemcpyKind)kinds[i],
		};
		struct cudaMemcpy3DParms q = {
			.srcArray = a,
			.dstPtr = box(h, 8, 8, 4),
			.extent = extent(8, 4, 2),
			.kind = (enum cudaMemcpyKind)kinds[i],
		};

		conf_print("kind %d", kinds[i]);
		DO(cudaMemcpy3D(&p));
		DO(cudaMemcpy3D(&q));
		DO(cudaMemcpy3DAsync(&q, NULL));
	}
	NEED(cudaDeviceSynchronize());
}

CASE(nothing)
{
	unsigned char h[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = { .kind = H2H }, q = whole(d, h, H2D);

	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	p.kind = (enum cudaMemcpyKind)9;
	DO(cudaMemcpy3D(&p));
	p.extent = extent(4, 4, 0);
	DO(cudaMemcpy3D(&p));
	q.extent = extent(0, 4, 2);
	DO(cudaMemcpy3D(&q));
	q.extent = extent(8, 0, 2);
	DO(cudaMemcpy3D(&q));
	q.extent = extent(8, 4, 0);
	DO(cudaMemcpy3D(&q));
	q.srcPtr.pitch = 1;
	DO(cudaMemcpy3D(&q));
	q.dstPos = pos(100, 100, 100);
	DO(cudaMemcpy3D(&q));
	q.srcPtr.ptr = NULL;
	DO(cudaMemcpy3D(&q));
	SHOW_DEVICE(d, 64);
}

CASE(null_description)
{
	DO(cudaMemcpy3D(NULL));
	DO(cudaMemcpy3DAsync(NULL, NULL));
}

CASE(neither_pointer_nor_array)
{
	unsigned char h[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, NULL, H2D);

	DO(cudaMemcpy3D(&p));
	p = whole(NULL, h, H2D);
	DO(cudaMemcpy3D(&p));
	p = whole(NULL, NULL, ANY);
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
}

CASE(both_pointer_and_array)
{
	unsigned char h[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	p.dstArray = make_array(&bytes1);
	DO(cudaMemcpy3D(&p));
	p = whole(d, h, H2D);
	p.srcArray = make_array(&bytes1);
	DO(cudaMemcpy3D(&p));
	p.srcPtr.ptr = NULL;
	p.kind = D2D;
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

CASE(pitch_less_than_width)
{
	unsigned char h[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	p.srcPtr.pitch = 7;
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	p = whole(d, h, H2D);
	p.dstPtr.pitch = 7;
	DO(cudaMemcpy3D(&p));
	p.dstPtr.pitch = 0;
	DO(cudaMemcpy3D(&p));
	p.extent = extent(8, 1, 2);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(8, 2, 1);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(8, 1, 1);
	DO(cudaMemcpy3D(&p));
	p.dstPtr.pitch = 4;
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

CASE(pitch_less_than_position_and_width)
{
	unsigned char h[64], *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	p.extent = extent(6, 2, 1);
	p.dstPos = pos(3, 0, 0);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(6, 1, 1);
	DO(cudaMemcpy3D(&p));
	p.dstPos = pos(0, 0, 0);
	p.srcPos = pos(4, 0, 0);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

CASE(position_beyond_the_height)
{
	unsigned char h[64], *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	p.extent = extent(4, 2, 1);
	p.dstPos = pos(0, 3, 0);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
	p.extent = extent(4, 2, 2);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(8, 5, 1);
	p.dstPos = pos(0, 0, 0);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

CASE(pitch_over_the_greatest)
{
	unsigned char h[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	p.dstPtr.pitch = (size_t)1 << 31;
	DO(cudaMemcpy3D(&p));
	p.extent = extent(8, 1, 1);
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	p.dstPtr.pitch = 8;
	p.srcPtr.pitch = SIZE_MAX;
	DO(cudaMemcpy3D(&p));
}

CASE(beyond_the_end)
{
	static unsigned char h[1024];
	unsigned char *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	p.extent = extent(8, 4, 3);
	DO(cudaMemcpy3D(&p));
	DO(cudaMemcpy3DAsync(&p, NULL));
	p.extent = extent(8, 4, 2);
	p.dstPos = pos(0, 0, 1);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(SIZE_MAX, 1, 1);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(1, 1, SIZE_MAX);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 64);
}

CASE(last_slice_need_not_be_whole)
{
	static unsigned char h[64];
	unsigned char *d = zeroed(46);
	struct cudaMemcpy3DParms p = whole(d, h, H2D);

	count_up(h, 64);
	p.extent = extent(6, 2, 2);
	DO(cudaMemcpy3D(&p));
	SHOW_DEVICE(d, 46);
	p.extent = extent(7, 2, 2);
	DO(cudaMemcpy3D(&p));
}

CASE(which_error_comes_first)
{
	unsigned char h[64] = { 0 }, *d = zeroed(64);
	struct cudaMemcpy3DParms p = whole(d, h, (enum cudaMemcpyKind)9);

	conf_print("pitch and kind");
	p.dstPtr.pitch = 4;
	DO(cudaMemcpy3D(&p));
	conf_print("null and kind");
	p = whole(NULL, h, (enum cudaMemcpyKind)9);
	DO(cudaMemcpy3D(&p));
	conf_print("null and pitch");
	p = whole(NULL, h, H2D);
	p.dstPtr.pitch = 4;
	DO(cudaMemcpy3D(&p));
	conf_print("direction and pitch");
	p = whole(h, d, H2D);
	p.dstPtr.pitch = 4;
	DO(cudaMemcpy3D(&p));
}

CASE(array_direction_and_pitch)
{
	unsigned char h[64] = { 0 };
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(h, 4, 8, 4),
		.dstArray = make_array(&bytes1),
		.extent = extent(8, 4, 2),
		.kind = D2H,
	};

	DO(cudaMemcpy3D(&p));
	p.kind = H2D;
	DO(cudaMemcpy3D(&p));
	p.srcPtr.pitch = 8;
	p.extent.width = 9;
	DO(cudaMemcpy3D(&p));
	p.srcPtr.pitch = 16;
	DO(cudaMemcpy3D(&p));
}

CASE(box_into_an_array)
{
	cudaArray_t a = make_array(&bytes1);
	unsigned char h[64];
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(h, 8, 8, 4),
		.dstArray = a,
		.extent = extent(3, 2, 1),
		.kind = H2D,
	};

	count_up(h, 64);
	p.srcPos = pos(1, 1, 0);
	p.dstPos = pos(2, 1, 1);
	DO(cudaMemcpy3D(&p));
	show_array(a, 1);
	p.srcPos = p.dstPos = pos(0, 0, 0);
	p.extent = extent(8, 4, 2);
	DO(cudaMemcpy3D(&p));
	show_array(a, 1);
	p.kind = ANY;
	p.extent = extent(1, 1, 2);
	p.dstPos = pos(7, 3, 0);
	DO(cudaMemcpy3D(&p));
	show_array(a, 1);
}

/* With an array extents and positions count elements, of the pointer's side too. */
CASE(elements_of_four_bytes)
{
	cudaArray_t a = make_array(&ints1);
	unsigned char h[256], back[256] = { 0 };
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(h, 32, 8, 4),
		.dstArray = a,
		.extent = extent(2, 2, 1),
		.kind = H2D,
	};
	struct cudaMemcpy3DParms q = {
		.srcArray = a,
		.dstPtr = box(back, 16, 4, 4),
		.extent = extent(3, 2, 1),
		.kind = D2H,
	};

	count_up(h, 255);
	p.srcPos = pos(1, 0, 0);
	p.dstPos = pos(3, 1, 0);
	DO(cudaMemcpy3D(&p));
	show_array(a, 4);
	q.srcPos = pos(3, 1, 0);
	q.dstPos = pos(1, 1, 0);
	DO(cudaMemcpy3D(&q));
	SHOW_BYTES(back, 64);
	q.dstPtr.pitch = 11;
	DO(cudaMemcpy3D(&q));
	q.dstPtr.pitch = 12;
	q.dstPos = pos(0, 0, 0);
	DO(cudaMemcpy3D(&q));
}

CASE(beyond_an_array)
{
	static unsigned char h[1024];
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(h, 16, 16, 8),
		.dstArray = make_array(&bytes1),
		.extent = extent(9, 1, 1),
		.kind = H2D,
	};

	DO(cudaMemcpy3D(&p));
	p.extent = extent(1, 5, 1);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(1, 1, 3);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(1, 1, 1);
	p.dstPos = pos(8, 0, 0);
	DO(cudaMemcpy3D(&p));
	p.dstPos = pos(0, 4, 0);
	DO(cudaMemcpy3D(&p));
	p.dstPos = pos(0, 0, 2);
	DO(cudaMemcpy3D(&p));
	p.dstPos = pos(SIZE_MAX, 0, 0);
	DO(cudaMemcpy3D(&p));
	show_array(p.dstArray, 1);
}

CASE(between_arrays)
{
	cudaArray_t a = make_array(&bytes1), b = make_array(&bytes1);
	unsigned char h[64];
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(h, 8, 8, 4),
		.dstArray = a,
		.extent = extent(8, 4, 2),
		.kind = H2D,
	};

	count_up(h, 64);
	NEED(cudaMemcpy3D(&p));
	p = (struct cudaMemcpy3DParms){
		.srcArray = a,
		.srcPos = pos(1, 1, 1),
		.dstArray = b,
		.dstPos = pos(4, 2, 0),
		.extent = extent(3, 2, 1),
		.kind = D2D,
	};
	DO(cudaMemcpy3D(&p));
	show_array(b, 1);
	p.kind = ANY;
	p.dstPos = pos(0, 0, 1);
	DO(cudaMemcpy3D(&p));
	show_array(b, 1);
	p.kind = H2D;
	DO(cudaMemcpy3D(&p));
	p.kind = D2H;
	DO(cudaMemcpy3D(&p));
	p.kind = H2H;
	DO(cudaMemcpy3D(&p));
	p.kind = D2D;
	p.dstPos = pos(6, 0, 0);
	DO(cudaMemcpy3D(&p));
}

CASE(between_unlike_arrays)
{
	static const struct cudaChannelFormatDesc chars4 = { 8, 8, 8, 8,
							     cudaChannelFormatKindUnsigned };
	struct cudaMemcpy3DParms p = {
		.srcArray = make_array(&bytes1),
		.dstArray = make_array(&ints1),
		.extent = extent(2, 1, 1),
		.kind = D2D,
	};

	DO(cudaMemcpy3D(&p));
	show_array(p.dstArray, 4);
	NEED(cudaMalloc3DArray(&p.srcArray, &chars4, extent(8, 4, 2), cudaArrayDefault));
	p.extent = extent(8, 4, 2);
	DO(cudaMemcpy3D(&p));
}

CASE(layers_and_faces)
{
	static unsigned char h[6 * 16], back[16];
	cudaArray_t layered = NULL, cube = NULL;
	struct cudaMemcpy3DParms p = { .srcPtr = box(h, 4, 4, 4), .kind = H2D };

	count_up(h, sizeof(h));
	NEED(cudaMalloc3DArray(&layered, &bytes1, extent(4, 0, 3), cudaArrayLayered));
	NEED(cudaMalloc3DArray(&cube, &bytes1, extent(4, 4, 6), cudaArrayCubemap));
	p.dstArray = layered;
	p.srcPtr = box(h, 4, 4, 1);
	p.extent = extent(4, 1, 3);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(4, 0, 3);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(4, 1, 4);
	DO(cudaMemcpy3D(&p));
	p.srcPtr = box(h, 4, 4, 4);
	p.dstArray = cube;
	p.extent = extent(4, 4, 6);
	DO(cudaMemcpy3D(&p));
	p = (struct cudaMemcpy3DParms){
		.srcArray = cube,
		.srcPos = pos(0, 0, 5),
		.dstPtr = box(back, 4, 4, 4),
		.extent = extent(4, 4, 1),
		.kind = D2H,
	};
	DO(cudaMemcpy3D(&p));
	SHOW_BYTES(back, 16);
	p.srcArray = layered;
	p.srcPos = pos(1, 0, 2);
	p.extent = extent(3, 1, 1);
	DO(cudaMemcpy3D(&p));
	SHOW_BYTES(back, 16);
}

/* 16 x 8 texels are 4 x 2 blocks of 8 bytes. */
CASE(block_compressed)
{
	struct cudaChannelFormatDesc bc1 = {
		8, 8, 8, 8, cudaChannelFormatKindUnsignedBlockCompressed1,
	};
	unsigned char h[64], back[64] = { 0 };
	struct cudaMemcpy3DParms p = { .srcPtr = box(h, 32, 16, 8), .kind = H2D };

	count_up(h, 64);
	if (DO(cudaMallocArray(&p.dstArray, &bc1, 16, 8, 0)) != cudaSuccess)
		return;
	p.extent = extent(16, 8, 1);
	DO(cudaMemcpy3D(&p));
	p.srcPtr = box(h, 16, 8, 4);
	p.extent = extent(8, 4, 1);
	p.dstPos = pos(8, 4, 0);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(9, 4, 1);
	DO(cudaMemcpy3D(&p));
	p.extent = extent(3, 3, 1);
	p.dstPos = pos(0, 0, 0);
	DO(cudaMemcpy3D(&p));
	p.dstPos = pos(2, 2, 0);
	DO(cudaMemcpy3D(&p));
	p = (struct cudaMemcpy3DParms){
		.srcArray = p.dstArray,
		.dstPtr = box(back, 32, 16, 2),
		.extent = extent(16, 8, 1),
		.kind = D2H,
	};
	DO(cudaMemcpy3D(&p));
	SHOW_BYTES(back, 64);
}

CASE(asynchronous)
{
	unsigned char *h, *d = zeroed(64);
	struct cudaMemcpy3DParms p;
	cudaStream_t s;

	NEED(cudaMallocHost((void **)&h, 64));
	count_up(h, 64);
	NEED(cudaStreamCreate(&s));
	p = whole(d, h, H2D);
	DO(cudaMemcpy3DAsync(&p, s));
	memset(&p, 0xff, sizeof(p));
	DO(cudaStreamSynchronize(s));
	SHOW_DEVICE(d, 64);
	p = whole(h, d, D2H);
	p.dstPos = pos(0, 0, 1);
	p.extent.depth = 1;
	DO(cudaMemcpy3DAsync(&p, cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW_BYTES(h, 64);
}

CASE(busy_stream)
{
	unsigned char *h, *d = zeroed(64);
	struct cudaMemcpy3DParms p;
	struct conf_busy busy;
	cudaStream_t s;

	conf_register();
	NEED(cudaMallocHost((void **)&h, 64));
	memset(h, 1, 64);
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	conf_occupy(&busy, s);
	p = whole(d, h, H2D);
	DO(cudaMemcpy3DAsync(&p, s));
	p.dstPtr.pitch = 7;
	DO(cudaMemcpy3DAsync(&p, s));
	p.extent.width = 0;
	DO(cudaMemcpy3DAsync(&p, s));
	DO(cudaStreamQuery(s));
	SHOW_DEVICE(d, 64);
	memset(h, 2, 64);
	conf_release(&busy);
	SHOW_DEVICE(d, 64);
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
	unsigned char *h, *d = zeroed(64);
	struct cudaMemcpy3DParms p;
	cudaStream_t s;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaStreamCreate(&s));
	p = whole(d, h, H2D);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy3DAsync(&p, s));
	p.extent.width = 0;
	DO(cudaMemcpy3DAsync(&p, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	p = whole(NULL, h, H2D);
	DO(cudaMemcpy3DAsync(&p, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	p = whole(d, h, H2D);
	DO(cudaMemcpy3D(&p));
	show_nodes(s);
}

CASE(captured_null_description)
{
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy3DAsync(NULL, s));
	show_nodes(s);
}

static void copy_in_a_callback(void *device)
{
	unsigned char h[64] = { 0 };
	struct cudaMemcpy3DParms p = whole(device, h, H2D);

	DO(cudaMemcpy3DAsync(&p, NULL));
	p.dstPtr.pitch = 7;
	DO(cudaMemcpy3DAsync(&p, NULL));
}

CASE(from_a_host_function)
{
	unsigned char *d = zeroed(64);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, copy_in_a_callback, d));
	DO(cudaStreamSynchronize(s));
}

CASE(memory_of_malloc_3d)
{
	unsigned char h[60], back[60] = { 0 };
	struct cudaPitchedPtr d = { 0 };
	struct cudaMemcpy3DParms p = {
		.srcPtr = box(h, 5, 5, 4),
		.extent = extent(5, 4, 3),
		.kind = H2D,
	};

	count_up(h, 60);
	NEED(cudaMalloc3D(&d, extent(5, 4, 3)));
	p.dstPtr = d;
	DO(cudaMemcpy3D(&p));
	p = (struct cudaMemcpy3DParms){
		.srcPtr = d,
		.dstPtr = box(back, 5, 5, 4),
		.extent = extent(5, 4, 3),
		.kind = D2H,
	};
	DO(cudaMemcpy3D(&p));
	SHOW_IF(memcmp(back, h, 60) == 0);
	p.extent.depth = 4;
	p.dstPtr = box(NULL, 5, 5, 4);
	DO(cudaMemcpy3D(&p));
}
