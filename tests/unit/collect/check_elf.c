/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ELF tables: from files made to order, and from files that were spoilt in every place.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/elf.h"
#include "elf_build.h"

static char path[64];
static struct col_elf elf;

static void set_up(void)
{
	strcpy(path, "/tmp/curtrace-elf-XXXXXX");
	close(mkstemp(path));
}

static void tear_down(void)
{
	col_elf_free(&elf);
	unlink(path);
}

static enum col_elf_status read_built(const struct elf_recipe *recipe)
{
	elf_build_file(recipe, path);
	return col_elf_read(path, true, &elf);
}

static enum col_elf_status read_bytes(const void *data, size_t size)
{
	FILE *f = fopen(path, "we");

	ck_assert(f && fwrite(data, 1, size, f) == size && !fclose(f));
	return col_elf_read(path, true, &elf);
}

START_TEST(interpreter_soname_and_needed_are_read)
{
	const struct elf_recipe recipe = {
		.interpreter = "/lib64/ld.so",
		.soname = "libthis.so",
		.needed = { "libcudart.so.12", "libc.so.6" },
	};

	ck_assert_int_eq(read_built(&recipe), COL_ELF_OK);
	ck_assert(elf.is_program);
	ck_assert_str_eq(elf.interpreter, "/lib64/ld.so");
	ck_assert_str_eq(elf.soname, "libthis.so");
	ck_assert_uint_eq(elf.nneeded, 2);
	ck_assert_str_eq(elf.needed[0], "libcudart.so.12");
	ck_assert_str_eq(elf.needed[1], "libc.so.6");
}
END_TEST

START_TEST(a_static_program_has_no_interpreter)
{
	const struct elf_recipe recipe = { .stripped = true };

	ck_assert_int_eq(read_built(&recipe), COL_ELF_OK);
	ck_assert(elf.is_program);
	ck_assert_ptr_null(elf.interpreter);
}
END_TEST

START_TEST(needed_libraries_are_found_without_sections)
{
	const struct elf_recipe recipe = { .stripped = true, .needed = { "libcudart.so.13" } };

	ck_assert_int_eq(read_built(&recipe), COL_ELF_OK);
	ck_assert_uint_eq(elf.nneeded, 1);
}
END_TEST

START_TEST(device_code_and_its_registration_are_seen)
{
	const struct elf_recipe shared = { .device_code = true,
					   .imported = "__cudaRegisterFatBinary" };
	const struct elf_recipe alone = { .device_code = true, .imported = "malloc" };

	ck_assert_int_eq(read_built(&shared), COL_ELF_OK);
	ck_assert(elf.has_device_code && elf.imports_register && elf.imports_runtime);
	col_elf_free(&elf);
	ck_assert_int_eq(read_built(&alone), COL_ELF_OK);
	ck_assert(elf.has_device_code && !elf.imports_register && !elf.imports_runtime);
}
END_TEST

START_TEST(a_local_runtime_is_told_from_an_exported_one)
{
	const struct elf_recipe local = { .local = "cudaMalloc" };
	const struct elf_recipe exported = { .exported = "cudaMalloc", .local = "cudaMalloc" };

	read_built(&local);
	ck_assert(elf.hides_runtime && !elf.exports_runtime);
	col_elf_free(&elf);
	read_built(&exported);
	ck_assert(!elf.hides_runtime && elf.exports_runtime);
}
END_TEST

START_TEST(functions_of_the_driver_are_not_the_runtimes)
{
	const struct elf_recipe recipe = { .imported = "cuMemAlloc_v2", .local = "cudaMallocator" };

	read_built(&recipe);
	ck_assert(!elf.imports_runtime && !elf.hides_runtime);
}
END_TEST

START_TEST(without_symbols_nothing_is_said_of_them)
{
	const struct elf_recipe recipe = { .local = "cudaMalloc", .interpreter = "/lib/ld.so" };

	elf_build_file(&recipe, path);
	ck_assert_int_eq(col_elf_read(path, false, &elf), COL_ELF_OK);
	ck_assert(!elf.hides_runtime);
	ck_assert_ptr_nonnull(elf.interpreter);
}
END_TEST

START_TEST(what_cannot_be_traced_is_told_apart)
{
	const struct elf_recipe narrow = { .is_32_bit = true }, foreign = { .other_machine = true },
				object = { .is_object = true };

	ck_assert_int_eq(read_built(&narrow), COL_ELF_32_BIT);
	ck_assert_int_eq(read_built(&foreign), COL_ELF_OTHER_MACHINE);
	ck_assert_int_eq(read_built(&object), COL_ELF_OK);
	ck_assert(!elf.is_program);
	ck_assert_int_eq(read_bytes("#!/bin/sh\n", 10), COL_ELF_NOT_ELF);
	ck_assert_int_eq(read_bytes("", 0), COL_ELF_NOT_ELF);
	ck_assert_int_eq(read_bytes("\177ELF", 4), COL_ELF_DAMAGED);
	ck_assert_int_eq(col_elf_read("/nonexistent", true, &elf), COL_ELF_UNREADABLE);
	ck_assert_int_eq(col_elf_read("/tmp", true, &elf), COL_ELF_UNREADABLE);
}
END_TEST

static const struct elf_recipe everything = {
	.interpreter = "/lib64/ld.so",
	.soname = "libthis.so",
	.needed = { "libcudart.so.12", "libc.so.6" },
	.device_code = true,
	.imported = "__cudaRegisterFatBinary",
	.local = "cudaMalloc",
};

START_TEST(a_file_cut_off_anywhere_is_survived)
{
	unsigned char data[ELF_BUILD_MAX];
	size_t size = elf_build(&everything, data);

	for (size_t cut = 0; cut < size; cut += 3) {
		read_bytes(data, cut);
		col_elf_free(&elf);
	}
}
END_TEST

START_TEST(any_spoilt_byte_is_survived)
{
	static const unsigned char values[] = { 0x00, 0x7f, 0x80, 0xff };
	unsigned char data[ELF_BUILD_MAX];
	size_t size = elf_build(&everything, data);

	for (size_t i = 0; i < size; i++) {
		unsigned char good = data[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			data[i] = values[v];
			read_bytes(data, size);
			col_elf_free(&elf);
		}
		data[i] = good;
	}
}
END_TEST

START_TEST(our_own_program_is_read)
{
	ck_assert_int_eq(col_elf_read("/proc/self/exe", true, &elf), COL_ELF_OK);
	ck_assert(elf.is_program);
	ck_assert_ptr_nonnull(elf.interpreter);
	ck_assert_uint_gt(elf.nneeded, 0);
}
END_TEST

static Suite *elf_suite(void)
{
	Suite *suite = suite_create("collect/elf");
	TCase *tc = tcase_create("tables");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, interpreter_soname_and_needed_are_read);
	tcase_add_test(tc, a_static_program_has_no_interpreter);
	tcase_add_test(tc, needed_libraries_are_found_without_sections);
	tcase_add_test(tc, device_code_and_its_registration_are_seen);
	tcase_add_test(tc, a_local_runtime_is_told_from_an_exported_one);
	tcase_add_test(tc, functions_of_the_driver_are_not_the_runtimes);
	tcase_add_test(tc, without_symbols_nothing_is_said_of_them);
	tcase_add_test(tc, what_cannot_be_traced_is_told_apart);
	tcase_add_test(tc, a_file_cut_off_anywhere_is_survived);
	tcase_add_test(tc, any_spoilt_byte_is_survived);
	tcase_add_test(tc, our_own_program_is_read);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(elf_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
