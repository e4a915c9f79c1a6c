/* SPDX-License-Identifier: Apache-2.0 */
/* What several runs of a program teach. */
#include "analysis/diff/baseline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline_own.h"
#include "analysis/diff/compare_own.h"
#include "util/xalloc.h"

/* So many kinds of calls of a lane, or this part of them, vary: then none has a fixed place. */
#define LOOSE_SHAPES 3
#define LOOSE_PART   0.2

/* ---- what varies --------------------------------------------------------------------------- */

struct varying {
	bool *seen[2]; /* by shape, around the steady state and in it */
	size_t nshapes;
	bool rest[2];
};

static void mark(struct varying *varying, uint32_t shape, bool steady)
{
	if (shape < varying->nshapes)
		varying->seen[steady][shape] = true;
}

static bool is_loose(struct df_both *both, const struct varying *varying, bool steady)
{
	size_t all = 0, vary = 0;

	for (uint32_t shape = 1; shape < varying->nshapes; shape++) {
		bool there = df_reduced_count(&both->a, steady, shape) ||
			     df_reduced_count(&both->b, steady, shape);

		all += there;
		vary += there && varying->seen[steady][shape];
	}
	return varying->rest[steady] ||
	       (vary >= LOOSE_SHAPES && (double)vary >= LOOSE_PART * (double)all);
}

static size_t shapes_of(struct df_both *both)
{
	df_reduced_count(&both->a, true, 0);
	df_reduced_count(&both->b, true, 0);
	return both->a.nshapes > both->b.nshapes ? both->a.nshapes : both->b.nshapes;
}

static void note_loose(struct df_noises *noises, struct df_comparison *c, size_t both)
{
	struct varying varying = { .nshapes = shapes_of(&c->both[both]) };

	for (int steady = 0; steady < 2; steady++)
		varying.seen[steady] = ut_xcalloc(varying.nshapes + 1, sizeof(bool));
	for (size_t i = 0; i < c->nfound; i++) {
		const struct df_found *found = &c->found[i];
		bool steady = found->item.phase == DF_STEADY;

		if (found->both != both)
			continue;
		varying.rest[steady] |= found->item.what == DF_TOO_DIFFERENT;
		for (size_t k = 0; found->atoms && found->atoms[k]; k++)
			mark(&varying, found->shapes[k], steady);
	}
	for (int steady = 0; steady < 2; steady++) {
		if (is_loose(&c->both[both], &varying, steady))
			df_noises_note(noises, df_atom(c, "loose", both, steady, ""), false, 0, 0);
		free(varying.seen[steady]);
	}
}

static void note_found(struct df_noises *noises, struct df_comparison *c)
{
	bool *differs = ut_xcalloc(c->nboth + 1, sizeof(*differs));
	double a, b;

	for (size_t i = 0; i < c->nfound; i++) {
		const struct df_found *found = &c->found[i];

		if (found->both != DF_NO_LANE)
			differs[found->both] = true;
		for (size_t k = 0; found->atoms && found->atoms[k]; k++) {
			bool counted = df_atom_values(c, found, k, &a, &b);

			df_noises_note(noises, found->atoms[k], counted, a, b);
		}
	}
	for (size_t i = 0; i < c->nboth; i++) {
		if (differs[i])
			note_loose(noises, c, i);
	}
	free(differs);
}

/* False: they cannot be compared. */
static bool learn_from(struct df_noises *noises, struct df_side *a, struct df_side *b,
		       const struct df_policy *policy, char *why, size_t size)
{
	struct ut_arena strings = { 0 };
	struct df_options options = { .policy = policy };
	struct df_comparison c = {
		.a = a, .b = b, .options = &options, .policy = policy, .strings = &strings
	};
	struct df_comparable comparable;

	df_comparable(&strings, a, b, &comparable);
	if (comparable.why[DF_STRUCTURE]) {
		snprintf(why, size, "%s and %s are not comparable: %s", a->path, b->path,
			 comparable.why[DF_STRUCTURE]);
		ut_arena_free(&strings);
		return false;
	}
	df_reduce(&c);
	df_level_calls(&c);
	df_level_memory(&c);
	note_found(noises, &c);
	df_reduced_free(&c);
	free(c.found);
	ut_arena_free(&strings);
	return true;
}

/* ---- what was learned before --------------------------------------------------------------- */

/* A program that was changed since has nothing to do with it. */
static bool still_holds(const struct df_baseline *before, struct df_side *run,
			const struct df_policy *policy)
{
	struct df_options options = { .policy = policy, .baseline = before };
	struct df_side *side = before->side;
	struct df_report *report = df_compare(&side, 1, &run, 1, &options);
	bool same = report->verdict == DF_SAME;

	df_report_free(report);
	return same;
}

static void take_before(struct df_baseline *baseline, const struct df_baseline *before)
{
	for (size_t i = 0; i < before->noises.count; i++)
		df_noises_add(&baseline->noises, &before->noises.list[i]);
	for (size_t i = 0; i < before->times.count; i++) {
		const struct df_timed *timed = &before->times.list[i];
		struct df_timed *mine = df_times_at(&baseline->times, timed->role, timed->subject);

		mine->share = timed->share;
		for (size_t k = 0; k < timed->count; k++)
			df_timed_add(mine, timed->medians[k]);
	}
	baseline->times.runs = before->times.runs;
	baseline->runs = before->runs;
}

static uint64_t calls_of(const struct df_side *side)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < side->nlanes; i++)
		calls += side->lanes[i].ncalls;
	return calls;
}

static int by_calls(const void *left, const void *right)
{
	const uint64_t a = calls_of(*(struct df_side *const *)left);
	const uint64_t b = calls_of(*(struct df_side *const *)right);

	return (a > b) - (a < b);
}

/*
 * The run that stands for all comes first: one of a middling number of calls. The very first run
 * of a program is often another one, which compiles and tries what the others find in a cache.
 */
static struct df_side **in_order(struct df_side **runs, size_t count)
{
	struct df_side **order = ut_xcalloc(count + 1, sizeof(struct df_side *)), *middle;

	if (!count)
		return order;
	memcpy(order, runs, count * sizeof(struct df_side *));
	qsort(order, count, sizeof(struct df_side *), by_calls);
	middle = order[(count - 1) / 2];
	memcpy(order, runs, count * sizeof(struct df_side *));
	for (size_t i = 0; i < count; i++) {
		if (calls_of(runs[i]) != calls_of(middle))
			continue;
		order[i] = order[0];
		order[0] = runs[i];
		break;
	}
	return order;
}

/* Of `runs`, the first is what the others are held against. */
static bool learn_from_all(struct df_baseline *baseline, struct df_side **runs, size_t count,
			   const struct df_policy *policy, const struct df_baseline *before,
			   char *why, size_t size)
{
	baseline->side = runs[0];
	if (baseline->runs &&
	    !learn_from(&baseline->noises, before->side, runs[0], policy, why, size))
		return false;
	for (size_t i = 1; i < count; i++) {
		if (!learn_from(&baseline->noises, runs[0], runs[i], policy, why, size))
			return false;
	}
	df_noises_sort(&baseline->noises);
	for (size_t i = 0; i < count; i++)
		df_times_add(&baseline->times, runs[0], runs[i], policy);
	baseline->runs += (unsigned int)count;
	return true;
}

struct df_baseline *df_baseline_learn(struct df_side **runs, size_t count,
				      const struct df_policy *policy,
				      const struct df_baseline *before, char *why, size_t size)
{
	struct df_baseline *baseline = ut_xcalloc(1, sizeof(*baseline));
	struct df_side **order;
	bool good = false;

	baseline->own = ut_xcalloc(1, sizeof(struct df_baseline_own));
	order = in_order(runs, count);
	if (count && before && still_holds(before, order[0], policy))
		take_before(baseline, before);
	baseline->policy =
		ut_arena_printf(&baseline->noises.strings, "%s %u", policy->name, policy->version);
	if (count + baseline->runs < DF_BASELINE_RUNS || !count)
		snprintf(why, size,
			 "%zu run%s: a baseline takes at least %d, to know what varies by itself",
			 count + baseline->runs, count + baseline->runs == 1 ? "" : "s",
			 DF_BASELINE_RUNS);
	else
		good = learn_from_all(baseline, order, count, policy, before, why, size);
	free(order);
	if (good)
		return baseline;
	df_baseline_free(baseline);
	return NULL;
}

void df_baseline_free(struct df_baseline *baseline)
{
	struct df_baseline_own *own;

	if (!baseline)
		return;
	own = baseline->own;
	df_noises_free(&baseline->noises);
	df_times_free(&baseline->times);
	df_baseline_own_free(own);
	free(baseline);
}

/* ---- names --------------------------------------------------------------------------------- */

void df_baseline_name(const struct df_environment *environment, char *name, size_t size)
{
	char text[256];
	size_t length = 0;

	snprintf(text, sizeof(text), "%s-cuda%s", environment->gpus ? environment->gpus : "no-gpu",
		 environment->runtime ? environment->runtime : "");
	for (const char *c = text; *c && length + 6 < size; c++) {
		if (isalnum((unsigned char)*c) || *c == '.')
			name[length++] = (char)tolower((unsigned char)*c);
		else if (length && name[length - 1] != '-')
			name[length++] = '-';
	}
	snprintf(name + length, size - length, ".json");
}
