/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and events that processes share over the simulated driver.
 */
#include <check.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "process_fixture.h"

#define LARGE ((size_t)4 << 20)
#define LAZY  CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS

/* ---- memory ---- */

static CUdeviceptr filled(unsigned char value, size_t size)
{
	CUdeviceptr memory = device_memory(size);

	fill(memory, value, size);
	return memory;
}

static CUdeviceptr opened(CUipcMemHandle handle)
{
	CUdeviceptr memory = 0;

	OK(cuIpcOpenMemHandle_v2(&memory, handle, LAZY));
	return memory;
}

static void read_and_write(const struct other *parent)
{
	struct message m = hear(parent);
	CUdeviceptr memory = opened(m.memory);

	ck_assert_uint_eq(byte_at(memory), 0x42);
	ck_assert_uint_eq(byte_at(memory + LARGE - 1), 0x42);
	fill(memory + LARGE - 1, 0x99, 1);
	OK(cuIpcCloseMemHandle(memory));
	tell(parent, &m);
}

START_TEST(both_processes_see_what_either_writes)
{
	struct other other = start(read_and_write);
	struct message m = { 0 };
	CUdeviceptr memory;

	begin();
	memory = filled(0x42, LARGE);
	OK(cuIpcGetMemHandle(&m.memory, memory));
	let_run(&other, &m);
	ck_assert_uint_eq(byte_at(memory), 0x42);
	ck_assert_uint_eq(byte_at(memory + LARGE - 1), 0x99);
	finish(&other);
}
END_TEST

static void open_neighbours(const struct other *parent)
{
	struct message m = hear(parent);
	CUdeviceptr first = opened(m.memory), second = opened(m.more);

	ck_assert_uint_eq(byte_at(first), 0x11);
	ck_assert_uint_eq(byte_at(second), 0x22);
	fill(first, 0x33, 512);
	ck_assert_uint_eq(byte_at(second), 0x22);
	OK(cuIpcCloseMemHandle(first));
	ck_assert_uint_eq(byte_at(second), 0x22);
	tell(parent, &m);
}

START_TEST(small_blocks_are_shared_each_for_itself)
{
	struct other other = start(open_neighbours);
	struct message m = { 0 };
	CUdeviceptr first, second;

	begin();
	first = filled(0x11, 512);
	second = filled(0x22, 512);
	OK(cuIpcGetMemHandle(&m.more, second));
	OK(cuIpcGetMemHandle(&m.memory, first));
	let_run(&other, &m);
	ck_assert_uint_eq(byte_at(first), 0x33);
	ck_assert_uint_eq(byte_at(second), 0x22);
	finish(&other);
}
END_TEST

START_TEST(a_handle_is_of_the_whole_allocation)
{
	CUipcMemHandle whole, inside, other;
	CUdeviceptr memory;

	begin();
	memory = device_memory(LARGE);
	OK(cuIpcGetMemHandle(&whole, memory));
	OK(cuIpcGetMemHandle(&inside, memory + 256));
	OK(cuIpcGetMemHandle(&other, device_memory(LARGE)));
	ck_assert_mem_eq(&whole, &inside, sizeof(whole));
	ck_assert_mem_ne(&whole, &other, sizeof(whole));
}
END_TEST

static void open_twice(const struct other *parent)
{
	struct message m = hear(parent);
	CUdeviceptr memory = opened(m.memory);

	ck_assert_uint_eq(opened(m.memory), memory);
	FAILS(cuIpcCloseMemHandle(memory + 8), CUDA_ERROR_INVALID_VALUE);
	OK(cuIpcCloseMemHandle(memory));
	ck_assert_uint_eq(byte_at(memory), 0x42);
	OK(cuIpcCloseMemHandle(memory));
	FAILS(cuIpcCloseMemHandle(memory), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemsetD8_v2(memory, 0, 1), CUDA_ERROR_INVALID_VALUE);
	tell(parent, &m);
}

START_TEST(opened_twice_it_has_to_be_closed_twice)
{
	struct other other = start(open_twice);
	struct message m = { 0 };

	begin();
	OK(cuIpcGetMemHandle(&m.memory, filled(0x42, LARGE)));
	let_run(&other, &m);
	finish(&other);
}
END_TEST

static void use_as_ones_own(const struct other *parent)
{
	struct message m = hear(parent);
	CUdeviceptr memory = opened(m.memory);

	FAILS(cuIpcGetMemHandle(&m.more, memory), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuMemFree_v2(memory), CUDA_ERROR_INVALID_VALUE);
	ck_assert_uint_eq(byte_at(memory), 0x42);
	tell(parent, &m);
}

START_TEST(opened_memory_is_neither_freed_nor_handed_on)
{
	struct other other = start(use_as_ones_own);
	struct message m = { 0 };

	begin();
	OK(cuIpcGetMemHandle(&m.memory, filled(0x42, LARGE)));
	let_run(&other, &m);
	finish(&other);
}
END_TEST

static void keep_open(const struct other *parent)
{
	struct message m = hear(parent);
	CUdeviceptr memory = opened(m.memory), again;

	OK(cuMemsetD8_v2(memory, 0x17, LARGE));
	OK(cuCtxSynchronize());
	tell(parent, &m);
	m = hear(parent);
	ck_assert_uint_eq(byte_at(memory), 0x17);
	OK(cuIpcCloseMemHandle(memory));
	FAILS(cuIpcOpenMemHandle_v2(&again, m.memory, LAZY), CUDA_ERROR_MAP_FAILED);
	tell(parent, &m);
}

START_TEST(what_was_freed_is_shared_no_more)
{
	struct other other = start(keep_open);
	struct message m = { 0 };
	CUdeviceptr memory;

	begin();
	memory = filled(0x42, LARGE);
	OK(cuIpcGetMemHandle(&m.memory, memory));
	let_run(&other, &m);
	OK(cuMemFree_v2(memory));
	/* The same addresses, but the memory is another. */
	ck_assert_uint_eq(filled(0x55, LARGE), memory);
	let_run(&other, &m);
	ck_assert_uint_eq(byte_at(memory), 0x55);
	finish(&other);
}
END_TEST

static void make_and_end(const struct other *parent)
{
	struct message m = { 0 };
	CUevent event;

	OK(cuIpcGetMemHandle(&m.memory, filled(0x42, LARGE)));
	OK(cuEventCreate(&event, CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING));
	OK(cuIpcGetEventHandle(&m.event, event));
	tell(parent, &m);
}

START_TEST(nothing_is_opened_of_a_process_that_has_ended)
{
	struct other other = start(make_and_end);
	struct message m = hear(&other);
	CUdeviceptr memory;
	CUevent event;

	finish(&other);
	begin();
	FAILS(cuIpcOpenMemHandle_v2(&memory, m.memory, LAZY), CUDA_ERROR_MAP_FAILED);
	FAILS(cuIpcOpenEventHandle(&event, m.event), CUDA_ERROR_MAP_FAILED);
}
END_TEST

START_TEST(what_is_no_handle_is_refused)
{
	CUipcMemHandle handle, garbage;
	CUipcEventHandle event_garbage;
	CUdeviceptr memory;
	CUevent event;

	memset(&garbage, 0x77, sizeof(garbage));
	memset(&event_garbage, 0x77, sizeof(event_garbage));
	begin();
	FAILS(cuIpcOpenMemHandle_v2(&memory, garbage, LAZY), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuIpcOpenEventHandle(&event, event_garbage), CUDA_ERROR_MAP_FAILED);
	OK(cuIpcGetMemHandle(&handle, device_memory(64)));
	FAILS(cuIpcOpenMemHandle_v2(&memory, handle, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuIpcOpenMemHandle_v2(NULL, handle, LAZY), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuIpcGetMemHandle(NULL, device_memory(64)), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuIpcGetMemHandle(&handle, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuIpcCloseMemHandle(device_memory(64)), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

/* ---- events ---- */

static atomic_bool let_go;

static void hold_up(void *unused)
{
	(void)unused;
	while (!let_go)
		usleep(100);
}

static CUevent shared_event(void)
{
	CUevent event;

	OK(cuEventCreate(&event, CU_EVENT_INTERPROCESS | CU_EVENT_DISABLE_TIMING));
	return event;
}

static CUstream new_stream(void)
{
	CUstream stream;

	OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	return stream;
}

static void record_behind_work(CUevent event)
{
	CUstream stream = new_stream();

	OK(cuLaunchHostFunc(stream, hold_up, NULL));
	OK(cuEventRecord(event, stream));
}

static void wait_for_it(const struct other *parent)
{
	struct message m = hear(parent);
	CUstream stream = new_stream();
	CUevent event;

	OK(cuIpcOpenEventHandle(&event, m.event));
	FAILS(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	OK(cuStreamWaitEvent(stream, event, 0));
	FAILS(cuStreamQuery(stream), CUDA_ERROR_NOT_READY);
	tell(parent, &m);
	hear(parent);
	OK(cuEventSynchronize(event));
	OK(cuEventQuery(event));
	OK(cuStreamSynchronize(stream));
	FAILS(cuIpcGetEventHandle(&m.event, event), CUDA_ERROR_INVALID_HANDLE);
	OK(cuEventDestroy_v2(event));
	tell(parent, &m);
}

static void check_waiting(bool recorded_first)
{
	struct other other = start(wait_for_it);
	struct message m = { 0 };
	CUevent event;

	begin();
	event = shared_event();
	if (recorded_first)
		record_behind_work(event);
	OK(cuIpcGetEventHandle(&m.event, event));
	if (!recorded_first)
		record_behind_work(event);
	let_run(&other, &m);
	FAILS(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	let_go = true;
	let_run(&other, &m);
	OK(cuEventSynchronize(event));
	finish(&other);
}

START_TEST(another_process_waits_for_an_event)
{
	check_waiting(false);
}
END_TEST

START_TEST(a_recording_under_way_is_shared_too)
{
	check_waiting(true);
}
END_TEST

static void record_the_parents(const struct other *parent)
{
	struct message m = hear(parent);
	CUevent event;

	OK(cuIpcOpenEventHandle(&event, m.event));
	OK(cuEventQuery(event));
	record_behind_work(event);
	tell(parent, &m);
	hear(parent);
	let_go = true;
	OK(cuEventSynchronize(event));
	tell(parent, &m);
}

START_TEST(who_opened_an_event_can_record_it)
{
	struct other other = start(record_the_parents);
	struct message m = { 0 };
	CUstream stream;
	CUevent event;

	begin();
	stream = new_stream();
	event = shared_event();
	OK(cuIpcGetEventHandle(&m.event, event));
	let_run(&other, &m);
	FAILS(cuEventQuery(event), CUDA_ERROR_NOT_READY);
	OK(cuStreamWaitEvent(stream, event, 0));
	FAILS(cuStreamQuery(stream), CUDA_ERROR_NOT_READY);
	let_run(&other, &m);
	OK(cuEventSynchronize(event));
	OK(cuStreamSynchronize(stream));
	finish(&other);
}
END_TEST

START_TEST(events_are_shared_only_if_made_for_it)
{
	CUipcEventHandle handle;
	CUevent plain, event, own;

	begin();
	OK(cuEventCreate(&plain, CU_EVENT_DISABLE_TIMING));
	FAILS(cuIpcGetEventHandle(&handle, plain), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuIpcGetEventHandle(&handle, NULL), CUDA_ERROR_INVALID_VALUE);
	event = shared_event();
	FAILS(cuIpcGetEventHandle(NULL, event), CUDA_ERROR_INVALID_VALUE);
	OK(cuIpcGetEventHandle(&handle, event));
	FAILS(cuIpcOpenEventHandle(&own, handle), CUDA_ERROR_INVALID_CONTEXT);
	FAILS(cuIpcOpenEventHandle(NULL, handle), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

static TCase *memory_tests(void)
{
	TCase *memory = tcase_create("memory");

	tcase_add_test(memory, both_processes_see_what_either_writes);
	tcase_add_test(memory, small_blocks_are_shared_each_for_itself);
	tcase_add_test(memory, a_handle_is_of_the_whole_allocation);
	tcase_add_test(memory, opened_twice_it_has_to_be_closed_twice);
	tcase_add_test(memory, opened_memory_is_neither_freed_nor_handed_on);
	tcase_add_test(memory, what_was_freed_is_shared_no_more);
	tcase_add_test(memory, nothing_is_opened_of_a_process_that_has_ended);
	tcase_add_test(memory, what_is_no_handle_is_refused);
	return memory;
}

static TCase *event_tests(void)
{
	TCase *events = tcase_create("events");

	tcase_add_test(events, another_process_waits_for_an_event);
	tcase_add_test(events, a_recording_under_way_is_shared_too);
	tcase_add_test(events, who_opened_an_event_can_record_it);
	tcase_add_test(events, events_are_shared_only_if_made_for_it);
	return events;
}

int main(void)
{
	Suite *suite = suite_create("sim ipc");

	suite_add_tcase(suite, memory_tests());
	suite_add_tcase(suite, event_tests());
	return run_suite(suite);
}
