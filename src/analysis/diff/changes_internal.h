/* SPDX-License-Identifier: Apache-2.0 */
/* Private to changes: how a script becomes changes, step by step. */
#ifndef DIFF_CHANGES_INTERNAL_H
#define DIFF_CHANGES_INTERNAL_H

#include "analysis/diff/align.h"
#include "analysis/diff/changes.h"
#include "analysis/diff/fold.h"
#include "util/map.h"

/* One side, with its tokens in a row. */
struct ch_side {
	const struct df_sequence *sequence;
	uint32_t *tokens;
	struct df_steady steady;
};

/* What a change is next to: where it is found again, it is the same one. */
struct ch_group {
	uint64_t content;
	uint32_t before, after; /* tokens */
};

struct ch_state {
	struct ch_side a, b;
	uint64_t limit;
	struct df_changes *changes;
	struct ch_group *groups; /* of each change */
	size_t groups_capacity;
	struct ut_map known; /* number of a change from 1, by its group */
};

static inline const struct df_call *ch_a(const struct ch_state *state, size_t index)
{
	return &state->a.sequence->calls[index];
}

static inline const struct df_call *ch_b(const struct ch_state *state, size_t index)
{
	return &state->b.sequence->calls[index];
}

/* ---- changes_pairs.c: which calls of a hunk are the same call, changed ---------------------- */

/* Gives all of the hunk's changes to ch_add. `last`: the hunk reaches to the ends of both lanes. */
void ch_pair(struct ch_state *state, const struct df_hunk *hunk, bool last);

/* ---- changes_loops.c: loops that a change is one of, or in ----------------------------------- */

/* An iteration more or less: true, and the change was added. */
bool ch_count(struct ch_state *state, const struct df_hunk *hunk);
/* Fills in block, position and iterations of all changes. */
void ch_place(struct ch_state *state);

/* ---- changes_group.c: the same change again -------------------------------------------------- */

/* One more; block and iterations, if they are set, are of an example. */
void ch_add(struct ch_state *state, const struct df_change *change);
/* What stands at the edge of a loop has other neighbours: joins it with the rest. */
void ch_join(struct ch_state *state);

#endif
