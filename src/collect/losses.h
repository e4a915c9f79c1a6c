/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Losses that the traced process has not told of itself become loss records of the trace, each at
 * its place: behind what was last recorded, where newer calls have overwritten older ones, where
 * the trace could not be written.
 */
#ifndef COLLECT_LOSSES_H
#define COLLECT_LOSSES_H

#include "collect/internal.h"

/* Notes what the loss records of a run say, which is in c->batch and goes into the trace. */
void col_losses_note(struct col_ring *r, const struct ctr_cell *cells, uint32_t ncells);

/* The run at the tail, of so many calls, could not be written. */
void col_losses_unwritten(struct col_ring *r, const struct col_run *run,
			  const struct ctr_cell *cells, uint32_t calls);

/* Tells of those once something can be written again. */
void col_losses_tell_unwritten(struct collector *c, const struct col_process *p,
			       struct col_ring *r);

/*
 * Everything of the process was taken and counted: tells of what is still untold. False: not all
 * of it could be written. The rings need not be mapped any more.
 */
bool col_losses_tell_rest(struct collector *c, struct col_process *p);

/* A record that names a thread, and one of a loss. */
#define COL_BEFORE_CELLS (COL_THREAD_CELLS + 1)

/*
 * Begins a part of the trace that may be all that is kept: whose ring it is, and what of it lies
 * before, in a chunk of its own.
 */
bool col_losses_tell_before(struct collector *c, const struct col_process *p, struct col_ring *r,
			    const struct col_ring_before *before);

/* Does that again for all of whom it could not be done, in the room that is kept for the end. */
void col_losses_tell_late(struct collector *c);

#endif
