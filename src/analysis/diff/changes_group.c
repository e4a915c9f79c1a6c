/* SPDX-License-Identifier: Apache-2.0 */
/* The same change is the same calls, between the same neighbours, in the same phase. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes_internal.h"
#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

/* Calls of a long change that are looked at; the rest is in its length. */
#define LOOKED_AT 64

/* ---- phase --------------------------------------------------------------------------------- */

static enum df_phase phase_at(const struct df_sequence *sequence, size_t index)
{
	int phase = DF_STARTUP;

	while (phase < DF_TEARDOWN && index >= sequence->phase[phase + 1])
		phase++;
	return (enum df_phase)phase;
}

static enum df_phase phase_of(const struct ch_state *state, const struct df_change *change)
{
	enum df_phase a = phase_at(state->a.sequence, change->a);
	enum df_phase b = phase_at(state->b.sequence, change->b);

	if (!change->na)
		return b;
	if (!change->nb)
		return a;
	return b == DF_STEADY ? b : a;
}

/* ---- groups -------------------------------------------------------------------------------- */

static uint64_t content_of(const uint32_t *tokens, size_t at, size_t count, uint64_t hash)
{
	hash = an_hash_mix(hash, count);
	for (size_t i = 0; i < count && i < LOOKED_AT; i++)
		hash = an_hash_mix(hash, tokens[at + i]);
	return hash;
}

static struct ch_group group_of(const struct ch_state *state, const struct df_change *change)
{
	struct ch_group group = { .content = (uint64_t)change->kind << 8 | change->phase };
	size_t end = change->a + change->na;

	/* A count that differs may differ by another number each time: the loop's body is it. */
	if (change->kind == DF_CHANGE_COUNT && change->na)
		group.content =
			content_of(state->a.tokens, change->a, change->block_a, group.content);
	else if (change->kind == DF_CHANGE_COUNT)
		group.content =
			content_of(state->b.tokens, change->b, change->block_b, group.content);
	else
		group.content = content_of(state->b.tokens, change->b, change->nb,
					   content_of(state->a.tokens, change->a, change->na,
						      group.content));
	group.before = change->a ? state->a.tokens[change->a - 1] : 0;
	group.after = end < state->a.sequence->count ? state->a.tokens[end] : 0;
	return group;
}

static uint64_t key_of(const struct ch_group *group)
{
	return an_hash_mix(group->content, (uint64_t)group->before << 32 | group->after);
}

static void put(struct ch_state *state, const struct df_change *change,
		const struct ch_group *group)
{
	struct df_changes *changes = state->changes;

	ut_grow(&changes->changes, &changes->capacity, changes->count, sizeof(*changes->changes));
	ut_grow(&state->groups, &state->groups_capacity, changes->count, sizeof(*state->groups));
	changes->changes[changes->count] = *change;
	state->groups[changes->count++] = *group;
	ut_map_put(&state->known, key_of(group), (uint32_t)changes->count);
}

static void count_again(struct df_change *known, const struct df_change *change)
{
	known->times += change->times;
	known->calls_a += change->calls_a;
	known->calls_b += change->calls_b;
}

void ch_add(struct ch_state *state, const struct df_change *change)
{
	struct df_change own = *change;
	struct ch_group group;
	const uint32_t *known;

	own.times = 1;
	own.calls_a = own.na;
	own.calls_b = own.nb;
	own.phase = phase_of(state, change);
	group = group_of(state, &own);
	known = ut_map_get(&state->known, key_of(&group));
	if (known)
		count_again(&state->changes->changes[*known - 1], &own);
	else
		put(state, &own, &group);
}

/* ---- edges of loops ------------------------------------------------------------------------ */

/* The number of the change found most often of those with a neighbour, from 1. */
static uint64_t beside(const struct ch_group *group, bool after)
{
	return an_hash_mix(group->content + after, after ? group->after : group->before);
}

static void note_beside(const struct ch_state *state, struct ut_map *most, size_t index, bool after)
{
	uint64_t key = beside(&state->groups[index], after);
	const uint32_t *known = ut_map_get(most, key);
	const struct df_change *changes = state->changes->changes;

	if (!known || changes[*known - 1].times < changes[index].times)
		ut_map_put(most, key, (uint32_t)index + 1);
}

/* Whom a change that was found once or twice belongs to: index, or its own. */
static size_t owner_of(const struct ch_state *state, const struct ut_map *most, size_t index)
{
	const struct df_change *changes = state->changes->changes;

	for (int after = 0; after < 2 && changes[index].times <= 2; after++) {
		size_t other = *ut_map_get(most, beside(&state->groups[index], after)) - 1;

		if (changes[other].times > 2 * changes[index].times)
			return other;
	}
	return index;
}

void ch_join(struct ch_state *state)
{
	struct df_changes *changes = state->changes;
	struct ut_map most = { .count = 0 };
	size_t kept = 0;

	for (size_t i = 0; i < changes->count; i++) {
		note_beside(state, &most, i, false);
		note_beside(state, &most, i, true);
	}
	/* Owners are found before any is moved. A large one owns itself: no chains. */
	for (size_t i = 0; i < changes->count; i++) {
		size_t owner = owner_of(state, &most, i);

		if (owner == i)
			continue;
		count_again(&changes->changes[owner], &changes->changes[i]);
		changes->changes[i].times = 0;
	}
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->changes[i].times)
			changes->changes[kept++] = changes->changes[i];
	}
	changes->count = kept;
	ut_map_free(&most);
}
