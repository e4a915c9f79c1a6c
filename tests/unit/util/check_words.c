/* SPDX-License-Identifier: Apache-2.0 */
/* What commands are asked in words, and what they say while they work. */
#include <stdio.h>
#include <string.h>

#include "unit/reader/fixture.h"
#include "util/progress.h"
#include "util/selector.h"
#include "util/similar.h"

/* ---- selections ---------------------------------------------------------------------------- */

static const struct ut_selected functions[] = {
	{ "cudaMalloc", NULL, NULL, "memory", "runtime" },
	{ "cudaMemcpyAsync", NULL, "cudaMemcpyAsync_ptsz", "memcpy", "runtime" },
	{ "cudaMemcpy", NULL, "cudaMemcpy_ptds", "memcpy", "runtime" },
	{ "cudaFree", NULL, NULL, "memory", "runtime" },
	{ NULL, NULL, NULL, NULL, NULL }, /* of a version to come */
	{ "cuMemAlloc", "cuMemAlloc_v2", NULL, "memory", "driver" },
};
#define FUNCTIONS 6

/* Expressions with blanks between them, and an x for each function that they select. */
static const struct {
	const char *expressions, *selected;
} selections[] = {
	{ "", "xxxxxx" },
	{ "cudaMalloc", "x....." },
	{ "trace=cudaMalloc,cudaFree", "x..x.." },
	{ "cudaMemcpy_ptds", "..x..." },
	{ "%memory", "x..x.x" },
	{ "%memory,!cudaFree", "x....x" },
	{ "%memory,!%driver", "x..x.." },
	{ "%driver", ".....x" },
	{ "cuMemAlloc_v2", ".....x" },
	{ "cuMem*_v?", ".....x" },
	{ "!%memory", ".xx.x." },
	{ "!%memory cudaFree", ".xxxx." },
	{ "cuda*Async", ".x...." },
	{ "*_pt?z", ".x...." },
	{ "/M(alloc|emcpy)$", "x.x..." },
	{ "/^cudaF/", "...x.." },
	{ "all", "xxxxxx" },
	{ "none", "......" },
	{ "all !%memcpy", "x..xxx" },
	{ "?cudaNotYet", "......" },
	{ "%memory !cudaMalloc,cudaFree %memcpy", ".xx..x" },
};

START_TEST(an_expression_selects)
{
	struct ut_selector s = { .count = 0 };
	char words[128], *rest = words, *word, why[256], have[FUNCTIONS + 1] = "";

	strcpy(words, selections[_i].expressions);
	while (*words && (word = strsep(&rest, " ")))
		ck_assert_msg(ut_selector_add(&s, word, why, sizeof(why)), "%s: %s", word, why);
	for (size_t i = 0; i < FUNCTIONS; i++)
		have[i] = ut_selector_takes(&s, &functions[i]) ? 'x' : '.';
	ck_assert_msg(!strcmp(have, selections[_i].selected), "%s: %s, not %s",
		      selections[_i].expressions, have, selections[_i].selected);
	ut_selector_free(&s);
}
END_TEST

static const char *const not_expressions[] = { "", "cudaMalloc,,cudaFree", "!", "a,!", "/(", "?" };

START_TEST(a_wrong_expression_is_refused)
{
	struct ut_selector s = { .count = 0 };
	char why[256] = "";

	ck_assert(!ut_selector_add(&s, not_expressions[_i], why, sizeof(why)));
	ck_assert(*why);
	ut_selector_free(&s);
}
END_TEST

/* Whoever knows the functions asks of each element whether it ought to be about one. */
START_TEST(what_elements_need)
{
	struct ut_selector s = { .count = 0 };
	char why[256];

	ck_assert(ut_selector_add(&s, "cudaX,?cudaY,%z,all,none,cuda*", why, sizeof(why)));
	ck_assert_uint_eq(s.count, 6);
	ck_assert_str_eq(ut_selector_needs(&s, 0), "cudaX");
	ck_assert_ptr_null(ut_selector_needs(&s, 1));
	ck_assert_str_eq(ut_selector_needs(&s, 2), "%z");
	ck_assert_ptr_null(ut_selector_needs(&s, 3));
	ck_assert_ptr_null(ut_selector_needs(&s, 4));
	ck_assert_str_eq(ut_selector_needs(&s, 5), "cuda*");
	ck_assert_str_eq(s.text, "cudaX,?cudaY,%z,all,none,cuda*");
	ut_selector_say_unknown("%memry", "memory", why, sizeof(why));
	ck_assert_str_eq(why, "`%memry': there is no such domain (did you mean %memory?)");
	ut_selector_free(&s);
}
END_TEST

/* ---- what was meant ------------------------------------------------------------------------ */

static const struct {
	const char *word, *meant;
} slips[] = {
	{ "pritn", "print" }, { "PRINT", "print" },      { "exprot", "export" },
	{ "stat", "start" },  { "recrod", "record" },    { "xyz", NULL },
	{ "a", NULL },        { "recovers", "recover" },
};

START_TEST(a_slip_of_the_fingers)
{
	static const char *const words[] = { "record", "print", "export", "start", "recover" };
	struct ut_similar similar = { .word = slips[_i].word };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		ut_similar_offer(&similar, words[i]);
	if (slips[_i].meant)
		ck_assert_str_eq(similar.best, slips[_i].meant);
	else
		ck_assert_ptr_null(similar.best);
}
END_TEST

/* What is too long to be compared is nothing that was meant. */
START_TEST(a_word_of_any_length)
{
	char longest[1000];
	struct ut_similar similar = { .word = longest };

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	ut_similar_offer(&similar, "print");
	ck_assert_ptr_null(similar.best);
	ut_similar_offer(&similar, longest);
	ck_assert_ptr_null(similar.best);
}
END_TEST

/* ---- progress ------------------------------------------------------------------------------ */

static const struct {
	uint64_t done, total, ns;
	const char *line;
} moments[] = {
	{ 1000000, 4000000, 1000000000, "work: 25%, 1,000,000 events, 1.0 million/s, 4.00 s left" },
	{ 250000, 0, 1000000000, "work: 250,000 events, 250 thousand/s" },
	{ 300, 200, 1000000000, "work: 300 events, 0 thousand/s" },
	{ 5000000, 5000000, 2000000000,
	  "work: 100%, 5,000,000 events, 2.5 million/s, 1.00 s left" },
	{ 1000000, 4000000000, 1000000000,
	  "work: 0%, 1,000,000 events, 1.0 million/s, 1 h 6 min left" },
	{ 0, 10, 0, "work: 0%, 0 events, 0 thousand/s" },
};

START_TEST(a_line_of_progress)
{
	char line[200];

	ut_progress_line(line, sizeof(line), "work", moments[_i].done, moments[_i].total,
			 moments[_i].ns);
	ck_assert_str_eq(line, moments[_i].line);
}
END_TEST

/* On a narrow terminal the line ends where the terminal does. */
START_TEST(a_line_that_is_cut)
{
	char line[200];

	ut_progress_line(line, 12, "work", 1, 2, 3);
	ck_assert_uint_eq(strlen(line), 11);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("util/words");
	TCase *t = tcase_create("words");

	suite_add_tcase(suite, t);
	tcase_add_loop_test(t, an_expression_selects, 0, COUNT(selections));
	tcase_add_loop_test(t, a_wrong_expression_is_refused, 0, COUNT(not_expressions));
	tcase_add_test(t, what_elements_need);
	tcase_add_loop_test(t, a_slip_of_the_fingers, 0, COUNT(slips));
	tcase_add_test(t, a_word_of_any_length);
	tcase_add_loop_test(t, a_line_of_progress, 0, COUNT(moments));
	tcase_add_test(t, a_line_that_is_cut);
	return fx_run(suite);
}
