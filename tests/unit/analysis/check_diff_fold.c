/* SPDX-License-Identifier: Apache-2.0 */
/* Loops in sequences, and which calls are of the steady state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes.h"
#include "analysis/diff/fold.h"
#include "unit/analysis/sequences.h"
#include "unit/reader/fixture.h"
#include "util/xalloc.h"

/* ---- folds --------------------------------------------------------------------------------- */

static char *write_symbols(const struct df_fold *fold, const uint32_t *symbols, size_t count,
			   char *at, char *end)
{
	for (size_t i = 0; i < count; i++) {
		const struct df_loop *loop = &fold->loops[symbols[i] & ~DF_LOOP];

		if (!(symbols[i] & DF_LOOP)) {
			at += snprintf(at, (size_t)(end - at), "%c", (int)symbols[i]);
			continue;
		}
		at += snprintf(at, (size_t)(end - at), "(");
		at = write_symbols(fold, fold->bodies + loop->first, loop->length, at, end);
		at += snprintf(at, (size_t)(end - at), ")");
		if (loop->count)
			at += snprintf(at, (size_t)(end - at), "%u", loop->count);
	}
	return at;
}

/* In letters: "ab(c)9". Spans add up to the whole. */
static const char *text_of(const struct df_fold *fold, size_t length)
{
	static char text[4096];
	size_t span = 0;

	for (size_t i = 0; i < fold->count; i++)
		span += fold->spans[i];
	ck_assert_uint_eq(span, length);
	text[0] = '\0';
	write_symbols(fold, fold->symbols, fold->count, text, text + sizeof(text));
	return text;
}

static void expect_fold(struct sequence sequence, const char *expected)
{
	struct df_fold fold;

	df_fold(sequence.numbers, sequence.length, &fold);
	ck_assert_str_eq(text_of(&fold, sequence.length), expected);
	df_fold_free(&fold);
	sequence_free(&sequence);
}

static struct sequence joined(struct sequence first, struct sequence second)
{
	sequence_append(&first, second);
	return first;
}

START_TEST(what_repeats_is_a_loop)
{
	expect_fold(sequence_of(""), "");
	expect_fold(sequence_of("a"), "a");
	expect_fold(sequence_of("abcd"), "abcd");
	expect_fold(sequence_of("aaaa"), "(a)4");
	expect_fold(sequence_of("xababaab"), "x(ab)2(a)2b");
	expect_fold(joined(sequence_of("12"),
			   joined(sequence_repeat("345", 200), sequence_of("6"))),
		    "12(345)2006");
}
END_TEST

START_TEST(loops_hold_loops)
{
	struct sequence body = joined(sequence_of("34"), sequence_repeat("5", 9));
	struct sequence all = sequence_of("12");

	for (int i = 0; i < 200; i++) {
		struct sequence copy = joined(sequence_of(""), body);

		body = joined(sequence_of("34"), sequence_repeat("5", 9));
		sequence_append(&all, copy);
	}
	sequence_append(&all, sequence_of("6"));
	sequence_free(&body);
	expect_fold(all, "12(34(5)9)2006");
}
END_TEST

/* An outer loop that is long until its inner ones are folded. */
START_TEST(loops_hold_loops_that_are_longer_than_they_are_deep)
{
	struct sequence all = sequence_of("");

	for (int i = 0; i < 5; i++) {
		sequence_append(&all, sequence_of("s"));
		sequence_append(&all, sequence_repeat("abcdefghijk", 40));
		sequence_append(&all, sequence_of("t"));
	}
	expect_fold(all, "(s(abcdefghijk)40t)5");
}
END_TEST

static void unfold(const struct df_fold *fold, const uint32_t *symbols, size_t count,
		   struct sequence *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct df_loop *loop = &fold->loops[symbols[i] & ~DF_LOOP];

		if (!(symbols[i] & DF_LOOP)) {
			out->numbers[out->length++] = symbols[i];
			continue;
		}
		ck_assert_uint_ge(loop->count, 2);
		for (uint32_t k = 0; k < loop->count; k++)
			unfold(fold, fold->bodies + loop->first, loop->length, out);
	}
}

START_TEST(what_is_folded_can_be_unfolded)
{
	struct random random = { (uint64_t)_i + 1 };

	for (int i = 0; i < 300; i++) {
		struct sequence s = sequence_random(&random, random_below(&random, 200),
						    1 + random_below(&random, 4));
		struct sequence out = sequence_random(&random, s.length, 1);
		struct df_fold fold;

		df_fold(s.numbers, s.length, &fold);
		out.length = 0;
		unfold(&fold, fold.symbols, fold.count, &out);
		ck_assert_uint_eq(out.length, s.length);
		ck_assert(!memcmp(out.numbers, s.numbers, s.length * sizeof(*s.numbers)));
		df_fold_free(&fold);
		sequence_free(&out);
		sequence_free(&s);
	}
}
END_TEST

START_TEST(a_skeleton_has_no_counts)
{
	struct sequence all = sequence_of("s");
	struct df_fold fold;

	for (size_t i = 0; i < 50; i++) {
		sequence_append(&all, sequence_of("ab"));
		sequence_append(&all, sequence_repeat("q", 2 + i * 7 % 5));
	}
	df_fold_skeleton(all.numbers, all.length, all.length, &fold);
	ck_assert_str_eq(text_of(&fold, all.length), "s(ab(q))");
	df_fold_free(&fold);
	df_fold_skeleton(all.numbers, all.length, all.length / 4, &fold);
	ck_assert_uint_eq(fold.count, 1 + 50 * 3);
	df_fold_free(&fold);
	sequence_free(&all);
}
END_TEST

/* ---- around a place ------------------------------------------------------------------------ */

START_TEST(the_innermost_loop_is_found_around_a_place)
{
	struct sequence all = sequence_of("xyz");
	struct df_around around;

	for (int i = 0; i < 10; i++)
		sequence_append(&all, joined(sequence_of("ab"), sequence_repeat("cd", 5)));
	sequence_append(&all, sequence_of("u"));
	ck_assert(!df_loop_around(all.numbers, all.length, 1, &around));
	ck_assert(df_loop_around(all.numbers, all.length, 3 + 12 * 4 + 1, &around));
	ck_assert_uint_eq(around.period, 12);
	ck_assert_uint_eq(around.begin, 3);
	ck_assert_uint_eq(around.end, 3 + 120);
	ck_assert(df_loop_around(all.numbers, all.length, 3 + 12 * 4 + 5, &around));
	ck_assert_uint_eq(around.period, 2);
	ck_assert_uint_eq(around.begin, 3 + 12 * 4 + 2);
	ck_assert_uint_eq(around.end, 3 + 12 * 5);
	/* In the last iteration. */
	ck_assert(df_loop_around(all.numbers, all.length, 3 + 12 * 9 + 1, &around));
	ck_assert_uint_eq(around.period, 12);
	ck_assert_uint_eq(around.begin, 3);
	ck_assert_uint_eq(around.end, 3 + 120);
	ck_assert(!df_loop_around(all.numbers, all.length, all.length, &around));
	sequence_free(&all);
}
END_TEST

/* ---- the steady state ---------------------------------------------------------------------- */

static void expect_steady(struct sequence all, size_t begin, size_t end, size_t iterations,
			  size_t period)
{
	struct df_steady steady;

	df_find_steady(all.numbers, all.length, 10, &steady);
	ck_assert_uint_eq(steady.count, iterations);
	ck_assert_uint_eq(steady.period, period);
	ck_assert_uint_eq(steady.starts[0], begin);
	ck_assert_uint_eq(steady.starts[iterations], end);
	df_steady_free(&steady);
	sequence_free(&all);
}

static void expect_none(struct sequence all)
{
	struct df_steady steady;

	df_find_steady(all.numbers, all.length, 10, &steady);
	ck_assert_uint_eq(steady.count, 0);
	ck_assert_uint_eq(steady.period, 0);
	df_steady_free(&steady);
	sequence_free(&all);
}

START_TEST(a_plain_loop_is_steady)
{
	struct sequence all = sequence_of("startup");

	sequence_append(&all, sequence_repeat("ABCDEFGHIJKLMN", 20));
	sequence_append(&all, sequence_of("end"));
	expect_steady(all, 7, 7 + 280, 20, 14);
	expect_steady(sequence_repeat("abc", 3), 0, 9, 3, 3);
	expect_steady(sequence_repeat("q", 100), 0, 100, 100, 1);
}
END_TEST

START_TEST(what_does_not_repeat_has_no_steady_state)
{
	struct random random = { 3 };

	expect_none(sequence_of(""));
	expect_none(sequence_of("ab"));
	expect_none(sequence_of("abcdefgh"));
	expect_none(sequence_of("abcdefghabcdefgh"));
	expect_none(sequence_random(&random, 5000, 1000));
	/* A loop of less than a quarter is not what the lane is about. */
	expect_none(joined(sequence_repeat("xy", 5), sequence_of("abcdefghijklmnopqrstuvwABCDEFGHIJ"
								 "KLMNOPQRSTUVW0123456789")));
}
END_TEST

/* Every tenth logs, every seventh skips a part, and polls take as long as they take. */
START_TEST(iterations_may_differ)
{
	struct sequence all = sequence_of("startup");
	size_t end;

	for (size_t i = 0; i < 100; i++) {
		sequence_append(&all, sequence_of("ABCDKKKKEFGHIKJLMNOPQRSTU"));
		if (i % 10 == 9)
			sequence_append(&all, sequence_of("l"));
		if (i % 7 != 3)
			sequence_append(&all, sequence_of("VWXYZ"));
		sequence_append(&all, sequence_repeat("q", 1 + i * 11 % 3));
	}
	end = all.length;
	sequence_append(&all, sequence_of("end"));
	expect_steady(all, 7, end, 100, 32);
}
END_TEST

/* Layers are most of what is called, and yet the step is the loop. */
START_TEST(the_outer_loop_is_the_steady_one)
{
	struct sequence all = sequence_of("startup");
	struct df_steady steady;

	for (size_t i = 0; i < 12; i++) {
		sequence_append(&all, sequence_of("Z"));
		/* Not quite the same layers: no plain loop. */
		for (size_t layer = 0; layer < 48; layer++) {
			sequence_append(&all, sequence_of("abcdefgh"));
			if (layer % 5 == i % 5)
				sequence_append(&all, sequence_of("x"));
		}
		sequence_append(&all, sequence_of("---------+++++++++"));
	}
	df_find_steady(all.numbers, all.length, 10, &steady);
	ck_assert_uint_eq(steady.count, 12);
	ck_assert_uint_eq(steady.starts[0], 7);
	ck_assert_uint_eq(steady.starts[12], all.length);
	df_steady_free(&steady);
	sequence_free(&all);
}
END_TEST

/* As where kernels are tried out first: little is alike there, and it is most of the lane. */
START_TEST(a_short_loop_behind_a_long_start_is_found)
{
	struct random random = { 7 };
	struct sequence all = sequence_random(&random, 5000, 50);

	sequence_append(&all, sequence_repeat("ABCDEFGHIJKLMNOPQ", 40));
	sequence_append(&all, sequence_of("end"));
	expect_steady(all, 5000, 5000 + 680, 40, 17);
}
END_TEST

/* ---- phases -------------------------------------------------------------------------------- */

static void expect_phases(struct sequence all, const size_t *expected, size_t period)
{
	struct df_call *calls = ut_xcalloc(all.length + 1, sizeof(*calls));
	struct df_sequence sequence = { .calls = calls, .count = all.length };
	size_t found;

	for (size_t i = 0; i < all.length; i++)
		calls[i] = (struct df_call){ (uint32_t)i + 1, all.numbers[i], 0, 0 };
	df_phases(&sequence, &found);
	ck_assert_uint_eq(found, period);
	for (int i = 0; i <= DF_PHASES; i++)
		ck_assert_uint_eq(sequence.phase[i], expected[i]);
	free(calls);
	sequence_free(&all);
}

START_TEST(a_lane_has_phases)
{
	static const size_t expected[] = { 0, 7, 7 + 24, 7 + 24 + 120, 7 + 24 + 120 + 3 };
	static const size_t whole[] = { 0, 6, 6, 6, 6 };
	struct sequence all = sequence_of("startup");

	/* The first two iterations allocate. */
	sequence_append(&all, sequence_of("ABmCDEFGHIJKABmCDEFGHIJK"));
	sequence_append(&all, sequence_repeat("ABCDEFGHIJKL", 10));
	sequence_append(&all, sequence_of("end"));
	expect_phases(all, expected, 12);
	expect_phases(sequence_of("abcdef"), whole, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff fold");
	TCase *folds = tcase_create("folds"), *steady = tcase_create("steady");

	tcase_add_test(folds, what_repeats_is_a_loop);
	tcase_add_test(folds, loops_hold_loops);
	tcase_add_test(folds, loops_hold_loops_that_are_longer_than_they_are_deep);
	tcase_add_loop_test(folds, what_is_folded_can_be_unfolded, 0, 5);
	tcase_add_test(folds, a_skeleton_has_no_counts);
	tcase_add_test(folds, the_innermost_loop_is_found_around_a_place);
	tcase_add_test(steady, a_plain_loop_is_steady);
	tcase_add_test(steady, what_does_not_repeat_has_no_steady_state);
	tcase_add_test(steady, iterations_may_differ);
	tcase_add_test(steady, the_outer_loop_is_the_steady_one);
	tcase_add_test(steady, a_short_loop_behind_a_long_start_is_found);
	tcase_add_test(steady, a_lane_has_phases);
	suite_add_tcase(suite, folds);
	suite_add_tcase(suite, steady);
	return fx_run(suite);
}
