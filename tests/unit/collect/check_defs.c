/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following definitions: whole ones only, however the file was torn.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/defs.h"
#include "collect/session.h"
#include "traced.h"

#define TEXT     "name=kernel\n"
#define DEF_SIZE (sizeof(struct ctr_def) + sizeof(TEXT) - 1)

static char folder[64];
static struct col_session session;
static struct traced process;
static struct col_defs defs;
static char name[80];

static void set_up(void)
{
	const struct col_settings settings = { .overflow = CTR_OVERFLOW_BLOCK };

	strcpy(folder, "/tmp/curtrace-defs-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	ck_assert_int_eq(col_session_create(&session, &settings), 0);
	traced_open(&process, session.path, 0);
	snprintf(name, sizeof(name), "defs.%s", process.tag);
	col_defs_init(&defs);
}

static void tear_down(void)
{
	char command[128];

	col_defs_free(&defs);
	col_session_close(&session, true);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static size_t take(bool dead)
{
	size_t total = 0, size;

	while ((size = col_defs_read(&defs, session.dirfd, name, dead))) {
		total += size;
		col_defs_take(&defs, size);
	}
	return total;
}

static void append(const void *data, size_t size)
{
	int fd = openat(session.dirfd, name, O_WRONLY | O_CREAT | O_APPEND, 0600);

	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

START_TEST(a_file_that_is_not_there_has_none)
{
	ck_assert_uint_eq(take(false), 0);
}
END_TEST

START_TEST(definitions_are_taken_as_they_are_appended)
{
	traced_define(&process, CTR_DEF_KERNEL, 1, TEXT, 0);
	ck_assert_uint_eq(take(false), DEF_SIZE);
	ck_assert_uint_eq(take(false), 0);
	traced_define(&process, CTR_DEF_KERNEL, 2, TEXT, 0);
	traced_define(&process, CTR_DEF_KERNEL, 3, TEXT, 0);
	ck_assert_uint_eq(take(false), 2 * DEF_SIZE);
}
END_TEST

START_TEST(one_that_is_half_there_is_waited_for)
{
	char whole[256];
	int fd;

	traced_define(&process, CTR_DEF_KERNEL, 1, TEXT, 0);
	fd = openat(session.dirfd, name, O_RDWR);
	ck_assert_int_eq(read(fd, whole, sizeof(whole)), (ssize_t)DEF_SIZE);
	ck_assert_int_eq(ftruncate(fd, 20), 0);
	ck_assert_uint_eq(take(false), 0);
	append(whole + 20, DEF_SIZE - 20);
	ck_assert_uint_eq(take(false), DEF_SIZE);
	ck_assert_uint_eq(defs.skipped, 0);
	close(fd);
}
END_TEST

START_TEST(one_that_was_torn_does_not_hide_the_next)
{
	traced_define(&process, CTR_DEF_KERNEL, 1, TEXT, (uint32_t)DEF_SIZE - 3);
	traced_define(&process, CTR_DEF_KERNEL, 2, TEXT, 0);
	ck_assert_uint_eq(take(false), DEF_SIZE);
	ck_assert_uint_eq(defs.skipped, DEF_SIZE - 3);
}
END_TEST

START_TEST(the_dead_do_not_finish_theirs)
{
	traced_define(&process, CTR_DEF_KERNEL, 1, TEXT, 0);
	traced_define(&process, CTR_DEF_KERNEL, 2, TEXT, (uint32_t)DEF_SIZE - 1);
	ck_assert_uint_eq(take(true), DEF_SIZE);
	ck_assert_uint_eq(defs.skipped, DEF_SIZE - 1);
}
END_TEST

START_TEST(garbage_is_skipped_byte_by_byte)
{
	static const char garbage[] = "this was never a definition, not even the beginning of one";

	append(garbage, sizeof(garbage));
	traced_define(&process, CTR_DEF_KERNEL, 1, TEXT, 0);
	ck_assert_uint_eq(take(true), DEF_SIZE);
	ck_assert_uint_eq(defs.skipped, sizeof(garbage));
}
END_TEST

START_TEST(a_large_one_is_read_in_pieces)
{
	static char text[700];

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 100; i++)
		traced_define(&process, CTR_DEF_KERNEL, (uint64_t)i, text, 0);
	ck_assert_uint_eq(take(false), 100 * (sizeof(struct ctr_def) + sizeof(text) - 1));
}
END_TEST

static Suite *defs_suite(void)
{
	Suite *suite = suite_create("collect/defs");
	TCase *tc = tcase_create("following");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_file_that_is_not_there_has_none);
	tcase_add_test(tc, definitions_are_taken_as_they_are_appended);
	tcase_add_test(tc, one_that_is_half_there_is_waited_for);
	tcase_add_test(tc, one_that_was_torn_does_not_hide_the_next);
	tcase_add_test(tc, the_dead_do_not_finish_theirs);
	tcase_add_test(tc, garbage_is_skipped_byte_by_byte);
	tcase_add_test(tc, a_large_one_is_read_in_pieces);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(defs_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
