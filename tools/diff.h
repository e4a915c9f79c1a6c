/* SPDX-License-Identifier: Apache-2.0 */
/* Private to `curtrace diff`: what was asked for, and the forms in which a report is shown. */
#ifndef TOOLS_DIFF_H
#define TOOLS_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/diff/policy.h"
#include "analysis/diff/report.h"

enum diff_format {
	DIFF_TEXT = 0,
	DIFF_JSON,
	DIFF_JUNIT,
	DIFF_GITHUB,
	DIFF_FOLDED,
	DIFF_FORMATS
};

/* Which differences make the answer `different` for whoever waits for the exit status. */
enum diff_fail_on {
	DIFF_FAIL_ANY = 0,
	DIFF_FAIL_REGRESSION /* not for what is faster, smaller, or succeeds now */
};

/* Exit statuses besides CMD_OK and CMD_ERROR. */
#define DIFF_DIFFERENT      1
#define DIFF_NOT_COMPARABLE 3

#define DIFF_TOP_ALL ((size_t)-1)

struct diff {
	const struct df_report *report;
	const char *operand_a, *operand_b; /* as typed: for lines that say how to look further */
	const char *options;               /* those that decide what is compared, likewise; "" */
	enum diff_fail_on fail_on;
	size_t top;          /* items shown of each weight */
	bool by_time;        /* folded stacks weigh time, not calls */
	const char *explain; /* a number or a key, or NULL */
};

struct diff_outputs {
	enum diff_format format;         /* on standard output */
	const char *files[DIFF_FORMATS]; /* written besides; NULL: not */
};

/* ---- diff_words.c: what everything is called ------------------------------------------------- */

const char *diff_verdict_word(enum df_verdict verdict); /* "not-comparable" */
const char *diff_what_name(enum df_what what);          /* came */
const char *diff_weight_name(enum df_weight weight);    /* gates */

/* It may be for the better: faster, smaller, succeeds now. */
bool diff_is_improvement(const struct df_item *item);

/* How many items of this weight; of those, improvements (if it is not NULL). */
size_t diff_count(const struct df_report *report, enum df_weight weight, size_t *improvements);

/* "2 differences that count: structure 1, kernels 1": the verdict and why, in a line. */
void diff_summary(const struct diff *diff, char *text, size_t size);

/* "37.2%": never 100 % of less, nor 0 % of something. */
void diff_share(const struct df_report *report, char *text, size_t size);

/* Whether the exit status is to say that this level differs. */
bool diff_level_fails(const struct diff *diff, enum df_level level);

/* The exit status: 0 same, 1 different, 3 not comparable. */
int diff_status(const struct diff *diff);

/* A command that shows more of the item, without `curtrace'. */
void diff_look(const struct diff *diff, size_t item, char *text, size_t size);

/* ---- diff_print.c: where it goes ------------------------------------------------------------ */

/* All that was asked for. False: a message was printed. */
bool diff_print(const struct diff *diff, const struct diff_outputs *outputs);
/* Leads stdout to a file (NULL, "-": it stays). False: a message was printed. */
bool diff_lead(const char *output);

/* ---- each writes everything to `out` --------------------------------------------------------- */

void diff_print_text(const struct diff *diff, FILE *out);
void diff_print_json(const struct diff *diff, FILE *out);
void diff_print_junit(const struct diff *diff, FILE *out);
void diff_print_github(const struct diff *diff, FILE *out);
/* False: a trace could not be read again, and a message was printed. */
bool diff_print_folded(const struct diff *diff, FILE *out);
/* diff_explain.c. False: there is no such item, and a message was printed. */
bool diff_explain(const struct diff *diff, FILE *out);

#endif
