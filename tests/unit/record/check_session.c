/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/session.c and process.c: opening, and not opening, a session. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <unistd.h>

#include "record/process.h"
#include "record/session.h"
#include "unit/record/runner.h"

static const struct fixture_settings plain = { .overflow = CTR_OVERFLOW_DROP };

static void read_all(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "r");

	ck_assert_msg(f != NULL, "%s is missing", path);
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
}

static const char *own_file(const char *kind)
{
	static char name[128];
	const struct ctr_process *p = fixture_slot(0);

	snprintf(name, sizeof(name), "%s.%u.%llu.%u", kind, p->pid,
		 (unsigned long long)p->start_time, p->exec_count);
	return fixture_path(name);
}

START_TEST(the_first_call_opens_the_session)
{
	struct ctr_process *slot;

	fixture_make(&plain);
	slot = fixture_slot(0);
	ck_assert_int_eq(rec_switch.state, REC_UNDECIDED);
	ck_assert_int_eq(fixture_call(1), 1);
	ck_assert_int_eq(rec_switch.state, REC_ON);
	ck_assert_uint_eq(fixture_session()->processes, 1);
	ck_assert_uint_eq(slot->state, CTR_PROCESS_LIVE);
	ck_assert_uint_eq(slot->pid, (uint32_t)getpid());
	ck_assert_uint_eq(slot->parent_pid, (uint32_t)getppid());
	ck_assert_uint_eq(slot->ring_count, 1);
	ck_assert_uint_eq(slot->clock, rec_switch.clock);
	ck_assert_uint_gt(slot->opened.monotonic_ns, 0);
	ck_assert_int_eq(strncmp(slot->comm, program_invocation_short_name, 15), 0);
	ck_assert_int_eq(fixture_opened, 1);
	ck_assert_int_eq(fixture_opened_again, 0);
}
END_TEST

START_TEST(the_start_time_is_that_of_proc_stat)
{
	char stat[1024], *at;
	unsigned long long start;

	fixture_make(&plain);
	fixture_call(1);
	read_all("/proc/self/stat", stat, sizeof(stat));
	at = strrchr(stat, ')') + 2;
	ck_assert_int_eq(sscanf(at,
				"%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d"
				" %*d %*d %*d %*d %llu",
				&start),
			 1);
	ck_assert_uint_eq(fixture_slot(0)->start_time, start);
}
END_TEST

static void expect_off(void)
{
	ck_assert_int_eq(fixture_call(1), 0);
	ck_assert_int_eq(rec_switch.state, REC_OFF);
	ck_assert_uint_eq(fixture_count("ring."), 0);
	ck_assert_int_eq(fixture_opened, 0);
}

START_TEST(nothing_is_recorded_when_told_so)
{
	fixture_make(&plain);
	fixture_setup.off = true;
	expect_off();
}
END_TEST

START_TEST(nothing_is_recorded_in_a_session_that_is_off)
{
	fixture_make(&(struct fixture_settings){ .state = CTR_SESSION_OFF });
	expect_off();
}
END_TEST

START_TEST(a_missing_folder_turns_recording_off)
{
	fixture_make(&plain);
	fixture_setup.session = "/nonexistent/session";
	expect_off();
}
END_TEST

START_TEST(a_folder_that_others_may_enter_is_refused)
{
	fixture_make(&plain);
	ck_assert_int_eq(chmod(fixture_folder(), 0755), 0);
	expect_off();
}
END_TEST

START_TEST(a_session_file_behind_a_link_is_refused)
{
	char other[600];

	fixture_make(&plain);
	snprintf(other, sizeof(other), "%s/other", fixture_folder());
	ck_assert_int_eq(rename(fixture_path("session"), other), 0);
	ck_assert_int_eq(symlink("other", fixture_path("session")), 0);
	expect_off();
}
END_TEST

START_TEST(a_session_of_another_major_version_is_refused)
{
	fixture_make(&plain);
	fixture_session()->version_major++;
	expect_off();
}
END_TEST

START_TEST(a_session_with_an_odd_ring_size_is_refused)
{
	fixture_make(&plain);
	fixture_session()->ring_bytes = 12345;
	expect_off();
}
END_TEST

START_TEST(a_short_session_file_is_refused)
{
	fixture_make(&plain);
	ck_assert_int_eq(truncate(fixture_path("session"), 4096), 0);
	expect_off();
}
END_TEST

START_TEST(the_api_text_is_written_once)
{
	char text[64];

	fixture_make(&plain);
	fixture_setup.api = "curtrace-api 1\n";
	fixture_setup.api_size = 15;
	fixture_call(1);
	read_all(fixture_path("api"), text, sizeof(text));
	ck_assert_str_eq(text, "curtrace-api 1\n");
	ck_assert_uint_eq(fixture_count("api."), 0);
}
END_TEST

START_TEST(an_api_text_that_is_there_stays)
{
	char text[64];
	FILE *f;

	fixture_make(&plain);
	f = fopen(fixture_path("api"), "w");
	ck_assert_ptr_nonnull(f);
	fputs("older\n", f);
	fclose(f);
	fixture_setup.api = "newer\n";
	fixture_setup.api_size = 6;
	fixture_call(1);
	read_all(fixture_path("api"), text, sizeof(text));
	ck_assert_str_eq(text, "older\n");
}
END_TEST

START_TEST(the_memory_map_is_copied_at_the_first_call)
{
	static char text[1 << 16];

	fixture_make(&plain);
	fixture_call(1);
	read_all(own_file("maps"), text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, program_invocation_short_name));
}
END_TEST

START_TEST(exit_is_noted_in_the_slot)
{
	fixture_make(&plain);
	fixture_call(1);
	rec_session_exit();
	ck_assert_uint_eq(fixture_slot(0)->state, CTR_PROCESS_EXITED);
	ck_assert_uint_eq(fixture_session()->processes, 1);
}
END_TEST

START_TEST(calls_after_the_exit_handler_are_recorded_too)
{
	struct fixture_ring r;

	fixture_make(&plain);
	fixture_call(1);
	rec_session_exit();
	ck_assert_int_eq(fixture_call(2), 1);
	r = fixture_ring_open(0, 0);
	ck_assert_uint_eq(r.ring->recorded, 2);
}
END_TEST

START_TEST(a_process_without_calls_leaves_its_map_at_exit)
{
	static char text[1 << 16];

	fixture_make(&plain);
	rec_session_exit();
	ck_assert_uint_eq(fixture_slot(0)->state, CTR_PROCESS_EXITED);
	ck_assert_uint_eq(fixture_slot(0)->ring_count, 0);
	read_all(own_file("maps"), text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "libc"));
}
END_TEST

START_TEST(a_process_without_calls_leaves_the_last_slots_alone)
{
	fixture_make(&plain);
	fixture_session()->processes = CTR_PROCESS_SLOTS / 2;
	rec_session_exit();
	ck_assert_uint_eq(fixture_session()->processes, CTR_PROCESS_SLOTS / 2);
	ck_assert_uint_eq(fixture_count("maps."), 0);
}
END_TEST

START_TEST(without_a_slot_calls_are_counted)
{
	fixture_make(&plain);
	fixture_session()->processes = CTR_PROCESS_SLOTS;
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(fixture_call(1), 0);
	ck_assert_uint_eq(fixture_session()->lost_no_slot, 10);
	ck_assert_uint_eq(fixture_session()->processes, CTR_PROCESS_SLOTS);
	ck_assert_uint_eq(fixture_count("ring."), 0);
}
END_TEST

START_TEST(the_table_of_slots_grows)
{
	const unsigned int last = CTR_FIRST_SLOTS + 100;
	struct stat st;

	fixture_make(&plain);
	fixture_session()->processes = last;
	ck_assert_int_eq(fixture_call(1), 1);
	ck_assert_uint_eq(fixture_slot(last)->pid, (uint32_t)getpid());
	ck_assert_uint_eq(fixture_session()->slot_pages[last / 32 / 64] >> last / 32 % 64 & 1, 1);
	ck_assert_int_eq(stat(fixture_path("session"), &st), 0);
	ck_assert_uint_gt((size_t)st.st_size, CTR_SESSION_FILE_SIZE);
	fixture_ring_open(last, 0);
}
END_TEST

/* Descriptors are what it lacks; the header was found before. */
START_TEST(a_session_that_cannot_be_opened_is_told_of_lost_calls)
{
	struct rlimit before, none;
	int recorded = 0;

	fixture_make(&plain);
	rec_session_know(fixture_folder());
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (int i = 0; i < 10; i++)
		recorded += fixture_call(1);
	setrlimit(RLIMIT_NOFILE, &before);
	ck_assert_int_eq(recorded, 0);
	ck_assert_uint_eq(fixture_session()->lost_no_session, 10);
	/* It is tried again, ever more rarely. */
	for (int i = 0; i < 10; i++)
		recorded += fixture_call(1);
	ck_assert_uint_eq(fixture_session()->lost_no_session + (uint64_t)recorded, 20);
	ck_assert_int_gt(recorded, 0);
}
END_TEST

START_TEST(nothing_is_lost_where_the_session_is_over)
{
	fixture_make(&plain);
	rec_session_know(fixture_folder());
	fixture_session()->state = CTR_SESSION_ENDED;
	unlink(fixture_path("session"));
	for (int i = 0; i < 10; i++)
		fixture_call(1);
	ck_assert_int_eq(rec_switch.state, REC_OFF);
	ck_assert_uint_eq(fixture_session()->lost_no_session, 0);
}
END_TEST

START_TEST(the_second_program_of_a_process_has_a_name_of_its_own)
{
	struct rec_identity identity;

	fixture_make(&plain);
	rec_identify(&identity);
	fixture_slot(0)->state = CTR_PROCESS_LIVE;
	fixture_slot(0)->pid = identity.pid;
	fixture_slot(0)->start_time = identity.start_time;
	fixture_session()->processes = 1;
	fixture_call(1);
	ck_assert_uint_eq(fixture_slot(1)->exec_count, 1);
	fixture_ring_open(1, 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/session");

	suite_test(s, the_first_call_opens_the_session);
	suite_test(s, the_start_time_is_that_of_proc_stat);
	suite_test(s, nothing_is_recorded_when_told_so);
	suite_test(s, nothing_is_recorded_in_a_session_that_is_off);
	suite_test(s, a_missing_folder_turns_recording_off);
	suite_test(s, a_folder_that_others_may_enter_is_refused);
	suite_test(s, a_session_file_behind_a_link_is_refused);
	suite_test(s, a_session_of_another_major_version_is_refused);
	suite_test(s, a_session_with_an_odd_ring_size_is_refused);
	suite_test(s, a_short_session_file_is_refused);
	suite_test(s, the_api_text_is_written_once);
	suite_test(s, an_api_text_that_is_there_stays);
	suite_test(s, the_memory_map_is_copied_at_the_first_call);
	suite_test(s, exit_is_noted_in_the_slot);
	suite_test(s, calls_after_the_exit_handler_are_recorded_too);
	suite_test(s, a_process_without_calls_leaves_its_map_at_exit);
	suite_test(s, a_process_without_calls_leaves_the_last_slots_alone);
	suite_test(s, without_a_slot_calls_are_counted);
	suite_test(s, the_table_of_slots_grows);
	suite_test(s, a_session_that_cannot_be_opened_is_told_of_lost_calls);
	suite_test(s, nothing_is_lost_where_the_session_is_over);
	suite_test(s, the_second_program_of_a_process_has_a_name_of_its_own);
	return s;
}
