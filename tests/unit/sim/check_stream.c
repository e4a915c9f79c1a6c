/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of the simulated driver: order within and between them, host functions, values.
 */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#include "sim_fixture.h"

/* A host function that holds its stream up until it is let go. */
static atomic_bool let_go;
static atomic_int running;

static void hold_up(void *unused)
{
	(void)unused;
	running++;
	while (!let_go)
		usleep(100);
}

static CUstream held_up(unsigned int flags)
{
	CUstream stream;

	OK(cuStreamCreate(&stream, flags));
	OK(cuLaunchHostFunc(stream, hold_up, NULL));
	while (!running)
		usleep(100);
	return stream;
}

static char order[16];
static atomic_int order_count;

static void note(void *letter)
{
	order[order_count++] = *(const char *)letter;
}

START_TEST(work_is_not_done_when_the_call_returns)
{
	CUstream stream;

	begin();
	stream = held_up(0);
	FAILS(cuStreamQuery(stream), CUDA_ERROR_NOT_READY);
	let_go = true;
	OK(cuStreamSynchronize(stream));
	OK(cuStreamQuery(stream));
}
END_TEST

START_TEST(a_stream_keeps_its_order)
{
	CUstream stream;

	begin();
	stream = held_up(0);
	for (const char *letter = "abcdef"; *letter; letter++)
		OK(cuLaunchHostFunc(stream, note, (void *)letter));
	let_go = true;
	OK(cuStreamSynchronize(stream));
	ck_assert_str_eq(order, "abcdef");
}
END_TEST

START_TEST(streams_do_not_wait_for_each_other)
{
	CUstream other;

	begin();
	held_up(0);
	OK(cuStreamCreate(&other, 0));
	OK(cuLaunchHostFunc(other, note, "x"));
	OK(cuStreamSynchronize(other));
	ck_assert_str_eq(order, "x");
	let_go = true;
}
END_TEST

START_TEST(the_legacy_stream_waits_for_blocking_streams)
{
	begin();
	held_up(0);
	OK(cuLaunchHostFunc(NULL, note, "l"));
	usleep(20000);
	ck_assert_int_eq(order_count, 0);
	FAILS(cuStreamQuery(NULL), CUDA_ERROR_NOT_READY);
	let_go = true;
	OK(cuStreamSynchronize(NULL));
	ck_assert_str_eq(order, "l");
}
END_TEST

START_TEST(blocking_streams_wait_for_the_legacy_stream)
{
	CUstream stream;

	begin();
	OK(cuStreamCreate(&stream, 0));
	OK(cuLaunchHostFunc(CU_STREAM_LEGACY, hold_up, NULL));
	OK(cuLaunchHostFunc(stream, note, "b"));
	usleep(20000);
	ck_assert_int_eq(order_count, 0);
	let_go = true;
	OK(cuStreamSynchronize(stream));
	ck_assert_str_eq(order, "b");
}
END_TEST

START_TEST(non_blocking_streams_ignore_the_legacy_stream)
{
	CUstream stream;

	begin();
	OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	OK(cuLaunchHostFunc(CU_STREAM_LEGACY, hold_up, NULL));
	OK(cuLaunchHostFunc(stream, note, "n"));
	OK(cuStreamSynchronize(stream));
	ck_assert_str_eq(order, "n");
	let_go = true;
}
END_TEST

START_TEST(the_context_waits_for_all_its_streams)
{
	CUstream a, b;

	begin();
	OK(cuStreamCreate(&a, CU_STREAM_NON_BLOCKING));
	OK(cuStreamCreate(&b, 0));
	let_go = true;
	for (int i = 0; i < 4; i++) {
		OK(cuLaunchHostFunc(a, note, "a"));
		OK(cuLaunchHostFunc(b, hold_up, NULL));
	}
	OK(cuCtxSynchronize());
	ck_assert_int_eq(order_count, 4);
	ck_assert_int_eq(running, 4);
}
END_TEST

static void *per_thread_id(void *out)
{
	CUcontext ctx;

	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	OK(cuCtxSetCurrent(ctx));
	OK(cuStreamGetId(CU_STREAM_PER_THREAD, out));
	OK(cuLaunchHostFunc_ptsz(NULL, note, "t"));
	OK(cuStreamSynchronize_ptsz(NULL));
	return NULL;
}

START_TEST(each_thread_has_a_default_stream_of_its_own)
{
	unsigned long long mine, again, theirs, legacy;
	pthread_t thread;

	begin();
	OK(cuStreamGetId(CU_STREAM_PER_THREAD, &mine));
	OK(cuStreamGetId_ptsz(NULL, &again));
	OK(cuStreamGetId(NULL, &legacy));
	pthread_create(&thread, NULL, per_thread_id, &theirs);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(mine, again);
	ck_assert_uint_ne(mine, theirs);
	ck_assert_uint_ne(mine, legacy);
}
END_TEST

START_TEST(priorities_are_cut_to_the_range)
{
	CUstream stream;
	int priority;

	begin();
	OK(cuStreamCreateWithPriority(&stream, CU_STREAM_NON_BLOCKING, -99));
	OK(cuStreamGetPriority(stream, &priority));
	ck_assert_int_eq(priority, -5);
	OK(cuStreamCreateWithPriority(&stream, 0, 99));
	OK(cuStreamGetPriority(stream, &priority));
	ck_assert_int_eq(priority, 0);
	FAILS(cuStreamCreate(&stream, 2), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_stream_knows_its_context_device_and_flags)
{
	CUcontext ctx = begin(), found;
	unsigned int flags;
	CUstream stream;
	CUdevice dev;

	OK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
	OK(cuStreamGetCtx(stream, &found));
	ck_assert_ptr_eq(found, ctx);
	OK(cuStreamGetDevice(stream, &dev));
	ck_assert_int_eq(dev, 0);
	OK(cuStreamGetFlags(stream, &flags));
	ck_assert_uint_eq(flags, CU_STREAM_NON_BLOCKING);
}
END_TEST

START_TEST(handles_never_made_or_destroyed_are_invalid)
{
	CUstream stream;

	begin();
	FAILS(cuStreamQuery((CUstream)0x1234567), CUDA_ERROR_INVALID_HANDLE);
	OK(cuStreamCreate(&stream, 0));
	OK(cuStreamDestroy_v2(stream));
	FAILS(cuStreamQuery(stream), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuStreamDestroy_v2(NULL), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuStreamDestroy_v2(CU_STREAM_LEGACY), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(destroying_a_stream_lets_its_work_finish)
{
	CUstream stream;

	begin();
	stream = held_up(0);
	OK(cuLaunchHostFunc(stream, note, "z"));
	OK(cuStreamDestroy_v2(stream));
	ck_assert_int_eq(order_count, 0);
	let_go = true;
	OK(cuCtxSynchronize());
	ck_assert_str_eq(order, "z");
}
END_TEST

static atomic_int inner_result;

static void call_the_driver(void *memory)
{
	inner_result = (int)cuMemFree_v2((CUdeviceptr)memory);
}

START_TEST(host_functions_may_not_call_the_driver)
{
	CUdeviceptr memory;

	begin();
	memory = device_memory(64);
	OK(cuLaunchHostFunc(NULL, call_the_driver, (void *)memory));
	OK(cuStreamSynchronize(NULL));
	ck_assert_int_eq(inner_result, CUDA_ERROR_NOT_PERMITTED);
	FAILS(cuLaunchHostFunc(NULL, NULL, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

static atomic_int callback_status = -1;
static CUstream callback_stream;

static void callback(CUstream stream, CUresult status, void *data)
{
	(void)data;
	callback_stream = stream;
	callback_status = (int)status;
}

START_TEST(callbacks_are_told_stream_and_status)
{
	CUstream stream;

	begin();
	OK(cuStreamCreate(&stream, 0));
	OK(cuStreamAddCallback(stream, callback, NULL, 0));
	OK(cuStreamSynchronize(stream));
	ck_assert_int_eq(callback_status, CUDA_SUCCESS);
	ck_assert_ptr_eq(callback_stream, stream);
	FAILS(cuStreamAddCallback(stream, callback, NULL, 1), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamAddCallback(stream, NULL, NULL, 0), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_stream_waits_until_a_value_is_there)
{
	CUdeviceptr memory;
	CUstream waiter, writer;

	begin();
	memory = device_memory(64);
	OK(cuMemsetD8_v2(memory, 0, 64));
	OK(cuStreamCreate(&waiter, CU_STREAM_NON_BLOCKING));
	OK(cuStreamCreate(&writer, CU_STREAM_NON_BLOCKING));
	OK(cuStreamWaitValue32(waiter, memory, 5, CU_STREAM_WAIT_VALUE_EQ));
	OK(cuLaunchHostFunc(waiter, note, "w"));
	usleep(10000);
	FAILS(cuStreamQuery(waiter), CUDA_ERROR_NOT_READY);
	OK(cuStreamWriteValue32(writer, memory, 5, 0));
	OK(cuStreamSynchronize(waiter));
	ck_assert_str_eq(order, "w");
	FAILS(cuStreamWriteValue32(writer, memory + 1, 5, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamWaitValue32(writer, memory, 5, 99), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(attributes_are_those_a_stream_has)
{
	CUstreamAttrValue value = { .syncPolicy = CU_SYNC_POLICY_YIELD };
	CUstream stream, other;

	begin();
	OK(cuStreamCreate(&stream, 0));
	OK(cuStreamCreate(&other, 0));
	OK(cuStreamSetAttribute(stream, CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
	OK(cuStreamCopyAttributes(other, stream));
	value.syncPolicy = CU_SYNC_POLICY_SPIN;
	OK(cuStreamGetAttribute(other, CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value));
	ck_assert_int_eq(value.syncPolicy, CU_SYNC_POLICY_YIELD);
	value.syncPolicy = (CUsynchronizationPolicy)9;
	FAILS(cuStreamSetAttribute(stream, CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamGetAttribute(stream, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &value),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

static void *hammer(void *memory)
{
	CUstream stream;
	CUcontext ctx;

	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	OK(cuCtxSetCurrent(ctx));
	for (int i = 0; i < 100; i++) {
		CUdeviceptr block;
		CUevent event;

		OK(cuStreamCreate(&stream, (unsigned int)i % 2));
		OK(cuEventCreate(&event, 0));
		OK(cuMemAllocAsync(&block, 4096, stream));
		OK(cuMemsetD8Async(block, 1, 4096, stream));
		OK(cuEventRecord(event, stream));
		OK(cuStreamWaitEvent(CU_STREAM_PER_THREAD, event, 0));
		OK(cuMemcpyDtoDAsync_v2((CUdeviceptr)memory, block, 64, CU_STREAM_PER_THREAD));
		OK(cuMemFreeAsync(block, CU_STREAM_PER_THREAD));
		OK(cuStreamSynchronize(CU_STREAM_PER_THREAD));
		OK(cuEventDestroy_v2(event));
		OK(cuStreamDestroy_v2(stream));
	}
	return NULL;
}

START_TEST(threads_use_the_driver_at_once)
{
	enum {
		THREADS = 4
	};
	pthread_t threads[THREADS];
	CUdeviceptr memory[THREADS];

	begin();
	for (int i = 0; i < THREADS; i++) {
		memory[i] = device_memory(64);
		pthread_create(&threads[i], NULL, hammer, (void *)memory[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	OK(cuCtxSynchronize());
}
END_TEST

START_TEST(a_reset_ends_the_streams_after_their_work)
{
	CUcontext ctx = begin();
	CUstream stream;

	OK(cuStreamCreate(&stream, 0));
	OK(cuLaunchHostFunc(stream, note, "r"));
	OK(cuStreamQuery_ptsz(NULL));
	OK(cuDevicePrimaryCtxReset_v2(0));
	ck_assert_str_eq(order, "r");
	OK(cuDevicePrimaryCtxRetain(&ctx, 0));
	FAILS(cuStreamQuery(stream), CUDA_ERROR_INVALID_HANDLE);
	OK(cuStreamQuery_ptsz(NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim stream");
	TCase *all = tcase_create("all");

	tcase_add_test(all, work_is_not_done_when_the_call_returns);
	tcase_add_test(all, a_stream_keeps_its_order);
	tcase_add_test(all, streams_do_not_wait_for_each_other);
	tcase_add_test(all, the_legacy_stream_waits_for_blocking_streams);
	tcase_add_test(all, blocking_streams_wait_for_the_legacy_stream);
	tcase_add_test(all, non_blocking_streams_ignore_the_legacy_stream);
	tcase_add_test(all, the_context_waits_for_all_its_streams);
	tcase_add_test(all, each_thread_has_a_default_stream_of_its_own);
	tcase_add_test(all, priorities_are_cut_to_the_range);
	tcase_add_test(all, a_stream_knows_its_context_device_and_flags);
	tcase_add_test(all, handles_never_made_or_destroyed_are_invalid);
	tcase_add_test(all, destroying_a_stream_lets_its_work_finish);
	tcase_add_test(all, host_functions_may_not_call_the_driver);
	tcase_add_test(all, callbacks_are_told_stream_and_status);
	tcase_add_test(all, a_stream_waits_until_a_value_is_there);
	tcase_add_test(all, attributes_are_those_a_stream_has);
	tcase_add_test(all, threads_use_the_driver_at_once);
	tcase_add_test(all, a_reset_ends_the_streams_after_their_work);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
