/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When recording is on: what the collector does about it, and what the trace says.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/collector.h"
#include "collect/select.h"
#include "reader/reader.h"
#include "traced.h"
#include "curtrace/switches.h"

#define MS 1000000ull

static char folder[64], path[96];
static struct col_selection selection;
static struct col_settings settings;
static struct col_session session;
static struct collector c;
static struct rd_trace *trace;
static int fd;

static void set_up(void)
{
	settings = (struct col_settings){ .overflow = CTR_OVERFLOW_BLOCK };
	selection = (struct col_selection){ .text = NULL };
	strcpy(folder, "/tmp/curtrace-switches-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	snprintf(path, sizeof(path), "%s/t.ctr", folder);
}

static void begin(void)
{
	const struct col_run_info run = { .tool_version = "1",
					  .command = "./app",
					  .settings = &settings };

	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(col_begin(&c, &session, fd, folder, &run), 0);
}

static void tear_down(void)
{
	char command[128];

	rd_close(trace);
	trace = NULL;
	col_free(&c);
	close(fd);
	col_session_close(&session, true);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static bool is_on(unsigned int id)
{
	ck_assert(session.switches->gate[id] == CTR_GATE_ON ||
		  session.switches->gate[id] == CTR_GATE_OFF);
	return session.switches->gate[id] == CTR_GATE_ON;
}

static void poll_at(uint64_t after_ns)
{
	col_switches_poll(&c, c.began_ns + after_ns);
}

/* As a traced process or another tool does it. */
static void change(uint64_t set, uint64_t clear, uint64_t after_ns)
{
	ctr_switches_change(session.switches, set, clear, 0, c.began_ns + after_ns, 1);
}

/* The trace's header, when all is over. */
static const struct ct_header *finish(void)
{
	const struct col_end_info end = { .exit_status = 0 };
	struct rd_error problem;

	ck_assert_int_eq(col_finish(&c, &end), 0);
	trace = rd_open(path, &problem);
	ck_assert_msg(trace, "%s", problem.text);
	return rd_header(trace);
}

static const char *fact(const struct ct_header *header, const char *name)
{
	for (unsigned int i = 0; i < header->nfacts; i++)
		if (!strcmp(header->facts[i].name, name))
			return header->facts[i].value;
	return NULL;
}

START_TEST(everything_is_on_unless_asked_otherwise)
{
	const struct ct_header *header;

	begin();
	ck_assert(is_on(CTR_FIRST_FUNCTION));
	ck_assert(is_on(CTR_SWITCH_FUNCTIONS - 1));
	ck_assert(!is_on(CTR_FIRST_FUNCTION - 1));
	header = finish();
	ck_assert_ptr_null(fact(header, "selection"));
	ck_assert_ptr_null(fact(header, "switched"));
}
END_TEST

START_TEST(only_what_was_selected_is_on)
{
	selection.text = strdup("%memory");
	selection.left_out[20 / 8] = 1 << 20 % 8;
	selection.names = 7;
	settings.selection = &selection;
	begin();
	ck_assert(!is_on(20));
	ck_assert(is_on(19) && is_on(21));
	change(CTR_SWITCH_ASKED, 0, MS);
	ck_assert(!is_on(19));
	change(0, CTR_SWITCH_ASKED, 2 * MS);
	ck_assert(!is_on(20));
	ck_assert(is_on(19));
	ck_assert_str_eq(fact(finish(), "selection"), "%memory");
	ck_assert_str_eq(fact(rd_header(trace), "selected_functions"), "7");
	col_selection_free(&selection);
}
END_TEST

START_TEST(a_delay_ends_and_a_duration_after_it)
{
	const struct ct_header *header;
	double on, off;

	settings.delay_ns = 50 * MS;
	settings.duration_ns = 20 * MS;
	begin();
	ck_assert(!is_on(16));
	ck_assert_uint_le(col_switches_poll(&c, c.began_ns + 49 * MS), 1001);
	ck_assert(!is_on(16));
	poll_at(50 * MS);
	ck_assert(is_on(16));
	poll_at(69 * MS);
	ck_assert(is_on(16));
	poll_at(71 * MS);
	ck_assert(!is_on(16));
	/* Over is over. */
	poll_at(1000 * MS);
	ck_assert(!is_on(16));
	header = finish();
	ck_assert_str_eq(fact(header, "recording_on_ns"), "21000000");
	ck_assert_str_eq(fact(header, "settings.delay_ns"), "50000000");
	ck_assert_str_eq(fact(header, "settings.duration_ns"), "20000000");
	ck_assert_int_eq(
		sscanf(fact(header, "switched"), "off, on at %lf s, off at %lf s", &on, &off), 2);
	ck_assert(off - on > 0.0209 && off - on < 0.0211);
}
END_TEST

START_TEST(a_duration_begins_when_recording_does)
{
	settings.start_off = true;
	settings.duration_ns = 20 * MS;
	begin();
	poll_at(100 * MS);
	ck_assert(!is_on(16));
	change(0, CTR_SWITCH_ASKED, 200 * MS);
	poll_at(219 * MS);
	ck_assert(is_on(16));
	poll_at(220 * MS);
	ck_assert(!is_on(16));
}
END_TEST

START_TEST(a_trace_that_never_began_says_why)
{
	const struct ct_header *header;

	settings.start_off = true;
	begin();
	c.nprocesses = 0;
	header = finish();
	ck_assert_str_eq(fact(header, "switched"), "off");
	ck_assert_str_eq(fact(header, "settings.start_off"), "true");
}
END_TEST

START_TEST(of_many_changes_the_first_are_told_and_all_counted)
{
	char *text;

	begin();
	for (unsigned int i = 1; i <= 300; i++) {
		change(CTR_SWITCH_ASKED, 0, (2 * i - 1) * MS);
		change(0, CTR_SWITCH_ASKED, 2 * i * MS);
		if (i % 30 == 0)
			poll_at(2 * i * MS);
	}
	text = col_switches_text(&c);
	ck_assert_uint_eq(c.switches.ntold, 600);
	ck_assert_ptr_nonnull(strstr(text, ", and 400 times more"));
	ck_assert(!strncmp(text, "off at 0.0", 10));
	free(text);
	/* Every other millisecond of 600. */
	poll_at(600 * MS);
	ck_assert_uint_ge(c.switches.on_ns, 300 * MS);
	ck_assert_uint_lt(c.switches.on_ns, 400 * MS);
}
END_TEST

START_TEST(more_changes_than_are_kept_leave_it_as_it_is)
{
	begin();
	for (unsigned int i = 0; i < 100; i++) {
		change(CTR_SWITCH_ASKED, 0, i * MS);
		change(0, CTR_SWITCH_ASKED, i * MS);
	}
	change(CTR_SWITCH_ASKED, 0, 100 * MS);
	poll_at(100 * MS);
	ck_assert(!c.switches.on);
	ck_assert_uint_le(c.switches.ntold, CTR_SWITCH_CHANGES);
}
END_TEST

/* The state is all that it got to change. */
START_TEST(a_change_whose_maker_died_in_the_midst_is_completed)
{
	begin();
	session.switches->state = CTR_SWITCH_ASKED;
	ck_assert(is_on(16));
	poll_at(MS);
	ck_assert(!is_on(16));
	ck_assert(!c.switches.on);
}
END_TEST

START_TEST(a_process_that_dies_in_a_range_has_left_it)
{
	struct traced process;
	int ready[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	settings.ranges = true;
	begin();
	pid = fork();
	if (pid == 0) {
		traced_open(&process, session.path, 0);
		process.slot->in_range = 1;
		ctr_switches_change(session.switches, 0, 0, 1, c.began_ns, 1);
		write(ready[1], "", 1) == 1 ? pause() : 0;
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	col_poll(&c);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert(is_on(16));
	c.next_alive_ns = 0;
	col_poll(&c);
	ck_assert(!is_on(16));
	ck_assert_str_eq(fact(finish(), "settings.range"), "cuda-profiler");
}
END_TEST

START_TEST(the_end_switches_off_what_still_runs)
{
	begin();
	ck_assert(is_on(16));
	finish();
	ck_assert(!is_on(16));
	ck_assert(!col_switches_varied(&c.switches));
}
END_TEST

static Suite *switches_suite(void)
{
	Suite *suite = suite_create("collect/switches");
	TCase *tc = tcase_create("switches");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, everything_is_on_unless_asked_otherwise);
	tcase_add_test(tc, only_what_was_selected_is_on);
	tcase_add_test(tc, a_delay_ends_and_a_duration_after_it);
	tcase_add_test(tc, a_duration_begins_when_recording_does);
	tcase_add_test(tc, a_trace_that_never_began_says_why);
	tcase_add_test(tc, of_many_changes_the_first_are_told_and_all_counted);
	tcase_add_test(tc, more_changes_than_are_kept_leave_it_as_it_is);
	tcase_add_test(tc, a_change_whose_maker_died_in_the_midst_is_completed);
	tcase_add_test(tc, a_process_that_dies_in_a_range_has_left_it);
	tcase_add_test(tc, the_end_switches_off_what_still_runs);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(switches_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
