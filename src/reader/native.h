/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the native form (.ctr): an index of the file, made in one pass that also checks it
 * (index.c), one cursor for each ring (ring.c), their merge (merge.c) and the decoding of a record
 * (decode.c). The order of chunks in a file is that in which things became known; the order of
 * events is that of their start.
 */
#ifndef READER_NATIVE_H
#define READER_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "reader/api_text.h"
#include "reader/clock.h"
#include "reader/definitions.h"
#include "reader/places.h"
#include "reader/stacks.h"
#include "reader/trace.h"
#include "util/map.h"

/* A run of whole records in the file: one chunk's, or a block's of a packed one. */
struct rd_run {
	uint64_t offset; /* of the first cell in the file; of what is packed */
	uint64_t first;  /* absolute number of the first cell in its ring */
	uint32_t ncells;
	uint16_t flags;  /* CTR_CELLS_* */
	uint16_t clock;  /* enum ctr_clock */
	uint32_t packed; /* bytes in the file, of a block; 0: cells as they are */
};

#define RD_NESTING 64 /* depth to which calls are kept within their callers */

struct rd_ring {
	uint32_t process;
	uint32_t number;
	struct rd_run *runs;
	size_t nruns, runs_capacity;
	/* Where the cursor is. */
	size_t run;                   /* number of the present one */
	const struct ctr_cell *next;  /* of the run: first cell behind the present record */
	const struct ctr_cell *limit; /* where those end that are in memory */
	uint32_t rest;                /* cells of the run that the file has behind `limit` */
	char *window;                 /* what was read, NULL before the first record */
	uint64_t window_offset;       /* in the file, if it is as there */
	size_t window_size;
	/* The present record, in the window. */
	const struct ctr_cell *record;
	uint16_t record_flags;
	uint16_t record_clock;
	uint64_t start_ns;
	/* Its thread. */
	uint32_t pid, tid;
	char thread_name[17];
	const char *given_name;         /* by NVTX; or NULL */
	uint64_t open_ends[RD_NESTING]; /* of the calls that have not ended at start_ns */
	unsigned int nopen;
	uint64_t runtime_end; /* of the last call of the runtime to end */
};

struct rd_process {
	struct ct_process_info info;
	struct rd_places places;
	/* Seen while indexing. */
	uint64_t calls, in_flight, lost;
	uint64_t last_counter[2]; /* [0] of CLOCK_MONOTONIC, [1] of the CPU's counter */
	uint64_t last_ns;         /* until when the process is known to have lived */
};

/* One of the callers that were seen last. */
struct rd_caller {
	uint64_t address;
	uint32_t process;
	struct rd_place place;
};
#define RD_CALLERS 256

struct rd_shape;
struct rd_ranges;

struct rd_native {
	struct rd_api *api;
	struct rd_shape *shapes; /* of functions, by id */
	size_t nshapes;
	const char *kernel_args[CT_MAX_ARGS]; /* the names that were needed */
	struct rd_caller callers[RD_CALLERS];
	struct rd_clock clock;
	struct rd_definitions definitions;
	struct rd_stacks stacks;
	struct rd_ranges *ranges; /* where they end, if that is asked for */
	struct rd_process *processes;
	size_t nprocesses, processes_capacity;
	struct rd_ring **rings;
	size_t nrings, rings_capacity;
	struct ut_map ring_index; /* process << 32 | number -> number in rings */
	bool has_end;
	/* Rings with a record to deliver, earliest first (a heap). */
	struct rd_ring **heap;
	size_t nheap;
	uint64_t second_ns; /* start of the earliest record of all rings but the first */
	bool begun;         /* the first ring's record has been delivered */
	size_t window_size; /* of each ring */
	bool has_packed;
	char packed[(CTR_PACKED_CELLS + 1) * (CTR_CELL_SIZE + 2)]; /* a block, as in the file */
};

/* index.c: reads the whole file once. False: nothing to read. */
bool rd_index(struct rd_trace *trace, struct rd_native *native);

/* header.c: what the JSON chunks say. Text that cannot be parsed: false. */
bool rd_header_parse(struct rd_trace *trace, const void *text, size_t size);
bool rd_process_parse(struct rd_trace *trace, struct rd_native *native, const void *text,
		      size_t size);
bool rd_end_parse(struct rd_trace *trace, struct rd_native *native, const void *text, size_t size);
/* After everything was read: processes, devices, versions, counters. */
void rd_header_finish(struct rd_trace *trace, struct rd_native *native);

/* Cells of the record that begins with `cell`, of which `room` are there; 0 if unsound. */
static inline uint32_t rd_record_cells(const struct ctr_cell *cell, uint64_t room)
{
	return room && cell->ncells <= CTR_MAX_CELLS && cell->ncells <= room ? cell->ncells : 0;
}

/* ring.c: goes to the next record; false at the end of the ring. */
bool rd_ring_next(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring);
void rd_ring_free(struct rd_ring *ring);

/* merge.c: goes to the first record of every ring. */
void rd_merge_begin(struct rd_trace *trace, struct rd_native *native);
/* The ring whose present record comes next; NULL if none is left. The one before moves on. */
struct rd_ring *rd_merge_next(struct rd_trace *trace, struct rd_native *native);

/* decode.c: the ring's present record as an event; false if it is not one to deliver. */
bool rd_decode(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring,
	       struct ct_event *event);

#endif
