/* SPDX-License-Identifier: Apache-2.0 */
/* diff --explain: all that is known of one item, and the calls around it in both traces. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline.h"
#include "diff.h"
#include "show.h"
#include "util/message.h"
#include "util/units.h"

#define AROUND 4 /* calls shown before and behind the example */

/* A number, or a key. */
static const struct df_item *find(const struct diff *diff)
{
	const struct df_report *report = diff->report;
	char *end;
	unsigned long long number = strtoull(diff->explain, &end, 10);

	if (!*end && number && number <= report->nitems)
		return &report->items[number - 1];
	for (size_t i = 0; i < report->nitems; i++) {
		if (report->items[i].key && !strcmp(report->items[i].key, diff->explain))
			return &report->items[i];
	}
	ut_warn("diff: --explain %s: there are %zu items, and none of that key", diff->explain,
		report->nitems);
	return NULL;
}

static void put(FILE *out, const char *title, const char *text)
{
	if (!text)
		return;
	fprintf(out, "  %-10s ", title);
	show_text(out, text);
	putc('\n', out);
}

/* ---- what the item says ---------------------------------------------------------------------- */

static void print_loop(FILE *out, const struct df_item *item)
{
	if (!item->block_a && !item->block_b)
		return;
	fprintf(out,
		"  %-10s of %zu calls, %" PRIu64 " times, in A; of %zu calls, %" PRIu64
		" times, in B",
		"loop", item->block_a, item->iterations_a, item->block_b, item->iterations_b);
	if (item->position)
		fprintf(out, "; at position %zu", item->position);
	putc('\n', out);
}

static void print_number(FILE *out, const struct df_item *item, const char *title, double value)
{
	char text[UT_UNITS_MAX];

	if (item->level == DF_TIME)
		ut_units_time(text, (uint64_t)(value > 0 ? value : 0));
	else if (item->what == DF_BYTES)
		snprintf(text, sizeof(text), "%.0f", value);
	else
		ut_units_count(text, (uint64_t)(value > 0 ? value : 0));
	put(out, title, text);
}

static void print_facts(FILE *out, const struct df_item *item)
{
	char line[256];

	put(out, "key", item->key);
	put(out, "lane", item->role);
	put(out, "phase", df_phase_name(item->phase));
	snprintf(line, sizeof(line), "%s; it %s%s%s", diff_what_name(item->what),
		 item->weight == DF_GATES    ? "counts"
		 : item->weight == DF_ADVICE ? "is advice"
					     : "is ignored",
		 item->why ? ": " : "", item->why ? item->why : "");
	put(out, "kind", line);
	print_loop(out, item);
	if (item->times > 1) {
		snprintf(line, sizeof(line), "found %" PRIu64 " times", item->times);
		put(out, "often", line);
	}
	put(out, "argument", item->argument);
	put(out, "before", item->before);
	put(out, "now", item->after);
	if (item->value_a != item->value_b) {
		print_number(out, item, "value in A", item->value_a);
		print_number(out, item, "value in B", item->value_b);
	}
	put(out, "from", item->caller);
	for (const char **frame = item->stack; frame && *frame; frame++)
		put(out, "", *frame);
}

/* ---- the calls around it --------------------------------------------------------------------- */

static uint64_t ordinal_of(const struct df_lane *lane, size_t call)
{
	return lane->first_ordinal + lane->calls[call].ordinal;
}

/* The lane that holds this event, and which of its calls it is; NULL: none. */
static const struct df_lane *lane_of(const struct df_side *side, uint64_t ordinal, size_t *call)
{
	for (size_t i = 0; i < side->nlanes; i++) {
		const struct df_lane *lane = &side->lanes[i];
		size_t low = 0, high = lane->ncalls;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (ordinal_of(lane, middle) < ordinal)
				low = middle + 1;
			else
				high = middle;
		}
		if (low < lane->ncalls && ordinal_of(lane, low) == ordinal) {
			*call = low;
			return lane;
		}
	}
	return NULL;
}

static void print_around(FILE *out, const char *title, struct df_side *side, uint64_t ordinal)
{
	uint64_t ordinals[2 * AROUND + 1] = { 0 };
	const struct df_description *calls;
	const struct df_lane *lane;
	size_t at, first, count = 0;

	lane = ordinal ? lane_of(side, ordinal, &at) : NULL;
	if (!lane)
		return;
	first = at > AROUND ? at - AROUND : 0;
	for (size_t i = first; i < lane->ncalls && i <= at + AROUND; i++)
		ordinals[count++] = ordinal_of(lane, i);
	calls = df_describe(side, ordinals, count);
	fprintf(out, "\n%s, call %zu of %s:\n", title, at + 1, lane->role);
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "  %c %8" PRIu64 "  ", first + i == at ? '>' : ' ', ordinals[i]);
		show_text(out, calls[i].text);
		putc('\n', out);
	}
	if (calls[at - first].stack) {
		fputs("    called from\n", out);
		for (const char **frame = calls[at - first].stack; *frame; frame++)
			put(out, "", *frame);
	} else if (calls[at - first].caller) {
		put(out, "  from", calls[at - first].caller);
	}
}

static void print_further(const struct diff *diff, const struct df_item *item, FILE *out)
{
	const char *operand = item->ordinal_b ? diff->operand_b : diff->operand_a;

	fputs("\nFurther: curtrace ", out);
	if (item->level == DF_MEMORY)
		fputs("mem --only held --stacks ", out);
	else if (item->level == DF_TIME)
		fputs("stat ", out);
	else
		fputs("print --stacks ", out);
	show_text(out, operand);
	putc('\n', out);
}

bool diff_explain(const struct diff *diff, FILE *out)
{
	const struct df_item *item = find(diff);

	if (!item)
		return false;
	fprintf(out, "%s: ", df_level_name(item->level));
	show_text(out, item->text ? item->text : diff_what_name(item->what));
	putc('\n', out);
	print_facts(out, item);
	print_around(out, "A", diff->report->a, item->ordinal_a);
	print_around(out, "B", diff->report->b, item->ordinal_b);
	print_further(diff, item, out);
	return true;
}
