/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who called what, and what of it came to how much: a tree of frames with a weight at each, from
 * which folded stacks and speedscope's profiles are written when all events have been seen. It has
 * a node for each different stack, not for each call. Private to src/write.
 *
 * The path to a weight: the process, the call's stack (where there is none, the function or file
 * that it was made from, below the call that it was made within), the function, and of launches
 * the kernel, of copies the direction.
 */
#ifndef WRITE_FLAME_H
#define WRITE_FLAME_H

#include "util/map.h"
#include "write/format.h"
#include "write/intern.h"
#include "write/threads.h"

struct wr_flame_node {
	uint32_t parent; /* 0: it is a process */
	uint32_t name;   /* number in names */
	uint64_t weight; /* of itself, without what is below it */
};

struct wr_flame {
	const struct ct_header *header;
	enum wr_weight weight;
	struct wr_intern names;
	const char **texts; /* of names, by number - 1 */
	size_t texts_capacity;
	struct wr_flame_node
		*nodes; /* node n is nodes[n - 1]; a parent comes before its children */
	size_t nnodes, capacity;
	struct ut_map children; /* parent << 32 | name */
	struct ut_map stacks;   /* process << 32 | innermost frame */
	struct wr_threads threads;
	uint32_t *processes; /* their nodes */
};

#define WR_FLAME_NEEDS (WR_NEEDS_ARGS | WR_NEEDS_LABELS | WR_NEEDS_CALLER | WR_NEEDS_DETAIL)

void wr_flame_begin(struct wr_flame *flame, const struct wr_target *target,
		    const struct ct_header *header);
void wr_flame_add(struct wr_flame *flame, const struct ct_event *event,
		  const struct wr_detail *detail);
/* No more events: what had not ended is weighed. */
void wr_flame_finish(struct wr_flame *flame);
void wr_flame_free(struct wr_flame *flame);

/*
 * The nodes from a process to this one, in `path`, which has room for WR_FLAME_DEPTH; their
 * number.
 */
#define WR_FLAME_DEPTH 2048
size_t wr_flame_path(const struct wr_flame *flame, uint32_t node, uint32_t path[WR_FLAME_DEPTH]);

static inline const char *wr_flame_text(const struct wr_flame *flame, uint32_t node)
{
	return flame->texts[flame->nodes[node - 1].name - 1];
}

/* "nanoseconds", "calls", "bytes" */
const char *wr_weight_unit(enum wr_weight weight);

#endif
