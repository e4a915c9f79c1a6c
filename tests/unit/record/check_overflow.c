/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/overflow.c and of loss records (control.c): block, drop, overwrite. */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "unit/record/runner.h"

/* With 64 cells: 2 for the thread, 62 calls. */
#define ROOM 62

static struct fixture_record record;

static struct fixture_ring make(const struct fixture_settings *settings)
{
	struct fixture_settings small = *settings;

	small.ring_bytes = 4096;
	fixture_make(&small);
	fixture_call(0);
	return fixture_ring_open(0, 0);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

START_TEST(a_full_ring_drops_and_counts)
{
	struct fixture_ring r = make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });

	for (uint64_t i = 1; i < ROOM; i++)
		ck_assert_int_eq(fixture_call(i), 1);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(fixture_call(1000), 0);
	ck_assert_uint_eq(r.ring->calls, ROOM + 5);
	ck_assert_uint_eq(r.ring->recorded, ROOM);
	ck_assert_uint_eq(r.ring->lost_full, 5);
	fixture_expect_balanced(&r);
	for (uint64_t i = 0; i < ROOM; i++) {
		ck_assert(fixture_next_call(&r, &record));
		ck_assert_uint_eq(fixture_argument(&record), i);
	}
	ck_assert(!fixture_next(&r, &record));
}
END_TEST

START_TEST(a_loss_is_told_before_the_next_record)
{
	struct fixture_ring r = make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	struct ctr_control_loss loss;
	uint64_t last;

	for (uint64_t i = 1; i < ROOM + 3; i++)
		fixture_call(i);
	last = r.cells[63].start;
	fixture_drain(&r);
	ck_assert_int_eq(fixture_call(77), 1);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(record.head.function, CTR_CONTROL_LOSS);
	ck_assert(record.committed);
	memcpy(&loss, record.payload, sizeof(loss));
	ck_assert_uint_eq(loss.full, 3);
	ck_assert_uint_eq(loss.reentered, 0);
	ck_assert_uint_gt(record.head.start, last);
	ck_assert_uint_gt(record.head.end, record.head.start);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 77);
	fixture_call(78);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 78);
}
END_TEST

START_TEST(a_loss_needs_room_for_itself_and_the_record)
{
	struct fixture_ring r = make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });

	for (uint64_t i = 1; i < ROOM + 1; i++)
		fixture_call(i);
	/* One cell is free: not enough. */
	__atomic_store_n(&r.ring->tail, 1, __ATOMIC_RELEASE);
	ck_assert_int_eq(fixture_call(1), 0);
	__atomic_store_n(&r.ring->tail, 2, __ATOMIC_RELEASE);
	ck_assert_int_eq(fixture_call(1), 1);
	ck_assert_uint_eq(r.ring->lost_full, 2);
	fixture_expect_balanced(&r);
}
END_TEST

/* What a consumer writes into the shared page must not lead the program astray. */
START_TEST(a_tail_that_cannot_be_is_not_believed)
{
	struct fixture_ring r = make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });

	for (uint64_t i = 1; i < ROOM; i++)
		fixture_call(i);
	__atomic_store_n(&r.ring->tail, UINT64_MAX - 5, __ATOMIC_RELEASE);
	ck_assert_int_eq(fixture_call(1), 0);
	__atomic_store_n(&r.ring->tail, 1000000, __ATOMIC_RELEASE);
	ck_assert_int_eq(fixture_call(1), 0);
	ck_assert_uint_eq(r.ring->head, 64);
}
END_TEST

static void *drain_later(void *arg)
{
	const struct timespec pause = { .tv_nsec = 30000000 };

	nanosleep(&pause, NULL);
	fixture_drain(arg);
	return NULL;
}

START_TEST(a_full_ring_waits_for_the_collector)
{
	struct fixture_ring r = make(&(struct fixture_settings){
		.overflow = CTR_OVERFLOW_BLOCK, .attended = true, .block_timeout_ns = UINT64_MAX });
	pthread_t collector;
	double start;

	for (uint64_t i = 1; i < ROOM; i++)
		fixture_call(i);
	ck_assert_uint_eq(r.ring->head, 64);
	pthread_create(&collector, NULL, drain_later, &r);
	start = seconds();
	errno = 4242;
	ck_assert_int_eq(fixture_call(99), 1);
	ck_assert_int_eq(errno, 4242);
	ck_assert(seconds() - start > 0.015);
	pthread_join(collector, NULL);
	ck_assert(fixture_next(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 99);
	ck_assert_uint_eq(record.head.flags, CTR_CELL_WAITED | CTR_CELL_OUTPUTS);
	ck_assert_uint_eq(r.ring->lost_full, 0);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(without_a_collector_nobody_waits)
{
	struct fixture_ring r = make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_BLOCK,
								 .block_timeout_ns = UINT64_MAX });
	double start = seconds();

	for (uint64_t i = 1; i < ROOM + 10; i++)
		fixture_call(i);
	ck_assert(seconds() - start < 5);
	ck_assert_uint_eq(r.ring->lost_full, 10);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(a_wait_ends_at_the_timeout_and_is_not_repeated)
{
	struct fixture_ring r = make(&(struct fixture_settings){
		.overflow = CTR_OVERFLOW_BLOCK, .attended = true, .block_timeout_ns = 200000000 });
	double start = seconds();

	for (uint64_t i = 1; i < ROOM + 50; i++)
		fixture_call(i);
	ck_assert(seconds() - start > 0.2);
	ck_assert(seconds() - start < 2);
	ck_assert_uint_eq(r.ring->lost_full, 50);
	fixture_expect_balanced(&r);
}
END_TEST

static void *end_session_later(void *arg)
{
	const struct timespec pause = { .tv_nsec = 30000000 };

	nanosleep(&pause, NULL);
	__atomic_store_n(&fixture_session()->state, CTR_SESSION_ENDED, __ATOMIC_RELEASE);
	return arg;
}

START_TEST(the_end_of_the_session_ends_a_wait)
{
	struct fixture_ring r = make(&(struct fixture_settings){
		.overflow = CTR_OVERFLOW_BLOCK, .attended = true, .block_timeout_ns = UINT64_MAX });
	pthread_t collector;

	pthread_create(&collector, NULL, end_session_later, NULL);
	for (uint64_t i = 1; i < ROOM + 10; i++)
		fixture_call(i);
	pthread_join(collector, NULL);
	ck_assert_uint_eq(r.ring->lost_ended, 10);
	ck_assert_uint_eq(r.ring->lost_full, 0);
	fixture_expect_balanced(&r);
}
END_TEST

/* The lock cannot be looked at: the collector's number is. */
START_TEST(a_program_without_descriptors_still_waits)
{
	struct fixture_ring r = make(&(struct fixture_settings){
		.overflow = CTR_OVERFLOW_BLOCK, .attended = true, .block_timeout_ns = 5000000000 });
	struct rlimit before, none;
	pthread_t collector;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	fixture_session()->creator_pid = (uint32_t)getpid();
	for (uint64_t i = 1; i < ROOM; i++)
		fixture_call(i);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	pthread_create(&collector, NULL, drain_later, &r);
	ck_assert_int_eq(fixture_call(1), 1);
	pthread_join(collector, NULL);
	/* A sanitizer opens files at the end. */
	setrlimit(RLIMIT_NOFILE, &before);
	ck_assert_uint_eq(r.ring->lost_full, 0);
}
END_TEST

START_TEST(after_a_timeout_a_consumer_that_moves_is_waited_for_again)
{
	struct fixture_ring r = make(&(struct fixture_settings){
		.overflow = CTR_OVERFLOW_BLOCK, .attended = true, .block_timeout_ns = 50000000 });
	pthread_t collector;

	for (uint64_t i = 1; i < ROOM + 1; i++)
		fixture_call(i);
	ck_assert_uint_eq(r.ring->lost_full, 1);
	fixture_drain(&r);
	for (uint64_t i = 0; i < 63; i++)
		ck_assert_int_eq(fixture_call(i), 1);
	pthread_create(&collector, NULL, drain_later, &r);
	ck_assert_int_eq(fixture_call(1), 1);
	pthread_join(collector, NULL);
	ck_assert_uint_eq(r.ring->lost_full, 1);
}
END_TEST

static void fill(void *data)
{
	(void)data;
	for (uint64_t i = 1; i < 100; i++)
		fixture_call(i);
}

/* The consumer cannot take the call in flight, which is this thread's own. */
START_TEST(nobody_waits_for_a_call_in_flight)
{
	struct fixture_ring r = make(&(struct fixture_settings){
		.overflow = CTR_OVERFLOW_BLOCK, .attended = true, .block_timeout_ns = UINT64_MAX });

	fixture_drain(&r);
	fixture_call_around(1, 4711, fill, NULL);
	ck_assert_uint_eq(r.ring->lost_full, 99 - 63);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(record.committed);
	ck_assert_uint_eq(fixture_argument(&record), 4711);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(a_flight_recorder_keeps_the_newest)
{
	struct fixture_ring r =
		make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_OVERWRITE });
	uint64_t first, n = 0;

	for (uint64_t i = 1; i <= 1000; i++)
		ck_assert_int_eq(fixture_call_around(1 + i % 3, i, NULL, NULL), 1);
	ck_assert_uint_le(r.ring->head - r.ring->tail, 64);
	ck_assert_uint_ge(r.ring->head - r.ring->tail, 48);
	r.at = r.ring->tail;
	ck_assert(fixture_next_call(&r, &record));
	first = fixture_argument(&record);
	do {
		ck_assert(record.committed);
		ck_assert_uint_eq(fixture_argument(&record), first + n);
		n++;
	} while (fixture_next_call(&r, &record));
	ck_assert_uint_eq(first + n, 1001);
	ck_assert_uint_eq(r.ring->lost_full, 0);
	ck_assert_uint_eq(r.ring->recorded, 1001);
}
END_TEST

START_TEST(a_flight_recorder_ignores_what_others_do_to_its_tail)
{
	struct fixture_ring r =
		make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_OVERWRITE });

	for (uint64_t i = 1; i <= 1000; i++) {
		__atomic_store_n(&r.ring->tail, i % 2 ? 0 : UINT64_MAX, __ATOMIC_RELAXED);
		ck_assert_int_eq(fixture_call(i), 1);
	}
	ck_assert_uint_eq(r.ring->recorded, 1001);
}
END_TEST

START_TEST(a_flight_recorder_never_overwrites_a_call_in_flight)
{
	struct fixture_ring r =
		make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_OVERWRITE });

	fixture_call_around(2, 4711, fill, NULL);
	ck_assert_uint_gt(r.ring->lost_full, 0);
	fixture_expect_balanced(&r);
	r.at = r.ring->tail;
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(record.committed);
	ck_assert_uint_eq(fixture_argument(&record), 4711);
	while (fixture_next(&r, &record))
		ck_assert(record.committed);
	/* And it goes on afterwards. */
	ck_assert_int_eq(fixture_call(1), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/overflow");

	suite_test(s, a_full_ring_drops_and_counts);
	suite_test(s, a_loss_is_told_before_the_next_record);
	suite_test(s, a_loss_needs_room_for_itself_and_the_record);
	suite_test(s, a_tail_that_cannot_be_is_not_believed);
	suite_test(s, a_full_ring_waits_for_the_collector);
	suite_test(s, without_a_collector_nobody_waits);
	suite_test(s, a_wait_ends_at_the_timeout_and_is_not_repeated);
	suite_test(s, the_end_of_the_session_ends_a_wait);
	suite_test(s, a_program_without_descriptors_still_waits);
	suite_test(s, after_a_timeout_a_consumer_that_moves_is_waited_for_again);
	suite_test(s, nobody_waits_for_a_call_in_flight);
	suite_test(s, a_flight_recorder_keeps_the_newest);
	suite_test(s, a_flight_recorder_ignores_what_others_do_to_its_tail);
	suite_test(s, a_flight_recorder_never_overwrites_a_call_in_flight);
	return s;
}
