/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation of device and page-locked memory, and registration of the program's own. */
#include "conformance.h"

#include <stdlib.h>

#define PAGE 4096

static cudaStream_t begin_capture(enum cudaStreamCaptureMode mode)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, mode));
	return stream;
}

/* Shows whether the capture has survived. */
static void end_capture(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;

	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
	if (graph != NULL)
		NEED(cudaGraphDestroy(graph));
	NEED(cudaStreamDestroy(stream));
}

static void *pages(size_t size)
{
	void *memory = NULL;

	if (posix_memalign(&memory, PAGE, size) != 0)
		return NULL;
	memset(memory, 0x11, size);
	return memory;
}

CASE(malloc_and_free)
{
	void *p = UNTOUCHED;

	DO(cudaMalloc(&p, 1024));
	SHOW(p);
	DO(cudaMemset(p, 0xab, 1024));
	SHOW_DEVICE(p, 1024);
	DO(cudaFree(p));
}

CASE(malloc_of_nothing)
{
	void *p = UNTOUCHED;

	DO(cudaMalloc(&p, 0));
	SHOW(p);
}

CASE(malloc_bad_arguments)
{
	void *p = UNTOUCHED;

	DO(cudaMalloc(NULL, 16));
	DO(cudaMalloc(&p, (size_t)1 << 60));
	SHOW(p);
	DO(cudaMalloc(&p, (size_t)-1));
	SHOW(p);
	DO(cudaMalloc(NULL, 0));
	DO(cudaMalloc(NULL, (size_t)1 << 60));
}

CASE(malloc_aligned)
{
	void *p = NULL, *q = NULL;

	DO(cudaMalloc(&p, 1));
	DO(cudaMalloc(&q, 1));
	SHOW_IF((uintptr_t)p % 256 == 0);
	SHOW_IF((uintptr_t)q % 512 == 0);
	SHOW_IF(p != q);
	DO(cudaFree(p));
	DO(cudaFree(q));
}

CASE(malloc_large)
{
	char *p = NULL;

	DO(cudaMalloc((void **)&p, (size_t)256 << 20));
	DO(cudaMemset(p + ((size_t)256 << 20) - 16, 0x3c, 16));
	SHOW_DEVICE(p + ((size_t)256 << 20) - 16, 16);
	DO(cudaFree(p));
}

CASE(malloc_after_failure_works)
{
	void *p = UNTOUCHED;

	DO_KEEP(cudaMalloc(&p, (size_t)1 << 60));
	DO_KEEP(cudaMalloc(&p, 16));
	SHOW(p);
	DO_KEEP(cudaFree(p));
	DO(cudaGetLastError());
}

CASE(free_first_call)
{
	DO(cudaFree(NULL));
	DO(cudaFree(0));
}

CASE(free_bad_pointers)
{
	char *p = NULL;
	int local = 0;

	DO(cudaFree(&local));
	DO(cudaFree((void *)0x1234));
	NEED(cudaMalloc((void **)&p, 1024));
	DO(cudaFree(p + 4));
	DO(cudaFree(p + 512));
	DO(cudaFree(p));
}

CASE(free_twice)
{
	void *p = NULL;

	NEED(cudaMalloc(&p, (size_t)64 << 20));
	DO(cudaFree(p));
	DO(cudaFree(p));
}

CASE(free_host_memory)
{
	void *p = NULL, *d = NULL;

	NEED(cudaMallocHost(&p, 1024));
	NEED(cudaMalloc(&d, 1024));
	DO(cudaFree(p));
	DO(cudaFreeHost(d));
	DO(cudaFreeHost(p));
	DO(cudaFree(d));
}

CASE(free_of_others)
{
	void *m = NULL, *a = NULL;

	NEED(cudaMallocManaged(&m, 1024, cudaMemAttachGlobal));
	NEED(cudaMallocAsync(&a, 1024, NULL));
	DO(cudaFreeHost(m));
	DO(cudaFree(m));
	DO(cudaFree(a));
}

CASE(free_waits_for_stream)
{
	struct conf_busy busy;
	cudaStream_t stream = NULL;
	void *p = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaMalloc(&p, 1024));
	conf_occupy(&busy, stream);
	DO(cudaStreamQuery(stream));
	conf_release(&busy);
	DO(cudaFree(p));
	DO(cudaStreamQuery(stream));
}

CASE(malloc_host)
{
	unsigned char *p = UNTOUCHED;

	DO(cudaMallocHost((void **)&p, 1000));
	SHOW(p);
	memset(p, 0x77, 1000);
	SHOW_BYTES(p, 1000);
	SHOW_IF((uintptr_t)p % 512 == 0);
	DO(cudaFreeHost(p));
}

CASE(malloc_host_bad_arguments)
{
	void *p = UNTOUCHED;

	DO(cudaMallocHost(&p, 0));
	SHOW(p);
	p = UNTOUCHED;
	DO(cudaMallocHost(NULL, 16));
	DO(cudaMallocHost(NULL, 0));
	DO(cudaMallocHost(&p, (size_t)1 << 60));
	SHOW(p);
}

CASE(free_host_bad_pointers)
{
	char *p = NULL;
	int local = 0;

	DO(cudaFreeHost(NULL));
	DO(cudaFreeHost(&local));
	NEED(cudaMallocHost((void **)&p, 1024));
	DO(cudaFreeHost(p + 8));
	DO(cudaFreeHost(p));
	DO(cudaFreeHost((void *)0x1234));
}

CASE(host_alloc_flags)
{
	for (unsigned int flags = 0; flags < 8; flags++) {
		unsigned int got = 0;
		void *p = UNTOUCHED;

		SHOW(flags);
		DO(cudaHostAlloc(&p, 1000, flags));
		DO(cudaHostGetFlags(&got, p));
		/* Small blocks share pages, and so this bit, with whatever was there before. */
		SHOW(got & ~(unsigned int)cudaHostAllocPortable);
		NEED(cudaFreeHost(p));
	}
}

CASE(host_alloc_bad_flags)
{
	static const unsigned int bad[] = { 0x8, 0x10, 0x20, 0x40, 0x100, 0x80000000u, ~0u };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		void *p = UNTOUCHED;

		if (DO(cudaHostAlloc(&p, 1000, bad[i])) == cudaSuccess)
			NEED(cudaFreeHost(p));
		else
			SHOW(p);
	}
}

CASE(host_alloc_bad_arguments)
{
	void *p = UNTOUCHED;

	DO(cudaHostAlloc(NULL, 16, 0));
	DO(cudaHostAlloc(NULL, 0, 0));
	DO(cudaHostAlloc(&p, 0, 0));
	SHOW(p);
	p = UNTOUCHED;
	DO(cudaHostAlloc(&p, 0, 0x100));
	SHOW(p);
	p = UNTOUCHED;
	DO(cudaHostAlloc(&p, (size_t)1 << 60, 0));
	SHOW(p);
}

CASE(host_alloc_is_zero_or_any)
{
	unsigned char *p = NULL;

	NEED(cudaHostAlloc((void **)&p, 64, cudaHostAllocMapped));
	memset(p, 0x21, 64);
	SHOW_DEVICE(p, 64);
	DO(cudaMemset(p, 0x43, 32));
	DO(cudaDeviceSynchronize());
	SHOW_BYTES(p, 64);
	DO(cudaFreeHost(p));
}

CASE(host_get_flags)
{
	unsigned int flags = UNTOUCHED_INT;
	char *p = NULL;
	void *m = NULL, *d = NULL;
	int local = 0;

	NEED(cudaMallocHost((void **)&p, 64));
	NEED(cudaMallocManaged(&m, 64, cudaMemAttachGlobal));
	NEED(cudaMalloc(&d, 64));
	DO(cudaHostGetFlags(&flags, p));
	SHOW(flags);
	DO(cudaHostGetFlags(&flags, p + 10));
	SHOW(flags);
	flags = UNTOUCHED_INT;
	DO(cudaHostGetFlags(&flags, &local));
	SHOW(flags);
	DO(cudaHostGetFlags(&flags, NULL));
	SHOW(flags);
	DO(cudaHostGetFlags(&flags, d));
	SHOW(flags);
	DO(cudaHostGetFlags(&flags, m));
	SHOW(flags);
}

CASE(host_get_flags_null)
{
	void *p = NULL;

	NEED(cudaMallocHost(&p, 64));
	DO(cudaHostGetFlags(NULL, NULL));
	DO(cudaHostGetFlags(NULL, p));
}

CASE(host_get_device_pointer)
{
	char *p = NULL;
	void *d = UNTOUCHED;

	NEED(cudaHostAlloc((void **)&p, 64, 0));
	DO(cudaHostGetDevicePointer(&d, p, 0));
	SHOW_IF(d == p);
	DO(cudaHostGetDevicePointer(&d, p + 8, 0));
	SHOW_IF(d == p + 8);
}

CASE(host_get_device_pointer_failures)
{
	void *p = NULL, *device = NULL, *m = NULL;
	void *d = UNTOUCHED;
	int local = 0;

	NEED(cudaHostAlloc(&p, 64, 0));
	NEED(cudaMalloc(&device, 64));
	NEED(cudaMallocManaged(&m, 64, cudaMemAttachGlobal));
	DO(cudaHostGetDevicePointer(&d, p, 1));
	SHOW(d);
	d = UNTOUCHED;
	DO(cudaHostGetDevicePointer(&d, &local, 0));
	SHOW(d);
	d = UNTOUCHED;
	DO(cudaHostGetDevicePointer(&d, NULL, 0));
	SHOW(d);
	d = UNTOUCHED;
	DO(cudaHostGetDevicePointer(&d, device, 0));
	SHOW(d);
	d = UNTOUCHED;
	DO(cudaHostGetDevicePointer(&d, m, 0));
	SHOW(d);
}

CASE(host_get_device_pointer_null)
{
	void *p = NULL;

	NEED(cudaHostAlloc(&p, 64, 0));
	DO(cudaHostGetDevicePointer(NULL, p, 0));
}

CASE(host_register)
{
	unsigned char *p = pages(2 * PAGE);
	unsigned int flags = UNTOUCHED_INT;
	void *d = UNTOUCHED;

	DO(cudaHostRegister(p, 2 * PAGE, cudaHostRegisterDefault));
	DO(cudaHostGetFlags(&flags, p));
	SHOW(flags);
	DO(cudaHostGetDevicePointer(&d, p, 0));
	SHOW_IF(d == p);
	DO(cudaMemset(p, 0x55, 16));
	DO(cudaDeviceSynchronize());
	SHOW_BYTES(p, 32);
	DO(cudaHostUnregister(p));
	DO(cudaHostUnregister(p));
}

CASE(host_register_flags)
{
	unsigned char *p = pages(PAGE);

	for (unsigned int flags = 0; flags < 4; flags++) {
		unsigned int got = UNTOUCHED_INT;

		SHOW(flags);
		DO(cudaHostRegister(p, PAGE, flags));
		DO(cudaHostGetFlags(&got, p));
		SHOW(got);
		DO(cudaHostUnregister(p));
	}
}

CASE(host_register_special_flags)
{
	unsigned char *p = pages(PAGE);
	unsigned int got = UNTOUCHED_INT;

	DO(cudaHostRegister(p, PAGE, cudaHostRegisterIoMemory));
	DO(cudaHostUnregister(p));
	DO(cudaHostRegister(p, PAGE, cudaHostRegisterReadOnly));
	DO(cudaHostGetFlags(&got, p));
	SHOW(got);
	DO(cudaHostUnregister(p));
	DO(cudaHostRegister(p, PAGE, 0x10));
	DO(cudaHostRegister(p, PAGE, 0x100));
	DO(cudaHostRegister(p, PAGE, ~0u));
	DO(cudaHostUnregister(p));
}

CASE(host_register_unaligned)
{
	unsigned char *p = pages(3 * PAGE);
	struct cudaPointerAttributes a;

	DO(cudaHostRegister(p + 5, 1000, 0));
	DO(cudaPointerGetAttributes(&a, p + 5));
	SHOW(a.type);
	DO(cudaPointerGetAttributes(&a, p + 1004));
	SHOW(a.type);
	DO(cudaHostUnregister(p));
	DO(cudaHostUnregister(p + 6));
	DO(cudaHostUnregister(p + 5));
}

CASE(host_register_overlaps)
{
	unsigned char *p = pages(4 * PAGE);

	DO(cudaHostRegister(p + PAGE, PAGE, 0));
	DO(cudaHostRegister(p + PAGE, PAGE, 0));
	DO(cudaHostRegister(p, 2 * PAGE, 0));
	DO(cudaHostRegister(p + PAGE, 2 * PAGE, 0));
	DO(cudaHostRegister(p, 4 * PAGE, 0));
	DO(cudaHostRegister(p + 2 * PAGE, PAGE, 0));
	DO(cudaHostUnregister(p + PAGE));
	DO(cudaHostUnregister(p + 2 * PAGE));
}

CASE(host_register_expected_failure_keeps)
{
	unsigned char *p = pages(PAGE);

	NEED(cudaHostRegister(p, PAGE, 0));
	DO_KEEP(cudaHostRegister(p, PAGE, 0));
	DO_KEEP(cudaHostUnregister(p));
	DO(cudaGetLastError());
	DO(cudaGetLastError());
}

CASE(host_register_bad_arguments)
{
	unsigned char *p = pages(PAGE);

	DO(cudaHostRegister(NULL, PAGE, 0));
	DO(cudaHostRegister(p, 0, 0));
	DO(cudaHostRegister(NULL, 0, 0));
	DO(cudaHostUnregister(NULL));
	DO(cudaHostUnregister(p));
}

CASE(host_register_too_large)
{
	DO(cudaHostRegister(pages(PAGE), (size_t)-1, 0));
}

CASE(host_register_known_memory)
{
	void *p = NULL, *d = NULL, *m = NULL;

	NEED(cudaMallocHost(&p, PAGE));
	NEED(cudaMalloc(&d, PAGE));
	NEED(cudaMallocManaged(&m, PAGE, cudaMemAttachGlobal));
	DO(cudaHostRegister(p, PAGE, 0));
	DO(cudaHostUnregister(p));
	DO(cudaHostRegister(d, PAGE, 0));
	DO(cudaHostUnregister(d));
	DO(cudaHostUnregister(m));
}

CASE(host_register_and_free_host)
{
	unsigned char *p = pages(PAGE);

	NEED(cudaHostRegister(p, PAGE, 0));
	DO(cudaFreeHost(p));
	DO(cudaFree(p));
	DO(cudaHostUnregister(p));
}

CASE(malloc_pitch)
{
	static const size_t widths[] = { 1, 4, 100, 511, 512, 513, 1000, 4096, 100000 };

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		void *p = UNTOUCHED;
		size_t pitch = 0;

		DO(cudaMallocPitch(&p, &pitch, widths[i], 3));
		SHOW(pitch);
		SHOW(p);
		NEED(cudaFree(p));
	}
}

CASE(malloc_pitch_of_nothing)
{
	void *p = UNTOUCHED;
	size_t pitch = UNTOUCHED_64;

	DO(cudaMallocPitch(&p, &pitch, 0, 5));
	SHOW(p);
	SHOW(pitch);
	p = UNTOUCHED, pitch = UNTOUCHED_64;
	DO(cudaMallocPitch(&p, &pitch, 5, 0));
	SHOW(p);
	SHOW(pitch);
	p = UNTOUCHED, pitch = UNTOUCHED_64;
	DO(cudaMallocPitch(&p, &pitch, 0, 0));
	SHOW(p);
	SHOW(pitch);
}

CASE(malloc_pitch_too_large)
{
	void *p = UNTOUCHED;
	size_t pitch = UNTOUCHED_64;

	DO(cudaMallocPitch(&p, &pitch, (size_t)1 << 40, (size_t)1 << 20));
	SHOW(p);
	SHOW(pitch);
	DO(cudaMallocPitch(&p, &pitch, (size_t)1 << 40, 1));
	SHOW(p);
	SHOW(pitch);
	DO(cudaMallocPitch(&p, &pitch, 16, (size_t)1 << 40));
	SHOW(p);
	SHOW(pitch);
	DO(cudaMallocPitch(&p, &pitch, (size_t)-1, 1));
	SHOW(p);
	SHOW(pitch);
}

CASE(malloc_pitch_null_pointer)
{
	size_t pitch = UNTOUCHED_64;

	DO(cudaMallocPitch(NULL, &pitch, 16, 16));
	SHOW(pitch);
	DO(cudaMallocPitch(NULL, &pitch, 0, 16));
	SHOW(pitch);
}

CASE(malloc_pitch_null_pitch)
{
	void *p = UNTOUCHED;

	DO(cudaMallocPitch(&p, NULL, 16, 16));
	SHOW(p);
}

CASE(malloc_pitch_null_pitch_of_nothing)
{
	void *p = UNTOUCHED;

	DO(cudaMallocPitch(&p, NULL, 0, 16));
	SHOW(p);
}

CASE(malloc_3d)
{
	struct cudaPitchedPtr p;

	UNTOUCH(p);
	DO(cudaMalloc3D(&p, (struct cudaExtent){ 100, 10, 3 }));
	SHOW(p.ptr);
	SHOW(p.pitch);
	SHOW(p.xsize);
	SHOW(p.ysize);
	DO(cudaMemset(p.ptr, 0, p.pitch * 10 * 3));
	DO(cudaFree(p.ptr));
}

static void malloc_3d_of(size_t width, size_t height, size_t depth)
{
	struct cudaPitchedPtr p;

	UNTOUCH(p);
	conf_print("extent %zu %zu %zu", width, height, depth);
	DO(cudaMalloc3D(&p, (struct cudaExtent){ width, height, depth }));
	SHOW(p.ptr);
	SHOW(p.pitch);
	SHOW(p.xsize);
	SHOW(p.ysize);
}

CASE(malloc_3d_of_nothing)
{
	malloc_3d_of(0, 10, 3);
	malloc_3d_of(10, 0, 3);
	malloc_3d_of(10, 10, 0);
	malloc_3d_of(0, 0, 0);
}

CASE(malloc_3d_sizes)
{
	malloc_3d_of(1, 1, 1);
	malloc_3d_of(512, 2, 2);
	malloc_3d_of(513, 2, 2);
}

CASE(malloc_3d_too_large)
{
	malloc_3d_of((size_t)1 << 40, 1 << 10, 1);
	malloc_3d_of(16, (size_t)1 << 40, (size_t)1 << 40);
	malloc_3d_of(16, (size_t)1 << 32, (size_t)1 << 32);
	malloc_3d_of((size_t)-1, 1, 1);
}

CASE(malloc_3d_null)
{
	DO(cudaMalloc3D(NULL, (struct cudaExtent){ 16, 16, 1 }));
}

CASE(malloc_3d_null_of_nothing)
{
	DO(cudaMalloc3D(NULL, (struct cudaExtent){ 0, 16, 1 }));
}

CASE(mem_get_info)
{
	size_t available = 0, total = 0;

	DO(cudaMemGetInfo(&available, &total));
	SHOW_IF(available > 0);
	SHOW_IF(available <= total);
}

CASE(mem_get_info_null_free)
{
	size_t total = 0;

	DO(cudaMemGetInfo(NULL, &total));
	SHOW_IF(total > 0);
}

CASE(mem_get_info_null_total)
{
	size_t available = 0;

	DO(cudaMemGetInfo(&available, NULL));
	SHOW_IF(available > 0);
}

CASE(mem_get_info_null_both)
{
	DO(cudaMemGetInfo(NULL, NULL));
}

/* What a capture forbids; each call in a capture of its own, as the first error ends it. */
#define DURING_CAPTURE(mode, call)                          \
	do {                                                \
		cudaStream_t stream_ = begin_capture(mode); \
		DO(call);                                   \
		end_capture(stream_);                       \
	} while (0)

CASE(capture_global_malloc)
{
	void *p = UNTOUCHED;

	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaMalloc(&p, 64));
	SHOW(p);
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaMalloc(&p, 0));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaMalloc(NULL, 64));
}

CASE(capture_thread_local_malloc)
{
	void *p = UNTOUCHED;

	DURING_CAPTURE(cudaStreamCaptureModeThreadLocal, cudaMalloc(&p, 64));
	SHOW(p);
	DURING_CAPTURE(cudaStreamCaptureModeThreadLocal, cudaFree(NULL));
}

CASE(capture_relaxed_malloc)
{
	void *p = UNTOUCHED;

	DURING_CAPTURE(cudaStreamCaptureModeRelaxed, cudaMalloc(&p, 64));
	SHOW(p);
	DURING_CAPTURE(cudaStreamCaptureModeRelaxed, cudaFree(p));
}

CASE(capture_global_free)
{
	void *p = NULL;

	NEED(cudaMalloc(&p, 64));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaFree(NULL));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaFree((void *)0x1234));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaFree(p));
	DO(cudaFree(p));
}

CASE(capture_global_host)
{
	void *p = NULL, *q = UNTOUCHED;
	unsigned char *r = pages(PAGE);

	NEED(cudaMallocHost(&p, 64));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaMallocHost(&q, 64));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaHostAlloc(&q, 64, 0));
	SHOW(q);
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaFreeHost(p));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaFreeHost(NULL));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaHostRegister(r, PAGE, 0));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaHostUnregister(r));
	DO(cudaFreeHost(p));
}

CASE(capture_global_asks)
{
	void *p = NULL, *d = UNTOUCHED;
	unsigned int flags = UNTOUCHED_INT;
	size_t available = 0, total = 0;

	NEED(cudaMallocHost(&p, 64));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaHostGetFlags(&flags, p));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaHostGetDevicePointer(&d, p, 0));
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaMemGetInfo(&available, &total));
}

CASE(capture_global_pitched)
{
	void *p = UNTOUCHED;
	size_t pitch = UNTOUCHED_64;
	struct cudaPitchedPtr box;

	UNTOUCH(box);
	DURING_CAPTURE(cudaStreamCaptureModeGlobal, cudaMallocPitch(&p, &pitch, 16, 16));
	SHOW(p);
	SHOW(pitch);
	DURING_CAPTURE(cudaStreamCaptureModeGlobal,
		       cudaMalloc3D(&box, (struct cudaExtent){ 16, 16, 1 }));
	SHOW(box.ptr);
	SHOW(box.pitch);
}

static void free_in_thread(void *p)
{
	DO(cudaFree(p));
}

static void malloc_in_thread(void *out)
{
	DO(cudaMalloc(out, 64));
}

CASE(threads_share_memory)
{
	void *p = UNTOUCHED;

	conf_in_thread(malloc_in_thread, &p);
	SHOW(p);
	DO(cudaMemset(p, 1, 64));
	SHOW_DEVICE(p, 64);
	conf_in_thread(free_in_thread, p);
	DO(cudaFree(p));
}

CASE(thread_beside_global_capture)
{
	void *p = UNTOUCHED;
	cudaStream_t stream = begin_capture(cudaStreamCaptureModeGlobal);

	conf_in_thread(malloc_in_thread, &p);
	SHOW(p);
	end_capture(stream);
}

CASE(thread_beside_thread_local_capture)
{
	void *p = UNTOUCHED;
	cudaStream_t stream = begin_capture(cudaStreamCaptureModeThreadLocal);

	conf_in_thread(malloc_in_thread, &p);
	SHOW(p);
	end_capture(stream);
}

static void callback_malloc(void *data)
{
	void *p = UNTOUCHED;

	(void)data;
	DO(cudaMalloc(&p, 64));
	SHOW(p);
	DO(cudaFree(NULL));
	DO(cudaMallocHost(&p, 64));
	DO(cudaFreeHost(NULL));
}

CASE(from_host_function)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaLaunchHostFunc(stream, callback_malloc, NULL));
	DO(cudaStreamSynchronize(stream));
}

CASE_TWO_DEVICES(memory_of_other_device)
{
	void *p = NULL, *q = NULL;
	struct cudaPointerAttributes a;

	NEED(cudaMalloc(&p, 64));
	DO(cudaSetDevice(1));
	NEED(cudaMalloc(&q, 64));
	DO(cudaPointerGetAttributes(&a, p));
	SHOW(a.device);
	DO(cudaPointerGetAttributes(&a, q));
	SHOW(a.device);
	DO(cudaMemset(p, 5, 64));
	SHOW_DEVICE(p, 64);
	DO(cudaFree(p));
	DO(cudaSetDevice(0));
	DO(cudaFree(q));
}

CASE(reset_frees)
{
	void *p = NULL, *h = NULL;
	struct cudaPointerAttributes a;

	NEED(cudaMalloc(&p, (size_t)32 << 20));
	NEED(cudaMallocHost(&h, 1 << 20));
	DO(cudaDeviceReset());
	DO(cudaPointerGetAttributes(&a, p));
	SHOW(a.type);
	DO(cudaPointerGetAttributes(&a, h));
	SHOW(a.type);
	DO(cudaFree(p));
}

CASE(after_sticky_error)
{
	void *p = NULL, *q = UNTOUCHED, *h = NULL;
	size_t available = 0, total = 0;

	conf_register();
	NEED(cudaMalloc(&p, 64));
	NEED(cudaMallocHost(&h, 64));
	DO(LAUNCH(kernel_bad_address, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaMalloc(&q, 64));
	SHOW(q);
	DO(cudaMalloc(&q, 0));
	DO(cudaMalloc(NULL, 64));
	DO(cudaFree(p));
	DO(cudaFree(NULL));
	DO(cudaFreeHost(h));
	DO(cudaFreeHost(NULL));
	DO(cudaMallocHost(&q, 64));
	DO(cudaMallocHost(&q, 0));
	DO(cudaMemGetInfo(&available, &total));
}
