/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of one dimension. */
#include "conformance.h"

#include <stdlib.h>

#define SIZE 256

enum place {
	PAGEABLE,
	PINNED,
	REGISTERED,
	DEVICE,
	MANAGED,
	PLACES
};

static const char *const place_names[PLACES] = { "pageable", "pinned", "registered", "device",
						 "managed" };

/* Memory of each sort, twice: to copy from and to copy to. */
static unsigned char *memory_of(enum place place)
{
	void *p = NULL;

	switch (place) {
	case PINNED:
		NEED(cudaMallocHost(&p, SIZE));
		break;
	case DEVICE:
		NEED(cudaMalloc(&p, SIZE));
		break;
	case MANAGED:
		NEED(cudaMallocManaged(&p, SIZE, cudaMemAttachGlobal));
		break;
	case REGISTERED:
		p = aligned_alloc(4096, 4096);
		NEED(cudaHostRegister(p, 4096, cudaHostRegisterDefault));
		break;
	default:
		p = malloc(SIZE);
	}
	return p;
}

static void fill(enum place place, unsigned char *p, int value)
{
	if (place == DEVICE)
		NEED(cudaMemset(p, value, SIZE));
	NEED(cudaDeviceSynchronize());
	if (place != DEVICE)
		memset(p, value, SIZE);
}

static bool holds(enum place place, const unsigned char *p, int value)
{
	unsigned char host[SIZE];

	NEED(cudaDeviceSynchronize());
	if (place == DEVICE)
		NEED(cudaMemcpy(host, p, SIZE, cudaMemcpyDeviceToHost));
	else
		memcpy(host, p, SIZE);
	for (size_t i = 0; i < SIZE; i++) {
		if (host[i] != value)
			return false;
	}
	return true;
}

/* Every sort of memory to every sort, by one kind. */
static void all_pairs(enum cudaMemcpyKind kind, bool async)
{
	unsigned char *from[PLACES], *to[PLACES];
	cudaStream_t stream;
	char text[128];

	NEED(cudaStreamCreate(&stream));
	for (int i = 0; i < PLACES; i++) {
		from[i] = memory_of(i);
		to[i] = memory_of(i);
	}
	for (int i = 0; i < PLACES * PLACES; i++) {
		enum place dst = i / PLACES, src = i % PLACES;
		unsigned char *d = to[dst], *s = from[src];
		cudaError_t error;

		fill(src, s, 0x40 + i);
		fill(dst, d, 0x11);
		strcpy(text, place_names[dst]);
		strcat(strcat(text, " <- "), place_names[src]);
		conf_before();
		error = async ? cudaMemcpyAsync(d, s, SIZE, kind, stream)
			      : cudaMemcpy(d, s, SIZE, kind);
		conf_called(text, error);
		if (!holds(dst, d, error == cudaSuccess ? 0x40 + i : 0x11))
			conf_print("  the destination is not what the result says");
	}
}

CASE(pairs_host_to_host)
{
	all_pairs(cudaMemcpyHostToHost, false);
}

CASE(pairs_host_to_device)
{
	all_pairs(cudaMemcpyHostToDevice, false);
}

CASE(pairs_device_to_host)
{
	all_pairs(cudaMemcpyDeviceToHost, false);
}

CASE(pairs_device_to_device)
{
	all_pairs(cudaMemcpyDeviceToDevice, false);
}

CASE(pairs_default)
{
	all_pairs(cudaMemcpyDefault, false);
}

CASE(pairs_async_host_to_host)
{
	all_pairs(cudaMemcpyHostToHost, true);
}

CASE(pairs_async_host_to_device)
{
	all_pairs(cudaMemcpyHostToDevice, true);
}

CASE(pairs_async_device_to_host)
{
	all_pairs(cudaMemcpyDeviceToHost, true);
}

CASE(pairs_async_device_to_device)
{
	all_pairs(cudaMemcpyDeviceToDevice, true);
}

CASE(pairs_async_default)
{
	all_pairs(cudaMemcpyDefault, true);
}

CASE(kinds_that_are_none)
{
	unsigned char h[16] = { 0 };
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO(cudaMemcpy(d, h, 16, (enum cudaMemcpyKind)5));
	DO(cudaMemcpy(d, h, 16, (enum cudaMemcpyKind)77));
	DO(cudaMemcpy(d, h, 16, (enum cudaMemcpyKind) - 1));
	DO(cudaMemcpy(d, h, 16, (enum cudaMemcpyKind)0x7fffffff));
	DO(cudaMemcpyAsync(d, h, 16, (enum cudaMemcpyKind)5, NULL));
	DO(cudaMemcpyAsync(d, h, 16, (enum cudaMemcpyKind) - 1, NULL));
}

CASE(bad_kind_comes_before_bad_pointers)
{
	DO(cudaMemcpy(NULL, NULL, 16, (enum cudaMemcpyKind)5));
	DO(cudaMemcpyAsync(NULL, NULL, 16, (enum cudaMemcpyKind)5, NULL));
	DO(cudaMemcpy(NULL, NULL, 0, (enum cudaMemcpyKind)5));
	DO(cudaMemcpyAsync(NULL, NULL, 0, (enum cudaMemcpyKind)5, NULL));
}

/* The bytes around the copied ones stay what they were. */
static void copy_of_size(size_t size)
{
	unsigned char *h = malloc(size + 64), *back = malloc(size + 64);
	unsigned char *d = NULL;
	bool same;

	NEED(cudaMalloc((void **)&d, size + 64));
	NEED(cudaMemset(d, 0xee, size + 64));
	for (size_t i = 0; i < size + 64; i++)
		h[i] = (unsigned char)(i * 7 + (i >> 8));
	conf_print("%zu bytes", size);
	DO(cudaMemcpy(d + 5, h + 3, size, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(back, d, size + 64, cudaMemcpyDeviceToHost));
	same = memcmp(back + 5, h + 3, size) == 0;
	SHOW(same);
	SHOW_BYTES(back, 5);
	SHOW_BYTES(back + 5 + size, 59);
	NEED(cudaFree(d));
	free(h);
	free(back);
}

CASE(small_sizes)
{
	copy_of_size(0);
	copy_of_size(1);
	copy_of_size(3);
	copy_of_size(7);
	copy_of_size(513);
}

CASE(sizes_around_the_staging_limit)
{
	copy_of_size(65535);
	copy_of_size(65536);
	copy_of_size(65537);
}

CASE(large_sizes)
{
	copy_of_size((1 << 20) + 1);
	copy_of_size((33 << 20) + 3);
}

CASE(beyond_the_end_of_device_memory)
{
	static unsigned char h[4096];
	unsigned char *d;

	NEED(cudaMalloc((void **)&d, 1000));
	NEED(cudaMemset(d, 1, 1000));
	memset(h, 2, sizeof(h));
	DO(cudaMemcpy(d, h, 1001, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(d + 999, h, 2, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(h, d + 1, 1000, cudaMemcpyDeviceToHost));
	DO(cudaMemcpy(d, d + 500, 501, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(d, h, 1001, cudaMemcpyDefault));
	DO(cudaMemcpyAsync(d, h, 1001, cudaMemcpyHostToDevice, NULL));
	DO(cudaMemcpyAsync(h, d, 1001, cudaMemcpyDeviceToHost, NULL));
	DO(cudaMemcpyAsync(d, h, 1001, cudaMemcpyDefault, NULL));
	SHOW_DEVICE(d, 1000);
	SHOW_BYTES(h, 16);
}

CASE(huge_sizes)
{
	unsigned char h[64] = { 0 };
	unsigned char *d;

	NEED(cudaMalloc((void **)&d, 64));
	DO(cudaMemcpy(d, h, (size_t)1 << 40, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(h, d, (size_t)1 << 40, cudaMemcpyDeviceToHost));
	DO(cudaMemcpy(d, d, (size_t)1 << 40, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(d, h, (size_t)1 << 62, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(d, h, SIZE_MAX, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(d, d, SIZE_MAX, cudaMemcpyDefault));
	DO(cudaMemcpyAsync(d, h, SIZE_MAX, cudaMemcpyHostToDevice, NULL));
}

CASE(beyond_the_end_of_pinned_memory)
{
	unsigned char *h, *d;

	NEED(cudaMallocHost((void **)&h, 4096));
	NEED(cudaMalloc((void **)&d, 1 << 20));
	DO(cudaMemcpy(d, h, 4096, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(d, h + 4095, 1, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(h + 4096 - 16, d, 16, cudaMemcpyDeviceToHost));
}

CASE(null_pointers)
{
	unsigned char h[16] = { 0 };
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO(cudaMemcpy(NULL, h, 16, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(NULL, d, 16, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(d, NULL, 16, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(h, NULL, 16, cudaMemcpyDeviceToHost));
	DO(cudaMemcpy(NULL, NULL, 16, cudaMemcpyDefault));
	DO(cudaMemcpy(NULL, d, 16, cudaMemcpyDefault));
	DO(cudaMemcpyAsync(NULL, h, 16, cudaMemcpyHostToDevice, NULL));
	DO(cudaMemcpyAsync(h, NULL, 16, cudaMemcpyDeviceToHost, NULL));
	DO(cudaMemcpyAsync(NULL, NULL, 16, cudaMemcpyDefault, NULL));
}

CASE(null_host_source)
{
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO(cudaMemcpy(d, NULL, 16, cudaMemcpyHostToDevice));
}

CASE(null_host_source_async)
{
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO(cudaMemcpyAsync(d, NULL, 16, cudaMemcpyHostToDevice, NULL));
}

CASE(null_host_destination)
{
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO(cudaMemcpy(NULL, d, 16, cudaMemcpyDeviceToHost));
}

CASE(null_source_by_address)
{
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO(cudaMemcpy(d, NULL, 16, cudaMemcpyDefault));
}

CASE(null_host_to_host)
{
	unsigned char h[16];

	NEED(cudaFree(NULL));
	DO(cudaMemcpy(h, NULL, 16, cudaMemcpyHostToHost));
}

CASE(nothing_to_copy)
{
	unsigned char h[4] = { 1, 2, 3, 4 };

	DO(cudaMemcpy(NULL, NULL, 0, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(NULL, NULL, 0, cudaMemcpyDefault));
	DO(cudaMemcpy((void *)0x10, h, 0, cudaMemcpyHostToDevice));
	DO(cudaMemcpyAsync(NULL, NULL, 0, cudaMemcpyDeviceToHost, NULL));
	DO(cudaMemcpyAsync((void *)0x10, h, 0, cudaMemcpyDeviceToDevice, NULL));
	DO(cudaMemcpyAsync(h, h, 0, cudaMemcpyHostToHost, cudaStreamPerThread));
}

CASE(addresses_of_nothing)
{
	unsigned char h[16] = { 0 };

	NEED(cudaFree(NULL));
	DO(cudaMemcpy((void *)0x10, h, 16, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(h, (void *)0x10, 16, cudaMemcpyDeviceToHost));
	DO(cudaMemcpy((void *)0x1000, (void *)0x2000, 16, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpyAsync((void *)0x10, h, 16, cudaMemcpyHostToDevice, NULL));
}

CASE(onto_itself)
{
	unsigned char *d;

	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaMemset(d, 0x77, 64));
	DO(cudaMemcpy(d, d, 64, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(d, d + 4, 60, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpy(d + 4, d, 60, cudaMemcpyDeviceToDevice));
	SHOW_DEVICE(d, 64);
}

CASE(across_two_allocations)
{
	unsigned char h[32];
	unsigned char *d;
	unsigned char *e;

	NEED(cudaMalloc((void **)&d, 512));
	NEED(cudaMalloc((void **)&e, 512));
	NEED(cudaMemset(d, 1, 512));
	NEED(cudaMemset(e, 2, 512));
	DO(cudaMemcpy(d + 100, e + 10, 412, cudaMemcpyDeviceToDevice));
	SHOW_DEVICE(d, 512);
	DO(cudaMemcpy(h, d + 84, 32, cudaMemcpyDefault));
	SHOW_BYTES(h, 32);
}

CASE(managed_both_ways)
{
	unsigned char h[64];
	unsigned char *m;
	void *d;

	NEED(cudaMallocManaged((void **)&m, 64, cudaMemAttachGlobal));
	NEED(cudaMalloc(&d, 64));
	memset(m, 0x21, 64);
	DO(cudaMemcpy(d, m, 64, cudaMemcpyDeviceToDevice));
	SHOW_DEVICE(d, 64);
	NEED(cudaMemset(d, 0x22, 64));
	DO(cudaMemcpy(m, d, 64, cudaMemcpyDeviceToHost));
	SHOW_BYTES(m, 64);
	DO(cudaMemcpy(m, d, 65, cudaMemcpyDefault));
	memset(h, 0x23, 64);
	DO(cudaMemcpy(m, h, 64, cudaMemcpyHostToDevice));
	SHOW_BYTES(m, 64);
}

CASE(mapped_memory_by_its_device_address)
{
	unsigned char *h;
	void *d, *dev = NULL;

	NEED(cudaHostAlloc((void **)&h, 64, cudaHostAllocMapped));
	NEED(cudaMalloc(&d, 64));
	NEED(cudaMemset(d, 0x31, 64));
	DO(cudaHostGetDevicePointer(&dev, h, 0));
	if (dev == NULL)
		return;
	DO(cudaMemcpy(dev, d, 64, cudaMemcpyDeviceToDevice));
	SHOW_BYTES(h, 64);
	memset(h, 0x32, 64);
	DO(cudaMemcpy(d, dev, 64, cudaMemcpyDeviceToDevice));
	SHOW_DEVICE(d, 64);
}

CASE(async_memory_of_a_pool)
{
	unsigned char h[64];
	void *p = NULL;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	DO(cudaMallocAsync(&p, 64, s));
	memset(h, 0x41, 64);
	DO(cudaMemcpyAsync(p, h, 64, cudaMemcpyHostToDevice, s));
	memset(h, 0, 64);
	DO(cudaMemcpyAsync(h, p, 64, cudaMemcpyDeviceToHost, s));
	DO(cudaStreamSynchronize(s));
	SHOW_BYTES(h, 64);
	DO(cudaMemcpyAsync(h, p, 65, cudaMemcpyDeviceToHost, s));
	DO(cudaFreeAsync(p, s));
	DO(cudaStreamSynchronize(s));
}

CASE(named_streams)
{
	unsigned char h[16];
	void *d;

	NEED(cudaMalloc(&d, 16));
	memset(h, 0x51, 16);
	DO(cudaMemcpyAsync(d, h, 16, cudaMemcpyHostToDevice, cudaStreamLegacy));
	DO(cudaStreamSynchronize(cudaStreamLegacy));
	SHOW_DEVICE(d, 16);
	memset(h, 0x52, 16);
	DO(cudaMemcpyAsync(d, h, 16, cudaMemcpyHostToDevice, cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW_DEVICE(d, 16);
	memset(h, 0x53, 16);
	DO(cudaMemcpyAsync(d, h, 16, cudaMemcpyDefault, NULL));
	DO(cudaStreamSynchronize(NULL));
	SHOW_DEVICE(d, 16);
}

CASE(busy_stream_reads_pinned_memory_later)
{
	struct conf_busy busy;
	cudaStream_t s;
	unsigned char *h, *d;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMalloc((void **)&d, 64));
	memset(h, 1, 64);
	conf_occupy(&busy, s);
	DO(cudaMemcpyAsync(d, h, 64, cudaMemcpyHostToDevice, s));
	DO(cudaStreamQuery(s));
	memset(h, 2, 64);
	conf_release(&busy);
	SHOW_DEVICE(d, 64);
}

CASE(busy_stream_stages_pageable_memory)
{
	static unsigned char h[1024];
	struct conf_busy busy;
	cudaStream_t s;
	unsigned char *d;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaMalloc((void **)&d, sizeof(h)));
	memset(h, 1, sizeof(h));
	conf_occupy(&busy, s);
	DO(cudaMemcpyAsync(d, h, sizeof(h), cudaMemcpyHostToDevice, s));
	DO(cudaStreamQuery(s));
	memset(h, 2, sizeof(h));
	conf_release(&busy);
	SHOW_DEVICE(d, sizeof(h));
}

CASE(busy_stream_between_device_memory)
{
	struct conf_busy busy;
	cudaStream_t s;
	unsigned char *d, *e;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaMalloc((void **)&e, 64));
	NEED(cudaMemset(d, 1, 64));
	NEED(cudaMemset(e, 2, 64));
	NEED(cudaDeviceSynchronize());
	conf_occupy(&busy, s);
	DO(cudaMemcpyAsync(d, e, 64, cudaMemcpyDeviceToDevice, s));
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpyAsync(d, e, 65, cudaMemcpyDeviceToDevice, s));
	DO(cudaMemcpyAsync(d, e, 64, (enum cudaMemcpyKind)9, s));
	DO(cudaMemcpyAsync(d, e, 0, cudaMemcpyDeviceToDevice, s));
	conf_release(&busy);
	SHOW_DEVICE(d, 64);
}

CASE(busy_stream_from_device_to_pinned)
{
	struct conf_busy busy;
	cudaStream_t s;
	unsigned char *h, *d;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaMallocHost((void **)&h, 64));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaMemset(d, 3, 64));
	NEED(cudaDeviceSynchronize());
	memset(h, 1, 64);
	conf_occupy(&busy, s);
	DO(cudaMemcpyAsync(h, d, 64, cudaMemcpyDeviceToHost, s));
	SHOW_BYTES(h, 64);
	conf_release(&busy);
	SHOW_BYTES(h, 64);
}

CASE(synchronous_beside_a_busy_stream)
{
	unsigned char h[64];
	struct conf_busy busy;
	cudaStream_t s;
	unsigned char *d;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	NEED(cudaMalloc((void **)&d, 64));
	memset(h, 4, 64);
	conf_occupy(&busy, s);
	DO(cudaMemcpy(d, h, 64, cudaMemcpyHostToDevice));
	memset(h, 0, 64);
	DO(cudaMemcpy(h, d, 64, cudaMemcpyDeviceToHost));
	SHOW_BYTES(h, 64);
	DO(cudaStreamQuery(s));
	conf_release(&busy);
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

static void captured_copies(enum cudaStreamCaptureMode mode)
{
	static unsigned char h[64];
	unsigned char *d, *pinned;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaMallocHost((void **)&pinned, 64));
	DO(cudaStreamBeginCapture(s, mode));
	DO(cudaMemcpyAsync(d, pinned, 64, cudaMemcpyHostToDevice, s));
	DO(cudaMemcpyAsync(pinned, d, 64, cudaMemcpyDeviceToHost, s));
	DO(cudaMemcpyAsync(d, d + 32, 32, cudaMemcpyDeviceToDevice, s));
	DO(cudaMemcpyAsync(h, h + 32, 32, cudaMemcpyHostToHost, s));
	DO(cudaMemcpyAsync(d, h, 64, cudaMemcpyDefault, s));
	show_nodes(s);
}

CASE(captured_global)
{
	captured_copies(cudaStreamCaptureModeGlobal);
}

CASE(captured_thread_local)
{
	captured_copies(cudaStreamCaptureModeThreadLocal);
}

CASE(captured_relaxed)
{
	captured_copies(cudaStreamCaptureModeRelaxed);
}

CASE(captured_nothing_to_copy)
{
	unsigned char *d;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyAsync(d, d + 32, 0, cudaMemcpyDeviceToDevice, s));
	DO(cudaMemcpyAsync(NULL, NULL, 0, cudaMemcpyDefault, s));
	DO(cudaMemcpyAsync(NULL, NULL, 0, (enum cudaMemcpyKind)8, s));
	show_nodes(s);
}

CASE(captured_with_a_bad_kind)
{
	unsigned char *d;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyAsync(d, d + 32, 16, (enum cudaMemcpyKind)8, s));
	show_nodes(s);
}

CASE(captured_beyond_the_end)
{
	unsigned char *d;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyAsync(d, d + 32, 64, cudaMemcpyDeviceToDevice, s));
	show_nodes(s);
}

static void synchronous_in_a_capture(enum cudaStreamCaptureMode mode, unsigned int flags)
{
	unsigned char h[16] = { 0 };
	unsigned char *d;
	cudaStream_t s;

	NEED(cudaStreamCreateWithFlags(&s, flags));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaMemcpy(d, h, 0, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(d, h, 16, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(d, d + 32, 16, cudaMemcpyDeviceToDevice));
	DO(cudaMemcpyAsync(d, d + 32, 16, cudaMemcpyDeviceToDevice, s));
	show_nodes(s);
	DO(cudaMemcpy(d, h, 16, cudaMemcpyHostToDevice));
}

CASE(synchronous_in_a_global_capture)
{
	synchronous_in_a_capture(cudaStreamCaptureModeGlobal, 0);
}

CASE(synchronous_in_a_thread_local_capture)
{
	synchronous_in_a_capture(cudaStreamCaptureModeThreadLocal, 0);
}

CASE(synchronous_in_a_relaxed_capture)
{
	synchronous_in_a_capture(cudaStreamCaptureModeRelaxed, 0);
}

CASE(synchronous_in_a_global_capture_of_a_nonblocking_stream)
{
	synchronous_in_a_capture(cudaStreamCaptureModeGlobal, cudaStreamNonBlocking);
}

CASE(synchronous_in_a_relaxed_capture_of_a_nonblocking_stream)
{
	synchronous_in_a_capture(cudaStreamCaptureModeRelaxed, cudaStreamNonBlocking);
}

CASE(default_stream_in_a_capture)
{
	unsigned char *d;
	cudaStream_t s;

	NEED(cudaStreamCreate(&s));
	NEED(cudaMalloc((void **)&d, 64));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyAsync(d, d + 32, 16, cudaMemcpyDeviceToDevice, NULL));
	show_nodes(s);
}

static void copy_in_a_thread(void *device)
{
	unsigned char h[16];

	memset(h, 0x61, 16);
	DO_KEEP(cudaMemcpy(device, h, 17, cudaMemcpyDeviceToHost));
	DO_KEEP(cudaMemcpy(device, h, 16, cudaMemcpyHostToDevice));
}

CASE(a_failure_in_another_thread)
{
	void *d;

	NEED(cudaMalloc(&d, 16));
	conf_in_thread(copy_in_a_thread, d);
	SHOW(cudaGetLastError());
	SHOW_DEVICE(d, 16);
}

CASE(a_success_keeps_the_last_error)
{
	unsigned char h[16] = { 0 };
	void *d;

	NEED(cudaMalloc(&d, 16));
	DO_KEEP(cudaMemcpy(d, h, 16, (enum cudaMemcpyKind)9));
	DO_KEEP(cudaMemcpy(d, h, 16, cudaMemcpyHostToDevice));
	DO_KEEP(cudaMemcpy(d, h, 0, cudaMemcpyHostToDevice));
	DO_KEEP(cudaMemcpy(d, h, 64, cudaMemcpyHostToDevice));
	DO_KEEP(cudaMemcpyAsync(d, h, 16, cudaMemcpyHostToDevice, NULL));
	SHOW(cudaGetLastError());
	SHOW(cudaGetLastError());
}

static void copy_in_a_callback(void *device)
{
	unsigned char h[16] = { 0 };

	DO(cudaMemcpyAsync(device, h, 16, cudaMemcpyHostToDevice, NULL));
	DO(cudaMemcpyAsync(device, h, 0, cudaMemcpyHostToDevice, NULL));
}

CASE(from_a_host_function)
{
	cudaStream_t s;
	void *d;

	NEED(cudaMalloc(&d, 16));
	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, copy_in_a_callback, d));
	DO(cudaStreamSynchronize(s));
}

CASE(first_call_of_a_process)
{
	unsigned char h[4] = { 1, 2, 3, 4 }, g[4] = { 0 };

	DO(cudaMemcpy(g, h, 4, cudaMemcpyHostToHost));
	SHOW_BYTES(g, 4);
}

CASE(first_call_of_a_process_by_address)
{
	unsigned char h[4] = { 1, 2, 3, 4 }, g[4] = { 0 };

	DO(cudaMemcpy(g, h, 4, cudaMemcpyDefault));
	SHOW_BYTES(g, 4);
}

CASE(partly_registered_memory)
{
	static unsigned char page[8192] __attribute__((aligned(4096)));
	void *d;

	memset(page, 0x71, sizeof(page));
	NEED(cudaMalloc(&d, 64));
	NEED(cudaHostRegister(page, 4096, cudaHostRegisterMapped | cudaHostRegisterPortable));
	DO(cudaMemcpy(d, page, 64, cudaMemcpyHostToDevice));
	SHOW_DEVICE(d, 64);
	DO(cudaMemcpy(d, page + 4096 - 32, 64, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(page + 4096 - 32, d, 64, cudaMemcpyDeviceToHost));
	DO(cudaHostUnregister(page));
	DO(cudaMemcpy(d, page, 64, cudaMemcpyHostToDevice));
	DO(cudaMemcpy(page, d, 64, cudaMemcpyDeviceToDevice));
}
