/* SPDX-License-Identifier: Apache-2.0 */
/* diff for people: the verdict, what it rests on, then what differs, what matters most first. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diff.h"
#include "show.h"
#include "stat.h"
#include "util/units.h"

#define LEAST_WIDTH 80
#define INDENT      5
#define LINES       4

static unsigned int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	long number = columns ? strtol(columns, NULL, 10) : 0;
	struct winsize size;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		number = size.ws_col;
	return number > LEAST_WIDTH && number < 10000 ? (unsigned int)number : LEAST_WIDTH;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static const char *colour_of(enum df_verdict verdict)
{
	if (!show_colours())
		return "";
	return verdict == DF_SAME        ? "\033[1;32m"
	       : verdict == DF_DIFFERENT ? "\033[1;31m"
					 : "\033[1;33m";
}

static void print_verdict(const struct diff *diff, FILE *out, unsigned int width)
{
	static const char *const words[] = { "SAME", "DIFFERENT", "NO VERDICT", "NOT COMPARABLE",
					     "OFF" };
	const char *word = words[diff->report->verdict], *colour = colour_of(diff->report->verdict);
	char summary[512];

	diff_summary(diff, summary, sizeof(summary));
	fprintf(out, "%s%s%s: ", colour, word, *colour ? "\033[0m" : "");
	stat_wrap(out, summary, (unsigned int)strlen(word) + 2, width, 2, LINES);
}

static void print_side(FILE *out, const char *mark, const struct df_side *side, const char *operand,
		       uint64_t calls, unsigned int runs)
{
	char count[UT_UNITS_MAX];

	fprintf(out, "  %s  ", mark);
	show_text(out, operand);
	fprintf(out, ": %s calls, %zu process%s, %zu lane%s", ut_units_count(count, calls),
		side->nprocesses, side->nprocesses == 1 ? "" : "es", side->nlanes,
		side->nlanes == 1 ? "" : "s");
	if (runs > 1)
		fprintf(out, ", one of %u runs", runs);
	putc('\n', out);
}

static void print_basis(const struct diff *diff, FILE *out)
{
	const struct df_report *report = diff->report;
	char share[32], gated[UT_UNITS_MAX];

	print_side(out, "A", report->a, diff->operand_a, report->calls_a, report->runs_a);
	print_side(out, "B", report->b, diff->operand_b, report->calls_b, report->runs_b);
	diff_share(report, share, sizeof(share));
	fprintf(out, "  rests on %s of the calls that act (%s)", share,
		ut_units_count(gated, report->calls_gated));
	if (report->policy)
		fprintf(out, ", policy %s", report->policy);
	if (report->baseline)
		fprintf(out, ", noise learned from %s", report->baseline);
	fputs("\n\n", out);
}

static void print_levels(const struct df_report *report, FILE *out, unsigned int width)
{
	for (unsigned int i = 0; i < DF_LEVELS; i++) {
		const struct df_level_result *level = &report->levels[i];
		char counts[96] = "";
		int column;

		if (level->gating || level->advice)
			snprintf(counts, sizeof(counts), "%zu that count%s, %zu advice",
				 level->gating, level->gating == 1 ? "s" : "", level->advice);
		if (!level->why && !*counts) {
			fprintf(out, "  %-10s %s\n", df_level_name(i),
				diff_verdict_word(level->verdict));
			continue;
		}
		column = fprintf(out, "  %-10s %-15s ", df_level_name(i),
				 diff_verdict_word(level->verdict));
		if (level->why && *counts)
			column += fprintf(out, "%s; ", counts);
		stat_wrap(out, level->why ? level->why : counts, (unsigned int)column, width, 28,
			  LINES);
	}
}

/* ---- items ----------------------------------------------------------------------------------- */

static void print_line(FILE *out, const char *title, const char *text, unsigned int width)
{
	int column = fprintf(out, "%*s%s ", INDENT, "", title);

	stat_wrap(out, text, (unsigned int)column, width, INDENT + 2, LINES);
}

/* The line has told of it already. */
static bool is_told(const struct df_item *item, const char *value)
{
	return !value || (item->text && strstr(item->text, value));
}

static void print_values(const struct df_item *item, FILE *out, unsigned int width)
{
	if (is_told(item, item->before) && is_told(item, item->after))
		return;
	if (item->before)
		print_line(out, "before:", item->before, width);
	if (item->after)
		print_line(out, "now:", item->after, width);
}

/* "python/1 main, steady: " */
static unsigned int print_place(const struct df_item *item, FILE *out)
{
	unsigned int columns = 0;

	if (item->role) {
		columns = stat_cut(out, item->role, 40) + 2;
		fputs(": ", out);
	}
	return columns;
}

static void print_item(const struct diff *diff, size_t number, FILE *out, unsigned int width)
{
	const struct df_item *item = &diff->report->items[number];
	unsigned int column = (unsigned int)fprintf(out, "%3zu. ", number + 1);
	char look[4096];

	column += (unsigned int)fprintf(out, "%s, ", df_level_name(item->level));
	column += print_place(item, out);
	stat_wrap(out, item->text ? item->text : diff_what_name(item->what), column, width, INDENT,
		  LINES);
	print_values(item, out, width);
	if (item->caller)
		print_line(out, "from:", item->caller, width);
	if (item->why)
		print_line(out, item->weight == DF_GATES ? "rule:" : "advice:", item->why, width);
	if (item->weight != DF_GATES)
		return;
	diff_look(diff, number, look, sizeof(look));
	fprintf(out, "   > curtrace ");
	show_text(out, look);
	putc('\n', out);
}

static void print_items(const struct diff *diff, FILE *out, enum df_weight weight,
			const char *title, unsigned int width)
{
	size_t shown = 0, all = diff_count(diff->report, weight, NULL);

	if (!all)
		return;
	fprintf(out, "\n%s%s%s\n", show_colours() ? "\033[1m" : "", title,
		show_colours() ? "\033[0m" : "");
	for (size_t i = 0; i < diff->report->nitems && shown < diff->top; i++) {
		if (diff->report->items[i].weight != weight)
			continue;
		print_item(diff, i, out, width);
		shown++;
	}
	if (shown < all)
		fprintf(out, "     and %zu more: --top all\n", all - shown);
}

static size_t ignored(const struct df_report *report)
{
	size_t count = 0;

	for (unsigned int i = 0; i < DF_LEVELS; i++)
		count += report->levels[i].ignored;
	return count;
}

void diff_print_text(const struct diff *diff, FILE *out)
{
	const struct df_report *report = diff->report;
	unsigned int width = terminal_width();
	size_t left;

	print_verdict(diff, out, width);
	print_basis(diff, out);
	print_levels(report, out, width);
	print_items(diff, out, DF_GATES, "What differs, what matters most first", width);
	print_items(diff, out, DF_ADVICE, "Does not count, but should be looked at", width);
	left = ignored(report);
	if (report->nnotes || left)
		putc('\n', out);
	for (size_t i = 0; i < report->nnotes; i++) {
		fputs("note: ", out);
		stat_wrap(out, report->notes[i], 6, width, 6, LINES);
	}
	if (left)
		fprintf(out, "note: %zu difference%s ignored, as the policy or the baseline says\n",
			left, left == 1 ? " was" : "s were");
}
