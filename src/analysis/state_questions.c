/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked about an instant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/state_internal.h"
#include "util/xalloc.h"

/* ---- memory -------------------------------------------------------------------------------- */

/* Of an allocation of unknown size only the beginning is certain. */
static bool contains(const struct an_allocation *allocation, uint64_t address)
{
	uint64_t offset = address - allocation->address;

	return offset == 0 || (allocation->bytes_known && offset < allocation->bytes);
}

static const struct an_allocation *before(const struct an_state *state, uint32_t process,
					  enum an_space space, uint64_t address)
{
	return an_allocations_below(&state->live, an_key(process, space, address));
}

const struct an_allocation *an_state_find(const struct an_state *state, uint32_t process,
					  uint64_t address)
{
	static const enum an_space spaces[] = { AN_SPACE_ADDRESSES, AN_SPACE_BORROWED };

	for (size_t i = 0; address && i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		const struct an_allocation *below = before(state, process, spaces[i], address);

		if (below && contains(below, address))
			return below;
	}
	return NULL;
}

const struct an_allocation *an_state_freed(const struct an_state *state, uint32_t process,
					   uint64_t address)
{
	return an_allocations_freed(&state->live, an_key(process, AN_SPACE_ADDRESSES, address));
}

const struct an_allocation *an_state_array(const struct an_state *state, uint32_t process,
					   uint64_t handle)
{
	return an_allocations_exact(&state->live, an_key(process, AN_SPACE_ARRAYS, handle));
}

const struct an_allocation *an_state_before(const struct an_state *state, uint32_t process,
					    uint64_t address)
{
	const struct an_allocation *ours = before(state, process, AN_SPACE_ADDRESSES, address);
	const struct an_allocation *others = before(state, process, AN_SPACE_BORROWED, address);

	if (!ours || !others)
		return ours ? ours : others;
	return others->address > ours->address ? others : ours;
}

struct list {
	const struct an_allocation **items;
	size_t count;
};

static void collect(const struct an_allocation *allocation, void *data)
{
	struct list *list = data;

	if (allocation->memory != AN_MEMORY_BORROWED)
		list->items[list->count++] = allocation;
}

static int by_number(const void *a, const void *b)
{
	const struct an_allocation *const *x = a, *const *y = b;

	return ((*x)->number > (*y)->number) - ((*x)->number < (*y)->number);
}

const struct an_allocation **an_state_live(const struct an_state *state, size_t *count)
{
	struct list list = { ut_xcalloc(state->live.count + 1, sizeof(*list.items)), 0 };

	an_allocations_each(&state->live, collect, &list);
	qsort(list.items, list.count, sizeof(*list.items), by_number);
	*count = list.count;
	return list.items;
}

/* ---- handles ------------------------------------------------------------------------------- */

static const char *special_name(const char *type, uint64_t handle)
{
	static const char *const streams[] = { "default", "legacy", "per-thread" };

	if (!strcmp(type, "stream") && handle < sizeof(streams) / sizeof(streams[0]))
		return streams[handle];
	return handle ? NULL : "NULL";
}

const char *an_state_handle(struct an_state *state, uint32_t process, const char *type,
			    uint64_t handle, char *name, size_t size)
{
	const char *special = special_name(type, handle);

	if (special)
		snprintf(name, size, "%s", special);
	else
		snprintf(name, size, "%s#%u", type,
			 an_handles_meet(&state->handles, process, type, handle)->number);
	return name;
}

/* ---- copies -------------------------------------------------------------------------------- */

/* One end of a copy. */
struct end {
	enum an_place place;
	uint64_t at;
	int32_t device; /* as the call names it, or -1 */
};

static struct end to_end(const struct an_effect *effect)
{
	return (struct end){ effect->to_place, effect->to, effect->to_device };
}

static struct end from_end(const struct an_effect *effect)
{
	return (struct end){ effect->from_place, effect->from, effect->from_device };
}

static const struct an_allocation *allocation_of(const struct an_state *state,
						 const struct ct_event *event, struct end end)
{
	if (end.place == AN_PLACE_ARRAY)
		return an_state_array(state, event->process, end.at);
	if (end.place == AN_PLACE_ADDRESS)
		return an_state_find(state, event->process, end.at);
	return NULL;
}

static bool is_host(const struct an_allocation *allocation)
{
	return allocation->memory == AN_MEMORY_PINNED || allocation->memory == AN_MEMORY_REGISTERED;
}

bool an_state_bytes(const struct an_state *state, const struct ct_event *event,
		    const struct an_effect *effect, uint64_t *bytes)
{
	const struct an_allocation *array = NULL;

	*bytes = effect->bytes;
	if (effect->bytes_known || !effect->elements)
		return effect->bytes_known;
	if (effect->to_place == AN_PLACE_ARRAY)
		array = allocation_of(state, event, to_end(effect));
	if (!array && effect->from_place == AN_PLACE_ARRAY)
		array = allocation_of(state, event, from_end(effect));
	return array && array->element_bytes &&
	       !__builtin_mul_overflow(effect->elements, (uint64_t)array->element_bytes, bytes);
}

/* An array or symbol of which nothing is known is on the device that is current. */
static int32_t device_of(const struct an_state *state, const struct ct_event *event, struct end end,
			 bool on_device)
{
	const struct an_allocation *allocation = allocation_of(state, event, end);

	if (end.device >= 0)
		return end.device;
	if (allocation)
		return is_host(allocation) ? -1 : allocation->device;
	if (!on_device)
		return -1;
	return an_state_device(state, event->process, event->tid);
}

/*
 * What the call says about an end, it is believed: memory that is not known may have been made
 * before recording began.
 */
void an_state_devices(const struct an_state *state, const struct ct_event *event,
		      const struct an_effect *effect, int32_t *to, int32_t *from)
{
	enum an_direction said = effect->direction;
	bool to_device = effect->kind == AN_EFFECT_SET || effect->to_place > AN_PLACE_ADDRESS ||
			 said == AN_HOST_TO_DEVICE || said == AN_DEVICE_TO_DEVICE;
	bool from_device = effect->from_place > AN_PLACE_ADDRESS || said == AN_DEVICE_TO_HOST ||
			   said == AN_DEVICE_TO_DEVICE;

	*to = *from = -1;
	if (said != AN_DEVICE_TO_HOST && said != AN_HOST_TO_HOST)
		*to = device_of(state, event, to_end(effect), to_device);
	if (effect->kind != AN_EFFECT_SET && said != AN_HOST_TO_DEVICE && said != AN_HOST_TO_HOST)
		*from = device_of(state, event, from_end(effect), from_device);
}

/* Addresses that are not known are the host's: pageable memory, which nobody has to announce. */
static bool is_device(const struct an_state *state, const struct ct_event *event, struct end end)
{
	const struct an_allocation *allocation = allocation_of(state, event, end);

	if (end.place > AN_PLACE_ADDRESS)
		return true;
	return allocation && !is_host(allocation);
}

static enum an_direction by_address(const struct an_state *state, const struct ct_event *event,
				    const struct an_effect *effect)
{
	bool to, from;

	if (!effect->to || !effect->from)
		return AN_DIRECTION_UNKNOWN;
	to = is_device(state, event, to_end(effect));
	from = is_device(state, event, from_end(effect));
	if (to)
		return from ? AN_DEVICE_TO_DEVICE : AN_HOST_TO_DEVICE;
	return from ? AN_DEVICE_TO_HOST : AN_HOST_TO_HOST;
}

enum an_direction an_state_direction(const struct an_state *state, const struct ct_event *event,
				     const struct an_effect *effect)
{
	enum an_direction direction = effect->direction;
	int32_t to, from;

	if (direction == AN_BY_ADDRESS)
		direction = by_address(state, event, effect);
	if (direction != AN_DEVICE_TO_DEVICE && direction != AN_PEER_TO_PEER)
		return direction;
	an_state_devices(state, event, effect, &to, &from);
	if (to < 0 || from < 0)
		return direction;
	return to == from ? AN_DEVICE_TO_DEVICE : AN_PEER_TO_PEER;
}
