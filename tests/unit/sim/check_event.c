/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of the simulated driver.
 */
#include <check.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "sim_fixture.h"

static atomic_bool let_go;

static void hold_up(void *unused)
{
	(void)unused;
	while (!let_go)
		usleep(100);
}

static void count(void *counter)
{
	(*(atomic_int *)counter)++;
}

static CUstream new_stream(void)
{
	CUstream stream;

	OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	return stream;
}

static CUevent new_event(unsigned int flags)
{
	CUevent event;

	OK(cuEventCreate(&event, flags));
	return event;
}

START_TEST(an_event_never_recorded_is_done)
{
	CUevent event;

	begin();
	event = new_event(0);
	OK(cuEventQuery(event));
	OK(cuEventSynchronize(event));
	OK(cuStreamWaitEvent(NULL, event, 0));
}
END_TEST

START_TEST(a_recorded_event_is_done_after_the_work_before_it)
{
	CUstream stream;
	CUevent event;

	begin();
	stream = new_stream();
	event = new_event(0);
	OK(cuLaunchHostFunc(stream, hold_up, NULL));
	OK(cuEventRecord(event, stream));
	FAILS(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	let_go = true;
	OK(cuEventSynchronize(event));
	OK(cuEventQuery(event));
}
END_TEST

START_TEST(a_stream_waits_for_an_event_of_another)
{
	atomic_int done = 0;
	CUstream first, second;
	CUevent event;

	begin();
	first = new_stream();
	second = new_stream();
	event = new_event(CU_EVENT_DISABLE_TIMING);
	OK(cuLaunchHostFunc(first, hold_up, NULL));
	OK(cuEventRecord(event, first));
	OK(cuStreamWaitEvent(second, event, 0));
	OK(cuLaunchHostFunc(second, count, &done));
	usleep(20000);
	ck_assert_int_eq(done, 0);
	let_go = true;
	OK(cuStreamSynchronize(second));
	ck_assert_int_eq(done, 1);
}
END_TEST

START_TEST(a_wait_is_for_the_recording_at_the_time_of_the_call)
{
	CUstream quick, slow, waiter;
	CUevent event;

	begin();
	quick = new_stream();
	slow = new_stream();
	waiter = new_stream();
	event = new_event(0);
	OK(cuEventRecord(event, quick));
	OK(cuStreamWaitEvent(waiter, event, 0));
	OK(cuLaunchHostFunc(slow, hold_up, NULL));
	OK(cuEventRecord(event, slow));
	OK(cuStreamSynchronize(waiter));
	FAILS(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	let_go = true;
}
END_TEST

START_TEST(a_wait_outlives_its_event)
{
	atomic_int done = 0;
	CUstream first, second;
	CUevent event;

	begin();
	first = new_stream();
	second = new_stream();
	event = new_event(0);
	OK(cuLaunchHostFunc(first, hold_up, NULL));
	OK(cuEventRecord(event, first));
	OK(cuStreamWaitEvent(second, event, 0));
	OK(cuLaunchHostFunc(second, count, &done));
	OK(cuEventDestroy_v2(event));
	FAILS(cuEventQuery(event), CUDA_ERROR_INVALID_HANDLE);
	let_go = true;
	OK(cuStreamSynchronize(second));
	ck_assert_int_eq(done, 1);
}
END_TEST

static void sleep_20_ms(void *unused)
{
	(void)unused;
	usleep(20000);
}

START_TEST(elapsed_time_is_the_time_between_two_events)
{
	CUstream stream;
	CUevent start, end;
	float ms = -1;

	begin();
	stream = new_stream();
	start = new_event(0);
	end = new_event(0);
	OK(cuEventRecord(start, stream));
	OK(cuLaunchHostFunc(stream, sleep_20_ms, NULL));
	OK(cuEventRecord(end, stream));
	OK(cuEventSynchronize(end));
	OK(cuEventElapsedTime_v2(&ms, start, end));
	ck_assert(ms >= 20 && ms < 20000);
	OK(cuEventElapsedTime(&ms, end, start));
	ck_assert(ms <= -20);
	OK(cuEventElapsedTime(&ms, start, start));
	ck_assert(ms == 0);
}
END_TEST

START_TEST(elapsed_time_needs_two_timed_recordings)
{
	CUevent recorded, untimed, fresh, pending;
	CUstream stream;
	float ms;

	begin();
	stream = new_stream();
	recorded = new_event(0);
	untimed = new_event(CU_EVENT_DISABLE_TIMING);
	fresh = new_event(0);
	pending = new_event(0);
	OK(cuEventRecord(recorded, stream));
	OK(cuEventRecord(untimed, stream));
	OK(cuLaunchHostFunc(stream, hold_up, NULL));
	OK(cuEventRecord(pending, stream));
	FAILS(cuEventElapsedTime_v2(&ms, recorded, untimed), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventElapsedTime_v2(&ms, recorded, fresh), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventElapsedTime_v2(&ms, recorded, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventElapsedTime_v2(NULL, recorded, recorded), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventElapsedTime_v2(&ms, recorded, pending), CUDA_ERROR_NOT_READY);
	let_go = true;
}
END_TEST

START_TEST(elapsed_time_ends_with_the_context)
{
	CUevent event;
	float ms = 5;

	begin();
	event = new_event(0);
	OK(cuEventRecord(event, NULL));
	OK(cuEventSynchronize(event));
	OK(cuDevicePrimaryCtxReset_v2(0));
	FAILS(cuEventElapsedTime(&ms, event, event), CUDA_ERROR_CONTEXT_IS_DESTROYED);
	FAILS(cuEventElapsedTime_v2(&ms, event, event), CUDA_ERROR_CONTEXT_IS_DESTROYED);
	ck_assert(ms == 5);
}
END_TEST

START_TEST(flags_that_cannot_be_are_refused)
{
	CUevent event;

	begin();
	FAILS(cuEventCreate(&event, 0x10), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEventCreate(&event, CU_EVENT_INTERPROCESS), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEventCreate(NULL, 0), CUDA_ERROR_INVALID_VALUE);
	OK(cuEventCreate(&event, CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING));
	FAILS(cuEventRecordWithFlags(event, NULL, CU_EVENT_RECORD_EXTERNAL),
	      CUDA_ERROR_ILLEGAL_STATE);
	FAILS(cuEventRecordWithFlags(event, NULL, 2), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamWaitEvent(NULL, event, 2), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(null_and_stale_events_are_invalid_handles)
{
	begin();
	FAILS(cuEventQuery(NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventSynchronize(NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventRecord(NULL, NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventDestroy_v2(NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuStreamWaitEvent(NULL, NULL, 0), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuEventQuery((CUevent)0x1234567), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(an_event_is_recorded_on_streams_of_its_context_only)
{
	CUcontext first = begin(), other;
	CUevent event = new_event(0);

	OK(cuCtxCreate_v4(&other, NULL, 0, 1));
	FAILS(cuEventRecord(event, NULL), CUDA_ERROR_INVALID_HANDLE);
	OK(cuCtxPopCurrent_v2(NULL));
	OK(cuCtxGetCurrent(&other));
	ck_assert_ptr_eq(other, first);
	OK(cuEventRecord(event, NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim event");
	TCase *all = tcase_create("all");

	tcase_add_test(all, an_event_never_recorded_is_done);
	tcase_add_test(all, a_recorded_event_is_done_after_the_work_before_it);
	tcase_add_test(all, a_stream_waits_for_an_event_of_another);
	tcase_add_test(all, a_wait_is_for_the_recording_at_the_time_of_the_call);
	tcase_add_test(all, a_wait_outlives_its_event);
	tcase_add_test(all, elapsed_time_is_the_time_between_two_events);
	tcase_add_test(all, elapsed_time_needs_two_timed_recordings);
	tcase_add_test(all, elapsed_time_ends_with_the_context);
	tcase_add_test(all, flags_that_cannot_be_are_refused);
	tcase_add_test(all, null_and_stale_events_are_invalid_handles);
	tcase_add_test(all, an_event_is_recorded_on_streams_of_its_context_only);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
