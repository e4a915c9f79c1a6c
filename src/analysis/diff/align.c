/* SPDX-License-Identifier: Apache-2.0 */
/*
 * E. W. Myers' search from both ends in linear space ("An O(ND) difference algorithm and its
 * variations", 1986): each round follows, on every diagonal, the path of one edit more as far as
 * it goes; where the paths from the two ends meet, a shortest script passes, and each half is
 * solved by itself.
 *
 * The cost is the square of the edits, so that a search may only take so many steps. If it ends
 * without a meeting, what the furthest path of each end passed through is taken as it is (it is
 * short enough to be solved) and the search goes on between. With less and less left, these
 * pieces become smaller: the end comes in any case.
 */
#include "analysis/diff/align.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/align_internal.h"
#include "util/xalloc.h"

/* No path reaches this diagonal. One more is still less than 0. */
#define NOWHERE (INT32_MIN / 2)
/* Positions are 32 bits wide in the fronts. */
#define LONGEST ((size_t)1 << 30)

/* The smallest piece that is searched: that many edits from either end. */
#define LEAST_EDITS 16

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* ---- equal runs ---------------------------------------------------------------------------- */

static inline uint64_t two_of(const uint32_t *at)
{
	uint64_t two;

	memcpy(&two, at, sizeof(two));
	return two;
}

static inline size_t run_after(const uint32_t *a, const uint32_t *b, size_t most)
{
	size_t n = 0;

	while (n + 2 <= most && two_of(a + n) == two_of(b + n))
		n += 2;
	while (n < most && a[n] == b[n])
		n++;
	return n;
}

/* Of what ends before a and b. */
static inline size_t run_before(const uint32_t *a, const uint32_t *b, size_t most)
{
	size_t n = 0;

	while (n + 2 <= most && two_of(a - n - 2) == two_of(b - n - 2))
		n += 2;
	while (n < most && a[-1 - (ptrdiff_t)n] == b[-1 - (ptrdiff_t)n])
		n++;
	return n;
}

/* ---- fronts -------------------------------------------------------------------------------- */

/* Room for diagonals -reach .. reach, with what is there. */
static void reserve(struct al_front *front, int32_t reach)
{
	int32_t wide, *block;

	if (front->block && reach <= front->reach)
		return;
	wide = reach < 512 ? 1024 : 2 * reach;
	block = ut_xmalloc((2 * (size_t)wide + 1) * sizeof(*block));
	if (front->block)
		memcpy(block + wide - front->reach, front->block,
		       (2 * (size_t)front->reach + 1) * sizeof(*block));
	free(front->block);
	front->block = block;
	front->reach = wide;
}

static inline int32_t *origin(const struct al_front *front)
{
	return front->block + front->reach;
}

/* The first diagonal of round `edits`, of those that enter a box so many numbers wide. */
static inline int32_t outermost(int32_t edits, int32_t width)
{
	return edits <= width ? edits : width - ((edits - width) & 1);
}

struct search {
	const uint32_t *a, *b; /* where the box begins */
	int32_t n, m;
	int32_t edits;
};

/*
 * A round from one end. Diagonals and positions count from that end. True: a path has met one of
 * the other end, at *x, *y, if `check` says that paths may meet in this round.
 */
static inline __attribute__((always_inline)) bool advance(const struct search *search,
							  int32_t *front, const int32_t *other,
							  const bool back, bool check, int32_t *x,
							  int32_t *y)
{
	int32_t n = search->n, m = search->m, edits = search->edits;
	int32_t met_within = back ? edits : edits - 1, across = n - m;
	int32_t last = outermost(edits, n);

	front[-edits - 1] = front[edits + 1] = NOWHERE;
	for (int32_t k = -outermost(edits, m); k <= last; k += 2) {
		int32_t left = front[k - 1] + 1, above = front[k + 1], at;

		if (left > n)
			left = NOWHERE;
		if (above - k > m)
			above = NOWHERE;
		at = left > above ? left : above;
		if (at < 0) {
			front[k] = NOWHERE;
			continue;
		}
		*x = at;
		*y = at - k;
		if (back)
			at += (int32_t)run_before(search->a + n - at, search->b + m - *y,
						  (size_t)(n - at < m - *y ? n - at : m - *y));
		else
			at += (int32_t)run_after(search->a + at, search->b + *y,
						 (size_t)(n - at < m - *y ? n - at : m - *y));
		front[k] = at;
		if (check && across - k <= met_within && k - across <= met_within &&
		    at + other[across - k] >= n) {
			*x = at;
			*y = at - k;
			return true;
		}
	}
	return false;
}

/* The furthest point of the last round. */
static void furthest(const struct search *search, const int32_t *front, int32_t *x, int32_t *y)
{
	int32_t last = outermost(search->edits, search->n), most = -1;

	for (int32_t k = -outermost(search->edits, search->m); k <= last; k += 2) {
		if (front[k] >= 0 && 2 * front[k] - k > most) {
			most = 2 * front[k] - k;
			*x = front[k];
			*y = front[k] - k;
		}
	}
}

/* Where the box can be cut. */
struct cut {
	struct al_box first, last; /* what lies between them is still to do */
};

static void cut_at(const struct al_box *box, const int32_t x[2], const int32_t y[2],
		   struct cut *cut)
{
	cut->first = cut->last = *box;
	cut->first.a1 = box->a0 + (size_t)x[0];
	cut->first.b1 = box->b0 + (size_t)y[0];
	cut->last.a0 = box->a1 - (size_t)x[1];
	cut->last.b0 = box->b1 - (size_t)y[1];
}

/* True: a shortest script passes through the cut, and nothing is between. */
static bool search_box(struct al_state *state, const struct al_box *box, uint64_t allowed,
		       struct cut *cut)
{
	struct search search = { state->a + box->a0, state->b + box->b0,
				 (int32_t)(box->a1 - box->a0), (int32_t)(box->b1 - box->b0), 0 };
	int32_t x[2] = { 0, 0 }, y[2] = { 0, 0 };
	uint64_t steps = 0;
	bool met = false, odd = (search.n - search.m) & 1;

	reserve(&state->fronts[0], 2);
	reserve(&state->fronts[1], 2);
	origin(&state->fronts[0])[0] = origin(&state->fronts[1])[0] = 0;
	while (!met && steps < allowed) {
		int32_t *front, *back;

		search.edits++;
		reserve(&state->fronts[0], search.edits + 1);
		reserve(&state->fronts[1], search.edits + 1);
		front = origin(&state->fronts[0]);
		back = origin(&state->fronts[1]);
		steps += (uint64_t)(outermost(search.edits, search.n) +
				    outermost(search.edits, search.m)) +
			 2;
		met = advance(&search, front, back, false, odd, &x[0], &y[0]);
		if (met) {
			x[1] = search.n - x[0];
			y[1] = search.m - y[0];
			break;
		}
		met = advance(&search, back, front, true, !odd, &x[1], &y[1]);
		if (met) {
			x[0] = search.n - x[1];
			y[0] = search.m - y[1];
		}
	}
	al_spend(state, steps);
	if (!met) {
		furthest(&search, origin(&state->fronts[0]), &x[0], &y[0]);
		furthest(&search, origin(&state->fronts[1]), &x[1], &y[1]);
		/* They passed each other: only one of them can be followed. */
		if (x[0] + x[1] > search.n || y[0] + y[1] > search.m)
			x[1] = y[1] = 0;
	}
	cut_at(box, x, y, cut);
	return met;
}

/* ---- boxes --------------------------------------------------------------------------------- */

/* Takes off what is equal at both ends. True: nothing to do is left. */
static bool settle_ends(struct al_state *state, struct al_box *box)
{
	size_t na = box->a1 - box->a0, nb = box->b1 - box->b0, equal;

	equal = run_after(state->a + box->a0, state->b + box->b0, smaller(na, nb));
	box->a0 += equal;
	box->b0 += equal;
	state->pending -= 2 * equal;
	na -= equal;
	nb -= equal;
	equal = run_before(state->a + box->a1, state->b + box->b1, smaller(na, nb));
	box->a1 -= equal;
	box->b1 -= equal;
	state->pending -= 2 * equal;
	if (na != equal && nb != equal)
		return false;
	al_differ(state, box);
	return true;
}

/* A box of which it is known that it costs little, as it is a part of a path that was found. */
static void align_known(struct al_state *state, struct al_box box)
{
	while (!settle_ends(state, &box)) {
		struct cut cut;

		search_box(state, &box, UINT64_MAX, &cut);
		align_known(state, cut.first);
		box = cut.last;
	}
}

/* Steps that a search in this box may take: pieces of so many edits that what is left lasts. */
static uint64_t allowance(const struct al_state *state)
{
	uint64_t edits = state->left / state->pending / 2;

	edits = edits < LEAST_EDITS ? LEAST_EDITS : edits;
	return edits * edits;
}

/*
 * The table's cost is the product of the lengths. It is the better way where one side is that
 * short against the other: that many edits there are at least, and their square is what a search
 * would cost; and where a search has failed.
 */
static bool table_is_better(const struct al_state *state, const struct al_box *box, bool failed)
{
	double na = (double)(box->a1 - box->a0), nb = (double)(box->b1 - box->b0);
	double table = 2 * na * nb, search = (na - nb) * (na - nb) / 4;

	return table < (double)state->left / 4 && (failed || table < search);
}

static void align_box(struct al_state *state, struct al_box box)
{
	uint64_t allowed = state->left / 8;
	bool failed = false;

	while (!settle_ends(state, &box)) {
		struct cut cut;

		if (table_is_better(state, &box, failed)) {
			al_align_by_table(state, &box);
			return;
		}
		if (!state->left) {
			state->limited = true;
			al_differ(state, &box);
			return;
		}
		if (search_box(state, &box, allowed, &cut)) {
			align_known(state, cut.first);
			align_known(state, cut.last);
			return;
		}
		state->limited = failed = true;
		align_known(state, cut.first);
		align_known(state, cut.last);
		box = (struct al_box){ cut.first.a1, cut.last.a0, cut.first.b1, cut.last.b0 };
		if (state->pending)
			allowed = allowance(state);
	}
}

/* ---- numbers that only one side has -------------------------------------------------------- */

/*
 * They are equal to nothing, so that the fewest edits of the rest are the fewest edits of all.
 * What has nothing in common at all ends here.
 */
static void find_present(const uint32_t *numbers, size_t count, uint64_t *present)
{
	for (size_t i = 0; i < count; i++)
		present[numbers[i] >> 6] |= (uint64_t)1 << (numbers[i] & 63);
}

static uint32_t highest(const uint32_t *numbers, size_t count, uint32_t most)
{
	for (size_t i = 0; i < count; i++)
		most = numbers[i] > most ? numbers[i] : most;
	return most;
}

/* Those of `numbers` that are present, or NULL if that is all of them. */
static uint32_t *only_present(const uint32_t *numbers, size_t *count, const uint64_t *present)
{
	size_t kept = 0, all = *count;
	uint32_t *result;

	for (size_t i = 0; i < all; i++)
		kept += al_bit(present, numbers[i]);
	if (kept == all)
		return NULL;
	result = ut_xmalloc((kept + 1) * sizeof(*result));
	*count = 0;
	for (size_t i = 0; i < all; i++) {
		if (al_bit(present, numbers[i]))
			result[(*count)++] = numbers[i];
	}
	return result;
}

/* ---- the script ---------------------------------------------------------------------------- */

/* One side as the script is read off: which of its numbers were kept, which of those differ. */
struct side {
	const uint32_t *numbers;
	const uint64_t *present;   /* on the other side; NULL: all */
	const uint64_t *differing; /* of those kept */
	size_t length, at, kept;
};

static size_t take_differing(struct side *side)
{
	size_t from = side->at;

	for (; side->at < side->length; side->at++) {
		if (side->present && !al_bit(side->present, side->numbers[side->at]))
			continue;
		if (!al_bit(side->differing, side->kept))
			break;
		side->kept++;
	}
	return side->at - from;
}

static void read_off(struct side *a, struct side *b, size_t skipped, struct df_script *script)
{
	while (a->at < a->length || b->at < b->length) {
		struct df_hunk hunk = { .a = a->at + skipped, .b = b->at + skipped };

		hunk.na = take_differing(a);
		hunk.nb = take_differing(b);
		if (hunk.na || hunk.nb) {
			ut_grow(&script->hunks, &script->capacity, script->count,
				sizeof(*script->hunks));
			script->hunks[script->count++] = hunk;
			continue;
		}
		a->at++;
		b->at++;
		a->kept++;
		b->kept++;
	}
}

static void solve(struct side *a, struct side *b, uint64_t limit, size_t skipped,
		  struct df_script *script)
{
	size_t na = a->length, nb = b->length;
	uint32_t most = highest(b->numbers, nb, highest(a->numbers, na, 0));
	uint64_t *present_a = NULL, *present_b = NULL;
	uint32_t *own_a = NULL, *own_b = NULL;
	struct al_state state = { .left = limit };

	if (most / 8 <= na + nb + 1024) {
		present_a = ut_xcalloc((size_t)most / 64 + 1, sizeof(*present_a));
		present_b = ut_xcalloc((size_t)most / 64 + 1, sizeof(*present_b));
		find_present(a->numbers, na, present_a);
		find_present(b->numbers, nb, present_b);
		own_a = only_present(a->numbers, &na, present_b);
		own_b = only_present(b->numbers, &nb, present_a);
	}
	state.a = own_a ? own_a : a->numbers;
	state.b = own_b ? own_b : b->numbers;
	state.gone = ut_xcalloc(na / 64 + 1, sizeof(*state.gone));
	state.came = ut_xcalloc(nb / 64 + 1, sizeof(*state.came));
	state.pending = na + nb;
	if (na >= LONGEST || nb >= LONGEST) {
		state.limited = true;
		al_differ(&state, &(struct al_box){ 0, na, 0, nb });
	} else {
		align_box(&state, (struct al_box){ 0, na, 0, nb });
	}
	a->present = present_b;
	b->present = present_a;
	a->differing = state.gone;
	b->differing = state.came;
	read_off(a, b, skipped, script);
	script->limited = state.limited;
	script->steps = state.steps;
	free(state.fronts[0].block);
	free(state.fronts[1].block);
	free(state.gone);
	free(state.came);
	free(present_a);
	free(present_b);
	free(own_a);
	free(own_b);
}

/* How far the hunk can go down: over so many numbers, of those before the next one. */
static size_t can_slide(const uint32_t *a, const uint32_t *b, const struct df_hunk *hunk,
			size_t most)
{
	if (hunk->na && hunk->nb)
		return 0;
	if (hunk->na)
		return run_after(a + hunk->a, a + hunk->a + hunk->na, most);
	return run_after(b + hunk->b, b + hunk->b + hunk->nb, most);
}

/* From the last to the first: hunks go down as far as they can, and join the one they meet. */
static void slide(const uint32_t *a, size_t na, const uint32_t *b, struct df_script *script)
{
	struct df_hunk *hunks = script->hunks;
	size_t next = script->count; /* the first of those done */

	for (size_t i = script->count; i--;) {
		struct df_hunk hunk = hunks[i];

		for (;;) {
			size_t end = next < script->count ? hunks[next].a : na;
			size_t equal = end - hunk.a - hunk.na;
			size_t over = can_slide(a, b, &hunk, equal);

			hunk.a += over;
			hunk.b += over;
			if (over < equal || next == script->count)
				break;
			hunk.na += hunks[next].na;
			hunk.nb += hunks[next].nb;
			next++;
		}
		hunks[--next] = hunk;
	}
	script->count -= next;
	memmove(hunks, hunks + next, script->count * sizeof(*hunks));
}

void df_align(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, uint64_t limit,
	      struct df_script *script)
{
	size_t first = run_after(a, b, smaller(na, nb)), last;
	struct side side_a, side_b;

	*script = (struct df_script){ .count = 0 };
	last = run_before(a + na, b + nb, smaller(na, nb) - first);
	side_a = (struct side){ .numbers = a + first, .length = na - first - last };
	side_b = (struct side){ .numbers = b + first, .length = nb - first - last };
	if (!limit)
		limit = DF_ALIGN_LIMIT(side_a.length, side_b.length);
	if (side_a.length && side_b.length) {
		solve(&side_a, &side_b, limit, first, script);
	} else if (side_a.length || side_b.length) {
		ut_grow(&script->hunks, &script->capacity, 0, sizeof(*script->hunks));
		script->hunks[script->count++] =
			(struct df_hunk){ first, side_a.length, first, side_b.length };
	}
	if (script->count)
		slide(a, na, b, script);
}

void df_script_free(struct df_script *script)
{
	free(script->hunks);
	*script = (struct df_script){ .count = 0 };
}
