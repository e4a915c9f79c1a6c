/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/thread.c: who gets which ring. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/record/runner.h"

static struct fixture_record record;

struct work {
	uint64_t calls;
	uint32_t tid;
};

static void *work(void *arg)
{
	struct work *w = arg;

	w->tid = (uint32_t)gettid();
	for (uint64_t i = 0; i < w->calls; i++)
		fixture_call(i);
	return NULL;
}

/* In a thread of its own, to its end. */
static uint32_t run(uint64_t calls)
{
	struct work w = { .calls = calls };
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, work, &w), 0);
	pthread_join(thread, NULL);
	return w.tid;
}

static void make(enum ctr_overflow overflow, uint32_t ring_bytes, uint64_t total_bytes)
{
	fixture_make(&(struct fixture_settings){
		.overflow = overflow, .ring_bytes = ring_bytes, .total_bytes = total_bytes });
}

START_TEST(each_thread_has_a_ring)
{
	struct fixture_ring r;
	uint32_t tid;

	make(CTR_OVERFLOW_DROP, 0, 0);
	fixture_call(1);
	tid = run(3);
	ck_assert_uint_eq(fixture_slot(0)->ring_count, 2);
	r = fixture_ring_open(0, 1);
	ck_assert_uint_eq(r.ring->tid, tid);
	ck_assert_uint_eq(r.ring->recorded, 3);
	ck_assert_uint_eq(fixture_ring_open(0, 0).ring->recorded, 1);
}
END_TEST

START_TEST(a_thread_says_when_it_ends)
{
	struct ctr_control_thread thread;
	struct fixture_ring r;
	uint32_t tid;

	make(CTR_OVERFLOW_DROP, 0, 0);
	tid = run(2);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->state, CTR_RING_IDLE);
	fixture_next_call(&r, &record);
	fixture_next_call(&r, &record);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(record.head.function, CTR_CONTROL_THREAD_END);
	ck_assert(record.committed);
	memcpy(&thread, record.payload, sizeof(thread));
	ck_assert_uint_eq(thread.tid, tid);
	ck_assert(!fixture_next(&r, &record));
}
END_TEST

START_TEST(a_drained_ring_goes_to_the_next_thread)
{
	struct ctr_control_thread thread;
	struct fixture_ring r;
	uint32_t tid;

	make(CTR_OVERFLOW_DROP, 0, 0);
	run(2);
	r = fixture_ring_open(0, 0);
	fixture_drain(&r);
	tid = run(3);
	ck_assert_uint_eq(fixture_count("ring."), 1);
	ck_assert_uint_eq(r.ring->tid, tid);
	ck_assert_uint_eq(r.ring->recorded, 5);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(record.head.function, CTR_CONTROL_THREAD);
	memcpy(&thread, record.payload, sizeof(thread));
	ck_assert_uint_eq(thread.tid, tid);
}
END_TEST

START_TEST(a_ring_with_records_is_left_to_the_collector)
{
	make(CTR_OVERFLOW_DROP, 0, 0);
	run(2);
	run(3);
	ck_assert_uint_eq(fixture_count("ring."), 2);
	ck_assert_uint_eq(fixture_ring_open(0, 0).ring->recorded, 2);
}
END_TEST

START_TEST(a_ring_with_records_is_shared_when_there_is_no_other)
{
	struct fixture_ring r;

	make(CTR_OVERFLOW_DROP, 16 << 10, 20 << 10);
	run(2);
	run(3);
	ck_assert_uint_eq(fixture_count("ring."), 1);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->recorded, 5);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 0);
}
END_TEST

START_TEST(short_threads_of_a_flight_recorder_stay_within_the_budget)
{
	struct fixture_ring r;

	make(CTR_OVERFLOW_OVERWRITE, 16 << 10, 100 << 10);
	for (int i = 0; i < 200; i++)
		run(100);
	ck_assert_uint_eq(fixture_count("ring."), 5);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 0);
	for (unsigned int i = 0; i < 5; i++) {
		r = fixture_ring_open(0, i);
		ck_assert_uint_eq(r.ring->recorded, 4000);
		while (fixture_next(&r, &record))
			ck_assert(record.committed);
	}
}
END_TEST

START_TEST(a_failed_ring_leaves_no_gap_in_the_numbers)
{
	make(CTR_OVERFLOW_DROP, 16 << 10, 20 << 10);
	fixture_session()->bytes_used = 20 << 10;
	fixture_call(1);
	fixture_session()->bytes_used = 0;
	run(1);
	ck_assert_uint_eq(fixture_ring_open(0, 0).ring->recorded, 1);
}
END_TEST

static pthread_key_t late_key;

static void call_late(void *arg)
{
	(void)arg;
	fixture_call(4711);
}

static void *set_late(void *arg)
{
	pthread_setspecific(late_key, &late_key);
	return work(arg);
}

/* Thread-local objects of C++ free device memory in their destructors. */
START_TEST(calls_of_later_destructors_are_recorded)
{
	struct work w = { .calls = 1 };
	struct fixture_ring r;
	pthread_t thread;

	make(CTR_OVERFLOW_DROP, 0, 0);
	/* The recorder's key is made first, so that its destructor runs first. */
	fixture_call(0);
	ck_assert_int_eq(pthread_key_create(&late_key, call_late), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, set_late, &w), 0);
	pthread_join(thread, NULL);
	r = fixture_ring_open(0, 2);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 4711);
	ck_assert_uint_eq(r.ring->state, CTR_RING_IDLE);
}
END_TEST

#define THREADS 64

static void end_thread(void *data)
{
	pthread_exit(data);
}

static void *end_in_call(void *arg)
{
	fixture_call_around(1, 4711, end_thread, NULL);
	return arg;
}

/* Its call never commits; the ring must not be stuck at it for all threads to come. */
static void leave_call_behind(void)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, end_in_call, NULL), 0);
	pthread_join(thread, NULL);
}

START_TEST(a_call_that_its_thread_never_left_is_settled)
{
	struct fixture_ring r;

	make(CTR_OVERFLOW_DROP, 4096, CTR_RING_HEADER_SIZE + 4096);
	leave_call_behind();
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->settled, r.ring->head);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(!record.committed);
	ck_assert_uint_lt(record.number, r.ring->settled);
	run(1);
	ck_assert_uint_eq(r.ring->settled, r.ring->head);
}
END_TEST

START_TEST(a_flight_recorder_overwrites_what_an_ended_thread_left)
{
	struct fixture_ring r;

	make(CTR_OVERFLOW_OVERWRITE, 4096, CTR_RING_HEADER_SIZE + 4096);
	leave_call_behind();
	run(1000);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->lost_full, 0);
	ck_assert_uint_eq(r.ring->recorded, 1001);
}
END_TEST

START_TEST(many_threads_lose_nothing)
{
	struct work w[THREADS];
	pthread_t threads[THREADS];
	uint64_t recorded = 0;

	make(CTR_OVERFLOW_DROP, 256 << 10, 0);
	for (int i = 0; i < THREADS; i++) {
		w[i].calls = 4000;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &w[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned int i = 0; i < fixture_slot(0)->ring_count; i++) {
		struct fixture_ring r = fixture_ring_open(0, i);
		uint64_t n = 0;

		while (fixture_next_call(&r, &record)) {
			ck_assert(record.committed);
			ck_assert_uint_eq(fixture_argument(&record), n++);
		}
		recorded += n;
		fixture_expect_balanced(&r);
		fixture_ring_close(&r);
	}
	ck_assert_uint_eq(recorded, THREADS * 4000);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 0);
}
END_TEST

/* Alive all at once: none can take over the ring of another. */
static void *call_together(void *barrier)
{
	fixture_call(1);
	pthread_barrier_wait(barrier);
	return NULL;
}

/* A container's whole /dev/shm is 64 MB, and a collector gives half of it to rings. */
START_TEST(a_thousand_threads_fit_into_64_megabytes)
{
	static pthread_t threads[1000];
	pthread_barrier_t together;
	int n;

	make(CTR_OVERFLOW_OVERWRITE, 256 << 10, 31 << 20);
	pthread_barrier_init(&together, NULL, 1000);
	for (n = 0; n < 1000; n++)
		ck_assert_int_eq(pthread_create(&threads[n], NULL, call_together, &together), 0);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(fixture_slot(0)->lost_no_ring, 0);
	ck_assert_uint_le(fixture_session()->bytes_used, 31 << 20);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/thread");

	suite_test(s, each_thread_has_a_ring);
	suite_test(s, a_thread_says_when_it_ends);
	suite_test(s, a_drained_ring_goes_to_the_next_thread);
	suite_test(s, a_ring_with_records_is_left_to_the_collector);
	suite_test(s, a_ring_with_records_is_shared_when_there_is_no_other);
	suite_test(s, short_threads_of_a_flight_recorder_stay_within_the_budget);
	suite_test(s, a_failed_ring_leaves_no_gap_in_the_numbers);
	suite_test(s, calls_of_later_destructors_are_recorded);
	suite_test(s, a_call_that_its_thread_never_left_is_settled);
	suite_test(s, a_flight_recorder_overwrites_what_an_ended_thread_left);
	suite_test(s, many_threads_lose_nothing);
	suite_test(s, a_thousand_threads_fit_into_64_megabytes);
	return s;
}
