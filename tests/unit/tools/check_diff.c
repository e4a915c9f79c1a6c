/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a comparison's report, of one made by hand. */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/report.h"
#include "tools/diff.h"

static struct df_item items[3];
static struct df_side a, b;
static struct df_report report;
static struct diff diff;

static const char *stack[] = { "step(int) [train+0x1234]", "main [train+0x99]", NULL };
static const char *notes[] = { "another driver: 580.1, not 570.2" };

/* One that counts, one that is advice, one that is for the better. */
static void setup(void)
{
	a = (struct df_side){
		.path = "a.ctr", .command = "./train", .complete = true, .nlanes = 2
	};
	b = a;
	b.path = "b.ctr";
	items[0] = (struct df_item){
		.key = "structure:train/1:cudaStreamSynchronize",
		.level = DF_STRUCTURE,
		.what = DF_CAME,
		.weight = DF_GATES,
		.role = "train/1",
		.phase = DF_STEADY,
		.text = "+ cudaStreamSynchronize(stream#2) at position 9 of the block of 14 calls, "
			"repeated 200 times",
		.times = 200,
		.block_a = 14,
		.block_b = 15,
		.position = 9,
		.iterations_a = 200,
		.iterations_b = 200,
		.ordinal_b = 77,
		.caller = stack[0],
		.stack = stack,
		.share = 0.5,
	};
	items[1] = (struct df_item){
		.key = "kernels:train/1:gemm",
		.level = DF_KERNELS,
		.what = DF_VARIANT,
		.weight = DF_ADVICE,
		.why = "heuristic choice",
		.text = "another variant of <gemm> & \"co\"\n100%",
		.before = "gemm_64x64",
		.after = "gemm_128x64",
	};
	report = (struct df_report){
		.a = &a,
		.b = &b,
		.verdict = DF_DIFFERENT,
		.gated = 0.9994,
		.calls_a = 2800,
		.calls_b = 3000,
		.calls_gated = 2798,
		.policy = "default 1",
		.runs_a = 1,
		.runs_b = 1,
		.nitems = 2,
		.items = items,
		.nnotes = 1,
		.notes = notes,
	};
	report.levels[DF_STRUCTURE] = (struct df_level_result){ DF_DIFFERENT, NULL, 1, 0, 3 };
	report.levels[DF_KERNELS] = (struct df_level_result){ DF_SAME, NULL, 0, 1, 0 };
	report.levels[DF_TIME] =
		(struct df_level_result){ DF_NO_VERDICT, "1 run a side: 4 are needed", 0, 0, 0 };
	diff = (struct diff){
		.report = &report,
		.operand_a = "a.ctr",
		.operand_b = "b.ctr",
		.options = "",
		.top = DIFF_TOP_ALL,
	};
}

/* What a form writes; to be freed. */
static char *text_of(void (*print)(const struct diff *, FILE *))
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	print(&diff, out);
	fclose(out);
	return text;
}

static void expect(void (*print)(const struct diff *, FILE *), const char *wanted)
{
	char *text = text_of(print);

	ck_assert_msg(strstr(text, wanted), "not there: %s\n%s", wanted, text);
	free(text);
}

static void expect_not(void (*print)(const struct diff *, FILE *), const char *unwanted)
{
	char *text = text_of(print);

	ck_assert_msg(!strstr(text, unwanted), "there: %s\n%s", unwanted, text);
	free(text);
}

START_TEST(text_begins_with_the_verdict)
{
	char *text = text_of(diff_print_text);
	static const char first[] =
		"DIFFERENT: 1 difference that counts: structure 1; 1 to be looked at\n";

	ck_assert_msg(!strncmp(text, first, strlen(first)), "%s", text);
	free(text);
}
END_TEST

START_TEST(text_never_rounds_to_all_of_the_calls)
{
	expect(diff_print_text, "rests on 99.9% of the calls that act (2,798), policy default 1\n");
	report.gated = 0.99999;
	expect(diff_print_text, "rests on 99.9% of the calls");
	report.gated = 1;
	expect(diff_print_text, "rests on 100% of the calls");
	report.gated = 0.00001;
	expect(diff_print_text, "rests on <0.1% of the calls");
	report.gated = 0;
	expect(diff_print_text, "rests on 0% of the calls");
}
END_TEST

START_TEST(text_says_how_to_look_further)
{
	expect(diff_print_text, "\n   > curtrace diff --explain 1 a.ctr b.ctr\n");
	items[0].level = DF_MEMORY;
	expect(diff_print_text, "\n   > curtrace mem b.ctr\n");
}
END_TEST

START_TEST(text_tells_values_once)
{
	expect(diff_print_text, "\n     before: gemm_64x64\n     now: gemm_128x64\n");
	items[1].text = "the kernel is gemm_128x64, was gemm_64x64";
	expect_not(diff_print_text, "before:");
	items[1].before = "gemm_32x32";
	expect(diff_print_text, "before: gemm_32x32");
}
END_TEST

START_TEST(text_fits_the_terminal)
{
	char *text = text_of(diff_print_text), *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		ck_assert_msg(strlen(line) <= 80, "%s", line);
	free(text);
}
END_TEST

START_TEST(text_shows_so_many_items)
{
	report.nitems = 3;
	items[2] = items[0];
	diff.top = 1;
	expect(diff_print_text, "and 1 more: --top all\n");
	expect(diff_print_text, "  1. structure, train/1: + cudaStream");
	expect_not(diff_print_text, "  3. structure");
}
END_TEST

START_TEST(text_of_what_cannot_be_compared_says_why)
{
	report.verdict = DF_NOT_COMPARABLE;
	report.levels[DF_STRUCTURE].verdict = DF_NOT_COMPARABLE;
	report.levels[DF_STRUCTURE].why = "12 calls were lost";
	expect(diff_print_text, "NOT COMPARABLE: 12 calls were lost");
	ck_assert_int_eq(diff_status(&diff), 3);
}
END_TEST

START_TEST(json_holds_all_of_it)
{
	char *text = text_of(diff_print_json);
	cJSON *root = cJSON_Parse(text), *item, *loop;

	ck_assert_ptr_nonnull(root);
	ck_assert_str_eq(cJSON_GetObjectItem(root, "schema")->valuestring, "curtrace-diff");
	ck_assert_int_eq(cJSON_GetObjectItem(root, "version")->valueint, 1);
	ck_assert_str_eq(cJSON_GetObjectItem(root, "verdict")->valuestring, "different");
	ck_assert_int_eq(cJSON_GetObjectItem(root, "exit_status")->valueint, 1);
	item = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "items"), 0);
	ck_assert_str_eq(cJSON_GetObjectItem(item, "key")->valuestring, items[0].key);
	ck_assert_str_eq(cJSON_GetObjectItem(item, "phase")->valuestring, "steady");
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(item, "event_a")));
	ck_assert_int_eq(cJSON_GetObjectItem(item, "event_b")->valueint, 77);
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(item, "stack")), 2);
	loop = cJSON_GetObjectItem(item, "loop");
	ck_assert_int_eq(cJSON_GetObjectItem(loop, "position")->valueint, 9);
	ck_assert_int_eq(cJSON_GetObjectItem(loop, "calls_b")->valueint, 15);
	item = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "items"), 1);
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(item, "loop")));
	ck_assert_str_eq(cJSON_GetObjectItem(item, "text")->valuestring, items[1].text);
	cJSON_Delete(root);
	free(text);
}
END_TEST

START_TEST(json_is_utf8_whatever_the_names_are)
{
	char *text;
	cJSON *root;

	items[0].role = "tr\xff/1\x01";
	text = text_of(diff_print_json);
	root = cJSON_Parse(text);
	ck_assert_ptr_nonnull(root);
	ck_assert_ptr_nonnull(strstr(text, "tr\xef\xbf\xbd/1\\u0001"));
	cJSON_Delete(root);
	free(text);
}
END_TEST

START_TEST(junit_has_a_case_for_each_level)
{
	expect(diff_print_junit, "tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"1\"");
	expect(diff_print_junit,
	       "<failure type=\"different\" message=\"1 difference in structure\">"
	       "train/1: + cudaStreamSynchronize(stream#2)");
	expect(diff_print_junit, "<skipped message=\"1 run a side: 4 are needed\"/>");
	expect(diff_print_junit, "another variant of &lt;gemm&gt; &amp; &quot;co&quot;&#10;100%");
	expect(diff_print_junit, "\n    main [train+0x99]\n");
	report.levels[DF_MEMORY] = (struct df_level_result){ .verdict = DF_NOT_COMPARABLE };
	expect(diff_print_junit, "<error type=\"not-comparable\" message=\"not-comparable\"/>");
}
END_TEST

START_TEST(junit_holds_no_character_that_xml_does_not)
{
	items[0].text = "a\x1b\xff\xc2\x85";
	expect(diff_print_junit, "train/1: a\xef\xbf\xbd\xef\xbf\xbd\xc2\x85");
}
END_TEST

START_TEST(github_has_a_line_for_each_item)
{
	expect(diff_print_github, "::error title=curtrace diff%3A different::1 difference that");
	expect(diff_print_github,
	       "::error title=curtrace diff%3A structure%2C train/1::+ cudaStream");
	expect(diff_print_github,
	       "::warning title=curtrace diff%3A kernels::another variant of <gemm> & "
	       "\"co\"%0A100%25%0Abefore: gemm_64x64%0Anow: gemm_128x64%0A");
}
END_TEST

START_TEST(github_has_a_notice_of_what_is_the_same)
{
	report.verdict = DF_SAME;
	report.nitems = 0;
	expect(diff_print_github,
	       "::notice title=curtrace diff%3A same::nothing that counts differs; "
	       "no verdict on time; rests on 99.9%25 of the calls that act\n");
}
END_TEST

START_TEST(what_is_for_the_better_is_no_regression)
{
	diff.fail_on = DIFF_FAIL_REGRESSION;
	ck_assert_int_eq(diff_status(&diff), 1);
	items[0].level = DF_TIME;
	items[0].what = DF_FASTER;
	ck_assert_int_eq(diff_status(&diff), 0);
	items[0].what = DF_SLOWER;
	ck_assert_int_eq(diff_status(&diff), 1);
	items[0].what = DF_BYTES;
	items[0].value_a = 10;
	items[0].value_b = 9;
	ck_assert_int_eq(diff_status(&diff), 0);
	expect_not(diff_print_junit, "<failure");
	items[0].value_b = 10;
	ck_assert_int_eq(diff_status(&diff), 1);
	items[0].value_b = 11;
	ck_assert_int_eq(diff_status(&diff), 1);
	items[0].what = DF_RESULT;
	items[0].after = "cudaSuccess";
	ck_assert_int_eq(diff_status(&diff), 0);
	diff.fail_on = DIFF_FAIL_ANY;
	ck_assert_int_eq(diff_status(&diff), 1);
	expect(diff_print_junit, "<failure");
	expect(diff_print_text, "; all for the better");
}
END_TEST

START_TEST(exit_status_is_0_if_the_same)
{
	report.verdict = DF_SAME;
	ck_assert_int_eq(diff_status(&diff), 0);
	report.verdict = DF_NO_VERDICT;
	ck_assert_int_eq(diff_status(&diff), 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff");
	TCase *tests = tcase_create("reports");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, text_begins_with_the_verdict);
	tcase_add_test(tests, text_never_rounds_to_all_of_the_calls);
	tcase_add_test(tests, text_says_how_to_look_further);
	tcase_add_test(tests, text_tells_values_once);
	tcase_add_test(tests, text_fits_the_terminal);
	tcase_add_test(tests, text_shows_so_many_items);
	tcase_add_test(tests, text_of_what_cannot_be_compared_says_why);
	tcase_add_test(tests, json_holds_all_of_it);
	tcase_add_test(tests, json_is_utf8_whatever_the_names_are);
	tcase_add_test(tests, junit_has_a_case_for_each_level);
	tcase_add_test(tests, junit_holds_no_character_that_xml_does_not);
	tcase_add_test(tests, github_has_a_line_for_each_item);
	tcase_add_test(tests, github_has_a_notice_of_what_is_the_same);
	tcase_add_test(tests, what_is_for_the_better_is_no_regression);
	tcase_add_test(tests, exit_status_is_0_if_the_same);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
