/* SPDX-License-Identifier: Apache-2.0 */
/* Stream capture: begin, end, what may not be called meanwhile. Graphs of it: capture_graph.c. */
#include "conformance.h"

static void show_status(cudaStream_t stream)
{
	enum cudaStreamCaptureStatus status;

	UNTOUCH(status);
	DO(cudaStreamIsCapturing(stream, &status));
	SHOW(status);
}

static void end(cudaStream_t stream)
{
	cudaGraph_t graph = UNTOUCHED;
	size_t nodes = 0;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess) {
		SHOW(graph);
		return;
	}
	NEED(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
	NEED(cudaGraphDestroy(graph));
}

/* -- begin and end -- */

CASE(of_nothing)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	show_status(stream);
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	show_status(stream);
	end(stream);
	show_status(stream);
}

CASE(of_a_launch)
{
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	for (int mode = 0; mode < 3; mode++) {
		DO(cudaStreamBeginCapture(stream, mode));
		DO(conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, stream));
		end(stream);
	}
}

CASE(end_without_begin)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = UNTOUCHED;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
	DO(cudaStreamEndCapture(NULL, &graph));
	DO(cudaStreamEndCapture(cudaStreamLegacy, &graph));
	DO(cudaStreamEndCapture(cudaStreamPerThread, &graph));
	SHOW(graph);
}

CASE(end_to_nowhere)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamEndCapture(stream, NULL));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaStreamEndCapture(stream, NULL));
	show_status(stream);
}

CASE(begin_twice)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	show_status(stream);
	end(stream);
}

CASE(bad_modes)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, 3));
	DO(cudaStreamBeginCapture(stream, -1));
	show_status(stream);
}

CASE(of_the_default_stream)
{
	DO(cudaStreamBeginCapture(NULL, cudaStreamCaptureModeGlobal));
	show_status(NULL);
	end(NULL);
}

CASE(of_the_legacy_stream)
{
	DO(cudaStreamBeginCapture(cudaStreamLegacy, cudaStreamCaptureModeGlobal));
	DO(cudaStreamBeginCapture(cudaStreamLegacy, cudaStreamCaptureModeRelaxed));
	show_status(cudaStreamLegacy);
}

CASE(of_the_per_thread_stream)
{
	DO(cudaStreamBeginCapture(cudaStreamPerThread, cudaStreamCaptureModeGlobal));
	show_status(cudaStreamPerThread);
	end(cudaStreamPerThread);
}

CASE(status_to_nowhere)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamIsCapturing(stream, NULL));
}

CASE(status_of_default_streams)
{
	show_status(NULL);
	show_status(cudaStreamLegacy);
	show_status(cudaStreamPerThread);
}

CASE(destroy_ends_it)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaStreamDestroy(stream));
	DO(cudaDeviceSynchronize());
}

/* -- what capture forbids: in each mode the call, the state behind it, and the end -- */

#define IN_EACH_MODE(stream, call)                             \
	for (int mode_ = 0; mode_ < 3; mode_++) {              \
		conf_print("mode %d", mode_);                  \
		NEED(cudaStreamBeginCapture((stream), mode_)); \
		conf_called(#call, (conf_before(), (call)));   \
		after(stream);                                 \
	}

/* The state that the call left, and what the end says to it. */
static void after(cudaStream_t stream)
{
	enum cudaStreamCaptureStatus status = 99;
	cudaGraph_t graph = NULL;
	cudaError_t error, last;

	NEED(cudaStreamIsCapturing(stream, &status));
	error = cudaStreamEndCapture(stream, &graph);
	last = cudaGetLastError();
	conf_print("  status %d, end: %s%s%s", (int)status, conf_error_name(error),
		   graph != NULL ? " and a graph" : "",
		   last == error ? "" : ", another last error");
	if (error == cudaSuccess && graph != NULL)
		NEED(cudaGraphDestroy(graph));
}

CASE(and_malloc)
{
	cudaStream_t stream = NULL;
	void *p = NULL;

	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaMalloc(&p, 64));
	IN_EACH_MODE(stream, cudaMalloc(&p, 0));
	IN_EACH_MODE(stream, cudaMalloc(NULL, 64));
}

CASE(and_other_allocations)
{
	cudaStream_t stream = NULL;
	void *p = NULL;
	size_t pitch = 0;

	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaMallocHost(&p, 64));
	IN_EACH_MODE(stream, cudaHostAlloc(&p, 64, cudaHostAllocMapped));
	IN_EACH_MODE(stream, cudaMallocManaged(&p, 64, cudaMemAttachGlobal));
	IN_EACH_MODE(stream, cudaMallocPitch(&p, &pitch, 64, 4));
}

CASE(and_free)
{
	cudaStream_t stream = NULL;
	void *p = NULL, *host = NULL;

	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaFree(NULL));
	IN_EACH_MODE(stream, cudaFreeHost(NULL));
	NEED(cudaMalloc(&p, 64));
	NEED(cudaMallocHost(&host, 64));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaFree(p));
	DO(cudaFreeHost(host));
	after(stream);
	DO(cudaFree(p));
	DO(cudaFreeHost(host));
}

CASE(and_host_registration)
{
	static char page[8192] __attribute__((aligned(4096)));
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaHostRegister(page, sizeof(page), 0));
	after(stream);
}

CASE(and_synchronisation)
{
	cudaStream_t stream = NULL, other = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
	IN_EACH_MODE(stream, cudaStreamSynchronize(stream));
	IN_EACH_MODE(stream, cudaStreamQuery(stream));
	IN_EACH_MODE(stream, cudaStreamSynchronize(other));
	IN_EACH_MODE(stream, cudaStreamQuery(other));
	IN_EACH_MODE(stream, cudaDeviceSynchronize());
}

CASE(and_the_legacy_stream)
{
	cudaStream_t stream = NULL;
	unsigned int *p = NULL;

	conf_register();
	NEED(cudaMalloc((void **)&p, 64));
	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaStreamSynchronize(cudaStreamLegacy));
	IN_EACH_MODE(stream, cudaStreamQuery(cudaStreamLegacy));
	IN_EACH_MODE(stream, cudaMemsetAsync(p, 0, 64, cudaStreamLegacy));
	IN_EACH_MODE(stream, conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0,
					 cudaStreamLegacy));
}

CASE(and_the_default_stream)
{
	enum cudaStreamCaptureStatus status;
	cudaStream_t stream = NULL;
	unsigned int *p = NULL;
	char bytes[16] = "";

	NEED(cudaMalloc((void **)&p, 64));
	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaStreamSynchronize(NULL));
	IN_EACH_MODE(stream, cudaMemset(p, 0, 64));
	IN_EACH_MODE(stream, cudaMemcpy(p, bytes, 16, cudaMemcpyHostToDevice));
	IN_EACH_MODE(stream, cudaMemcpyAsync(p, bytes, 16, cudaMemcpyHostToDevice, NULL));
	IN_EACH_MODE(stream, cudaStreamIsCapturing(NULL, &status));
}

CASE(of_a_non_blocking_stream_and_the_default_stream)
{
	cudaStream_t stream = NULL;
	unsigned int *p = NULL;
	char bytes[16] = "";

	NEED(cudaMalloc((void **)&p, 64));
	NEED(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
	IN_EACH_MODE(stream, cudaStreamSynchronize(NULL));
	IN_EACH_MODE(stream, cudaMemset(p, 0, 64));
	IN_EACH_MODE(stream, cudaMemcpy(p, bytes, 16, cudaMemcpyHostToDevice));
}

CASE(and_events)
{
	cudaEvent_t event = NULL, made = NULL;
	cudaStream_t stream = NULL;
	float ms = 0;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	NEED(cudaEventRecord(event, stream));
	NEED(cudaStreamSynchronize(stream));
	IN_EACH_MODE(stream, cudaEventCreate(&made));
	IN_EACH_MODE(stream, cudaEventQuery(event));
	IN_EACH_MODE(stream, cudaEventSynchronize(event));
	IN_EACH_MODE(stream, cudaEventElapsedTime(&ms, event, event));
	IN_EACH_MODE(stream, cudaStreamWaitEvent(stream, event, 0));
}

CASE(and_streams)
{
	cudaStream_t stream = NULL, other = NULL;
	unsigned int flags = 0;
	int priority = 0;

	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaStreamCreate(&other));
	IN_EACH_MODE(stream, cudaStreamGetFlags(stream, &flags));
	IN_EACH_MODE(stream, cudaStreamGetPriority(stream, &priority));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaStreamDestroy(other));
	after(stream);
}

CASE(and_device_calls)
{
	static struct cudaDeviceProp p;
	cudaStream_t stream = NULL;
	size_t a = 0, b = 0;
	int number = 0;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaGetDevice(&number));
	DO(cudaSetDevice(0));
	DO(cudaGetDeviceCount(&number));
	DO(cudaGetDeviceProperties(&p, 0));
	DO(cudaDeviceGetAttribute(&number, 1, 0));
	DO(cudaMemGetInfo(&a, &b));
	DO(cudaDeviceGetLimit(&a, cudaLimitStackSize));
	show_status(stream);
	after(stream);
	IN_EACH_MODE(stream, cudaDeviceSetLimit(cudaLimitStackSize, 2048));
}

CASE(and_questions)
{
	struct cudaPointerAttributes attributes;
	struct cudaFuncAttributes function;
	cudaStream_t stream = NULL;
	void *p = NULL, *address = NULL;
	size_t size = 0;

	conf_register();
	NEED(cudaMalloc(&p, 64));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaPointerGetAttributes(&attributes, p));
	DO(cudaFuncGetAttributes(&function, (const void *)kernel_empty));
	DO(cudaGetSymbolAddress(&address, &counter));
	DO(cudaGetSymbolSize(&size, &counter));
	show_status(stream);
	end(stream);
}

static void on_done(cudaStream_t stream, cudaError_t error, void *data)
{
	(void)stream, (void)error, (void)data;
}

CASE(and_callbacks)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaStreamAddCallback(stream, on_done, NULL, 0));
}

CASE(and_synchronous_copies_on_it)
{
	cudaStream_t stream = NULL;
	unsigned int *p = NULL;
	char bytes[16] = "";

	NEED(cudaMalloc((void **)&p, 64));
	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaMemcpyAsync(p, bytes, 16, cudaMemcpyHostToDevice, stream));
	IN_EACH_MODE(stream, cudaMemcpyAsync(bytes, p, 16, cudaMemcpyDeviceToHost, stream));
	IN_EACH_MODE(stream, cudaMemcpyAsync(bytes, p, 16, cudaMemcpyHostToDevice, stream));
	IN_EACH_MODE(stream, cudaMemcpyAsync(p, bytes, 16, 77, stream));
	IN_EACH_MODE(stream, cudaMemsetAsync(p, 0, 64, stream));
	IN_EACH_MODE(stream, cudaMemsetAsync(NULL, 0, 64, stream));
	IN_EACH_MODE(stream, cudaMemsetAsync(NULL, 0, 0, stream));
}

CASE(and_pool_allocations)
{
	cudaStream_t stream = NULL, other = NULL;
	void *p = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamCreate(&other));
	IN_EACH_MODE(stream, cudaMallocAsync(&p, 64, other));
	for (int mode = 0; mode < 3; mode++) {
		NEED(cudaStreamBeginCapture(stream, mode));
		DO(cudaMallocAsync(&p, 64, stream));
		DO(cudaFreeAsync(p, stream));
		end(stream);
	}
}

CASE(and_bad_launches)
{
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream,
		     conf_launch((const void *)kernel_empty, DIM(0), DIM(1), NULL, 0, stream));
	IN_EACH_MODE(stream, cudaLaunchKernel(NULL, DIM(1), DIM(1), NULL, 0, stream));
}

CASE(and_graph_launches)
{
	cudaStream_t stream = NULL, other = NULL;
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamCreate(&other));
	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphInstantiate(&exec, graph, 0));
	IN_EACH_MODE(stream, cudaGraphLaunch(exec, stream));
	IN_EACH_MODE(stream, cudaGraphUpload(exec, stream));
	IN_EACH_MODE(stream, cudaGraphLaunch(exec, other));
}

CASE(and_stream_attributes)
{
	cudaLaunchAttributeValue value;
	cudaStream_t stream = NULL;

	memset(&value, 0, sizeof(value));
	NEED(cudaStreamCreate(&stream));
	IN_EACH_MODE(stream, cudaStreamSetAttribute(stream, cudaLaunchAttributePriority, &value));
}

/* -- the state of a spoilt capture -- */

CASE(spoilt)
{
	enum cudaStreamCaptureStatus status;
	unsigned long long id = UNTOUCHED_64;
	cudaStream_t stream = NULL;
	unsigned int *p = NULL;

	conf_register();
	NEED(cudaMalloc((void **)&p, 64));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaStreamSynchronize(stream));
	show_status(stream);
	DO(conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, stream));
	DO(cudaMemsetAsync(p, 0, 64, stream));
	UNTOUCH(status);
	DO(cudaStreamGetCaptureInfo(stream, &status, &id, NULL, NULL, NULL, NULL));
	SHOW(status);
	DO(cudaStreamUpdateCaptureDependencies(stream, NULL, NULL, 0, 1));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaStreamSynchronize(stream));
	end(stream);
	show_status(stream);
	DO(cudaStreamSynchronize(stream));
}

/* -- the thread's mode -- */

static void exchange(int to)
{
	enum cudaStreamCaptureMode mode = to;

	conf_print("mode %d", to);
	DO(cudaThreadExchangeStreamCaptureMode(&mode));
	SHOW(mode);
}

CASE(mode_of_the_thread)
{
	exchange(cudaStreamCaptureModeRelaxed);
	exchange(cudaStreamCaptureModeThreadLocal);
	exchange(cudaStreamCaptureModeGlobal);
	exchange(cudaStreamCaptureModeGlobal);
}

CASE(mode_of_the_thread_unknown)
{
	exchange(3);
	exchange(-1);
	exchange(0);
}

CASE(mode_of_the_thread_from_nowhere)
{
	DO(cudaThreadExchangeStreamCaptureMode(NULL));
}

CASE(mode_of_the_thread_allows)
{
	enum cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
	cudaStream_t stream = NULL;
	void *p = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaThreadExchangeStreamCaptureMode(&mode));
	DO(cudaMalloc(&p, 64));
	show_status(stream);
	DO(cudaThreadExchangeStreamCaptureMode(&mode));
	DO(cudaMalloc(&p, 64));
	show_status(stream);
	end(stream);
}

static void malloc_and_free(void *unused)
{
	void *p = NULL;

	(void)unused;
	DO(cudaMalloc(&p, 64));
	DO(cudaFree(p));
}

CASE(calls_of_another_thread)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	for (int mode = 0; mode < 3; mode++) {
		conf_print("mode %d", mode);
		NEED(cudaStreamBeginCapture(stream, mode));
		conf_in_thread(malloc_and_free, NULL);
		after(stream);
	}
}

static void relaxed_malloc_and_free(void *unused)
{
	exchange(cudaStreamCaptureModeRelaxed);
	malloc_and_free(unused);
}

CASE(calls_of_another_thread_that_is_relaxed)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	conf_in_thread(relaxed_malloc_and_free, NULL);
	after(stream);
}

static void launch_and_end(void *stream)
{
	DO(conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, stream));
	show_status(stream);
	end(stream);
	show_status(stream);
}

CASE(ended_by_another_thread)
{
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	for (int mode = 0; mode < 3; mode++) {
		conf_print("mode %d", mode);
		NEED(cudaStreamBeginCapture(stream, mode));
		conf_in_thread(launch_and_end, stream);
		end(stream);
	}
}
