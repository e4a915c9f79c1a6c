/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second pass: which calls of a hunk are the same call, changed. A small hunk is solved by a
 * table in which equal calls count most, then those of one shape (other arguments or another
 * result), then those of one function (another kernel). A large one is aligned by shapes first.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes_internal.h"
#include "util/xalloc.h"

/* Cells of a table. */
#define SMALL ((size_t)1 << 16)
/* What two calls have in common. */
#define EQUAL    9
#define SHAPE    6
#define FUNCTION 2
/* A lane whose rest has less than a part in so many in common was not aligned. */
#define HARDLY 4

static bool same_function(const struct ch_state *state, uint32_t a, uint32_t b)
{
	const struct df_dictionary *dictionary = state->a.sequence->dictionary;
	const char *name_a, *name_b;

	if (!dictionary)
		return false;
	name_a = df_dictionary_shape_function(dictionary, a);
	name_b = df_dictionary_shape_function(dictionary, b);
	return name_a && name_b && !strcmp(name_a, name_b);
}

static int in_common(const struct ch_state *state, size_t a, size_t b)
{
	const struct df_call *call_a = ch_a(state, a), *call_b = ch_b(state, b);

	if (call_a->token == call_b->token)
		return EQUAL;
	if (call_a->shape == call_b->shape)
		return SHAPE;
	return same_function(state, call_a->shape, call_b->shape) ? FUNCTION : 0;
}

/* ---- adding -------------------------------------------------------------------------------- */

static void add(struct ch_state *state, enum df_change_kind kind, size_t a, size_t na, size_t b,
		size_t nb)
{
	struct df_change change = { .kind = kind, .a = a, .na = na, .b = b, .nb = nb };

	ch_add(state, &change);
}

static void add_unpaired(struct ch_state *state, size_t a, size_t na, size_t b, size_t nb)
{
	if (na)
		add(state, DF_CHANGE_WENT, a, na, b, 0);
	if (nb)
		add(state, DF_CHANGE_CAME, a + na, 0, b, nb);
}

static void add_pair(struct ch_state *state, size_t a, size_t b)
{
	if (ch_a(state, a)->token != ch_b(state, b)->token)
		add(state, DF_CHANGE_CALL, a, 1, b, 1);
	else
		state->changes->equal++;
}

/* ---- small hunks --------------------------------------------------------------------------- */

/* How a cell's best was got. */
enum way {
	WENT,
	CAME,
	PAIR
};

/* ways[i * nb + j]: what is best for the first calls a[.. i] and b[.. j] of the hunk. */
static unsigned char *find_ways(const struct ch_state *state, const struct df_hunk *hunk)
{
	unsigned char *ways = ut_xmalloc(hunk->na * hunk->nb);
	int *row = ut_xcalloc(hunk->nb + 1, sizeof(*row));

	for (size_t i = 0; i < hunk->na; i++) {
		int diagonal = 0;

		for (size_t j = 0; j < hunk->nb; j++) {
			int common = in_common(state, hunk->a + i, hunk->b + j);
			int best = row[j + 1], above = row[j + 1];
			enum way way = WENT;

			if (row[j] > best) {
				best = row[j];
				way = CAME;
			}
			if (common && diagonal + common >= best) {
				best = diagonal + common;
				way = PAIR;
			}
			diagonal = above;
			row[j + 1] = best;
			ways[i * hunk->nb + j] = (unsigned char)way;
		}
	}
	free(row);
	return ways;
}

/* Marks pairs from the end to the beginning: pairs[i] is 1 + j. */
static void trace(const struct df_hunk *hunk, const unsigned char *ways, size_t *pairs)
{
	size_t i = hunk->na, j = hunk->nb;

	while (i && j) {
		switch (ways[(i - 1) * hunk->nb + j - 1]) {
		case PAIR:
			pairs[--i] = j--;
			break;
		case WENT:
			i--;
			break;
		default:
			j--;
		}
	}
}

static void pair_small(struct ch_state *state, const struct df_hunk *hunk)
{
	size_t *pairs = ut_xcalloc(hunk->na, sizeof(*pairs)), from = 0, to = 0;
	unsigned char *ways = find_ways(state, hunk);

	trace(hunk, ways, pairs);
	for (size_t i = 0; i < hunk->na; i++) {
		if (!pairs[i])
			continue;
		add_unpaired(state, hunk->a + from, i - from, hunk->b + to, pairs[i] - 1 - to);
		add_pair(state, hunk->a + i, hunk->b + pairs[i] - 1);
		from = i + 1;
		to = pairs[i];
	}
	add_unpaired(state, hunk->a + from, hunk->na - from, hunk->b + to, hunk->nb - to);
	free(pairs);
	free(ways);
}

/* ---- large hunks --------------------------------------------------------------------------- */

static uint32_t *shapes_of(const struct df_sequence *sequence, size_t at, size_t count)
{
	uint32_t *shapes = ut_xmalloc((count + 1) * sizeof(*shapes));

	for (size_t i = 0; i < count; i++)
		shapes[i] = sequence->calls[at + i].shape;
	return shapes;
}

static void pair_part(struct ch_state *state, const struct df_hunk *part)
{
	if (ch_count(state, part))
		return;
	if (!part->na || !part->nb || part->na > SMALL / part->nb)
		add_unpaired(state, part->a, part->na, part->b, part->nb);
	else
		pair_small(state, part);
}

static void pair_by_script(struct ch_state *state, const struct df_hunk *hunk,
			   const struct df_script *script)
{
	size_t a = hunk->a, b = hunk->b;

	for (size_t i = 0; i <= script->count; i++) {
		struct df_hunk part = { hunk->na, 0, hunk->nb, 0 };

		if (i < script->count)
			part = script->hunks[i];
		part.a += hunk->a;
		part.b += hunk->b;
		for (; a < part.a; a++, b++)
			add_pair(state, a, b);
		pair_part(state, &part);
		a += part.na;
		b += part.nb;
	}
}

static bool hardly_aligned(const struct df_hunk *hunk, const struct df_script *script)
{
	size_t equal = hunk->na;

	for (size_t i = 0; i < script->count; i++)
		equal -= script->hunks[i].na;
	return equal * HARDLY < (hunk->na < hunk->nb ? hunk->na : hunk->nb);
}

static void pair_large(struct ch_state *state, const struct df_hunk *hunk, bool last)
{
	uint32_t *a = shapes_of(state->a.sequence, hunk->a, hunk->na);
	uint32_t *b = shapes_of(state->b.sequence, hunk->b, hunk->nb);
	struct df_script script;

	df_align(a, hunk->na, b, hunk->nb, state->limit, &script);
	free(a);
	free(b);
	state->changes->limited |= script.limited;
	if (last && hardly_aligned(hunk, &script))
		add(state, DF_CHANGE_REST, hunk->a, hunk->na, hunk->b, hunk->nb);
	else
		pair_by_script(state, hunk, &script);
	df_script_free(&script);
}

/* Calls of the hunk that were equal are counted anew. */
void ch_pair(struct ch_state *state, const struct df_hunk *hunk, bool last)
{
	if (!hunk->na || !hunk->nb)
		add_unpaired(state, hunk->a, hunk->na, hunk->b, hunk->nb);
	else if (hunk->na > SMALL / hunk->nb)
		pair_large(state, hunk, last);
	else
		pair_small(state, hunk);
}
