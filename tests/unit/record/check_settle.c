/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/settle.c: calls that a program leaves by a jump. */
#include <check.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "unit/record/runner.h"

static struct fixture_record record;
static sigjmp_buf back;
static int fell;

/* With 64 cells: 2 for the thread, 62 calls. */
static struct fixture_ring make(enum ctr_overflow overflow)
{
	fixture_make(&(struct fixture_settings){ .overflow = overflow,
						 .ring_bytes = 4096,
						 .attended = true,
						 .block_timeout_ns = 100000000 });
	fixture_call(0);
	return fixture_ring_open(0, 0);
}

static void leave(void *data)
{
	(void)data;
	siglongjmp(back, 1);
}

static __attribute__((noinline)) void leave_a_call(uint64_t argument)
{
	if (!sigsetjmp(back, 0))
		fixture_call_around(1, argument, leave, NULL);
}

/* Fills the ring up and goes on, as a consumer takes whatever is committed. */
static void call_and_drain(struct fixture_ring *r, int n)
{
	for (int i = 0; i < n; i++) {
		fixture_call(7);
		while (fixture_next(r, &record) && record.committed)
			__atomic_store_n(&r->ring->tail, r->at, __ATOMIC_RELEASE);
		r->at = r->ring->tail;
	}
}

START_TEST(a_call_that_was_left_does_not_stop_the_ring)
{
	struct fixture_ring r = make(CTR_OVERFLOW_DROP);

	leave_a_call(1);
	call_and_drain(&r, 500);
	ck_assert_uint_le(r.ring->lost_full, 1);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(it_is_marked_and_has_no_result)
{
	struct fixture_ring r = make(CTR_OVERFLOW_DROP);

	leave_a_call(1);
	__atomic_store_n(&r.ring->tail, 3, __ATOMIC_RELEASE);
	for (int i = 0; i < 70; i++)
		fixture_call(7);
	r.at = 3;
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(record.committed);
	ck_assert_uint_eq(fixture_argument(&record), 1);
	ck_assert(record.head.flags & CTR_CELL_LEFT);
	ck_assert(!(record.head.flags & CTR_CELL_OUTPUTS));
	ck_assert_int_eq(record.head.result, 0);
	ck_assert_uint_gt(record.head.end, record.head.start);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(!(record.head.flags & CTR_CELL_LEFT));
}
END_TEST

START_TEST(leaving_every_call_is_recorded_too)
{
	struct fixture_ring r = make(CTR_OVERFLOW_DROP);

	for (uint64_t i = 1; i < 1000; i++) {
		leave_a_call(i);
		call_and_drain(&r, 1);
	}
	/* One or two a lap: there is room again only when the consumer has gone on. */
	ck_assert_uint_lt(r.ring->lost_full, 100);
	fixture_expect_balanced(&r);
}
END_TEST

/* Deeper calls than the one that was left: the frame's place has been used again. */
static __attribute__((noinline)) int deeper(struct fixture_ring *r, int levels)
{
	volatile char room[256];

	memset((void *)room, levels, sizeof(room));
	if (levels > 0)
		return deeper(r, levels - 1) + room[0];
	call_and_drain(r, 300);
	return 0;
}

START_TEST(calls_further_in_settle_it_as_well)
{
	struct fixture_ring r = make(CTR_OVERFLOW_DROP);

	leave_a_call(1);
	deeper(&r, 20);
	ck_assert_uint_le(r.ring->lost_full, 2);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(a_flight_recorder_goes_on_behind_it)
{
	struct fixture_ring r = make(CTR_OVERFLOW_OVERWRITE);

	leave_a_call(1);
	for (int i = 0; i < 500; i++)
		fell += !fixture_call(7);
	ck_assert_int_eq(fell, 0);
	ck_assert_uint_gt(r.ring->tail, 400);
}
END_TEST

/* A call that stands is left alone, however many are made within it. */
static void many_calls(void *data)
{
	struct fixture_ring *r = data;

	deeper(r, 5);
	call_and_drain(r, 300);
}

START_TEST(a_call_that_stands_is_not_touched)
{
	struct fixture_ring r = make(CTR_OVERFLOW_DROP);

	ck_assert_int_eq(fixture_call_around(1, 42, many_calls, &r), 1);
	/* Those that found no room are lost, and the outer one is whole. */
	ck_assert_uint_gt(r.ring->lost_full, 400);
	r.at = r.ring->tail;
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 42);
	ck_assert(record.committed);
	ck_assert(!(record.head.flags & CTR_CELL_LEFT));
	ck_assert_int_eq(record.head.result, 42);
	call_and_drain(&r, 100);
	fixture_expect_balanced(&r);
}
END_TEST

/* On another stack nothing can be told from where the first one stands. */
static char other_stack[256 << 10];
static struct fixture_ring *handled;

static void on_other_stack(int number)
{
	(void)number;
	call_and_drain(handled, 200);
}

static void raise_signal(void *data)
{
	handled = data;
	raise(SIGUSR1);
}

START_TEST(a_call_on_an_alternate_stack_settles_nothing)
{
	const stack_t stack = { .ss_sp = other_stack, .ss_size = sizeof(other_stack) };
	const struct sigaction action = { .sa_handler = on_other_stack, .sa_flags = SA_ONSTACK };
	struct fixture_ring r = make(CTR_OVERFLOW_DROP);

	ck_assert_int_eq(sigaltstack(&stack, NULL), 0);
	sigaction(SIGUSR1, &action, NULL);
	ck_assert_int_eq(fixture_call_around(1, 42, raise_signal, &r), 1);
	r.at = r.ring->tail;
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 42);
	ck_assert(record.committed && !(record.head.flags & CTR_CELL_LEFT));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/settle");

	suite_test(s, a_call_that_was_left_does_not_stop_the_ring);
	suite_test(s, it_is_marked_and_has_no_result);
	suite_test(s, leaving_every_call_is_recorded_too);
	suite_test(s, calls_further_in_settle_it_as_well);
	suite_test(s, a_flight_recorder_goes_on_behind_it);
	suite_test(s, a_call_that_stands_is_not_touched);
	suite_test(s, a_call_on_an_alternate_stack_settles_nothing);
	return s;
}
