/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops are folded from the shortest period to the longest, in passes over the sequence that
 * become shorter with each loop that is found: periods of 1, of 2 and 3, of 4 to 7 and so on. An
 * inner loop is a single symbol when its outer one is looked for.
 *
 * Where a period may be comes from a table of the last place of each few symbols in a row. The
 * table forgets (a slot is written over), which loses a candidate, never correctness.
 */
#include "analysis/diff/fold.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/statistics_hash.h"
#include "util/map.h"
#include "util/xalloc.h"

/* Symbols in a row that must be equal for a period to be tried. */
#define CONTEXT 8
/* Candidates for a period at one place. */
#define TRIES 6
/* Passes over all periods: a loop found late can make an outer one short. */
#define ROUNDS   6
#define REFUSALS 256
/* No longer period is looked for, in symbols. */
#define LONGEST (1 << 16)

/* That a period ends at a place is remembered, so that it is not compared up to there again. */
struct refusal {
	size_t period, from, mismatch;
};

struct folder {
	struct df_fold *fold;
	struct ut_map ids; /* of loops, by hash: number from 1 */
	uint32_t *next;    /* the next place of the same context, 0: none */
	uint32_t *table;
	size_t slots; /* a power of two */
	struct refusal refusals[REFUSALS];
	size_t most;   /* longest span that is folded */
	bool skeleton; /* without counts */
	bool changed;
	size_t context; /* that `next` was made for; 0: it is out of date */
};

/* ---- candidates ---------------------------------------------------------------------------- */

static size_t slot_of(const struct folder *folder, size_t at, size_t context)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < context; i++)
		hash = (hash ^ folder->fold->symbols[at + i]) * 0x9e3779b97f4a7c15u;
	return hash >> 32 & (folder->slots - 1);
}

static void find_places(struct folder *folder, size_t context)
{
	size_t count = folder->fold->count;

	if (folder->context == context)
		return;
	folder->context = context;
	memset(folder->table, 0, folder->slots * sizeof(*folder->table));
	for (size_t i = count; i--;) {
		uint32_t *slot;

		folder->next[i] = 0;
		if (i + context > count)
			continue;
		slot = &folder->table[slot_of(folder, i, context)];
		folder->next[i] = *slot;
		*slot = (uint32_t)i;
	}
}

/* How far what begins at `at` is what comes a period later. */
static size_t repeats(struct folder *folder, size_t at, size_t period)
{
	const uint32_t *symbols = folder->fold->symbols;
	struct refusal *refusal = &folder->refusals[period % REFUSALS];
	size_t n = 0, most = folder->fold->count - at - period;

	if (refusal->period == period && refusal->from <= at && at <= refusal->mismatch)
		return refusal->mismatch - at;
	while (n < most && symbols[at + n] == symbols[at + period + n])
		n++;
	if (n < period)
		*refusal = (struct refusal){ period, at, at + n };
	return n;
}

/* Iterations of the shortest loop that begins at `at` with a period within lo .. hi. */
static size_t find_loop(struct folder *folder, size_t at, size_t lo, size_t hi, size_t *period)
{
	size_t place = at;

	for (int tries = 0; tries < TRIES; tries++) {
		size_t equal;

		place = folder->next[place];
		if (!place || place - at >= hi)
			return 0;
		*period = place - at;
		if (*period < lo)
			continue;
		equal = repeats(folder, at, *period);
		if (equal >= *period)
			return 1 + equal / *period;
	}
	return 0;
}

/* ---- loops --------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct folder *folder, const uint32_t *body, size_t length,
			uint32_t count)
{
	uint64_t hash = count + 1;

	for (size_t i = 0; i < length; i++) {
		uint64_t own = body[i];

		if (body[i] & DF_LOOP)
			own = folder->fold->loops[body[i] & ~DF_LOOP].hash;
		hash = an_hash_mix(hash, own);
	}
	return an_hash_mix(hash, length);
}

static uint32_t loop_of(struct folder *folder, const uint32_t *body, size_t length, uint32_t count)
{
	struct df_fold *fold = folder->fold;
	uint64_t hash = hash_of(folder, body, length, folder->skeleton ? 0 : count);
	const uint32_t *known = ut_map_get(&folder->ids, hash);

	if (known)
		return DF_LOOP | (*known - 1);
	ut_grow(&fold->loops, &fold->capacity, fold->nloops, sizeof(*fold->loops));
	fold->loops[fold->nloops++] = (struct df_loop){ (uint32_t)fold->nbodies, (uint32_t)length,
							folder->skeleton ? 0 : count, hash };
	for (size_t i = 0; i < length; i++) {
		ut_grow(&fold->bodies, &fold->bodies_capacity, fold->nbodies,
			sizeof(*fold->bodies));
		fold->bodies[fold->nbodies++] = body[i];
	}
	ut_map_put(&folder->ids, hash, (uint32_t)fold->nloops);
	return DF_LOOP | (uint32_t)(fold->nloops - 1);
}

static size_t span_of(const uint32_t *spans, size_t count)
{
	size_t span = 0;

	for (size_t i = 0; i < count; i++)
		span += spans[i];
	return span;
}

/* Written over what was read: never more than that. */
static void pass(struct folder *folder, size_t lo, size_t hi)
{
	struct df_fold *fold = folder->fold;
	size_t write = 0, at = 0, count = fold->count;

	find_places(folder, lo < CONTEXT ? lo : CONTEXT);
	memset(folder->refusals, 0, sizeof(folder->refusals));
	while (at < count) {
		size_t period = 1, times = find_loop(folder, at, lo, hi, &period);
		size_t whole = times ? times * period : 1, span = span_of(fold->spans + at, whole);

		if (times && span <= folder->most) {
			fold->symbols[write] =
				loop_of(folder, fold->symbols + at, period, (uint32_t)times);
			fold->spans[write++] = (uint32_t)span;
			folder->changed = true;
			folder->context = 0;
		} else {
			memmove(fold->symbols + write, fold->symbols + at,
				whole * sizeof(*fold->symbols));
			memmove(fold->spans + write, fold->spans + at,
				whole * sizeof(*fold->spans));
			write += whole;
		}
		at += whole;
	}
	fold->count = write;
}

static void fold_all(struct folder *folder)
{
	for (int round = 0; round < ROUNDS; round++) {
		folder->changed = false;
		for (size_t lo = 1; lo <= folder->fold->count / 2 && lo < LONGEST; lo *= 2)
			pass(folder, lo, 2 * lo);
		if (!folder->changed)
			return;
	}
}

static void fold_with(struct folder *folder, const uint32_t *sequence, size_t length)
{
	struct df_fold *fold = folder->fold;

	*fold = (struct df_fold){ .count = length };
	fold->symbols = ut_xmalloc((length + 1) * sizeof(*fold->symbols));
	fold->spans = ut_xmalloc((length + 1) * sizeof(*fold->spans));
	for (size_t i = 0; i < length; i++) {
		fold->symbols[i] = sequence[i] & ~DF_LOOP;
		fold->spans[i] = 1;
	}
	if (!folder->most)
		return;
	for (folder->slots = 1024; folder->slots < length && folder->slots < 1 << 18;)
		folder->slots *= 2;
	folder->table = ut_xmalloc(folder->slots * sizeof(*folder->table));
	folder->next = ut_xmalloc((length + 1) * sizeof(*folder->next));
	fold_all(folder);
	free(folder->table);
	free(folder->next);
	ut_map_free(&folder->ids);
}

void df_fold(const uint32_t *sequence, size_t length, struct df_fold *fold)
{
	struct folder folder = { .fold = fold, .most = length };

	fold_with(&folder, sequence, length);
}

void df_fold_skeleton(const uint32_t *sequence, size_t length, size_t most, struct df_fold *fold)
{
	struct folder folder = { .fold = fold, .most = most, .skeleton = true };

	fold_with(&folder, sequence, length);
}

void df_fold_free(struct df_fold *fold)
{
	free(fold->symbols);
	free(fold->spans);
	free(fold->loops);
	free(fold->bodies);
	*fold = (struct df_fold){ .count = 0 };
}
