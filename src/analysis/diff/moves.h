/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that went from one lane and came in another: a thread does now what another one did.
 * Whether it is the same is judged by which functions and kernels it calls how often, as streams
 * and other objects have other numbers in another lane.
 */
#ifndef DIFF_MOVES_H
#define DIFF_MOVES_H

#include "analysis/diff/changes.h"

/* All that went or came in a lane: its changes together, or the lane, if one side has none. */
#define DF_ALL_CHANGES ((size_t)-1)

/* A lane of both sides, or of one. */
struct df_moves_lane {
	const struct df_sequence *a, *b;  /* NULL: that side has no such lane */
	const struct df_changes *changes; /* NULL: a side has no such lane */
};

struct df_move {
	size_t from, to;   /* lanes */
	size_t went, came; /* changes of those lanes, or both DF_ALL_CHANGES */
	uint64_t calls;    /* that both have, of all times */
	double share;      /* of what went and what came that is the same, 0 to 1 */
};

/* By calls, most first; no change stands in two. To be freed. */
struct df_move *df_moves(const struct df_moves_lane *lanes, size_t count, size_t *nmoves);

#endif
