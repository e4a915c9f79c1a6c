/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime knows about a pointer. */
#include "conformance.h"

#include <stdlib.h>

static void show(const void *pointer)
{
	struct cudaPointerAttributes a;

	UNTOUCH(a);
	DO(cudaPointerGetAttributes(&a, pointer));
	SHOW(a.type);
	SHOW(a.device);
	SHOW_IF(a.devicePointer == pointer);
	SHOW_IF(a.hostPointer == pointer);
	SHOW(a.devicePointer);
	SHOW(a.hostPointer);
}

CASE(unknown)
{
	int local = 0;
	void *heap = malloc(100);

	show(&local);
	show(heap);
	show((void *)0x1234);
	free(heap);
}

CASE(null)
{
	show(NULL);
}

CASE(null_output)
{
	void *p = NULL;

	DO(cudaPointerGetAttributes(NULL, NULL));
	NEED(cudaMalloc(&p, 16));
	DO(cudaPointerGetAttributes(NULL, p));
}

CASE(first_call)
{
	struct cudaPointerAttributes a;
	int local = 0;

	UNTOUCH(a);
	DO(cudaPointerGetAttributes(&a, &local));
	SHOW(a.type);
	SHOW(a.device);
}

CASE(device_memory)
{
	char *p = NULL;

	NEED(cudaMalloc((void **)&p, 1000));
	show(p);
	show(p + 8);
	show(p + 999);
	NEED(cudaFree(p));
}

CASE(device_memory_freed)
{
	void *p = NULL;

	NEED(cudaMalloc(&p, (size_t)64 << 20));
	NEED(cudaFree(p));
	show(p);
}

CASE(pitched_memory)
{
	char *p = NULL;
	size_t pitch = 0;

	NEED(cudaMallocPitch((void **)&p, &pitch, 100, 4));
	show(p + pitch + 3);
}

CASE(pinned_memory)
{
	char *p = NULL;

	NEED(cudaMallocHost((void **)&p, 1000));
	show(p);
	show(p + 10);
	NEED(cudaFreeHost(p));
}

CASE(pinned_memory_flags)
{
	for (unsigned int flags = 0; flags < 8; flags++) {
		void *p = NULL;

		NEED(cudaHostAlloc(&p, 1000, flags));
		show(p);
	}
}

CASE(pinned_memory_freed)
{
	void *p = NULL;

	NEED(cudaMallocHost(&p, (size_t)8 << 20));
	NEED(cudaFreeHost(p));
	show(p);
}

CASE(registered_memory)
{
	char *p = malloc(100000);

	NEED(cudaHostRegister(p, 50000, 0));
	show(p);
	show(p + 49999);
	show(p + 90000);
	NEED(cudaHostUnregister(p));
	show(p);
	free(p);
}

CASE(managed_memory)
{
	char *p = NULL;

	NEED(cudaMallocManaged((void **)&p, 1000, cudaMemAttachGlobal));
	show(p);
	show(p + 10);
	NEED(cudaFree(p));
}

CASE(managed_memory_host_attached)
{
	void *p = NULL;

	NEED(cudaMallocManaged(&p, 1000, cudaMemAttachHost));
	show(p);
}

CASE(managed_memory_touched_and_prefetched)
{
	char *p = NULL;
	struct cudaMemLocation host = { cudaMemLocationTypeHost, 0 };
	struct cudaMemLocation device = { cudaMemLocationTypeDevice, 0 };

	NEED(cudaMallocManaged((void **)&p, 1000, cudaMemAttachGlobal));
	p[0] = 1;
	show(p);
	NEED(cudaMemPrefetchAsync(p, 1000, device, 0, NULL));
	NEED(cudaDeviceSynchronize());
	show(p);
	NEED(cudaMemPrefetchAsync(p, 1000, host, 0, NULL));
	NEED(cudaDeviceSynchronize());
	show(p);
}

CASE(pool_memory)
{
	char *p = NULL;

	NEED(cudaMallocAsync((void **)&p, 1000, NULL));
	show(p);
	show(p + 10);
	NEED(cudaFreeAsync(p, NULL));
}

CASE(variables)
{
	void *p = NULL;

	conf_register();
	show(&counter);
	NEED(cudaGetSymbolAddress(&p, &counter));
	show(p);
	NEED(cudaGetSymbolAddress(&p, konst));
	show(p);
}

CASE(code)
{
	conf_register();
	show((void *)(uintptr_t)kernel_fill);
}

CASE(during_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;
	void *p = NULL, *q = NULL;

	NEED(cudaMalloc(&p, 64));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	show(p);
	NEED(cudaMallocAsync(&q, 64, stream));
	show(q);
	NEED(cudaFreeAsync(q, stream));
	DO(cudaStreamEndCapture(stream, &graph));
}

CASE(after_sticky_error)
{
	struct cudaPointerAttributes a;
	void *p = NULL;
	int local = 0;

	conf_register();
	NEED(cudaMalloc(&p, 64));
	DO(LAUNCH(kernel_trap, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	UNTOUCH(a);
	DO(cudaPointerGetAttributes(&a, p));
	SHOW(a.type);
	SHOW(a.device);
	SHOW(a.devicePointer);
	SHOW(a.hostPointer);
	DO(cudaPointerGetAttributes(&a, &local));
	DO(cudaPointerGetAttributes(NULL, &local));
}

static void ask(void *data)
{
	(void)data;
	show(data);
}

CASE(from_thread_and_callback)
{
	void *p = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaMalloc(&p, 64));
	conf_in_thread(ask, p);
	NEED(cudaStreamCreate(&stream));
	NEED(cudaLaunchHostFunc(stream, ask, p));
	DO(cudaStreamSynchronize(stream));
}

CASE(keeps_last_error)
{
	struct cudaPointerAttributes a;
	int local = 0;

	DO_KEEP(cudaFree(&local));
	DO_KEEP(cudaPointerGetAttributes(&a, &local));
	DO_KEEP(cudaPeekAtLastError());
}

CASE_TWO_DEVICES(second_device)
{
	void *p = NULL, *h = NULL, *m = NULL;

	NEED(cudaSetDevice(1));
	NEED(cudaMalloc(&p, 64));
	NEED(cudaMallocHost(&h, 64));
	NEED(cudaMallocManaged(&m, 64, cudaMemAttachGlobal));
	show(p);
	show(h);
	show(m);
	NEED(cudaSetDevice(0));
	show(p);
	show(h);
	show(m);
}
