/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a lane, in words of its calls. A call is a letter; with an apostrophe, or more of
 * them, it has other arguments. Capital letters are kernels that are launched by one function.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes.h"
#include "unit/analysis/sequences.h"
#include "unit/reader/fixture.h"
#include "util/xalloc.h"

#define NSHAPES 128

/* ---- lanes --------------------------------------------------------------------------------- */

struct lane {
	struct df_call *calls;
	size_t count, capacity;
};

/* Shapes are letters: all of them are known to it, in order. */
static struct df_dictionary *letters(void)
{
	struct df_dictionary *dictionary = df_dictionary_new();

	for (int c = 1; c < NSHAPES; c++) {
		char text[] = { 'f', '_',     (char)(isupper(c) ? 'L' : c == ' ' ? '_' : c),
				' ', (char)c, '\0' };

		ck_assert_uint_eq(df_dictionary_shape(dictionary, text), (unsigned int)c);
	}
	return dictionary;
}

static void say(struct lane *lane, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'') {
			lane->calls[lane->count - 1].token += NSHAPES;
			continue;
		}
		ut_grow(&lane->calls, &lane->capacity, lane->count, sizeof(*lane->calls));
		lane->calls[lane->count++] = (struct df_call){ (uint32_t)*text, (uint32_t)*text,
							       (uint32_t)lane->count, 0 };
	}
}

static void say_often(struct lane *lane, const char *text, size_t times)
{
	while (times--)
		say(lane, text);
}

/* ---- comparisons --------------------------------------------------------------------------- */

static struct lane a, b;
static struct df_changes changes;
static struct df_dictionary *dictionary;

static void compare_within(uint64_t limit)
{
	struct df_sequence side_a = { .calls = a.calls, .count = a.count };
	struct df_sequence side_b = { .calls = b.calls, .count = b.count };
	size_t period;

	dictionary = letters();
	side_a.dictionary = side_b.dictionary = dictionary;
	df_phases(&side_a, &period);
	df_phases(&side_b, &period);
	df_changes(&side_a, &side_b, limit, &changes);
}

static void compare(void)
{
	compare_within(0);
}

static void compare_texts(const char *before, const char *after)
{
	say(&a, before);
	say(&b, after);
	compare();
}

static void done(void)
{
	df_changes_free(&changes);
	df_dictionary_free(dictionary);
	free(a.calls);
	free(b.calls);
	a = b = (struct lane){ .count = 0 };
}

static const struct df_change *only_change(enum df_change_kind kind)
{
	ck_assert_uint_eq(changes.count, 1);
	ck_assert_int_eq(changes.changes[0].kind, kind);
	return &changes.changes[0];
}

static void expect_calls(const struct lane *lane, size_t at, size_t count, const char *expected)
{
	ck_assert_uint_eq(count, strlen(expected));
	ck_assert_uint_le(at + count, lane->count);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq((int)lane->calls[at + i].shape, expected[i]);
}

static void expect_change(const struct df_change *change, const char *went, const char *came,
			  uint64_t times)
{
	expect_calls(&a, change->a, change->na, went);
	expect_calls(&b, change->b, change->nb, came);
	ck_assert_uint_eq(change->times, times);
	if (change->kind != DF_CHANGE_COUNT) {
		ck_assert_uint_eq(change->calls_a, times * change->na);
		ck_assert_uint_eq(change->calls_b, times * change->nb);
	}
}

static void expect_place(const struct df_change *change, size_t block_a, size_t block_b,
			 size_t position)
{
	ck_assert_uint_eq(change->block_a, block_a);
	ck_assert_uint_eq(change->block_b, block_b);
	ck_assert_uint_eq(change->position, position);
}

static void expect_iterations(const struct df_change *change, uint64_t in_a, uint64_t in_b)
{
	ck_assert_uint_eq(change->iterations_a, in_a);
	ck_assert_uint_eq(change->iterations_b, in_b);
}

/* ---- single changes ------------------------------------------------------------------------ */

START_TEST(equal_lanes_have_no_changes)
{
	compare_texts("startupabcabcabcend", "startupabcabcabcend");
	ck_assert_uint_eq(changes.count, 0);
	ck_assert_uint_eq(changes.equal, a.count);
	ck_assert(!changes.limited);
	done();
	compare_texts("", "");
	ck_assert_uint_eq(changes.count, 0);
	done();
}
END_TEST

START_TEST(calls_come_and_go)
{
	compare_texts("abcdefg", "abcxdefg");
	expect_change(only_change(DF_CHANGE_CAME), "", "x", 1);
	expect_place(&changes.changes[0], 0, 0, 0);
	ck_assert_uint_eq(changes.equal, 7);
	done();
	compare_texts("abcdefg", "abfg");
	expect_change(only_change(DF_CHANGE_WENT), "cde", "", 1);
	ck_assert_uint_eq(changes.equal, 4);
	done();
	compare_texts("", "abc");
	expect_change(only_change(DF_CHANGE_CAME), "", "abc", 1);
	done();
}
END_TEST

START_TEST(a_call_with_other_arguments_is_the_same_call)
{
	compare_texts("abcdefg", "abc'defg");
	expect_change(only_change(DF_CHANGE_CALL), "c", "c", 1);
	ck_assert_uint_eq(changes.equal, 6);
	done();
	/* Among those that came and went. */
	compare_texts("abcdefg", "abxye'zfg");
	ck_assert_uint_eq(changes.count, 4);
	expect_change(&changes.changes[0], "cd", "", 1);
	expect_change(&changes.changes[1], "", "xy", 1);
	expect_change(&changes.changes[2], "e", "e", 1);
	expect_change(&changes.changes[3], "", "z", 1);
	done();
}
END_TEST

START_TEST(another_kernel_is_the_same_launch)
{
	compare_texts("abcKdefg", "abcMdefg");
	expect_change(only_change(DF_CHANGE_CALL), "K", "M", 1);
	done();
	compare_texts("abckdefg", "abcmdefg");
	ck_assert_uint_eq(changes.count, 2);
	expect_change(&changes.changes[0], "k", "", 1);
	expect_change(&changes.changes[1], "", "m", 1);
	done();
	/* The launch of the same kernel goes before. */
	compare_texts("abcKMdefg", "abcM'defg");
	ck_assert_uint_eq(changes.count, 2);
	expect_change(&changes.changes[0], "K", "", 1);
	expect_change(&changes.changes[1], "M", "M", 1);
	done();
}
END_TEST

START_TEST(calls_are_swapped)
{
	compare_texts("abcdefg", "abdcefg");
	expect_change(only_change(DF_CHANGE_SWAPPED), "cd", "dc", 1);
	ck_assert_uint_eq(changes.equal, 6);
	done();
	compare_texts("abcdefghijk", "abhcdefgijk");
	expect_change(only_change(DF_CHANGE_SWAPPED), "cdefgh", "hcdefg", 1);
	done();
}
END_TEST

/* Every call has other arguments but for one in three, which by itself says little. */
START_TEST(what_is_equal_by_chance_does_not_hold_calls_apart)
{
	for (int i = 0; i < 300; i++) {
		say(&a, i % 3 ? "qr" : "qrg");
		say(&b, i % 3 ? "q'r'" : "q'r'g");
	}
	compare();
	for (size_t i = 0; i < changes.count; i++)
		ck_assert_int_eq(changes.changes[i].kind, DF_CHANGE_CALL);
	ck_assert_uint_eq(changes.equal, 100);
	done();
	compare_texts("1kglgmg2", "1xgk'gl'gm'g2");
	ck_assert_uint_eq(changes.count, 4);
	expect_change(&changes.changes[0], "", "xg", 1);
	expect_change(&changes.changes[1], "k", "k", 1);
	expect_change(&changes.changes[2], "l", "l", 1);
	expect_change(&changes.changes[3], "m", "m", 1);
	ck_assert_uint_eq(changes.equal, 5);
	done();
}
END_TEST

/* ---- changes in loops ---------------------------------------------------------------------- */

#define START "startup"
#define BODY  "ABCDEFGHIJKLMN"
#define END   "xyz"

static void loops(const char *body_a, size_t times_a, const char *body_b, size_t times_b)
{
	say(&a, START);
	say_often(&a, body_a, times_a);
	say(&a, END);
	say(&b, START);
	say_often(&b, body_b, times_b);
	say(&b, END);
	compare();
}

START_TEST(a_change_in_each_iteration_is_one)
{
	loops(BODY, 200, "ABCDEFGHsIJKLMN", 200);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 200);
	expect_place(&changes.changes[0], 14, 15, 9);
	expect_iterations(&changes.changes[0], 200, 200);
	ck_assert_int_eq(changes.changes[0].phase, DF_STEADY);
	done();
	loops(BODY, 200, "ABCDEGHIJKLMN", 200);
	expect_change(only_change(DF_CHANGE_WENT), "F", "", 200);
	expect_place(&changes.changes[0], 14, 13, 6);
	done();
	loops(BODY, 200, "ABCDEF'GHIJKLMN", 200);
	expect_change(only_change(DF_CHANGE_CALL), "F", "F", 200);
	expect_place(&changes.changes[0], 14, 14, 6);
	done();
	loops(BODY, 200, "ABCDEFGHIKJLMN", 200);
	expect_change(only_change(DF_CHANGE_SWAPPED), "JK", "KJ", 200);
	expect_place(&changes.changes[0], 14, 14, 10);
	done();
}
END_TEST

START_TEST(a_change_at_the_edge_of_a_loop_is_one)
{
	loops(BODY, 200, "s" BODY, 200);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 200);
	done();
	loops(BODY, 200, BODY "s", 200);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 200);
	done();
	loops(BODY, 200, "BCDEFGHIJKLMN", 200);
	expect_change(only_change(DF_CHANGE_WENT), "A", "", 200);
	done();
	loops(BODY, 200, "ABCDEFGHIJKLM", 200);
	expect_change(only_change(DF_CHANGE_WENT), "N", "", 200);
	done();
}
END_TEST

START_TEST(a_short_body_is_no_worse)
{
	loops("abc", 200, "abcs", 200);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 200);
	expect_iterations(&changes.changes[0], 200, 200);
	done();
	loops("abc", 200, "ab'c", 200);
	expect_change(only_change(DF_CHANGE_CALL), "b", "b", 200);
	expect_place(&changes.changes[0], 3, 3, 2);
	done();
}
END_TEST

START_TEST(several_changes_in_a_body_stay_apart)
{
	loops(BODY, 100, "ABsCDEF'GHIKLMNJu", 100);
	ck_assert_uint_eq(changes.count, 4);
	expect_change(&changes.changes[0], "", "s", 100);
	ck_assert_uint_eq(changes.changes[0].position, 3);
	expect_change(&changes.changes[1], "F", "F", 100);
	expect_change(&changes.changes[2], "JKLMN", "KLMNJ", 100);
	expect_change(&changes.changes[3], "", "u", 100);
	done();
}
END_TEST

START_TEST(the_same_call_at_two_places_is_two_changes)
{
	loops(BODY, 100, "ABCsDEFGHIJsKLMN", 100);
	ck_assert_uint_eq(changes.count, 2);
	expect_change(&changes.changes[0], "", "s", 100);
	expect_change(&changes.changes[1], "", "s", 100);
	ck_assert_uint_eq(changes.changes[0].position, 4);
	ck_assert_uint_eq(changes.changes[1].position, 12);
	done();
}
END_TEST

START_TEST(a_change_in_one_iteration_has_its_place)
{
	say(&a, START);
	say_often(&a, BODY, 50);
	say(&b, START);
	say_often(&b, BODY, 37);
	say(&b, "ABCDEFGHsIJKLMN");
	say_often(&b, BODY, 12);
	compare();
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 1);
	ck_assert_uint_eq(changes.changes[0].position, 9);
	ck_assert_uint_eq(changes.changes[0].block_a, 14);
	ck_assert_uint_eq(changes.changes[0].b, 7 + 37 * 14 + 8);
	done();
}
END_TEST

START_TEST(a_loop_goes_round_more_often)
{
	loops(BODY, 200, BODY, 210);
	expect_change(only_change(DF_CHANGE_COUNT), "",
		      BODY BODY BODY BODY BODY BODY BODY BODY BODY BODY, 1);
	ck_assert_uint_eq(changes.changes[0].block_a, 14);
	ck_assert_uint_eq(changes.changes[0].block_b, 14);
	expect_iterations(&changes.changes[0], 200, 210);
	done();
	loops(BODY, 20, BODY, 19);
	expect_iterations(only_change(DF_CHANGE_COUNT), 20, 19);
	done();
}
END_TEST

START_TEST(more_iterations_that_are_different_are_two_changes)
{
	loops(BODY, 200, "ABCDEFGHsIJKLMN", 203);
	ck_assert_uint_eq(changes.count, 2);
	ck_assert_int_eq(changes.changes[0].kind, DF_CHANGE_CAME);
	ck_assert_uint_eq(changes.changes[0].times, 200);
	ck_assert_int_eq(changes.changes[1].kind, DF_CHANGE_COUNT);
	expect_iterations(&changes.changes[1], 200, 203);
	done();
}
END_TEST

START_TEST(an_inner_loop_has_its_own_count)
{
	loops("ABCDqqqqqqE", 100, "ABCDqqqqqqqqE", 100);
	expect_change(only_change(DF_CHANGE_COUNT), "", "qq", 100);
	expect_iterations(&changes.changes[0], 6, 8);
	ck_assert_uint_eq(changes.changes[0].block_a, 1);
	ck_assert_uint_eq(changes.changes[0].calls_b, 200);
	done();
}
END_TEST

START_TEST(a_change_in_an_inner_loop_has_its_block)
{
	loops("Zabcdabcdabcdabcdabcdabcd-+*/<>;", 40, "Zabscdabscdabscdabscdabscdabscd-+*/<>;", 40);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 240);
	expect_place(&changes.changes[0], 4, 5, 3);
	done();
	/* In one of its iterations only: it is the outer loop's. */
	loops("Zabcdabcdabcdabcdabcdabcd-+*/<>;", 40, "Zabcdabcdabscdabcdabcdabcd-+*/<>;", 40);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 40);
	expect_place(&changes.changes[0], 32, 33, 12);
	expect_iterations(&changes.changes[0], 40, 40);
	done();
	/* In half of them. */
	loops("Zabcdabcdabcdabcdabcdabcd-+*/<>;", 40, "Zabcdabcdabcdabscdabscdabscd-+*/<>;", 40);
	expect_change(only_change(DF_CHANGE_CAME), "", "s", 120);
	expect_place(&changes.changes[0], 32, 35, 16);
	done();
}
END_TEST

/* Every tenth iteration logs, some skip a part, polls take as long as they take. */
static void say_noisy(struct lane *lane, const char *middle, size_t times, size_t seed)
{
	struct random random = { seed };

	say(lane, START);
	for (size_t i = 0; i < times; i++) {
		say(lane, "ABCDEFGHIJKLMN");
		say(lane, middle);
		if (i % 10 == 9)
			say(lane, "l");
		if (random_below(&random, 8))
			say(lane, "OPQRSTU");
		say_often(lane, "q", 4 + random_below(&random, 3));
	}
	say(lane, END);
}

START_TEST(a_change_is_found_in_loops_that_vary)
{
	const struct df_change *most = NULL;

	say_noisy(&a, "vw", 200, 5);
	say_noisy(&b, "vsw", 200, 6);
	compare();
	for (size_t i = 0; i < changes.count; i++) {
		if (!most || changes.changes[i].times > most->times)
			most = &changes.changes[i];
	}
	ck_assert_ptr_nonnull(most);
	ck_assert_int_eq(most->kind, DF_CHANGE_CAME);
	expect_change(most, "", "s", 200);
	ck_assert_uint_eq(most->position, 16);
	expect_iterations(most, 200, 200);
	/* What varies by itself is few changes, however often. */
	ck_assert_uint_le(changes.count, 16);
	done();
}
END_TEST

START_TEST(iterations_that_vary_can_be_more)
{
	bool found = false;

	say_noisy(&a, "vw", 60, 5);
	say_noisy(&b, "vw", 80, 5);
	compare();
	for (size_t i = 0; i < changes.count; i++) {
		const struct df_change *change = &changes.changes[i];

		if (change->kind != DF_CHANGE_COUNT || change->block_a == 1)
			continue;
		found = true;
		expect_iterations(change, 60, 80);
	}
	ck_assert(found);
	done();
}
END_TEST

/* ---- phases -------------------------------------------------------------------------------- */

START_TEST(changes_are_of_a_phase)
{
	say(&a, "startup");
	say_often(&a, BODY, 30);
	say(&a, "end");
	say(&b, "stvartup");
	say_often(&b, BODY, 30);
	say(&b, "eud");
	compare();
	ck_assert_uint_eq(changes.count, 3);
	ck_assert_int_eq(changes.changes[0].phase, DF_STARTUP);
	expect_change(&changes.changes[0], "", "v", 1);
	expect_place(&changes.changes[0], 0, 0, 0);
	ck_assert_int_eq(changes.changes[1].phase, DF_TEARDOWN);
	ck_assert_int_eq(changes.changes[2].phase, DF_TEARDOWN);
	done();
	/* One side has hardly begun its loop. */
	loops(BODY, 2, "ABCDEF'GHIJKLMN", 30);
	ck_assert_int_eq(changes.changes[0].kind, DF_CHANGE_CALL);
	ck_assert_int_eq(changes.changes[0].phase, DF_STEADY);
	done();
}
END_TEST

/* ---- lanes that have little in common ------------------------------------------------------ */

static void say_random(struct lane *lane, size_t count, uint32_t from, uint32_t alphabet,
		       struct random *random)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t number = from + random_below(random, alphabet);

		ut_grow(&lane->calls, &lane->capacity, lane->count, sizeof(*lane->calls));
		lane->calls[lane->count++] = (struct df_call){ number, number, (uint32_t)i, 0 };
	}
}

START_TEST(lanes_without_anything_in_common_are_one_change)
{
	struct random random = { 8 };

	say(&a, START);
	say(&b, START);
	say_random(&a, 3000, 1000, 1000, &random);
	say_random(&b, 4000, 2000, 1000, &random);
	compare();
	only_change(DF_CHANGE_REST);
	ck_assert_uint_eq(changes.changes[0].a, strlen(START));
	ck_assert_uint_eq(changes.changes[0].na, 3000);
	ck_assert_uint_eq(changes.changes[0].nb, 4000);
	ck_assert_uint_eq(changes.equal, strlen(START));
	done();
}
END_TEST

START_TEST(lanes_in_which_equal_calls_are_chance_are_one_change)
{
	struct random random = { 9 };

	say(&a, START);
	say(&b, START);
	say_random(&a, 4000, 1000, 500, &random);
	say_random(&b, 4000, 1000, 500, &random);
	compare();
	ck_assert_uint_ge(changes.count, 1);
	ck_assert_uint_le(changes.count, 20);
	ck_assert_int_eq(changes.changes[changes.count - 1].kind, DF_CHANGE_REST);
	done();
}
END_TEST

/* Other arguments everywhere: aligned by what is called. */
START_TEST(lanes_with_other_arguments_everywhere_are_aligned)
{
	say(&a, START);
	say(&b, START);
	for (int i = 0; i < 200; i++) {
		say(&a, "ABCDEFG");
		say(&b, i == 100 ? "A'B'C'sD'E'F'G'" : "A'B'C'D'E'F'G'");
	}
	compare();
	ck_assert_uint_eq(changes.count, 8);
	for (size_t i = 0; i < changes.count; i++) {
		if (changes.changes[i].kind == DF_CHANGE_CAME)
			expect_change(&changes.changes[i], "", "s", 1);
		else
			ck_assert_int_eq(changes.changes[i].kind, DF_CHANGE_CALL);
	}
	done();
}
END_TEST

START_TEST(a_limit_is_said)
{
	struct random random = { 10 };

	say_random(&a, 3000, 1000, 30, &random);
	say_random(&b, 3000, 1000, 30, &random);
	compare_within(20000);
	ck_assert(changes.limited);
	done();
}
END_TEST

/* ---- whatever it is ------------------------------------------------------------------------ */

/* Calls that went, came or changed are as many as the lanes differ by; none is told of twice. */
START_TEST(changes_add_up)
{
	struct random random = { (uint64_t)_i + 1 };

	for (int i = 0; i < 40; i++) {
		struct sequence one = sequence_loop(2 + random_below(&random, 12), 20, 6);
		struct sequence other =
			sequence_edited(&one, &random, random_below(&random, 30), 9);
		uint64_t went = 0, came = 0;

		for (size_t k = 0; k < one.length; k++)
			say(&a, (char[]){ (char)('A' + one.numbers[k]), '\0' });
		for (size_t k = 0; k < other.length; k++)
			say(&b, (char[]){ (char)('A' + other.numbers[k]), '\0' });
		compare();
		for (size_t k = 0; k < changes.count; k++) {
			const struct df_change *change = &changes.changes[k];

			went += change->kind != DF_CHANGE_SWAPPED ? change->calls_a : 0;
			came += change->kind != DF_CHANGE_SWAPPED ? change->calls_b : 0;
			ck_assert_uint_ge(change->times, 1);
			ck_assert_uint_le(change->a + change->na, a.count);
			ck_assert_uint_le(change->b + change->nb, b.count);
			ck_assert(!(change->block_a + change->block_b) == !change->position ||
				  change->kind == DF_CHANGE_COUNT);
		}
		ck_assert_int_eq((int64_t)a.count - (int64_t)went,
				 (int64_t)b.count - (int64_t)came);
		ck_assert_uint_le(changes.equal + went, a.count);
		done();
		sequence_free(&one);
		sequence_free(&other);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff changes");
	TCase *single = tcase_create("single"), *in_loops = tcase_create("loops");
	TCase *whole = tcase_create("whole");

	tcase_add_test(single, equal_lanes_have_no_changes);
	tcase_add_test(single, calls_come_and_go);
	tcase_add_test(single, a_call_with_other_arguments_is_the_same_call);
	tcase_add_test(single, another_kernel_is_the_same_launch);
	tcase_add_test(single, calls_are_swapped);
	tcase_add_test(single, what_is_equal_by_chance_does_not_hold_calls_apart);
	tcase_add_test(in_loops, a_change_in_each_iteration_is_one);
	tcase_add_test(in_loops, a_change_at_the_edge_of_a_loop_is_one);
	tcase_add_test(in_loops, a_short_body_is_no_worse);
	tcase_add_test(in_loops, several_changes_in_a_body_stay_apart);
	tcase_add_test(in_loops, the_same_call_at_two_places_is_two_changes);
	tcase_add_test(in_loops, a_change_in_one_iteration_has_its_place);
	tcase_add_test(in_loops, a_loop_goes_round_more_often);
	tcase_add_test(in_loops, more_iterations_that_are_different_are_two_changes);
	tcase_add_test(in_loops, an_inner_loop_has_its_own_count);
	tcase_add_test(in_loops, a_change_in_an_inner_loop_has_its_block);
	tcase_add_test(in_loops, a_change_is_found_in_loops_that_vary);
	tcase_add_test(in_loops, iterations_that_vary_can_be_more);
	tcase_add_test(whole, changes_are_of_a_phase);
	tcase_add_test(whole, lanes_without_anything_in_common_are_one_change);
	tcase_add_test(whole, lanes_in_which_equal_calls_are_chance_are_one_change);
	tcase_add_test(whole, lanes_with_other_arguments_everywhere_are_aligned);
	tcase_add_test(whole, a_limit_is_said);
	tcase_add_loop_test(whole, changes_add_up, 0, 6);
	suite_add_tcase(suite, single);
	suite_add_tcase(suite, in_loops);
	suite_add_tcase(suite, whole);
	return fx_run(suite);
}
