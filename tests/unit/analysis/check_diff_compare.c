/* SPDX-License-Identifier: Apache-2.0 */
/* Whole comparisons of sides that are made up: what is found, what it weighs, the verdict. */
#include <stdio.h>
#include <string.h>

#include "analysis/diff/compare.h"
#include "unit/analysis/made_sides.h"
#include "unit/reader/fixture.h"

#define STEPS 50
#define SYNC  "cudaStreamSynchronize(stream=stream#1) = cudaSuccess"
#define QUERY "cudaEventQuery(event=event) = cudaErrorNotReady"

static struct df_dictionary *dictionary;
static struct df_policy *policy;
static struct df_side *a, *b;
static struct df_report *report;
static struct df_options options;

#define COPY                                                               \
	"cudaMemcpyAsync(dst=device 4 KiB, src=pinned 4 KiB, count=4096, " \
	"kind=cudaMemcpyHostToDevice, stream=stream#1) = cudaSuccess"
#define LAUNCH                                                                        \
	"cudaLaunchKernel(func=axpy, gridDim=16,1,1, blockDim=256,1,1, sharedMem=0, " \
	"stream=stream#1) = cudaSuccess"

/* A program of a loop of copies and a launch. */
static const char *const body[] = {
	COPY,
	LAUNCH,
	"cudaMemsetAsync(devPtr=device 4 KiB, value=0, count=4096, stream=stream#1) = cudaSuccess",
	SYNC,
};
#define BODY (sizeof(body) / sizeof(body[0]))

/* Calls of an iteration, one of them another one (NULL: left out), one more behind it. */
struct change {
	size_t at;
	const char *instead, *more;
};

static const struct change none = { BODY, NULL, NULL };

static void add_step(struct df_side *side, unsigned int lane, const struct change *change)
{
	for (size_t i = 0; i < BODY; i++) {
		const char *text = i == change->at ? change->instead : body[i];

		if (text)
			made_call(side, lane, text, 1);
		if (i == change->at && change->more)
			made_call(side, lane, change->more, 1);
	}
}

static void add_loop(struct df_side *side, unsigned int lane, unsigned int steps,
		     const struct change *change)
{
	size_t first, last;

	made_call(side, lane, "cudaMalloc(devPtr=new, size=4096) = cudaSuccess", 1);
	first = side->lanes[lane].ncalls;
	for (unsigned int i = 0; i < steps; i++)
		add_step(side, lane, change);
	last = side->lanes[lane].ncalls;
	made_call(side, lane, "cudaFree(devPtr=device 4 KiB) = cudaSuccess", 1);
	made_steady(side, lane, first, last, (last - first) / steps);
}

static void setup(void)
{
	dictionary = df_dictionary_new();
	policy = df_policy_new();
	options = (struct df_options){ .policy = policy };
	a = made_side(dictionary, 1);
	b = made_side(dictionary, 1);
}

static void teardown(void)
{
	df_report_free(report);
	report = NULL;
	made_free(a);
	made_free(b);
	df_policy_free(policy);
	df_dictionary_free(dictionary);
}

static void compare(void)
{
	df_report_free(report);
	report = df_compare(&a, 1, &b, 1, &options);
}

static void compare_changed(struct change change)
{
	add_loop(a, 0, STEPS, &none);
	add_loop(b, 0, STEPS, &change);
	compare();
}

static size_t gating(void)
{
	size_t count = 0;

	for (size_t i = 0; i < report->nitems; i++)
		count += report->items[i].weight == DF_GATES;
	return count;
}

/* The one thing that gates. */
static const struct df_item *only(enum df_level level, enum df_what what)
{
	const struct df_item *item = report->items;

	ck_assert_int_eq(report->verdict, DF_DIFFERENT);
	ck_assert_uint_eq(gating(), 1);
	ck_assert_msg(item->level == level && item->what == what, "level %d, what %d: %s",
		      item->level, item->what, item->text);
	ck_assert_int_eq(report->levels[level].verdict, DF_DIFFERENT);
	return item;
}

static void expect_text(const struct df_item *item, const char *text)
{
	ck_assert_msg(strstr(item->text, text), "\"%s\" has no \"%s\"", item->text, text);
}

/* ---- what is found --------------------------------------------------------------------------- */

START_TEST(runs_that_do_the_same_are_the_same)
{
	compare_changed(none);
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_eq(report->nitems, 0);
	ck_assert_double_gt(report->gated, 0.9);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_NO_VERDICT);
	ck_assert_ptr_nonnull(strstr(report->levels[DF_TIME].why, "at least 4"));
}
END_TEST

START_TEST(a_call_that_came_is_named_at_its_place)
{
	const struct df_item *item;

	compare_changed((struct change){ 1, body[1], SYNC });
	item = only(DF_STRUCTURE, DF_CAME);
	expect_text(item, "cudaStreamSynchronize(stream=stream#1)");
	expect_text(item, "4 calls");
	expect_text(item, "position 3");
	ck_assert_str_eq(item->key, "structure:app/1:came:cudaStreamSynchronize");
	ck_assert_uint_eq(item->times, STEPS);
}
END_TEST

START_TEST(a_call_that_went_is_named)
{
	compare_changed((struct change){ 2, NULL, NULL });
	expect_text(only(DF_STRUCTURE, DF_WENT), "- cudaMemsetAsync");
}
END_TEST

START_TEST(an_argument_is_named_with_both_values)
{
	const struct df_item *item;

	compare_changed(
		(struct change){ 0,
				 "cudaMemcpyAsync(dst=device 4 KiB, src=pageable, count=4096, "
				 "kind=cudaMemcpyHostToDevice, stream=stream#1) = cudaSuccess",
				 NULL });
	item = only(DF_STRUCTURE, DF_ARGUMENT);
	ck_assert_str_eq(item->argument, "src");
	ck_assert_str_eq(item->before, "pinned 4 KiB");
	ck_assert_str_eq(item->after, "pageable");
}
END_TEST

START_TEST(a_grid_is_a_matter_of_kernels)
{
	compare_changed(
		(struct change){ 1,
				 "cudaLaunchKernel(func=axpy, gridDim=32,1,1, blockDim=256,1,1, "
				 "sharedMem=0, stream=stream#1) = cudaSuccess",
				 NULL });
	ck_assert_str_eq(only(DF_KERNELS, DF_KERNEL)->argument, "gridDim");
}
END_TEST

START_TEST(another_kernel_is_named)
{
	const struct df_item *item;

	compare_changed(
		(struct change){ 1,
				 "cudaLaunchKernel(func=axpy2, gridDim=16,1,1, blockDim=256,1,1, "
				 "sharedMem=0, stream=stream#1) = cudaSuccess",
				 NULL });
	item = only(DF_KERNELS, DF_KERNEL);
	ck_assert_str_eq(item->before, "axpy");
	ck_assert_str_eq(item->after, "axpy2");
}
END_TEST

START_TEST(another_order_is_one_difference)
{
	const char *first = body[1], *second = body[2];

	add_loop(a, 0, STEPS, &none);
	made_call(b, 0, "cudaMalloc(devPtr=new, size=4096) = cudaSuccess", 1);
	for (unsigned int i = 0; i < STEPS; i++) {
		made_call(b, 0, body[0], 1);
		made_call(b, 0, second, 1);
		made_call(b, 0, first, 1);
		made_call(b, 0, body[3], 1);
	}
	made_call(b, 0, "cudaFree(devPtr=device 4 KiB) = cudaSuccess", 1);
	made_steady(b, 0, 1, 1 + STEPS * BODY, BODY);
	compare();
	only(DF_ORDER, DF_MOVED);
}
END_TEST

START_TEST(what_is_in_the_warm_up_too_is_told_once)
{
	const struct df_item *item;

	add_loop(a, 0, STEPS, &none);
	add_loop(b, 0, STEPS, &(struct change){ 1, body[1], SYNC });
	/* The first two iterations. */
	a->lanes[0].phase[DF_STEADY] += 2 * BODY;
	b->lanes[0].phase[DF_STEADY] += 2 * (BODY + 1);
	compare();
	item = only(DF_STRUCTURE, DF_CAME);
	ck_assert_uint_eq(report->nitems, 1);
	ck_assert_uint_eq(item->times, STEPS);
}
END_TEST

START_TEST(a_loop_that_goes_round_more_often_is_a_count)
{
	const struct df_item *item;

	add_loop(a, 0, STEPS, &none);
	add_loop(b, 0, STEPS + 5, &none);
	compare();
	item = only(DF_STRUCTURE, DF_COUNT);
	ck_assert_double_eq(item->value_a, STEPS);
	ck_assert_double_eq(item->value_b, STEPS + 5);
}
END_TEST

/* ---- what it weighs -------------------------------------------------------------------------- */

START_TEST(what_is_outside_of_the_steady_state_is_advice)
{
	made_call(b, 0, "cudaStreamCreate(pStream=stream#9) = cudaSuccess", 1);
	compare_changed(none);
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_eq(report->levels[DF_STRUCTURE].advice, 1);
	options.all_phases = true;
	compare();
	only(DF_STRUCTURE, DF_CAME);
}
END_TEST

START_TEST(what_fails_newly_gates_wherever_it_is)
{
	made_call(a, 0, "cudaSetDevice(device=0) = cudaSuccess", 1);
	made_call(b, 0, "cudaSetDevice(device=0) = cudaErrorInvalidDevice", 1);
	compare_changed(none);
	ck_assert_str_eq(only(DF_RESULTS, DF_RESULT)->after, "cudaErrorInvalidDevice");
}
END_TEST

START_TEST(what_holds_more_memory_gates_with_the_call_that_says_why)
{
	a->memory->leaked[AN_MEMORY_DEVICE] = 0;
	b->memory->leaked[AN_MEMORY_DEVICE] = 4096;
	add_loop(a, 0, STEPS, &none);
	add_loop(b, 0, STEPS, &none);
	b->lanes[0].ncalls--;
	b->lanes[0].phase[DF_PHASES]--;
	compare();
	expect_text(only(DF_MEMORY, DF_WENT), "- cudaFree");
	ck_assert_uint_eq(report->levels[DF_MEMORY].advice, 1);
}
END_TEST

START_TEST(sums_without_calls_behind_them_gate)
{
	a->memory->peak[AN_MEMORY_DEVICE] = 100000;
	b->memory->peak[AN_MEMORY_DEVICE] = 101000;
	compare_changed(none);
	ck_assert_int_eq(report->verdict, DF_SAME);
	b->memory->peak[AN_MEMORY_DEVICE] = 110000;
	compare();
	expect_text(only(DF_MEMORY, DF_BYTES), "memory at the most");
	/* How many segments there are, one run cannot know. */
	b->memory->peak[AN_MEMORY_DEVICE] = 100000;
	b->memory->allocations[AN_MEMORY_DEVICE] = 7;
	compare();
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_eq(report->levels[DF_MEMORY].advice, 1);
}
END_TEST

static struct df_rule *add_rule(const char **function, const char **argument)
{
	static struct df_rule rule;

	rule = (struct df_rule){ .function = function, .argument = argument };
	policy->rules = &rule;
	policy->nrules = 1;
	return &rule;
}

static void drop_rules(void)
{
	policy->rules = NULL;
	policy->nrules = 0;
}

START_TEST(a_rule_decides_before_the_place_does)
{
	static const char *function[] = { "cudaStreamSync*", NULL };
	struct df_rule *rule = add_rule(function, NULL);

	rule->has_weight = rule->has_levels = true;
	rule->levels[DF_STRUCTURE] = true;
	rule->weight = DF_ADVICE;
	rule->why = "for a reason";
	compare_changed((struct change){ 1, body[1], SYNC });
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_str_eq(report->items[0].why, "for a reason");
	rule->weight = DF_IGNORED;
	compare();
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_eq(report->levels[DF_STRUCTURE].ignored, 1);
	drop_rules();
}
END_TEST

START_TEST(counts_and_values_are_tolerated)
{
	static const char *function[] = { "cuda*", NULL };
	static const char *argument[] = { "count", NULL };
	struct df_rule *rule;

	add_loop(a, 0, STEPS, &none);
	add_loop(b, 0, STEPS + 2, &none);
	rule = add_rule(function, NULL);
	rule->has_count = true;
	rule->count.relative = 0.05;
	compare();
	ck_assert_int_eq(report->verdict, DF_SAME);
	rule->count.relative = 0.01;
	compare();
	only(DF_STRUCTURE, DF_COUNT);
	drop_rules();
	teardown();
	setup();
	rule = add_rule(function, argument);
	rule->has_value = true;
	rule->value.relative = 0.1;
	compare_changed((struct change){
		2,
		"cudaMemsetAsync(devPtr=device 4 KiB, value=0, count=4100, stream=stream#1) = "
		"cudaSuccess",
		NULL });
	ck_assert_int_eq(report->verdict, DF_SAME);
	rule->value.relative = 0;
	compare();
	only(DF_STRUCTURE, DF_ARGUMENT);
	drop_rules();
}
END_TEST

START_TEST(polls_that_are_left_out_do_not_hide_the_loop)
{
	static const char *function[] = { "cudaEventQuery", NULL };
	struct df_rule *rule = add_rule(function, NULL);

	rule->has_weight = true;
	rule->weight = DF_IGNORED;
	made_call(b, 0, "cudaStreamCreate(pStream=stream#9) = cudaSuccess", 1);
	for (unsigned int i = 0; i < STEPS; i++) {
		add_step(a, 0, &none);
		made_call(a, 0, QUERY, i % 7);
		add_step(b, 0, &none);
		made_call(b, 0, QUERY, i % 3);
	}
	compare();
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_eq(report->nitems, 1);
	ck_assert_str_eq(report->items[0].why, "outside of the steady state");
	ck_assert_uint_le(report->calls_gated, STEPS * BODY);
	ck_assert_double_gt(report->gated, 0.9);
	drop_rules();
}
END_TEST

START_TEST(a_policy_that_ignores_everything_gives_no_verdict)
{
	static const char *function[] = { "cuda*", NULL };
	struct df_rule *rule = add_rule(function, NULL);

	rule->has_weight = true;
	rule->weight = DF_IGNORED;
	compare_changed((struct change){ 1, body[1], SYNC });
	ck_assert_int_eq(report->verdict, DF_NO_VERDICT);
	ck_assert_double_eq(report->gated, 0);
	drop_rules();
}
END_TEST

START_TEST(a_level_can_be_off)
{
	policy->levels[DF_STRUCTURE] = DF_SET_OFF;
	compare_changed((struct change){ 1, body[1], SYNC });
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_int_eq(report->levels[DF_STRUCTURE].verdict, DF_OFF);
	policy->levels[DF_STRUCTURE] = DF_SET_ADVICE;
	compare();
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_eq(report->levels[DF_STRUCTURE].advice, 1);
}
END_TEST

/* ---- threads --------------------------------------------------------------------------------- */

/* Two workers of one name share so many iterations. */
static void add_pool(struct df_side *side, unsigned int first, unsigned int second)
{
	add_loop(side, 0, STEPS, &none);
	for (unsigned int lane = 1; lane < 3; lane++) {
		made_name(side, lane, "worker");
		for (unsigned int i = 0; i < (lane == 1 ? first : second); i++)
			add_step(side, lane, &none);
	}
}

START_TEST(work_that_moves_within_a_pool_is_advice_for_one_run)
{
	made_free(a);
	made_free(b);
	a = made_side(dictionary, 3);
	b = made_side(dictionary, 3);
	add_pool(a, 40, 50);
	add_pool(b, 44, 46);
	compare();
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_uint_gt(report->levels[DF_STRUCTURE].advice, 0);
	policy->pools = DF_SET_ON;
	compare();
	ck_assert_int_eq(report->verdict, DF_DIFFERENT);
}
END_TEST

START_TEST(a_thread_that_one_run_does_not_have_gates)
{
	made_free(b);
	b = made_side(dictionary, 2);
	made_call(b, 1, SYNC, 3);
	compare_changed(none);
	expect_text(only(DF_STRUCTURE, DF_LANE), "+ a thread of 3 calls: app/2");
}
END_TEST

/* Two threads of other names; one of them does more in each iteration. */
static void add_threads(struct df_side *side, const char *of_first, const char *of_second)
{
	static const char *const names[] = { "", "reader", "writer" };
	const struct change first = { 1, body[1], of_first }, second = { 1, body[1], of_second };

	add_loop(side, 0, STEPS, &none);
	for (unsigned int lane = 1; lane < 3; lane++) {
		made_name(side, lane, names[lane]);
		add_loop(side, lane, STEPS, lane == 1 ? &first : &second);
	}
}

START_TEST(work_that_another_thread_does_is_one_difference)
{
	const struct df_item *item;

	made_free(a);
	made_free(b);
	a = made_side(dictionary, 3);
	b = made_side(dictionary, 3);
	add_threads(a, "cudaMemset(devPtr=device 8 KiB, value=1) = cudaSuccess", NULL);
	add_threads(b, NULL, "cudaMemset(devPtr=device 8 KiB, value=1) = cudaSuccess");
	compare();
	item = only(DF_STRUCTURE, DF_MOVED);
	expect_text(item, "cudaMemset(devPtr=device 8 KiB, value=1) moved to app/3 writer");
	ck_assert_str_eq(item->role, "app/2 reader");
}
END_TEST

/* ---- time ---------------------------------------------------------------------------------- */

#define RUNS 5

static struct df_side *many_a[RUNS], *many_b[RUNS];

/* Runs of which each call takes so long, and each run a little longer than the one before. */
static void make_runs(struct df_side **sides, uint32_t ns)
{
	for (uint32_t i = 0; i < RUNS; i++) {
		sides[i] = made_side(dictionary, 1);
		add_loop(sides[i], 0, STEPS, &none);
		for (size_t k = 0; k < sides[i]->lanes[0].ncalls; k++)
			sides[i]->lanes[0].calls[k].duration = ns + i * ns / 500;
	}
}

static void free_runs(void)
{
	for (int i = 0; i < RUNS; i++) {
		made_free(many_a[i]);
		made_free(many_b[i]);
	}
}

static void compare_runs(size_t na, size_t nb)
{
	df_report_free(report);
	report = df_compare(many_a, na, many_b, nb, &options);
}

START_TEST(what_takes_longer_in_all_runs_gates)
{
	make_runs(many_a, 100000);
	make_runs(many_b, 115000);
	compare_runs(RUNS, RUNS);
	ck_assert_int_eq(report->verdict, DF_DIFFERENT);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_DIFFERENT);
	ck_assert_int_eq(report->levels[DF_STRUCTURE].verdict, DF_SAME);
	ck_assert_int_eq(report->items[0].what, DF_SLOWER);
	expect_text(&report->items[0], "took 100 us (+15.0%; medians of 5 and 5 runs");
	/* With three runs nothing is said, and nothing else is spoilt. */
	compare_runs(RUNS, 3);
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_NO_VERDICT);
	/* How much matters, the policy says. */
	policy->time_threshold = 0.2;
	compare_runs(RUNS, RUNS);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_SAME);
	free_runs();
}
END_TEST

START_TEST(time_needs_the_same_machine)
{
	make_runs(many_a, 100000);
	make_runs(many_b, 115000);
	many_b[_i]->environment.driver = "580.2";
	compare_runs(RUNS, RUNS);
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_NOT_COMPARABLE);
	ck_assert_uint_eq(gating(), 0);
	free_runs();
}
END_TEST

START_TEST(a_baseline_remembers_how_long_things_took)
{
	struct df_baseline *baseline;
	char why[256];

	make_runs(many_a, 100000);
	make_runs(many_b, 115000);
	baseline = df_baseline_learn(many_a, RUNS, policy, NULL, why, sizeof(why));
	ck_assert_msg(baseline, "%s", why);
	options.baseline = baseline;
	report = df_compare(&baseline->side, 1, many_b, RUNS, &options);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_DIFFERENT);
	df_baseline_free(baseline);
	free_runs();
}
END_TEST

/* ---- comparable ------------------------------------------------------------------------------ */

START_TEST(another_gpu_is_not_comparable)
{
	b->environment.gpus = "another GPU";
	compare_changed((struct change){ 1, body[1], SYNC });
	ck_assert_int_eq(report->verdict, DF_NOT_COMPARABLE);
	ck_assert_uint_eq(gating(), 0);
	options.force = true;
	compare();
	ck_assert_int_eq(report->verdict, DF_DIFFERENT);
	ck_assert_ptr_nonnull(strstr(report->notes[0], "by force"));
}
END_TEST

START_TEST(another_patch_of_the_driver_forbids_a_verdict_on_time_alone)
{
	b->environment.driver = "580.2";
	compare_changed(none);
	ck_assert_int_eq(report->verdict, DF_SAME);
	ck_assert_int_eq(report->levels[DF_TIME].verdict, DF_NOT_COMPARABLE);
	ck_assert_int_eq(report->levels[DF_KERNELS].verdict, DF_SAME);
	b->environment.driver = "590.1";
	compare();
	ck_assert_int_eq(report->levels[DF_KERNELS].verdict, DF_NOT_COMPARABLE);
	ck_assert_int_eq(report->levels[DF_STRUCTURE].verdict, DF_SAME);
}
END_TEST

START_TEST(a_trace_that_is_cut_off_is_not_comparable)
{
	b->complete = false;
	compare_changed(none);
	ck_assert_int_eq(report->verdict, DF_NOT_COMPARABLE);
	ck_assert_ptr_nonnull(strstr(report->levels[DF_ORDER].why, "the trace of B is cut off"));
}
END_TEST

START_TEST(losses_forbid_a_verdict_on_the_thread_that_they_are_in)
{
	made_free(a);
	made_free(b);
	a = made_side(dictionary, 2);
	b = made_side(dictionary, 2);
	add_loop(a, 1, STEPS, &none);
	add_loop(b, 1, STEPS, &(struct change){ 2, NULL, NULL });
	b->lanes[1].losses = b->lost = STEPS;
	compare_changed(none);
	ck_assert_int_eq(report->verdict, DF_NOT_COMPARABLE);
	ck_assert_uint_eq(gating(), 0);
	/* What differs elsewhere does so all the same. */
	teardown();
	setup();
	made_free(a);
	made_free(b);
	a = made_side(dictionary, 2);
	b = made_side(dictionary, 2);
	add_loop(a, 1, STEPS, &none);
	add_loop(b, 1, STEPS, &none);
	b->lanes[1].losses = b->lost = 1;
	compare_changed((struct change){ 1, body[1], SYNC });
	only(DF_STRUCTURE, DF_CAME);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff compare");
	TCase *found = tcase_create("found"), *weights = tcase_create("weights");
	TCase *time = tcase_create("time");
	TCase *threads = tcase_create("threads"), *comparable = tcase_create("comparable");

	tcase_add_checked_fixture(found, setup, teardown);
	tcase_add_test(found, runs_that_do_the_same_are_the_same);
	tcase_add_test(found, a_call_that_came_is_named_at_its_place);
	tcase_add_test(found, a_call_that_went_is_named);
	tcase_add_test(found, an_argument_is_named_with_both_values);
	tcase_add_test(found, a_grid_is_a_matter_of_kernels);
	tcase_add_test(found, another_kernel_is_named);
	tcase_add_test(found, another_order_is_one_difference);
	tcase_add_test(found, what_is_in_the_warm_up_too_is_told_once);
	tcase_add_test(found, a_loop_that_goes_round_more_often_is_a_count);
	tcase_add_checked_fixture(weights, setup, teardown);
	tcase_add_test(weights, what_is_outside_of_the_steady_state_is_advice);
	tcase_add_test(weights, what_fails_newly_gates_wherever_it_is);
	tcase_add_test(weights, what_holds_more_memory_gates_with_the_call_that_says_why);
	tcase_add_test(weights, sums_without_calls_behind_them_gate);
	tcase_add_test(weights, a_rule_decides_before_the_place_does);
	tcase_add_test(weights, counts_and_values_are_tolerated);
	tcase_add_test(weights, polls_that_are_left_out_do_not_hide_the_loop);
	tcase_add_test(weights, a_policy_that_ignores_everything_gives_no_verdict);
	tcase_add_test(weights, a_level_can_be_off);
	tcase_add_checked_fixture(threads, setup, teardown);
	tcase_add_test(threads, work_that_moves_within_a_pool_is_advice_for_one_run);
	tcase_add_test(threads, work_that_another_thread_does_is_one_difference);
	tcase_add_test(threads, a_thread_that_one_run_does_not_have_gates);
	tcase_add_checked_fixture(time, setup, teardown);
	tcase_add_test(time, what_takes_longer_in_all_runs_gates);
	tcase_add_loop_test(time, time_needs_the_same_machine, 0, 2);
	tcase_add_test(time, a_baseline_remembers_how_long_things_took);
	tcase_add_checked_fixture(comparable, setup, teardown);
	tcase_add_test(comparable, another_gpu_is_not_comparable);
	tcase_add_test(comparable, another_patch_of_the_driver_forbids_a_verdict_on_time_alone);
	tcase_add_test(comparable, a_trace_that_is_cut_off_is_not_comparable);
	tcase_add_test(comparable, losses_forbid_a_verdict_on_the_thread_that_they_are_in);
	suite_add_tcase(suite, found);
	suite_add_tcase(suite, weights);
	suite_add_tcase(suite, threads);
	suite_add_tcase(suite, time);
	suite_add_tcase(suite, comparable);
	return fx_run(suite);
}
