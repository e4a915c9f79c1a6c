/* SPDX-License-Identifier: Apache-2.0 */
/* Frees and copies that do not fit what is live, put together by the place they come from. */
#include <string.h>

#include "analysis/memory_internal.h"
#include "util/xalloc.h"

/* At more places than these they are only counted. */
#define MAX_INCIDENTS 512

static const char *keep(struct an_usage *usage, const char *text)
{
	return text ? rd_names_text(&usage->names, rd_names_number(&usage->names, text)) : NULL;
}

/* NULL: there are too many already. Texts are kept once, so that pointers can be compared. */
static struct an_incident *meet(struct an_usage *usage, const struct ct_event *event,
				enum an_incident_kind kind)
{
	struct an_incidents *incidents = &usage->incidents;
	const char *function = keep(usage, event->name);
	const char *module = keep(usage, event->caller_module);
	struct an_incident *incident;

	for (size_t i = 0; i < incidents->count; i++) {
		incident = &incidents->list[i];
		if (incident->kind == kind && incident->function == function &&
		    incident->caller_module == module && incident->process == event->process &&
		    incident->caller_offset == event->caller_offset)
			return incident;
	}
	if (incidents->count == MAX_INCIDENTS)
		return NULL;
	ut_grow(&incidents->list, &incidents->capacity, incidents->count, sizeof(*incidents->list));
	incident = &incidents->list[incidents->count++];
	*incident = (struct an_incident){
		.kind = kind,
		.process = event->process,
		.function = function,
		.caller_module = module,
		.caller_offset = event->caller_offset,
		.caller_function = keep(usage, event->caller_function),
		.caller_function_offset = event->caller_function_offset,
		.ordinal = event->ordinal,
		.ns = event->start_ns,
		.result = keep(usage, event->result_name),
	};
	return incident;
}

static void add(struct an_usage *usage, const struct ct_event *event, enum an_incident_kind kind,
		uint64_t at, uint64_t bytes, const struct an_allocation *other, uint64_t beyond)
{
	struct an_incident *incident = meet(usage, event, kind);

	if (!incident) {
		usage->incidents.others[kind].count++;
		usage->incidents.others[kind].bytes += bytes;
		return;
	}
	incident->bytes += bytes;
	if (incident->count++)
		return;
	incident->at = at;
	incident->beyond = beyond;
	if (other)
		incident->other = *other;
}

/* ---- copies -------------------------------------------------------------------------------- */

struct end {
	uint64_t at, span;
	bool is_device; /* as the call says */
};

static struct end to_end(const struct an_effect *effect)
{
	struct end end = { .span = effect->to_span };

	if (effect->to_place == AN_PLACE_ADDRESS)
		end.at = effect->to;
	end.is_device = effect->kind == AN_EFFECT_SET || effect->direction == AN_HOST_TO_DEVICE ||
			effect->direction == AN_DEVICE_TO_DEVICE ||
			effect->direction == AN_PEER_TO_PEER;
	return end;
}

static struct end from_end(const struct an_effect *effect)
{
	struct end end = { .span = effect->from_span };

	if (effect->from_place == AN_PLACE_ADDRESS)
		end.at = effect->from;
	end.is_device = effect->direction == AN_DEVICE_TO_HOST ||
			effect->direction == AN_DEVICE_TO_DEVICE ||
			effect->direction == AN_PEER_TO_PEER;
	return end;
}

/*
 * Mappings may lie side by side and be one piece of memory to their program. In a damaged trace one
 * may have no bytes, behind which it lies itself, or reach around the end of all addresses.
 */
static uint64_t end_of(const struct an_usage *usage, uint32_t process,
		       const struct an_allocation *allocation)
{
	const struct an_allocation *next = allocation;
	uint64_t end;

	do {
		allocation = next;
		end = allocation->address + allocation->bytes;
		if (end < allocation->address)
			return UINT64_MAX;
		if (allocation->memory != AN_MEMORY_MAPPED || end == allocation->address)
			return end;
		next = an_state_find(usage->state, process, end);
	} while (next && next->memory == AN_MEMORY_MAPPED);
	return end;
}

/* What is the host's own may go on behind what was registered of it. */
static void check_known(struct an_usage *usage, const struct ct_event *event,
			const struct an_allocation *allocation, struct end end)
{
	uint64_t last;

	if (!allocation->bytes_known || !end.span || allocation->memory == AN_MEMORY_REGISTERED ||
	    allocation->memory == AN_MEMORY_BORROWED)
		return;
	last = end_of(usage, event->process, allocation);
	if (end.at + end.span > last)
		add(usage, event, AN_INCIDENT_COPY_BEYOND, end.at, end.span, allocation,
		    end.at + end.span - last);
}

/* cudaErrorInvalidValue, cudaErrorInvalidDevicePointer: the addresses were at fault, it seems. */
static bool is_refused(const struct ct_event *event)
{
	return event->flags & CT_EVENT_FAILED && (event->result == 1 || event->result == 17);
}

/* A copy of whose ends neither is known is one copy: `told` of the first. */
static void check_unknown(struct an_usage *usage, const struct ct_event *event, bool known,
			  struct end end, bool *told)
{
	const struct an_allocation *before = an_state_before(usage->state, event->process, end.at);
	const struct an_allocation *freed = an_state_freed(usage->state, event->process, end.at);

	/* How far that one goes is not known: it may be of it. */
	if (*told || (before && !before->bytes_known))
		return;
	*told = true;
	if (known)
		add(usage, event, AN_INCIDENT_UNSEEN_COPY, end.at, end.span, NULL, 0);
	else if (is_refused(event) && freed)
		add(usage, event, AN_INCIDENT_COPY_FREED, end.at, end.span, freed, 0);
	else if (is_refused(event))
		add(usage, event, AN_INCIDENT_COPY_OUTSIDE, end.at, end.span, before, 0);
}

static void check_end(struct an_usage *usage, const struct ct_event *event, bool known,
		      struct end end, bool *told)
{
	const struct an_allocation *allocation;

	if (!end.at)
		return;
	allocation = an_state_find(usage->state, event->process, end.at);
	if (allocation)
		check_known(usage, event, allocation, end);
	else if (end.is_device)
		check_unknown(usage, event, known, end, told);
}

void an_incidents_copy(struct an_usage *usage, const struct ct_event *event,
		       const struct an_effect *effect)
{
	bool told = false;

	if (event->flags & (CT_EVENT_IN_FLIGHT | CT_EVENT_EXPECTED))
		return;
	check_end(usage, event, effect->known, to_end(effect), &told);
	if (effect->kind == AN_EFFECT_COPY)
		check_end(usage, event, effect->known, from_end(effect), &told);
}

/* ---- memory -------------------------------------------------------------------------------- */

/* An address within an allocation is not one that it begins at. */
static void add_free(struct an_usage *usage, const struct ct_event *event,
		     const struct an_effect *effect, const struct an_change *change)
{
	enum an_incident_kind kind = AN_INCIDENT_UNSEEN_FREE;
	uint64_t beyond = 0;

	if (!effect->known)
		kind = change->kind == AN_CHANGE_DOUBLE_FREE ? AN_INCIDENT_DOUBLE_FREE
							     : AN_INCIDENT_UNKNOWN_FREE;
	if (change->kind == AN_CHANGE_UNKNOWN_FREE && change->allocation)
		beyond = effect->at - change->allocation->address;
	add(usage, event, kind, effect->at, change->allocation ? change->allocation->bytes : 0,
	    change->allocation, beyond);
}

void an_incidents_change(struct an_usage *usage, const struct ct_event *event,
			 const struct an_effect *effect, const struct an_change *change)
{
	if (effect->kind == AN_EFFECT_ALLOC && event->flags & CT_EVENT_FAILED)
		add(usage, event, AN_INCIDENT_NO_MEMORY, 0, effect->bytes, NULL,
		    usage->device.live_bytes);
	else if (change->kind == AN_CHANGE_DOUBLE_FREE || change->kind == AN_CHANGE_UNKNOWN_FREE)
		add_free(usage, event, effect, change);
}
