/* SPDX-License-Identifier: Apache-2.0 */
/* Sums over allocations: by kind, by device, by place; and copies by where they go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/memory_internal.h"
#include "util/xalloc.h"

/* More different sizes are not remembered. */
#define MAX_SIZES (1u << 16)

bool an_memory_is_device(enum an_memory memory)
{
	return memory == AN_MEMORY_DEVICE || memory == AN_MEMORY_POOL ||
	       memory == AN_MEMORY_MANAGED || memory == AN_MEMORY_ARRAY ||
	       memory == AN_MEMORY_MAPPED;
}

bool an_memory_is_host(enum an_memory memory)
{
	return memory == AN_MEMORY_PINNED || memory == AN_MEMORY_REGISTERED;
}

struct an_usage *an_usage_new(const struct ct_header *header, bool by_stack)
{
	struct an_usage *usage = ut_xcalloc(1, sizeof(*usage));

	usage->header = header;
	usage->by_stack = by_stack;
	usage->state = an_state_new();
	return usage;
}

void an_usage_free(struct an_usage *usage)
{
	if (!usage)
		return;
	an_state_free(usage->state);
	free(usage->devices);
	free(usage->holders);
	free(usage->slots);
	free(usage->by_bytes);
	free(usage->by_churn);
	free(usage->routes);
	ut_map_free(&usage->given_back);
	free(usage->incidents.list);
	rd_names_free(&usage->names);
	free(usage->findings);
	ut_arena_free(&usage->texts);
	free(usage);
}

bool an_usage_wants(const char *name)
{
	const struct an_function *function = an_function(name);

	return function && function->effect != AN_EFFECT_NONE &&
	       function->effect != AN_EFFECT_LAUNCH && function->effect != AN_EFFECT_GRAPH_LAUNCH &&
	       function->effect != AN_EFFECT_WAIT;
}

/* ---- sums ---------------------------------------------------------------------------------- */

static void add_allocation(struct an_kind *kind, const struct an_allocation *allocation)
{
	kind->allocations++;
	kind->allocated += allocation->bytes;
	kind->unsized += !allocation->bytes_known;
	kind->live++;
	kind->live_bytes += allocation->bytes;
	if (kind->live_bytes <= kind->peak.bytes && kind->peak.ordinal)
		return;
	kind->peak = (struct an_peak){ kind->live_bytes, allocation->ordinal, allocation->end_ns };
}

static void remove_allocation(struct an_kind *kind, const struct an_allocation *allocation)
{
	kind->frees++;
	kind->live--;
	kind->live_bytes -= allocation->bytes;
}

/* There are a handful. */
static struct an_kind *device_of(struct an_usage *usage, const struct an_allocation *allocation)
{
	struct an_device *device;

	for (device = usage->devices; device < usage->devices + usage->ndevices; device++) {
		if (device->process == allocation->process && device->device == allocation->device)
			return &device->kind;
	}
	ut_grow(&usage->devices, &usage->devices_capacity, usage->ndevices,
		sizeof(*usage->devices));
	device = &usage->devices[usage->ndevices++];
	*device =
		(struct an_device){ .process = allocation->process, .device = allocation->device };
	return &device->kind;
}

/* ---- places -------------------------------------------------------------------------------- */

/* Texts of allocations are the state's: one pointer for a text. */
static bool is_of(const struct an_holder *holder, const struct an_allocation *allocation,
		  uint32_t stack)
{
	return holder->caller_offset == allocation->caller_offset &&
	       holder->caller_module == allocation->caller_module &&
	       holder->function == allocation->function && holder->memory == allocation->memory &&
	       holder->process == allocation->process && holder->device == allocation->device &&
	       holder->stack == stack;
}

static size_t hash_of(const struct an_allocation *allocation, uint32_t stack)
{
	uint64_t hash = allocation->caller_offset ^ (uintptr_t)allocation->caller_module << 7 ^
			(uintptr_t)allocation->function << 13 ^ (uint64_t)stack << 32 ^
			(uint64_t)allocation->process << 56 ^ (uint64_t)allocation->device << 52 ^
			(uint64_t)allocation->memory << 48;

	hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
	return (size_t)(hash >> 24);
}

static struct an_allocation key_of(const struct an_holder *holder)
{
	return (struct an_allocation){ .memory = holder->memory,
				       .process = holder->process,
				       .device = holder->device,
				       .function = holder->function,
				       .caller_module = holder->caller_module,
				       .caller_offset = holder->caller_offset };
}

static void grow_slots(struct an_usage *usage)
{
	usage->nslots = usage->nslots ? 2 * usage->nslots : 256;
	free(usage->slots);
	usage->slots = ut_xcalloc(usage->nslots, sizeof(*usage->slots));
	for (size_t i = 0; i < usage->nholders; i++) {
		struct an_allocation key = key_of(&usage->holders[i]);
		size_t at = hash_of(&key, usage->holders[i].stack) & (usage->nslots - 1);

		while (usage->slots[at])
			at = (at + 1) & (usage->nslots - 1);
		usage->slots[at] = (uint32_t)i + 1;
	}
}

static struct an_holder *holder_of(struct an_usage *usage, const struct an_allocation *allocation)
{
	uint32_t stack = usage->by_stack ? allocation->stack : 0;
	struct an_holder *holder;
	size_t at;

	if (2 * usage->nholders >= usage->nslots)
		grow_slots(usage);
	at = hash_of(allocation, stack) & (usage->nslots - 1);
	for (; usage->slots[at]; at = (at + 1) & (usage->nslots - 1)) {
		holder = &usage->holders[usage->slots[at] - 1];
		if (is_of(holder, allocation, stack))
			return holder;
	}
	ut_grow(&usage->holders, &usage->holders_capacity, usage->nholders,
		sizeof(*usage->holders));
	holder = &usage->holders[usage->nholders++];
	usage->slots[at] = (uint32_t)usage->nholders;
	*holder = (struct an_holder){
		.memory = allocation->memory,
		.process = allocation->process,
		.device = allocation->device,
		.function = allocation->function,
		.caller_module = allocation->caller_module,
		.caller_offset = allocation->caller_offset,
		.caller_function = allocation->caller_function,
		.caller_function_offset = allocation->caller_function_offset,
		.stack = stack,
		.least = UINT64_MAX,
		.first_ordinal = allocation->ordinal,
	};
	return holder;
}

/* ---- allocations --------------------------------------------------------------------------- */

static uint64_t size_key(const struct an_allocation *allocation)
{
	return (allocation->bytes * 16 + allocation->memory) * 0x9e3779b97f4a7c15 ^
	       allocation->process;
}

/* One of this size was given back and would have done. */
static bool is_again(struct an_usage *usage, const struct an_allocation *allocation)
{
	uint32_t *count = ut_map_get(&usage->given_back, size_key(allocation));

	if (!allocation->bytes_known || !count || !*count)
		return false;
	--*count;
	return true;
}

static void note_given_back(struct an_usage *usage, const struct an_allocation *allocation)
{
	uint32_t *count = ut_map_get(&usage->given_back, size_key(allocation));

	if (count)
		++*count;
	else if (usage->given_back.count < MAX_SIZES)
		ut_map_put(&usage->given_back, size_key(allocation), 1);
}

static void take(struct an_usage *usage, const struct an_allocation *allocation)
{
	struct an_holder *holder;

	if (allocation->memory == AN_MEMORY_BORROWED)
		return;
	add_allocation(&usage->kinds[allocation->memory], allocation);
	if (an_memory_is_device(allocation->memory))
		add_allocation(&usage->device, allocation);
	else if (an_memory_is_host(allocation->memory))
		add_allocation(&usage->host, allocation);
	if (allocation->memory != AN_MEMORY_IMPORTED)
		add_allocation(device_of(usage, allocation), allocation);
	holder = holder_of(usage, allocation);
	add_allocation(&holder->kind, allocation);
	holder->again += is_again(usage, allocation);
	if (allocation->bytes < holder->least)
		holder->least = allocation->bytes;
	if (allocation->bytes > holder->most)
		holder->most = allocation->bytes;
}

static void give(struct an_usage *usage, const struct an_allocation *allocation, uint64_t ns)
{
	struct an_holder *holder;

	if (allocation->memory == AN_MEMORY_BORROWED)
		return;
	remove_allocation(&usage->kinds[allocation->memory], allocation);
	if (an_memory_is_device(allocation->memory))
		remove_allocation(&usage->device, allocation);
	else if (an_memory_is_host(allocation->memory))
		remove_allocation(&usage->host, allocation);
	if (allocation->memory != AN_MEMORY_IMPORTED)
		remove_allocation(device_of(usage, allocation), allocation);
	holder = holder_of(usage, allocation);
	remove_allocation(&holder->kind, allocation);
	if (ns > allocation->end_ns)
		holder->lifetime_ns += ns - allocation->end_ns;
	note_given_back(usage, allocation);
}

/* ---- copies -------------------------------------------------------------------------------- */

static enum an_host_memory host_memory(const struct an_usage *usage, const struct ct_event *event,
				       uint64_t address)
{
	const struct an_allocation *allocation =
		an_state_find(usage->state, event->process, address);

	if (!address)
		return AN_HOST_NONE;
	if (!allocation)
		return AN_HOST_PAGEABLE;
	if (an_memory_is_host(allocation->memory))
		return AN_HOST_PINNED;
	return allocation->memory == AN_MEMORY_MANAGED ? AN_HOST_MANAGED : AN_HOST_NONE;
}

static struct an_route route_of(const struct an_usage *usage, const struct ct_event *event,
				const struct an_effect *effect)
{
	struct an_route route = { .is_set = effect->kind == AN_EFFECT_SET };

	if (!route.is_set)
		route.direction = an_state_direction(usage->state, event, effect);
	an_state_devices(usage->state, event, effect, &route.to, &route.from);
	if (route.direction == AN_HOST_TO_DEVICE && effect->from_place == AN_PLACE_ADDRESS)
		route.host = host_memory(usage, event, effect->from);
	else if (route.direction == AN_DEVICE_TO_HOST && effect->to_place == AN_PLACE_ADDRESS)
		route.host = host_memory(usage, event, effect->to);
	return route;
}

static void add_route(struct an_usage *usage, const struct ct_event *event,
		      const struct an_effect *effect)
{
	struct an_route of = route_of(usage, event, effect), *route;
	uint64_t bytes;
	bool known = an_state_bytes(usage->state, event, effect, &bytes);

	for (route = usage->routes; route < usage->routes + usage->nroutes; route++) {
		if (route->direction == of.direction && route->to == of.to &&
		    route->from == of.from && route->host == of.host && route->is_set == of.is_set)
			break;
	}
	if (route == usage->routes + usage->nroutes) {
		ut_grow(&usage->routes, &usage->routes_capacity, usage->nroutes,
			sizeof(*usage->routes));
		route = &usage->routes[usage->nroutes++];
		*route = of;
	}
	route->count++;
	if (known)
		route->bytes += bytes;
	else
		route->unsized++;
}

/* ---- events -------------------------------------------------------------------------------- */

static void note_times(struct an_usage *usage, const struct ct_event *event)
{
	if (!usage->first_ns || event->start_ns < usage->first_ns)
		usage->first_ns = event->start_ns;
	if (event->end_ns > usage->last_ns)
		usage->last_ns = event->end_ns;
	if (event->type == CT_EVENT_LOSS)
		usage->lost += event->lost_full + event->lost_reentered + event->lost_other;
}

void an_usage_add(struct an_usage *usage, const struct ct_event *event)
{
	struct an_effect effect;
	struct an_change change;

	note_times(usage, event);
	an_effect_of(event, &effect);
	if (effect.kind == AN_EFFECT_NONE)
		return;
	if (effect.kind == AN_EFFECT_COPY || effect.kind == AN_EFFECT_SET) {
		an_incidents_copy(usage, event, &effect);
		if (effect.known)
			add_route(usage, event, &effect);
	}
	usage->without_arguments += !event->nargs && effect.known &&
				    (effect.kind == AN_EFFECT_ALLOC ||
				     effect.kind == AN_EFFECT_FREE ||
				     effect.kind == AN_EFFECT_COPY);
	an_state_apply(usage->state, event, &effect, &change);
	for (size_t i = 0; i < change.count; i++)
		give(usage, &change.gone[i], event->start_ns);
	if (change.kind == AN_CHANGE_ALLOCATED)
		take(usage, change.allocation);
	an_incidents_change(usage, event, &effect, &change);
}

/* ---- the end ------------------------------------------------------------------------------- */

static int compare(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int by_live_bytes(const void *a, const void *b)
{
	const struct an_holder *x = *(const struct an_holder *const *)a;
	const struct an_holder *y = *(const struct an_holder *const *)b;
	int order = compare(x->kind.live_bytes, y->kind.live_bytes);

	if (!order)
		order = compare(x->kind.live, y->kind.live);
	if (!order)
		order = compare(x->kind.allocated, y->kind.allocated);
	return order ? order : -compare(x->first_ordinal, y->first_ordinal);
}

static int by_again(const void *a, const void *b)
{
	const struct an_holder *x = *(const struct an_holder *const *)a;
	const struct an_holder *y = *(const struct an_holder *const *)b;
	int order = compare(x->again, y->again);

	return order ? order : -compare(x->first_ordinal, y->first_ordinal);
}

static int by_route_bytes(const void *a, const void *b)
{
	const struct an_route *x = a, *y = b;
	int order = compare(x->bytes, y->bytes);

	return order ? order : compare(x->count, y->count);
}

void an_usage_finish(struct an_usage *usage)
{
	usage->by_bytes = ut_xcalloc(usage->nholders + 1, sizeof(*usage->by_bytes));
	usage->by_churn = ut_xcalloc(usage->nholders + 1, sizeof(*usage->by_churn));
	for (size_t i = 0; i < usage->nholders; i++) {
		usage->by_bytes[i] = &usage->holders[i];
		if (usage->holders[i].again)
			usage->by_churn[usage->nchurn++] = &usage->holders[i];
	}
	qsort(usage->by_bytes, usage->nholders, sizeof(*usage->by_bytes), by_live_bytes);
	qsort(usage->by_churn, usage->nchurn, sizeof(*usage->by_churn), by_again);
	if (usage->nroutes)
		qsort(usage->routes, usage->nroutes, sizeof(*usage->routes), by_route_bytes);
	an_usage_find(usage);
}
