/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting records: functions, failures, threads.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "collect/stats.h"

static const char api[] = "curtrace-api 1\n"
			  "f 16 cudaMalloc memory - 1 status devPtr:o:ptr:0:8\n"
			  "f 17 cudaStreamQuery stream expect=600;601 1 status\n"
			  "f 18 cudaGetErrorString error - 1 ptr\n"
			  "f 19 cudaGetStreamsMaybe misc - 1 int\n";

static struct col_stats *stats;

static void set_up(void)
{
	stats = calloc(1, sizeof(*stats));
	stats->api = rd_api_parse(api, sizeof(api) - 1);
	ck_assert_ptr_nonnull(stats->api);
}

static void tear_down(void)
{
	rd_api_free(stats->api);
	free(stats);
}

static void count(uint16_t function, int32_t result, bool in_flight)
{
	const struct ctr_cell cell = { .function = function, .result = result, .ncells = 1 };

	col_stats_count(stats, &cell, 1, in_flight);
}

START_TEST(each_function_counts_once)
{
	count(16, 0, false);
	count(16, 0, false);
	count(17, 0, false);
	ck_assert_uint_eq(col_stats_functions(stats), 2);
	ck_assert_uint_eq(stats->per_function[16], 2);
}
END_TEST

START_TEST(an_expected_answer_is_no_failure)
{
	count(17, 600, false);
	count(17, 601, false);
	ck_assert_uint_eq(stats->failed, 0);
	count(16, 600, false);
	ck_assert_uint_eq(stats->failed, 1);
}
END_TEST

START_TEST(only_a_status_can_fail)
{
	count(18, 5, false);
	count(19, 5, false);
	count(99, 5, false);
	ck_assert_uint_eq(stats->failed, 0);
}
END_TEST

START_TEST(a_call_in_flight_has_no_result)
{
	count(16, 2, true);
	ck_assert_uint_eq(stats->failed, 0);
	ck_assert_uint_eq(stats->per_function[16], 1);
}
END_TEST

START_TEST(a_missing_driver_is_noticed)
{
	count(16, 35, false);
	count(16, 100, false);
	count(16, 801, false);
	ck_assert_uint_eq(stats->no_driver, 2);
	ck_assert_uint_eq(stats->not_supported, 1);
	ck_assert_uint_eq(stats->failed, 3);
}
END_TEST

START_TEST(control_records_are_no_calls)
{
	count(CTR_CONTROL_THREAD, 0, false);
	count(CTR_CONTROL_LOSS, 0, false);
	ck_assert_uint_eq(stats->threads, 1);
	ck_assert_uint_eq(col_stats_functions(stats), 0);
}
END_TEST

START_TEST(records_of_several_cells_count_once)
{
	struct ctr_cell cells[4] = { { .function = 16, .ncells = 3 },
				     { .function = 17, .ncells = 1 },
				     { .ncells = 1 },
				     { .function = 17, .ncells = 1 } };

	col_stats_count(stats, cells, 4, false);
	ck_assert_uint_eq(stats->per_function[16], 1);
	ck_assert_uint_eq(stats->per_function[17], 1);
}
END_TEST

static Suite *stats_suite(void)
{
	Suite *suite = suite_create("collect/stats");
	TCase *tc = tcase_create("counting");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, each_function_counts_once);
	tcase_add_test(tc, an_expected_answer_is_no_failure);
	tcase_add_test(tc, only_a_status_can_fail);
	tcase_add_test(tc, a_call_in_flight_has_no_result);
	tcase_add_test(tc, a_missing_driver_is_noticed);
	tcase_add_test(tc, control_records_are_no_calls);
	tcase_add_test(tc, records_of_several_cells_count_once);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(stats_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
