/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of two dimensions between pitched memory. */
#include "conformance.h"

#include <stdlib.h>

#define H2H cudaMemcpyHostToHost
#define H2D cudaMemcpyHostToDevice
#define D2H cudaMemcpyDeviceToHost
#define D2D cudaMemcpyDeviceToDevice
#define ANY cudaMemcpyDefault

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

CASE(rows_with_gaps)
{
	unsigned char h[32], back[32] = { 0 };
	unsigned char *d = zeroed(64);

	count_up(h, sizeof(h));
	DO(cudaMemcpy2D(d, 16, h, 8, 5, 4, H2D));
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpy2D(back, 7, d, 16, 4, 4, D2H));
	SHOW_BYTES(back, 32);
	DO(cudaMemcpy2D(d + 8, 16, d, 16, 3, 4, D2D));
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpy2D(back, 8, h, 8, 8, 4, H2H));
	SHOW_BYTES(back, 32);
	DO(cudaMemcpy2D(d, 16, h + 1, 8, 2, 3, ANY));
	SHOW_DEVICE(d, 64);
}

CASE(rows_without_gaps)
{
	unsigned char h[32], back[32] = { 0 };
	unsigned char *d = zeroed(32);

	count_up(h, sizeof(h));
	DO(cudaMemcpy2D(d, 8, h, 8, 8, 4, H2D));
	DO(cudaMemcpy2D(back, 8, d, 8, 8, 4, D2H));
	SHOW_BYTES(back, 32);
	DO(cudaMemcpy2D(back, 1, d, 1, 1, 32, D2H));
	SHOW_BYTES(back, 32);
	DO(cudaMemcpy2D(back, 3, d, 8, 3, 4, D2H));
	SHOW_BYTES(back, 32);
}

/* Between two sorts of memory, by every kind. */
static void every_kind(const char *name, void *dst, const void *src, cudaStream_t stream)
{
	conf_print("%s", name);
	DO(cudaMemcpy2D(dst, 16, src, 16, 4, 2, H2H));
	DO(cudaMemcpy2D(dst, 16, src, 16, 4, 2, H2D));
	DO(cudaMemcpy2D(dst, 16, src, 16, 4, 2, D2H));
	DO(cudaMemcpy2D(dst, 16, src, 16, 4, 2, D2D));
	DO(cudaMemcpy2D(dst, 16, src, 16, 4, 2, ANY));
	DO(cudaMemcpy2D(dst, 16, src, 16, 4, 2, (enum cudaMemcpyKind)5));
	DO(cudaMemcpy2DAsync(dst, 16, src, 16, 4, 2, H2H, stream));
	DO(cudaMemcpy2DAsync(dst, 16, src, 16, 4, 2, H2D, stream));
	DO(cudaMemcpy2DAsync(dst, 16, src, 16, 4, 2, D2H, stream));
	DO(cudaMemcpy2DAsync(dst, 16, src, 16, 4, 2, D2D, stream));
	DO(cudaMemcpy2DAsync(dst, 16, src, 16, 4, 2, ANY, stream));
	DO(cudaMemcpy2DAsync(dst, 16, src, 16, 4, 2, (enum cudaMemcpyKind) - 1, stream));
	NEED(cudaStreamSynchronize(stream));
}

CASE(kinds_with_pageable_and_device_memory)
{
	static unsigned char h[64], g[64];
	unsigned char *d = zeroed(64), *e = zeroed(64);

	every_kind("device <- pageable", d, h, NULL);
	every_kind("pageable <- device", h, d, NULL);
	every_kind("pageable <- pageable", g, h, NULL);
	every_kind("device <- device", e, d, NULL);
}

CASE(kinds_with_pinned_and_managed_memory)
{
	unsigned char *d = zeroed(64), *h = NULL, *m = NULL;

	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMallocManaged((void **)&m, 64, cudaMemAttachGlobal));
	every_kind("device <- pinned", d, h, cudaStreamPerThread);
	every_kind("pinned <- device", h, d, cudaStreamPerThread);
	every_kind("managed <- device", m, d, cudaStreamLegacy);
	every_kind("pinned <- managed", h, m, cudaStreamLegacy);
}

CASE(nothing)
{
	unsigned char h[16] = { 0 };
	unsigned char *d = zeroed(64);

	DO(cudaMemcpy2D(d, 16, h, 8, 0, 4, H2D));
	DO(cudaMemcpy2D(d, 16, h, 8, 4, 0, H2D));
	DO(cudaMemcpy2D(NULL, 0, NULL, 0, 0, 0, H2D));
	DO(cudaMemcpy2D(NULL, 0, NULL, 0, 8, 0, ANY));
	DO(cudaMemcpy2D(NULL, 0, NULL, 0, 0, 8, ANY));
	DO(cudaMemcpy2D(d, 4, h, 4, 8, 0, H2D));
	DO(cudaMemcpy2D(d, 4, h, 4, 0, 8, (enum cudaMemcpyKind)9));
	DO(cudaMemcpy2DAsync(NULL, 0, NULL, 0, 0, 2, H2D, NULL));
	DO(cudaMemcpy2DAsync(NULL, 0, NULL, 0, 2, 0, (enum cudaMemcpyKind)9, NULL));
}

CASE(pitch_less_than_width)
{
	unsigned char h[64];
	unsigned char *d = zeroed(64);

	count_up(h, sizeof(h));
	DO(cudaMemcpy2D(d, 4, h, 8, 5, 2, H2D));
	DO(cudaMemcpy2D(d, 8, h, 4, 5, 2, H2D));
	DO(cudaMemcpy2D(d, 0, h, 8, 5, 2, H2D));
	DO(cudaMemcpy2D(d, 8, h, 0, 1, 2, H2D));
	DO(cudaMemcpy2D(h, 4, d, 8, 5, 2, D2H));
	DO(cudaMemcpy2D(d, 4, d + 32, 4, 5, 2, D2D));
	DO(cudaMemcpy2D(h, 4, h + 32, 4, 5, 2, H2H));
	DO(cudaMemcpy2DAsync(d, 4, h, 8, 5, 2, H2D, NULL));
	DO(cudaMemcpy2DAsync(d, 8, h, 4, 5, 2, ANY, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(one_row_with_a_pitch_less_than_width)
{
	unsigned char h[64];
	unsigned char *d = zeroed(64);

	count_up(h, sizeof(h));
	DO(cudaMemcpy2D(d, 4, h, 8, 5, 1, H2D));
	DO(cudaMemcpy2D(d, 8, h, 4, 5, 1, H2D));
	DO(cudaMemcpy2D(d, 0, h, 8, 5, 1, H2D));
	DO(cudaMemcpy2D(d, 8, h, 0, 6, 1, H2D));
	DO(cudaMemcpy2D(d, 0, h, 0, 7, 1, H2D));
	DO(cudaMemcpy2D(h + 32, 0, d, 0, 7, 1, D2H));
	DO(cudaMemcpy2DAsync(d, 4, h, 8, 5, 1, H2D, NULL));
	DO(cudaMemcpy2DAsync(d, 0, h, 0, 5, 1, ANY, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(pitch_over_the_greatest)
{
	unsigned char h[64];
	unsigned char *d = zeroed(64);
	size_t huge = (size_t)1 << 31;

	count_up(h, sizeof(h));
	DO(cudaMemcpy2D(d, huge, h, 8, 4, 1, H2D));
	DO(cudaMemcpy2D(d, 8, h, huge, 4, 1, H2D));
	DO(cudaMemcpy2D(d, huge - 1, h, 8, 4, 1, H2D));
	DO(cudaMemcpy2D(d, huge, h, 8, 4, 2, H2D));
	DO(cudaMemcpy2D(d, SIZE_MAX, h, 8, 4, 1, H2D));
	DO(cudaMemcpy2DAsync(d, huge, h, 8, 4, 1, H2D, NULL));
	DO(cudaMemcpy2DAsync(d, huge, h, 8, 4, 2, H2D, NULL));
	SHOW_DEVICE(d, 64);
}

CASE(source_pitch_over_the_greatest)
{
	unsigned char h[64] = { 0 };
	unsigned char *d = zeroed(64);

	DO(cudaMemcpy2D(d, 8, h, (size_t)1 << 31, 4, 2, H2D));
}

CASE(beyond_the_end)
{
	static unsigned char h[512];
	unsigned char *d = zeroed(100);

	memset(h, 3, sizeof(h));
	DO(cudaMemcpy2D(d, 20, h, 20, 20, 6, H2D));
	DO(cudaMemcpy2D(d, 30, h, 20, 10, 4, H2D));
	DO(cudaMemcpy2D(d, 30, h, 20, 11, 4, H2D));
	DO(cudaMemcpy2D(h, 30, d, 30, 11, 4, D2H));
	DO(cudaMemcpy2D(d, 30, h, 20, 11, 4, ANY));
	DO(cudaMemcpy2DAsync(d, 30, h, 20, 11, 4, H2D, NULL));
	DO(cudaMemcpy2D(d, 20, h, 20, SIZE_MAX, 1, H2D));
	SHOW_DEVICE(d, 100);
}

CASE(null_and_bad_pointers)
{
	unsigned char h[64] = { 0 };
	unsigned char *d = zeroed(64);

	DO(cudaMemcpy2D(NULL, 8, h, 8, 8, 2, H2D));
	DO(cudaMemcpy2D(NULL, 8, d, 8, 8, 2, D2D));
	DO(cudaMemcpy2D(d, 8, NULL, 8, 8, 2, D2D));
	DO(cudaMemcpy2D(h, 8, NULL, 8, 8, 2, D2H));
	DO(cudaMemcpy2D(NULL, 8, NULL, 8, 8, 2, ANY));
	DO(cudaMemcpy2D((void *)0x10, 8, h, 8, 8, 2, H2D));
	DO(cudaMemcpy2DAsync(NULL, 8, h, 8, 8, 2, H2D, NULL));
}

CASE(null_host_source)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemcpy2D(d, 8, NULL, 8, 8, 2, H2D));
}

CASE(null_host_destination)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemcpy2D(NULL, 8, d, 8, 8, 2, D2H));
}

CASE(which_error_comes_first)
{
	unsigned char h[64] = { 0 };
	unsigned char *d = zeroed(64);

	conf_print("pitch and kind");
	DO(cudaMemcpy2D(d, 4, h, 8, 5, 2, (enum cudaMemcpyKind)9));
	DO(cudaMemcpy2DAsync(d, 4, h, 8, 5, 2, (enum cudaMemcpyKind)9, NULL));
	conf_print("pitch and null");
	DO(cudaMemcpy2D(NULL, 4, NULL, 8, 5, 2, D2D));
	conf_print("kind and null");
	DO(cudaMemcpy2D(NULL, 8, NULL, 8, 5, 2, (enum cudaMemcpyKind)9));
	conf_print("pitch over the greatest and kind");
	DO(cudaMemcpy2D(d, (size_t)1 << 31, h, 8, 5, 2, (enum cudaMemcpyKind)9));
	conf_print("direction and pitch");
	DO(cudaMemcpy2D(h, 4, d, 8, 5, 2, H2D));
}

CASE(overlapping_rows)
{
	unsigned char *d = zeroed(64);

	DO(cudaMemcpy2D(d, 8, d + 4, 8, 8, 4, D2D));
	DO(cudaMemcpy2D(d, 8, d, 8, 8, 4, D2D));
	SHOW_DEVICE(d, 64);
}

CASE(pitched_memory)
{
	unsigned char h[5 * 7], back[5 * 7] = { 0 };
	unsigned char *d = NULL;
	size_t pitch = 0;

	count_up(h, sizeof(h));
	DO(cudaMallocPitch((void **)&d, &pitch, 7, 5));
	SHOW(pitch);
	DO(cudaMemset(d, 0xcc, pitch * 5));
	DO(cudaMemcpy2D(d, pitch, h, 7, 7, 5, H2D));
	SHOW_DEVICE(d, pitch * 5);
	DO(cudaMemcpy2D(back, 7, d, pitch, 7, 5, D2H));
	SHOW_IF(memcmp(back, h, sizeof(h)) == 0);
	DO(cudaMemcpy2D(back, 7, d, pitch, 7, 6, D2H));
}

CASE(odd_widths_in_bulk)
{
	size_t width = 4099, height = 301;
	unsigned char *h = malloc(width * height), *back = malloc(width * height);
	unsigned char *d = NULL;
	size_t pitch = 0;

	for (size_t i = 0; i < width * height; i++)
		h[i] = (unsigned char)(i * 31 + (i >> 9));
	NEED(cudaMallocPitch((void **)&d, &pitch, width, height));
	DO(cudaMemcpy2D(d, pitch, h, width, width, height, H2D));
	DO(cudaMemcpy2D(back, width, d, pitch, width, height, D2H));
	SHOW_IF(memcmp(back, h, width * height) == 0);
	memset(back, 0, width * height);
	DO(cudaMemcpy2DAsync(back, width, d, pitch, width, height, D2H, NULL));
	DO(cudaStreamSynchronize(NULL));
	SHOW_IF(memcmp(back, h, width * height) == 0);
	free(h);
	free(back);
}

CASE(busy_stream)
{
	unsigned char *d = zeroed(64), *h = NULL;
	struct conf_busy busy;
	cudaStream_t s;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaMallocHost((void **)&h, 64));
	memset(h, 1, 64);
	conf_occupy(&busy, s);
	DO(cudaMemcpy2DAsync(d, 16, h, 8, 4, 4, H2D, s));
	DO(cudaMemcpy2DAsync(d + 4, 16, d, 16, 4, 4, D2D, s));
	DO(cudaMemcpy2DAsync(d, 16, h, 4, 5, 4, H2D, s));
	DO(cudaMemcpy2DAsync(d, 16, h, 4, 5, 0, H2D, s));
	DO(cudaMemcpy2D(d + 12, 16, h, 8, 1, 4, H2D));
	DO(cudaStreamQuery(s));
	memset(h, 2, 64);
	SHOW_DEVICE(d, 64);
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
	unsigned char *d = zeroed(64), *h = NULL;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy2DAsync(d, 16, h, 8, 4, 4, H2D, s));
	DO(cudaMemcpy2DAsync(d, 16, h, 8, 4, 0, H2D, s));
	DO(cudaMemcpy2DAsync(d, 16, h, 8, 8, 4, ANY, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpy2DAsync(d, 4, h, 8, 5, 4, H2D, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeThreadLocal));
	DO(cudaMemcpy2DAsync(NULL, 8, h, 8, 5, 4, H2D, s));
	show_nodes(s);
}

CASE(synchronous_in_a_capture)
{
	unsigned char h[64] = { 0 };
	unsigned char *d = zeroed(64);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpy2D(d, 16, h, 8, 4, 0, H2D));
	DO(cudaMemcpy2D(d, 16, h, 8, 4, 4, H2D));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed));
	DO(cudaMemcpy2D(d, 16, d + 8, 16, 4, 4, D2D));
	show_nodes(s);
}

static void copy_in_a_callback(void *device)
{
	unsigned char h[16] = { 0 };

	DO(cudaMemcpy2DAsync(device, 8, h, 8, 4, 2, H2D, NULL));
	DO(cudaMemcpy2DAsync(device, 4, h, 8, 5, 2, H2D, NULL));
}

CASE(from_a_host_function)
{
	unsigned char *d = zeroed(64);
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, copy_in_a_callback, d));
	DO(cudaStreamSynchronize(s));
}

CASE(first_call_of_a_process)
{
	unsigned char h[16] = { 0 }, g[16];

	count_up(g, sizeof(g));
	DO(cudaMemcpy2D(h, 8, g, 4, 3, 2, H2H));
	SHOW_BYTES(h, 16);
}
