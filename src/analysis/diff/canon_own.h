/* SPDX-License-Identifier: Apache-2.0 */
/* Private to canonical calls: what is known of a trace so far, and how values are made. */
#ifndef DIFF_CANON_OWN_H
#define DIFF_CANON_OWN_H

#include "analysis/diff/canon.h"
#include "analysis/diff/objects.h"
#include "reader/names.h"

/* What is remembered of a function of the trace. */
struct df_habit {
	bool known;
	bool is_query;
	bool records;      /* an event, on a stream */
	bool ends;         /* an object */
	bool asks_events;  /* how far back the event's record lies is the pace of things */
	bool varies;       /* its outputs tell what the machine is like at the moment */
	uint32_t layout;   /* of the calls that `left_out` is of; 0: to be looked at */
	uint64_t left_out; /* arguments, as bits */
};

struct df_known_lane {
	const char *known_as;
	struct ut_map recordings; /* by stream: events recorded on it by this lane */
	uint32_t allocations;
};

struct df_canon {
	bool identities;
	struct an_state *state;
	struct df_objects objects;
	struct df_known_lane *lanes;
	size_t nlanes, lanes_capacity;
	struct df_habit *habits; /* by number of the function */
	size_t habits_capacity;
	struct rd_names names; /* kernels, threads */
	struct ut_map kernels; /* their normalised names by address or hash of the text */
	uint32_t *allocations; /* numbers in their lanes, by number of the allocation */
	size_t allocations_capacity;
	const char *last_type; /* types of handles as they were met */
	uint32_t last_type_number;
	uint32_t stream_type, event_type, node_type;
};

const char *df_canon_keep(struct df_canon *canon, const char *text);

static inline struct df_asker df_canon_asker(uint32_t lane, const struct ct_event *event)
{
	return (struct df_asker){ lane, event->process, event->start_ns, event->end_ns };
}

/* A word that lives as long as the trace. */
void df_value_set_word(struct df_value *value, const char *word);

/* ---- canon_values.c -------------------------------------------------------------------------- */

/* What is remembered of the call's function. */
struct df_habit *df_canon_habit(struct df_canon *canon, const struct ct_event *event);
/* Arguments that are not to be looked at, as bits. */
uint64_t df_canon_left_out(const struct ct_event *event, const struct an_effect *effect,
			   struct df_habit *habit);
/* What an argument means. */
void df_canon_value(struct df_canon *canon, struct df_value *value, uint32_t lane,
		    const struct ct_event *event, const struct ct_arg *arg,
		    const struct an_effect *effect, const struct df_habit *habit);

/* ---- canon_objects.c ------------------------------------------------------------------------- */

/* The number of a type of handles; 0: there are too many. */
uint32_t df_canon_type(struct df_canon *canon, const char *type, bool lasting);
void df_canon_handle(struct df_canon *canon, struct df_value *value, uint32_t lane,
		     const struct ct_event *event, const struct ct_arg *arg, const char *type,
		     const struct df_habit *habit);
/* The type of what an address is, where a trace holds handles as addresses; NULL: none. */
const char *df_canon_type_of_address(struct df_canon *canon, uint32_t lane,
				     const struct ct_event *event, const struct ct_arg *arg);
/* After a call that records an event. */
void df_canon_note_recording(struct df_canon *canon, uint32_t lane, const struct ct_event *event);

/* ---- canon_memory.c -------------------------------------------------------------------------- */

/* The normalised name. */
const char *df_canon_kernel(struct df_canon *canon, const char *name, bool lasting);
void df_canon_pointer(struct df_canon *canon, struct df_value *value, const struct ct_event *event,
		      const struct ct_arg *arg, const struct an_effect *effect);
/* After a call that allocates. */
void df_canon_number(struct df_canon *canon, uint32_t lane, const struct an_change *change);

#endif
