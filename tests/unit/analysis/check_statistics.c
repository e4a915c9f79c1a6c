/* SPDX-License-Identifier: Apache-2.0 */
/* What calls add up to. */
#include <stdlib.h>
#include <string.h>

#include "unit/analysis/runs.h"
#include "unit/reader/fixture.h"

#define GET_LAST_ERROR ev_call("cudaGetLastError", EV_END)

static struct ct_event failed_malloc(void)
{
	struct ct_event event = ev_failed(
		ev_call("cudaMalloc", ev_unknown("devPtr"), ev_size("size", 1), EV_END), 2);

	event.result_name = "cudaErrorMemoryAllocation";
	return event;
}

/* ---- durations ----------------------------------------------------------------------------- */

START_TEST(percentiles_are_right_to_within_their_bound)
{
	struct an_histogram h = { .count = 0 };
	static const double percents[] = { 1, 10, 50, 90, 99, 99.9, 100 };

	/* Spread over nine octaves, each value once. */
	for (uint64_t i = 1; i <= 100000; i++)
		an_histogram_add(&h, i * 7);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		double exact = 7 * 1000 * percents[i];
		double found = (double)an_histogram_percentile(&h, percents[i]);

		ck_assert_double_ge(found, exact * 0.992);
		ck_assert_double_le(found, exact * 1.008);
	}
	an_histogram_free(&h);
}
END_TEST

START_TEST(small_durations_are_exact)
{
	struct an_histogram h = { .count = 0 };

	for (uint64_t i = 0; i < 128; i++)
		an_histogram_add(&h, i);
	ck_assert_uint_eq(an_histogram_percentile(&h, 50), 63);
	ck_assert_uint_eq(an_histogram_percentile(&h, 100), 127);
	ck_assert_uint_eq(an_histogram_percentile(&h, 0), 0);
	an_histogram_free(&h);
}
END_TEST

START_TEST(the_longest_durations_have_a_bucket)
{
	struct an_histogram h = { .count = 0 };

	ck_assert_uint_eq(an_histogram_percentile(&h, 50), 0);
	an_histogram_add(&h, UINT64_MAX);
	ck_assert_uint_ge(an_histogram_percentile(&h, 50), UINT64_MAX / 128 * 127);
	an_histogram_free(&h);
}
END_TEST

START_TEST(a_row_has_exact_sums)
{
	const struct an_tally *row;

	run_begin(AN_BY_FUNCTION);
	for (uint64_t i = 1; i <= 100; i++)
		run_wait(i * 1000);
	row = run_row("cudaDeviceSynchronize");
	ck_assert_uint_eq(row->calls, 100);
	ck_assert_uint_eq(row->total_ns, 5050000);
	ck_assert_uint_eq(row->min_ns, 1000);
	ck_assert_uint_eq(row->max_ns, 100000);
	ck_assert_uint_eq(row->max_ordinal, 100);
	ck_assert_uint_eq(an_tally_mean_ns(row), 50500);
	/* Within the least and the longest even where a bucket's middle is not. */
	ck_assert_uint_eq(an_tally_percentile_ns(row, 100), 100000);
	run_end();
}
END_TEST

START_TEST(a_call_within_another_one_counts_once_in_the_time_of_all)
{
	struct ct_event outer = ev_call("cudaLaunchKernel", EV_END), inner = outer;
	const struct an_run *run;

	run_begin(AN_BY_THREAD);
	outer.function = 1;
	inner.function = 2;
	inner.name = "cudaFree";
	outer.start_ns = 1000;
	outer.end_ns = 5000;
	inner.start_ns = 2000;
	inner.end_ns = 3000;
	an_statistics_add(run_statistics, &outer, true);
	an_statistics_add(run_statistics, &inner, true);
	ck_assert_uint_eq(run_row("100/100 ")->total_ns, 4000);
	run = an_statistics_run(run_statistics);
	ck_assert_uint_eq(run->calls_ns, 4000);
	ck_assert_uint_eq(an_statistics_named(run_statistics, "cudaFree")->total_ns, 1000);
	run_end();
}
END_TEST

START_TEST(a_call_that_had_not_returned_has_no_time)
{
	struct ct_event event = ev_call("cudaDeviceSynchronize", EV_END);

	run_begin(AN_BY_FUNCTION);
	run_wait(500);
	event.flags |= CT_EVENT_IN_FLIGHT;
	run_call(event, 1000000);
	ck_assert_uint_eq(run_row("cudaDeviceSynchronize")->calls, 2);
	ck_assert_uint_eq(run_row("cudaDeviceSynchronize")->in_flight, 1);
	ck_assert_uint_eq(run_row("cudaDeviceSynchronize")->max_ns, 500);
	run_end();
}
END_TEST

/* ---- failures ------------------------------------------------------------------------------ */

START_TEST(a_failure_that_is_cleared_and_retried_is_none)
{
	const struct an_tally *row;

	run_begin(AN_BY_FUNCTION);
	run_call(failed_malloc(), 100);
	run_call(GET_LAST_ERROR, 100);
	run_free(0x10);
	run_malloc(RUN_DEVICE, 1);
	row = run_row("cudaMalloc");
	ck_assert_uint_eq(row->failed, 0);
	ck_assert_uint_eq(row->retried, 1);
	ck_assert_uint_eq(an_statistics_run(run_statistics)->retried, 1);
	ck_assert_ptr_null(run_finding("failed-calls"));
	run_end();
}
END_TEST

START_TEST(several_tries_are_all_retried)
{
	run_begin(AN_BY_FUNCTION);
	for (int i = 0; i < 3; i++) {
		run_call(failed_malloc(), 100);
		run_call(GET_LAST_ERROR, 100);
	}
	run_malloc(RUN_DEVICE, 1);
	ck_assert_uint_eq(run_row("cudaMalloc")->retried, 3);
	run_end();
}
END_TEST

START_TEST(a_failure_that_is_not_cleared_is_one)
{
	run_begin(AN_BY_FUNCTION);
	run_call(failed_malloc(), 100);
	run_malloc(RUN_DEVICE, 1);
	run_call(GET_LAST_ERROR, 100);
	ck_assert_uint_eq(run_row("cudaMalloc")->failed, 1);
	run_end();
}
END_TEST

START_TEST(clearing_in_another_thread_clears_nothing)
{
	run_begin(AN_BY_FUNCTION);
	run_call(failed_malloc(), 100);
	run_thread(101);
	run_call(GET_LAST_ERROR, 100);
	run_thread(100);
	run_malloc(RUN_DEVICE, 1);
	ck_assert_uint_eq(run_row("cudaMalloc")->failed, 1);
	run_end();
}
END_TEST

START_TEST(who_tries_again_much_later_has_not_retried)
{
	run_begin(AN_BY_FUNCTION);
	run_call(failed_malloc(), 100);
	run_call(GET_LAST_ERROR, 100);
	for (int i = 0; i < 64; i++)
		run_launch(0);
	run_malloc(RUN_DEVICE, 1);
	ck_assert_uint_eq(run_row("cudaMalloc")->failed, 1);
	run_end();
}
END_TEST

START_TEST(the_example_of_failures_is_one_that_mattered)
{
	const struct an_finding *finding;

	run_begin(AN_BY_FUNCTION);
	run_call(failed_malloc(), 100);
	run_call(GET_LAST_ERROR, 100);
	run_thread(101);
	run_call(failed_malloc(), 100);
	run_thread(100);
	run_malloc(RUN_DEVICE, 1);
	finding = run_finding("failed-calls");
	ck_assert_uint_eq(finding->count, 1);
	ck_assert_uint_eq(finding->evidence[0].ordinal, 3);
	run_end();
}
END_TEST

START_TEST(expected_answers_are_no_failures)
{
	struct ct_event event = ev_call("cudaEventQuery", EV_END);

	run_begin(AN_BY_FUNCTION);
	event.flags |= CT_EVENT_EXPECTED;
	event.result = 600;
	run_call(event, 100);
	ck_assert_uint_eq(run_row("cudaEventQuery")->expected, 1);
	ck_assert_uint_eq(run_row("cudaEventQuery")->failed, 0);
	run_end();
}
END_TEST

/* ---- copies, waits, launches --------------------------------------------------------------- */

START_TEST(copies_are_counted_by_direction)
{
	const struct an_traffic *all;

	run_begin(AN_BY_DIRECTION);
	run_malloc(RUN_DEVICE, 1 << 20);
	run_copy(RUN_DEVICE, RUN_PAGEABLE, 4096, 1, 1000);
	run_copy_async(RUN_DEVICE, RUN_PAGEABLE, 100, 1);
	/* cudaMemcpyDefault: the addresses tell. */
	run_copy(RUN_PAGEABLE, RUN_DEVICE, 50, 4, 10);
	run_call(ev_call("cudaMemset", ev_ptr("devPtr", RUN_DEVICE), ev_int("value", 0),
			 ev_size("count", 7), EV_END),
		 100);
	all = an_statistics_traffic(run_statistics);
	ck_assert_uint_eq(all[AN_HOST_TO_DEVICE].count, 2);
	ck_assert_uint_eq(all[AN_HOST_TO_DEVICE].bytes, 4196);
	ck_assert_uint_eq(all[AN_HOST_TO_DEVICE].blocking, 1);
	ck_assert_uint_eq(all[AN_HOST_TO_DEVICE].blocking_bytes, 4096);
	ck_assert_uint_eq(all[AN_HOST_TO_DEVICE].blocking_ns, 1000);
	ck_assert_uint_eq(all[AN_DEVICE_TO_HOST].bytes, 50);
	ck_assert_uint_eq(all[AN_TRAFFIC_SETS].bytes, 7);
	ck_assert_uint_eq(run_row("host to device")->calls, 2);
	ck_assert_uint_eq(run_row("set")->bytes, 7);
	run_end();
}
END_TEST

/* The call names elements; how large they are was said when the array was made. */
START_TEST(copies_to_arrays_have_their_bytes)
{
	run_begin(AN_BY_FUNCTION);
	run_call(ev_call("cudaMallocArray", ev_handle("array", 0x7000), ev_int("desc->x", 32),
			 ev_int("desc->y", 32), ev_int("desc->z", 0), ev_int("desc->w", 0),
			 ev_size("width", 64), ev_size("height", 0), EV_END),
		 100);
	run_call(ev_call("cudaMemcpy3D", ev_handle("p->srcArray", 0),
			 ev_ptr("p->srcPtr.ptr", RUN_PAGEABLE), ev_handle("p->dstArray", 0x7000),
			 ev_ptr("p->dstPtr.ptr", 0), ev_size("p->extent.width", 10),
			 ev_size("p->extent.height", 1), ev_size("p->extent.depth", 1),
			 ev_enum("p->kind", 1), EV_END),
		 100);
	ck_assert_uint_eq(an_statistics_traffic(run_statistics)[AN_HOST_TO_DEVICE].bytes, 80);
	ck_assert_uint_eq(an_statistics_traffic(run_statistics)[AN_HOST_TO_DEVICE].unsized, 0);
	ck_assert_uint_eq(run_row("cudaMemcpy3D")->bytes, 80);
	run_end();
}
END_TEST

/* The GPU does it while the host goes on: no wait, and no rate. */
START_TEST(nobody_waits_for_copies_within_devices)
{
	const struct an_traffic *all;

	run_begin(AN_BY_FUNCTION);
	run_malloc(RUN_DEVICE, 1 << 20);
	run_copy(RUN_DEVICE, RUN_DEVICE + 4096, 4096, 3, 10);
	run_call(ev_call("cudaMemset", ev_ptr("devPtr", RUN_DEVICE), ev_int("value", 0),
			 ev_size("count", 7), EV_END),
		 100);
	all = an_statistics_traffic(run_statistics);
	ck_assert_uint_eq(all[AN_DEVICE_TO_DEVICE].bytes, 4096);
	ck_assert_uint_eq(all[AN_DEVICE_TO_DEVICE].blocking, 0);
	ck_assert_uint_eq(all[AN_TRAFFIC_SETS].blocking, 0);
	ck_assert_uint_eq(an_statistics_waits(run_statistics)[AN_WAIT_COPY].count, 0);
	run_end();
}
END_TEST

START_TEST(failed_copies_moved_nothing)
{
	struct ct_event event = ev_call("cudaMemcpy", ev_ptr("dst", 1), ev_ptr("src", 2),
					ev_size("count", 9), ev_enum("kind", 1), EV_END);

	run_begin(AN_BY_FUNCTION);
	run_call(ev_failed(event, 1), 100);
	ck_assert_uint_eq(run_row("cudaMemcpy")->bytes, 0);
	ck_assert_uint_eq(an_statistics_traffic(run_statistics)[AN_HOST_TO_DEVICE].count, 0);
	run_end();
}
END_TEST

START_TEST(waits_are_counted_by_what_is_waited_for)
{
	const struct an_wait_sum *waits;

	run_begin(AN_BY_FUNCTION);
	run_wait(100);
	run_wait(300);
	run_call(ev_call("cudaEventSynchronize", ev_handle("event", 0x9000), EV_END), 50);
	run_copy(RUN_PAGEABLE, RUN_DEVICE, 1, 2, 20);
	/* Within the host's memory nothing waits. */
	run_copy(RUN_PAGEABLE, RUN_PINNED, 1, 0, 7000);
	waits = an_statistics_waits(run_statistics);
	ck_assert_uint_eq(waits[AN_WAIT_DEVICE].count, 2);
	ck_assert_uint_eq(waits[AN_WAIT_DEVICE].ns, 400);
	ck_assert_uint_eq(waits[AN_WAIT_DEVICE].max_ns, 300);
	ck_assert_uint_eq(waits[AN_WAIT_EVENT].ns, 50);
	ck_assert_uint_eq(waits[AN_WAIT_COPY].ns, 20);
	run_end();
}
END_TEST

static struct ct_event create_stream(uint64_t stream)
{
	return ev_call("cudaStreamCreate", ev_handle("pStream", stream), EV_END);
}

START_TEST(launches_are_counted_by_stream)
{
	run_begin(AN_BY_STREAM);
	run_call(create_stream(0x6000), 100);
	run_launch(0x6000);
	run_launch(0x6000);
	run_launch(0);
	run_launch(1);
	run_launch(2);
	ck_assert_uint_eq(run_row("stream#1")->launches, 2);
	/* Two names of one stream. */
	ck_assert_uint_eq(run_row("legacy default")->launches, 2);
	ck_assert_uint_eq(run_row("per-thread of 100")->launches, 1);
	run_end();
}
END_TEST

START_TEST(a_stream_that_was_made_anew_is_another_one)
{
	run_begin(AN_BY_STREAM);
	run_call(create_stream(0x6000), 100);
	run_launch(0x6000);
	run_call(ev_call("cudaStreamDestroy", ev_handle("stream", 0x6000), EV_END), 100);
	run_call(create_stream(0x6000), 100);
	run_launch(0x6000);
	run_launch(0x6000);
	ck_assert_uint_eq(run_row("stream#1")->launches, 1);
	ck_assert_uint_eq(run_row("stream#2")->launches, 2);
	run_end();
}
END_TEST

START_TEST(default_streams_are_one_for_each_device)
{
	run_begin(AN_BY_STREAM);
	run_launch(0);
	run_call(ev_call("cudaSetDevice", ev_int("device", 1), EV_END), 100);
	run_launch(0);
	run_launch(0);
	ck_assert_uint_eq(run_row("legacy default")->launches, 1);
	ck_assert_uint_eq(run_row("legacy default, device 1")->launches, 2);
	run_end();
}
END_TEST

START_TEST(kernels_have_rows_by_name)
{
	struct an_tally *const *kernels;
	size_t n;

	run_begin(AN_BY_FUNCTION);
	run_launch(0);
	run_launch(0);
	run_call(ev_call("cudaLaunchKernel", ev_kernel("func", 0x5000, NULL), EV_END), 10);
	ck_assert_ptr_nonnull(run_row("cudaLaunchKernel"));
	kernels = an_statistics_kernels(run_statistics, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(kernels[0]->name, "axpy");
	ck_assert_uint_eq(kernels[0]->calls, 2);
	ck_assert_str_eq(kernels[1]->name, "kernel 0x5000");
	run_end();
}
END_TEST

START_TEST(what_a_trace_does_not_hold_is_not_made_up)
{
	size_t n;

	run_begin(AN_BY_FUNCTION);
	run_header.lacks = CT_LACKS_ARGUMENTS;
	run_call(ev_call("cudaLaunchKernel", EV_END), 10);
	run_call(ev_call("cudaMemcpy", EV_END), 10);
	ck_assert_uint_eq(run_row("cudaLaunchKernel")->launches, 1);
	an_statistics_kernels(run_statistics, &n);
	ck_assert_uint_eq(n, 0);
	an_statistics_streams(run_statistics, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(an_statistics_traffic(run_statistics)[AN_DIRECTION_UNKNOWN].unsized, 1);
	run_end();
}
END_TEST

/* ---- groups -------------------------------------------------------------------------------- */

START_TEST(rows_are_by_what_was_asked_for)
{
	run_begin(AN_BY_CALLER);
	run_at(0x10);
	run_launch(0);
	run_at(0x20);
	run_launch(0);
	run_launch(0);
	ck_assert_uint_eq(run_row("app+0x10")->calls, 1);
	ck_assert_uint_eq(run_row("app+0x20")->calls, 2);
	run_end();
	run_begin(AN_BY_DOMAIN);
	run_launch(0);
	ck_assert_uint_eq(run_row("launch")->calls, 1);
	run_end();
	run_begin(AN_BY_MODULE);
	run_launch(0);
	ck_assert_uint_eq(run_row("/opt/app")->calls, 1);
	run_end();
	run_begin(AN_BY_PROCESS);
	run_launch(0);
	ck_assert_uint_eq(run_row("100 app")->calls, 1);
	run_end();
}
END_TEST

START_TEST(groups_can_be_crossed)
{
	static const enum an_group by[] = { AN_BY_THREAD, AN_BY_FUNCTION };
	const struct an_tally *row;

	run_begin(AN_BY_FUNCTION);
	an_statistics_free(run_statistics);
	run_statistics = an_statistics_new(&run_header, by, 2);
	run_launch(0);
	run_wait(10);
	run_thread(101);
	run_launch(0);
	run_launch(0);
	row = run_row("100/101  / cudaLaunchKernel");
	ck_assert_uint_eq(row->calls, 2);
	ck_assert_str_eq(an_statistics_part(run_statistics, row, 1), "cudaLaunchKernel");
	ck_assert_uint_eq(run_row("100/100  / cudaDeviceSynchronize")->calls, 1);
	run_end();
}
END_TEST

START_TEST(what_was_filtered_out_still_says_what_memory_is)
{
	run_begin(AN_BY_FUNCTION);
	run_skip(ev_call("cudaMallocHost", ev_ptr("ptr", RUN_PINNED), ev_size("size", 4096),
			 EV_END),
		 100);
	run_copy_async(RUN_DEVICE, RUN_PINNED, 4096, 1);
	ck_assert_ptr_null(run_finding("pageable-async-copy"));
	ck_assert_ptr_null(run_row("cudaMallocHost"));
	ck_assert_uint_eq(an_statistics_run(run_statistics)->calls, 1);
	ck_assert_uint_eq(an_statistics_run(run_statistics)->skipped, 1);
	run_end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("statistics");
	TCase *durations = tcase_create("durations"), *failures = tcase_create("failures");
	TCase *effects = tcase_create("effects"), *groups = tcase_create("groups");

	tcase_add_test(durations, percentiles_are_right_to_within_their_bound);
	tcase_add_test(durations, small_durations_are_exact);
	tcase_add_test(durations, the_longest_durations_have_a_bucket);
	tcase_add_test(durations, a_row_has_exact_sums);
	tcase_add_test(durations, a_call_within_another_one_counts_once_in_the_time_of_all);
	tcase_add_test(durations, a_call_that_had_not_returned_has_no_time);
	tcase_add_test(failures, a_failure_that_is_cleared_and_retried_is_none);
	tcase_add_test(failures, several_tries_are_all_retried);
	tcase_add_test(failures, a_failure_that_is_not_cleared_is_one);
	tcase_add_test(failures, clearing_in_another_thread_clears_nothing);
	tcase_add_test(failures, who_tries_again_much_later_has_not_retried);
	tcase_add_test(failures, the_example_of_failures_is_one_that_mattered);
	tcase_add_test(failures, expected_answers_are_no_failures);
	tcase_add_test(effects, copies_are_counted_by_direction);
	tcase_add_test(effects, copies_to_arrays_have_their_bytes);
	tcase_add_test(effects, nobody_waits_for_copies_within_devices);
	tcase_add_test(effects, failed_copies_moved_nothing);
	tcase_add_test(effects, waits_are_counted_by_what_is_waited_for);
	tcase_add_test(effects, launches_are_counted_by_stream);
	tcase_add_test(effects, a_stream_that_was_made_anew_is_another_one);
	tcase_add_test(effects, default_streams_are_one_for_each_device);
	tcase_add_test(effects, kernels_have_rows_by_name);
	tcase_add_test(effects, what_a_trace_does_not_hold_is_not_made_up);
	tcase_add_test(groups, rows_are_by_what_was_asked_for);
	tcase_add_test(groups, groups_can_be_crossed);
	tcase_add_test(groups, what_was_filtered_out_still_says_what_memory_is);
	suite_add_tcase(suite, durations);
	suite_add_tcase(suite, failures);
	suite_add_tcase(suite, effects);
	suite_add_tcase(suite, groups);
	return fx_run(suite);
}
