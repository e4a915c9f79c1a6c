/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session folders: where they are made, for whom, and what is in them.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/session.h"
#include "traced.h"

static char folder[64];
static struct col_session session;
static const struct col_settings defaults;

static void set_up(void)
{
	strcpy(folder, "/tmp/curtrace-session-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
}

static void tear_down(void)
{
	char command[128];

	col_session_close(&session, true);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(a_session_is_private_and_recording)
{
	struct stat st;

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_int_eq(strncmp(session.path, folder, strlen(folder)), 0);
	ck_assert_int_eq(stat(session.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_uint_eq(session.shared->magic, CTR_SESSION_MAGIC);
	ck_assert_uint_eq(session.shared->state, CTR_SESSION_RECORDING);
	ck_assert_uint_eq(session.shared->creator_pid, getpid());
	ck_assert_uint_eq(session.shared->process_slots, CTR_PROCESS_SLOTS);
	ck_assert_uint_eq(session.nslots, CTR_PROCESS_SLOTS);
}
END_TEST

START_TEST(its_file_has_all_its_blocks)
{
	struct stat st;

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_int_eq(fstat(session.lockfd, &st), 0);
	ck_assert_int_ge(st.st_size, (long long)CTR_SESSION_FILE_SIZE);
	ck_assert_int_ge(st.st_blocks * 512, (long long)CTR_SESSION_FILE_SIZE);
}
END_TEST

START_TEST(defaults_are_filled_in)
{
	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_uint_eq(session.shared->ring_bytes, COL_RING_BYTES_DEFAULT);
	ck_assert_uint_gt(session.shared->total_bytes, 0);
	ck_assert_uint_gt(session.shared->block_timeout_ns, 0);
	ck_assert_uint_ne(session.shared->clock, CTR_CLOCK_NONE);
	ck_assert_uint_gt(session.shared->created.realtime_ns, 0);
}
END_TEST

START_TEST(settings_are_taken_over)
{
	const struct col_settings settings = {
		.overflow = CTR_OVERFLOW_DROP,
		.ring_bytes = 65536,
		.total_bytes = 1 << 20,
		.block_timeout_ns = UINT64_MAX,
	};

	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	ck_assert_uint_eq(session.shared->overflow, CTR_OVERFLOW_DROP);
	ck_assert_uint_eq(session.shared->ring_bytes, 65536);
	ck_assert_uint_eq(session.shared->total_bytes, 1 << 20);
	ck_assert_uint_eq(session.shared->block_timeout_ns, UINT64_MAX);
}
END_TEST

START_TEST(the_lock_is_held_as_long_as_the_session)
{
	char path[PATH_MAX + 16];
	int fd;

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	snprintf(path, sizeof(path), "%s/session", session.path);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), -1);
	col_session_close(&session, false);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
}
END_TEST

START_TEST(closing_removes_the_folder_and_all_in_it)
{
	struct traced process;
	char path[PATH_MAX];

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	strcpy(path, session.path);
	traced_open(&process, path, 0);
	col_session_close(&session, true);
	ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

START_TEST(a_folder_that_others_can_enter_is_not_used)
{
	char ours[128];

	snprintf(ours, sizeof(ours), "%s/curtrace", folder);
	ck_assert_int_eq(mkdir(ours, 0755), 0);
	ck_assert_int_eq(chmod(ours, 0755), 0);
	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_int_ne(strncmp(session.path, folder, strlen(folder)), 0);
}
END_TEST

START_TEST(a_link_in_the_place_of_the_folder_is_not_followed)
{
	char ours[128], other[128];

	snprintf(ours, sizeof(ours), "%s/curtrace", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	ck_assert_int_eq(mkdir(other, 0700), 0);
	ck_assert_int_eq(symlink(other, ours), 0);
	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_int_ne(strncmp(session.path, folder, strlen(folder)), 0);
}
END_TEST

START_TEST(a_relative_runtime_folder_is_not_used)
{
	setenv("XDG_RUNTIME_DIR", "relative", 1);
	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_int_eq(session.path[0], '/');
	ck_assert_ptr_null(strstr(session.path, "relative"));
}
END_TEST

START_TEST(a_session_at_work_cannot_be_opened)
{
	struct col_session other;

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	ck_assert_int_eq(col_session_open(&other, session.path), -EBUSY);
}
END_TEST

START_TEST(an_abandoned_session_can_be_opened)
{
	char path[PATH_MAX];

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	strcpy(path, session.path);
	col_session_close(&session, false);
	ck_assert_int_eq(col_session_open(&session, path), 0);
	ck_assert_uint_eq(session.nslots, CTR_PROCESS_SLOTS);
	ck_assert(!session.created);
}
END_TEST

static const struct {
	size_t offset;
	uint32_t value;
} spoilt[] = {
	{ offsetof(struct ctr_session, magic), 1 },
	{ offsetof(struct ctr_session, version_major), 2 },
	{ offsetof(struct ctr_session, header_size), 16 },
	{ offsetof(struct ctr_session, header_size), 1u << 30 },
	{ offsetof(struct ctr_session, process_size), 64 },
	{ offsetof(struct ctr_session, process_slots), 1u << 30 },
};

START_TEST(what_is_no_session_is_refused)
{
	char path[PATH_MAX];

	ck_assert_int_eq(col_session_create(&session, &defaults), 0);
	strcpy(path, session.path);
	memcpy((char *)session.shared + spoilt[_i].offset, &spoilt[_i].value, 4);
	col_session_close(&session, false);
	ck_assert_int_eq(col_session_open(&session, path), -EPROTO);
}
END_TEST

START_TEST(a_folder_without_a_session_is_refused)
{
	ck_assert_int_eq(col_session_open(&session, folder), -ENOENT);
	ck_assert_int_eq(col_session_open(&session, "/nonexistent"), -ENOENT);
}
END_TEST

static Suite *session_suite(void)
{
	Suite *suite = suite_create("collect/session");
	TCase *tc = tcase_create("making");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_session_is_private_and_recording);
	tcase_add_test(tc, its_file_has_all_its_blocks);
	tcase_add_test(tc, defaults_are_filled_in);
	tcase_add_test(tc, settings_are_taken_over);
	tcase_add_test(tc, the_lock_is_held_as_long_as_the_session);
	tcase_add_test(tc, closing_removes_the_folder_and_all_in_it);
	tcase_add_test(tc, a_folder_that_others_can_enter_is_not_used);
	tcase_add_test(tc, a_link_in_the_place_of_the_folder_is_not_followed);
	tcase_add_test(tc, a_relative_runtime_folder_is_not_used);
	tcase_add_test(tc, a_session_at_work_cannot_be_opened);
	tcase_add_test(tc, an_abandoned_session_can_be_opened);
	tcase_add_loop_test(tc, what_is_no_session_is_refused, 0,
			    (int)(sizeof(spoilt) / sizeof(spoilt[0])));
	tcase_add_test(tc, a_folder_without_a_session_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(session_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
