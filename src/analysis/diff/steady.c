/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steady state: the loop that holds most of a lane, though its iterations differ (every tenth
 * logs, some skip a part, polls take as long as they take).
 *
 * Each call that comes round at regular distances is a witness of a period. The period with the
 * most witnesses, of those that cover most of the lane, is that of the loop; an iteration begins at
 * the witness that was there first. A call of an inner loop is none: the end of that loop is a gap.
 * Where the end is too short to be one, the period is short too, and is looked for once more with
 * inner loops folded.
 */
#include "analysis/diff/fold.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/align.h"
#include "util/xalloc.h"

/* Iterations that there must be. */
#define LEAST_ITERATIONS 3
/* A distance of more periods ends a stretch, as do so many irregular ones in a row. */
#define GAP       2
#define IRREGULAR 10
/* Distances of which the median is taken. */
#define SAMPLES 255
/* A shorter period may be an inner loop's. */
#define SHORT 8
/* Pairs of iterations that are compared, and the work that it may take. */
#define COMPARED 9
#define WORK     (1 << 18)
/* Periods that are tried. */
#define TRIALS 4
/* So few iterations are doubted; the end that is looked at is at least a part of so many. */
#define FEW  8
#define ENDS 32
/* A loop that is found at the end alone has at least so many calls, lest it be any row of calls. */
#define LEAST_PERIOD 3

/* A symbol that comes round: places[first] .. places[last] of its places. */
struct witness {
	const uint32_t *places; /* indices of symbols */
	size_t count;
	size_t first, last;
	size_t period;
	size_t covered; /* numbers, in regular distances */
};

struct skeleton {
	struct df_fold fold;
	uint32_t *at;             /* where each symbol begins in the sequence; count + 1 */
	uint32_t *places, *first; /* by symbol: places[first[s] .. first[s + 1]) */
	size_t nsymbols;
};

/* ---- the skeleton -------------------------------------------------------------------------- */

static size_t number_of(const struct skeleton *skeleton, uint32_t symbol)
{
	if (symbol & DF_LOOP)
		return skeleton->nsymbols - skeleton->fold.nloops + (symbol & ~DF_LOOP);
	return symbol;
}

/* False: the numbers are not dense, so that no table of them is made. */
static bool list_places(struct skeleton *skeleton)
{
	const struct df_fold *fold = &skeleton->fold;
	uint32_t *next, at = 0, most = 0;

	for (size_t i = 0; i < fold->count; i++) {
		if (!(fold->symbols[i] & DF_LOOP) && fold->symbols[i] > most)
			most = fold->symbols[i];
	}
	if (most / 16 > fold->count + 1024)
		return false;
	skeleton->nsymbols = (size_t)most + 1 + fold->nloops;
	skeleton->first = ut_xcalloc(skeleton->nsymbols + 2, sizeof(*skeleton->first));
	skeleton->places = ut_xmalloc((fold->count + 1) * sizeof(*skeleton->places));
	/* Spans are read for the last time: their room becomes that of the beginnings. */
	skeleton->at = fold->spans;
	next = skeleton->first + 1;
	for (size_t i = 0; i < fold->count; i++)
		next[number_of(skeleton, fold->symbols[i]) + 1]++;
	for (size_t s = 0; s < skeleton->nsymbols; s++)
		next[s + 1] += next[s];
	for (size_t i = 0; i < fold->count; i++) {
		uint32_t span = fold->spans[i];

		skeleton->at[i] = at;
		at += span;
		skeleton->places[next[number_of(skeleton, fold->symbols[i])]++] = (uint32_t)i;
	}
	skeleton->at[fold->count] = at;
	return true;
}

static void free_skeleton(struct skeleton *skeleton)
{
	free(skeleton->first);
	free(skeleton->places);
	df_fold_free(&skeleton->fold);
}

/* ---- witnesses ----------------------------------------------------------------------------- */

static int by_size(const void *left, const void *right)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return (a > b) - (a < b);
}

static size_t distance(const struct skeleton *skeleton, const struct witness *witness, size_t i)
{
	return skeleton->at[witness->places[i + 1]] - skeleton->at[witness->places[i]];
}

static size_t median_distance(const struct skeleton *skeleton, const struct witness *witness)
{
	size_t gaps = witness->count - 1, n = gaps < SAMPLES ? gaps : SAMPLES;
	size_t samples[SAMPLES];

	for (size_t i = 0; i < n; i++)
		samples[i] = distance(skeleton, witness, i * gaps / n);
	qsort(samples, n, sizeof(samples[0]), by_size);
	return samples[n / 2];
}

static bool regular(size_t length, size_t period, unsigned int tolerance)
{
	size_t differs = length > period ? length - period : period - length;

	return differs * 100 <= period * tolerance;
}

/* The longest stretch of places at about the same distance. */
static void find_stretch(const struct skeleton *skeleton, struct witness *witness,
			 unsigned int tolerance)
{
	size_t first = 0, covered = 0;
	unsigned int irregular = IRREGULAR;

	witness->period = median_distance(skeleton, witness);
	for (size_t i = 0; i + 1 < witness->count; i++) {
		size_t length = distance(skeleton, witness, i);

		if (!regular(length, witness->period, tolerance)) {
			irregular = length > GAP * witness->period ? IRREGULAR : irregular + 1;
			continue;
		}
		if (irregular >= IRREGULAR) {
			first = i;
			covered = 0;
		}
		irregular = 0;
		covered += length;
		if (covered > witness->covered) {
			witness->first = first;
			witness->last = i + 1;
			witness->covered = covered;
		}
	}
}

static int by_period(const void *left, const void *right)
{
	const struct witness *a = left, *b = right;

	return (a->period > b->period) - (a->period < b->period);
}

/* What is covered by the witnesses that agree with one about the period; they are in its order. */
static size_t votes_for(const struct witness *witnesses, size_t count, size_t index,
			unsigned int tolerance, size_t *from, size_t *to, size_t *votes)
{
	size_t period = witnesses[index].period;

	for (; *to < count && (witnesses[*to].period <= period ||
			       regular(witnesses[*to].period, period, tolerance / 2));
	     ++*to)
		*votes += witnesses[*to].covered;
	for (; witnesses[*from].period < period &&
	       !regular(witnesses[*from].period, period, tolerance / 2);
	     ++*from)
		*votes -= witnesses[*from].covered;
	return *votes;
}

static size_t rounds(const struct witness *witness)
{
	return witness->last - witness->first;
}

static int by_rounds(const void *left, const void *right)
{
	const struct witness *a = left, *b = right;

	return (rounds(a) > rounds(b)) - (rounds(a) < rounds(b));
}

/*
 * The one that begins first, of the period with most witnesses; of those that come round as often
 * as most of them do, as one may by chance be in the start-up too.
 */
static const struct witness *elect(struct witness *witnesses, size_t count, unsigned int tolerance)
{
	const struct witness *best = NULL;
	size_t from = 0, to = 0, votes = 0, most = 0, period = 0, first, end, usual;

	qsort(witnesses, count, sizeof(*witnesses), by_period);
	for (size_t i = 0; i < count; i++) {
		if (votes_for(witnesses, count, i, tolerance, &from, &to, &votes) > most) {
			most = votes;
			period = witnesses[i].period;
		}
	}
	for (first = 0; !regular(witnesses[first].period, period, tolerance / 2);)
		first++;
	for (end = first; end < count && regular(witnesses[end].period, period, tolerance / 2);)
		end++;
	qsort(witnesses + first, end - first, sizeof(*witnesses), by_rounds);
	usual = rounds(&witnesses[first + (end - first) / 2]);
	for (const struct witness *w = witnesses + first; w < witnesses + end; w++) {
		if (rounds(w) == usual &&
		    (!best || w->places[w->first] < best->places[best->first]))
			best = w;
	}
	return best;
}

/* Those that cover nearly as much as the one that covers most. To be freed. */
static struct witness *find_witnesses(const struct skeleton *skeleton, size_t length,
				      unsigned int tolerance, size_t *count)
{
	struct witness *witnesses = NULL;
	size_t capacity = 0, found = 0, most = length / 4;

	for (size_t s = 0; s < skeleton->nsymbols; s++) {
		struct witness w = { .places = skeleton->places + skeleton->first[s],
				     .count = skeleton->first[s + 1] - skeleton->first[s] };

		if (w.count < LEAST_ITERATIONS)
			continue;
		find_stretch(skeleton, &w, tolerance);
		if (w.last - w.first + 1 < LEAST_ITERATIONS || w.covered + w.period < most)
			continue;
		ut_grow(&witnesses, &capacity, found, sizeof(*witnesses));
		witnesses[found++] = w;
		most = w.covered / 4 * 3 > most ? w.covered / 4 * 3 : most;
	}
	*count = 0;
	for (size_t i = 0; i < found; i++) {
		if (witnesses[i].covered + witnesses[i].period >= most)
			witnesses[(*count)++] = witnesses[i];
	}
	return witnesses;
}

/* ---- iterations ---------------------------------------------------------------------------- */

/* Where the last iteration ends: behind the last call that the one before has there as well. */
static size_t end_of_last(const uint32_t *shapes, size_t length, const struct df_steady *steady)
{
	size_t last = steady->starts[steady->count - 1], before = steady->starts[steady->count - 2];
	size_t usual = last - before > steady->period ? last - before : steady->period;
	size_t most = usual < length - last ? usual : length - last, equal = most;
	struct df_script script;

	df_align(shapes + before, last - before, shapes + last, most, WORK, &script);
	if (script.count) {
		const struct df_hunk *hunk = &script.hunks[script.count - 1];

		if (hunk->b + hunk->nb == most)
			equal = hunk->b;
	}
	df_script_free(&script);
	return last + equal;
}

static void take_iterations(const uint32_t *shapes, size_t length, const struct skeleton *skeleton,
			    const struct witness *witness, struct df_steady *steady)
{
	steady->count = witness->last - witness->first + 1;
	steady->period = witness->period;
	steady->starts = ut_xmalloc((steady->count + 1) * sizeof(*steady->starts));
	for (size_t i = 0; i < steady->count; i++)
		steady->starts[i] = skeleton->at[witness->places[witness->first + i]];
	steady->starts[steady->count] = end_of_last(shapes, length, steady);
}

/* More than half of two iterations is the same. */
static bool are_alike(const uint32_t *shapes, const struct df_steady *steady, size_t iteration)
{
	const size_t *at = &steady->starts[iteration];
	size_t length = at[2] - at[0], differ = 0;
	struct df_script script;

	df_align(shapes + at[0], at[1] - at[0], shapes + at[1], at[2] - at[1], WORK, &script);
	for (size_t i = 0; i < script.count; i++)
		differ += script.hunks[i].na + script.hunks[i].nb;
	df_script_free(&script);
	return 2 * differ < length;
}

/* A single call can come round at regular distances by chance. The rest then does not. */
static bool is_loop(const uint32_t *shapes, const struct df_steady *steady)
{
	size_t pairs = steady->count - 1, compared = pairs < COMPARED ? pairs : COMPARED, alike = 0;

	for (size_t i = 0; i < compared; i++)
		alike += are_alike(shapes, steady, i * pairs / compared);
	return 2 * alike >= compared;
}

/* Without the period that was tried, and found to be none. */
static size_t strike(struct witness *witnesses, size_t count, size_t period, unsigned int tolerance)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!regular(witnesses[i].period, period, tolerance / 2))
			witnesses[kept++] = witnesses[i];
	}
	return kept;
}

/* With loops of at most so many numbers folded. */
static void find_folded(const uint32_t *shapes, size_t length, unsigned int tolerance, size_t most,
			struct df_steady *steady)
{
	struct skeleton skeleton = { .at = NULL };
	struct witness *witnesses = NULL;
	size_t count = 0;

	*steady = (struct df_steady){ .count = 0 };
	df_fold_skeleton(shapes, length, most, &skeleton.fold);
	if (list_places(&skeleton))
		witnesses = find_witnesses(&skeleton, length, tolerance, &count);
	for (int trial = 0; count && trial < TRIALS; trial++) {
		const struct witness *best = elect(witnesses, count, tolerance);
		size_t period = best->period;

		take_iterations(shapes, length, &skeleton, best, steady);
		if (is_loop(shapes, steady))
			break;
		df_steady_free(steady);
		count = strike(witnesses, count, period, tolerance);
	}
	free(witnesses);
	free_skeleton(&skeleton);
}

static void find(const uint32_t *shapes, size_t length, unsigned int tolerance,
		 struct df_steady *steady)
{
	struct df_steady folded;

	*steady = (struct df_steady){ .count = 0 };
	if (length < LEAST_ITERATIONS)
		return;
	find_folded(shapes, length, tolerance, 0, steady);
	if (!steady->count || steady->period >= SHORT)
		return;
	find_folded(shapes, length, tolerance, length / 4, &folded);
	if (!folded.count)
		return;
	df_steady_free(steady);
	*steady = folded;
}

/* A few long iterations, and much that is none: perhaps not the loop but what went before it. */
static bool is_doubtful(const struct df_steady *steady, size_t length)
{
	return !steady->count || (steady->count < FEW &&
				  steady->starts[steady->count] - steady->starts[0] < length / 2);
}

/*
 * Programs that compile and try out kernels before they begin may call more in doing so than in
 * the loop itself: it is looked for in ever shorter ends of the lane as well.
 */
void df_find_steady(const uint32_t *shapes, size_t length, unsigned int tolerance,
		    struct df_steady *steady)
{
	struct df_steady later;
	bool found = false;

	find(shapes, length, tolerance, steady);
	if (!is_doubtful(steady, length))
		return;
	for (size_t part = length / 2; part >= length / ENDS && part; part /= 2) {
		size_t from = length - part;

		find(shapes + from, part, tolerance, &later);
		/* The same loop again has lost its beginning. */
		if (later.count < FEW || later.period < LEAST_PERIOD ||
		    (found && from + later.starts[0] < steady->starts[steady->count])) {
			df_steady_free(&later);
			continue;
		}
		for (size_t i = 0; i <= later.count; i++)
			later.starts[i] += from;
		df_steady_free(steady);
		*steady = later;
		found = true;
	}
}

void df_steady_free(struct df_steady *steady)
{
	free(steady->starts);
	*steady = (struct df_steady){ .count = 0 };
}
