/* SPDX-License-Identifier: Apache-2.0 */
/* NVTX's ranges and marks, from their records. */
#ifndef READER_NVTX_H
#define READER_NVTX_H

#include "reader/arguments.h"
#include "reader/native.h"

/*
 * Makes of a call of NVTX what people want to see of it: its name, its domain, and arguments of
 * which those are left out that the program has not given.
 */
void rd_nvtx(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
	     const struct rd_shape *shape, struct ct_event *event);

/* MARK, PUSH, ... of one of NVTX's functions by its name; NONE of others. */
enum ct_range rd_nvtx_kind(const char *function);

/* Stands for a domain where its number is not known; 0 of none. */
uint64_t rd_nvtx_domain_id(const char *domain);

/* What a range is called: of a message of PyTorch's the operator, without what follows it. */
const char *rd_nvtx_name(struct ut_arena *arena, const char *message);

/* ---- ranges.c: where ranges end -------------------------------------------------------------- */

struct rd_ranges;

/* Reads the whole trace once, through a reader of its own; NULL if that cannot be. */
struct rd_ranges *rd_ranges_find(const struct rd_trace *trace);
void rd_ranges_free(struct rd_ranges *ranges);

/* The trace's next push or pop, in order: fills in where the range ends, and CT_EVENT_OPEN. */
void rd_ranges_next(struct rd_ranges *ranges, struct ct_event *event, uint64_t process_ends_ns);

#endif
