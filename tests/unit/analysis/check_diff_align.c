/* SPDX-License-Identifier: Apache-2.0 */
/* Alignment: scripts are right, as short as they can be, and never cost more than they may. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/align.h"
#include "unit/analysis/sequences.h"
#include "unit/reader/fixture.h"

/* What only one side has, with something equal behind it, could not stand one further down. */
static void check_place(const struct sequence *a, const struct sequence *b,
			const struct df_script *script, size_t index)
{
	const struct df_hunk *hunk = &script->hunks[index];
	size_t end = index + 1 < script->count ? hunk[1].a : a->length;

	if (hunk->a + hunk->na == end)
		return;
	if (!hunk->nb)
		ck_assert_uint_ne(a->numbers[hunk->a], a->numbers[hunk->a + hunk->na]);
	if (!hunk->na)
		ck_assert_uint_ne(b->numbers[hunk->b], b->numbers[hunk->b + hunk->nb]);
}

/* Hunks rise, are apart, and what is between them is equal. Gives the number of edits. */
static size_t check_script(const struct sequence *a, const struct sequence *b,
			   const struct df_script *script)
{
	size_t at_a = 0, at_b = 0, edits = 0;

	for (size_t i = 0; i <= script->count; i++) {
		struct df_hunk end = { a->length, 0, b->length, 0 };
		const struct df_hunk *hunk = i < script->count ? &script->hunks[i] : &end;

		ck_assert_uint_ge(hunk->a, at_a);
		ck_assert_uint_eq(hunk->a - at_a, hunk->b - at_b);
		if (i && i < script->count)
			ck_assert_uint_gt(hunk->a, at_a);
		ck_assert(!memcmp(a->numbers + at_a, b->numbers + at_b,
				  (hunk->a - at_a) * sizeof(*a->numbers)));
		at_a = hunk->a + hunk->na;
		at_b = hunk->b + hunk->nb;
		edits += hunk->na + hunk->nb;
		ck_assert(i == script->count || hunk->na || hunk->nb);
		if (i < script->count)
			check_place(a, b, script, i);
	}
	ck_assert_uint_eq(at_a, a->length);
	ck_assert_uint_eq(at_b, b->length);
	return edits;
}

/* The fewest edits, from the table of all pairs. */
static size_t fewest_edits(const struct sequence *a, const struct sequence *b)
{
	size_t *row = calloc(b->length + 1, sizeof(*row)), result;

	for (size_t i = 0; i < a->length; i++) {
		size_t diagonal = 0;

		for (size_t j = 0; j < b->length; j++) {
			size_t above = row[j + 1];

			if (a->numbers[i] == b->numbers[j])
				row[j + 1] = diagonal + 1;
			else if (row[j] > above)
				row[j + 1] = row[j];
			diagonal = above;
		}
	}
	result = a->length + b->length - 2 * row[b->length];
	free(row);
	return result;
}

static size_t align(const struct sequence *a, const struct sequence *b, uint64_t limit,
		    struct df_script *script)
{
	df_align(a->numbers, a->length, b->numbers, b->length, limit, script);
	return check_script(a, b, script);
}

static size_t edits_of(const struct sequence *a, const struct sequence *b)
{
	struct df_script script;
	size_t edits = align(a, b, 0, &script);

	df_script_free(&script);
	return edits;
}

/* ---- exactness ----------------------------------------------------------------------------- */

START_TEST(scripts_of_small_sequences_are_the_shortest)
{
	struct random random = { (uint64_t)_i + 1 };

	for (int i = 0; i < 400; i++) {
		uint32_t alphabet = 1 + random_below(&random, 12);
		struct sequence a = sequence_random(&random, random_below(&random, 60), alphabet);
		struct sequence b = sequence_random(&random, random_below(&random, 60), alphabet);

		ck_assert_uint_eq(edits_of(&a, &b), fewest_edits(&a, &b));
		sequence_free(&a);
		sequence_free(&b);
	}
}
END_TEST

START_TEST(scripts_of_edited_sequences_are_the_shortest)
{
	struct random random = { (uint64_t)_i + 100 };

	for (int i = 0; i < 40; i++) {
		struct sequence a = sequence_random(&random, 300, 3 + random_below(&random, 200));
		struct sequence b = sequence_edited(&a, &random, random_below(&random, 60), 200);

		ck_assert_uint_eq(edits_of(&a, &b), fewest_edits(&a, &b));
		sequence_free(&a);
		sequence_free(&b);
	}
}
END_TEST

START_TEST(scripts_of_loops_are_the_shortest)
{
	struct random random = { (uint64_t)_i + 200 };

	for (int i = 0; i < 20; i++) {
		struct sequence a = sequence_loop(2 + random_below(&random, 14), 30, 3);
		struct sequence b = sequence_edited(&a, &random, random_below(&random, 40), 4);

		ck_assert_uint_eq(edits_of(&a, &b), fewest_edits(&a, &b));
		sequence_free(&a);
		sequence_free(&b);
	}
}
END_TEST

START_TEST(a_short_side_against_a_long_one_is_the_shortest)
{
	struct random random = { 7 };

	for (int i = 0; i < 20; i++) {
		struct sequence a = sequence_random(&random, 1 + random_below(&random, 9), 4);
		struct sequence b = sequence_random(&random, 3000, 4);
		struct df_script script;

		ck_assert_uint_eq(align(&a, &b, 0, &script), fewest_edits(&a, &b));
		/* The product, not the square of the edits. */
		ck_assert_uint_le(script.steps, 2 * a.length * b.length);
		df_script_free(&script);
		ck_assert_uint_eq(edits_of(&b, &a), fewest_edits(&a, &b));
		sequence_free(&a);
		sequence_free(&b);
	}
}
END_TEST

START_TEST(numbers_may_be_of_any_size)
{
	uint32_t one[] = { UINT32_MAX, 0, 5, UINT32_MAX - 1 };
	uint32_t other[] = { 0, UINT32_MAX, 5, 9, UINT32_MAX - 1 };
	struct sequence a = { one, 4 }, b = { other, 5 };

	ck_assert_uint_eq(edits_of(&a, &b), 3);
}
END_TEST

START_TEST(nothing_is_aligned_with_anything)
{
	uint32_t numbers[] = { 1, 2, 3 };
	struct sequence none = { numbers, 0 }, some = { numbers, 3 };

	ck_assert_uint_eq(edits_of(&none, &none), 0);
	ck_assert_uint_eq(edits_of(&none, &some), 3);
	ck_assert_uint_eq(edits_of(&some, &none), 3);
	ck_assert_uint_eq(edits_of(&some, &some), 0);
}
END_TEST

/* ---- where hunks stand --------------------------------------------------------------------- */

static void expect_one(const char *before, const char *after, struct df_hunk expected)
{
	struct sequence a = sequence_of(before), b = sequence_of(after);
	struct df_script script;

	align(&a, &b, 0, &script);
	ck_assert_uint_eq(script.count, 1);
	ck_assert_uint_eq(script.hunks[0].a, expected.a);
	ck_assert_uint_eq(script.hunks[0].na, expected.na);
	ck_assert_uint_eq(script.hunks[0].b, expected.b);
	ck_assert_uint_eq(script.hunks[0].nb, expected.nb);
	df_script_free(&script);
	sequence_free(&a);
	sequence_free(&b);
}

START_TEST(a_hunk_is_the_last_of_its_places)
{
	expect_one("akkkz", "akkkkz", (struct df_hunk){ 4, 0, 4, 1 });
	expect_one("akkkkz", "akkkz", (struct df_hunk){ 4, 1, 4, 0 });
	/* A whole iteration at the end of the loop, not one that is cut out of two. */
	expect_one("sabcabcabct", "sabcabcabcabct", (struct df_hunk){ 10, 0, 10, 3 });
	/* One that went beside one that came is one that changed. */
	expect_one("abcxabc", "abcyabc", (struct df_hunk){ 3, 1, 3, 1 });
}
END_TEST

/* Not at the ends, where there is no choice. */
START_TEST(a_hunk_between_others_is_the_last_of_its_places)
{
	struct sequence a = sequence_of("1akkkkkkz2"), b = sequence_of("3akkkkkkkkz4");
	struct df_script script;

	ck_assert_uint_eq(align(&a, &b, 0, &script), 6);
	ck_assert_uint_eq(script.count, 3);
	ck_assert_uint_eq(script.hunks[1].a, 8);
	ck_assert_uint_eq(script.hunks[1].b, 8);
	ck_assert_uint_eq(script.hunks[1].nb, 2);
	df_script_free(&script);
	sequence_free(&a);
	sequence_free(&b);
}
END_TEST

START_TEST(the_same_edit_in_each_iteration_stands_at_the_same_place)
{
	struct sequence a = sequence_loop(14, 200, 4), b = sequence_repeat("", 0);
	struct df_script script;

	b.numbers = realloc(b.numbers, 15 * 200 * sizeof(*b.numbers));
	for (size_t i = 0; i < a.length; i++) {
		b.numbers[b.length++] = a.numbers[i];
		if (i % 14 == 7)
			b.numbers[b.length++] = a.numbers[3];
	}
	ck_assert_uint_eq(align(&a, &b, 0, &script), 200);
	ck_assert_uint_eq(script.count, 200);
	for (size_t i = 1; i < script.count; i++)
		ck_assert_uint_eq(script.hunks[i].a - script.hunks[i - 1].a, 14);
	df_script_free(&script);
	sequence_free(&a);
	sequence_free(&b);
}
END_TEST

/* ---- work ---------------------------------------------------------------------------------- */

START_TEST(few_edits_cost_little)
{
	struct random random = { 11 };
	struct sequence a = sequence_loop(1000, 100, 300);
	struct sequence b = sequence_edited(&a, &random, 100, 300);
	struct df_script script;

	ck_assert_uint_le(align(&a, &b, 0, &script), 200);
	ck_assert(!script.limited);
	/* The square of the edits, and as much again for the halves. */
	ck_assert_uint_le(script.steps, 2 * 200 * 200);
	df_script_free(&script);
	sequence_free(&a);
	sequence_free(&b);
}
END_TEST

START_TEST(what_has_nothing_in_common_costs_nothing)
{
	struct random random = { 12 };
	struct sequence a = sequence_random(&random, 50000, 1000);
	struct sequence b = sequence_random(&random, 40000, 1000);
	struct df_script script;

	for (size_t i = 0; i < b.length; i++)
		b.numbers[i] += 1000;
	ck_assert_uint_eq(align(&a, &b, 0, &script), 90000);
	ck_assert_uint_eq(script.count, 1);
	ck_assert_uint_eq(script.steps, 0);
	ck_assert(!script.limited);
	df_script_free(&script);
	sequence_free(&a);
	sequence_free(&b);
}
END_TEST

START_TEST(work_ends_at_its_limit)
{
	struct random random = { 13 };
	struct sequence a = sequence_random(&random, 20000, 30);
	struct sequence b = sequence_random(&random, 20000, 30);
	static const uint64_t limits[] = { 1, 1000, 100000, 1000000 };

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct df_script script;

		align(&a, &b, limits[i], &script);
		ck_assert(script.limited);
		ck_assert_uint_le(script.steps, 3 * limits[i] + 10000);
		df_script_free(&script);
	}
	sequence_free(&a);
	sequence_free(&b);
}
END_TEST

START_TEST(edits_beyond_the_limit_are_found_piece_by_piece)
{
	struct random random = { 14 };
	struct sequence a = sequence_loop(100, 250, 60);
	struct sequence b = sequence_edited(&a, &random, 1200, 60);
	struct df_script script;
	size_t fewest = align(&a, &b, 0, &script), found;

	ck_assert(!script.limited);
	df_script_free(&script);
	found = align(&a, &b, 500000, &script);
	ck_assert(script.limited);
	ck_assert_uint_ge(found, fewest);
	ck_assert_uint_le(found, fewest + fewest / 10);
	df_script_free(&script);
	sequence_free(&a);
	sequence_free(&b);
}
END_TEST

/* 500 edits in 500 iterations, and 50 iterations more: far more edits than a search can follow. */
START_TEST(a_loop_that_goes_round_more_often_is_no_worst_case)
{
	struct random random = { 15 };
	struct sequence longer = sequence_loop(1000, 150, 300);
	struct sequence a = { longer.numbers, longer.length - 50000 };
	struct sequence b = sequence_edited(&longer, &random, 40, 300);
	struct df_script script;

	ck_assert_uint_le(align(&a, &b, 30000000, &script), 50000 + 200);
	df_script_free(&script);
	sequence_free(&longer);
	sequence_free(&b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff align");
	TCase *exact = tcase_create("exact"), *places = tcase_create("places");
	TCase *work = tcase_create("work");

	tcase_add_loop_test(exact, scripts_of_small_sequences_are_the_shortest, 0, 10);
	tcase_add_loop_test(exact, scripts_of_edited_sequences_are_the_shortest, 0, 5);
	tcase_add_loop_test(exact, scripts_of_loops_are_the_shortest, 0, 5);
	tcase_add_test(exact, a_short_side_against_a_long_one_is_the_shortest);
	tcase_add_test(exact, numbers_may_be_of_any_size);
	tcase_add_test(exact, nothing_is_aligned_with_anything);
	tcase_add_test(places, a_hunk_is_the_last_of_its_places);
	tcase_add_test(places, a_hunk_between_others_is_the_last_of_its_places);
	tcase_add_test(places, the_same_edit_in_each_iteration_stands_at_the_same_place);
	tcase_add_test(work, few_edits_cost_little);
	tcase_add_test(work, what_has_nothing_in_common_costs_nothing);
	tcase_add_test(work, work_ends_at_its_limit);
	tcase_add_test(work, edits_beyond_the_limit_are_found_piece_by_piece);
	tcase_add_test(work, a_loop_that_goes_round_more_often_is_no_worst_case);
	suite_add_tcase(suite, exact);
	suite_add_tcase(suite, places);
	suite_add_tcase(suite, work);
	return fx_run(suite);
}
