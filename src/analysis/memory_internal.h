/* SPDX-License-Identifier: Apache-2.0 */
/* Private to memory*.c. */
#ifndef ANALYSIS_MEMORY_INTERNAL_H
#define ANALYSIS_MEMORY_INTERNAL_H

#include "analysis/memory.h"
#include "analysis/state.h"
#include "reader/names.h"
#include "util/arena.h"
#include "util/map.h"

/* What has gone wrong, or was left open, at one place. */
enum an_incident_kind {
	AN_INCIDENT_DOUBLE_FREE,
	AN_INCIDENT_UNKNOWN_FREE,
	AN_INCIDENT_COPY_BEYOND,  /* begins within an allocation and ends behind it */
	AN_INCIDENT_COPY_FREED,   /* of memory that was freed, and refused */
	AN_INCIDENT_COPY_OUTSIDE, /* of memory that nobody allocated, and refused */
	AN_INCIDENT_NO_MEMORY,    /* an allocation that failed */
	AN_INCIDENT_UNSEEN_FREE,  /* accepted: its allocation is not in the trace */
	AN_INCIDENT_UNSEEN_COPY,
	AN_INCIDENTS
};

struct an_incident {
	enum an_incident_kind kind;
	uint32_t process;
	const char *function;
	const char *caller_module;
	uint64_t caller_offset;
	const char *caller_function;
	uint64_t caller_function_offset;
	uint64_t count, bytes;
	/* The first one: */
	uint64_t ordinal, ns, at;
	uint64_t beyond; /* bytes behind the end, or from the beginning */
	const char *result;
	struct an_allocation other; /* that it is about; number 0: none */
};

struct an_incidents {
	struct an_incident *list;
	size_t count, capacity;
	struct {
		uint64_t count, bytes;
	} others[AN_INCIDENTS]; /* at more places than are kept */
};

struct an_usage {
	const struct ct_header *header;
	bool by_stack;
	struct an_state *state;
	struct an_kind kinds[AN_MEMORIES];
	struct an_kind device, host;
	struct an_device *devices;
	size_t ndevices, devices_capacity;
	struct an_holder *holders;
	size_t nholders, holders_capacity;
	uint32_t *slots; /* hash table of holders' numbers, from 1 */
	size_t nslots;
	const struct an_holder **by_bytes, **by_churn;
	size_t nchurn;
	struct an_route *routes;
	size_t nroutes, routes_capacity;
	struct ut_map given_back; /* by size: how many were freed and not taken again */
	struct an_incidents incidents;
	struct rd_names names; /* of incidents */
	struct an_finding *findings;
	size_t nfindings;
	struct ut_arena texts; /* of findings */
	uint64_t first_ns, last_ns, lost;
	uint64_t without_arguments; /* allocations and copies of which nothing is known */
};

/* Incidents of a call; before the call is applied to the state for copies, after it for frees. */
void an_incidents_copy(struct an_usage *usage, const struct ct_event *event,
		       const struct an_effect *effect);
void an_incidents_change(struct an_usage *usage, const struct ct_event *event,
			 const struct an_effect *effect, const struct an_change *change);

void an_usage_find(struct an_usage *usage);

#endif
