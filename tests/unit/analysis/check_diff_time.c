/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts on time: exact numbers, and what many simulated comparisons come to. */
#include <math.h>
#include <stdint.h>

#include "analysis/diff/time.h"
#include "unit/reader/fixture.h"

#define RUNS        5
#define COMPARISONS 4000
#define NEAR(a, b)  ck_assert_double_eq_tol(a, b, 1e-9)
#define CHANGE      1.08

/* ---- numbers ------------------------------------------------------------------------------- */

START_TEST(medians_are_in_the_middle)
{
	const double odd[] = { 5, 1, 3 }, even[] = { 4, 1, 3, 2 };

	NEAR(df_median(odd, 3), 3);
	NEAR(df_median(even, 4), 2.5);
	NEAR(df_median(odd, 0), 0);
}
END_TEST

START_TEST(probabilities_of_few_runs_are_exact)
{
	const double low[] = { 1, 2, 3, 4, 5 }, high[] = { 6, 7, 8, 9, 10 };
	const double between[] = { 1, 2, 3, 4, 6 }, rest[] = { 5, 7, 8, 9, 10 };

	/* 2 of 252 ways to choose five of ten; one exchange of neighbours: 4. */
	NEAR(df_mann_whitney(low, 5, high, 5), 2.0 / 252);
	NEAR(df_mann_whitney(high, 5, low, 5), 2.0 / 252);
	NEAR(df_mann_whitney(between, 5, rest, 5), 4.0 / 252);
	NEAR(df_mann_whitney_least(5, 5), 2.0 / 252);
	NEAR(df_mann_whitney_least(4, 4), 2.0 / 70);
}
END_TEST

START_TEST(equal_values_are_no_difference)
{
	const double same[] = { 7, 7, 7, 7, 7 }, mixed[] = { 7, 7, 7, 7, 8 };

	NEAR(df_mann_whitney(same, 5, same, 5), 1);
	/* 8 is on either side with the same chance. */
	NEAR(df_mann_whitney(same, 5, mixed, 5), 1);
}
END_TEST

START_TEST(many_runs_are_judged_by_the_normal_curve)
{
	double a[40], b[40];

	for (int i = 0; i < 40; i++) {
		a[i] = i;
		b[i] = i + 0.5;
	}
	ck_assert_double_gt(df_mann_whitney(a, 40, b, 40), 0.8);
	for (int i = 0; i < 40; i++)
		b[i] = i + 10;
	ck_assert_double_lt(df_mann_whitney(a, 40, b, 40), 0.001);
}
END_TEST

/* ---- verdicts ------------------------------------------------------------------------------ */

static struct df_time_key key_of(const double *a, const double *b, size_t n)
{
	return (struct df_time_key){
		.a = a, .b = b, .na = n, .nb = n, .share = 1, .threshold = 0.05, .floor = 1000
	};
}

static const double before[] = { 100000, 100100, 100200, 100300, 100400 };
static const double after[] = { 110000, 110100, 110200, 110300, 110400 };

START_TEST(what_takes_longer_is_slower_and_the_other_way_round)
{
	struct df_time_key key = key_of(before, after, RUNS);

	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_SLOWER);
	ck_assert_double_eq_tol(key.change, 0.0998, 0.001);
	key = key_of(after, before, RUNS);
	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_FASTER);
}
END_TEST

START_TEST(fewer_than_four_runs_have_no_verdict)
{
	struct df_time_key key = key_of(before, after, DF_TIME_RUNS - 1);

	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_TOO_FEW);
	key = key_of(before, after, DF_TIME_RUNS);
	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_SLOWER);
}
END_TEST

START_TEST(small_changes_do_not_matter)
{
	struct df_time_key key = key_of(before, after, RUNS);

	key.threshold = 0.2;
	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_SAME);
	key = key_of(before, after, RUNS);
	key.floor = 20000;
	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_SAME);
}
END_TEST

START_TEST(what_varies_among_the_runs_of_a_side_is_no_change)
{
	const double wide[] = { 90000, 95000, 100000, 105000, 109000 };
	const double higher[] = { 109500, 110000, 115000, 120000, 125000 };
	struct df_time_key key = key_of(wide, higher, RUNS);

	df_time_judge(&key, 1);
	ck_assert_int_eq(key.answer, DF_TIME_SAME);
	ck_assert_double_gt(key.noise, key.change);
}
END_TEST

/* 0.03 / 0.0079: three keys, and of a fourth five runs cannot say enough. */
START_TEST(no_more_keys_are_judged_than_the_runs_carry)
{
	struct df_time_key keys[5];

	for (int i = 0; i < 5; i++) {
		keys[i] = key_of(before, after, RUNS);
		keys[i].share = i == 0 ? 0.01 : 0.2 * i;
	}
	df_time_judge(keys, 5);
	ck_assert_int_eq(keys[0].answer, DF_TIME_NOT_JUDGED);
	ck_assert_int_eq(keys[1].answer, DF_TIME_NOT_JUDGED);
	for (int i = 2; i < 5; i++) {
		ck_assert_int_eq(keys[i].answer, DF_TIME_SLOWER);
		ck_assert_double_le(keys[i].p, DF_TIME_ALPHA);
	}
	NEAR(keys[4].p, 3 * 2.0 / 252);
}
END_TEST

/* ---- many comparisons ---------------------------------------------------------------------- */

static uint64_t state;

static double uniform(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

enum shape {
	NORMAL,
	SKEWED,  /* a long tail to one side */
	OUTLIERS /* one run in ten takes a third longer */
};

static double draw(enum shape shape, double spread)
{
	double normal = sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());

	if (shape == SKEWED)
		return 100000 * exp(spread * normal);
	return 100000 * (1 + spread * normal) * (shape == OUTLIERS && uniform() < 0.1 ? 1.3 : 1);
}

/* Share of comparisons in which B, `factor` times as slow as A, is not called the same. */
static double called(enum shape shape, double spread, double factor)
{
	double a[RUNS], b[RUNS];
	unsigned int changes = 0;

	state = 42;
	for (int i = 0; i < COMPARISONS; i++) {
		struct df_time_key key = key_of(a, b, RUNS);

		for (int k = 0; k < RUNS; k++) {
			a[k] = draw(shape, spread);
			b[k] = factor * draw(shape, spread);
		}
		df_time_judge(&key, 1);
		changes += key.answer != DF_TIME_SAME;
	}
	return (double)changes / COMPARISONS;
}

START_TEST(less_than_one_comparison_in_a_hundred_raises_a_false_alarm)
{
	const double spreads[] = { 0.005, 0.02, 0.05, 0.15 };

	for (int shape = NORMAL; shape <= OUTLIERS; shape++) {
		double share = called(shape, spreads[_i], 1);

		ck_assert_msg(share < 0.01, "%.2f%% of shape %d, spread %.1f%%", share * 100, shape,
			      spreads[_i] * 100);
	}
}
END_TEST

START_TEST(eight_per_cent_are_found_four_times_in_five)
{
	ck_assert_double_gt(called(NORMAL, 0.02, CHANGE), 0.8);
	ck_assert_double_gt(called(SKEWED, 0.02, CHANGE), 0.8);
	ck_assert_double_gt(called(NORMAL, 0.02, 1 / CHANGE), 0.8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff time");
	TCase *numbers = tcase_create("numbers"), *verdicts = tcase_create("verdicts");
	TCase *many = tcase_create("many comparisons");

	tcase_add_test(numbers, medians_are_in_the_middle);
	tcase_add_test(numbers, probabilities_of_few_runs_are_exact);
	tcase_add_test(numbers, equal_values_are_no_difference);
	tcase_add_test(numbers, many_runs_are_judged_by_the_normal_curve);
	tcase_add_test(verdicts, what_takes_longer_is_slower_and_the_other_way_round);
	tcase_add_test(verdicts, fewer_than_four_runs_have_no_verdict);
	tcase_add_test(verdicts, small_changes_do_not_matter);
	tcase_add_test(verdicts, what_varies_among_the_runs_of_a_side_is_no_change);
	tcase_add_test(verdicts, no_more_keys_are_judged_than_the_runs_carry);
	tcase_set_timeout(many, 60);
	tcase_add_loop_test(many, less_than_one_comparison_in_a_hundred_raises_a_false_alarm, 0, 4);
	tcase_add_test(many, eight_per_cent_are_found_four_times_in_five);
	suite_add_tcase(suite, numbers);
	suite_add_tcase(suite, verdicts);
	suite_add_tcase(suite, many);
	return fx_run(suite);
}
