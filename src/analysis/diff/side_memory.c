/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of each process: the most of it that was live, what was left, what was copied. */
#include <stdlib.h>

#include "analysis/diff/walk.h"
#include "util/xalloc.h"

void df_memories_begin(struct df_memories *memories, uint32_t nprocesses)
{
	memories->count = nprocesses;
	memories->list = ut_xcalloc(nprocesses + 1, sizeof(*memories->list));
	memories->live =
		ut_xcalloc((size_t)(nprocesses + 1) * AN_MEMORIES, sizeof(*memories->live));
}

/* Others' memory is only named: it was not taken. */
static bool counts(const struct an_allocation *allocation)
{
	return allocation->memory != AN_MEMORY_BORROWED &&
	       (unsigned int)allocation->memory < AN_MEMORIES;
}

static void take_gone(struct df_memories *memories, const struct df_walk *walk)
{
	for (size_t i = 0; i < walk->change.count; i++) {
		const struct an_allocation *gone = &walk->change.gone[i];

		if (!counts(gone) || gone->process >= memories->count)
			continue;
		memories->live[(size_t)gone->process * AN_MEMORIES + gone->memory] -= gone->bytes;
		if (walk->change.kind == AN_CHANGE_FREED)
			memories->list[gone->process].frees[gone->memory]++;
	}
}

static void take_new(struct df_memories *memories, const struct an_allocation *made)
{
	struct df_memory *memory = &memories->list[made->process];
	uint64_t *live = &memories->live[(size_t)made->process * AN_MEMORIES + made->memory];

	memory->allocations[made->memory]++;
	*live += made->bytes;
	if (*live > memory->peak[made->memory])
		memory->peak[made->memory] = *live;
}

/* From or to memory that nobody has pinned, as far as the call shows that it is the host's. */
static bool is_pageable(const struct df_walk *walk, enum an_direction direction)
{
	struct an_state *state = df_canon_state(walk->canon);
	const struct an_effect *effect = &walk->effect;
	uint32_t process = walk->event.process;

	if (direction == AN_HOST_TO_DEVICE && effect->from_place == AN_PLACE_ADDRESS)
		return effect->from && !an_state_find(state, process, effect->from);
	if (direction == AN_DEVICE_TO_HOST && effect->to_place == AN_PLACE_ADDRESS)
		return effect->to && !an_state_find(state, process, effect->to);
	return false;
}

static void take_copy(struct df_memories *memories, const struct df_walk *walk)
{
	struct df_memory *memory = &memories->list[walk->event.process];
	struct an_state *state = df_canon_state(walk->canon);
	enum an_direction direction = an_state_direction(state, &walk->event, &walk->effect);
	uint64_t bytes;

	memory->copies[direction]++;
	if (an_state_bytes(state, &walk->event, &walk->effect, &bytes))
		memory->copied[direction] += bytes;
	if (walk->effect.asynchronous && is_pageable(walk, direction))
		memory->pageable_async++;
}

void df_memories_add(struct df_memories *memories, const struct df_walk *walk)
{
	const struct an_change *change = &walk->change;

	if (walk->event.process >= memories->count)
		return;
	take_gone(memories, walk);
	if (change->kind == AN_CHANGE_ALLOCATED && counts(change->allocation))
		take_new(memories, change->allocation);
	if (walk->effect.kind == AN_EFFECT_COPY && walk->effect.known)
		take_copy(memories, walk);
}

struct df_memory *df_memories_end(struct df_memories *memories)
{
	struct df_memory *list = memories->list;

	for (uint32_t i = 0; i < memories->count; i++) {
		for (unsigned int kind = 0; kind < AN_MEMORIES; kind++)
			list[i].leaked[kind] = memories->live[(size_t)i * AN_MEMORIES + kind];
	}
	free(memories->live);
	*memories = (struct df_memories){ 0 };
	return list;
}
