/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several traces as one, in order of time: events of all of them, taken one by one, under one
 * header. Ids that two of them use for different things are changed, clocks are put on one time,
 * and what any of them lost, warned of or lacks is said of the whole.
 *
 * Memory grows with the number of traces and with what their headers hold, not with events.
 */
#ifndef ANALYSIS_MERGE_H
#define ANALYSIS_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/reader.h"

struct an_merge_input {
	struct rd_trace *trace; /* open, nothing read from it yet; stays the caller's */
	const char *name;       /* for people; lives as long as the merge */
	int64_t shift_ns;       /* is added to its times */
};

/* What reading through a merge has shown that no header says. */
struct an_merge_seen {
	size_t ninputs, nprocesses;
	struct rd_error *damage; /* of each input; no text: it is sound */
	uint64_t *calls;         /* of each process, within the window */
	uint64_t *in_flight;
};

struct an_merge_options {
	const char *tool_version;
	/* Calls that overlap this window, counted from the start of the merged trace. */
	uint64_t from_ns;
	uint64_t to_ns;    /* UINT64_MAX: to the end */
	const char *align; /* what was done to the clocks, and how far they can be trusted */
	const char *clocks;
	const struct ct_warning *warnings; /* of the caller's own */
	size_t nwarnings;
	/* Of the same traces and options; NULL: the first time. */
	const struct an_merge_seen *seen;
};

struct an_merge;

struct an_merge *an_merge_open(const struct an_merge_input *inputs, size_t ninputs,
			       const struct an_merge_options *options);

/* Valid until an_merge_close. */
const struct ct_header *an_merge_header(const struct an_merge *merge);

/* The next event, valid until the one after it is asked for; NULL at the end. */
const struct ct_event *an_merge_next(struct an_merge *merge);

/*
 * After the last event: what was seen, to be freed with an_merge_seen_free. A header that is made
 * with it is right about damage and about what the window holds.
 */
struct an_merge_seen *an_merge_take_seen(struct an_merge *merge);
void an_merge_seen_free(struct an_merge_seen *seen);

void an_merge_close(struct an_merge *merge);

#endif
