/* SPDX-License-Identifier: Apache-2.0 */
/* The stateless helpers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "unit/reader/fixture.h"
#include "util/arena.h"
#include "util/format.h"
#include "util/map.h"
#include "util/utf8.h"

/* ---- format -------------------------------------------------------------------------------- */

START_TEST(numbers_are_written_as_printf_does)
{
	static const uint64_t values[] = { 0,
					   9,
					   10,
					   99,
					   100,
					   101,
					   12345,
					   1000000,
					   9007199254740993,
					   INT64_MAX,
					   (uint64_t)INT64_MIN,
					   UINT64_MAX };
	char ours[UT_FORMAT_MAX + 1], theirs[UT_FORMAT_MAX + 1];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		ours[ut_format_u64(ours, values[i])] = '\0';
		snprintf(theirs, sizeof(theirs), "%" PRIu64, values[i]);
		ck_assert_str_eq(ours, theirs);
		ours[ut_format_i64(ours, (int64_t)values[i])] = '\0';
		snprintf(theirs, sizeof(theirs), "%" PRId64, (int64_t)values[i]);
		ck_assert_str_eq(ours, theirs);
		ours[ut_format_hex(ours, values[i])] = '\0';
		snprintf(theirs, sizeof(theirs), "0x%" PRIx64, values[i]);
		ck_assert_str_eq(ours, theirs);
	}
}
END_TEST

START_TEST(nanoseconds_keep_every_digit)
{
	char text[UT_FORMAT_MAX + 1];

	text[ut_format_us(text, 9007199254740993)] = '\0';
	ck_assert_str_eq(text, "9007199254740.993");
	text[ut_format_us(text, 1)] = '\0';
	ck_assert_str_eq(text, "0.001");
	text[ut_format_us(text, -1500)] = '\0';
	ck_assert_str_eq(text, "-1.500");
	text[ut_format_s(text, 1000000001)] = '\0';
	ck_assert_str_eq(text, "1.000000001");
	text[ut_format_s(text, INT64_MIN)] = '\0';
	ck_assert_str_eq(text, "-9223372036.854775808");
}
END_TEST

/* ---- utf8 ---------------------------------------------------------------------------------- */

START_TEST(characters_of_every_length_are_known)
{
	uint32_t code;

	ck_assert_uint_eq(ut_utf8_char("A", 1, &code), 1);
	ck_assert_uint_eq(ut_utf8_char("\xc3\xa9", 2, &code), 2);
	ck_assert_uint_eq(code, 0xe9);
	ck_assert_uint_eq(ut_utf8_char("\xe2\x82\xac", 3, &code), 3);
	ck_assert_uint_eq(code, 0x20ac);
	ck_assert_uint_eq(ut_utf8_char("\xf0\x9f\x98\x80", 4, &code), 4);
	ck_assert_uint_eq(code, 0x1f600);
}
END_TEST

START_TEST(what_is_not_utf8_is_no_character)
{
	static const char *const wrong[] = {
		"\x80",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xed\xa0\x80",
		"\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xc3(",
		"\xe2\x82(",
	};
	uint32_t code;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_uint_eq(ut_utf8_char(wrong[i], strlen(wrong[i]), &code), 0);
	/* Cut off. */
	ck_assert_uint_eq(ut_utf8_char("\xe2\x82\xac", 2, &code), 0);
}
END_TEST

START_TEST(what_acts_on_a_terminal_is_not_printable)
{
	ck_assert(ut_is_printable(' '));
	ck_assert(ut_is_printable(0xe9));
	ck_assert(!ut_is_printable(0x1b));
	ck_assert(!ut_is_printable(0x7f));
	ck_assert(!ut_is_printable(0x9b));
	ck_assert(!ut_is_printable(0x202e));
	ck_assert(!ut_is_printable(0x2066));
}
END_TEST

/* ---- arena and map ------------------------------------------------------------------------- */

START_TEST(an_arena_keeps_what_it_was_given)
{
	struct ut_arena arena = { 0 };
	char *texts[1000], expected[16];
	char *large = ut_arena_alloc(&arena, 100000);

	memset(large, 'x', 100000);
	for (int i = 0; i < 1000; i++)
		texts[i] = ut_arena_printf(&arena, "%d", i * 7919);
	for (int i = 0; i < 1000; i++) {
		snprintf(expected, sizeof(expected), "%d", i * 7919);
		ck_assert_str_eq(texts[i], expected);
	}
	ck_assert_int_eq(large[99999], 'x');
	ut_arena_free(&arena);
}
END_TEST

START_TEST(an_arena_can_be_used_again)
{
	struct ut_arena arena = { 0 };

	for (int i = 0; i < 100; i++) {
		ck_assert_str_eq(ut_arena_copy(&arena, "abcdef", 3), "abc");
		memset(ut_arena_alloc(&arena, 20000), i, 20000);
		ut_arena_reset(&arena);
	}
	ut_arena_free(&arena);
}
END_TEST

START_TEST(a_map_finds_what_was_put_in)
{
	struct ut_map map = { 0 };

	ck_assert_ptr_null(ut_map_get(&map, 0));
	for (uint32_t i = 0; i < 5000; i++)
		ut_map_put(&map, (uint64_t)i << 32 | i % 3, i);
	ut_map_put(&map, 0, 77);
	for (uint32_t i = 1; i < 5000; i++)
		ck_assert_uint_eq(*ut_map_get(&map, (uint64_t)i << 32 | i % 3), i);
	ck_assert_uint_eq(*ut_map_get(&map, 0), 77);
	ck_assert_ptr_null(ut_map_get(&map, 5000));
	ck_assert_uint_eq(map.count, 5000);
	ut_map_free(&map);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("util");
	TCase *t = tcase_create("util");

	suite_add_tcase(suite, t);
	tcase_add_test(t, numbers_are_written_as_printf_does);
	tcase_add_test(t, nanoseconds_keep_every_digit);
	tcase_add_test(t, characters_of_every_length_are_known);
	tcase_add_test(t, what_is_not_utf8_is_no_character);
	tcase_add_test(t, what_acts_on_a_terminal_is_not_printable);
	tcase_add_test(t, an_arena_keeps_what_it_was_given);
	tcase_add_test(t, an_arena_can_be_used_again);
	tcase_add_test(t, a_map_finds_what_was_put_in);
	return fx_run(suite);
}
