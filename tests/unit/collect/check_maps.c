/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory maps: which lines are kept, which addresses they hold, which paths stand in them.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "collect/maps.h"

static const char map_text[] =
	"00400000-00401000 r--p 00000000 08:01 11 /usr/bin/app\n"
	"00401000-00402000 r-xp 00001000 08:01 11 /usr/bin/app\n"
	"7f0000000000-7f0000004000 r-xp 00000000 08:01 12 /usr/lib/libx.so.1\n"
	"7f0000010000-7f0000011000 rw-p 00000000 00:00 0 \n"
	"7f0000020000-7f0000021000 r-xp 00000000 08:01 13 /tmp/a b.so (deleted)\n"
	"7ffff7fc1000-7ffff7fc3000 r-xp 00000000 00:00 0 [vdso]\n";

static struct col_maps maps;

static void tear_down(void)
{
	col_maps_free(&maps);
}

static bool update(const char *text)
{
	return col_maps_update(&maps, text, strlen(text));
}

START_TEST(only_executable_mappings_are_kept)
{
	ck_assert(update(map_text));
	ck_assert_uint_eq(maps.nranges, 4);
	ck_assert_ptr_null(memmem(maps.text, maps.size, "r--p", 4));
	ck_assert_ptr_nonnull(memmem(maps.text, maps.size, "[vdso]", 6));
}
END_TEST

START_TEST(addresses_are_found_in_their_ranges)
{
	update(map_text);
	ck_assert(col_maps_holds(&maps, 0x401000));
	ck_assert(col_maps_holds(&maps, 0x401fff));
	ck_assert(!col_maps_holds(&maps, 0x402000));
	ck_assert(!col_maps_holds(&maps, 0x400800));
	ck_assert(col_maps_holds(&maps, 0x7f0000003fff));
	ck_assert(!col_maps_holds(&maps, 0x7f0000010500));
	ck_assert(col_maps_holds(&maps, 0x7ffff7fc2000));
	ck_assert(!col_maps_holds(&maps, UINT64_MAX));
	ck_assert(!col_maps_holds(&maps, 0));
}
END_TEST

START_TEST(the_same_map_is_no_news)
{
	ck_assert(update(map_text));
	ck_assert(!update(map_text));
	ck_assert(update("00401000-00402000 r-xp 00001000 08:01 11 /usr/bin/app\n"));
}
END_TEST

START_TEST(an_empty_map_does_not_replace_a_known_one)
{
	update(map_text);
	ck_assert(!update(""));
	ck_assert(col_maps_holds(&maps, 0x401000));
}
END_TEST

START_TEST(lines_that_make_no_sense_are_left_out)
{
	ck_assert(update("what\n"
			 "00401000-00402000\n"
			 "00402000-00401000 r-xp 0 0 0 /backwards\n"
			 "zz-00402000 r-xp 0 0 0 /letters\n"
			 "00401000-00402000 r-xp 00001000 08:01 11 /good\n"
			 "00501000-00502000 r-xp 00001000 08:01 11 /cut/o"));
	ck_assert_uint_eq(maps.nranges, 1);
}
END_TEST

START_TEST(paths_are_taken_from_lines)
{
	static const char *const lines[] = {
		"00401000-00402000 r-xp 00001000 08:01 11 /usr/bin/a pp\n",
		"00401000-00402000 r-xp 00001000 08:01 11 [vdso]\n",
		"00401000-00402000 r-xp 00001000 08:01 11 /gone (deleted)\n",
		"00401000-00402000 r-xp 00001000 08:01 11\n",
	};
	const char *path;
	size_t length;

	path = col_maps_line_path(lines[0], strlen(lines[0]), &length);
	ck_assert_uint_eq(length, strlen("/usr/bin/a pp"));
	ck_assert_int_eq(strncmp(path, "/usr/bin/a pp", length), 0);
	for (size_t i = 1; i < 4; i++)
		ck_assert_ptr_null(col_maps_line_path(lines[i], strlen(lines[i]), &length));
}
END_TEST

START_TEST(our_own_map_holds_our_own_code)
{
	size_t size;
	char *text = col_read_file(AT_FDCWD, "/proc/self/maps", &size);

	ck_assert_ptr_nonnull(text);
	ck_assert(col_maps_update(&maps, text, size));
	ck_assert(col_maps_holds(&maps, (uint64_t)(uintptr_t)&update));
	ck_assert(!col_maps_holds(&maps, (uint64_t)(uintptr_t)&size));
	free(text);
}
END_TEST

static Suite *maps_suite(void)
{
	Suite *suite = suite_create("collect/maps");
	TCase *tc = tcase_create("maps");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_add_test(tc, only_executable_mappings_are_kept);
	tcase_add_test(tc, addresses_are_found_in_their_ranges);
	tcase_add_test(tc, the_same_map_is_no_news);
	tcase_add_test(tc, an_empty_map_does_not_replace_a_known_one);
	tcase_add_test(tc, lines_that_make_no_sense_are_left_out);
	tcase_add_test(tc, paths_are_taken_from_lines);
	tcase_add_test(tc, our_own_map_holds_our_own_code);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(maps_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
