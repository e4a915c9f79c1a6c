/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of calls that are made by signal handlers (record.h, slow.c). */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "unit/record/runner.h"

static struct fixture_record record;
static volatile sig_atomic_t handled, handled_recorded;
static pthread_t main_thread;

static void handler(int number)
{
	(void)number;
	handled++;
	handled_recorded += fixture_call(900);
}

static void install(int number)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigaction(number, &action, NULL);
}

static struct fixture_ring make(void)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fixture_call(0);
	install(SIGUSR1);
	return fixture_ring_open(0, 0);
}

/* A call with a signal between rec_begin and rec_publish. */
static void interrupted_call(uint64_t argument, bool general)
{
	struct rec_call call;

	ck_assert(fixture_begin(&call, 1, general));
	raise(SIGUSR1);
	fixture_end(&call, argument);
}

static void count_reentered(bool general)
{
	struct fixture_ring r = make();

	interrupted_call(1, general);
	ck_assert_uint_eq(fixture_plain, !general && rec_switch.clock == CTR_CLOCK_TSC);
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(handled_recorded, 0);
	ck_assert_uint_eq(r.ring->lost_reentered, 1);
	ck_assert_uint_eq(r.ring->calls, 3);
	ck_assert_uint_eq(r.ring->recorded, 2);
	fixture_expect_balanced(&r);
}

START_TEST(a_call_within_the_reservation_is_counted_and_not_recorded)
{
	count_reentered(false);
}
END_TEST

START_TEST(so_it_is_within_a_reservation_of_the_general_way)
{
	count_reentered(true);
}
END_TEST

START_TEST(such_a_loss_is_told_before_the_next_record)
{
	static const uint16_t expected[] = {
		CTR_CONTROL_THREAD, FIXTURE_FUNCTION, FIXTURE_FUNCTION,
		CTR_CONTROL_LOSS,   FIXTURE_FUNCTION, FIXTURE_FUNCTION
	};
	struct fixture_ring r = make();
	struct ctr_control_loss loss;

	interrupted_call(1, false);
	fixture_call(2);
	fixture_call(3);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		ck_assert(fixture_next(&r, &record));
		ck_assert(record.committed);
		ck_assert_uint_eq(record.head.function, expected[i]);
		if (expected[i] == CTR_CONTROL_LOSS) {
			memcpy(&loss, record.payload, sizeof(loss));
			ck_assert_uint_eq(loss.reentered, 1);
			ck_assert_uint_eq(loss.full, 0);
		}
	}
	ck_assert(!fixture_next(&r, &record));
}
END_TEST

/* A handler's call while another one waits, and then room for a single cell. */
static void *signal_and_drain(void *arg)
{
	struct fixture_ring *r = arg;
	const struct timespec pause = { .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
	pthread_kill(main_thread, SIGUSR1);
	while (!__atomic_load_n(&r->ring->lost_reentered, __ATOMIC_ACQUIRE))
		;
	__atomic_store_n(&r->ring->tail, 2 + 1, __ATOMIC_RELEASE);
	return NULL;
}

START_TEST(a_loss_during_a_wait_takes_no_room_that_there_is_not)
{
	struct fixture_ring r;
	pthread_t thread;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_BLOCK,
						 .ring_bytes = 4096,
						 .block_timeout_ns = UINT64_MAX,
						 .attended = true });
	install(SIGUSR1);
	main_thread = pthread_self();
	for (int i = 0; i < 62; i++)
		fixture_call(5);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->head, 64);
	__atomic_store_n(&r.ring->tail, 2, __ATOMIC_RELEASE);
	fixture_call(5);
	fixture_call(5);
	pthread_create(&thread, NULL, signal_and_drain, &r);
	ck_assert_int_eq(fixture_call(6), 1);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(r.ring->lost_reentered, 1);
	ck_assert_uint_le(r.ring->head - r.ring->tail, 64);
	fixture_expect_balanced(&r);
}
END_TEST

static void raise_in_call(void *data)
{
	(void)data;
	raise(SIGUSR1);
}

START_TEST(a_call_within_a_call_is_recorded)
{
	struct fixture_ring r = make();

	fixture_call_around(1, 5, raise_in_call, NULL);
	ck_assert_int_eq(handled_recorded, 1);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 5);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert_uint_eq(fixture_argument(&record), 900);
	ck_assert_uint_eq(r.ring->lost_reentered, 0);
}
END_TEST

/* Signals at random instants: whatever they hit, the sum is right and every record whole. */
START_TEST(a_storm_of_signals_keeps_the_sums_right)
{
	const struct itimerval storm = { .it_interval.tv_usec = 50, .it_value.tv_usec = 50 };
	const struct itimerval calm = { .it_value.tv_usec = 0 };
	struct fixture_ring r = make();
	uint64_t made = 1, recorded = 1, seen = 0;

	install(SIGALRM);
	setitimer(ITIMER_REAL, &storm, NULL);
	for (int i = 0; i < 200000 || handled < 100; i++) {
		made++;
		recorded += (uint64_t)fixture_call(1 + (uint64_t)i % 800);
		if (r.ring->head - r.ring->tail > 2000) {
			while (fixture_next(&r, &record)) {
				if (!record.committed)
					break;
				seen += record.head.function >= CTR_FIRST_FUNCTION;
				__atomic_store_n(&r.ring->tail, r.at, __ATOMIC_RELEASE);
			}
			r.at = r.ring->tail;
		}
	}
	setitimer(ITIMER_REAL, &calm, NULL);
	while (fixture_next_call(&r, &record)) {
		ck_assert(record.committed);
		seen++;
	}
	ck_assert_uint_eq(r.ring->calls, made + (uint64_t)handled);
	ck_assert_uint_eq(r.ring->recorded, recorded + (uint64_t)handled_recorded);
	ck_assert_uint_eq(r.ring->recorded, seen);
	fixture_expect_balanced(&r);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/signal");

	suite_test(s, a_call_within_the_reservation_is_counted_and_not_recorded);
	suite_test(s, so_it_is_within_a_reservation_of_the_general_way);
	suite_test(s, such_a_loss_is_told_before_the_next_record);
	suite_test(s, a_loss_during_a_wait_takes_no_room_that_there_is_not);
	suite_test(s, a_call_within_a_call_is_recorded);
	suite_test(s, a_storm_of_signals_keeps_the_sums_right);
	return s;
}
