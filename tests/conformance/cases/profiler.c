/* SPDX-License-Identifier: Apache-2.0 */
/* Profiler control. */
#include "conformance.h"

CASE(start_and_stop)
{
	DO(cudaProfilerStart());
	DO(cudaProfilerStop());
}

CASE(start_twice)
{
	DO(cudaProfilerStart());
	DO(cudaProfilerStart());
	DO(cudaProfilerStop());
	DO(cudaProfilerStop());
}

CASE(stop_first)
{
	DO(cudaProfilerStop());
}

static void stop_in_thread(void *unused)
{
	(void)unused;
	DO(cudaProfilerStop());
}

CASE(stopped_by_another_thread)
{
	DO(cudaProfilerStart());
	conf_in_thread(stop_in_thread, NULL);
	DO(cudaProfilerStop());
}

CASE(during_capture)
{
	enum cudaStreamCaptureStatus status = 0;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = UNTOUCHED;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaProfilerStart());
	DO(cudaProfilerStop());
	NEED(cudaStreamIsCapturing(stream, &status));
	SHOW(status);
	DO(cudaStreamEndCapture(stream, &graph));
}

CASE(after_reset)
{
	DO(cudaProfilerStart());
	DO(cudaDeviceReset());
	DO(cudaProfilerStop());
}
