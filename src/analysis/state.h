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
	int32_t context; /* the device that was current, with whose reset it goes */
	uint64_t bytes;
	bool bytes_known;
	uint32_t element_bytes; /* of an array; 0: not known */
	uint64_t pool;
	uint64_t ordinal; /* of the event that made it */
	uint64_t start_ns, end_ns;
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
	AN_CHANGE_UNKNOWN_FREE, /* nothing known was allocated there; allocation: what lies around
				 * the address, or NULL */
	AN_CHANGE_RESET         /* the device's memory is gone; `count` allocations with it */
};

/*
 * A free that the runtime has refused is a DOUBLE_FREE or an UNKNOWN_FREE where its result says
 * that there was no such memory; one that it has accepted (an_effect.known) is so where the trace
 * does not hold the allocation: made before recording began, by another library, or lost.
 */
struct an_change {
	enum an_change_kind kind;
	const struct an_allocation *allocation; /* until the next an_state_apply, as is `gone` */
	/*
	 * All that this call has ended: what it freed, or what the trace has shown as live at the
	 * place of a new allocation, whose end it does not show.
	 */
	const struct an_allocation *gone;
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

/* What began at `address` and was freed last; NULL: nothing, or it is too long ago. */
const struct an_allocation *an_state_freed(const struct an_state *state, uint32_t process,
					   uint64_t address);

/* The array, or mipmapped array, of this handle; NULL: none known. */
const struct an_allocation *an_state_array(const struct an_state *state, uint32_t process,
					   uint64_t handle);

/* The last allocation that begins at `address` or before it, even if it ends before it. */
const struct an_allocation *an_state_before(const struct an_state *state, uint32_t process,
					    uint64_t address);

/*
 * All that is live, in order of allocation number: an array of `*count`, to be freed. Not
 * what is borrowed.
 */
const struct an_allocation **an_state_live(const struct an_state *state, size_t *count);

/*
 * A handle's short name, "stream#2": objects of a type are numbered over their process in the order
 * in which they are met, and a handle that is made again after its destruction is another object.
 * 0 and the special streams have names of their own: `default`, `legacy`, `per-thread`, and of
 * other types `NULL`. Written into `name`; returns it. The numbers are 1, 2, ... of each type. What
 * a call has made is to be asked for after an_state_apply, what it takes before or after.
 */
const char *an_state_handle(struct an_state *state, uint32_t process, const char *type,
			    uint64_t handle, char *name, size_t size);

/* The device that the thread has made current; 0 if it never has. */
int32_t an_state_device(const struct an_state *state, uint32_t process, uint32_t tid);

/* The bytes of an effect, from what is known of its array where the call leaves them open. */
bool an_state_bytes(const struct an_state *state, const struct ct_event *event,
		    const struct an_effect *effect, uint64_t *bytes);

/* The devices of both ends of a copy or set; -1: none (the host), or not known. */
void an_state_devices(const struct an_state *state, const struct ct_event *event,
		      const struct an_effect *effect, int32_t *to, int32_t *from);

/* The direction of a copy, from what its addresses are where the call leaves it open. */
enum an_direction an_state_direction(const struct an_state *state, const struct ct_event *event,
				     const struct an_effect *effect);

#endif
