/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of functions: of this program, of files that were spoilt in every place, of lists for perf.
 */
#include <check.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/symtab.h"
#include "elf_build.h"

static char path[64];
static char build_id[COL_BUILD_ID_SIZE];

static void set_up(void)
{
	strcpy(path, "/tmp/curtrace-symtab-XXXXXX");
	close(mkstemp(path));
}

static void tear_down(void)
{
	unlink(path);
}

/* ---- this program -------------------------------------------------------------------------- */

static __attribute__((noinline)) int local_function(int n)
{
	for (volatile int i = 0; i < n; i++)
		n += i;
	return n;
}

int exported_function(int n);
__attribute__((noinline)) int exported_function(int n)
{
	for (volatile int i = 0; i < n; i++)
		n -= i;
	return n;
}

static uint64_t sought, offset;

/* The main program comes first. */
static int find_offset(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	(void)data;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uint64_t at = sought - info->dlpi_addr - segment->p_vaddr;

		if (segment->p_type == PT_LOAD && at < segment->p_filesz)
			offset = segment->p_offset + at;
	}
	return 1;
}

static uint64_t offset_of(uint64_t address)
{
	sought = address;
	dl_iterate_phdr(find_offset, NULL);
	return offset;
}

static int by_offset(const void *a, const void *b)
{
	const struct col_symbol *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

START_TEST(functions_are_named_with_the_distance_from_their_beginning)
{
	struct col_symbol wanted[2] = {
		{ .at = offset_of((uint64_t)local_function) },
		{ .at = offset_of((uint64_t)exported_function) + 3 },
	};
	bool seen[2] = { false };

	qsort(wanted, 2, sizeof(wanted[0]), by_offset);
	col_symtab_find("/proc/self/exe", wanted, 2, build_id);
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_nonnull(wanted[i].name);
		if (!strcmp(wanted[i].name, "local_function"))
			seen[0] = wanted[i].behind == 0;
		else if (!strcmp(wanted[i].name, "exported_function"))
			seen[1] = wanted[i].behind == 3;
		free(wanted[i].name);
	}
	ck_assert(seen[0] && seen[1]);
	ck_assert_uint_eq(strspn(build_id, "0123456789abcdef"), strlen(build_id));
	/* Used, or there would be no such functions. */
	ck_assert_int_eq(local_function(0) + exported_function(0), 0);
}
END_TEST

START_TEST(what_is_in_no_function_has_no_name)
{
	/* The file's header, and beyond its end. */
	struct col_symbol wanted[2] = { { .at = 8 }, { .at = 1ull << 40 } };

	col_symtab_find("/proc/self/exe", wanted, 2, build_id);
	ck_assert_ptr_null(wanted[0].name);
	ck_assert_ptr_null(wanted[1].name);
}
END_TEST

/* ---- other files --------------------------------------------------------------------------- */

START_TEST(what_is_no_elf_file_has_no_names)
{
	struct col_symbol wanted = { .at = 100 };

	strcpy(build_id, "x");
	col_symtab_find("/proc/self/maps", &wanted, 1, build_id);
	ck_assert_ptr_null(wanted.name);
	ck_assert_str_eq(build_id, "");
	col_symtab_find("/nonexistent", &wanted, 1, build_id);
	ck_assert_ptr_null(wanted.name);
}
END_TEST

/* Whatever it says, it must not be believed beyond what is there: for the sanitizers to see. */
START_TEST(no_byte_of_a_file_can_do_harm)
{
	const struct elf_recipe recipe = { .soname = "libthis.so",
					   .exported = "cudaMalloc",
					   .local = "hidden" };
	static const unsigned char values[] = { 0x00, 0x7f, 0xff };
	static unsigned char file[ELF_BUILD_MAX];
	size_t size = elf_build(&recipe, file);
	int fd = open(path, O_WRONLY);

	for (size_t i = 0; i < size; i++)
		for (size_t k = 0; k < sizeof(values); k++) {
			struct col_symbol wanted[] = { { .at = 0 }, { .at = 64 }, { .at = 4000 } };
			unsigned char old = file[i];

			/* In place: to cut a file first is to wait for the disk when closing it. */
			file[i] = values[k];
			ck_assert_int_eq(pwrite(fd, file, size, 0), (ssize_t)size);
			col_symtab_find(path, wanted, 3, build_id);
			for (int n = 0; n < 3; n++)
				free(wanted[n].name);
			file[i] = old;
		}
	close(fd);
}
END_TEST

/* ---- lists for perf ------------------------------------------------------------------------ */

START_TEST(a_list_for_perf_names_places_between_start_and_end)
{
	static const char text[] = "1000 10 py::first:/a.py\n"
				   "2000 20 a name with blanks\n"
				   "nonsense\n3000 zz bad\n4000 10 torn";
	struct col_symbol wanted[] = { { .at = 0xfff },  { .at = 0x1000 }, { .at = 0x100f },
				       { .at = 0x1010 }, { .at = 0x2004 }, { .at = 0x4000 } };
	const char *const names[] = { NULL, "py::first:/a.py",    "py::first:/a.py",
				      NULL, "a name with blanks", NULL };

	col_perf_map_find(text, strlen(text), wanted, 6);
	for (int i = 0; i < 6; i++) {
		if (names[i])
			ck_assert_str_eq(wanted[i].name, names[i]);
		else
			ck_assert_ptr_null(wanted[i].name);
	}
	ck_assert_uint_eq(wanted[2].behind, 15);
	for (int i = 0; i < 6; i++)
		free(wanted[i].name);
}
END_TEST

START_TEST(a_later_line_is_of_later_code)
{
	static const char text[] = "1000 100 before\n1040 10 after\n";
	struct col_symbol wanted[] = { { .at = 0x1044 } };

	col_perf_map_find(text, strlen(text), wanted, 1);
	ck_assert_str_eq(wanted[0].name, "after");
	ck_assert_uint_eq(wanted[0].behind, 4);
	free(wanted[0].name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("symtab");
	TCase *elf = tcase_create("elf"), *perf = tcase_create("perf");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(elf, set_up, tear_down);
	tcase_add_test(elf, functions_are_named_with_the_distance_from_their_beginning);
	tcase_add_test(elf, what_is_in_no_function_has_no_name);
	tcase_add_test(elf, what_is_no_elf_file_has_no_names);
	tcase_add_test(elf, no_byte_of_a_file_can_do_harm);
	suite_add_tcase(suite, elf);
	tcase_add_test(perf, a_list_for_perf_names_places_between_start_and_end);
	tcase_add_test(perf, a_later_line_is_of_later_code);
	suite_add_tcase(suite, perf);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
