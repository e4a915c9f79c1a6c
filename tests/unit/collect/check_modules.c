/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging modules: which of them hide calls, and how that is said.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/modules.h"
#include "elf_build.h"

static char folder[64];
static struct col_modules modules;
static struct col_warnings warnings;
static struct col_runtimes told; /* nothing */

static void set_up(void)
{
	strcpy(folder, "/tmp/curtrace-modules-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
	char command[128];

	col_modules_free(&modules);
	col_warnings_free(&warnings);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void build(const char *name, const struct elf_recipe *recipe)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	elf_build_file(recipe, path);
	col_modules_add(&modules, path, strlen(path));
}

static void expect_only(const char *code, const char *word)
{
	col_modules_inspect(&modules, NULL, &told, &warnings);
	ck_assert_uint_eq(warnings.count, 1);
	ck_assert_str_eq(warnings.list[0].code, code);
	ck_assert_msg(strstr(warnings.list[0].text, word), "%s", warnings.list[0].text);
}

START_TEST(device_code_without_import_is_a_static_runtime)
{
	const struct elf_recipe recipe = { .device_code = true };

	build("app", &recipe);
	expect_only("static-runtime", "/app ");
}
END_TEST

START_TEST(a_hidden_function_of_the_runtime_is_a_static_runtime)
{
	const struct elf_recipe recipe = { .local = "cudaMalloc" };

	build("hostonly", &recipe);
	expect_only("static-runtime", "hostonly");
}
END_TEST

START_TEST(another_version_is_named)
{
	const struct elf_recipe recipe = { .needed = { "libc.so.6", "libcudart.so.10.2" } };

	build("old", &recipe);
	expect_only("other-runtime-version", "libcudart.so.10.2");
}
END_TEST

START_TEST(a_second_runtime_is_named)
{
	const struct elf_recipe recipe = { .exported = "cudaMalloc" };

	build("libother.so", &recipe);
	expect_only("other-runtime", "libother.so");
}
END_TEST

START_TEST(a_program_of_our_versions_is_plain_and_uses_the_runtime)
{
	static const char *const needed[] = { "libcudart.so.11.0", "libcudart.so.12",
					      "libcudart.so.13" };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const struct elf_recipe recipe = { .needed = { needed[i] },
						   .device_code = true,
						   .imported = "__cudaRegisterFatBinary" };
		char name[8];

		snprintf(name, sizeof(name), "app%zu", i);
		build(name, &recipe);
	}
	col_modules_inspect(&modules, NULL, &told, &warnings);
	ck_assert_uint_eq(warnings.count, 0);
	ck_assert(modules.uses_runtime);
}
END_TEST

START_TEST(the_driver_is_nobodys_business)
{
	const struct elf_recipe recipe = { .device_code = true };

	build("libcuda.so.580.1", &recipe);
	build("libnvidia-ptxjitcompiler.so.1", &recipe);
	col_modules_inspect(&modules, NULL, &told, &warnings);
	ck_assert_uint_eq(warnings.count, 0);
}
END_TEST

START_TEST(our_own_libraries_are_not_looked_at)
{
	const struct elf_recipe recipe = { .exported = "cudaMalloc" };

	build("libcurtrace.so", &recipe);
	col_modules_inspect(&modules, folder, &told, &warnings);
	ck_assert_uint_eq(warnings.count, 0);
}
END_TEST

START_TEST(what_is_no_module_any_more_is_passed_over)
{
	col_modules_add(&modules, "/nonexistent/lib.so", strlen("/nonexistent/lib.so"));
	col_modules_add(&modules, "/etc/passwd", strlen("/etc/passwd"));
	col_modules_inspect(&modules, NULL, &told, &warnings);
	ck_assert_uint_eq(warnings.count, 0);
}
END_TEST

START_TEST(each_file_of_a_map_is_taken_once)
{
	static const char map[] = "00401000-00402000 r-xp 00001000 08:01 11 /usr/bin/app\n"
				  "00402000-00403000 r-xp 00001000 08:01 11 /usr/bin/app\n"
				  "00404000-00405000 r-xp 00001000 08:01 11 [vdso]\n"
				  "00405000-00406000 r-xp 00001000 08:01 11 /usr/bin/app2\n";

	col_modules_add_maps(&modules, map, sizeof(map) - 1);
	col_modules_add_maps(&modules, map, sizeof(map) - 1);
	ck_assert_uint_eq(modules.count, 2);
	ck_assert_str_eq(modules.paths[1], "/usr/bin/app2");
}
END_TEST

static Suite *modules_suite(void)
{
	Suite *suite = suite_create("collect/modules");
	TCase *tc = tcase_create("judging");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, device_code_without_import_is_a_static_runtime);
	tcase_add_test(tc, a_hidden_function_of_the_runtime_is_a_static_runtime);
	tcase_add_test(tc, another_version_is_named);
	tcase_add_test(tc, a_second_runtime_is_named);
	tcase_add_test(tc, a_program_of_our_versions_is_plain_and_uses_the_runtime);
	tcase_add_test(tc, the_driver_is_nobodys_business);
	tcase_add_test(tc, our_own_libraries_are_not_looked_at);
	tcase_add_test(tc, what_is_no_module_any_more_is_passed_over);
	tcase_add_test(tc, each_file_of_a_map_is_taken_once);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(modules_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
