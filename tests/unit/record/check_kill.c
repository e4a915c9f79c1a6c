/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of what a process that is killed leaves in its rings. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit/record/runner.h"

static struct fixture_record record;

static void die(void *data)
{
	(void)data;
	kill(getpid(), SIGKILL);
}

static void reap(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

START_TEST(the_committed_calls_and_the_one_in_flight_are_there)
{
	struct fixture_ring r;
	pid_t pid;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	pid = fork();
	if (pid == 0) {
		for (uint64_t i = 0; i < 100; i++)
			fixture_call(i);
		fixture_call_around(2, 100, die, NULL);
		_exit(0);
	}
	reap(pid);
	r = fixture_ring_open(0, 0);
	for (uint64_t i = 0; i < 100; i++) {
		ck_assert(fixture_next_call(&r, &record));
		ck_assert(record.committed);
		ck_assert_uint_eq(fixture_argument(&record), i);
	}
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(!record.committed);
	ck_assert_uint_eq(fixture_argument(&record), 100);
	ck_assert(!fixture_next(&r, &record));
	ck_assert_uint_eq(fixture_slot(0)->state, CTR_PROCESS_LIVE);
}
END_TEST

static void call_for_ever(void)
{
	for (uint64_t i = 0;; i++)
		fixture_call_around(1 + i % 3, i, NULL, NULL);
}

/* Counts the calls and checks that none is missing in between. */
static uint64_t check_records(struct fixture_ring *r)
{
	uint64_t first = 0, n = 0;

	while (fixture_next_call(r, &record)) {
		if (n++ == 0)
			first = fixture_argument(&record);
		ck_assert_uint_eq(fixture_argument(&record), first + n - 1);
		if (!record.committed)
			ck_assert(!fixture_next(r, &record));
	}
	return n;
}

START_TEST(a_kill_at_any_instant_loses_no_committed_call)
{
	uint64_t found = 0;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_OVERWRITE });
	for (unsigned int i = 0; i < 40; i++) {
		struct timespec pause = { .tv_nsec = 300000 + 70001 * (long)i };
		struct fixture_ring r;
		pid_t pid = fork();

		if (pid == 0)
			call_for_ever();
		while (fixture_slot(i)->ring_count == 0)
			nanosleep(&pause, NULL);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		reap(pid);
		r = fixture_ring_open(i, 0);
		/* One that was killed before its first call has none. */
		found += check_records(&r);
		fixture_ring_close(&r);
	}
	ck_assert_uint_gt(found, 1000);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/kill");

	suite_test(s, the_committed_calls_and_the_one_in_flight_are_there);
	suite_test(s, a_kill_at_any_instant_loses_no_committed_call);
	return s;
}
