/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structure, order, results and kernels: the changes of each pair of lanes, with the calls that
 * they are about described in one further pass over each side.
 */
#include <stdlib.h>

#include "analysis/diff/compare_own.h"
#include "util/xalloc.h"

/* Calls of a change that are looked at; changes of a lane that are told one by one. */
#define MOST_OF_CHANGE 64
#define MOST_OF_LANE   1000
/* Changes further on that may be the same one. */
#define LOOK_AHEAD 256

/* A call that is to be described, and where its description goes. */
struct wanted {
	uint64_t ordinal;
	size_t slot;
};

struct wants {
	struct wanted *list;
	size_t count, capacity;
	struct df_description *described; /* by slot */
};

struct df_found *df_find(struct df_comparison *c, enum df_level level, enum df_what what,
			 size_t both)
{
	struct df_found *found;

	ut_grow(&c->found, &c->capacity, c->nfound, sizeof(*c->found));
	found = &c->found[c->nfound++];
	*found = (struct df_found){ .item = { .level = level, .what = what, .times = 1 },
				    .both = both,
				    .change = DF_NO_LANE };
	if (both != DF_NO_LANE) {
		found->item.role = c->both[both].role;
		found->process = c->both[both].process_a;
	}
	return found;
}

static uint64_t ordinal_of(const struct df_reduced *r, size_t call)
{
	return r->lane->first_ordinal + r->sequence.calls[call].ordinal;
}

static size_t few(size_t count)
{
	return count < MOST_OF_CHANGE ? count : MOST_OF_CHANGE;
}

static void want(struct wants *wants, const struct df_reduced *r, size_t first, size_t count)
{
	for (size_t i = 0; i < few(count); i++) {
		ut_grow(&wants->list, &wants->capacity, wants->count, sizeof(*wants->list));
		wants->list[wants->count] =
			(struct wanted){ ordinal_of(r, first + i), wants->count };
		wants->count++;
	}
}

static int by_ordinal(const void *left, const void *right)
{
	const struct wanted *a = left, *b = right;

	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static void describe(struct wants *wants, struct df_side *side)
{
	uint64_t *ordinals = ut_xmalloc((wants->count + 1) * sizeof(*ordinals));
	const struct df_description *described;

	wants->described = ut_xcalloc(wants->count + 1, sizeof(*wants->described));
	if (wants->count) {
		qsort(wants->list, wants->count, sizeof(*wants->list), by_ordinal);
		for (size_t i = 0; i < wants->count; i++)
			ordinals[i] = wants->list[i].ordinal;
		described = df_describe(side, ordinals, wants->count);
		for (size_t i = 0; i < wants->count; i++)
			wants->described[wants->list[i].slot] = described[i];
	}
	free(ordinals);
	free(wants->list);
}

/* The same change of the same place in the loop. */
static bool is_same(const struct df_both *both, const struct df_change *one,
		    const struct df_change *other)
{
	if (one->kind != other->kind || one->na != other->na || one->nb != other->nb ||
	    one->block_a != other->block_a || one->block_b != other->block_b || !one->block_a ||
	    one->position != other->position || one->kind == DF_CHANGE_REST)
		return false;
	if (one->kind == DF_CHANGE_COUNT &&
	    (one->iterations_a != other->iterations_a || one->iterations_b != other->iterations_b))
		return false;
	for (size_t i = 0; i < one->na; i++) {
		if (both->a.sequence.calls[one->a + i].token !=
		    both->a.sequence.calls[other->a + i].token)
			return false;
	}
	for (size_t i = 0; i < one->nb; i++) {
		if (both->b.sequence.calls[one->b + i].token !=
		    both->b.sequence.calls[other->b + i].token)
			return false;
	}
	return true;
}

/*
 * What the steady state and what is around it have in common is told once, as of the steady state:
 * the first iterations are of the warm-up only because others are alike among themselves.
 */
static void merge_phases(struct df_both *both)
{
	struct df_change *changes = both->changes.changes;
	size_t count = both->changes.count, kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t k = i + 1, last = i + LOOK_AHEAD < count ? i + LOOK_AHEAD : count;

		while (changes[i].phase != DF_STEADY && k < last &&
		       !(changes[k].phase == DF_STEADY && is_same(both, &changes[i], &changes[k])))
			k++;
		if (changes[i].phase == DF_STEADY || k >= last) {
			changes[kept++] = changes[i];
			continue;
		}
		changes[k].times += changes[i].times;
		changes[k].calls_a += changes[i].calls_a;
		changes[k].calls_b += changes[i].calls_b;
	}
	both->changes.count = kept;
}

static void find_changes(struct df_comparison *c, struct wants *a, struct wants *b)
{
	for (size_t i = 0; i < c->nboth; i++) {
		struct df_both *both = &c->both[i];

		if (!both->a.lane || !both->b.lane)
			continue;
		df_changes(&both->a.sequence, &both->b.sequence, c->options->limit, &both->changes);
		merge_phases(both);
		for (size_t k = 0; k < both->changes.count && k < MOST_OF_LANE; k++) {
			const struct df_change *change = &both->changes.changes[k];

			want(a, &both->a, change->a, change->na);
			want(b, &both->b, change->b, change->nb);
		}
	}
}

/* A lane that differs in everything has told enough. */
static void tell_rest(struct df_comparison *c, size_t both)
{
	const struct df_changes *changes = &c->both[both].changes;
	struct df_change rest = changes->changes[MOST_OF_LANE];

	rest.kind = DF_CHANGE_REST;
	rest.na = rest.nb = 0;
	for (size_t i = MOST_OF_LANE; i < changes->count; i++) {
		rest.na += changes->changes[i].calls_a;
		rest.nb += changes->changes[i].calls_b;
		if (changes->changes[i].phase == DF_STEADY)
			rest.phase = DF_STEADY;
	}
	df_level_change(c, both, &rest, NULL, 0, NULL, 0);
}

static void take_changes(struct df_comparison *c, struct wants *a, struct wants *b)
{
	size_t of_a = 0, of_b = 0;

	for (size_t i = 0; i < c->nboth; i++) {
		const struct df_changes *changes = &c->both[i].changes;

		for (size_t k = 0; k < changes->count && k < MOST_OF_LANE; k++) {
			const struct df_change *change = &changes->changes[k];
			size_t na = few(change->na), nb = few(change->nb), before = c->nfound;

			df_level_change(c, i, change, a->described + of_a, na, b->described + of_b,
					nb);
			of_a += na;
			of_b += nb;
			for (; before < c->nfound; before++)
				c->found[before].change = k;
		}
		if (changes->count > MOST_OF_LANE)
			tell_rest(c, i);
	}
}

/* A thread or process that one side does not have. */
static void find_lanes(struct df_comparison *c)
{
	for (size_t i = 0; i < c->nboth; i++) {
		const struct df_both *both = &c->both[i];
		const struct df_reduced *r = both->a.lane ? &both->a : &both->b;
		struct df_found *found;
		bool came = !both->a.lane;

		if ((both->a.lane && both->b.lane) || !r->sequence.count)
			continue;
		found = df_find(c, DF_STRUCTURE, DF_LANE, i);
		found->item.phase = DF_STEADY;
		found->item.value_a = came ? 0 : (double)r->sequence.count;
		found->item.value_b = came ? (double)r->sequence.count : 0;
		found->item.ordinal_a = came ? 0 : ordinal_of(r, 0);
		found->item.ordinal_b = came ? ordinal_of(r, 0) : 0;
		found->item.text = ut_arena_printf(c->strings, "%s a thread of %zu calls: %s",
						   came ? "+" : "-", r->sequence.count, both->role);
		found->in_pool = true;
		found->subject = "lane";
		found->atoms = ut_arena_alloc(c->strings, 2 * sizeof(*found->atoms));
		found->shapes = ut_arena_alloc(c->strings, sizeof(*found->shapes));
		found->atoms[0] = df_atom(c, "lane", i, true, "");
		found->atoms[1] = NULL;
		found->shapes[0] = 0;
	}
}

void df_level_calls(struct df_comparison *c)
{
	struct wants a = { 0 }, b = { 0 };

	find_changes(c, &a, &b);
	describe(&a, c->a);
	describe(&b, c->b);
	take_changes(c, &a, &b);
	free(a.described);
	free(b.described);
	find_lanes(c);
}
