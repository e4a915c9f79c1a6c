/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/flight.c and prune.c: sessions without a collector. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/flight.h"
#include "record/prune.h"
#include "record/session.h"
#include "unit/record/runner.h"

static char base[256], folder[600];

/* A folder in which the process may make its session. */
static void make_base(void)
{
	snprintf(base, sizeof(base), "%s/flight-base.XXXXXX", getenv("FIXTURE_BASE"));
	ck_assert_ptr_nonnull(mkdtemp(base));
	fixture_setup.flight_folders[0] = base;
}

static int count_sessions(void)
{
	DIR *dir = opendir(base);
	struct dirent *entry;
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		if (strncmp(entry->d_name, REC_FLIGHT_PREFIX, strlen(REC_FLIGHT_PREFIX)) == 0) {
			snprintf(folder, sizeof(folder), "%s/%s", base, entry->d_name);
			count++;
		}
	closedir(dir);
	return count;
}

/* The one session below the base. */
static const struct ctr_session *map_only_session(void)
{
	char path[700];
	void *session;
	int fd;

	ck_assert_int_eq(count_sessions(), 1);
	snprintf(path, sizeof(path), "%s/session", folder);
	fd = open(path, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	session = mmap(NULL, CTR_SESSION_FILE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(session, MAP_FAILED);
	close(fd);
	return session;
}

START_TEST(without_a_collector_the_process_makes_a_session)
{
	const struct ctr_session *s;
	struct stat st;

	make_base();
	ck_assert_int_eq(fixture_call(1), 1);
	s = map_only_session();
	ck_assert_uint_eq(s->magic, CTR_SESSION_MAGIC);
	ck_assert_uint_eq(s->overflow, CTR_OVERFLOW_OVERWRITE);
	ck_assert_uint_eq(s->state, CTR_SESSION_RECORDING);
	ck_assert_uint_eq(s->creator_pid, 0);
	ck_assert_uint_eq(s->processes, 1);
	ck_assert_int_eq(stat(folder, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

START_TEST(a_process_without_calls_makes_none)
{
	make_base();
	rec_session_exit();
	ck_assert_int_eq(count_sessions(), 0);
}
END_TEST

START_TEST(a_folder_that_is_not_ours_is_passed_over)
{
	make_base();
	fixture_setup.flight_folders[1] = base;
	fixture_setup.flight_folders[0] = "/tmp";
	ck_assert_int_eq(fixture_call(1), 1);
	map_only_session();
}
END_TEST

START_TEST(without_any_folder_recording_is_off)
{
	fixture_setup.flight_folders[0] = "/nonexistent/curtrace";
	ck_assert_int_eq(fixture_call(1), 0);
	ck_assert_int_eq(rec_switch.state, REC_OFF);
}
END_TEST

START_TEST(a_forked_child_joins_the_session)
{
	int status;
	pid_t pid;

	make_base();
	fixture_call(1);
	pid = fork();
	if (pid == 0)
		_exit(!fixture_call(2));
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(map_only_session()->processes, 2);
}
END_TEST

static void leave_a_dead_session(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(!fixture_call(1));
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
}

START_TEST(only_the_newest_dead_sessions_are_kept)
{
	make_base();
	for (int i = 0; i < REC_FLIGHT_KEEP + 6; i++)
		leave_a_dead_session();
	/* The last one was made after it had looked for older ones. */
	ck_assert_int_eq(count_sessions(), REC_FLIGHT_KEEP + 1);
}
END_TEST

START_TEST(the_session_of_a_living_process_is_kept)
{
	char own[600];

	make_base();
	fixture_call(1);
	map_only_session();
	memcpy(own, folder, sizeof(own));
	/* Children that know nothing of their parent's session. */
	for (int i = 0; i < 3; i++) {
		int dir = open(base, O_RDONLY | O_DIRECTORY);

		for (int k = 0; k < 12; k++) {
			struct rec_identity identity = { .pid = (uint32_t)(100 + 12 * i + k) };
			struct rec_setup setup = { .flight_folders = { base } };

			ck_assert(rec_flight_make(&setup, &identity, folder, sizeof(folder)));
		}
		rec_flight_prune(dir);
		close(dir);
	}
	ck_assert_int_eq(access(own, F_OK), 0);
	ck_assert_int_le(count_sessions(), REC_FLIGHT_KEEP + 2);
}
END_TEST

START_TEST(a_session_that_is_read_is_kept)
{
	char first[700];
	int fd;

	make_base();
	leave_a_dead_session();
	map_only_session();
	snprintf(first, sizeof(first), "%s/session", folder);
	fd = open(first, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_SH), 0);
	for (int i = 0; i < REC_FLIGHT_KEEP + 6; i++)
		leave_a_dead_session();
	ck_assert_int_eq(access(first, F_OK), 0);
	close(fd);
	/* It is the oldest. */
	leave_a_dead_session();
	leave_a_dead_session();
	ck_assert_int_ne(access(first, F_OK), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/flight");

	suite_test(s, without_a_collector_the_process_makes_a_session);
	suite_test(s, a_process_without_calls_makes_none);
	suite_test(s, a_folder_that_is_not_ours_is_passed_over);
	suite_test(s, without_any_folder_recording_is_off);
	suite_test(s, a_forked_child_joins_the_session);
	suite_test(s, only_the_newest_dead_sessions_are_kept);
	suite_test(s, the_session_of_a_living_process_is_kept);
	suite_test(s, a_session_that_is_read_is_kept);
	return s;
}
