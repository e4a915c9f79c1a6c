/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `record` says at the end.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/finish.h"
#include "collect/summary.h"

static struct collector c;
static char *text;

static void set_up(void)
{
	c = (struct collector){ .stats = calloc(1, sizeof(struct col_stats)) };
}

static void tear_down(void)
{
	free(c.stats);
	col_warnings_free(&c.warnings);
	col_modules_free(&c.modules);
	free(text);
	text = NULL;
}

static const char *summary(void)
{
	size_t size;
	FILE *f = open_memstream(&text, &size);

	col_summary(f, &c);
	fclose(f);
	return text;
}

static void explain(void)
{
	const struct col_end_info end = { .exit_status = 0 };

	c.nprocesses = 1;
	col_explain(&c, &end);
}

START_TEST(counts_stand_in_one_line)
{
	c.totals.recorded = c.totals.calls = 1200;
	c.stats->per_function[20] = 1200;
	c.stats->failed = 3;
	c.stats->threads = 2;
	c.nprocesses = 1;
	c.ended_ns = 1500000000;
	ck_assert_str_eq(summary(), "curtrace: 1200 calls of 1 function in 1.500 s, 3 failed; "
				    "1 process, 2 threads\n");
}
END_TEST

START_TEST(losses_are_told_by_cause)
{
	c.totals = (struct col_counters){
		.calls = 20, .lost_full = 7, .lost_no_ring = 5, .lost_no_room = 2
	};
	explain();
	summary();
	ck_assert_ptr_nonnull(strstr(text, ", 12 lost;"));
	ck_assert_ptr_nonnull(strstr(text, "7 calls are not in the trace: the ring"));
	ck_assert_ptr_nonnull(strstr(text, "3 calls are not in the trace: their threads"));
	ck_assert_ptr_nonnull(strstr(text, "2 calls are not in the trace: their threads"));
}
END_TEST

START_TEST(one_is_not_many)
{
	c.totals =
		(struct col_counters){ .calls = 2, .recorded = 1, .in_flight = 1, .lost_full = 1 };
	explain();
	summary();
	ck_assert_ptr_nonnull(strstr(text, "1 call of"));
	ck_assert_ptr_nonnull(strstr(text, "1 call is not in the trace"));
	ck_assert_ptr_nonnull(strstr(text, "1 call had not returned"));
}
END_TEST

START_TEST(an_empty_trace_says_so)
{
	explain();
	ck_assert_uint_eq(col_warnings_with(&c.warnings, "no-calls"), 1);
}
END_TEST

START_TEST(a_trace_with_calls_is_not_called_empty)
{
	c.totals.calls = c.totals.recorded = 1;
	explain();
	ck_assert_uint_eq(c.warnings.count, 0);
}
END_TEST

START_TEST(many_warnings_of_a_kind_are_cut_short)
{
	for (int i = 0; i < 10; i++)
		col_warnings_add(&c.warnings, "static-runtime", "library %d", i);
	col_warnings_add(&c.warnings, "other", "another");
	summary();
	ck_assert_ptr_nonnull(strstr(text, "library 3"));
	ck_assert_ptr_null(strstr(text, "library 4"));
	ck_assert_ptr_nonnull(strstr(text, "and 6 more"));
	ck_assert_ptr_nonnull(strstr(text, "another"));
}
END_TEST

START_TEST(the_same_warning_is_given_once)
{
	col_warnings_add(&c.warnings, "x", "twice");
	col_warnings_add(&c.warnings, "x", "twice");
	ck_assert_uint_eq(c.warnings.count, 1);
}
END_TEST

START_TEST(sizes_have_units)
{
	char out[16];

	ck_assert_str_eq(col_format_size(out, sizeof(out), 999), "999 B");
	ck_assert_str_eq(col_format_size(out, sizeof(out), 1500), "1.5 kB");
	ck_assert_str_eq(col_format_size(out, sizeof(out), 2500000000u), "2.5 GB");
}
END_TEST

static Suite *summary_suite(void)
{
	Suite *suite = suite_create("collect/summary");
	TCase *tc = tcase_create("summary");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, counts_stand_in_one_line);
	tcase_add_test(tc, losses_are_told_by_cause);
	tcase_add_test(tc, one_is_not_many);
	tcase_add_test(tc, an_empty_trace_says_so);
	tcase_add_test(tc, a_trace_with_calls_is_not_called_empty);
	tcase_add_test(tc, many_warnings_of_a_kind_are_cut_short);
	tcase_add_test(tc, the_same_warning_is_given_once);
	tcase_add_test(tc, sizes_have_units);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(summary_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
