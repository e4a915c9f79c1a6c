/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer's side of one ring: which whole records lie at its tail, copying them out, and
 * telling the producer that their room is free again.
 */
#ifndef COLLECT_RING_H
#define COLLECT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

/* Of a record that names a thread. */
#define COL_THREAD_CELLS 2

/* Parts of the newest of a trace: so many are kept, the one that is being written among them. */
#define COL_FLIGHT_SEGMENTS 9

enum col_run_kind {
	COL_RUN_NONE = 0,  /* nothing to take, now */
	COL_RUN_COMMITTED, /* records that are complete */
	COL_RUN_IN_FLIGHT, /* one record whose call never returned */
	COL_RUN_DAMAGED    /* cells that make no sense: to be skipped */
};

/* A run of cells at the tail that are dealt with together. */
struct col_run {
	enum col_run_kind kind;
	uint64_t first; /* absolute number of the first cell */
	uint32_t ncells;
};

/* The producer's counters, as they were last seen: its header may be cut off. */
struct col_ring_known {
	uint64_t calls, recorded, lost_full, lost_reentered, lost_ended;
	uint32_t tid; /* of the present owner */
};

/* What became of the calls of one ring, besides those that arrived. */
struct col_ring_counts {
	uint64_t lost_full, lost_reentered, lost_overwritten, lost_damaged, uncounted;
};

/* How things stood when a part of the trace was begun that may be all that is kept: flight.h. */
struct col_ring_before {
	uint64_t taken, in_flight, lost_write;
};

struct col_ring {
	struct ctr_ring *shared;
	struct col_guard *guard;
	const struct ctr_cell *cells;
	size_t map_size;
	uint32_t ncells;
	uint32_t number;
	bool overwrite; /* the producer does not wait for the tail */
	bool synced;    /* the tail is known to be a record's first cell */
	bool broken;    /* the header makes no sense any more: nothing is taken */
	uint64_t tail;
	uint64_t seen; /* overwrite: head when the last run was chosen */
	/* What became of the calls; see stats.h for the sums. */
	uint64_t taken; /* calls that are in the trace, those in flight included */
	uint64_t in_flight;
	uint64_t lost_write; /* calls that the trace's disk had no room for */
	uint64_t unwritten;  /* of those: the trace does not tell of them yet */
	uint64_t unwritten_at;
	bool missing;        /* something was not written, at unwritten_at or behind */
	bool thread_missing; /* whose ring it is, too */
	struct ctr_cell thread[COL_THREAD_CELLS];
	uint64_t told_full; /* losses that records of the ring tell of */
	uint64_t told_reentered;
	uint64_t first_counter; /* starts of the first and the last record that were taken */
	uint64_t last_counter;
	bool owner_seen; /* a record says whose the first ones are, or that there was another */
	struct ctr_cell owner[COL_THREAD_CELLS]; /* THREAD_END of their thread, if it was first */
	struct ctr_cell whose[COL_THREAD_CELLS]; /* names the present owner, if .ncells */
	struct col_ring_before before[COL_FLIGHT_SEGMENTS];
	uint64_t slow_told; /* cell behind the one whose call was told of as slow */
	uint64_t left_out;  /* calls that were taken once and are too old for this trace */
	struct col_ring_known known;
	struct col_ring_counts final; /* when its process was closed */
	uint64_t damaged;             /* cells skipped */
	uint64_t overwritten;         /* cells */
};

#define COL_RING_OVERWRITE 0x1 /* the producer does not wait for the tail */
#define COL_RING_PRIVATE   0x2 /* the file stays as it is: the tail moves for us alone */

/*
 * Maps the ring file `name`. Returns 0, -EAGAIN if its maker has not finished it, or another
 * negative errno. A ring may have fewer cells than the session's setting, never a broken shape.
 */
int col_ring_attach(struct col_ring *r, int dirfd, const char *name, unsigned int flags);

void col_ring_detach(struct col_ring *r);

/* Cells reserved so far; everything in them but what comes with commit may be read now. */
uint64_t col_ring_head(const struct col_ring *r);

/*
 * What lies between the tail and `head`, at most `max` cells of it. Of a ring that nobody will
 * write to any more (`dead`) the uncommitted records are taken too, and so are those of threads
 * that have ended.
 */
struct col_run col_ring_next(struct col_ring *r, uint64_t head, uint32_t max, bool dead);

/*
 * Copies a run to `out`. In a ring that is being overwritten the run may be gone by now: false,
 * and the tail stands at what is left.
 */
bool col_ring_copy(struct col_ring *r, const struct col_run *run, struct ctr_cell *out);

/* Moves the tail behind the run. */
void col_ring_release(struct col_ring *r, const struct col_run *run);

/* Looks at the counters; `broken` is set if the file was cut off. */
void col_ring_look(struct col_ring *r);

/*
 * From now on `r` is a copy of what the ring holds at this instant, which nobody writes to. What
 * had not committed is in flight. Of a ring that is being overwritten, a call is waited for until
 * `until_ns` that may not be counted yet. False: no memory, it is as before.
 */
bool col_ring_freeze(struct col_ring *r, uint64_t until_ns);

/* Calls among the records of a copied run (control records are not calls). */
uint32_t col_run_calls(const struct ctr_cell *cells, uint32_t ncells);

/* Those of them that were left by a jump: they have not returned, and never will. */
uint32_t col_run_left(const struct ctr_cell *cells, uint32_t ncells);

#endif
