/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking the stack of the calling thread. From the first frame of a place in the code on, its rule
 * (rule.h) is remembered, and a frame costs a few nanoseconds: no lock, no system call, no
 * allocation. A place that is met for the first time is looked up in its module's tables.
 *
 * Tables may be wrong or missing, and frame pointers may be anything: memory is only read where it
 * has been found readable, so that a walk can end early or list nonsense, and do no harm.
 */
#ifndef RECORD_WALK_H
#define RECORD_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

struct rec_range { /* memory that can be read; empty: none */
	uint64_t low, high;
};

/* A thread's own. All zero: nothing is known. */
struct rec_walk {
	uint32_t busy; /* for the caller's use */
	/* [0]: the stack that the thread was last seen on; [1]: one that it was called from. */
	struct rec_range ranges[2];
	uint64_t addresses[CTR_STACK_MAX_DEPTH];
};

/* True: the kernel says what memory can be read. Without that nothing is walked. */
bool rec_walk_possible(void);

/*
 * Fills in w->addresses as struct ctr_stacks has them, at most `depth`: `caller`, an address to
 * which a function of the recorder's library will return, and what called that. Returns their
 * number, at least 1.
 */
unsigned int rec_walk(struct rec_walk *w, const void *caller, unsigned int depth);

#endif
