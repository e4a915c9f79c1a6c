/* SPDX-License-Identifier: Apache-2.0 */
/* What a pointer means: the kind and size of the memory that it points into. */
#include "analysis/diff/canon_own.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/kernel_name.h"
#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

static bool is_on_host(const struct an_allocation *allocation)
{
	return allocation->memory == AN_MEMORY_PINNED || allocation->memory == AN_MEMORY_REGISTERED;
}

static void set_memory(const struct df_canon *canon, struct df_value *value,
		       const struct an_allocation *allocation, uint64_t address)
{
	value->kind = DF_VALUE_MEMORY;
	value->word = an_memory_name(allocation->memory);
	value->lasting = true;
	value->n[0] = is_on_host(allocation) ? 0 : (uint64_t)(allocation->device + 1);
	value->n[1] = allocation->bytes_known ? allocation->bytes + 1 : 0;
	if (!canon->identities || allocation->number >= canon->allocations_capacity)
		return;
	value->kind = DF_VALUE_PLACE;
	value->n[2] = (uint64_t)canon->allocations[allocation->number] << 40 |
		      ((address - allocation->address) & (((uint64_t)1 << 40) - 1));
}

/* Numbers of allocations are those of the lane's: others' pace is not ours. */
void df_canon_number(struct df_canon *canon, uint32_t lane, const struct an_change *change)
{
	size_t had = canon->allocations_capacity;
	uint64_t number;

	if (!canon->identities || change->kind != AN_CHANGE_ALLOCATED)
		return;
	number = change->allocation->number;
	ut_grow(&canon->allocations, &canon->allocations_capacity, number,
		sizeof(*canon->allocations));
	memset(canon->allocations + had, 0,
	       (canon->allocations_capacity - had) * sizeof(*canon->allocations));
	canon->allocations[number] = ++canon->lanes[lane].allocations;
}

const char *df_canon_kernel(struct df_canon *canon, const char *name, bool lasting)
{
	uint64_t key = lasting ? (uint64_t)(uintptr_t)name : an_hash_text(name);
	const uint32_t *known = ut_map_get(&canon->kernels, key);
	char *text;
	size_t size;
	uint32_t number;

	if (known)
		return rd_names_text(&canon->names, *known);
	/* What takes the place of a number may be longer than it. */
	size = 2 * strlen(name) + 64;
	text = ut_xmalloc(size);
	df_kernel_name(name, text, size);
	number = rd_names_number(&canon->names, text);
	free(text);
	ut_map_put(&canon->kernels, key, number);
	return rd_names_text(&canon->names, number);
}

/* A copy's end that nobody has announced: pageable, unless the call says that it is a device's. */
static const char *end_of_copy(const struct an_effect *effect, uint64_t address)
{
	enum an_direction direction = effect->direction;

	if (effect->kind == AN_EFFECT_SET)
		return "device";
	if (direction == AN_DEVICE_TO_DEVICE || direction == AN_PEER_TO_PEER ||
	    (direction == AN_HOST_TO_DEVICE && address == effect->to) ||
	    (direction == AN_DEVICE_TO_HOST && address == effect->from))
		return "device";
	return "pageable";
}

/*
 * Calls come in the order of their start: one that began before another thread's allocation was
 * there can only mean what lay at the address before.
 */
static const struct an_allocation *allocation_of(struct df_canon *canon,
						 const struct ct_event *event, uint64_t address)
{
	const struct an_allocation *found = an_state_find(canon->state, event->process, address);

	if (found && found->tid != event->tid && found->end_ns > event->start_ns)
		return an_state_freed(canon->state, event->process, address);
	return found;
}

void df_canon_pointer(struct df_canon *canon, struct df_value *value, const struct ct_event *event,
		      const struct ct_arg *arg, const struct an_effect *effect)
{
	const struct an_allocation *allocation;
	uint64_t address = arg->value.u;

	if (arg->label) {
		df_value_set_word(value, df_canon_kernel(canon, arg->label, event->lasting));
		return;
	}
	allocation = allocation_of(canon, event, address);
	if (allocation)
		set_memory(canon, value, allocation, address);
	else if (!address)
		df_value_set_word(value, "NULL");
	else if ((effect->kind == AN_EFFECT_COPY || effect->kind == AN_EFFECT_SET) &&
		 (address == effect->to || address == effect->from))
		df_value_set_word(value, end_of_copy(effect, address));
	else
		df_value_set_word(value, "host");
}
