/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls that bench_calls measures: those that programs make around each piece of work. A
 * batch lasts tens of microseconds at least, and leaves no more than half a queue of work.
 */
#include "bench_calls.h"

#include <time.h>

#include "util/arch.h"

/* A function that makes the call, and whatever belongs with it, n times. */
#define CALLS(function, ...)                         \
	static void function(long n)                 \
	{                                            \
		for (long i = 0; i < n; i++) {       \
			bench_failed |= __VA_ARGS__; \
		}                                    \
	}

#define NOINLINE __attribute__((noinline))

static const dim3 one = { 1, 1, 1 };
static int zero;
static void *args[] = { (void *)&bench.device, (void *)&zero };

static NOINLINE unsigned int nothing(void)
{
	__asm__ __volatile__("" : : : "memory");
	return 0;
}

static NOINLINE unsigned int read_clock(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) != 0;
}

/* What a record reads twice. */
static NOINLINE unsigned int read_counter(void)
{
	__asm__ __volatile__("" : : "r"(arch_counter()));
	return 0;
}

/* Launches. */

static NOINLINE unsigned int launch_chevrons(void)
{
	dim3 grid, block;
	size_t shared;
	cudaStream_t stream;

	if (__cudaPushCallConfiguration(one, one, 0, bench.stream) != 0)
		return 1;
	if (__cudaPopCallConfiguration(&grid, &block, &shared, &stream) != cudaSuccess)
		return 1;
	return __cudaLaunchKernel(bench.by_stub, grid, block, args, shared, stream);
}

static NOINLINE unsigned int launch_ex(void)
{
	cudaLaunchConfig_t config = { .gridDim = one, .blockDim = one, .stream = bench.stream };

	return cudaLaunchKernelExC(&config, bench.stub, args);
}

CALLS(empty, nothing())
CALLS(clock_reading, read_clock())
CALLS(counter_reading, read_counter())
CALLS(launch_stub, cudaLaunchKernel(bench.stub, one, one, args, 0, bench.stream))
CALLS(launch_handle, cudaLaunchKernel(bench.by_handle, one, one, args, 0, bench.stream))
CALLS(launch_arrows, launch_chevrons())
CALLS(launch_config, launch_ex())
CALLS(launch_graph, cudaGraphLaunch(bench.graph, bench.stream))

/* Copies and fills. */

#define COPY_ASYNC(to, from, kind) \
	cudaMemcpyAsync(bench.to, bench.from, BENCH_BYTES, cudaMemcpy##kind, bench.stream)

CALLS(copy_to_device_async, COPY_ASYNC(device, pinned, HostToDevice))
CALLS(copy_to_host_async, COPY_ASYNC(pinned, device, DeviceToHost))
CALLS(copy_on_device_async, COPY_ASYNC(device2, device, DeviceToDevice))
CALLS(copy_default_async, COPY_ASYNC(device, pinned, Default))
CALLS(copy_to_host, cudaMemcpy(bench.pageable, bench.device, BENCH_BYTES, cudaMemcpyDeviceToHost))
CALLS(copy_to_device, cudaMemcpy(bench.device, bench.pageable, BENCH_BYTES, cudaMemcpyHostToDevice))
CALLS(fill_async, cudaMemsetAsync(bench.device, 0, BENCH_BYTES, bench.stream))

/* Streams and events. */

static NOINLINE unsigned int stream_pair(void)
{
	cudaStream_t stream;
	unsigned int error = cudaStreamCreate(&stream);

	return error != 0 ? error : cudaStreamDestroy(stream);
}

static NOINLINE unsigned int event_pair(void)
{
	cudaEvent_t event;
	unsigned int error = cudaEventCreate(&event);

	return error != 0 ? error : cudaEventDestroy(event);
}

static NOINLINE unsigned int untimed_event_pair(void)
{
	cudaEvent_t event;
	unsigned int error = cudaEventCreateWithFlags(&event, cudaEventDisableTiming);

	return error != 0 ? error : cudaEventDestroy(event);
}

static NOINLINE unsigned int elapsed(void)
{
	float ms;

	return cudaEventElapsedTime(&ms, bench.timed, bench.timed2);
}

CALLS(event_record, cudaEventRecord(bench.event, bench.stream))
CALLS(event_record_timed, cudaEventRecord(bench.timed, bench.stream))
CALLS(event_query, cudaEventQuery(bench.event))
CALLS(event_wait, cudaEventSynchronize(bench.event))
CALLS(event_elapsed, elapsed())
CALLS(event_life, event_pair())
CALLS(event_life_untimed, untimed_event_pair())
CALLS(stream_wait, cudaStreamWaitEvent(bench.stream, bench.event, 0))
CALLS(stream_query, cudaStreamQuery(bench.stream))
CALLS(stream_synchronize, cudaStreamSynchronize(bench.stream))
CALLS(stream_life, stream_pair())
CALLS(device_synchronize, cudaDeviceSynchronize())

/* Capture. */

static NOINLINE unsigned int is_capturing(void)
{
	enum cudaStreamCaptureStatus status;

	return cudaStreamIsCapturing(bench.stream, &status);
}

static NOINLINE unsigned int capture_info(void)
{
	enum cudaStreamCaptureStatus status;
	unsigned long long id;

	return cudaStreamGetCaptureInfo(bench.stream, &status, &id, NULL, NULL, NULL, NULL);
}

static NOINLINE unsigned int exchange_mode(void)
{
	enum cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;

	return cudaThreadExchangeStreamCaptureMode(&mode);
}

static NOINLINE unsigned int empty_capture(void)
{
	cudaGraph_t graph;
	unsigned int error = cudaStreamBeginCapture(bench.stream, cudaStreamCaptureModeThreadLocal);

	if (error == 0)
		error = cudaStreamEndCapture(bench.stream, &graph);
	return error != 0 ? error : cudaGraphDestroy(graph);
}

CALLS(capturing, is_capturing())
CALLS(capture_state, capture_info())
CALLS(capture_mode, exchange_mode())
CALLS(capture, empty_capture())

/* Memory. */

static NOINLINE unsigned int device_pair(void)
{
	void *memory;
	unsigned int error = cudaMalloc(&memory, BENCH_LARGE);

	return error != 0 ? error : cudaFree(memory);
}

static NOINLINE unsigned int async_pair(void)
{
	void *memory;
	unsigned int error = cudaMallocAsync(&memory, BENCH_LARGE, bench.stream);

	return error != 0 ? error : cudaFreeAsync(memory, bench.stream);
}

static NOINLINE unsigned int host_pair(void)
{
	void *memory;
	unsigned int error = cudaMallocHost(&memory, BENCH_BYTES);

	return error != 0 ? error : cudaFreeHost(memory);
}

static NOINLINE unsigned int attributes_of(const void *pointer)
{
	struct cudaPointerAttributes attributes;

	return cudaPointerGetAttributes(&attributes, pointer);
}

static NOINLINE unsigned int memory_info(void)
{
	size_t available, total;

	return cudaMemGetInfo(&available, &total);
}

static NOINLINE unsigned int device_pointer(void)
{
	void *pointer;

	return cudaHostGetDevicePointer(&pointer, bench.pinned, 0);
}

CALLS(device_memory, device_pair())
CALLS(pool_memory, async_pair())
CALLS(host_memory, host_pair())
CALLS(attributes_device, attributes_of(bench.device))
CALLS(attributes_pinned, attributes_of(bench.pinned))
CALLS(attributes_pageable, attributes_of(bench.pageable))
CALLS(memory_available, memory_info())
CALLS(host_device_pointer, device_pointer())

/* Kernels' properties. */

static NOINLINE unsigned int function_attributes(void)
{
	struct cudaFuncAttributes attributes;

	return cudaFuncGetAttributes(&attributes, bench.stub);
}

static NOINLINE unsigned int set_attribute(void)
{
	return cudaFuncSetAttribute(bench.stub, cudaFuncAttributeMaxDynamicSharedMemorySize, 1024);
}

static NOINLINE unsigned int occupancy(void)
{
	int blocks;

	return cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, bench.stub, 256, 0);
}

CALLS(kernel_attributes, function_attributes())
CALLS(kernel_set_attribute, set_attribute())
CALLS(kernel_occupancy, occupancy())

/* Devices, errors, versions. */

static NOINLINE unsigned int get_device(void)
{
	int device;

	return cudaGetDevice(&device);
}

static NOINLINE unsigned int get_count(void)
{
	int count;

	return cudaGetDeviceCount(&count);
}

static NOINLINE unsigned int get_attribute(void)
{
	int value;

	return cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, 0);
}

static NOINLINE unsigned int get_properties(void)
{
	static struct cudaDeviceProp properties;

	return cudaGetDeviceProperties(&properties, 0);
}

static NOINLINE unsigned int runtime_version(void)
{
	int version;

	return cudaRuntimeGetVersion(&version);
}

static NOINLINE unsigned int driver_version(void)
{
	int version;

	return cudaDriverGetVersion(&version);
}

CALLS(device_get, get_device())
CALLS(device_set, cudaSetDevice(0))
CALLS(device_count, get_count())
CALLS(device_attribute, get_attribute())
CALLS(device_properties, get_properties())
CALLS(last_error, cudaGetLastError())
CALLS(peek_error, cudaPeekAtLastError())
CALLS(error_name, cudaGetErrorName(cudaErrorIllegalAddress) == NULL)
CALLS(error_string, cudaGetErrorString(cudaErrorIllegalAddress) == NULL)
CALLS(version_of_runtime, runtime_version())
CALLS(version_of_driver, driver_version())

const struct bench_call bench_calls[] = {
	/* The host's speed and the driver's, for comparing runs and for judging the rows below. */
	{ "(empty function)", empty, 10000, false, 0 },
	{ "(clock_gettime)", clock_reading, 1000, false, 0 },
	{ "(counter)", counter_reading, 1000, false, 0 },
	{ "(cuCtxGetCurrent)", bench_get_current, 1000, false, 0 },
	{ "(cuCtxSetCurrent, the same)", bench_set_current, 1000, false, 0 },
	{ "(cuCtxGetId)", bench_context_id, 1000, false, 0 },
	{ "(cuCtxGetDevice)", bench_get_device, 1000, false, 0 },
	{ "(cuLaunchKernel, CUkernel)", bench_launch_kernel, 400, true, 0 },
	{ "(cuLaunchKernel, CUfunction)", bench_launch_function, 400, true, 0 },
	{ "(cuKernelGetFunction)", bench_function_of, 1000, false, 0 },
	{ "(cuKernelGetAttribute)", bench_kernel_attribute, 1000, false, 0 },
	{ "(cuFuncGetAttribute)", bench_function_attribute, 1000, false, 0 },
	{ "(cuOccupancy..., CUkernel)", bench_occupancy_kernel, 500, false, 0 },
	{ "(cuOccupancy..., CUfunction)", bench_occupancy_function, 500, false, 0 },
	{ "(cuEventQuery)", bench_event_query, 1000, false, 0 },
	{ "(cuStreamQuery)", bench_stream_query, 1000, false, 0 },
	{ "(cuStreamIsCapturing)", bench_stream_capturing, 1000, false, 0 },
	{ "(cuPointerGetAttribute)", bench_pointer_type, 1000, false, 0 },

	{ "cudaLaunchKernel, stub", launch_stub, 400, true, 1 },
	{ "cudaLaunchKernel, cudaKernel_t", launch_handle, 400, true, 0 },
	{ "kernel<<<>>>", launch_arrows, 400, true, 3 },
	{ "cudaLaunchKernelExC", launch_config, 400, true, 0 },
	{ "cudaGraphLaunch, 3 kernels", launch_graph, 100, true, 0 },

	{ "cudaMemcpyAsync H2D 64 B", copy_to_device_async, 400, true, 1 },
	{ "cudaMemcpyAsync D2H 64 B", copy_to_host_async, 400, true, 0 },
	{ "cudaMemcpyAsync D2D 64 B", copy_on_device_async, 400, true, 0 },
	{ "cudaMemcpyAsync default 64 B", copy_default_async, 400, true, 0 },
	{ "cudaMemcpy D2H 64 B", copy_to_host, 50, false, 0 },
	{ "cudaMemcpy H2D 64 B", copy_to_device, 50, false, 0 },
	{ "cudaMemsetAsync 64 B", fill_async, 400, true, 1 },

	{ "cudaEventRecord", event_record, 400, true, 1 },
	{ "cudaEventRecord, timing", event_record_timed, 400, true, 1 },
	{ "cudaEventQuery", event_query, 1000, false, 1 },
	{ "cudaEventSynchronize, done", event_wait, 1000, false, 0 },
	{ "cudaEventElapsedTime", event_elapsed, 1000, false, 0 },
	{ "cudaEventCreate+Destroy", event_life, 200, false, 0 },
	{ "cudaEventCreateWithFlags+Destroy", event_life_untimed, 200, false, 0 },
	{ "cudaStreamWaitEvent", stream_wait, 400, true, 0 },
	{ "cudaStreamQuery", stream_query, 1000, false, 1 },
	{ "cudaStreamSynchronize, idle", stream_synchronize, 1000, false, 1 },
	{ "cudaStreamCreate+Destroy", stream_life, 20, false, 0 },
	{ "cudaDeviceSynchronize, idle", device_synchronize, 200, false, 0 },

	{ "cudaStreamIsCapturing", capturing, 1000, false, 1 },
	{ "cudaStreamGetCaptureInfo", capture_state, 1000, false, 0 },
	{ "cudaThreadExchangeStreamCaptureMode", capture_mode, 1000, false, 0 },
	{ "cudaStreamBeginCapture+EndCapture", capture, 100, false, 0 },

	{ "cudaMalloc+Free 1 MiB", device_memory, 100, false, 2 },
	{ "cudaMallocAsync+FreeAsync 1 MiB", pool_memory, 100, true, 2 },
	{ "cudaMallocHost+FreeHost 64 B", host_memory, 20, false, 0 },
	{ "cudaPointerGetAttributes, device", attributes_device, 1000, false, 1 },
	{ "cudaPointerGetAttributes, pinned", attributes_pinned, 1000, false, 0 },
	{ "cudaPointerGetAttributes, pageable", attributes_pageable, 1000, false, 0 },
	{ "cudaHostGetDevicePointer", host_device_pointer, 1000, false, 0 },
	{ "cudaMemGetInfo", memory_available, 20, false, 0 },

	{ "cudaFuncGetAttributes", kernel_attributes, 500, false, 1 },
	{ "cudaFuncSetAttribute", kernel_set_attribute, 500, false, 0 },
	{ "cudaOccupancyMaxActiveBlocksPerMultiprocessor", kernel_occupancy, 500, false, 1 },

	{ "cudaGetDevice", device_get, 1000, false, 1 },
	{ "cudaSetDevice", device_set, 1000, false, 1 },
	{ "cudaGetDeviceCount", device_count, 1000, false, 0 },
	{ "cudaDeviceGetAttribute", device_attribute, 1000, false, 1 },
	{ "cudaGetDeviceProperties", device_properties, 1000, false, 1 },
	{ "cudaGetLastError", last_error, 1000, false, 1 },
	{ "cudaPeekAtLastError", peek_error, 1000, false, 0 },
	{ "cudaGetErrorName", error_name, 1000, false, 0 },
	{ "cudaGetErrorString", error_string, 1000, false, 0 },
	{ "cudaRuntimeGetVersion", version_of_runtime, 1000, false, 0 },
	{ "cudaDriverGetVersion", version_of_driver, 1000, false, 0 },
	{ NULL, NULL, 0, false, 0 },
};
