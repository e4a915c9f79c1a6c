/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The script is found on tokens, whole calls. Then, hunk by hunk: loops that go round more or
 * less often, calls that were swapped, and in what remains a second pass by shape, which tells a
 * call with other arguments from one that went and another one that came.
 */
#include "analysis/diff/changes.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes_internal.h"
#include "util/xalloc.h"

/* A call that is no further from where it was has been swapped with what is between. */
#define NEARBY 32
/* From where less than a part in so many is equal to the end, it is one hunk. */
#define HARDLY 4
/* That much must be left on both sides for it. */
#define LONG 512

static uint32_t *tokens_of(const struct df_sequence *sequence)
{
	uint32_t *tokens = ut_xmalloc((sequence->count + 1) * sizeof(*tokens));

	for (size_t i = 0; i < sequence->count; i++)
		tokens[i] = sequence->calls[i].token;
	return tokens;
}

static uint32_t *shapes_of(const struct df_sequence *sequence)
{
	uint32_t *shapes = ut_xmalloc((sequence->count + 1) * sizeof(*shapes));

	for (size_t i = 0; i < sequence->count; i++)
		shapes[i] = sequence->calls[i].shape;
	return shapes;
}

static void find_steady(struct ch_side *side)
{
	uint32_t *shapes = shapes_of(side->sequence);

	df_find_steady(shapes, side->sequence->count, DF_TOLERANCE, &side->steady);
	free(shapes);
}

/* ---- swaps --------------------------------------------------------------------------------- */

/* A pure hunk's own calls, and their number. */
static const uint32_t *calls_of(const struct ch_state *state, const struct df_hunk *hunk,
				size_t *count)
{
	*count = hunk->na + hunk->nb;
	return hunk->na ? state->a.tokens + hunk->a : state->b.tokens + hunk->b;
}

/* The first calls of a hunk, or all but those. */
static struct df_hunk cut(const struct df_hunk *hunk, size_t from, size_t to)
{
	struct df_hunk part = *hunk;

	if (hunk->na) {
		part.a += from;
		part.na = to - from;
	} else {
		part.b += from;
		part.nb = to - from;
	}
	return part;
}

static void add_hunk(struct ch_state *state, const struct df_hunk *hunk)
{
	state->changes->equal -= hunk->na;
	if (!ch_count(state, hunk))
		ch_pair(state, hunk, false);
}

/*
 * What went in one hunk and came in the next, with little between: the last calls of one are the
 * first of the other.
 */
static bool add_swap(struct ch_state *state, const struct df_hunk *first,
		     const struct df_hunk *second)
{
	size_t between = second->a - first->a - first->na, size_first, size_second, size;
	const uint32_t *calls_first = calls_of(state, first, &size_first);
	const uint32_t *calls_second = calls_of(state, second, &size_second);
	struct df_change change = { .kind = DF_CHANGE_SWAPPED };
	struct df_hunk part;

	size = size_first < size_second ? size_first : size_second;
	if (between > NEARBY || (first->na && first->nb) || (second->na && second->nb) ||
	    !first->na != !second->nb ||
	    memcmp(calls_first + size_first - size, calls_second, size * sizeof(*calls_first)) != 0)
		return false;
	part = cut(first, 0, size_first - size);
	if (size_first > size)
		add_hunk(state, &part);
	change.a = part.a + part.na;
	change.b = part.b + part.nb;
	change.na = change.nb = size + between;
	state->changes->equal -= size;
	ch_add(state, &change);
	part = cut(second, size, size_second);
	if (size_second > size)
		add_hunk(state, &part);
	return true;
}

/* ---- hunks --------------------------------------------------------------------------------- */

static size_t size_of(const struct df_hunk *hunk)
{
	return hunk->na + hunk->nb;
}

/* What is equal between two hunks, and less than half of the smaller one, may be chance. */
static bool by_chance(const struct df_hunk *first, const struct df_hunk *second)
{
	size_t between = second->a - first->a - first->na;
	size_t size = size_of(first) < size_of(second) ? size_of(first) : size_of(second);

	return 2 * between <= size;
}

static struct df_hunk from_to(const struct df_hunk *first, const struct df_hunk *last)
{
	return (struct df_hunk){ first->a, last->a + last->na - first->a, first->b,
				 last->b + last->nb - first->b };
}

/* The first hunk from which on hardly anything is equal, to the ends of both lanes. */
static size_t find_rest(const struct ch_state *state, const struct df_script *script)
{
	size_t gone = 0, rest = script->count;

	for (size_t i = script->count; i--;) {
		size_t na = state->a.sequence->count - script->hunks[i].a;
		size_t nb = state->b.sequence->count - script->hunks[i].b;
		size_t shorter = na < nb ? na : nb;

		gone += script->hunks[i].na;
		if (shorter >= LONG && (na - gone) * HARDLY < shorter)
			rest = i;
	}
	return rest;
}

static void add_rest(struct ch_state *state, const struct df_hunk *first)
{
	struct df_hunk hunk = { first->a, state->a.sequence->count - first->a, first->b,
				state->b.sequence->count - first->b };

	state->changes->equal -= hunk.na;
	ch_pair(state, &hunk, true);
}

static void add_hunks(struct ch_state *state, const struct df_script *script)
{
	size_t rest = find_rest(state, script), i = 0;

	while (i < rest) {
		const struct df_hunk *hunk = &script->hunks[i], *last = hunk;
		struct df_hunk whole;

		if (i + 1 < rest && add_swap(state, hunk, hunk + 1)) {
			i += 2;
			continue;
		}
		i++;
		if (ch_count(state, hunk)) {
			state->changes->equal -= hunk->na;
			continue;
		}
		while (i < rest && by_chance(last, &script->hunks[i]))
			last = &script->hunks[i++];
		whole = from_to(hunk, last);
		state->changes->equal -= whole.na;
		ch_pair(state, &whole, false);
	}
	if (rest < script->count)
		add_rest(state, &script->hunks[rest]);
}

/* ---- all ----------------------------------------------------------------------------------- */

static void free_side(struct ch_side *side)
{
	free(side->tokens);
	df_steady_free(&side->steady);
}

void df_changes(const struct df_sequence *a, const struct df_sequence *b, uint64_t limit,
		struct df_changes *changes)
{
	struct ch_state state = { .limit = limit, .changes = changes };
	struct df_script script;

	*changes = (struct df_changes){ .equal = a->count };
	state.a.sequence = a;
	state.b.sequence = b;
	state.a.tokens = tokens_of(a);
	state.b.tokens = tokens_of(b);
	df_align(state.a.tokens, a->count, state.b.tokens, b->count, limit, &script);
	changes->limited = script.limited;
	if (script.count) {
		find_steady(&state.a);
		find_steady(&state.b);
		add_hunks(&state, &script);
		ch_join(&state);
		ch_place(&state);
	}
	df_script_free(&script);
	free_side(&state.a);
	free_side(&state.b);
	free(state.groups);
	ut_map_free(&state.known);
}

void df_changes_free(struct df_changes *changes)
{
	free(changes->changes);
	*changes = (struct df_changes){ .count = 0 };
}
