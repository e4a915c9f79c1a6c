/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/guard.c: files of the session that are cut off while they are mapped. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/record/runner.h"

/* The address sanitizer takes the signal for itself unless it is asked not to. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "handle_sigbus=0";
}

static const char *ring_name(unsigned int number)
{
	static char name[128];
	const struct ctr_process *p = fixture_slot(0);

	snprintf(name, sizeof(name), "ring.%u.%llu.%u.%u", p->pid,
		 (unsigned long long)p->start_time, p->exec_count, number);
	return fixture_path(name);
}

static void make(void)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_BLOCK,
						 .ring_bytes = 16384,
						 .attended = true,
						 .block_timeout_ns = UINT64_MAX });
}

START_TEST(a_ring_cut_off_costs_records_and_a_new_one_is_made)
{
	struct fixture_ring r;
	int recorded = 0;

	make();
	for (int i = 0; i < 10; i++)
		fixture_call(1);
	ck_assert_int_eq(truncate(ring_name(0), 0), 0);
	for (int i = 0; i < 100; i++)
		recorded += fixture_call(2);
	ck_assert_int_ge(recorded, 98);
	ck_assert_uint_eq(fixture_slot(0)->broken_rings, 1);
	r = fixture_ring_open(0, 1);
	ck_assert_uint_ge(r.ring->recorded, 98);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(a_header_that_is_left_keeps_its_counters)
{
	struct ctr_ring *header;
	FILE *f;

	make();
	for (int i = 0; i < 60; i++)
		fixture_call(1);
	ck_assert_int_eq(truncate(ring_name(0), CTR_RING_HEADER_SIZE), 0);
	for (int i = 0; i < 100; i++)
		fixture_call(2);
	f = fopen(ring_name(0), "r");
	header = mmap(NULL, CTR_RING_HEADER_SIZE, PROT_READ, MAP_SHARED, fileno(f), 0);
	ck_assert_ptr_ne(header, MAP_FAILED);
	ck_assert_uint_ge(header->calls, 61);
	ck_assert_uint_eq(header->calls + fixture_ring_open(0, 1).ring->calls, 160);
}
END_TEST

/* What is in flight returns into memory that is not the ring any more. */
static void cut_off(void *data)
{
	(void)data;
	ck_assert_int_eq(truncate(ring_name(0), 0), 0);
	fixture_call(2);
	fixture_call(3);
}

START_TEST(a_call_in_flight_returns_all_the_same)
{
	make();
	fixture_call_around(3, 1, cut_off, NULL);
	ck_assert_int_eq(fixture_call(4), 1);
	ck_assert_uint_eq(fixture_slot(0)->broken_rings, 1);
}
END_TEST

START_TEST(a_session_cut_off_stops_the_recording)
{
	make();
	fixture_call(1);
	ck_assert_int_eq(truncate(fixture_path("session"), 0), 0);
	for (int i = 0; i < 1000; i++)
		fixture_call(2);
}
END_TEST

static int die_of(void (*how)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		fixture_call(1);
		how();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void touch_own_file(void)
{
	FILE *f = tmpfile();
	volatile char *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(f), 0);

	(void)*at;
}

static void send_one(void)
{
	kill(getpid(), SIGBUS);
}

START_TEST(any_other_sigbus_ends_the_program_as_ever)
{
	make();
	ck_assert_int_eq(die_of(touch_own_file), SIGBUS);
	ck_assert_int_eq(die_of(send_one), SIGBUS);
}
END_TEST

static void own_handler(int number)
{
	(void)number;
	_exit(77);
}

START_TEST(the_programs_own_handler_stays)
{
	struct sigaction now;

	make();
	signal(SIGBUS, own_handler);
	fixture_call(1);
	sigaction(SIGBUS, NULL, &now);
	ck_assert(now.sa_handler == own_handler);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/guard");

	suite_test(s, a_ring_cut_off_costs_records_and_a_new_one_is_made);
	suite_test(s, a_header_that_is_left_keeps_its_counters);
	suite_test(s, a_call_in_flight_returns_all_the_same);
	suite_test(s, a_session_cut_off_stops_the_recording);
	suite_test(s, any_other_sigbus_ends_the_program_as_ever);
	suite_test(s, the_programs_own_handler_stays);
	return s;
}
