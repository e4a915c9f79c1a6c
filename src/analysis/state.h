/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is true of the traced processes at an instant of a trace: which memory is live, which handle
 * means which object, which device a thread has made current. Fed with every event in the trace's
 * order; memory grows with what is live, not with the trace.
 *
 *	struct an_state *state = an_state_new();
 *	while (rd_next(trace, &event)) {
 *		an_effect_of(&event, &effect);
 *		... look things up as they were before the call ...
 *		an_state_apply(state, &event, &effect, &change);
 *	}
 *	an_state_free(state);
 */
#ifndef ANALYSIS_STATE_H
#define ANALYSIS_STATE_H

#include <stddef.h>

#include "analysis/effect.h"

struct an_allocation {
	uint64_t number; /* from 1, in order of allocation, over all processes */
	enum an_memory memory;
	uint32_t process; /* index into ct_header.processes */
	int32_t device;   /* -1: none (host memory), or not known */
	uint64_t address;
	uint64_t bytes;
	bool bytes_known;
	uint64_t pool;
	uint64_t ordinal; /* of the event that made it */
	uint64_t start_ns;
	uint32_t tid;
	const char *function;      /* that made it; lives as long as the state */
	const char *caller_module; /* as in ct_event, kept by the state; or NULL */
	uint64_t caller_offset;
	const char *caller_function;
	uint64_t caller_function_offset;
	uint32_t stack;
};

enum an_change_kind {
	AN_CHANGE_NONE = 0,
	AN_CHANGE_ALLOCATED,    /* allocation: the new one */
	AN_CHANGE_FREED,        /* allocation: a copy of what is gone */
	AN_CHANGE_DOUBLE_FREE,  /* allocation: what was there before, freed already */
	AN_CHANGE_UNKNOWN_FREE, /* nothing was ever allocated there in this trace */
	AN_CHANGE_RESET         /* the device's memory is gone; `count` allocations with it */
};

struct an_change {
	enum an_change_kind kind;
	const struct an_allocation *allocation; /* until the next an_state_apply */
	size_t count;
};

struct an_state;

struct an_state *an_state_new(void);
void an_state_free(struct an_state *state);

void an_state_apply(struct an_state *state, const struct ct_event *event,
		    const struct an_effect *effect, struct an_change *change);

/* The live allocation that `address` falls into; NULL: none known. */
const struct an_allocation *an_state_find(const struct an_state *state, uint32_t process,
					  uint64_t address);

/* All that is live, in order of allocation number: an array of `*count`, to be freed. */
const struct an_allocation **an_state_live(const struct an_state *state, size_t *count);

/*
 * A handle's short name, "stream#2": objects of a type are numbered over their process in the order
 * in which they are met, and a handle that is made again after its destruction is another object.
 * 0 and the special streams have names of their own ("stream#0 legacy" is `default`, `legacy`,
 * `per-thread`). Written into `name`; returns it. The numbers are 1, 2, ... of each type.
 */
const char *an_state_handle(struct an_state *state, uint32_t process, const char *type,
			    uint64_t handle, char *name, size_t size);

/* The device that the thread has made current; 0 if it never has. */
int32_t an_state_device(const struct an_state *state, uint32_t process, uint32_t tid);

/* The direction of a copy, worked out from what the addresses are where the call leaves it open. */
enum an_direction an_state_direction(const struct an_state *state, const struct ct_event *event,
				     const struct an_effect *effect);

#endif
