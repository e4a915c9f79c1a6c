/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the analysis: to which member of a group a call belongs, as numbers from 1 in the
 * order in which members are met. This is asked for every call, so that what can be told by a
 * number or by the address of a text (see ct_event.lasting) is.
 */
#ifndef ANALYSIS_STATISTICS_KEYS_H
#define ANALYSIS_STATISTICS_KEYS_H

#include "analysis/state.h"
#include "analysis/statistics.h"
#include "analysis/statistics_array.h"
#include "util/arena.h"

struct an_seen;

/* Failures that may yet turn out to have been cleared and retried, see statistics_retry.h. */
#define AN_PENDING 4

struct an_pending {
	uint32_t function;
	int32_t result;
	uint64_t call; /* number of the failed call in its thread */
	uint64_t ordinal;
	bool cleared;
	struct an_tally *counted_in[4];
};

struct an_thread {
	uint32_t number; /* from 1 */
	uint32_t process, pid, tid;
	const char *name;
	int32_t device;      /* that it has made current */
	uint64_t busy_until; /* end of the call that it is in, or was in last */
	uint64_t calls;
	uint64_t work;     /* launches, copies and sets since it waited last */
	uint64_t launches; /* of them */
	uint64_t turns;    /* launches and waits so far */
	/* The stream that it used last, as long as that means the same. */
	uint64_t stream;
	int32_t stream_device;
	uint64_t streams_forgotten;
	struct an_tally *stream_tally;
	unsigned int npending;
	struct an_pending pending[AN_PENDING];
	/* The calls of one function in a row that are going on. */
	uint32_t repeated; /* the function */
	uint64_t repeats, repeats_ns, repeats_ordinal;
	uint32_t repeats_spot;
};

/* A table of names that are met: by their addresses where these tell, else by their text. */
struct an_texts {
	struct rd_names names;
	struct ut_map by_address;
};

struct an_keys {
	const struct ct_header *header;
	struct an_state *state;
	struct an_thread **threads;
	size_t nthreads, threads_capacity;
	struct ut_map thread_index;
	struct an_thread *last_thread;
	struct an_texts kernels, modules, domains;
	struct rd_names ranges;
	struct ut_map kernels_by_key;
	struct an_array domain_of; /* uint32_t, by function */
	struct ut_map stream_index;
	uint64_t streams_forgotten; /* how often a handle has come to mean another stream */
	const char **streams;
	size_t nstreams, streams_capacity;
	struct an_array functions; /* their names by number */
	struct an_spots spots;
	struct ut_arena strings;
};

struct an_thread *an_keys_find_thread(struct an_keys *keys, const struct ct_event *event);

/* Mostly that of the event before. */
static inline struct an_thread *an_keys_thread(struct an_keys *keys, const struct ct_event *event)
{
	struct an_thread *last = keys->last_thread;

	if (last && last->tid == event->tid && last->process == event->process &&
	    event->type == CT_EVENT_CALL)
		return last;
	return an_keys_find_thread(keys, event);
}

/* 0: the call has no part in that group. */
uint32_t an_keys_of(struct an_keys *keys, enum an_group group, const struct an_seen *seen);

/* A handle that was made again is another stream. */
void an_keys_forget_stream(struct an_keys *keys, const struct an_seen *seen);

/* As people read it; lives as long as the keys. */
const char *an_keys_name(struct an_keys *keys, enum an_group group, uint32_t number);

void an_keys_free(struct an_keys *keys);

#endif
