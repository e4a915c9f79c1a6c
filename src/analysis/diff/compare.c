/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of a comparison, in order: what differs, what it weighs, what follows. */
#include "analysis/diff/compare.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"
#include "analysis/diff/report_own.h"
#include "analysis/diff/time.h"
#include "analysis/diff/time.h"
#include "util/xalloc.h"

static void add_lane_notes(const struct df_comparison *c, struct df_report_own *report)
{
	size_t by_content = 0, limited = 0;

	for (size_t i = 0; i < c->nboth; i++) {
		by_content += c->both[i].known_by == DF_BY_CONTENT;
		limited += c->both[i].changes.limited;
	}
	if (by_content)
		df_report_note(report, ut_arena_printf(&report->strings,
						       "%zu thread%s matched by what they do, not "
						       "by their order",
						       by_content, by_content == 1 ? "" : "s"));
	if (limited)
		df_report_note(report,
			       ut_arena_printf(&report->strings,
					       "%zu thread%s differ so much that the differences "
					       "are right but not the fewest",
					       limited, limited == 1 ? "" : "s"));
}

/* Time is of all runs: each must have been made where the first one was. */
static void see_others(struct df_comparison *c, struct df_side **sides, size_t count,
		       struct df_comparable *first)
{
	struct df_comparable other;

	for (size_t i = 1; i < count && !first->why[DF_TIME]; i++) {
		df_comparable(c->strings, c->a, sides[i], &other);
		if (other.why[DF_TIME])
			first->why[DF_TIME] = ut_arena_printf(c->strings, "%s: %s", sides[i]->path,
							      other.why[DF_TIME]);
	}
}

/* What cannot be compared does not gate; asked for all the same, it is compared and said. */
static void apply_comparable(struct df_comparison *c, struct df_side **a, size_t na,
			     struct df_side **b, size_t nb, struct df_report_own *report)
{
	struct df_comparable comparable;
	const char *why;

	df_comparable(c->strings, c->a, c->b, &comparable);
	see_others(c, a, na, &comparable);
	see_others(c, b, nb, &comparable);
	for (unsigned int i = 0; i < DF_LEVELS; i++) {
		why = comparable.why[i];
		if (why && c->options->force && (!i || why != comparable.why[i - 1]))
			df_report_note(report,
				       ut_arena_printf(c->strings, "compared by force: %s", why));
		if (!why || c->options->force || c->policy->levels[i] == DF_SET_OFF)
			continue;
		report->report.levels[i].verdict = DF_NOT_COMPARABLE;
		report->report.levels[i].why = why;
		for (size_t k = 0; k < c->nfound; k++) {
			struct df_item *item = &c->found[k].item;

			if (item->level == i && item->weight == DF_GATES) {
				item->weight = DF_ADVICE;
				item->why = why;
			}
		}
	}
	for (size_t i = 0; i < comparable.nnotes; i++)
		df_report_note(report, comparable.notes[i]);
}

static void compare_times(struct df_comparison *c, struct df_side **a, size_t na,
			  struct df_side **b, size_t nb)
{
	const struct df_baseline *baseline = c->options->baseline;
	bool learned = baseline && baseline->side == c->a;
	struct df_times of_a = { 0 }, of_b = { 0 };
	const struct df_times *known = learned ? &baseline->times : &of_a;

	if (c->policy->levels[DF_TIME] == DF_SET_OFF)
		return;
	of_a.runs = (unsigned int)na;
	of_b.runs = (unsigned int)nb;
	if ((learned ? known->runs : na) >= DF_TIME_RUNS && nb >= DF_TIME_RUNS) {
		of_a.runs = of_b.runs = 0;
		for (size_t i = 0; i < na && !learned; i++)
			df_times_add(&of_a, a[0], a[i], c->policy);
		for (size_t i = 0; i < nb; i++)
			df_times_add(&of_b, a[0], b[i], c->policy);
	}
	df_level_time(c, known, &of_b);
	df_times_free(&of_a);
	df_times_free(&of_b);
}

struct df_report *df_compare(struct df_side **a, size_t na, struct df_side **b, size_t nb,
			     const struct df_options *options)
{
	struct df_report_own *report = ut_xcalloc(1, sizeof(*report));
	struct df_comparison c = { .a = a[0],
				   .b = b[0],
				   .options = options,
				   .policy = options->policy,
				   .strings = &report->strings };

	report->report.a = a[0];
	report->report.b = b[0];
	report->report.runs_a = (unsigned int)na;
	report->report.runs_b = (unsigned int)nb;
	if (options->baseline && options->baseline->side == a[0])
		report->report.runs_a = options->baseline->runs;
	df_reduce(&c);
	df_level_calls(&c);
	df_level_memory(&c);
	df_weigh(&c);
	df_level_moves(&c);
	compare_times(&c, a, na, b, nb);
	apply_comparable(&c, a, na, b, nb, report);
	add_lane_notes(&c, report);
	df_report_fill(report, &c);
	df_reduced_free(&c);
	free(c.found);
	return &report->report;
}
