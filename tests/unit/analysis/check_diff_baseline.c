/* SPDX-License-Identifier: Apache-2.0 */
/* Baselines: what several runs teach, and that a file tells it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/diff/compare.h"
#include "unit/analysis/made_sides.h"
#include "unit/reader/fixture.h"

#define STEPS 40
#define RUNS  3
#define COPY                                                                                  \
	"cudaMemcpyAsync(dst=device 4 KiB, src=pinned 4 KiB, count=4096, stream=stream#1) = " \
	"cudaSuccess"
#define SET  "cudaMemsetAsync(devPtr=device 4 KiB, value=0, count=4096) = cudaSuccess"
#define SYNC "cudaDeviceSynchronize() = cudaSuccess"
#define MORE "cudaEventRecord(event=event, stream=stream#1) = cudaSuccess"

static struct df_dictionary *dictionary;
static struct df_policy *policy;
static struct df_side *runs[RUNS], *run;
static struct df_baseline *baseline;
static char folder[] = "/tmp/check_diff_baseline.XXXXXX";
static char path[64], why[512];

/* `extra` calls of another function, spread over the loop; start-up as given. */
static struct df_side *make(unsigned int extra, unsigned int startup, const char *last)
{
	struct df_side *side = made_side(dictionary, 1);

	made_call(side, 0, SET, startup);
	for (unsigned int i = 0; i < STEPS; i++) {
		made_call(side, 0, COPY, 1);
		made_call(side, 0, SET, 1);
		if (i % 3 == 1 && i / 3 < extra)
			made_call(side, 0, MORE, 1);
		made_call(side, 0, last, 1);
	}
	made_steady(side, 0, startup, side->lanes[0].ncalls, 3);
	return side;
}

static void setup(void)
{
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/base.json", folder);
	dictionary = df_dictionary_new();
	policy = df_policy_new();
}

static void teardown(void)
{
	df_baseline_free(baseline);
	for (int i = 0; i < RUNS; i++) {
		if (runs[i])
			made_free(runs[i]);
		runs[i] = NULL;
	}
	if (run)
		made_free(run);
	run = NULL;
	baseline = NULL;
	df_policy_free(policy);
	df_dictionary_free(dictionary);
	unlink(path);
	rmdir(folder);
}

static void learn(unsigned int first, unsigned int second, unsigned int third)
{
	runs[0] = make(first, 4, SYNC);
	runs[1] = make(second, 4, SYNC);
	runs[2] = make(third, 4, SYNC);
	baseline = df_baseline_learn(runs, RUNS, policy, NULL, why, sizeof(why));
	ck_assert_msg(baseline, "%s", why);
}

/* Through a file, as it would be in a repository. */
static void reload(void)
{
	ck_assert_msg(df_baseline_write(baseline, path, why, sizeof(why)), "%s", why);
	df_baseline_free(baseline);
	ck_assert(df_baseline_is(path));
	baseline = df_baseline_load(path, dictionary, why, sizeof(why));
	ck_assert_msg(baseline, "%s", why);
}

static enum df_verdict compare(struct df_side *side)
{
	struct df_options options = { .policy = policy, .baseline = baseline };
	struct df_report *report;
	enum df_verdict verdict;

	if (run)
		made_free(run);
	run = side;
	report = df_compare(&baseline->side, 1, &run, 1, &options);
	verdict = report->verdict;
	ck_assert_uint_eq(report->runs_a, baseline->runs);
	df_report_free(report);
	return verdict;
}

START_TEST(what_never_varied_is_exact)
{
	learn(0, 0, 0);
	ck_assert_uint_eq(baseline->noises.count, 0);
	reload();
	ck_assert_int_eq(compare(make(0, 4, SYNC)), DF_SAME);
	ck_assert_int_eq(compare(make(1, 4, SYNC)), DF_DIFFERENT);
	ck_assert_int_eq(compare(make(0, 4, MORE)), DF_DIFFERENT);
}
END_TEST

START_TEST(what_varied_may_vary_within_reason)
{
	learn(6, 7, 6);
	ck_assert_uint_gt(baseline->noises.count, 0);
	reload();
	ck_assert_int_eq(compare(make(7, 4, SYNC)), DF_SAME);
	ck_assert_int_eq(compare(make(8, 4, SYNC)), DF_SAME);
	ck_assert_int_eq(compare(make(13, 4, SYNC)), DF_DIFFERENT);
	/* Nothing else was seen to vary. */
	ck_assert_int_eq(compare(make(6, 4, MORE)), DF_DIFFERENT);
}
END_TEST

START_TEST(what_varied_without_measure_does_not_count)
{
	learn(1, 13, 4);
	reload();
	ck_assert_int_eq(compare(make(9, 4, SYNC)), DF_SAME);
	ck_assert_int_eq(compare(make(0, 4, SYNC)), DF_SAME);
	ck_assert_int_eq(compare(make(1, 4, MORE)), DF_DIFFERENT);
}
END_TEST

/* A worker that takes what there is to do: the same calls in another order in each run. */
static struct df_side *make_worker(unsigned int seed, unsigned int more)
{
	static const char *const calls[] = { COPY, SET, MORE, SYNC };
	struct df_side *side = made_side(dictionary, 1);
	unsigned int left[] = { STEPS, STEPS, STEPS, STEPS }, all = 4 * STEPS;

	left[0] += more;
	for (all += more; all > 0; all--) {
		unsigned int take;

		seed = seed * 1103515245 + 12345;
		for (take = (seed >> 16) % 4; !left[take]; take = (take + 1) % 4)
			;
		made_call(side, 0, calls[take], 1);
		left[take]--;
	}
	made_steady(side, 0, 0, side->lanes[0].ncalls, 4);
	return side;
}

START_TEST(of_what_has_no_order_the_number_counts)
{
	for (unsigned int i = 0; i < RUNS; i++)
		runs[i] = make_worker(i + 1, 0);
	baseline = df_baseline_learn(runs, RUNS, policy, NULL, why, sizeof(why));
	ck_assert_msg(baseline, "%s", why);
	ck_assert_ptr_nonnull(df_noises_find(&baseline->noises, "loose app/1 steady"));
	reload();
	for (unsigned int seed = 4; seed < 12; seed++)
		ck_assert_int_eq(compare(make_worker(seed, 0)), DF_SAME);
	ck_assert_int_eq(compare(make_worker(12, 1)), DF_DIFFERENT);
}
END_TEST

/* Nor need each kind of call have been seen to vary. */
START_TEST(in_a_loose_thread_what_is_new_in_its_place_is_no_difference)
{
	for (unsigned int i = 0; i < RUNS; i++)
		runs[i] = make_worker(1, 0);
	baseline = df_baseline_learn(runs, RUNS, policy, NULL, why, sizeof(why));
	ck_assert_msg(baseline, "%s", why);
	ck_assert_int_eq(compare(make_worker(2, 0)), DF_DIFFERENT);
	df_noises_note(&baseline->noises, "loose app/1 steady", false, 0, 0);
	ck_assert_int_eq(compare(make_worker(2, 0)), DF_SAME);
	ck_assert_int_eq(compare(make_worker(2, 1)), DF_DIFFERENT);
}
END_TEST

START_TEST(ranges_are_taken_wider_the_fewer_runs_there_are)
{
	struct df_noise ranging = { "", DF_RANGING, 10, 12 };
	struct df_noise unstable = { "", DF_UNSTABLE, 10, 12 }, fixed = { "", DF_RANGING, 7, 7 };

	ck_assert(df_noise_covers(&ranging, 3, 18));
	ck_assert(!df_noise_covers(&ranging, 3, 19));
	ck_assert(!df_noise_covers(&ranging, 3, 3));
	ck_assert(df_noise_covers(&ranging, 10, 14));
	ck_assert(!df_noise_covers(&ranging, 10, 15));
	ck_assert(df_noise_covers(&unstable, 3, 1000));
	ck_assert(df_noise_covers(&fixed, 3, 7));
	ck_assert(!df_noise_covers(&fixed, 3, 8));
}
END_TEST

START_TEST(a_run_of_middling_length_stands_for_all)
{
	runs[0] = make(0, 900, SYNC);
	runs[1] = make(0, 4, SYNC);
	runs[2] = make(0, 5, SYNC);
	baseline = df_baseline_learn(runs, RUNS, policy, NULL, why, sizeof(why));
	ck_assert_msg(baseline, "%s", why);
	ck_assert_ptr_eq(baseline->side, runs[2]);
}
END_TEST

START_TEST(two_runs_teach_nothing)
{
	runs[0] = make(0, 4, SYNC);
	runs[1] = make(0, 4, SYNC);
	ck_assert_ptr_null(df_baseline_learn(runs, 2, policy, NULL, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "at least 3"));
}
END_TEST

START_TEST(runs_on_other_machines_are_not_learned_from_together)
{
	runs[0] = make(0, 4, SYNC);
	runs[1] = make(0, 4, SYNC);
	runs[2] = make(0, 4, SYNC);
	runs[1]->environment.gpus = "another";
	ck_assert_ptr_null(df_baseline_learn(runs, RUNS, policy, NULL, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "another GPU"));
}
END_TEST

START_TEST(further_runs_are_added_to_what_is_known)
{
	struct df_baseline *more;

	learn(6, 7, 6);
	run = make(9, 4, SYNC);
	more = df_baseline_learn(&run, 1, policy, baseline, why, sizeof(why));
	ck_assert_msg(more, "%s", why);
	ck_assert_uint_eq(more->runs, RUNS + 1);
	ck_assert_double_eq(more->noises.list[0].low, 6);
	df_baseline_free(more);
	/* Of a program that was changed nothing is known. */
	made_free(run);
	run = make(6, 4, MORE);
	ck_assert_ptr_null(df_baseline_learn(&run, 1, policy, baseline, why, sizeof(why)));
}
END_TEST

START_TEST(a_file_holds_all_that_is_compared)
{
	learn(0, 0, 0);
	runs[0]->memory->peak[AN_MEMORY_DEVICE] = UINT64_MAX - 1;
	runs[0]->memory->copies[AN_HOST_TO_DEVICE] = 17;
	reload();
	ck_assert_uint_eq(baseline->side->nlanes, 1);
	ck_assert_uint_eq(baseline->side->lanes[0].ncalls, runs[0]->lanes[0].ncalls);
	ck_assert_mem_eq(baseline->side->lanes[0].phase, runs[0]->lanes[0].phase,
			 sizeof(runs[0]->lanes[0].phase));
	for (size_t i = 0; i < runs[0]->lanes[0].ncalls; i++) {
		ck_assert_uint_eq(baseline->side->lanes[0].calls[i].token,
				  runs[0]->lanes[0].calls[i].token);
		ck_assert_uint_eq(baseline->side->lanes[0].calls[i].shape,
				  runs[0]->lanes[0].calls[i].shape);
	}
	ck_assert_uint_eq(baseline->side->memory->peak[AN_MEMORY_DEVICE], UINT64_MAX - 1);
	ck_assert_uint_eq(baseline->side->memory->copies[AN_HOST_TO_DEVICE], 17);
	ck_assert_str_eq(baseline->side->environment.gpus, "GPU");
	ck_assert_str_eq(baseline->policy, "built-in 1");
}
END_TEST

START_TEST(files_that_are_spoilt_are_refused)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{\"curtrace_baseline\": 2}",
		"{\"curtrace_baseline\": 1}",
		"{\"curtrace_baseline\": 1, \"processes\": [{\"name\": \"a\"}], "
		"\"calls\": [[\"f()\", \"f\"]],"
		"\"threads\": [{\"role\": \"a\", \"name\": \"\", \"phases\": [0, 0, 0, 1, 1], "
		"\"loops\": [],"
		"\"sequence\": \"1\"}], \"varies\": [], \"times\": []}",
		"{\"curtrace_baseline\": 1, \"processes\": [{\"name\": \"a\"}], "
		"\"calls\": [[\"f()\", \"f\"]],"
		"\"threads\": [{\"role\": \"a\", \"name\": \"\", \"phases\": [0, 0, 0, 1, 1],"
		"\"loops\": [\"2x L0\"], \"sequence\": \"L0\"}], \"varies\": [], \"times\": []}",
		"{\"curtrace_baseline\": 1, \"processes\": [{\"name\": \"a\"}], "
		"\"calls\": [[\"f()\", \"f\"]],"
		"\"threads\": [{\"role\": \"a\", \"name\": \"\", \"phases\": [0, 2, 0, 1, 1], "
		"\"loops\": [],"
		"\"sequence\": \"0\"}], \"varies\": [], \"times\": []}",
	};
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(bad[_i], file);
	fclose(file);
	ck_assert_ptr_null(df_baseline_load(path, dictionary, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, path));
}
END_TEST

START_TEST(a_folder_of_baselines_is_keyed_by_machine)
{
	struct df_environment environment = { .gpus = "NVIDIA H200 x 2", .runtime = "13.0" };
	char name[64];

	df_baseline_name(&environment, name, sizeof(name));
	ck_assert_str_eq(name, "nvidia-h200-x-2-cuda13.0.json");
	environment = (struct df_environment){ 0 };
	df_baseline_name(&environment, name, sizeof(name));
	ck_assert_str_eq(name, "no-gpu-cuda.json");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff baseline");
	TCase *learned = tcase_create("learned"), *files = tcase_create("files");

	tcase_add_checked_fixture(learned, setup, teardown);
	tcase_add_test(learned, what_never_varied_is_exact);
	tcase_add_test(learned, what_varied_may_vary_within_reason);
	tcase_add_test(learned, what_varied_without_measure_does_not_count);
	tcase_add_test(learned, of_what_has_no_order_the_number_counts);
	tcase_add_test(learned, in_a_loose_thread_what_is_new_in_its_place_is_no_difference);
	tcase_add_test(learned, ranges_are_taken_wider_the_fewer_runs_there_are);
	tcase_add_test(learned, a_run_of_middling_length_stands_for_all);
	tcase_add_test(learned, two_runs_teach_nothing);
	tcase_add_test(learned, runs_on_other_machines_are_not_learned_from_together);
	tcase_add_test(learned, further_runs_are_added_to_what_is_known);
	tcase_add_checked_fixture(files, setup, teardown);
	tcase_add_test(files, a_file_holds_all_that_is_compared);
	tcase_add_loop_test(files, files_that_are_spoilt_are_refused, 0, 7);
	tcase_add_test(files, a_folder_of_baselines_is_keyed_by_machine);
	suite_add_tcase(suite, learned);
	suite_add_tcase(suite, files);
	return fx_run(suite);
}
