/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that a thread does now and another one did: what went there and what came here is one
 * difference. Looked for last, among what has its weight already, so that what varies by itself
 * does not come back as a move.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"
#include "analysis/diff/moves.h"
#include "util/xalloc.h"

/* All that differs in two lanes is a move if so much of it is the same. */
#define WHOLE 0.999

static bool is_of(const struct df_found *found, size_t lane, size_t change)
{
	enum df_what what = found->item.what;

	if (found->both != lane || found->item.weight == DF_IGNORED)
		return false;
	if (change != DF_ALL_CHANGES)
		return found->change == change;
	return what == DF_CAME || what == DF_WENT || what == DF_COUNT || what == DF_LANE;
}

static struct df_found *first_of(struct df_comparison *c, size_t lane, size_t change)
{
	for (size_t i = 0; i < c->nfound; i++) {
		if (is_of(&c->found[i], lane, change))
			return &c->found[i];
	}
	return NULL;
}

static enum df_weight heaviest(struct df_comparison *c, const struct df_move *move)
{
	enum df_weight weight = DF_IGNORED;

	for (size_t i = 0; i < c->nfound; i++) {
		const struct df_found *found = &c->found[i];

		if ((is_of(found, move->from, move->went) || is_of(found, move->to, move->came)) &&
		    found->item.weight < weight)
			weight = found->item.weight;
	}
	return weight;
}

static void demote(struct df_comparison *c, const struct df_move *move, const struct df_found *told)
{
	for (size_t i = 0; i < c->nfound; i++) {
		struct df_found *found = &c->found[i];

		if (found == told ||
		    (!is_of(found, move->from, move->went) && !is_of(found, move->to, move->came)))
			continue;
		found->item.weight = DF_ADVICE;
		found->item.why = "work that moved between threads: told by itself";
	}
}

/* What went: by name, if it is all that differs in the lane. */
static const char *what_went(struct df_comparison *c, const struct df_move *move,
			     const struct df_found *from)
{
	size_t count = 0;

	for (size_t i = 0; i < c->nfound; i++)
		count += is_of(&c->found[i], move->from, move->went);
	if (count == 1 && from->item.what == DF_WENT && from->item.before)
		return from->item.before;
	return ut_arena_printf(c->strings, "%" PRIu64 " calls", move->calls);
}

static void take(struct df_comparison *c, const struct df_move *move)
{
	struct df_found *from = first_of(c, move->from, move->went);
	struct df_found *to = first_of(c, move->to, move->came);
	enum df_weight weight = heaviest(c, move);
	const char *there = c->both[move->to].role, *calls;
	struct df_item *item;

	if (!from || !to)
		return;
	item = &from->item;
	calls = what_went(c, move, from);
	item->what = DF_MOVED;
	item->weight = weight;
	item->text = ut_arena_printf(
		c->strings, "%s moved to %s%s", calls, there,
		item->block_a && item->times >= item->iterations_a ? ", in each iteration" : "");
	item->before = c->both[move->from].role;
	item->after = there;
	item->ordinal_b = to->item.ordinal_b;
	if (to->item.caller) {
		item->caller = to->item.caller;
		item->stack = to->item.stack;
	}
	demote(c, move, from);
}

void df_level_moves(struct df_comparison *c)
{
	struct df_moves_lane *lanes = ut_xcalloc(c->nboth + 1, sizeof(*lanes));
	struct df_move *moves;
	size_t count;

	for (size_t i = 0; i < c->nboth; i++) {
		struct df_both *both = &c->both[i];
		bool paired = both->a.lane && both->b.lane;

		lanes[i].a = both->a.lane ? &both->a.sequence : NULL;
		lanes[i].b = both->b.lane ? &both->b.sequence : NULL;
		lanes[i].changes = paired ? &both->changes : NULL;
	}
	moves = df_moves(lanes, c->nboth, &count);
	for (size_t i = 0; i < count; i++) {
		if (moves[i].went != DF_ALL_CHANGES || moves[i].share >= WHOLE)
			take(c, &moves[i]);
	}
	free(moves);
	free(lanes);
}
