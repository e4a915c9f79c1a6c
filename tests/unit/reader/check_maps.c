/* SPDX-License-Identifier: Apache-2.0 */
/* From addresses to files. */
#include <string.h>

#include "reader/maps.h"
#include "unit/reader/fixture.h"

static struct rd_maps maps;
static struct ut_arena strings;

static void add(const char *text)
{
	rd_maps_add(&maps, &strings, text, strlen(text));
}

static void teardown(void)
{
	rd_maps_free(&maps);
	ut_arena_free(&strings);
}

START_TEST(an_address_has_a_file_and_an_offset_in_it)
{
	uint64_t offset;

	add("1000-2000 r--p 00000000 08:01 5 /lib/a.so\n"
	    "2000-3000 r-xp 00001000 08:01 5 /lib/a.so\n");
	rd_maps_sort(&maps);
	ck_assert_str_eq(rd_maps_find(&maps, 0x2010, &offset), "/lib/a.so");
	ck_assert_uint_eq(offset, 0x1010);
	ck_assert_ptr_null(rd_maps_find(&maps, 0x3000, &offset));
}
END_TEST

START_TEST(only_code_of_files_counts)
{
	uint64_t offset;

	add("1000-2000 rw-p 00000000 08:01 5 /lib/a.so\n"
	    "2000-3000 r-xp 00000000 00:00 0 \n"
	    "3000-4000 r-xp 00000000 00:00 0 [vdso]\n"
	    "nonsense\n5000-4000 r-xp 00000000 08:01 5 /lib/b.so\n");
	ck_assert_uint_eq(maps.count, 0);
	ck_assert_ptr_null(rd_maps_find(&maps, 0x2800, &offset));
}
END_TEST

START_TEST(a_path_may_hold_blanks)
{
	uint64_t offset;

	add("1000-2000 r-xp 00000000 08:01 5                 /opt/a user/my app");
	ck_assert_str_eq(rd_maps_find(&maps, 0x1000, &offset), "/opt/a user/my app");
}
END_TEST

START_TEST(a_file_that_was_replaced_keeps_its_name)
{
	uint64_t offset;

	add("1000-2000 r-xp 00000000 08:01 5 /lib/a.so (deleted)\n");
	ck_assert_str_eq(rd_maps_find(&maps, 0x1000, &offset), "/lib/a.so");
}
END_TEST

START_TEST(the_later_snapshot_is_believed)
{
	uint64_t offset;

	add("1000-2000 r-xp 00000000 08:01 5 /lib/old.so\n"
	    "8000-9000 r-xp 00000000 08:01 5 /lib/gone.so\n");
	add("1000-2000 r-xp 00000000 08:01 6 /lib/new.so\n");
	rd_maps_sort(&maps);
	ck_assert_str_eq(rd_maps_find(&maps, 0x1000, &offset), "/lib/new.so");
	ck_assert_str_eq(rd_maps_find(&maps, 0x8000, &offset), "/lib/gone.so");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/maps");
	TCase *t = tcase_create("maps");

	suite_add_tcase(suite, t);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, an_address_has_a_file_and_an_offset_in_it);
	tcase_add_test(t, only_code_of_files_counts);
	tcase_add_test(t, a_path_may_hold_blanks);
	tcase_add_test(t, a_file_that_was_replaced_keeps_its_name);
	tcase_add_test(t, the_later_snapshot_is_believed);
	return fx_run(suite);
}
