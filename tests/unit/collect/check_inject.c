/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules of -e inject=: what an expression means, and what it says about a wrong one.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "collect/inject.h"
#include "reader/api_text.h"

/* Free has two generations; Name returns no status; cuAlloc is the driver's. */
static const char text[] =
	"curtrace-api 1\n"
	"e cudaError 0=cudaSuccess 2=cudaErrorMemoryAllocation 600=cudaErrorNotReady\n"
	"e CUresult 0=CUDA_SUCCESS 2=CUDA_ERROR_OUT_OF_MEMORY\n"
	"f 16 cudaMalloc memory - 1 status\n"
	"f 17 cudaFree memory - 1 status\n"
	"f 18 cudaName error - 1 ptr\n"
	"f 19 cudaFree memory - 1 status\n"
	"f 1024 cuAlloc memory layer=driver 1 status\n";

#define MALLOC 16
#define FREE   17
#define NAME   18
#define FREE_2 19
#define ALLOC  1024

static struct rd_api *api;
static struct col_inject inject;
static char why[256];

static void set_up(void)
{
	api = rd_api_parse(text, strlen(text));
	ck_assert_ptr_nonnull(api);
	inject = (struct col_inject){ .text = NULL };
}

static void tear_down(void)
{
	col_inject_free(&inject);
	rd_api_free(api);
}

static void add(const char *expression)
{
	ck_assert_msg(col_inject_add(&inject, api, expression, why, sizeof(why)), "%s: %s",
		      expression, why);
}

/* NULL: it has none. */
static const struct ctr_inject_rule *rule_of(unsigned int id)
{
	uint8_t number = inject.table.rule[id];

	ck_assert_uint_le(number, inject.table.nrules);
	return number ? &inject.table.rules[number - 1] : NULL;
}

static const struct {
	const char *expression;
	struct ctr_inject_rule rule;
} rules[] = {
	{ "cudaMalloc:error=2", { 1, UINT64_MAX, 1, 0, 0, 2, 0 } },
	{ "cudaMalloc:error=cudaErrorNotReady", { 1, UINT64_MAX, 1, 0, 0, 600, 0 } },
	{ "cudaMalloc:error=2:when=7", { 7, 7, 1, 0, 0, 2, 0 } },
	{ "cudaMalloc:error=2:when=7+", { 7, UINT64_MAX, 1, 0, 0, 2, 0 } },
	{ "cudaMalloc:error=2:when=7+3", { 7, UINT64_MAX, 3, 0, 0, 2, 0 } },
	{ "cudaMalloc:error=2:when=7..9", { 7, 9, 1, 0, 0, 2, 0 } },
	{ "cudaMalloc:error=2:when=7..9+", { 7, 9, 1, 0, 0, 2, 0 } },
	{ "cudaMalloc:when=7..9+2:error=2", { 7, 9, 2, 0, 0, 2, 0 } },
	{ "cudaMalloc:delay_enter=15", { 1, UINT64_MAX, 1, 15000, 0, 0, 0 } },
	{ "cudaMalloc:delay_exit=15us", { 1, UINT64_MAX, 1, 0, 15000, 0, 0 } },
	{ "cudaMalloc:delay_exit=1.5ms", { 1, UINT64_MAX, 1, 0, 1500000, 0, 0 } },
	{ "cudaMalloc:delay_enter=2s:delay_exit=7ns:error=2:when=1",
	  { 1, 1, 1, 2000000000, 7, 2, 0 } },
	{ "/^cuda[[:upper:]]alloc$:error=2", { 1, UINT64_MAX, 1, 0, 0, 2, 0 } },
};

START_TEST(an_expression_is_a_rule)
{
	const struct ctr_inject_rule *rule;

	add(rules[_i].expression);
	rule = rule_of(MALLOC);
	ck_assert_ptr_nonnull(rule);
	ck_assert_mem_eq(rule, &rules[_i].rule, sizeof(*rule));
	ck_assert_ptr_null(rule_of(FREE));
	ck_assert_uint_eq(inject.table.nrules, 1);
}
END_TEST

START_TEST(an_error_is_for_those_that_answer_with_it)
{
	add("all:error=2");
	ck_assert_ptr_nonnull(rule_of(MALLOC));
	ck_assert_ptr_nonnull(rule_of(ALLOC));
	ck_assert_ptr_null(rule_of(NAME));
	add("all:error=CUDA_ERROR_OUT_OF_MEMORY:when=5");
	ck_assert_uint_eq(rule_of(MALLOC)->first, 1);
	ck_assert_uint_eq(rule_of(ALLOC)->first, 5);
}
END_TEST

START_TEST(a_delay_is_for_all)
{
	add("all:delay_enter=1");
	ck_assert_ptr_nonnull(rule_of(NAME));
}
END_TEST

START_TEST(the_last_rule_holds)
{
	add("cudaMalloc,cudaFree:error=2");
	add("cudaFree:error=600");
	ck_assert_int_eq(rule_of(MALLOC)->error, 2);
	ck_assert_int_eq(rule_of(FREE)->error, 600);
	ck_assert_str_eq(inject.text, "cudaMalloc,cudaFree:error=2 cudaFree:error=600");
}
END_TEST

START_TEST(generations_of_a_function_are_counted_together)
{
	add("cudaFree:error=2");
	ck_assert_uint_eq(inject.table.counter[FREE], FREE);
	ck_assert_uint_eq(inject.table.counter[FREE_2], FREE);
}
END_TEST

static const struct {
	const char *expression, *says;
} wrong[] = {
	{ "cudaMalloc", "cudaMalloc: say what to inject" },
	{ "cudaNew:error=2", "`cudaNew'" },
	{ "cudaMalloc:error=", "error=: " },
	{ "cudaMalloc:error=0", "no function of `cudaMalloc' answers with an error `0'" },
	{ "cudaMalloc:error=0x2", "no function of " },
	{ "cudaMalloc:error=cudaErrorMemoryAlocation",
	  "no function of `cudaMalloc' answers with an error `cudaErrorMemoryAlocation' (is it "
	  "`cudaErrorMemoryAllocation'?)" },
	{ "cuAlloc:error=cudaErrorNotReady", "no function of " },
	{ "cudaName:error=2", "no function of " },
	{ "cudaMalloc:error=2:when=0", "when=0: " },
	{ "cudaMalloc:error=2:when=3..2", "when=3..2: " },
	{ "cudaMalloc:error=2:when=3..", "when=3..: " },
	{ "cudaMalloc:error=2:when=3+0", "when=3+0: " },
	{ "cudaMalloc:error=2:when=3+1x", "when=3+1x: " },
	{ "cudaMalloc:error=2:when=99999999999999999999", "when=99999999999999999999: " },
	{ "cudaMalloc:delay_enter=0", "delay_enter=0: not a time" },
	{ "cudaMalloc:delay_enter=-1", "delay_enter=-1: not a time" },
	{ "cudaMalloc:delay_enter=0x10", "delay_enter=0x10: not a time" },
	{ "cudaMalloc:delay_exit=1e30", "delay_exit=1e30: not a time" },
	{ "cudaMalloc:delay_exit=5min", "delay_exit=5min: not a time" },
	{ "cudaMalloc:err=2", "err=2: it is error=" },
	{ "cudaMalloc:error", "error: it is error=" },
	{ "none:delay_enter=1", "none: this is no function" },
};

START_TEST(a_wrong_one_is_refused)
{
	ck_assert_msg(!col_inject_add(&inject, api, wrong[_i].expression, why, sizeof(why)), "%s",
		      wrong[_i].expression);
	ck_assert_msg(!strncmp(why, wrong[_i].says, strlen(wrong[_i].says)), "%s", why);
	ck_assert_ptr_null(inject.text);
}
END_TEST

static Suite *inject_suite(void)
{
	Suite *suite = suite_create("collect/inject");
	TCase *tc = tcase_create("expressions");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, an_expression_is_a_rule, 0,
			    (int)(sizeof(rules) / sizeof(rules[0])));
	tcase_add_loop_test(tc, a_wrong_one_is_refused, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tc, an_error_is_for_those_that_answer_with_it);
	tcase_add_test(tc, a_delay_is_for_all);
	tcase_add_test(tc, the_last_rule_holds);
	tcase_add_test(tc, generations_of_a_function_are_counted_together);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(inject_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
