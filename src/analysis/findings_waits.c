/* SPDX-License-Identifier: Apache-2.0 */
/* The host waits for the GPU where it could go on giving it work. */
#include "analysis/findings_catalogue.h"

/* What is counted of a line of the program that waits. */
enum {
	WAITS,
	WAITS_NS,
	AFTER_WORK,   /* the thread had launched or copied since it waited last */
	AFTER_LAUNCH, /* and that was one launch */
	WAIT_COUNTS
};

struct waits {
	struct an_lines lines;
};

static void see_wait(void *own, const struct an_seen *seen)
{
	struct waits *waits = own;
	struct an_line *line = an_line_at(&waits->lines, seen);

	line->counts[WAITS]++;
	line->counts[WAITS_NS] += seen->ns;
	line->counts[AFTER_WORK] += seen->thread->work > 0;
	line->counts[AFTER_LAUNCH] += seen->thread->work == 1 && seen->thread->launches == 1;
}

static void free_waits(void *own)
{
	an_lines_free(&((struct waits *)own)->lines);
}

/* Nine times in ten is always: the first and the last time may be different. */
static bool is_mostly(uint64_t part, uint64_t whole)
{
	return part * 10 >= whole * 9;
}

static bool is_per_launch(const struct an_line *line)
{
	return line->counts[AFTER_LAUNCH] >= AN_LOOP_CALLS &&
	       is_mostly(line->counts[AFTER_LAUNCH], line->counts[WAITS]);
}

static bool is_per_step(const struct an_line *line, const struct an_statistics *s)
{
	return line->counts[WAITS] >= AN_LOOP_CALLS && !is_per_launch(line) &&
	       is_mostly(line->counts[AFTER_WORK], line->counts[WAITS]) &&
	       line->counts[WAITS_NS] * 100 >= an_run_ns(s) * AN_WORTH_PERCENT;
}

/* One finding, which the lines that are so carry. */
static void tell_waits(struct waits *waits, const struct an_statistics *s, struct an_finder *finder,
		       bool per_launch, const char *what)
{
	struct an_finding *finding = NULL;
	struct an_line *first = NULL;
	uint64_t lines = 0, count = 0, ns = 0;

	for (uint32_t i = 1; i <= waits->lines.count; i++) {
		struct an_line *line = an_array_at(&waits->lines.list, i, sizeof(*line));

		if (per_launch ? !is_per_launch(line) : !is_per_step(line, s))
			continue;
		if (!first || line->counts[WAITS_NS] > first->counts[WAITS_NS])
			first = line;
		count += line->counts[WAITS];
		ns += line->counts[WAITS_NS];
		lines++;
	}
	if (!lines)
		return;
	finding = an_found(finder, "%s%s waits %s: %s times, %s (%s of the run)%s",
			   an_said_function(finder, first->function),
			   an_said_place(finder, first->spot), what, an_said_count(finder, count),
			   an_said_time(finder, ns), an_said_share(finder, ns),
			   lines > 1 ? ", with other places" : "");
	finding->count = count;
	finding->ns = ns;
	for (uint32_t i = 1; i <= waits->lines.count; i++) {
		struct an_line *line = an_array_at(&waits->lines.list, i, sizeof(*line));

		if (per_launch ? !is_per_launch(line) : !is_per_step(line, s))
			continue;
		an_found_on(finder, finding, line->counts[WAITS], line->ordinal, line->function,
			    line->spot, "%s%s: %s times, %s",
			    an_said_function(finder, line->function),
			    an_said_place(finder, line->spot),
			    an_said_count(finder, line->counts[WAITS]),
			    an_said_time(finder, line->counts[WAITS_NS]));
	}
}

static void per_launch_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	tell_waits(own, s, finder, true, "after each launch");
}

static void per_step_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	tell_waits(own, s, finder, false, "once per step");
}

const struct an_detector an_find_sync_per_launch = {
	.kind = {
		.code = "sync-after-each-launch",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"a place that waits " AN_TEXT(AN_LOOP_CALLS) " times or "
			"more, nine times in ten after one launch",
		.advice =
			"the GPU is idle from one launch to the next: a stream "
			"keeps the order by itself, wait once behind the last",
	},
	.sees = AN_SEES(AN_EFFECT_WAIT),
	.size = sizeof(struct waits),
	.see = see_wait,
	.end = per_launch_end,
	.free = free_waits,
};

const struct an_detector an_find_sync_per_step = {
	.kind = {
		.code = "sync-per-step",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"a place that waits " AN_TEXT(AN_LOOP_CALLS) " times or "
			"more for work of its thread, for " AN_TEXT(AN_WORTH_PERCENT)
			" % of the run or more",
		.advice =
			"let the next step be launched while this one runs: wait "
			"for an event of the step before, or fetch results later",
	},
	.sees = AN_SEES(AN_EFFECT_WAIT),
	.size = sizeof(struct waits),
	.see = see_wait,
	.end = per_step_end,
	.free = free_waits,
};
