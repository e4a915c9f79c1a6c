/* SPDX-License-Identifier: Apache-2.0 */
/* Each finding of the catalogue: a run that has it, and the nearest one that must not have it. */
#include <string.h>

#include "unit/analysis/runs.h"
#include "unit/reader/fixture.h"

#define H2D 1
#define D2H 2

static void setup(void)
{
	run_begin(AN_BY_FUNCTION);
}

static void teardown(void)
{
	run_end();
}

/* Ends the run and begins the next one. */
static void expect(const char *code, bool is_there)
{
	const struct an_finding *finding = run_finding(code);

	ck_assert_msg(!finding == !is_there, "%s is %s", code, finding ? "found" : "not found");
	if (finding) {
		ck_assert_ptr_nonnull(finding->advice);
		ck_assert_uint_gt(finding->count, 0);
		ck_assert_ptr_null(strchr(finding->headline, '\n'));
	}
	run_end();
	run_begin(AN_BY_FUNCTION);
}

/* Time in which nothing is called: what is measured against the run's is small then. */
static void idle(uint64_t ns)
{
	run_pause(ns);
	run_launch(0x6000);
	run_pause(100);
	run_launch(0x6000);
}

/* ---- trouble ------------------------------------------------------------------------------- */

START_TEST(failed_calls)
{
	struct ct_event event =
		ev_failed(ev_call("cudaSetDevice", ev_int("device", 9), EV_END), 101);

	event.result_name = "cudaErrorInvalidDevice";
	run_at(0x120);
	run_call(event, 100);
	ck_assert_str_eq(run_finding("failed-calls")->headline,
			 "1 call failed: cudaSetDevice (cudaErrorInvalidDevice) at app+0x120");
	ck_assert_uint_eq(run_finding("failed-calls")->evidence[0].ordinal, 1);
	expect("failed-calls", true);
	run_launch(0);
	expect("failed-calls", false);
}
END_TEST

START_TEST(lost_calls)
{
	run_launch(0);
	run_loss(3);
	ck_assert_uint_eq(run_finding("lost-calls")->count, 3);
	expect("lost-calls", true);
	run_launch(0);
	expect("lost-calls", false);
	/* What only the counters at the trace's end know. */
	run_launch(0);
	run_header.lost = 5;
	ck_assert_uint_eq(run_finding("lost-calls")->count, 5);
	expect("lost-calls", true);
}
END_TEST

/* They are no fault: it was asked for. */
START_TEST(older_calls)
{
	run_launch(0);
	run_header.lost = 9;
	run_loss_of(7, "overwritten");
	ck_assert_uint_eq(run_finding("older-calls")->count, 7);
	ck_assert_uint_eq(run_finding("lost-calls")->count, 2);
	expect("older-calls", true);
	run_launch(0);
	run_header.lost = 7;
	run_loss_of(7, "overwritten");
	expect("lost-calls", false);
	run_launch(0);
	expect("older-calls", false);
}
END_TEST

START_TEST(unreturned_calls)
{
	struct ct_event event = ev_call("cudaDeviceSynchronize", EV_END);

	event.flags |= CT_EVENT_IN_FLIGHT;
	run_call(event, 5000);
	expect("unreturned-calls", true);
	run_wait(5000);
	expect("unreturned-calls", false);
}
END_TEST

START_TEST(recorder_waited)
{
	struct ct_event event = ev_call("cudaGetDevice", EV_END);

	event.flags |= CT_EVENT_WAITED;
	run_call(event, 5000);
	idle(100000);
	expect("recorder-waited", true);
	run_call(event, 5000);
	idle(1000000);
	expect("recorder-waited", false);
}
END_TEST

/* ---- waits --------------------------------------------------------------------------------- */

static void steps(unsigned int n, unsigned int launches, uint64_t wait_ns)
{
	for (unsigned int i = 0; i < n; i++) {
		for (unsigned int j = 0; j < launches; j++)
			run_launch(0x6000);
		run_wait(wait_ns);
	}
}

START_TEST(sync_after_each_launch)
{
	steps(32, 1, 1000);
	ck_assert_uint_eq(run_finding("sync-after-each-launch")->count, 32);
	ck_assert_ptr_null(run_finding("sync-per-step"));
	expect("sync-after-each-launch", true);
	steps(31, 1, 1000);
	expect("sync-after-each-launch", false);
	steps(100, 2, 1000);
	expect("sync-after-each-launch", false);
	/* Waits for nothing: another thread's work, or none. */
	steps(100, 0, 1000);
	expect("sync-after-each-launch", false);
}
END_TEST

START_TEST(sync_per_step)
{
	steps(32, 10, 1000);
	expect("sync-per-step", true);
	steps(31, 10, 1000);
	expect("sync-per-step", false);
	/* So short that there is nothing to win. */
	steps(32, 10, 100);
	idle(1000000);
	expect("sync-per-step", false);
	/* At different places: no loop. */
	for (unsigned int i = 0; i < 40; i++) {
		run_at(0x1000 + i);
		steps(1, 10, 1000);
	}
	expect("sync-per-step", false);
}
END_TEST

/* ---- copies -------------------------------------------------------------------------------- */

static void blocking(unsigned int n, unsigned int kind, uint64_t ns)
{
	for (unsigned int i = 0; i < n; i++)
		run_copy(RUN_DEVICE, RUN_PINNED, 1 << 20, kind, ns);
}

START_TEST(blocking_copies)
{
	blocking(32, H2D, 1000);
	ck_assert_uint_eq(run_finding("blocking-copies")->bytes, 32u << 20);
	expect("blocking-copies", true);
	blocking(31, D2H, 1000);
	expect("blocking-copies", false);
	blocking(32, 3, 1000);
	expect("blocking-copies", false);
	blocking(32, H2D, 100);
	idle(1000000);
	expect("blocking-copies", false);
}
END_TEST

START_TEST(pageable_async_copy)
{
	static struct ct_fact late = { "settings.start_off", "true" };

	run_pin(RUN_PINNED, 4096);
	run_copy_async(RUN_DEVICE, RUN_PINNED + 4096, 64, H2D);
	ck_assert_uint_eq(run_finding("pageable-async-copy")->bytes, 64);
	expect("pageable-async-copy", true);
	run_copy_async(RUN_PAGEABLE, RUN_DEVICE, 64, D2H);
	expect("pageable-async-copy", true);
	run_pin(RUN_PINNED, 4096);
	run_copy_async(RUN_DEVICE, RUN_PINNED + 4000, 64, H2D);
	run_copy_async(RUN_PINNED, RUN_DEVICE, 64, D2H);
	run_copy_async(RUN_DEVICE, RUN_DEVICE + 4096, 64, 3);
	run_copy(RUN_DEVICE, RUN_PAGEABLE, 64, H2D, 100);
	expect("pageable-async-copy", false);
	/* Registered memory is pinned as well. */
	run_call(ev_call("cudaHostRegister", ev_ptr("ptr", RUN_PAGEABLE), ev_size("size", 4096),
			 EV_END),
		 100);
	run_copy_async(RUN_DEVICE, RUN_PAGEABLE, 64, H2D);
	expect("pageable-async-copy", false);
	/* The call that pinned it may be the one that is missing, or before the trace. */
	run_loss(1);
	run_copy_async(RUN_DEVICE, RUN_PAGEABLE, 64, H2D);
	expect("pageable-async-copy", false);
	run_header.facts = &late;
	run_header.nfacts = 1;
	run_copy_async(RUN_DEVICE, RUN_PAGEABLE, 64, H2D);
	expect("pageable-async-copy", false);
	run_header.lacks = CT_LACKS_ARGUMENTS;
	run_copy_async(RUN_DEVICE, RUN_PAGEABLE, 64, H2D);
	expect("pageable-async-copy", false);
}
END_TEST

/* `runs` times `length` copies of so many bytes, one behind the other in memory. */
static void small(unsigned int runs, unsigned int length, uint64_t bytes)
{
	for (unsigned int i = 0; i < runs; i++) {
		for (unsigned int j = 0; j < length; j++)
			run_copy_async(RUN_DEVICE + j * bytes, RUN_PINNED + j * bytes, bytes, H2D);
		run_launch(0x6000);
	}
}

START_TEST(small_copies)
{
	const struct an_finding *finding;

	small(16, 4, 1024);
	finding = run_finding("small-copies");
	ck_assert_uint_eq(finding->count, 64);
	ck_assert_uint_eq(finding->bytes, 65536);
	ck_assert_ptr_nonnull(strstr(finding->headline, "memory that lies together"));
	expect("small-copies", true);
	small(15, 4, 1024);
	expect("small-copies", false);
	small(100, 3, 1024);
	expect("small-copies", false);
	small(16, 4, 65536);
	expect("small-copies", true);
	small(100, 4, 65537);
	expect("small-copies", false);
}
END_TEST

START_TEST(small_blocking_copies_are_a_run_too)
{
	for (unsigned int i = 0; i < 64; i++)
		run_copy(RUN_DEVICE, RUN_PINNED, 8, H2D, 100);
	expect("small-copies", true);
	/* There and back by turns is a dialogue. */
	for (unsigned int i = 0; i < 64; i++)
		run_copy(RUN_DEVICE, RUN_PINNED, 8, i % 2 ? H2D : D2H, 100);
	expect("small-copies", false);
}
END_TEST

/* ---- loops --------------------------------------------------------------------------------- */

START_TEST(allocation_in_loop)
{
	const struct an_finding *finding;

	for (unsigned int i = 0; i < 32; i++) {
		run_at(0x200);
		run_malloc(RUN_DEVICE, 4096);
		run_at(0x300);
		run_free(RUN_DEVICE);
	}
	finding = run_finding("allocation-in-loop");
	ck_assert_uint_eq(finding->count, 32);
	ck_assert_uint_eq(finding->ns, 64000);
	ck_assert_str_eq(finding->evidence[0].caller, "app+0x200");
	expect("allocation-in-loop", true);
	/* All made first and freed at the end: a program that sets up. */
	for (unsigned int i = 0; i < 100; i++)
		run_malloc(RUN_DEVICE + i * 4096, 4096);
	for (unsigned int i = 0; i < 100; i++)
		run_free(RUN_DEVICE + i * 4096);
	expect("allocation-in-loop", false);
	for (unsigned int i = 0; i < 31; i++) {
		run_malloc(RUN_DEVICE, 4096);
		run_free(RUN_DEVICE);
	}
	expect("allocation-in-loop", false);
	/* From a pool, as loops should. */
	for (unsigned int i = 0; i < 100; i++) {
		run_call(ev_call("cudaMallocAsync", ev_ptr("devPtr", RUN_DEVICE),
				 ev_size("size", 4096), ev_handle("hStream", 0), EV_END),
			 100);
		run_call(ev_call("cudaFreeAsync", ev_ptr("devPtr", RUN_DEVICE),
				 ev_handle("hStream", 0), EV_END),
			 100);
	}
	expect("allocation-in-loop", false);
}
END_TEST

/* Made `n` times, and destroyed when `late` more have been made. */
static void handles(unsigned int n, unsigned int late, const char *create, const char *argument,
		    const char *destroy, const char *destroyed)
{
	for (unsigned int i = 0; i < n + late; i++) {
		if (i < n)
			run_call(ev_call(create, ev_handle(argument, 0x9000 + i), EV_END), 100);
		if (i >= late)
			run_call(ev_call(destroy, ev_handle(destroyed, 0x9000 + i - late), EV_END),
				 100);
	}
}

START_TEST(event_per_iteration)
{
	handles(32, 0, "cudaEventCreate", "event", "cudaEventDestroy", "event");
	ck_assert_ptr_null(run_finding("stream-per-iteration"));
	expect("event-per-iteration", true);
	handles(31, 0, "cudaEventCreate", "event", "cudaEventDestroy", "event");
	expect("event-per-iteration", false);
	/* A pool of them. */
	handles(200, 200, "cudaEventCreate", "event", "cudaEventDestroy", "event");
	expect("event-per-iteration", false);
	/* A quarter of them alive at once, and more. */
	handles(32, 7, "cudaEventCreate", "event", "cudaEventDestroy", "event");
	expect("event-per-iteration", true);
	handles(32, 8, "cudaEventCreate", "event", "cudaEventDestroy", "event");
	expect("event-per-iteration", false);
	/* Never destroyed, and so many that it can be no pool. */
	for (unsigned int n = 999; n <= 1000; n++) {
		for (unsigned int i = 0; i < n; i++)
			run_call(ev_call("cudaEventCreate", ev_handle("event", 0x9000 + i), EV_END),
				 100);
		expect("event-per-iteration", n == 1000);
	}
}
END_TEST

START_TEST(stream_per_iteration)
{
	handles(32, 0, "cudaStreamCreate", "pStream", "cudaStreamDestroy", "stream");
	expect("stream-per-iteration", true);
	handles(64, 32, "cudaStreamCreate", "pStream", "cudaStreamDestroy", "stream");
	expect("stream-per-iteration", false);
}
END_TEST

START_TEST(graph_per_iteration)
{
	handles(32, 0, "cudaGraphInstantiate", "pGraphExec", "cudaGraphExecDestroy", "graphExec");
	expect("graph-per-iteration", true);
	handles(64, 32, "cudaGraphInstantiate", "pGraphExec", "cudaGraphExecDestroy", "graphExec");
	expect("graph-per-iteration", false);
}
END_TEST

/* ---- memory -------------------------------------------------------------------------------- */

START_TEST(memory_only_grows)
{
	const struct an_finding *finding;

	run_pause(10000);
	for (unsigned int i = 0; i < 64; i++)
		run_malloc(RUN_DEVICE + i * 4096, 4096);
	finding = run_finding("memory-only-grows");
	ck_assert_uint_eq(finding->bytes, 64 * 4096);
	expect("memory-only-grows", true);
	/* All of it within the first quarter of the run. */
	run_pause(10000);
	for (unsigned int i = 0; i < 64; i++)
		run_malloc(RUN_DEVICE + i * 4096, 4096);
	for (unsigned int i = 0; i < 300; i++)
		run_launch(0);
	expect("memory-only-grows", false);
	/* A sawtooth. */
	run_pause(10000);
	for (unsigned int i = 0; i < 64; i++) {
		run_malloc(RUN_DEVICE + (i << 20), 4096 * (i + 1));
		if (i % 8 == 7)
			for (unsigned int j = 0; j < 4; j++)
				run_free(RUN_DEVICE + ((i - j) << 20));
	}
	expect("memory-only-grows", false);
	run_pause(10000);
	for (unsigned int i = 0; i < 31; i++)
		run_malloc(RUN_DEVICE + i * 4096, 4096);
	expect("memory-only-grows", false);
}
END_TEST

START_TEST(memory_that_is_freed_at_the_end_has_grown_all_the_same)
{
	run_pause(10000);
	for (unsigned int i = 0; i < 64; i++)
		run_malloc(RUN_DEVICE + i * 4096, 4096);
	run_pause(0);
	for (unsigned int i = 0; i < 64; i++)
		run_free(RUN_DEVICE + i * 4096);
	expect("memory-only-grows", true);
}
END_TEST

/* ---- questions ----------------------------------------------------------------------------- */

static void query(unsigned int n)
{
	struct ct_event event = ev_call("cudaEventQuery", ev_handle("event", 0x9000), EV_END);

	event.flags |= CT_EVENT_EXPECTED;
	event.result = 600;
	for (unsigned int i = 0; i < n; i++)
		run_call(event, 100);
}

START_TEST(polling)
{
	query(1000);
	ck_assert_uint_eq(run_finding("polling")->count, 1000);
	expect("polling", true);
	query(999);
	expect("polling", false);
	/* Asked often, and answered. */
	for (unsigned int i = 0; i < 2000; i++)
		run_call(ev_call("cudaEventQuery", ev_handle("event", 0x9000), EV_END), 100);
	expect("polling", false);
}
END_TEST

START_TEST(error_polling)
{
	for (unsigned int i = 0; i < 1000; i++)
		run_call(ev_call("cudaGetLastError", EV_END), 100);
	ck_assert_uint_eq(run_finding("error-polling")->count, 1000);
	expect("error-polling", true);
	for (unsigned int i = 0; i < 999; i++)
		run_call(ev_call("cudaGetLastError", EV_END), 100);
	expect("error-polling", false);
	/* Behind each launch, as one should. */
	for (unsigned int i = 0; i < 2000; i++) {
		run_launch(0);
		run_call(ev_call("cudaGetLastError", EV_END), 100);
	}
	expect("error-polling", false);
}
END_TEST

static void set_device(unsigned int n, unsigned int devices)
{
	for (unsigned int i = 0; i < n; i++)
		run_call(ev_call("cudaSetDevice", ev_int("device", i % devices), EV_END), 100);
}

START_TEST(repeated_set_device)
{
	set_device(1000, 1);
	expect("repeated-set-device", true);
	set_device(999, 1);
	expect("repeated-set-device", false);
	set_device(5000, 2);
	expect("repeated-set-device", false);
}
END_TEST

START_TEST(repeated_question)
{
	for (unsigned int i = 0; i < 1000; i++)
		run_call(ev_call("cudaGetDeviceProperties", EV_END), 1000);
	expect("repeated-question", true);
	for (unsigned int i = 0; i < 1000; i++)
		run_call(ev_call("cudaGetDeviceProperties", EV_END), 10);
	idle(100000000);
	expect("repeated-question", false);
	for (unsigned int i = 0; i < 1000; i++)
		run_call(ev_call("cudaGetDevice", EV_END), 1000);
	expect("repeated-question", false);
}
END_TEST

/* ---- the run ------------------------------------------------------------------------------- */

START_TEST(legacy_stream_only)
{
	for (unsigned int i = 0; i < 64; i++)
		run_launch(i % 2);
	expect("legacy-stream-only", true);
	for (unsigned int i = 0; i < 64; i++)
		run_launch(0);
	run_launch(0x6000);
	expect("legacy-stream-only", false);
	for (unsigned int i = 0; i < 64; i++)
		run_launch(2);
	expect("legacy-stream-only", false);
	for (unsigned int i = 0; i < 63; i++)
		run_launch(0);
	expect("legacy-stream-only", false);
	/* A trace without arguments does not tell. */
	run_header.lacks = CT_LACKS_ARGUMENTS;
	for (unsigned int i = 0; i < 64; i++)
		run_launch(0);
	expect("legacy-stream-only", false);
}
END_TEST

START_TEST(dominant_call)
{
	steps(32, 1, 1001);
	expect("dominant-call", true);
	steps(32, 2, 1001);
	/* Launches have two thirds: their turn. */
	ck_assert_ptr_nonnull(strstr(run_finding("dominant-call")->headline, "cudaLaunchKernel"));
	expect("dominant-call", true);
	for (unsigned int i = 0; i < 32; i++) {
		run_launch(0);
		run_wait(1000);
		run_copy_async(RUN_DEVICE, RUN_PINNED, 1, H2D);
	}
	expect("dominant-call", false);
	steps(2, 1, 100000);
	expect("dominant-call", false);
}
END_TEST

START_TEST(long_call)
{
	run_call(ev_call("cudaFree", ev_ptr("devPtr", 0), EV_END), 100000);
	steps(32, 1, 1000);
	ck_assert_ptr_nonnull(strstr(run_finding("long-call")->headline, "it makes the context"));
	expect("long-call", true);
	run_call(ev_call("cudaFree", ev_ptr("devPtr", 0), EV_END), 1000);
	steps(32, 1, 1000);
	expect("long-call", false);
	/* A wait is told of elsewhere. */
	run_wait(100000);
	steps(32, 1, 1000);
	expect("long-call", false);
}
END_TEST

/* ---- all of them --------------------------------------------------------------------------- */

START_TEST(a_run_in_which_nothing_is_wrong_has_no_findings)
{
	size_t n;

	run_pin(RUN_PINNED, 1 << 20);
	run_malloc(RUN_DEVICE, 1 << 20);
	for (unsigned int i = 0; i < 200; i++) {
		run_copy_async(RUN_DEVICE, RUN_PINNED, 1 << 20, H2D);
		run_launch(0x6000);
		run_call(ev_call("cudaGetLastError", EV_END), 1000);
		run_copy_async(RUN_PINNED, RUN_DEVICE, 1 << 20, D2H);
	}
	run_wait(1000);
	run_free(RUN_DEVICE);
	run_finding("");
	an_statistics_findings(run_statistics, &n);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(an_empty_run_has_no_findings)
{
	size_t n;

	run_finding("");
	an_statistics_findings(run_statistics, &n);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(trouble_comes_first_and_then_what_costs_most)
{
	const struct an_finding *findings;
	size_t n;

	steps(40, 1, 500);
	blocking(32, H2D, 1000);
	run_call(ev_failed(ev_call("cudaMalloc", EV_END), 2), 1);
	run_finding("");
	findings = an_statistics_findings(run_statistics, &n);
	ck_assert_uint_ge(n, 3);
	ck_assert_str_eq(findings[0].code, "failed-calls");
	ck_assert_str_eq(findings[1].code, "blocking-copies");
	ck_assert_str_eq(findings[2].code, "sync-after-each-launch");
}
END_TEST

START_TEST(every_kind_has_a_code_of_its_own_and_advice)
{
	struct an_finding_kind kind, other;
	size_t n = 0;

	for (; an_finding_kind(n, &kind); n++) {
		ck_assert_uint_gt(strlen(kind.looks_for), 10);
		ck_assert_uint_gt(strlen(kind.advice), 10);
		for (size_t i = 0; i < n; i++) {
			an_finding_kind(i, &other);
			ck_assert_str_ne(kind.code, other.code);
		}
	}
	ck_assert_uint_ge(n, 20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("findings");
	TCase *each = tcase_create("each"), *all = tcase_create("all");

	tcase_add_checked_fixture(each, setup, teardown);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(each, failed_calls);
	tcase_add_test(each, lost_calls);
	tcase_add_test(each, older_calls);
	tcase_add_test(each, unreturned_calls);
	tcase_add_test(each, recorder_waited);
	tcase_add_test(each, sync_after_each_launch);
	tcase_add_test(each, sync_per_step);
	tcase_add_test(each, blocking_copies);
	tcase_add_test(each, pageable_async_copy);
	tcase_add_test(each, small_copies);
	tcase_add_test(each, small_blocking_copies_are_a_run_too);
	tcase_add_test(each, allocation_in_loop);
	tcase_add_test(each, event_per_iteration);
	tcase_add_test(each, stream_per_iteration);
	tcase_add_test(each, graph_per_iteration);
	tcase_add_test(each, memory_only_grows);
	tcase_add_test(each, memory_that_is_freed_at_the_end_has_grown_all_the_same);
	tcase_add_test(each, polling);
	tcase_add_test(each, error_polling);
	tcase_add_test(each, repeated_set_device);
	tcase_add_test(each, repeated_question);
	tcase_add_test(each, legacy_stream_only);
	tcase_add_test(each, dominant_call);
	tcase_add_test(each, long_call);
	tcase_add_test(all, a_run_in_which_nothing_is_wrong_has_no_findings);
	tcase_add_test(all, an_empty_run_has_no_findings);
	tcase_add_test(all, trouble_comes_first_and_then_what_costs_most);
	tcase_add_test(all, every_kind_has_a_code_of_its_own_and_advice);
	suite_add_tcase(suite, each);
	suite_add_tcase(suite, all);
	return fx_run(suite);
}
