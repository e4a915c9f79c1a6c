/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the sides of a comparison: a trace, call by call, each in its canonical form and with
 * the lane that it belongs to. A side is loaded by one walk, and what single calls were is told by
 * another one.
 */
#ifndef DIFF_WALK_H
#define DIFF_WALK_H

#include "analysis/diff/canon.h"
#include "analysis/diff/side.h"
#include "util/arena.h"
#include "util/map.h"

/* Who is who: threads as lanes, numbered as they are met. */
struct df_lanes {
	const struct ct_header *header;
	struct df_lane *list;
	uint32_t *tids;
	const char **names; /* of the threads, whether they are their own or not */
	size_t count, capacity, tids_capacity, names_capacity;
	struct ut_map index;
	uint32_t *threads; /* by process: its lanes so far */
	uint32_t last;     /* mostly the next event is of the same */
	uint32_t last_tid, last_process;
	struct ut_arena strings;
};

struct df_range;

struct df_walk {
	struct rd_trace *trace;
	const struct ct_header *header;
	struct df_canon *canon;
	struct df_lanes lanes;
	struct ct_event event;
	struct df_canonical call;
	struct an_effect effect;
	struct an_change change;
	uint32_t lane;          /* of the event */
	struct df_range *range; /* is told of NVTX's ranges, which are no calls; or NULL */
};

/* False, with a line in `why`: the file cannot be read. `want`: RD_WANT_*. */
bool df_walk_begin(struct df_walk *walk, const char *path, unsigned int want, bool identities,
		   char *why, size_t size);
/* The next call, or loss; false: there are no more. Of a loss only event and lane are set. */
bool df_walk_next(struct df_walk *walk);
void df_walk_end(struct df_walk *walk);

/* ---- lanes.c --------------------------------------------------------------------------------- */

void df_lanes_begin(struct df_lanes *lanes, const struct ct_header *header);
/* The event's lane. *known_as: what others know it by, if that is new; else NULL. */
uint32_t df_lanes_of(struct df_lanes *lanes, const struct ct_event *event, const char **known_as);
/* When all are known: names of their own, and roles. Strings live as long as the lanes. */
void df_lanes_name(struct df_lanes *lanes);
/* The name of a process among others: "python", "python#2". */
const char *df_process_role(struct df_lanes *lanes, uint32_t process);
void df_lanes_end(struct df_lanes *lanes);

/* ---- side_memory.c -------------------------------------------------------------------------- */

struct df_memories {            /* all zero: empty */
	struct df_memory *list; /* by process */
	uint64_t *live;         /* by process and kind of memory, bytes */
	uint32_t count;
};

void df_memories_begin(struct df_memories *memories, uint32_t nprocesses);
void df_memories_add(struct df_memories *memories, const struct df_walk *walk);
/* The list, to be freed; what is live now has leaked. */
struct df_memory *df_memories_end(struct df_memories *memories);

#endif
