/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms that a trace can be exported to. Each is a file of this folder that defines one of
 * these, and a line in formats.c. A writer sees events as the reader gives them, and beside each
 * what an analysis makes of it, as plain values. Memory grows with what is different in a trace
 * (names, threads, stacks), not with its length.
 *
 * Errors are sticky: after the first, nothing more is written, and event and end return it.
 */
#ifndef WRITE_FORMAT_H
#define WRITE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/event.h"

enum wr_weight {
	WR_WEIGHT_TIME = 0,
	WR_WEIGHT_CALLS,
	WR_WEIGHT_BYTES,    /* copied and set */
	WR_WEIGHT_ALLOCATED /* bytes */
};

struct wr_target {
	int fd; /* the caller's; open until the end. Of a format that seeks: an empty file */
	bool gz;
	enum wr_weight weight;
};

/* How many bytes of one kind of memory are live now. */
struct wr_live {
	uint32_t process; /* index into ct_header.processes */
	int32_t device;   /* -1: of no device */
	const char *memory;
	uint64_t bytes;
};

enum wr_effect {
	WR_NO_EFFECT = 0,
	WR_ALLOC,
	WR_FREE,
	WR_COPY,
	WR_SET,
	WR_LAUNCH,
	WR_GRAPH_LAUNCH,
	WR_WAIT,
	WR_CREATE,
	WR_DESTROY,
	WR_SET_DEVICE,
	WR_DEVICE_RESET,
	WR_EFFECTS
};

/* "alloc", "copy", "graph launch", ...; NULL for none. */
const char *wr_effect_name(enum wr_effect effect);

enum wr_change {
	WR_UNCHANGED = 0,
	WR_ALLOCATED,
	WR_FREED,
	WR_FREED_TWICE,
	WR_FREED_UNKNOWN,
	WR_RESET /* everything of a device is gone */
};

/*
 * What a call did. A text is NULL, an address 0 and a device -1 where there is none. Texts live
 * until the trace is closed, but `kernel`, which is the event's.
 */
struct wr_detail {
	enum wr_effect effect;
	const char *direction;
	const char *memory;
	const char *waits_for;
	bool known; /* it came to pass: the call has succeeded */
	bool asynchronous;
	bool bytes_known;
	bool has_stream;
	bool has_shape; /* grid, block, shared */
	uint64_t bytes;
	int32_t device;
	uint64_t at;       /* allocated or freed */
	uint64_t to, from; /* of a copy or set */
	uint64_t stream;
	const char *stream_name; /* "stream#2", "default" */
	const char *kernel;
	uint32_t grid[3], block[3];
	uint64_t shared;
	enum wr_change change;
	uint64_t allocation; /* number of the allocation that was made or given back; 0: none */
	size_t nlive;        /* what is live after the call, where it has changed that */
	const struct wr_live *live;
};

/* What of an event a format looks at. */
#define WR_NEEDS_ARGS   0x1u
#define WR_NEEDS_LABELS 0x2u
#define WR_NEEDS_CALLER 0x4u
#define WR_NEEDS_DETAIL 0x8u
#define WR_NEEDS_RANGES 0x10u /* where NVTX's ranges end */

struct wr_format {
	const char *name;
	const char *const *endings; /* of file names, NULL at the end */
	unsigned int needs;
	bool text;   /* may go to a terminal */
	bool seeks;  /* goes back in its file: no pipe, no compression */
	bool weighs; /* looks at wr_target.weight */
	/* The header's texts outlive the writer. Never NULL. */
	void *(*begin)(const struct wr_target *target, const struct ct_header *header);
	/*
	 * In order of start times. `detail` is NULL if the format does not need it, or not a
	 * call.
	 */
	int (*event)(void *writer, const struct ct_event *event, const struct wr_detail *detail);
	/* Flushes and frees. Returns 0 or the first error as a negative errno. */
	int (*end)(void *writer);
};

/* By name; NULL: there is none. */
const struct wr_format *wr_format_named(const char *name);
/* By the longest ending of a file's name, which may be followed by .gz if `gz` is not NULL. */
const struct wr_format *wr_format_of_file(const char *name, bool *gz);
/* Number `i` of all; NULL behind the last. */
const struct wr_format *wr_format_number(size_t i);

#endif
