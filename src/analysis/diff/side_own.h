/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the sides of a comparison: what a side keeps for itself, and how a range is found. */
#ifndef DIFF_SIDE_OWN_H
#define DIFF_SIDE_OWN_H

#include "analysis/diff/walk.h"

struct df_own {
	char *path;
	struct df_load load;
	struct df_lanes lanes; /* the strings of all, and the array that df_side.lanes is */
	struct df_described *described;
};

/* The answers of one df_side_describe. */
struct df_described {
	struct df_described *next;
	struct df_description *list;
	struct ut_arena strings;
};

void df_own_free(struct df_own *own);

/* ---- phases.c -------------------------------------------------------------------------------- */

/* The part of a run that was asked for, as calls of each lane. */
struct df_range {
	bool wanted;
	const char
		*named; /* of NVTX: as util/range_name.h has it; NULL: cudaProfilerStart to Stop */
	struct df_open *open; /* those ranges that are open */
	size_t nopen, open_capacity;
	bool found;
	bool inside;
	struct df_span {
		size_t first, last; /* calls [first .. last) */
		bool any;
	} * spans;
	size_t count, capacity;
};

/* False, with a line in `why`: no such kind of range is known. `name`: of df_load.range. */
bool df_range_begin(struct df_range *range, const char *name, char *why, size_t size);
/* A call of NVTX. */
void df_range_see(struct df_range *range, const struct ct_event *event);
/* A call, which will be number `index` of its lane. */
void df_range_add(struct df_range *range, const struct df_walk *walk, size_t index);
void df_range_end(struct df_range *range);

/* Phases of all lanes: by the range, or found; cut down to the steps that were asked for. */
void df_side_phases(struct df_side *side, const struct df_load *load, const struct df_range *range);

#endif
