/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recovering what a killed collector, or a flight recorder, has left.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/collector.h"
#include "collect/recover.h"
#include "reader/reader.h"
#include "traced.h"

static char folder[64], path[96], spool[96], session_path[PATH_MAX], why[256];
static struct traced process;
static struct traced_ring ring;
static int fd;

static void set_up(void)
{
	strcpy(folder, "/tmp/curtrace-recover-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	snprintf(path, sizeof(path), "%s/t.ctr", folder);
	snprintf(spool, sizeof(spool), "%s/spool", folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
}

static void tear_down(void)
{
	char command[128];

	close(fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* A session whose maker is gone. */
static void abandon(enum ctr_overflow overflow)
{
	const struct col_settings settings = { .overflow = overflow };
	struct col_session session;

	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	strcpy(session_path, session.path);
	col_session_close(&session, false);
}

static int recover(void)
{
	return col_recover(session_path, fd, folder, "1", NULL, why, sizeof(why));
}

/* Opens what was recovered and counts its calls. */
static unsigned int recovered_calls(uint64_t *in_flight)
{
	struct ct_event *event = calloc(1, sizeof(*event));
	struct rd_error error;
	struct rd_trace *trace = rd_open(path, &error);
	unsigned int count = 0;

	ck_assert_msg(trace, "%s", error.text);
	ck_assert(rd_header(trace)->complete);
	*in_flight = rd_header(trace)->in_flight;
	while (rd_next(trace, event))
		count += event->type == CT_EVENT_CALL;
	ck_assert_uint_eq(rd_header(trace)->recorded, count);
	ck_assert_ptr_null(rd_damage(trace));
	rd_close(trace);
	free(event);
	return count;
}

START_TEST(a_flight_recorder_is_read_without_a_collector)
{
	uint64_t in_flight;

	abandon(CTR_OVERFLOW_OVERWRITE);
	traced_open(&process, session_path, 4000000);
	traced_ring(&process, &ring, 64, 0);
	for (int i = 0; i < 500; i++)
		traced_call(&ring, TRACED_MALLOC, 0);
	traced_begin(&ring, TRACED_FREE);
	ck_assert_int_eq(recover(), 0);
	ck_assert_uint_eq(recovered_calls(&in_flight), 64);
	ck_assert_uint_eq(in_flight, 1);
}
END_TEST

START_TEST(recovering_changes_nothing_and_can_be_repeated)
{
	uint64_t in_flight;

	abandon(CTR_OVERFLOW_BLOCK);
	traced_open(&process, session_path, 4000000);
	traced_ring(&process, &ring, 64, 0);
	for (int i = 0; i < 10; i++)
		traced_call(&ring, TRACED_MALLOC, 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ftruncate(fd, 0), 0);
		ck_assert_int_eq((int)lseek(fd, 0, SEEK_SET), 0);
		ck_assert_int_eq(recover(), 0);
		ck_assert_uint_eq(recovered_calls(&in_flight), 10);
		ck_assert_uint_eq(ring.shared->tail, 0);
	}
}
END_TEST

/* A collector that took part of the calls and was killed; `torn` bytes are missing of its spool. */
static void collect_and_die(off_t torn, bool before_release)
{
	pid_t child = fork();

	if (!child) {
		const struct col_settings settings = { .overflow = CTR_OVERFLOW_BLOCK };
		const struct col_run_info run = { .tool_version = "1", .command = "./app" };
		int spool_fd = open(spool, O_RDWR | O_CREAT, 0600);
		static struct col_session session;
		static struct collector c;
		FILE *f = fopen(path, "we");

		if (col_session_create(&session, &settings) ||
		    col_begin(&c, &session, spool_fd, folder, &run) ||
		    symlinkat(spool, session.dirfd, "spool.ctr"))
			_exit(99);
		traced_open(&process, session.path, 0);
		traced_ring(&process, &ring, 256, 0);
		traced_define(&process, CTR_DEF_REFERENCE, 1, "name=tex\nkind=texture\n", 0);
		for (int i = 0; i < 20; i++)
			traced_call(&ring, TRACED_MALLOC, 0);
		col_poll(&c);
		traced_define(&process, CTR_DEF_REFERENCE, 2, "name=later\nkind=texture\n", 0);
		/* As if it had been killed between writing and moving the tail. */
		if (before_release)
			ring.shared->tail = 0;
		for (int i = 0; i < 7; i++)
			traced_call(&ring, TRACED_LAUNCH, 0);
		traced_begin(&ring, TRACED_FREE);
		fputs(session.path, f);
		fclose(f);
		raise(SIGKILL);
	}
	waitpid(child, NULL, 0);
	FILE *f = fopen(path, "re");
	ck_assert_ptr_nonnull(fgets(session_path, sizeof(session_path), f));
	fclose(f);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	if (torn) {
		int spool_fd = open(spool, O_RDWR);
		off_t size = lseek(spool_fd, 0, SEEK_END);

		ck_assert_int_eq(ftruncate(spool_fd, size - torn), 0);
		close(spool_fd);
	}
}

START_TEST(what_the_collector_had_and_what_it_had_not_come_together)
{
	uint64_t in_flight;

	collect_and_die(0, false);
	ck_assert_int_eq(recover(), 0);
	ck_assert_uint_eq(recovered_calls(&in_flight), 28);
	ck_assert_uint_eq(in_flight, 1);
}
END_TEST

START_TEST(references_from_before_and_after_are_named)
{
	struct rd_error error;
	struct rd_trace *trace;
	const struct ct_header *header;

	collect_and_die(0, false);
	ck_assert_int_eq(recover(), 0);
	trace = rd_open(path, &error);
	ck_assert_msg(trace, "%s", error.text);
	header = rd_header(trace);
	for (size_t i = 0, found = 0; found < 2; i++) {
		ck_assert_uint_lt(i, header->nwarnings);
		if (strcmp(header->warnings[i].code, "texture-references"))
			continue;
		ck_assert_ptr_nonnull(
			strstr(header->warnings[i].text, found++ == 0 ? "`tex'" : "`later'"));
	}
	rd_close(trace);
}
END_TEST

START_TEST(what_was_written_and_not_released_comes_once)
{
	uint64_t in_flight;

	collect_and_die(0, true);
	ck_assert_int_eq(recover(), 0);
	ck_assert_uint_eq(recovered_calls(&in_flight), 28);
}
END_TEST

START_TEST(a_torn_chunk_is_taken_from_the_ring_if_it_is_still_there)
{
	uint64_t in_flight;

	/* The clock sample, which is last, and a piece of the cells before it. */
	collect_and_die((off_t)(sizeof(struct ctr_chunk) + sizeof(struct ctr_clock_sample) + 10),
			true);
	ck_assert_int_eq(recover(), 0);
	ck_assert_uint_eq(recovered_calls(&in_flight), 28);
}
END_TEST

START_TEST(a_session_at_work_is_left_alone)
{
	const struct col_settings settings = { .overflow = CTR_OVERFLOW_BLOCK };
	struct col_session session;

	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	strcpy(session_path, session.path);
	ck_assert_int_eq(recover(), -EBUSY);
	ck_assert_ptr_nonnull(strstr(why, "at work"));
	col_session_close(&session, true);
}
END_TEST

START_TEST(what_is_no_session_is_refused)
{
	strcpy(session_path, folder);
	ck_assert_int_eq(recover(), -ENOENT);
}
END_TEST

static Suite *recover_suite(void)
{
	Suite *suite = suite_create("collect/recover");
	TCase *tc = tcase_create("recovering");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_flight_recorder_is_read_without_a_collector);
	tcase_add_test(tc, recovering_changes_nothing_and_can_be_repeated);
	tcase_add_test(tc, what_the_collector_had_and_what_it_had_not_come_together);
	tcase_add_test(tc, references_from_before_and_after_are_named);
	tcase_add_test(tc, what_was_written_and_not_released_comes_once);
	tcase_add_test(tc, a_torn_chunk_is_taken_from_the_ring_if_it_is_still_there);
	tcase_add_test(tc, a_session_at_work_is_left_alone);
	tcase_add_test(tc, what_is_no_session_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(recover_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
