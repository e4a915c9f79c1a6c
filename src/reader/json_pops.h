/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pops of NVTX's ranges, which have no line of their own in a JSON trace: each push says where
 * its range ends. Those that are to come, the earliest first; as many as ranges are open.
 */
#ifndef READER_JSON_POPS_H
#define READER_JSON_POPS_H

#include "reader/trace.h"

struct rd_pop;

struct rd_pops {
	struct rd_pop *heap;
	size_t count, capacity;
	uint64_t added;
};

/* A push that is popped. */
void rd_pops_add(struct rd_pops *pops, const struct ct_event *push);

/* The next pop that begins no later than `until`, but for process and thread name; false: none. */
bool rd_pops_take(struct rd_pops *pops, struct rd_trace *trace, uint64_t until,
		  struct ct_event *event);

void rd_pops_free(struct rd_pops *pops);

#endif
