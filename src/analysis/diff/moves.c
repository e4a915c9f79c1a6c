/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that went is held against everything that came in another lane: first lanes as a
 * whole, then single changes of lanes that have not been explained by that.
 */
#include "analysis/diff/moves.h"

#include <stdlib.h>

#include "util/xalloc.h"

/* So much of what went and what came must be the same. */
#define ALIKE 0.7
/* Fewer calls than that are the same only if all of them are. */
#define FEW 8
/* Single changes that are looked at, of those that went and of those that came: the largest. */
#define MOST 256

struct amount {
	uint32_t shape;
	uint64_t calls;
};

/* Calls that went or came, by shape. */
struct bag {
	size_t lane, change;
	struct amount *amounts; /* rising by shape */
	size_t count, capacity;
	uint64_t calls;
	bool taken;
};

struct bags {
	struct bag *list;
	size_t count, capacity;
};

/* ---- bags ---------------------------------------------------------------------------------- */

static void put(struct bag *bag, const struct df_call *calls, size_t count, uint64_t times)
{
	for (size_t i = 0; i < count; i++) {
		/* A row of the same call is one amount, which keeps what is sorted short. */
		if (bag->count && bag->amounts[bag->count - 1].shape == calls[i].shape) {
			bag->amounts[bag->count - 1].calls += times;
			continue;
		}
		ut_grow(&bag->amounts, &bag->capacity, bag->count, sizeof(*bag->amounts));
		bag->amounts[bag->count++] = (struct amount){ calls[i].shape, times };
	}
	bag->calls += count * times;
}

static int by_shape(const void *left, const void *right)
{
	const struct amount *a = left, *b = right;

	return (a->shape > b->shape) - (a->shape < b->shape);
}

static void settle(struct bag *bag)
{
	size_t kept = 0;

	if (bag->count)
		qsort(bag->amounts, bag->count, sizeof(*bag->amounts), by_shape);
	for (size_t i = 0; i < bag->count; i++) {
		if (kept && bag->amounts[kept - 1].shape == bag->amounts[i].shape)
			bag->amounts[kept - 1].calls += bag->amounts[i].calls;
		else
			bag->amounts[kept++] = bag->amounts[i];
	}
	bag->count = kept;
}

/* Iterations of a loop that are fewer went, those that are more came. */
static void put_change(struct bag *bag, const struct df_moves_lane *lane,
		       const struct df_change *change, bool came)
{
	size_t first = came ? change->b : change->a, count = came ? change->nb : change->na;
	const struct df_call *calls = (came ? lane->b : lane->a)->calls;

	if (change->kind == DF_CHANGE_CALL || change->kind == DF_CHANGE_SWAPPED || !count)
		return;
	/* Amounts that differ from time to time are known in all only. */
	put(bag, calls + first, count, (came ? change->calls_b : change->calls_a) / count);
}

static struct bag *add(struct bags *bags, size_t lane, size_t change)
{
	ut_grow(&bags->list, &bags->capacity, bags->count, sizeof(*bags->list));
	bags->list[bags->count] = (struct bag){ .lane = lane, .change = change };
	return &bags->list[bags->count++];
}

static void drop_if_empty(struct bags *bags)
{
	if (!bags->list[bags->count - 1].calls)
		free(bags->list[--bags->count].amounts);
}

static void free_bags(struct bags *bags)
{
	for (size_t i = 0; i < bags->count; i++)
		free(bags->list[i].amounts);
	free(bags->list);
}

/* All that went or came in each lane. */
static struct bags of_lanes(const struct df_moves_lane *lanes, size_t count, bool came)
{
	struct bags bags = { .count = 0 };

	for (size_t i = 0; i < count; i++) {
		const struct df_sequence *own = came ? lanes[i].b : lanes[i].a;
		struct bag *bag = add(&bags, i, DF_ALL_CHANGES);

		if (own && !lanes[i].changes)
			put(bag, own->calls, own->count, 1);
		for (size_t k = 0; lanes[i].changes && k < lanes[i].changes->count; k++)
			put_change(bag, &lanes[i], &lanes[i].changes->changes[k], came);
		settle(bag);
		drop_if_empty(&bags);
	}
	return bags;
}

static int by_calls(const void *left, const void *right)
{
	const struct bag *a = left, *b = right;

	if (a->calls != b->calls)
		return a->calls < b->calls ? 1 : -1;
	if (a->lane != b->lane)
		return a->lane < b->lane ? -1 : 1;
	return (a->change > b->change) - (a->change < b->change);
}

/* The largest single changes of lanes that are not among those that moved as a whole. */
static struct bags of_changes(const struct df_moves_lane *lanes, size_t count, const bool *taken,
			      bool came)
{
	struct bags bags = { .count = 0 };

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; !taken[i] && lanes[i].changes && k < lanes[i].changes->count;
		     k++) {
			struct bag *bag = add(&bags, i, k);

			put_change(bag, &lanes[i], &lanes[i].changes->changes[k], came);
			settle(bag);
			drop_if_empty(&bags);
		}
	}
	if (bags.count)
		qsort(bags.list, bags.count, sizeof(*bags.list), by_calls);
	while (bags.count > MOST)
		free(bags.list[--bags.count].amounts);
	return bags;
}

/* ---- matching ------------------------------------------------------------------------------ */

static uint64_t common(const struct bag *went, const struct bag *came)
{
	uint64_t calls = 0;

	for (size_t i = 0, k = 0; i < went->count && k < came->count;) {
		const struct amount *a = &went->amounts[i], *b = &came->amounts[k];

		if (a->shape == b->shape)
			calls += a->calls < b->calls ? a->calls : b->calls;
		i += a->shape <= b->shape;
		k += b->shape <= a->shape;
	}
	return calls;
}

struct moves {
	struct df_move *list;
	size_t count, capacity;
};

/* The best partner that what went still has. */
static bool find_partner(const struct bag *went, const struct bags *came, struct df_move *move,
			 size_t *partner)
{
	uint64_t most = 0;

	for (size_t k = 0; k < came->count; k++) {
		const struct bag *bag = &came->list[k];
		uint64_t larger = went->calls > bag->calls ? went->calls : bag->calls;
		uint64_t calls;

		if (bag->taken || bag->lane == went->lane)
			continue;
		calls = common(went, bag);
		if (calls <= most || (double)calls < ALIKE * (double)larger ||
		    (larger < FEW && calls < larger))
			continue;
		most = calls;
		*partner = k;
		*move = (struct df_move){ went->lane,  bag->lane, went->change,
					  bag->change, calls,     (double)calls / (double)larger };
	}
	return most;
}

static void match(struct bags *went, struct bags *came, struct moves *moves)
{
	for (size_t i = 0; i < went->count; i++) {
		struct df_move move;
		size_t partner;

		if (!find_partner(&went->list[i], came, &move, &partner))
			continue;
		came->list[partner].taken = true;
		ut_grow(&moves->list, &moves->capacity, moves->count, sizeof(*moves->list));
		moves->list[moves->count++] = move;
	}
}

static int by_size(const void *left, const void *right)
{
	const struct df_move *a = left, *b = right;

	if (a->calls != b->calls)
		return a->calls < b->calls ? 1 : -1;
	return (a->from > b->from) - (a->from < b->from);
}

struct df_move *df_moves(const struct df_moves_lane *lanes, size_t count, size_t *nmoves)
{
	bool *gone = ut_xcalloc(count + 1, sizeof(*gone)),
	     *come = ut_xcalloc(count + 1, sizeof(*come));
	struct bags went = of_lanes(lanes, count, false), came = of_lanes(lanes, count, true);
	struct moves moves = { .list = ut_xmalloc(sizeof(*moves.list)), .capacity = 1 };

	if (went.count)
		qsort(went.list, went.count, sizeof(*went.list), by_calls);
	match(&went, &came, &moves);
	free_bags(&went);
	free_bags(&came);
	for (size_t i = 0; i < moves.count; i++)
		gone[moves.list[i].from] = come[moves.list[i].to] = true;
	went = of_changes(lanes, count, gone, false);
	came = of_changes(lanes, count, come, true);
	match(&went, &came, &moves);
	free_bags(&went);
	free_bags(&came);
	free(gone);
	free(come);
	qsort(moves.list, moves.count, sizeof(*moves.list), by_size);
	*nmoves = moves.count;
	return moves.list;
}
