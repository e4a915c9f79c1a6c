/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A traced process as the collector knows it: its slot, its rings, its definitions, its map, and
 * whether it still runs.
 */
#ifndef COLLECT_PROCESS_H
#define COLLECT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/addresses.h"
#include "collect/defs.h"
#include "collect/maps.h"
#include "collect/ring.h"
#include "curtrace/trace_format.h"
#include "util/map.h"

/* What became of the calls: calls = recorded + every lost_*, and in_flight is part of recorded. */
struct col_counters {
	uint64_t calls;
	uint64_t recorded;
	uint64_t in_flight;
	uint64_t lost_full;        /* no room in the ring */
	uint64_t lost_reentered;   /* made by a signal handler at a bad moment */
	uint64_t lost_no_ring;     /* the thread got no ring */
	uint64_t lost_no_slot;     /* the process got no slot */
	uint64_t lost_no_session;  /* the process could not open the session */
	uint64_t lost_write;       /* no room on the trace's disk */
	uint64_t lost_overwritten; /* flight recorder: too old */
	uint64_t lost_damaged;     /* the ring was written over */
	uint64_t lost_unread;      /* rings that could not be read: at least a call of each */
	/* These are not calls: */
	uint64_t lost_no_room;  /* of lost_no_ring: no shared memory left */
	uint64_t lost_defs;     /* definitions */
	uint64_t lost_in_child; /* of lost_reentered: in children that a handler forked */
	uint64_t broken_rings;
	uint64_t injected;  /* errors, whether or not their calls were recorded */
	uint64_t delayed;   /* calls without one that were held up */
	uint64_t uncounted; /* calls that the rings' own counters do not have */
};

struct col_process {
	const struct ctr_process *slot;
	uint32_t pid;
	uint32_t parent_pid;
	uint32_t exec_count;
	uint32_t pid_namespace;
	bool foreign;      /* of a pid namespace that is not ours */
	bool ours;         /* of one that is; neither: not known */
	uint32_t host_pid; /* as we name it, if its own world names it differently; 0: not known */
	uint32_t slot_clock;
	uint64_t opened; /* counter */
	uint64_t start_time;
	char tag[48];    /* "P.S.E", how its files end */
	int64_t index;   /* number of its CTR_CHUNK_PROCESS; -1: none yet */
	char *exe;       /* path of the program file, or NULL */
	char name[64];   /* for people */
	bool seen_alive; /* its pid means to us what it means to the process: there it was */
	bool superseded; /* by another image of the same process */
	bool outlived;   /* it still ran when the session was over */
	bool untold;     /* losses that the trace has no record of yet */
	bool dead;       /* found to be, and about to be closed */
	bool closed;     /* everything was taken, the rings are unmapped */
	struct col_ring **rings;
	size_t nrings;
	size_t capacity;
	uint32_t unread; /* rings that the last scan could not attach, though they are whole */
	struct ut_map by_number; /* ring number -> index into rings */
	struct col_defs defs;
	struct col_maps maps;
	bool maps_written;    /* m.text is in the trace */
	uint64_t maps_due_ns; /* not to be read again before */
	struct col_addresses addresses;
	struct col_counters earlier;  /* what a collector before us took from rings now gone */
	struct col_counters counters; /* of a closed process */
};

/* Fills in what the slot says; what /proc says too if the process still runs. */
struct col_process *col_process_new(const struct ctr_process *slot);

void col_process_free(struct col_process *p);

/* The process runs, or we cannot tell because its pid is of another namespace. */
bool col_process_may_run(struct col_process *p);

/* It certainly runs. */
bool col_process_runs(struct col_process *p);

/* /proc/P/maps of a process that runs, else what it left in the session; NULL if neither. */
char *col_process_read_maps(struct col_process *p, int dirfd, size_t *size);

/* The map that the process left behind when it made its first call. */
char *col_process_first_maps(const struct col_process *p, int dirfd, size_t *size);

/* The one that it left last: then, or when it exited. */
char *col_process_left_maps(const struct col_process *p, int dirfd, size_t *size);

/* A ring file "ring.P.S.E.N" is of this process: its number, else -1. */
int64_t col_process_ring_number(const struct col_process *p, const char *name);

void col_process_add_ring(struct col_process *p, const struct col_ring *ring);

/* Sums up what became of the calls, from the rings as they are now. */
void col_process_count(struct col_process *p);

/* Adds each counter of `from` to `to`. */
void col_counters_add(struct col_counters *to, const struct col_counters *from);

uint64_t col_counters_lost(const struct col_counters *c);

#endif
