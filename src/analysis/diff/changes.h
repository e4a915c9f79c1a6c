/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the edit script of two lanes means: calls that came, went, moved, have other arguments or
 * another kernel; the same change in each iteration of a loop is one change.
 */
#ifndef DIFF_CHANGES_H
#define DIFF_CHANGES_H

#include <stdbool.h>

#include "analysis/diff/side.h"

enum df_change_kind {
	DF_CHANGE_CAME = 0, /* b[b .. b + nb); na is 0 */
	DF_CHANGE_WENT,     /* a[a .. a + na); nb is 0 */
	DF_CHANGE_SWAPPED,  /* the same calls in another order: a[a .. a + na), b[b .. b + nb) */
	DF_CHANGE_CALL, /* one call each, same function, other token: arguments, result or kernel */
	DF_CHANGE_COUNT, /* a loop that goes round more or less often: iterations_a, iterations_b */
	DF_CHANGE_REST   /* too different: from here to the lane's end nothing was aligned */
};

struct df_change {
	enum df_change_kind kind;
	size_t a, na, b,
		nb;     /* calls of an example, as indices into the sequences that were given */
	uint64_t times; /* how often the same change was found: in iterations, or apart */
	uint64_t calls_a, calls_b; /* na and nb of all times together */
	/*
	 * Calls of the loop's body on each side; 0: in no loop. Of DF_CHANGE_COUNT the loop itself:
	 * where it is one of an inner loop, times says how often that was gone through.
	 */
	size_t block_a, block_b;
	size_t position; /* in the body, from 1: of a's first call, or b's if none of a is in it */
	uint64_t iterations_a, iterations_b;
	enum df_phase phase; /* the steady state, if it is that on either side */
};

struct df_changes {
	struct df_change *changes; /* in the order of the lane */
	size_t count, capacity;
	size_t equal; /* calls of a that have an equal of b */
	bool limited; /* the cost limit was met: right, but not the fewest */
};

/* Sequences are calls of matched lanes, those that the policy ignores taken out. */
struct df_sequence {
	const struct df_call *calls;
	size_t count;
	size_t phase[DF_PHASES + 1]; /* as in df_lane */
	/* Tells which function a shape is of. NULL: a call of another shape is another call. */
	const struct df_dictionary *dictionary;
};

/* `limit`: of alignment's cost, see align.h. */
void df_changes(const struct df_sequence *a, const struct df_sequence *b, uint64_t limit,
		struct df_changes *changes);
void df_changes_free(struct df_changes *changes);

/*
 * Finds phases and period of a sequence, as df_lane.phase. Without a loop (*period is 0) all of
 * it is start-up.
 */
void df_phases(struct df_sequence *sequence, size_t *period);

#endif
