/* SPDX-License-Identifier: Apache-2.0 */
/* Events. */
#include "conformance.h"

CASE(create)
{
	cudaEvent_t event = UNTOUCHED;

	DO(cudaEventCreate(&event));
	SHOW(event);
	DO(cudaEventQuery(event));
	DO(cudaEventSynchronize(event));
	DO(cudaEventDestroy(event));
}

CASE(create_null)
{
	DO(cudaEventCreate(NULL));
}

CASE(create_with_flags)
{
	for (unsigned int flags = 0; flags < 8; flags++) {
		cudaEvent_t event = UNTOUCHED;

		SHOW(flags);
		if (DO(cudaEventCreateWithFlags(&event, flags)) == cudaSuccess)
			NEED(cudaEventDestroy(event));
		else
			SHOW(event);
	}
}

CASE(create_with_bad_flags)
{
	static const unsigned int bad[] = { 0x8, 0x10, 0x20, 0x100, 0x80000000u, ~0u };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cudaEvent_t event = UNTOUCHED;

		DO(cudaEventCreateWithFlags(&event, bad[i]));
		SHOW(event);
	}
}

CASE(create_with_flags_null)
{
	DO(cudaEventCreateWithFlags(NULL, 0));
	DO(cudaEventCreateWithFlags(NULL, 0x10));
}

CASE(null_event)
{
	float ms = 5;
	cudaEvent_t event = NULL;

	NEED(cudaEventCreate(&event));
	DO(cudaEventQuery(NULL));
	DO(cudaEventSynchronize(NULL));
	DO(cudaEventDestroy(NULL));
	DO(cudaEventRecord(NULL, NULL));
	DO(cudaEventRecordWithFlags(NULL, NULL, 0));
	DO(cudaEventElapsedTime(&ms, NULL, NULL));
	DO(cudaEventElapsedTime(&ms, event, NULL));
	DO(cudaEventElapsedTime(&ms, NULL, event));
	SHOW(ms);
	DO(cudaStreamWaitEvent(NULL, NULL, 0));
}

CASE(null_event_first_call)
{
	DO(cudaEventQuery(NULL));
}

CASE(record_and_query)
{
	struct conf_busy busy;
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	conf_occupy(&busy, stream);
	DO(cudaEventQuery(event));
	DO(cudaEventRecord(event, stream));
	DO(cudaEventQuery(event));
	DO_KEEP(cudaEventQuery(event));
	DO_KEEP(cudaPeekAtLastError());
	conf_release(&busy);
	DO(cudaEventQuery(event));
	DO(cudaEventSynchronize(event));
}

CASE(not_ready_keeps_last_error)
{
	struct conf_busy busy;
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	conf_occupy(&busy, stream);
	NEED(cudaEventRecord(event, stream));
	DO_KEEP(cudaEventQuery(NULL));
	DO_KEEP(cudaEventQuery(event));
	DO(cudaGetLastError());
	conf_release(&busy);
}

CASE(record_again)
{
	struct conf_busy busy;
	cudaEvent_t event = NULL;
	cudaStream_t a = NULL, b = NULL;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking));
	NEED(cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking));
	NEED(cudaEventCreate(&event));
	conf_occupy(&busy, a);
	DO(cudaEventRecord(event, a));
	DO(cudaEventQuery(event));
	DO(cudaEventRecord(event, b));
	DO(cudaEventSynchronize(event));
	DO(cudaEventQuery(event));
	conf_release(&busy);
}

CASE(destroy_while_pending)
{
	struct conf_busy busy;
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	conf_occupy(&busy, stream);
	NEED(cudaEventRecord(event, stream));
	DO(cudaEventDestroy(event));
	conf_release(&busy);
	DO(cudaStreamQuery(stream));
}

CASE(record_on_default_streams)
{
	cudaEvent_t event = NULL;

	NEED(cudaEventCreate(&event));
	DO(cudaEventRecord(event, NULL));
	DO(cudaEventSynchronize(event));
	DO(cudaEventRecord(event, cudaStreamLegacy));
	DO(cudaEventSynchronize(event));
	DO(cudaEventRecord(event, cudaStreamPerThread));
	DO(cudaEventSynchronize(event));
}

/* Which default stream does NULL mean? */
CASE(record_on_null_with_legacy_busy)
{
	struct conf_busy busy;
	cudaEvent_t event = NULL;

	conf_register();
	NEED(cudaEventCreate(&event));
	conf_occupy(&busy, cudaStreamPerThread);
	DO(cudaEventRecord(event, cudaStreamPerThread));
	DO(cudaEventQuery(event));
	conf_release(&busy);
	DO(cudaEventQuery(event));
}

CASE(record_with_flags)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	DO(cudaEventRecordWithFlags(event, stream, cudaEventRecordDefault));
	DO(cudaEventRecordWithFlags(event, stream, cudaEventRecordExternal));
	DO(cudaEventRecordWithFlags(event, stream, 2));
	DO(cudaEventRecordWithFlags(event, stream, 3));
	DO(cudaEventRecordWithFlags(event, stream, ~0u));
	DO(cudaEventRecordWithFlags(event, NULL, 0));
	DO(cudaEventRecordWithFlags(NULL, stream, 2));
	DO(cudaEventSynchronize(event));
}

CASE(elapsed_time)
{
	cudaEvent_t a = NULL, b = NULL;
	float ms = -1;

	NEED(cudaEventCreate(&a));
	NEED(cudaEventCreate(&b));
	NEED(cudaEventRecord(a, NULL));
	NEED(cudaEventRecord(b, NULL));
	NEED(cudaEventSynchronize(b));
	DO(cudaEventElapsedTime(&ms, a, b));
	SHOW_IF(ms >= 0);
	SHOW_IF(ms < 10000);
	ms = -1;
	DO(cudaEventElapsedTime(&ms, a, a));
	SHOW(ms);
	DO(cudaEventElapsedTime(&ms, b, a));
	SHOW_IF(ms <= 0);
}

CASE(elapsed_time_not_recorded)
{
	cudaEvent_t a = NULL, b = NULL;
	float ms = -1;

	NEED(cudaEventCreate(&a));
	NEED(cudaEventCreate(&b));
	DO(cudaEventElapsedTime(&ms, a, b));
	SHOW(ms);
	NEED(cudaEventRecord(a, NULL));
	NEED(cudaEventSynchronize(a));
	DO(cudaEventElapsedTime(&ms, a, b));
	SHOW(ms);
	DO(cudaEventElapsedTime(&ms, b, a));
	SHOW(ms);
}

CASE(elapsed_time_without_timing)
{
	cudaEvent_t a = NULL, b = NULL;
	float ms = -1;

	NEED(cudaEventCreateWithFlags(&a, cudaEventDisableTiming));
	NEED(cudaEventCreate(&b));
	NEED(cudaEventRecord(a, NULL));
	NEED(cudaEventRecord(b, NULL));
	NEED(cudaDeviceSynchronize());
	DO(cudaEventElapsedTime(&ms, a, b));
	DO(cudaEventElapsedTime(&ms, b, a));
	DO(cudaEventElapsedTime(&ms, a, a));
	SHOW(ms);
}

CASE(elapsed_time_busy)
{
	struct conf_busy busy;
	cudaEvent_t a = NULL, b = NULL;
	cudaStream_t stream = NULL;
	float ms = -1;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&a));
	NEED(cudaEventCreate(&b));
	NEED(cudaEventRecord(a, stream));
	NEED(cudaStreamSynchronize(stream));
	conf_occupy(&busy, stream);
	NEED(cudaEventRecord(b, stream));
	DO(cudaEventElapsedTime(&ms, a, b));
	SHOW(ms);
	DO(cudaEventElapsedTime(&ms, b, a));
	conf_release(&busy);
	DO(cudaEventElapsedTime(&ms, a, b));
	SHOW_IF(ms > 0);
}

CASE(elapsed_time_null_output)
{
	cudaEvent_t a = NULL;

	NEED(cudaEventCreate(&a));
	DO(cudaEventElapsedTime(NULL, a, a));
	NEED(cudaEventRecord(a, NULL));
	NEED(cudaEventSynchronize(a));
	DO(cudaEventElapsedTime(NULL, a, a));
}

CASE(elapsed_time_two_streams)
{
	cudaEvent_t a = NULL, b = NULL;
	cudaStream_t s = NULL;
	float ms = -1;

	NEED(cudaStreamCreate(&s));
	NEED(cudaEventCreate(&a));
	NEED(cudaEventCreate(&b));
	NEED(cudaEventRecord(a, NULL));
	NEED(cudaEventRecord(b, s));
	NEED(cudaDeviceSynchronize());
	DO(cudaEventElapsedTime(&ms, a, b));
}

CASE(wait_event)
{
	struct conf_busy busy;
	cudaEvent_t event = NULL;
	cudaStream_t a = NULL, b = NULL;

	conf_register();
	NEED(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking));
	NEED(cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking));
	NEED(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
	conf_occupy(&busy, a);
	NEED(cudaEventRecord(event, a));
	DO(cudaStreamQuery(b));
	DO(cudaStreamWaitEvent(b, event, 0));
	DO(cudaStreamQuery(b));
	conf_release(&busy);
	DO(cudaStreamSynchronize(b));
	DO(cudaStreamQuery(b));
}

CASE(wait_event_never_recorded)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	DO(cudaStreamWaitEvent(stream, event, 0));
	DO(cudaStreamSynchronize(stream));
}

CASE(wait_event_flags)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreate(&event));
	NEED(cudaEventRecord(event, stream));
	DO(cudaStreamWaitEvent(stream, event, cudaEventWaitExternal));
	DO(cudaStreamWaitEvent(stream, event, 2));
	DO(cudaStreamWaitEvent(stream, event, ~0u));
	DO(cudaStreamWaitEvent(stream, NULL, 2));
	DO(cudaStreamWaitEvent(NULL, event, 0));
	DO(cudaStreamWaitEvent(cudaStreamPerThread, event, 0));
	DO(cudaStreamWaitEvent(cudaStreamLegacy, event, 0));
	DO(cudaDeviceSynchronize());
}

/* An event recorded in a capture stands for a node, which nothing outside can wait for. */
static void during_capture(enum cudaStreamCaptureMode mode)
{
	cudaEvent_t event = NULL, other = NULL, made = NULL;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaEventCreate(&event));
	NEED(cudaEventCreate(&other));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, mode));
	DO(cudaEventRecord(event, stream));
	DO(cudaEventCreate(&made));
	DO(cudaEventDestroy(made));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
	DO(cudaEventQuery(event));
	DO(cudaEventSynchronize(event));
}

CASE(capture_global)
{
	during_capture(cudaStreamCaptureModeGlobal);
}

CASE(capture_thread_local)
{
	during_capture(cudaStreamCaptureModeThreadLocal);
}

CASE(capture_relaxed)
{
	during_capture(cudaStreamCaptureModeRelaxed);
}

static cudaStream_t capturing(enum cudaStreamCaptureMode mode)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, mode));
	return stream;
}

static void end(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;

	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(capture_query_captured_event)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream;

	NEED(cudaEventCreate(&event));
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaEventRecord(event, stream));
	DO(cudaEventQuery(event));
	end(stream);
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaEventRecord(event, stream));
	DO(cudaEventSynchronize(event));
	end(stream);
}

CASE(capture_query_other_event)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream;

	NEED(cudaEventCreate(&event));
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaEventQuery(event));
	end(stream);
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaEventSynchronize(event));
	end(stream);
	stream = capturing(cudaStreamCaptureModeThreadLocal);
	DO(cudaEventQuery(event));
	end(stream);
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaEventQuery(event));
	DO(cudaEventSynchronize(event));
	end(stream);
}

CASE(capture_external_record)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream;

	NEED(cudaEventCreate(&event));
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaEventRecordWithFlags(event, stream, cudaEventRecordExternal));
	DO(cudaStreamWaitEvent(stream, event, cudaEventWaitExternal));
	end(stream);
}

CASE(capture_wait_outside_event)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream;

	NEED(cudaEventCreate(&event));
	NEED(cudaEventRecord(event, NULL));
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaStreamWaitEvent(stream, event, 0));
	end(stream);
}

CASE(capture_wait_never_recorded)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream;

	NEED(cudaEventCreate(&event));
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaStreamWaitEvent(stream, event, 0));
	end(stream);
}

CASE(capture_fork_and_join)
{
	cudaEvent_t out = NULL, back = NULL;
	cudaStream_t stream, other = NULL;

	NEED(cudaEventCreateWithFlags(&out, cudaEventDisableTiming));
	NEED(cudaEventCreateWithFlags(&back, cudaEventDisableTiming));
	NEED(cudaStreamCreate(&other));
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaEventRecord(out, stream));
	DO(cudaStreamWaitEvent(other, out, 0));
	DO(cudaEventRecord(back, other));
	DO(cudaStreamWaitEvent(stream, back, 0));
	end(stream);
	DO(cudaEventQuery(back));
	DO(cudaEventRecord(back, other));
	DO(cudaEventSynchronize(back));
}

CASE(capture_elapsed_time)
{
	cudaEvent_t a = NULL;
	cudaStream_t stream;
	float ms = -1;

	NEED(cudaEventCreate(&a));
	stream = capturing(cudaStreamCaptureModeRelaxed);
	NEED(cudaEventRecord(a, stream));
	DO(cudaEventElapsedTime(&ms, a, a));
	SHOW(ms);
	end(stream);
}

CASE(legacy_record_beside_capture)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream;

	NEED(cudaEventCreate(&event));
	stream = capturing(cudaStreamCaptureModeGlobal);
	DO(cudaEventRecord(event, cudaStreamLegacy));
	end(stream);
	stream = capturing(cudaStreamCaptureModeRelaxed);
	DO(cudaEventRecord(event, NULL));
	end(stream);
}

static void callback(void *data)
{
	cudaEvent_t made = UNTOUCHED;

	DO(cudaEventQuery(data));
	DO(cudaEventSynchronize(data));
	DO(cudaEventRecord(data, NULL));
	DO(cudaEventCreate(&made));
	SHOW(made);
}

CASE(from_host_function)
{
	cudaEvent_t event = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaEventCreate(&event));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaLaunchHostFunc(stream, callback, event));
	DO(cudaStreamSynchronize(stream));
	DO(cudaEventQuery(event));
}

static void in_thread(void *event)
{
	DO(cudaEventQuery(event));
	DO(cudaEventRecord(event, NULL));
	DO(cudaEventSynchronize(event));
}

CASE(two_threads)
{
	cudaEvent_t event = NULL;

	NEED(cudaEventCreate(&event));
	conf_in_thread(in_thread, event);
	DO(cudaEventQuery(event));
	DO(cudaEventDestroy(event));
}

static void in_thread_without_context(void *events)
{
	cudaEvent_t *event = events;
	float ms = -1;

	DO(cudaEventQuery(event[0]));
	DO(cudaEventSynchronize(event[0]));
	DO(cudaEventElapsedTime(&ms, event[0], event[0]));
	DO(cudaEventDestroy(event[0]));
	DO(cudaEventDestroy(event[1]));
}

CASE(first_calls_of_another_thread)
{
	cudaEvent_t event[2] = { NULL, NULL };

	NEED(cudaEventCreate(&event[0]));
	NEED(cudaEventCreate(&event[1]));
	NEED(cudaEventRecord(event[0], NULL));
	NEED(cudaEventRecord(event[1], NULL));
	conf_in_thread(in_thread_without_context, event);
}

CASE(destroyed_event)
{
	cudaEvent_t event = NULL;

	NEED(cudaEventCreate(&event));
	NEED(cudaEventDestroy(event));
	DO(cudaEventQuery(event));
}

CASE(after_reset)
{
	cudaEvent_t event = NULL;

	NEED(cudaEventCreate(&event));
	NEED(cudaDeviceReset());
	DO(cudaEventQuery(event));
}

CASE(after_sticky_error)
{
	cudaEvent_t event = NULL, other = NULL, made = UNTOUCHED;
	float ms = -1;

	conf_register();
	NEED(cudaEventCreate(&event));
	NEED(cudaEventCreate(&other));
	NEED(cudaEventRecord(other, NULL));
	NEED(cudaDeviceSynchronize());
	DO(LAUNCH(kernel_bad_address, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaEventQuery(event));
	DO(cudaEventQuery(other));
	DO(cudaEventSynchronize(other));
	DO(cudaEventElapsedTime(&ms, other, other));
	DO(cudaEventRecord(other, NULL));
	DO(cudaEventCreate(&made));
	DO(cudaEventQuery(NULL));
	DO(cudaEventDestroy(other));
}

CASE_TWO_DEVICES(event_of_other_device)
{
	cudaEvent_t event = NULL, other = NULL;
	cudaStream_t s0 = NULL, s1 = NULL;
	float ms = -1;

	NEED(cudaEventCreate(&event));
	NEED(cudaStreamCreate(&s0));
	NEED(cudaSetDevice(1));
	NEED(cudaEventCreate(&other));
	NEED(cudaStreamCreate(&s1));
	DO(cudaEventRecord(event, s1));
	DO(cudaEventRecord(other, s0));
	DO(cudaEventRecord(event, s0));
	DO(cudaStreamWaitEvent(s1, event, 0));
	DO(cudaEventRecord(other, s1));
	DO(cudaEventSynchronize(event));
	DO(cudaEventSynchronize(other));
	DO(cudaEventElapsedTime(&ms, event, other));
	DO(cudaEventDestroy(event));
}
