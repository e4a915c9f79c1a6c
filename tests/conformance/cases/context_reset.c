/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts that end, that the driver made, or that a fault has broken. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include "driver_calls.h"

static void show_contexts(void)
{
	DRIVER(CUresult, cuCtxGetCurrent, CUcontext *);
	DRIVER(CUresult, cuDevicePrimaryCtxGetState, CUdevice, unsigned int *, int *);
	CUcontext current = NULL;
	unsigned int flags = 0;
	int active = 0;

	cuCtxGetCurrent(&current);
	cuDevicePrimaryCtxGetState(0, &flags, &active);
	conf_print("  driver: current %s, primary %s", current != NULL ? "set" : "null",
		   active ? "active" : "inactive");
}

/* Fills 16 words and shows them: everything works. */
static void show_work(void)
{
	unsigned int *p = NULL, n = 16, value = 0x61626364;

	if (DO(cudaMalloc((void **)&p, 64)) != cudaSuccess)
		return;
	DO(LAUNCH(kernel_fill, DIM(1), DIM(16), ARGS(&p, &n, &value)));
	SHOW_DEVICE(p, 64);
	DO(cudaFree(p));
}

static void show_variables(void)
{
	unsigned int value = 0, n = 3;

	DO(LAUNCH(kernel_add_counter, DIM(1), DIM(1), ARGS(&n)));
	DO(cudaMemcpyFromSymbol(&value, &counter, sizeof(value), 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

/* -- reset -- */

CASE(reset_at_first)
{
	DO(cudaDeviceReset());
	show_contexts();
	DO(cudaDeviceReset());
}

CASE(reset_leaves_a_working_device)
{
	conf_register();
	show_work();
	DO(cudaDeviceReset());
	show_contexts();
	show_work();
	show_contexts();
}

CASE(reset_twice)
{
	NEED(cudaFree(NULL));
	DO(cudaDeviceReset());
	DO(cudaDeviceReset());
	DO(cudaFree(NULL));
	show_contexts();
}

CASE(reset_initialises_variables)
{
	conf_register();
	show_variables();
	show_variables();
	DO(cudaDeviceReset());
	show_variables();
}

CASE(reset_and_managed_variables)
{
	void **handle = NULL;

	conf_register_managed(&handle);
	__cudaInitModule(handle);
	DO(cudaFree(NULL));
	SHOW_IF(managed != NULL && *managed == 5);
	if (managed != NULL)
		*managed = 9;
	DO(cudaDeviceReset());
	DO(cudaFree(NULL));
	__cudaInitModule(handle);
	SHOW_IF(managed != NULL);
}

CASE(reset_frees_memory)
{
	struct cudaPointerAttributes attributes;
	void *p = NULL, *host = NULL;

	NEED(cudaMalloc(&p, 1 << 20));
	NEED(cudaMallocHost(&host, 4096));
	DO(cudaDeviceReset());
	DO(cudaPointerGetAttributes(&attributes, p));
	SHOW(attributes.type);
	DO(cudaPointerGetAttributes(&attributes, host));
	SHOW(attributes.type);
	DO(cudaFree(p));
	DO(cudaFreeHost(host));
}

CASE(reset_waits_for_work)
{
	unsigned int *p = NULL, n = 16, value = 1;

	conf_register();
	NEED(cudaMalloc((void **)&p, 64));
	NEED(LAUNCH(kernel_fill, DIM(1), DIM(16), ARGS(&p, &n, &value)));
	DO(cudaDeviceReset());
	DO(cudaDeviceSynchronize());
}

CASE(reset_keeps_the_last_error)
{
	NEED(cudaFree(NULL));
	DO_KEEP(cudaSetDevice(1000));
	DO_KEEP(cudaDeviceReset());
	DO_KEEP(cudaGetLastError());
}

static void reset_in_thread(void *unused)
{
	(void)unused;
	DO(cudaDeviceReset());
}

CASE(reset_by_another_thread)
{
	conf_register();
	show_work();
	conf_in_thread(reset_in_thread, NULL);
	show_contexts();
	show_work();
}

CASE(reset_and_stream_handles)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaDeviceReset());
	DO(cudaStreamSynchronize(NULL));
	DO(cudaStreamCreate(&stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamDestroy(stream));
}

CASE_TWO_DEVICES(reset_of_one_of_two)
{
	void *p = NULL, *q = NULL;
	int device = UNTOUCHED_INT;

	NEED(cudaMalloc(&p, 64));
	NEED(cudaSetDevice(1));
	NEED(cudaMalloc(&q, 64));
	DO(cudaDeviceReset());
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaMemset(p, 1, 64));
	SHOW_DEVICE(p, 64);
	DO(cudaSetDevice(0));
	DO(cudaFree(p));
}

CASE(reset_during_capture)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaDeviceReset());
	DO(cudaFree(NULL));
}

/* -- the primary context reset by another party -- */

static int foreign_reset(void)
{
	DRIVER(CUresult, cuDevicePrimaryCtxReset_v2, CUdevice);

	return cuDevicePrimaryCtxReset_v2(0);
}

CASE(foreign_reset_then_malloc)
{
	void *p = NULL;

	NEED(cudaFree(NULL));
	SHOW(foreign_reset());
	show_contexts();
	DO(cudaMalloc(&p, 64));
	show_contexts();
}

CASE(foreign_reset_then_set_device)
{
	void *p = NULL;

	NEED(cudaFree(NULL));
	SHOW(foreign_reset());
	DO(cudaSetDevice(0));
	show_contexts();
	DO(cudaMalloc(&p, 64));
}

CASE(foreign_reset_then_reset)
{
	void *p = NULL;

	NEED(cudaFree(NULL));
	SHOW(foreign_reset());
	DO(cudaDeviceReset());
	DO(cudaMalloc(&p, 64));
}

CASE(foreign_reset_then_other_calls)
{
	int device = UNTOUCHED_INT;
	cudaStream_t stream = NULL;

	NEED(cudaFree(NULL));
	SHOW(foreign_reset());
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaDeviceSynchronize());
	DO(cudaStreamCreate(&stream));
	DO(cudaStreamSynchronize(NULL));
}

CASE(foreign_reset_then_launch)
{
	conf_register();
	NEED(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	NEED(cudaDeviceSynchronize());
	SHOW(foreign_reset());
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
}

CASE(foreign_retain_and_release)
{
	DRIVER(CUresult, cuDevicePrimaryCtxRetain, CUcontext *, CUdevice);
	DRIVER(CUresult, cuDevicePrimaryCtxRelease_v2, CUdevice);
	CUcontext context = NULL;
	void *p = NULL;

	NEED(cudaFree(NULL));
	SHOW(cuDevicePrimaryCtxRetain(&context, 0));
	SHOW(cuDevicePrimaryCtxRelease_v2(0));
	DO(cudaMalloc(&p, 64));
	DO(cudaFree(p));
}

/* -- contexts that the driver made -- */

static CUcontext create_context(void)
{
	DRIVER(CUresult, cuInit, unsigned int);
	DRIVER(CUresult, cuCtxCreate_v2, CUcontext *, unsigned int, CUdevice);
	CUcontext context = NULL;
	int result = cuInit(0);

	if (result == 0)
		result = cuCtxCreate_v2(&context, 0, 0);
	if (result != 0)
		conf_print("no context: %d", result);
	return context;
}

static bool is_current(CUcontext context)
{
	DRIVER(CUresult, cuCtxGetCurrent, CUcontext *);
	CUcontext current = NULL;

	return cuCtxGetCurrent(&current) == 0 && current == context;
}

CASE(driver_context_works)
{
	CUcontext context = create_context();
	int device = UNTOUCHED_INT;

	conf_register();
	DO(cudaGetDevice(&device));
	SHOW(device);
	show_work();
	SHOW_IF(is_current(context));
	show_contexts();
}

CASE(driver_context_and_flags)
{
	CUcontext context = create_context();
	unsigned int flags = UNTOUCHED_INT;

	DO(cudaGetDeviceFlags(&flags));
	SHOW(flags);
	DO(cudaSetDeviceFlags(cudaDeviceScheduleYield));
	DO(cudaSetDeviceFlags(0x100));
	DO(cudaInitDevice(0, 0, 0));
	SHOW_IF(is_current(context));
}

CASE(driver_context_and_reset)
{
	CUcontext context = create_context();
	void *p = NULL;

	NEED(cudaMalloc(&p, 64));
	DO(cudaDeviceReset());
	SHOW_IF(is_current(context));
	DO(cudaMemset(p, 7, 64));
	SHOW_DEVICE(p, 64);
	DO(cudaFree(p));
}

CASE(driver_context_then_set_device)
{
	CUcontext context = create_context();

	DO(cudaFree(NULL));
	SHOW_IF(is_current(context));
	DO(cudaSetDevice(0));
	SHOW_IF(is_current(context));
	show_contexts();
	DO(cudaDeviceSynchronize());
}

CASE(driver_context_popped)
{
	DRIVER(CUresult, cuCtxPopCurrent_v2, CUcontext *);
	CUcontext context = create_context(), popped = NULL;
	void *p = NULL;

	conf_register();
	show_work();
	SHOW(cuCtxPopCurrent_v2(&popped));
	SHOW_IF(popped == context);
	DO(cudaMalloc(&p, 64));
	SHOW_IF(is_current(context));
	show_contexts();
}

CASE(driver_context_over_the_primary)
{
	DRIVER(CUresult, cuCtxDestroy_v2, CUcontext);
	CUcontext context;
	void *p = NULL;

	conf_register();
	NEED(cudaMalloc(&p, 64));
	context = create_context();
	DO(cudaMemset(p, 3, 64));
	show_variables();
	show_variables();
	SHOW(cuCtxDestroy_v2(context));
	show_contexts();
	SHOW_DEVICE(p, 64);
	show_variables();
	DO(cudaFree(p));
}

/* -- after a fault -- */

static void break_context(void (*kernel)(void))
{
	conf_register();
	DO(LAUNCH(kernel, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
}

static void show_broken(void)
{
	unsigned int word = 0;
	int device = UNTOUCHED_INT, count = UNTOUCHED_INT;
	void *p = NULL;

	DO(cudaGetLastError());
	DO(cudaDeviceSynchronize());
	DO(cudaMalloc(&p, 64));
	DO(cudaMalloc(&p, 0));
	DO(cudaMallocHost(&p, 64));
	DO(cudaFree(NULL));
	DO(cudaMemcpy(&word, &word, sizeof(word), cudaMemcpyHostToHost));
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaGetDeviceCount(&count));
	SHOW(count);
	DO(cudaSetDevice(0));
	DO(cudaStreamSynchronize(NULL));
	DO(cudaStreamQuery(NULL));
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaPeekAtLastError());
}

CASE(bad_address)
{
	break_context(kernel_bad_address);
	show_broken();
}

CASE(trap)
{
	break_context(kernel_trap);
	show_broken();
}

CASE(bad_address_met_by_a_copy)
{
	unsigned int word = 0;
	void *p = NULL;

	conf_register();
	NEED(cudaMalloc(&p, 64));
	DO(LAUNCH(kernel_bad_address, DIM(1), DIM(1), NULL));
	DO(cudaMemcpy(&word, p, sizeof(word), cudaMemcpyDeviceToHost));
	DO(cudaFree(p));
}

CASE(bad_address_with_objects)
{
	cudaStream_t stream = NULL;
	cudaEvent_t event = NULL;
	struct cudaPointerAttributes attributes;
	void *p = NULL;
	float ms;

	NEED(cudaMalloc(&p, 64));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	NEED(cudaEventRecord(event, stream));
	NEED(cudaStreamSynchronize(stream));
	break_context(kernel_bad_address);
	DO(cudaEventRecord(event, stream));
	DO(cudaEventElapsedTime(&ms, event, event));
	DO(cudaStreamWaitEvent(stream, event, 0));
	DO(cudaPointerGetAttributes(&attributes, p));
	DO(cudaMemsetAsync(p, 0, 64, stream));
	DO(cudaFree(p));
	DO(cudaEventDestroy(event));
	DO(cudaStreamDestroy(stream));
}

CASE(bad_address_and_questions)
{
	static struct cudaDeviceProp p;
	size_t value = 0, total = 0;
	int number = 0;
	unsigned int flags = 0;

	break_context(kernel_bad_address);
	DO(cudaGetDeviceProperties(&p, 0));
	DO(cudaDeviceGetAttribute(&number, cudaDevAttrWarpSize, 0));
	DO(cudaDeviceGetLimit(&value, cudaLimitStackSize));
	DO(cudaMemGetInfo(&value, &total));
	DO(cudaGetDeviceFlags(&flags));
	DO(cudaSetDeviceFlags(0));
	DO(cudaInitDevice(0, 0, 0));
	DO(cudaDriverGetVersion(&number));
	DO(cudaDeviceGetStreamPriorityRange(&number, NULL));
}

static void reset_broken(void)
{
	void *p = NULL;
	int device = UNTOUCHED_INT;

	DO(cudaDeviceReset());
	DO(cudaMalloc(&p, 64));
	DO(cudaGetDevice(&device));
	SHOW(device);
	DO(cudaDeviceSynchronize());
	DO(cudaSetDevice(0));
	DO(LAUNCH(kernel_empty, DIM(1), DIM(1), NULL));
	DO(cudaDeviceReset());
	DO(cudaMalloc(&p, 64));
}

CASE(bad_address_then_reset)
{
	break_context(kernel_bad_address);
	reset_broken();
}

CASE(trap_then_reset)
{
	break_context(kernel_trap);
	reset_broken();
}

static void malloc_in_thread(void *unused)
{
	void *p = NULL;

	(void)unused;
	DO(cudaPeekAtLastError());
	DO(cudaMalloc(&p, 64));
}

CASE(bad_address_seen_by_another_thread)
{
	break_context(kernel_bad_address);
	conf_in_thread(malloc_in_thread, NULL);
}

CASE_TWO_DEVICES(bad_address_and_the_other_device)
{
	void *p = NULL;

	break_context(kernel_bad_address);
	DO(cudaSetDevice(1));
	DO(cudaMalloc(&p, 64));
	DO(cudaDeviceSynchronize());
	DO(cudaSetDevice(0));
	DO(cudaDeviceSynchronize());
}
