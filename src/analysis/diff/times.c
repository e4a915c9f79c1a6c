/* SPDX-License-Identifier: Apache-2.0 */
/* How long things took in each of several runs. */
#include "analysis/diff/times.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"
#include "analysis/diff/time.h"
#include "util/xalloc.h"

/* Iterations of a loop whose time is looked at; of more, several together. */
#define MOST_STEPS 64

struct df_timed *df_times_find(const struct df_times *times, const char *key)
{
	for (size_t i = 0; i < times->count; i++) {
		if (!strcmp(times->list[i].key, key))
			return &times->list[i];
	}
	return NULL;
}

struct df_timed *df_times_at(struct df_times *times, const char *role, const char *subject)
{
	const char *key = ut_arena_printf(&times->strings, "%s %s", role, subject);
	struct df_timed *timed = df_times_find(times, key);

	if (timed)
		return timed;
	ut_grow(&times->list, &times->capacity, times->count, sizeof(*times->list));
	timed = &times->list[times->count++];
	*timed = (struct df_timed){ .key = key,
				    .role = ut_arena_strdup(&times->strings, role),
				    .subject = ut_arena_strdup(&times->strings, subject) };
	return timed;
}

void df_timed_add(struct df_timed *timed, double median)
{
	ut_grow(&timed->medians, &timed->capacity, timed->count, sizeof(*timed->medians));
	timed->medians[timed->count++] = median;
}

void df_times_free(struct df_times *times)
{
	for (size_t i = 0; i < times->count; i++)
		free(times->list[i].medians);
	free(times->list);
	ut_arena_free(&times->strings);
	*times = (struct df_times){ 0 };
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Durations of a lane's steady calls, those of a shape together. */
struct by_shape {
	double *durations;
	size_t *begin; /* by shape, and where the last one ends */
	size_t nshapes;
	double total;
};

static void group(const struct df_sequence *sequence, struct by_shape *by)
{
	size_t first = sequence->phase[DF_STEADY], last = sequence->phase[DF_TEARDOWN];
	size_t *next;

	*by = (struct by_shape){ 0 };
	for (size_t i = first; i < last; i++) {
		if (sequence->calls[i].shape >= by->nshapes)
			by->nshapes = (size_t)sequence->calls[i].shape + 1;
	}
	by->begin = ut_xcalloc(by->nshapes + 2, sizeof(*by->begin));
	by->durations = ut_xmalloc((last - first + 1) * sizeof(*by->durations));
	next = by->begin + 1;
	for (size_t i = first; i < last; i++)
		next[sequence->calls[i].shape + (size_t)1]++;
	for (size_t shape = 1; shape <= by->nshapes; shape++)
		by->begin[shape] += by->begin[shape - 1];
	/* next[shape] is where shape begins, and moves to where it ends. */
	for (size_t i = first; i < last; i++) {
		by->durations[next[sequence->calls[i].shape]++] = sequence->calls[i].duration;
		by->total += sequence->calls[i].duration;
	}
}

static double sum(const struct by_shape *by, size_t shape)
{
	double all = 0;

	for (size_t i = by->begin[shape]; i < by->begin[shape + 1]; i++)
		all += by->durations[i];
	return all;
}

/* The first run decides which keys there are: those that some time goes into. */
static void add_calls(struct df_times *times, const struct df_side *side, const char *role,
		      const struct by_shape *by, double total, double least)
{
	for (size_t shape = 0; shape < by->nshapes; shape++) {
		size_t count = by->begin[shape + 1] - by->begin[shape];
		const char *text = df_dictionary_shape_text(side->dictionary, (uint32_t)shape);
		double share = count && total > 0 ? sum(by, shape) / total : 0;
		struct df_timed *timed;

		if (!count || !text)
			continue;
		if (!times->runs && share < least)
			continue;
		timed = times->runs ? df_times_find(times, ut_arena_printf(&times->strings, "%s %s",
									   role, text))
				    : df_times_at(times, role, text);
		if (!timed)
			continue;
		if (!times->runs)
			timed->share = share;
		df_timed_add(timed, df_median(by->durations + by->begin[shape], count));
	}
}

/* ---- steps --------------------------------------------------------------------------------- */

/* Where iterations of a lane's loop begin. */
struct steps {
	const char *role;
	size_t stride, count;
	uint64_t ordinals[MOST_STEPS + 1], start_ns[MOST_STEPS + 1];
};

static bool take_steps(const struct df_both *both, struct steps *steps)
{
	const struct df_reduced *r = &both->b;
	size_t first, iterations;

	if (!r->lane || !both->a.lane || !r->period)
		return false;
	first = r->sequence.phase[DF_STEADY];
	iterations = (r->sequence.phase[DF_TEARDOWN] - first) / r->period;
	if (iterations < 4)
		return false;
	steps->role = both->role;
	steps->stride = (iterations - 1) / MOST_STEPS + 1;
	steps->count = (iterations - 1) / steps->stride + 1;
	for (size_t i = 0; i < steps->count; i++)
		steps->ordinals[i] =
			r->lane->first_ordinal +
			r->sequence.calls[first + i * steps->stride * r->period].ordinal;
	return true;
}

struct at {
	uint64_t ordinal;
	uint64_t *start_ns;
};

static int by_ordinal(const void *left, const void *right)
{
	const struct at *a = left, *b = right;

	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static void find_starts(struct df_side *side, struct steps *steps, size_t count)
{
	struct at *list = ut_xmalloc((count * (MOST_STEPS + 1) + 1) * sizeof(*list));
	uint64_t *ordinals;
	const struct df_description *described;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < steps[i].count; k++)
			list[n++] = (struct at){ steps[i].ordinals[k], &steps[i].start_ns[k] };
	}
	if (n) {
		qsort(list, n, sizeof(*list), by_ordinal);
		ordinals = ut_xmalloc(n * sizeof(*ordinals));
		for (size_t i = 0; i < n; i++)
			ordinals[i] = list[i].ordinal;
		described = df_describe(side, ordinals, n);
		for (size_t i = 0; i < n; i++)
			*list[i].start_ns = described[i].start_ns;
		free(ordinals);
	}
	free(list);
}

static void add_steps(struct df_times *times, const struct steps *steps)
{
	double durations[MOST_STEPS + 1];
	struct df_timed *timed;

	for (size_t i = 0; i + 1 < steps->count; i++) {
		if (steps->start_ns[i + 1] <= steps->start_ns[i])
			return;
		durations[i] = (double)(steps->start_ns[i + 1] - steps->start_ns[i]) /
			       (double)steps->stride;
	}
	timed = df_times_at(times, steps->role, "step");
	timed->share = 1;
	df_timed_add(timed, df_median(durations, steps->count - 1));
}

/* ---- a run --------------------------------------------------------------------------------- */

void df_times_add(struct df_times *times, struct df_side *like, struct df_side *run,
		  const struct df_policy *policy)
{
	struct ut_arena strings = { 0 };
	struct df_options options = { .policy = policy };
	struct df_comparison c = {
		.a = like, .b = run, .options = &options, .policy = policy, .strings = &strings
	};
	struct by_shape *by;
	struct steps *steps;
	size_t nsteps = 0;
	double total = 0;

	df_reduce(&c);
	by = ut_xcalloc(c.nboth + 1, sizeof(*by));
	steps = ut_xcalloc(c.nboth + 1, sizeof(*steps));
	for (size_t i = 0; i < c.nboth; i++) {
		if (c.both[i].a.lane && c.both[i].b.lane)
			group(&c.both[i].b.sequence, &by[i]);
		total += by[i].total;
		nsteps += take_steps(&c.both[i], &steps[nsteps]);
	}
	find_starts(run, steps, nsteps);
	for (size_t i = 0; i < nsteps; i++)
		add_steps(times, &steps[i]);
	for (size_t i = 0; i < c.nboth; i++) {
		add_calls(times, run, c.both[i].role, &by[i], total, policy->time_share);
		free(by[i].durations);
		free(by[i].begin);
	}
	times->runs++;
	free(by);
	free(steps);
	df_reduced_free(&c);
	ut_arena_free(&strings);
}
