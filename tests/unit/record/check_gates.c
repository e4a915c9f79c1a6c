/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/gates.c: what is recorded and when, and who says so. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/gates.h"
#include "record/session.h"
#include "unit/record/runner.h"
#include "curtrace/switches.h"

#define LAST (CTR_SWITCH_FUNCTIONS - 1)

static struct ctr_switches *switches;

/* A session with switches, as a collector makes it; `left_out`: a function, or 0. */
static void make(uint64_t state, unsigned int left_out)
{
	int fd;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fd = open(fixture_path("switches"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(posix_fallocate(fd, 0, sizeof(*switches)), 0);
	switches = mmap(NULL, sizeof(*switches), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(switches, MAP_FAILED);
	close(fd);
	if (left_out)
		switches->left_out[left_out / 8] |= (uint8_t)(1 << left_out % 8);
	ctr_switches_begin(switches, state);
}

static void change(uint64_t set, uint64_t clear)
{
	ctr_switches_change(switches, set, clear, 0, 1, 2);
}

/* An entry point of any id, as the generated ones are. */
static int call(unsigned int function)
{
	struct rec_call call;

	if (rec_gate(function) == REC_OFF ||
	    !rec_begin(&call, function, 1, 0, __builtin_return_address(0)))
		return 0;
	rec_publish(&call);
	rec_end(&call, rec_counter(), 0);
	return 1;
}

static pid_t bare_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static void expect_clean_exit(pid_t pid)
{
	int status;

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child's status is %#x",
		      (unsigned int)status);
}

START_TEST(a_function_that_was_left_out_is_not_recorded)
{
	make(0, 20);
	ck_assert_int_eq(call(20), 0);
	ck_assert_int_eq(call(19), 1);
	ck_assert_int_eq(call(20), 0);
	ck_assert_int_eq(call(21), 1);
	ck_assert_uint_eq(rec_gate(20), REC_OFF);
	ck_assert_uint_eq(rec_tls.self->ring->calls, 2);
}
END_TEST

START_TEST(the_last_id_has_a_gate)
{
	make(0, LAST);
	ck_assert_int_eq(call(LAST - 1), 1);
	ck_assert_int_eq(call(LAST), 0);
}
END_TEST

START_TEST(a_session_withoctr_switches_records_everything)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	ck_assert_int_eq(call(16), 1);
	ck_assert_int_eq(call(LAST), 1);
}
END_TEST

START_TEST(a_file_that_is_no_page_of_switches_is_not_believed)
{
	make(CTR_SWITCH_ASKED, 0);
	switches->magic++;
	ck_assert_int_eq(call(16), 1);
}
END_TEST

START_TEST(without_a_session_every_gate_is_off)
{
	fixture_setup.off = true;
	ck_assert_uint_eq(rec_gate(16), REC_UNDECIDED);
	ck_assert_int_eq(call(16), 0);
	ck_assert_uint_eq(rec_gate(16), REC_OFF);
	ck_assert_uint_eq(rec_gate(LAST), REC_OFF);
}
END_TEST

START_TEST(it_is_switched_on_and_off_from_outside)
{
	make(CTR_SWITCH_ASKED, 20);
	ck_assert_int_eq(call(16), 0);
	change(0, CTR_SWITCH_ASKED);
	ck_assert_int_eq(call(16), 1);
	ck_assert_int_eq(call(20), 0);
	change(CTR_SWITCH_DURATION, 0);
	ck_assert_int_eq(call(16), 0);
	/* Another reason that goes does not help. */
	change(0, CTR_SWITCH_ASKED);
	ck_assert_int_eq(call(16), 0);
	ck_assert_uint_eq(switches->changes, 2);
	ck_assert_uint_eq(switches->change[1].number, 1 << 1 | 1);
	ck_assert_uint_eq(switches->change[2].number, 2 << 1);
}
END_TEST

static void switch_off(void *data)
{
	(void)data;
	change(CTR_SWITCH_ASKED, 0);
}

START_TEST(a_call_that_began_in_time_is_recorded_to_its_end)
{
	struct fixture_record record;
	struct fixture_ring r;

	make(0, 0);
	ck_assert_int_eq(fixture_call_around(1, 5, switch_off, NULL), 1);
	ck_assert_int_eq(fixture_call(6), 0);
	r = fixture_ring_open(0, 0);
	ck_assert(fixture_next_call(&r, &record));
	ck_assert(record.committed);
	ck_assert(!fixture_next_call(&r, &record));
}
END_TEST

/* ---- ranges -------------------------------------------------------------------------------- */

START_TEST(a_range_is_what_is_recorded)
{
	make(CTR_SWITCH_RANGES, 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(call(16), 0);
		rec_range(true);
		ck_assert_int_eq(call(16), 1);
		rec_range(false);
	}
	ck_assert_int_eq(call(16), 0);
	ck_assert_uint_eq(switches->changes, 6);
}
END_TEST

START_TEST(ranges_neither_nest_nor_end_twice)
{
	make(CTR_SWITCH_RANGES, 0);
	rec_range(false);
	ck_assert_int_eq(call(16), 0);
	rec_range(true);
	rec_range(true);
	ck_assert_int_eq(call(16), 1);
	rec_range(false);
	ck_assert_int_eq(call(16), 0);
	rec_range(false);
	rec_range(true);
	ck_assert_int_eq(call(16), 1);
}
END_TEST

START_TEST(without_ranges_the_profiler_switches_nothing)
{
	make(0, 0);
	rec_range(false);
	ck_assert_int_eq(call(16), 1);
	change(CTR_SWITCH_ASKED, 0);
	rec_range(true);
	ck_assert_int_eq(call(16), 0);
}
END_TEST

START_TEST(the_session_records_while_any_process_is_in_a_range)
{
	pid_t pid;

	make(CTR_SWITCH_RANGES, 0);
	rec_range(true);
	pid = fork();
	if (pid == 0) {
		rec_range(true);
		rec_range(false);
		/* The parent's has not ended. */
		_exit(!call(16));
	}
	expect_clean_exit(pid);
	ck_assert_int_eq(call(16), 1);
	rec_range(false);
	ck_assert_int_eq(call(16), 0);
	ck_assert_uint_eq(fixture_slot(0)->in_range, 0);
}
END_TEST

/* ---- forks --------------------------------------------------------------------------------- */

static void switch_after_fork(pid_t (*do_fork)(void))
{
	pid_t pid;

	make(CTR_SWITCH_ASKED, 20);
	ck_assert_int_eq(call(16), 0);
	pid = do_fork();
	if (pid == 0) {
		/* Off costs nothing and opens nothing. */
		if (call(16) || fixture_session()->processes != 1)
			_exit(1);
		change(0, CTR_SWITCH_ASKED);
		if (call(20) || !call(16))
			_exit(2);
		_exit(fixture_slot(1)->ring_count == 1 ? 0 : 3);
	}
	expect_clean_exit(pid);
	/* It was switched here too. */
	ck_assert_int_eq(call(16), 1);
	ck_assert_int_eq(call(20), 0);
	ck_assert_uint_eq(rec_tls.self->ring->calls, 1);
}

START_TEST(a_child_is_switched_like_its_parent)
{
	switch_after_fork(fork);
}
END_TEST

START_TEST(so_is_a_child_of_a_bare_system_call)
{
	switch_after_fork(bare_fork);
}
END_TEST

START_TEST(a_child_that_finds_no_session_leaves_the_gates_of_others_alone)
{
	pid_t pid;

	make(0, 0);
	ck_assert_int_eq(call(16), 1);
	pid = bare_fork();
	if (pid == 0) {
		fixture_setup.off = true;
		_exit(call(16) || rec_gate(16) != REC_OFF);
	}
	expect_clean_exit(pid);
	ck_assert_int_eq(call(16), 1);
}
END_TEST

START_TEST(a_child_of_a_process_without_session_decides_anew)
{
	pid_t pid;

	fixture_setup.off = true;
	ck_assert_int_eq(call(16), 0);
	fixture_setup.off = false;
	make(0, 0);
	pid = bare_fork();
	if (pid == 0)
		_exit(!call(16));
	expect_clean_exit(pid);
	ck_assert_int_eq(call(16), 0);
}
END_TEST

/* ---- threads ------------------------------------------------------------------------------- */

static int stop;

static void *call_on(void *arg)
{
	uint64_t recorded = 0;

	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		recorded += (uint64_t)call(16);
		if (call(20))
			return (void *)UINTPTR_MAX;
	}
	return (void *)(uintptr_t)recorded;
}

static void *flip(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		change((uintptr_t)arg, 0);
		change(0, (uintptr_t)arg);
	}
	return NULL;
}

/* Two switch while four call: in the end everything is as the state says, and nothing is torn. */
START_TEST(threads_call_while_others_switch)
{
	pthread_t callers[4], flippers[2];
	uint64_t recorded = 0, counted = 0;
	void *result;

	make(0, 20);
	for (unsigned int i = 0; i < 4; i++)
		pthread_create(&callers[i], NULL, call_on, NULL);
	pthread_create(&flippers[0], NULL, flip, (void *)CTR_SWITCH_ASKED);
	pthread_create(&flippers[1], NULL, flip, (void *)CTR_SWITCH_DELAY);
	for (unsigned int i = 0; i < 2; i++)
		pthread_join(flippers[i], NULL);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < 4; i++) {
		pthread_join(callers[i], &result);
		ck_assert_uint_ne((uintptr_t)result, UINTPTR_MAX);
		recorded += (uintptr_t)result;
	}
	ck_assert_int_eq(call(16), 1);
	recorded++;
	for (unsigned int i = 0; i < fixture_slot(0)->ring_count; i++)
		counted += fixture_ring_open(0, i).ring->recorded;
	ck_assert_uint_eq(counted, recorded);
	for (unsigned int id = CTR_FIRST_FUNCTION; id <= LAST; id++)
		ck_assert_uint_eq(rec_gate(id), id == 20 ? REC_OFF : REC_ON);
	ck_assert_uint_eq(switches->changes % 2, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/gates");

	suite_test(s, a_function_that_was_left_out_is_not_recorded);
	suite_test(s, the_last_id_has_a_gate);
	suite_test(s, a_session_withoctr_switches_records_everything);
	suite_test(s, a_file_that_is_no_page_of_switches_is_not_believed);
	suite_test(s, without_a_session_every_gate_is_off);
	suite_test(s, it_is_switched_on_and_off_from_outside);
	suite_test(s, a_call_that_began_in_time_is_recorded_to_its_end);
	suite_test(s, a_range_is_what_is_recorded);
	suite_test(s, ranges_neither_nest_nor_end_twice);
	suite_test(s, without_ranges_the_profiler_switches_nothing);
	suite_test(s, the_session_records_while_any_process_is_in_a_range);
	suite_test(s, a_child_is_switched_like_its_parent);
	suite_test(s, so_is_a_child_of_a_bare_system_call);
	suite_test(s, a_child_that_finds_no_session_leaves_the_gates_of_others_alone);
	suite_test(s, a_child_of_a_process_without_session_decides_anew);
	suite_test(s, threads_call_while_others_switch);
	return s;
}
