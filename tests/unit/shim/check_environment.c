/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/shim/environment.c. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/setup.h"
#include "shim/environment.h"

static struct rec_setup setup;

static void clear(void)
{
	unsetenv("CURTRACE");
	unsetenv("CURTRACE_SESSION");
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("TMPDIR");
}

static const char *with_uid(const char *base)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/curtrace-%u", base, (unsigned int)geteuid());
	return path;
}

START_TEST(an_empty_environment_means_a_flight_recorder)
{
	shim_environment_apply(&setup);
	ck_assert(!setup.off);
	ck_assert_ptr_null(setup.session);
	ck_assert_str_eq(setup.flight_folders[0], with_uid("/dev/shm"));
	ck_assert_str_eq(setup.flight_folders[1], with_uid("/tmp"));
	ck_assert_ptr_null(setup.flight_folders[2]);
}
END_TEST

START_TEST(the_runtime_directory_comes_first_and_tmpdir_last)
{
	setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
	setenv("TMPDIR", "/scratch", 1);
	shim_environment_apply(&setup);
	ck_assert_str_eq(setup.flight_folders[0], "/run/user/1/curtrace");
	ck_assert_str_eq(setup.flight_folders[1], with_uid("/dev/shm"));
	ck_assert_str_eq(setup.flight_folders[2], with_uid("/scratch"));
}
END_TEST

START_TEST(relative_folders_are_ignored)
{
	setenv("XDG_RUNTIME_DIR", "run", 1);
	setenv("TMPDIR", "scratch", 1);
	shim_environment_apply(&setup);
	ck_assert_str_eq(setup.flight_folders[0], with_uid("/dev/shm"));
	ck_assert_str_eq(setup.flight_folders[1], with_uid("/tmp"));
}
END_TEST

START_TEST(a_session_is_named_by_its_folder)
{
	setenv("CURTRACE_SESSION", "/run/session", 1);
	shim_environment_apply(&setup);
	ck_assert_str_eq(setup.session, "/run/session");
}
END_TEST

START_TEST(a_relative_session_survives_a_change_of_directory)
{
	ck_assert_int_eq(chdir("/usr"), 0);
	setenv("CURTRACE_SESSION", "session", 1);
	shim_environment_read();
	ck_assert_int_eq(chdir("/"), 0);
	shim_environment_apply(&setup);
	ck_assert_str_eq(setup.session, "/usr/session");
}
END_TEST

START_TEST(off_is_off)
{
	setenv("CURTRACE", "off", 1);
	shim_environment_apply(&setup);
	ck_assert(setup.off);
}
END_TEST

START_TEST(what_the_program_sets_later_is_not_for_us)
{
	shim_environment_read();
	setenv("CURTRACE", "off", 1);
	setenv("CURTRACE_SESSION", "/elsewhere", 1);
	shim_environment_apply(&setup);
	ck_assert(!setup.off);
	ck_assert_ptr_null(setup.session);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shim/environment");
	TCase *tc = tcase_create("variables");
	SRunner *runner = srunner_create(s);
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, clear, NULL);
	tcase_add_test(tc, an_empty_environment_means_a_flight_recorder);
	tcase_add_test(tc, the_runtime_directory_comes_first_and_tmpdir_last);
	tcase_add_test(tc, relative_folders_are_ignored);
	tcase_add_test(tc, a_session_is_named_by_its_folder);
	tcase_add_test(tc, a_relative_session_survives_a_change_of_directory);
	tcase_add_test(tc, off_is_off);
	tcase_add_test(tc, what_the_program_sets_later_is_not_for_us);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
