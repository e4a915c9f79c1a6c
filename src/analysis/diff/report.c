/* SPDX-License-Identifier: Apache-2.0 */
/* What was found, as a report: keys, order, verdicts. */
#include "analysis/diff/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/report_own.h"
#include "analysis/statistics_hash.h"
#include "util/map.h"
#include "util/xalloc.h"

void df_report_note(struct df_report_own *report, const char *note)
{
	struct df_report *r = &report->report;

	for (size_t i = 0; i < r->nnotes; i++) {
		if (!strcmp(r->notes[i], note))
			return;
	}
	ut_grow(&r->notes, &report->notes_capacity, r->nnotes, sizeof(*r->notes));
	r->notes[r->nnotes++] = note;
}

void df_report_free(struct df_report *report)
{
	struct df_report_own *own = (struct df_report_own *)report;

	if (!report)
		return;
	free(report->items);
	free(report->notes);
	ut_arena_free(&own->strings);
	free(own);
}

/* ---- items --------------------------------------------------------------------------------- */

static const char *what_name(enum df_what what)
{
	static const char *const names[] = {
		[DF_CAME] = "came",          [DF_WENT] = "went",       [DF_MOVED] = "moved",
		[DF_ARGUMENT] = "argument",  [DF_RESULT] = "result",   [DF_COUNT] = "count",
		[DF_KERNEL] = "kernel",      [DF_VARIANT] = "variant", [DF_LANE] = "lane",
		[DF_BYTES] = "sum",          [DF_SLOWER] = "time",     [DF_FASTER] = "time",
		[DF_TOO_DIFFERENT] = "rest",
	};

	return names[what];
}

/* The same change has the same key in each comparison; the second of its kind gets a number. */
static void name_items(struct df_comparison *c)
{
	struct ut_map seen = { 0 };

	for (size_t i = 0; i < c->nfound; i++) {
		struct df_found *found = &c->found[i];
		const char *key = ut_arena_printf(c->strings, "%s:%s:%s:%s",
						  df_level_name(found->item.level),
						  found->item.role ? found->item.role : "",
						  what_name(found->item.what),
						  found->subject ? found->subject : "");
		uint64_t hash = an_hash_text(key);
		const uint32_t *before = ut_map_get(&seen, hash);
		uint32_t number = before ? *before + 1 : 1;

		ut_map_put(&seen, hash, number);
		found->item.key = number > 1 ? ut_arena_printf(c->strings, "%s#%u", key, number)
					     : key;
	}
	ut_map_free(&seen);
}

/* How much of the run an item is about. */
static double share_of(const struct df_comparison *c, const struct df_found *found)
{
	const struct df_item *item = &found->item;
	double most, calls = 1;

	if (item->share > 0)
		return item->share;
	if (item->what == DF_BYTES) {
		most = fmax(item->value_a, item->value_b);
		return most > 0 ? fabs(item->value_b - item->value_a) / most : 0;
	}
	for (size_t i = 0; i < c->nboth; i++)
		calls += (double)c->both[i].a.sequence.count;
	most = item->what == DF_COUNT ? fabs(item->value_b - item->value_a) * (double)item->block_a
	       : item->what == DF_LANE || item->what == DF_TOO_DIFFERENT
		       ? fmax(item->value_a, item->value_b)
		       : (double)item->times;
	return fmin(1, most / calls);
}

static int by_weight(const void *left, const void *right)
{
	const struct df_item *a = left, *b = right;

	if (a->weight != b->weight)
		return (int)a->weight - (int)b->weight;
	/* A call that fails is what most others follow from. */
	if ((a->level == DF_RESULTS) != (b->level == DF_RESULTS))
		return a->level == DF_RESULTS ? -1 : 1;
	if (a->share != b->share)
		return a->share < b->share ? 1 : -1;
	return strcmp(a->key, b->key);
}

static void take_items(struct df_report *report, struct df_comparison *c)
{
	report->items = ut_xcalloc(c->nfound + 1, sizeof(*report->items));
	for (size_t i = 0; i < c->nfound; i++) {
		struct df_found *found = &c->found[i];
		struct df_level_result *level = &report->levels[found->item.level];

		found->item.share = share_of(c, found);
		level->gating += found->item.weight == DF_GATES;
		level->advice += found->item.weight == DF_ADVICE;
		level->ignored += found->item.weight == DF_IGNORED;
		if (found->item.weight != DF_IGNORED || c->policy->levels[found->item.level])
			report->items[report->nitems++] = found->item;
	}
	if (report->nitems)
		qsort(report->items, report->nitems, sizeof(*report->items), by_weight);
}

/* ---- the share that was gated -------------------------------------------------------------- */

/* Calls of this lane whose number or place is known to be a matter of chance. */
static bool is_unstable(struct df_comparison *c, size_t both, uint32_t shape)
{
	const char *text = df_dictionary_shape_text(c->a->dictionary, shape);
	const struct df_noise *noise =
		c->options->baseline && text ? df_noises_find(&c->options->baseline->noises,
							      df_atom(c, "calls", both, true, text))
					     : NULL;

	return noise && noise->variation == DF_UNSTABLE;
}

static uint64_t count_gated(struct df_comparison *c, size_t both)
{
	struct df_both *b = &c->both[both];
	const struct df_sequence *sequence = &b->a.sequence;
	uint64_t gated = 0;

	if (!b->a.lane || !b->b.lane || b->a.lane->losses || b->b.lane->losses)
		return 0;
	for (unsigned int p = 0; p < DF_PHASES; p++) {
		if (df_phase_gates(c, p))
			gated += sequence->phase[p + 1] - sequence->phase[p];
	}
	df_reduced_count(&b->a, true, 0);
	for (size_t shape = 1; c->options->baseline && shape < b->a.nshapes; shape++) {
		if (b->a.counts[1][shape] && is_unstable(c, both, (uint32_t)shape))
			gated -= gated < b->a.counts[1][shape] ? gated : b->a.counts[1][shape];
	}
	return gated;
}

static uint64_t calls_of(const struct df_side *side)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < side->nlanes; i++)
		calls += side->lanes[i].ncalls;
	return calls;
}

/*
 * Whether a function only asks, or is the loader's work: how much of that there is says nothing of
 * a program, and it is most of what some of them call.
 */
static bool asks(const char *name)
{
	static const char *const words[] = { "Get", "IsCapturing", "CanAccess", "PeekAt" };
	const struct an_function *known = an_function(name);

	if (known && known->effect != AN_EFFECT_NONE)
		return false;
	if (known && (known->is_query || !strcmp(known->domain, "registration") ||
		      !strcmp(known->domain, "occupancy") || !strcmp(known->domain, "version")))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strstr(name, words[i]))
			return true;
	}
	return false;
}

static uint64_t count_asking(struct df_comparison *c)
{
	uint64_t asking = 0;
	unsigned char *known = NULL; /* by shape: 0 not yet, 1 acts, 2 asks */
	size_t capacity = 0;

	for (size_t i = 0; i < c->a->nlanes; i++) {
		const struct df_lane *lane = &c->a->lanes[i];

		for (size_t k = 0; k < lane->ncalls; k++) {
			uint32_t shape = lane->calls[k].shape;
			size_t had = capacity;

			if (shape >= had) {
				ut_grow(&known, &capacity, shape, 1);
				memset(known + had, 0, capacity - had);
			}
			if (!known[shape]) {
				const char *function =
					df_dictionary_shape_function(c->a->dictionary, shape);

				known[shape] = function && asks(function) ? 2 : 1;
			}
			asking += known[shape] == 2;
		}
	}
	free(known);
	return asking;
}

static void count_share(struct df_report *report, struct df_comparison *c)
{
	uint64_t acting;

	report->calls_a = calls_of(c->a);
	report->calls_b = calls_of(c->b);
	for (size_t i = 0; i < c->nboth; i++)
		report->calls_gated += count_gated(c, i);
	acting = report->calls_a - count_asking(c);
	if (report->calls_gated && report->calls_gated >= acting)
		report->gated = 1;
	else if (acting)
		report->gated = (double)report->calls_gated / (double)acting;
}

/* ---- verdicts ------------------------------------------------------------------------------ */

static const char *losses_in(struct df_comparison *c)
{
	for (size_t i = 0; i < c->nboth; i++) {
		const struct df_both *both = &c->both[i];

		if ((both->a.lane && both->a.lane->losses) ||
		    (both->b.lane && both->b.lane->losses))
			return ut_arena_printf(c->strings, "calls were lost in %s", both->role);
	}
	return NULL;
}

static void judge_level(struct df_report *report, struct df_comparison *c, enum df_level level,
			const char *losses)
{
	struct df_level_result *result = &report->levels[level];

	if (c->policy->levels[level] == DF_SET_OFF) {
		result->verdict = DF_OFF;
	} else if (result->gating) {
		result->verdict = DF_DIFFERENT;
		result->why = NULL;
	} else if (result->verdict == DF_NOT_COMPARABLE) {
		return;
	} else if (level == DF_TIME && c->time_why) {
		result->verdict = DF_NO_VERDICT;
		result->why = c->time_why;
	} else if (losses && level != DF_TIME && !c->options->force) {
		result->verdict = DF_NOT_COMPARABLE;
		result->why = losses;
	}
}

/* Too little was looked at for `same`. */
static bool is_too_little(const struct df_report *report, const struct df_comparison *c)
{
	return report->calls_a && report->gated < c->policy->least;
}

static void judge(struct df_report_own *own, struct df_comparison *c)
{
	struct df_report *report = &own->report;
	const char *losses = losses_in(c);
	bool different = false, not_comparable = false;

	for (unsigned int i = 0; i < DF_LEVELS; i++) {
		judge_level(report, c, i, losses);
		different |= report->levels[i].verdict == DF_DIFFERENT;
		/* Structure can be judged where time cannot. */
		not_comparable |= i != DF_TIME && report->levels[i].verdict == DF_NOT_COMPARABLE;
	}
	if (different) {
		report->verdict = DF_DIFFERENT;
	} else if (not_comparable) {
		report->verdict = DF_NOT_COMPARABLE;
	} else if (is_too_little(report, c)) {
		report->verdict = DF_NO_VERDICT;
		df_report_note(own,
			       ut_arena_printf(c->strings,
					       "too little was gated for a verdict: the policy "
					       "asks for %.0f%% of the calls that act",
					       c->policy->least * 100));
	}
}

void df_report_fill(struct df_report_own *report, struct df_comparison *c)
{
	struct df_report *r = &report->report;
	const struct df_baseline *baseline = c->options->baseline;

	r->policy = ut_arena_printf(c->strings, "%s %u", c->policy->name, c->policy->version);
	if (baseline) {
		r->baseline = ut_arena_printf(c->strings, "%s (%u runs)",
					      baseline->path ? baseline->path : "baseline",
					      baseline->runs);
		if (baseline->policy && strcmp(baseline->policy, r->policy) != 0)
			df_report_note(
				report,
				ut_arena_printf(c->strings,
						"the baseline was learned with the policy %s",
						baseline->policy));
	}
	name_items(c);
	take_items(r, c);
	count_share(r, c);
	judge(report, c);
}
