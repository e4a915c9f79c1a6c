/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selections: what an expression selects, and what it says about a wrong one.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "collect/select.h"
#include "reader/api_text.h"

/* Free has two generations, and Copy a twin. */
static const char text[] = "curtrace-api 1\n"
			   "f 16 cudaMalloc memory - 1 status\n"
			   "f 17 cudaFree memory - 1 status\n"
			   "f 18 cudaCopyAsync memcpy ptsz 1 status\n"
			   "f 19 cudaLaunch launch - 1 status\n"
			   "f 20 cudaGetLastError error - 1 status\n"
			   "f 21 cudaFree memory - 1 status\n";

#define FIRST 16
#define LAST  21

static struct rd_api *api;
static struct col_selection s;
static char why[256];

static void set_up(void)
{
	api = rd_api_parse(text, strlen(text));
	ck_assert_ptr_nonnull(api);
	s = (struct col_selection){ .text = NULL };
}

static void tear_down(void)
{
	col_selection_free(&s);
	rd_api_free(api);
}

static bool is_in(unsigned int id)
{
	return !(s.left_out[id / 8] >> id % 8 & 1);
}

/* Expressions with blanks between them, and an x for each of the ids that they select. */
static const struct {
	const char *expressions;
	const char *in;
} cases[] = {
	{ "cudaMalloc", "x....." },
	{ "cudaFree", ".x...x" },
	{ "trace=cudaFree", ".x...x" },
	{ "t=cudaFree", ".x...x" },
	{ "cudaCopyAsync_ptsz", "..x..." },
	{ "cudaMalloc,cudaLaunch", "x..x.." },
	{ "%memory", "xx...x" },
	{ "%memory,%launch", "xx.x.x" },
	{ "%memory,!cudaFree", "x....." },
	{ "%memory,%error,!cudaGetLastError", "xx...x" },
	{ "!cudaFree", "x.xxx." },
	{ "!cudaFree,%launch", "x.x.x." },
	{ "!cudaFree,!%launch", "x.x.x." },
	{ "cuda*Async", "..x..." },
	{ "cuda[FL]*", ".x.x.x" },
	{ "cudaMallo?", "x....." },
	{ "/Async|Launch", "..xx.." },
	{ "/^cudaM/", "x....." },
	{ "?cudaNew,cudaMalloc", "x....." },
	{ "?%new,?/new,?new*", "......" },
	{ "all", "xxxxxx" },
	{ "none", "......" },
	{ "!all", "......" },
	{ "!none", "xxxxxx" },
	{ "all,!%memory", "..xxx." },
	/* Several add up; with ! they take away. */
	{ "cudaMalloc cudaLaunch", "x..x.." },
	{ "%memory !cudaFree", "x....." },
	{ "!cudaFree cudaFree", "xxxxxx" },
	{ "!cudaFree !cudaMalloc", "..xxx." },
};

START_TEST(an_expression_selects)
{
	char *words = strdup(cases[_i].expressions), *rest = words, *word;
	unsigned int names = 0;

	while ((word = strsep(&rest, " ")))
		ck_assert_msg(col_select(&s, api, word, why, sizeof(why)), "%s: %s", word, why);
	for (unsigned int id = FIRST; id <= LAST; id++) {
		ck_assert_msg(is_in(id) == (cases[_i].in[id - FIRST] == 'x'), "%s: id %u",
			      cases[_i].expressions, id);
		names += id < LAST && is_in(id);
	}
	ck_assert_uint_eq(s.names, names);
	ck_assert_uint_eq(s.all, 5);
	free(words);
}
END_TEST

static const struct {
	const char *expression;
	const char *says;
} wrong[] = {
	{ "cudaMaloc", "`cudaMaloc': there is no such function (did you mean cudaMalloc?)" },
	{ "CUDAFREE", "`CUDAFREE': there is no such function (did you mean cudaFree?)" },
	{ "cudaMalloc,zzz", "`zzz': there is no such function" },
	{ "%memroy", "`%memroy': there is no such domain (did you mean %memory?)" },
	{ "%", "`%': there is no such domain" },
	{ "cudaX*", "`cudaX*': no function is called so" },
	{ "/xyz", "`/xyz': no function is called so" },
	{ "/(", "`/(': " },
	{ "cudaMalloc,,cudaFree", "an element between the commas is empty" },
	{ "", "an element between the commas is empty" },
	{ "!", "an element between the commas is empty" },
	{ "?", "an element between the commas is empty" },
	{ "signal=all", "`signal=all': there is no such function" },
};

START_TEST(a_wrong_one_is_refused)
{
	ck_assert_msg(!col_select(&s, api, wrong[_i].expression, why, sizeof(why)), "%s",
		      wrong[_i].expression);
	ck_assert_msg(!strncmp(why, wrong[_i].says, strlen(wrong[_i].says)), "%s", why);
}
END_TEST

START_TEST(the_text_is_what_was_asked_for)
{
	ck_assert(col_select(&s, api, "trace=%memory", why, sizeof(why)));
	ck_assert(col_select(&s, api, "!cudaFree", why, sizeof(why)));
	ck_assert_str_eq(s.text, "%memory !cudaFree");
}
END_TEST

/* A library of another version may have functions that this tool has never heard of. */
START_TEST(functions_that_are_not_known_are_in_if_all_are)
{
	ck_assert(col_select(&s, api, "!cudaFree", why, sizeof(why)));
	ck_assert(is_in(CTR_SWITCH_FUNCTIONS - 1));
	col_selection_free(&s);
	ck_assert(col_select(&s, api, "all", why, sizeof(why)));
	ck_assert(is_in(CTR_SWITCH_FUNCTIONS - 1));
	col_selection_free(&s);
	ck_assert(col_select(&s, api, "/cuda", why, sizeof(why)));
	ck_assert(!is_in(CTR_SWITCH_FUNCTIONS - 1));
}
END_TEST

static Suite *select_suite(void)
{
	Suite *suite = suite_create("collect/select");
	TCase *tc = tcase_create("expressions");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, an_expression_selects, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_loop_test(tc, a_wrong_one_is_refused, 0, (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tc, the_text_is_what_was_asked_for);
	tcase_add_test(tc, functions_that_are_not_known_are_in_if_all_are);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(select_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
