/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: what their files say, and what is asked of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/diff/policy.h"
#include "unit/reader/fixture.h"

#define BEGIN "{\"curtrace_policy\": 1, \"name\": \"test\", \"version\": 7, "

static char folder[] = "/tmp/check_diff_policy.XXXXXX";
static char path[64], why[512];

static void setup(void)
{
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/test.json", folder);
}

static void teardown(void)
{
	unlink(path);
	rmdir(folder);
}

static struct df_policy *load(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	*why = '\0';
	return df_policy_load(path, NULL, why, sizeof(why));
}

static struct df_policy *good(const char *text)
{
	struct df_policy *policy = load(text);

	ck_assert_msg(policy, "%s", why);
	return policy;
}

static const struct {
	const char *text, *complaint;
} bad_policies[] = {
	{ "{}", "no policy" },
	{ "[1]", "no policy" },
	{ "{\"curtrace_policy\": 2}", "form 2" },
	{ "{\n\"curtrace_policy\": 1,\n}", "line 3" },
	{ BEGIN "\"ruls\": []}", "no \"ruls\"" },
	{ BEGIN "\"rules\": {}}", "must be a list" },
	{ BEGIN "\"rules\": [1]}", "must be an object" },
	{ BEGIN "\"rules\": [{\"function\": \"cudaFree\"}]}", "says nothing" },
	{ BEGIN "\"rules\": [{\"functoin\": \"cudaFree\", \"do\": \"ignore\"}]}",
	  "no \"functoin\"" },
	{ BEGIN "\"rules\": [{\"function\": [], \"do\": \"ignore\"}]}", "empty list" },
	{ BEGIN "\"rules\": [{\"function\": [1], \"do\": \"ignore\"}]}", "pattern" },
	{ BEGIN "\"rules\": [{\"do\": \"ignor\"}]}", "\"do\" must be" },
	{ BEGIN "\"rules\": [{\"level\": \"tiem\", \"do\": \"gate\"}]}", "no level \"tiem\"" },
	{ BEGIN "\"rules\": [{\"within\": \"5%\"}]}", "does not name" },
	{ BEGIN "\"rules\": [{\"count\": []}]}", "must be a number" },
	{ BEGIN "\"rules\": [{\"count\": [1, \"x\"]}]}", "must be a number" },
	{ BEGIN "\"rules\": [{\"count\": \"5 percent\"}]}", "no percentage" },
	{ BEGIN "\"rules\": [{\"count\": -1}]}", "must be a number" },
	{ BEGIN "\"rules\": [{\"time\": 3}]}", "percentage" },
	{ BEGIN "\"levels\": {\"order\": \"maybe\"}}", "must be \"on\"" },
	{ BEGIN "\"levels\": {\"odrer\": \"on\"}}", "no level \"odrer\"" },
	{ BEGIN "\"levels\": {\"memory\": {\"peek\": \"on\"}}}", "no \"peek\"" },
	{ BEGIN "\"levels\": {\"memory\": {\"peak\": {\"a\": 1}}}}", "no \"a\"" },
	{ BEGIN "\"levels\": {\"time\": {\"floor\": \"5 parsecs\"}}}", "must be a time" },
	{ BEGIN "\"phases\": \"middle\"}", "\"phases\" must be" },
	{ BEGIN "\"phases\": [\"teardown\", \"start-up\"]}", "\"phases\" must be" },
	{ BEGIN "\"extends\": \"../default\"}", "name of a policy" },
	{ BEGIN "\"extends\": \"nowhere\"}", "No such file" },
	{ BEGIN "\"extends\": \"test\"}", "circle" },
};

START_TEST(what_is_not_known_is_refused)
{
	ck_assert_ptr_null(load(bad_policies[_i].text));
	ck_assert_msg(strstr(why, bad_policies[_i].complaint), "\"%s\" for %s", why,
		      bad_policies[_i].text);
}
END_TEST

START_TEST(a_file_says_what_counts)
{
	struct df_policy *policy = good(
		BEGIN
		"\"phases\": [\"warm-up\", \"steady\"], \"outside\": \"off\", \"least\": \"40%\","
		"\"levels\": {\"order\": \"advice\", \"time\": {\"threshold\": \"8%\","
		"\"floor\": \"50us\", \"share\": \"1%\"}, \"memory\": {\"set\": \"on\","
		"\"peak\": {\"set\": \"advice\", \"within\": 4096}, \"leaks\": \"off\","
		"\"segments\": {\"set\": \"on\", \"within\": [\"10%\", 2]}},"
		"\"kernels\": {\"variants\": \"on\"}, \"structure\": {\"pools\": \"on\"}}}");

	ck_assert_str_eq(policy->name, "test");
	ck_assert_uint_eq(policy->version, 7);
	ck_assert_int_eq(policy->from, DF_WARMUP);
	ck_assert_int_eq(policy->to, DF_STEADY);
	ck_assert_int_eq(policy->outside, DF_SET_OFF);
	ck_assert_int_eq(policy->levels[DF_ORDER], DF_SET_ADVICE);
	ck_assert_int_eq(policy->levels[DF_STRUCTURE], DF_SET_ON);
	ck_assert_int_eq(policy->variants, DF_SET_ON);
	ck_assert_int_eq(policy->pools, DF_SET_ON);
	ck_assert_double_eq_tol(policy->least, 0.4, 1e-9);
	ck_assert_double_eq_tol(policy->time_threshold, 0.08, 1e-9);
	ck_assert_double_eq_tol(policy->time_floor, 50000, 1e-9);
	ck_assert_double_eq_tol(policy->time_share, 0.01, 1e-9);
	ck_assert_int_eq(policy->amounts[DF_PEAK].setting, DF_SET_ADVICE);
	ck_assert_double_eq_tol(policy->amounts[DF_PEAK].within.absolute, 4096, 1e-9);
	ck_assert_double_eq_tol(policy->amounts[DF_SEGMENTS].within.absolute, 2, 1e-9);
	ck_assert_double_eq_tol(policy->amounts[DF_SEGMENTS].within.relative, 0.1, 1e-9);
	ck_assert_int_eq(policy->amounts[DF_LEAKED].setting, DF_SET_OFF);
	df_policy_free(policy);
}
END_TEST

START_TEST(calls_are_left_out_by_function_domain_kernel_and_lane)
{
	struct df_policy *policy = good(
		BEGIN "\"rules\": [{\"function\": \"cudaEvent*\", \"do\": \"ignore\"},"
		      "{\"function\": \"cudaEventRecord\", \"do\": \"gate\"},"
		      "{\"domain\": \"occupancy\", \"do\": \"ignore\"},"
		      "{\"kernel\": \"nccl*\", \"do\": \"ignore\"},"
		      "{\"lane\": \"* watchdog\", \"do\": \"ignore\"},"
		      "{\"function\": \"cudaMalloc\", \"argument\": \"size\", \"do\": \"ignore\"},"
		      "{\"function\": \"cudaFree\", \"level\": \"order\", \"do\": \"ignore\"},"
		      "{\"module\": \"libx.so\", \"do\": \"ignore\"}]}");

	ck_assert(df_policy_leaves_out(policy, "cudaEventQuery", NULL, "app/1"));
	ck_assert(!df_policy_leaves_out(policy, "cudaEventRecord", NULL, "app/1"));
	ck_assert(!df_policy_leaves_out(policy, "cudaEventRecord_ptsz", NULL, "app/1"));
	ck_assert(df_policy_leaves_out(policy, "cudaOccupancyMaxActiveBlocksPerMultiprocessor",
				       NULL, "app/1"));
	ck_assert(df_policy_leaves_out(policy, "cudaLaunchKernel", "ncclKernel", "app/1"));
	ck_assert(!df_policy_leaves_out(policy, "cudaLaunchKernel", "axpy", "app/1"));
	ck_assert(df_policy_leaves_out(policy, "cudaLaunchKernel", "axpy", "app/3 watchdog"));
	/* Only what is compared can tell. */
	ck_assert(!df_policy_leaves_out(policy, "cudaMalloc", NULL, "app/1"));
	ck_assert(!df_policy_leaves_out(policy, "cudaFree", NULL, "app/1"));
	df_policy_free(policy);
}
END_TEST

START_TEST(the_last_rule_that_is_about_something_counts)
{
	struct df_policy *policy = good(
		BEGIN "\"rules\": [{\"function\": \"cudaM*\", \"count\": \"5%\", \"why\": \"a\"},"
		      "{\"function\": \"cudaMalloc\", \"count\": 2, \"why\": \"b\"},"
		      "{\"argument\": \"size\", \"within\": \"1%\"},"
		      "{\"module\": \"libx*\", \"do\": \"advice\"},"
		      "{\"function\": \"cudaMalloc\", \"time\": \"20%\"}]}");
	struct df_question question = { .level = DF_STRUCTURE, .function = "cudaMalloc" };

	ck_assert_str_eq(df_policy_count(policy, &question)->why, "b");
	ck_assert_ptr_null(df_policy_value(policy, &question));
	ck_assert_ptr_null(df_policy_weight(policy, &question));
	ck_assert_double_eq_tol(df_policy_time(policy, &question)->time, 0.2, 1e-9);
	question.argument = "size";
	question.module = "libx.so.1";
	ck_assert_ptr_nonnull(df_policy_value(policy, &question));
	ck_assert_int_eq(df_policy_weight(policy, &question)->weight, DF_ADVICE);
	question.function = "cudaMemset";
	ck_assert_str_eq(df_policy_count(policy, &question)->why, "a");
	ck_assert_ptr_null(df_policy_time(policy, &question));
	df_policy_free(policy);
}
END_TEST

START_TEST(a_tolerance_is_a_number_or_a_share)
{
	struct df_tolerance exact = { 0, 0 }, two = { 2, 0 }, part = { 0, 0.05 };

	ck_assert(df_within(&exact, 100, 100));
	ck_assert(!df_within(&exact, 100, 101));
	ck_assert(df_within(&two, 100, 98));
	ck_assert(!df_within(&two, 100, 103));
	ck_assert(df_within(&part, 100, 105));
	ck_assert(!df_within(&part, 100, 94));
}
END_TEST

/* In the source tree: `make check` runs in the build directory. */
START_TEST(shipped_policies_are_sound)
{
	static const char *const names[] = { "default", "pytorch", "nccl", "tensorrt" };
	const char *top = getenv("top_srcdir");
	struct df_policy *policy;
	char file[4096];

	snprintf(file, sizeof(file), "%s/src/analysis/diff/policies/%s.json", top ? top : ".",
		 names[_i]);
	policy = df_policy_load(file, NULL, why, sizeof(why));
	ck_assert_msg(policy, "%s", why);
	ck_assert_str_eq(policy->name, names[_i]);
	ck_assert(df_policy_leaves_out(policy, "cudaEventQuery", NULL, "app/1"));
	ck_assert(df_policy_leaves_out(policy, "cudaGetLastError", NULL, "app/1"));
	ck_assert(!df_policy_leaves_out(policy, "cudaMemcpyAsync", NULL, "app/1"));
	ck_assert(!df_policy_leaves_out(policy, "cudaStreamSynchronize", NULL, "app/1"));
	ck_assert_int_eq(policy->levels[DF_STRUCTURE], DF_SET_ON);
	ck_assert_int_eq(policy->from, DF_STEADY);
	df_policy_free(policy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff policy");
	TCase *files = tcase_create("files"), *shipped = tcase_create("shipped");

	tcase_add_checked_fixture(files, setup, teardown);
	tcase_add_loop_test(files, what_is_not_known_is_refused, 0,
			    sizeof(bad_policies) / sizeof(bad_policies[0]));
	tcase_add_test(files, a_file_says_what_counts);
	tcase_add_test(files, calls_are_left_out_by_function_domain_kernel_and_lane);
	tcase_add_test(files, the_last_rule_that_is_about_something_counts);
	tcase_add_test(files, a_tolerance_is_a_number_or_a_share);
	tcase_add_loop_test(shipped, shipped_policies_are_sound, 0, 4);
	suite_add_tcase(suite, files);
	suite_add_tcase(suite, shipped);
	return fx_run(suite);
}
