/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which calls of a thread contain each other: events come in order of their start, so that a call
 * has ended when one begins that it does not contain. Private to src/write.
 */
#ifndef WRITE_THREADS_H
#define WRITE_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/event.h"
#include "util/map.h"

/* A call that may contain what comes. */
struct wr_open {
	uint64_t start_ns, end_ns;
	uint64_t inner_ns; /* how much of it calls within it took */
	uint32_t node;     /* the caller's */
};

struct wr_thread {
	uint32_t process, tid;
	bool described; /* the caller's, as is: */
	uint64_t uuid;
	size_t nopen, capacity;
	struct wr_open *open; /* the outermost first */
};

struct wr_threads { /* all zero: empty */
	struct ut_map index;
	struct wr_thread *list;
	size_t count, capacity;
	uint32_t recent[64]; /* by tid: 1 + number in list */
};

/* The thread of an event, valid until the next call. */
struct wr_thread *wr_threads_get(struct wr_threads *threads, const struct ct_event *event);

/*
 * Takes off the innermost call that has ended at `now`; NULL: none has. Valid until the next
 * call.
 */
const struct wr_open *wr_thread_ended(struct wr_thread *thread, uint64_t now);

/*
 * Puts a call on. Where it would outlive the call that contains it, which two clocks can make of
 * two calls, it is cut to that one's end.
 */
void wr_thread_begin(struct wr_thread *thread, const struct ct_event *event, uint32_t node);

void wr_threads_free(struct wr_threads *threads);

#endif
