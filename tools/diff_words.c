/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison's verdicts and items are called, in every form of the report. */
#include <string.h>

#include "cmd.h"
#include "diff.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *diff_verdict_word(enum df_verdict verdict)
{
	static const char *const words[] = { "same", "different", "no-verdict", "not-comparable",
					     "off" };

	return (unsigned int)verdict < COUNT(words) ? words[verdict] : "?";
}

const char *diff_what_name(enum df_what what)
{
	static const char *const names[] = {
		"came",    "went", "moved", "argument", "result", "count",         "kernel",
		"variant", "lane", "bytes", "slower",   "faster", "too-different",
	};

	return (unsigned int)what < COUNT(names) ? names[what] : "?";
}

const char *diff_weight_name(enum df_weight weight)
{
	static const char *const names[] = { "gates", "advice", "ignored" };

	return (unsigned int)weight < COUNT(names) ? names[weight] : "?";
}

bool diff_is_improvement(const struct df_item *item)
{
	if (item->what == DF_FASTER)
		return true;
	if (item->what == DF_BYTES)
		return item->value_b < item->value_a;
	/* A call that failed and does no more. */
	return item->what == DF_RESULT && item->after && !strcmp(item->after, "cudaSuccess");
}

size_t diff_count(const struct df_report *report, enum df_weight weight, size_t *improvements)
{
	size_t count = 0, better = 0;

	for (size_t i = 0; i < report->nitems; i++) {
		count += report->items[i].weight == weight;
		better += report->items[i].weight == weight &&
			  diff_is_improvement(&report->items[i]);
	}
	if (improvements)
		*improvements = better;
	return count;
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static void add(char *text, size_t size, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s", more);
}

/* "structure 1, kernels 1" */
static void add_levels(const struct df_report *report, char *text, size_t size)
{
	const char *between = ": ";
	char part[64];

	for (unsigned int level = 0; level < DF_LEVELS; level++) {
		if (!report->levels[level].gating)
			continue;
		snprintf(part, sizeof(part), "%s%s %zu", between, df_level_name(level),
			 report->levels[level].gating);
		add(text, size, part);
		between = ", ";
	}
}

/* The first level's reason that is not `same`. */
static const char *reason(const struct df_report *report, enum df_verdict verdict)
{
	/* Time has no verdict of most comparisons, which does not spoil theirs. */
	for (unsigned int level = 0; level < DF_TIME; level++) {
		if (report->levels[level].verdict == verdict && report->levels[level].why)
			return report->levels[level].why;
	}
	return verdict == DF_NOT_COMPARABLE ? "the two do not belong together"
					    : "what was compared is too little of the run";
}

static void say_different(const struct diff *diff, char *text, size_t size)
{
	size_t better, all = diff_count(diff->report, DF_GATES, &better);

	snprintf(text, size, "%zu difference%s that count%s", all, all == 1 ? "" : "s",
		 all == 1 ? "s" : "");
	add_levels(diff->report, text, size);
	if (all && better == all)
		add(text, size, "; all for the better");
}

void diff_summary(const struct diff *diff, char *text, size_t size)
{
	const struct df_report *report = diff->report;
	size_t advice = diff_count(report, DF_ADVICE, NULL);

	switch (report->verdict) {
	case DF_DIFFERENT:
		say_different(diff, text, size);
		break;
	case DF_SAME:
		snprintf(text, size, "nothing that counts differs");
		if (report->levels[DF_TIME].verdict == DF_NO_VERDICT)
			add(text, size, "; no verdict on time");
		break;
	default:
		snprintf(text, size, "%s", reason(report, report->verdict));
	}
	if (advice) {
		char part[64];

		snprintf(part, sizeof(part), "; %zu to be looked at", advice);
		add(text, size, part);
	}
}

void diff_share(const struct df_report *report, char *text, size_t size)
{
	double share = 100 * report->gated;

	if (report->gated > 0 && share < 0.1)
		snprintf(text, size, "<0.1%%");
	else if (report->gated < 1 && share > 99.9)
		snprintf(text, size, "99.9%%");
	else
		snprintf(text, size, "%.3g%%", share);
}

/* Whether it is not all for the better, where that is asked. */
static bool fails(const struct diff *diff, const struct df_item *item)
{
	return item->weight == DF_GATES &&
	       (diff->fail_on == DIFF_FAIL_ANY || !diff_is_improvement(item));
}

bool diff_level_fails(const struct diff *diff, enum df_level level)
{
	for (size_t i = 0; i < diff->report->nitems; i++) {
		if (diff->report->items[i].level == level && fails(diff, &diff->report->items[i]))
			return true;
	}
	return false;
}

int diff_status(const struct diff *diff)
{
	switch (diff->report->verdict) {
	case DF_SAME:
	case DF_OFF:
		return CMD_OK;
	case DF_DIFFERENT:
		for (unsigned int level = 0; level < DF_LEVELS; level++) {
			if (diff_level_fails(diff, level))
				return DIFF_DIFFERENT;
		}
		return CMD_OK;
	default:
		return DIFF_NOT_COMPARABLE;
	}
}

/* ---- how to look further --------------------------------------------------------------------- */

void diff_look(const struct diff *diff, size_t item, char *text, size_t size)
{
	const struct df_item *i = &diff->report->items[item];

	if (i->level == DF_MEMORY)
		snprintf(text, size, "mem %s", diff->operand_b);
	else
		snprintf(text, size, "diff --explain %zu%s %s %s", item + 1, diff->options,
			 diff->operand_a, diff->operand_b);
}
