/* SPDX-License-Identifier: Apache-2.0 */
/* Loops that a change is one of, or in. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes_internal.h"

/* A loop that goes round less often than that on either side is none: its calls came or went. */
#define LEAST_ITERATIONS 3
/* Changes whose surroundings are searched; of the others only the steady state is looked at. */
#define MOST_SEARCHED 500
/* A body that is shorter than the usual iteration by this part is an inner loop's. */
#define INNER 2
/* The change is in all iterations of it, but for some at edges. */
#define MOST_OF(iterations) ((iterations) / 4 * 3)

/* ---- iterations more or less ----------------------------------------------------------------- */

/* How often what repeats with this period goes round about a place, a whole number. */
static size_t iterations_at(const uint32_t *tokens, size_t count, size_t at, size_t period,
			    const uint32_t *body)
{
	size_t before = 0, after = 0;

	/* The body's last number stands before the place. */
	while (before < at && tokens[at - 1 - before] == body[period - 1 - before % period])
		before++;
	while (at + after < count && tokens[at + after] == body[after % period])
		after++;
	return before / period + after / period;
}

/* The shortest body of which the calls are a whole number of iterations. */
static size_t period_of(const uint32_t *tokens, size_t count)
{
	for (size_t period = 1; period <= count / 2; period++) {
		if (count % period == 0 &&
		    !memcmp(tokens, tokens + period, (count - period) * sizeof(*tokens)))
			return period;
	}
	return count;
}

/* Iterations of the steady state that are not all the same, or not those of the other side. */
static bool count_steady(struct ch_state *state, const struct df_hunk *hunk)
{
	const struct ch_side *longer = hunk->na ? &state->a : &state->b;
	const struct df_steady *steady = &longer->steady;
	size_t at = hunk->na ? hunk->a : hunk->b, n = hunk->na + hunk->nb, inside = 0;
	struct df_change change = {
		.kind = DF_CHANGE_COUNT, .a = hunk->a, .na = hunk->na, .b = hunk->b, .nb = hunk->nb
	};

	if (!state->a.steady.count || !state->b.steady.count || 10 * n < 9 * steady->period)
		return false;
	if ((state->a.steady.count > state->b.steady.count) != !!hunk->na ||
	    state->a.steady.count == state->b.steady.count)
		return false;
	for (size_t i = 0; i < steady->count; i++)
		inside += steady->starts[i] >= at && steady->starts[i] < at + n;
	if (!inside || 10 * n < 9 * inside * steady->period ||
	    10 * n > 11 * inside * steady->period)
		return false;
	change.block_a = state->a.steady.period;
	change.block_b = state->b.steady.period;
	change.iterations_a = state->a.steady.count;
	change.iterations_b = state->b.steady.count;
	ch_add(state, &change);
	return true;
}

/* Whole iterations, and before them a change that the others have too. */
static bool split_steady(struct ch_state *state, const struct df_hunk *hunk)
{
	const struct ch_side *longer = hunk->na ? &state->a : &state->b;
	size_t period = longer->steady.period, n = hunk->na + hunk->nb, whole, more;
	size_t at = hunk->na ? hunk->a : hunk->b;
	struct df_hunk first = *hunk, rest = *hunk;

	if (!period || n <= period || n % period == 0)
		return false;
	whole = n / period * period;
	more = n - whole;
	if (at + more < period ||
	    memcmp(longer->tokens + at + more, longer->tokens + at + more - period,
		   whole * sizeof(*longer->tokens)) != 0)
		return false;
	if (hunk->na) {
		first.na = more;
		rest.a += more;
		rest.na = whole;
	} else {
		first.nb = more;
		rest.b += more;
		rest.nb = whole;
	}
	if (!count_steady(state, &rest))
		return false;
	ch_pair(state, &first, false);
	return true;
}

bool ch_count(struct ch_state *state, const struct df_hunk *hunk)
{
	struct df_change change = {
		.kind = DF_CHANGE_COUNT, .a = hunk->a, .na = hunk->na, .b = hunk->b, .nb = hunk->nb
	};
	const uint32_t *body = hunk->na ? state->a.tokens + hunk->a : state->b.tokens + hunk->b;
	size_t period;

	if ((hunk->na && hunk->nb) || !(hunk->na || hunk->nb))
		return false;
	period = period_of(body, hunk->na + hunk->nb);
	change.iterations_a =
		iterations_at(state->a.tokens, state->a.sequence->count, hunk->a, period, body);
	change.iterations_b =
		iterations_at(state->b.tokens, state->b.sequence->count, hunk->b, period, body);
	if (change.iterations_a < LEAST_ITERATIONS || change.iterations_b < LEAST_ITERATIONS)
		return split_steady(state, hunk) || count_steady(state, hunk);
	change.block_a = change.block_b = period;
	ch_add(state, &change);
	return true;
}

/* ---- where a change is ----------------------------------------------------------------------- */

/* A place in a loop. */
struct place {
	size_t block;    /* calls; 0: in no loop */
	size_t position; /* from 0 */
	size_t iterations;
	bool inner;
};

/* Of the iteration that holds the call. */
static struct place place_in_steady(const struct ch_side *side, size_t at)
{
	const struct df_steady *steady = &side->steady;
	size_t low = 0, high = steady->count;

	if (!high || at < steady->starts[0] || at >= steady->starts[high])
		return (struct place){ .block = 0 };
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (steady->starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return (struct place){ .block = steady->starts[low + 1] - steady->starts[low],
			       .position = at - steady->starts[low],
			       .iterations = steady->count };
}

static struct place place_around(const struct ch_side *side, size_t at)
{
	struct df_around around;
	size_t count = side->sequence->count;

	if (!df_loop_around(side->tokens, count, at, &around))
		return (struct place){ .block = 0 };
	return (struct place){ .block = around.period,
			       .position = (at - around.begin) % around.period,
			       .iterations = (around.end - around.begin) / around.period,
			       .inner = true };
}

/* An inner loop, if all of its iterations have the change; else the steady state's. */
static struct place place_of(const struct ch_side *side, size_t at, uint64_t times, bool search)
{
	struct place steady = place_in_steady(side, at), inner;

	/* Too few for all iterations of any inner loop. */
	if (!search || times < MOST_OF(LEAST_ITERATIONS * steady.iterations))
		return steady;
	inner = place_around(side, at);
	if (!inner.block)
		return steady;
	if (!steady.block || (inner.block * INNER <= steady.block &&
			      MOST_OF(inner.iterations * steady.iterations) <= times))
		return inner;
	return steady;
}

/* The other side's block where only one is in a loop that is known. */
static size_t other_block(const struct df_change *change, size_t block, bool of_a)
{
	size_t more = of_a ? change->nb : change->na, less = of_a ? change->na : change->nb;

	return block + more > less ? block + more - less : 0;
}

static void place_change(struct ch_state *state, struct df_change *change, bool search)
{
	struct place a = place_of(&state->a, change->a, change->times, search);
	struct place b = place_of(&state->b, change->b, change->times, search);

	/* On one side only some of an inner loop's iterations are changed. */
	if (a.block && b.block && a.inner != b.inner) {
		a = place_of(&state->a, change->a, change->times, false);
		b = place_of(&state->b, change->b, change->times, false);
	}
	change->block_a = a.block;
	change->block_b = b.block;
	change->iterations_a = a.iterations;
	change->iterations_b = b.iterations;
	if (a.block && !b.block) {
		change->block_b = other_block(change, a.block, true);
		change->iterations_b = a.iterations;
	} else if (b.block && !a.block) {
		change->block_a = other_block(change, b.block, false);
		change->iterations_a = b.iterations;
	}
	if (a.block || b.block)
		change->position =
			1 + (a.block && (change->na || !b.block) ? a.position : b.position);
}

void ch_place(struct ch_state *state)
{
	struct df_changes *changes = state->changes;

	for (size_t i = 0; i < changes->count; i++) {
		struct df_change *change = &changes->changes[i];

		if (change->kind != DF_CHANGE_COUNT && change->kind != DF_CHANGE_REST)
			place_change(state, change, i < MOST_SEARCHED);
	}
}
