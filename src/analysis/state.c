/* SPDX-License-Identifier: Apache-2.0 */
/* What is true at an instant: events change it, in the trace's order. */
#include "analysis/state.h"

#include <stdlib.h>

#include "analysis/state_internal.h"
#include "util/xalloc.h"

struct an_state *an_state_new(void)
{
	return ut_xcalloc(1, sizeof(struct an_state));
}

void an_state_free(struct an_state *state)
{
	if (!state)
		return;
	an_allocations_free(&state->live);
	an_handles_free(&state->handles);
	ut_map_free(&state->devices);
	rd_names_free(&state->texts);
	free(state->gone);
	free(state);
}

/* ---- threads ------------------------------------------------------------------------------- */

static uint64_t thread_key(uint32_t process, uint32_t tid)
{
	return (uint64_t)process << 32 | tid;
}

int32_t an_state_device(const struct an_state *state, uint32_t process, uint32_t tid)
{
	const uint32_t *device = ut_map_get(&state->devices, thread_key(process, tid));

	return device ? (int32_t)*device : 0;
}

/* ---- allocations --------------------------------------------------------------------------- */

/* The state's own copy of a text: allocations outlive the event. */
static const char *keep(struct an_state *state, const struct ct_event *event, const char *text)
{
	struct an_state_text *known =
		&state->known[((uintptr_t)text >> 3 ^ (uintptr_t)text >> 11) % AN_STATE_TEXTS];
	const char *kept;

	if (!text)
		return NULL;
	if (event->lasting && known->from == text && known->trace == event->trace && event->trace)
		return known->to;
	kept = rd_names_text(&state->texts, rd_names_number(&state->texts, text));
	if (event->lasting)
		*known = (struct an_state_text){ event->trace, text, kept };
	return kept;
}

/* Where memory of a pool is, its stream says. */
static int32_t device_of(const struct an_state *state, const struct ct_event *event,
			 const struct an_effect *effect, int32_t current)
{
	const struct an_handle *object = NULL;

	if (effect->memory == AN_MEMORY_PINNED || effect->memory == AN_MEMORY_REGISTERED)
		return -1;
	if (effect->device >= 0)
		return effect->device;
	if (effect->pool)
		object = an_handles_find(&state->handles, event->process, "pool", effect->pool);
	else if (effect->has_stream && effect->stream)
		object = an_handles_find(&state->handles, event->process, "stream", effect->stream);
	return object && object->device >= 0 ? object->device : current;
}

static void add_gone(struct an_state *state, const struct an_allocation *gone)
{
	ut_grow(&state->gone, &state->gone_capacity, state->ngone, sizeof(*state->gone));
	state->gone[state->ngone++] = *gone;
}

static bool end(struct an_state *state, struct an_key key)
{
	struct an_allocation gone;

	if (!an_allocations_remove(&state->live, key, &gone))
		return false;
	add_gone(state, &gone);
	return true;
}

/* What the trace shows as live where there is something else now must have been freed unseen. */
static void end_overlapped(struct an_state *state, const struct an_allocation *by)
{
	enum an_space space = an_space_of(by->memory);
	uint64_t last = by->address + (by->bytes ? by->bytes - 1 : 0);
	const struct an_allocation *below;

	if (space != AN_SPACE_ADDRESSES || last < by->address)
		last = by->address;
	while ((below = an_allocations_below(&state->live, an_key(by->process, space, last))) &&
	       below->address >= by->address)
		end(state, an_key(by->process, space, below->address));
	if (below && space == AN_SPACE_ADDRESSES && below->bytes_known &&
	    by->address - below->address < below->bytes)
		end(state, an_key(by->process, space, below->address));
}

static void take(struct an_state *state, const struct ct_event *event,
		 const struct an_effect *effect, struct an_change *change)
{
	int32_t current = an_state_device(state, event->process, event->tid);
	struct an_allocation made = {
		.number = ++state->allocations,
		.memory = effect->memory,
		.process = event->process,
		.device = device_of(state, event, effect, current),
		.context = current,
		.address = effect->at,
		.bytes = effect->bytes,
		.bytes_known = effect->bytes_known,
		.element_bytes = effect->element_bytes,
		.pool = effect->pool,
		.ordinal = event->ordinal,
		.start_ns = event->start_ns,
		.end_ns = event->end_ns,
		.tid = event->tid,
		.function = keep(state, event, event->name),
		.caller_module = keep(state, event, event->caller_module),
		.caller_offset = event->caller_offset,
		.caller_function = keep(state, event, event->caller_function),
		.caller_function_offset = event->caller_function_offset,
		.stack = event->stack,
	};

	end_overlapped(state, &made);
	change->kind = AN_CHANGE_ALLOCATED;
	change->allocation = an_allocations_add(&state->live, &made);
}

/* ---- frees --------------------------------------------------------------------------------- */

/* Whether a failed free says that there was no such memory; other errors come from elsewhere. */
static bool says_unknown(const struct ct_event *event)
{
	switch (event->result) {
	case 1:   /* cudaErrorInvalidValue */
	case 17:  /* cudaErrorInvalidDevicePointer */
	case 400: /* cudaErrorInvalidResourceHandle */
	case 713: /* cudaErrorHostMemoryNotRegistered */
		return true;
	default:
		return false;
	}
}

/* Memory that is not ours to count may be given back as well. */
static bool is_others(const struct an_state *state, const struct ct_event *event,
		      const struct an_effect *effect)
{
	return an_allocations_exact(&state->live,
				    an_key(event->process, AN_SPACE_BORROWED, effect->at));
}

static void miss(const struct an_state *state, const struct ct_event *event,
		 const struct an_effect *effect, struct an_key key, struct an_change *change)
{
	const struct an_allocation *freed = an_allocations_freed(&state->live, key);

	if (effect->known ? is_others(state, event, effect) : !says_unknown(event))
		return;
	/* Opened twice, it is closed twice. */
	if (effect->known && (effect->memory == AN_MEMORY_IMPORTED ||
			      (freed && freed->memory == AN_MEMORY_IMPORTED)))
		return;
	change->kind = freed ? AN_CHANGE_DOUBLE_FREE : AN_CHANGE_UNKNOWN_FREE;
	change->allocation = freed;
	if (!freed && effect->memory != AN_MEMORY_ARRAY)
		change->allocation = an_state_find(state, event->process, effect->at);
}

/* One call may unmap several mappings that lie side by side. */
static void end_mapped(struct an_state *state, const struct ct_event *event,
		       const struct an_effect *effect)
{
	const struct an_allocation *below;

	while (effect->bytes &&
	       (below = an_allocations_below(&state->live,
					     an_key(event->process, AN_SPACE_ADDRESSES,
						    effect->at + effect->bytes - 1))) &&
	       below->address >= effect->at)
		end(state, an_key(event->process, AN_SPACE_ADDRESSES, below->address));
}

static void give(struct an_state *state, const struct ct_event *event,
		 const struct an_effect *effect, struct an_change *change)
{
	struct an_key key = an_key(event->process, an_space_of(effect->memory), effect->at);
	const struct an_allocation *live = an_allocations_exact(&state->live, key);

	if (!effect->known) {
		if (!live && event->flags & CT_EVENT_FAILED)
			miss(state, event, effect, key, change);
		return;
	}
	/*
	 * Events come by their start: a call that began before this allocation was there has freed
	 * the one before it at the same address, which was taken for freed already.
	 */
	if (live && event->start_ns < live->end_ns && event->tid != live->tid)
		return;
	if (effect->memory == AN_MEMORY_MAPPED)
		end_mapped(state, event, effect);
	if (!state->ngone && !end(state, key)) {
		miss(state, event, effect, key, change);
		return;
	}
	change->kind = AN_CHANGE_FREED;
	change->allocation = &state->gone[0];
}

struct reset {
	struct an_state *state;
	uint32_t process;
	int32_t device;
};

static void collect_reset(const struct an_allocation *allocation, void *data)
{
	struct reset *reset = data;

	if (allocation->process == reset->process && allocation->context == reset->device)
		add_gone(reset->state, allocation);
}

static void reset_device(struct an_state *state, const struct ct_event *event,
			 struct an_change *change)
{
	struct reset reset = { state, event->process,
			       an_state_device(state, event->process, event->tid) };
	struct an_allocation gone;

	an_allocations_each(&state->live, collect_reset, &reset);
	for (size_t i = 0; i < state->ngone; i++)
		an_allocations_remove(&state->live,
				      an_key(state->gone[i].process,
					     an_space_of(state->gone[i].memory),
					     state->gone[i].address),
				      &gone);
	change->kind = AN_CHANGE_RESET;
}

/* ---- events -------------------------------------------------------------------------------- */

static void apply_handle(struct an_state *state, const struct ct_event *event,
			 const struct an_effect *effect)
{
	int32_t device = effect->device;

	if (!effect->known || !effect->handle || !effect->type)
		return;
	if (effect->kind == AN_EFFECT_DESTROY) {
		an_handles_destroy(&state->handles, event->process, effect->type, effect->handle);
		return;
	}
	if (device < 0)
		device = an_state_device(state, event->process, event->tid);
	an_handles_create(&state->handles, event->process, effect->type, effect->handle, device);
}

void an_state_apply(struct an_state *state, const struct ct_event *event,
		    const struct an_effect *effect, struct an_change *change)
{
	*change = (struct an_change){ .kind = AN_CHANGE_NONE };
	state->ngone = 0;
	an_handles_settle(&state->handles);
	switch (effect->kind) {
	case AN_EFFECT_ALLOC:
		if (effect->known && effect->at)
			take(state, event, effect, change);
		break;
	case AN_EFFECT_FREE:
		if (effect->at)
			give(state, event, effect, change);
		break;
	case AN_EFFECT_RESET:
		if (effect->known)
			reset_device(state, event, change);
		break;
	case AN_EFFECT_SET_DEVICE:
		if (effect->known && effect->device >= 0)
			ut_map_put(&state->devices, thread_key(event->process, event->tid),
				   (uint32_t)effect->device);
		break;
	case AN_EFFECT_CREATE:
	case AN_EFFECT_DESTROY:
		apply_handle(state, event, effect);
		break;
	default:
		break;
	}
	change->gone = state->gone;
	change->count = state->ngone;
}
