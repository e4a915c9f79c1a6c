/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks: from lists of addresses to a tree of frames. */
#include "reader/stacks.h"

#include <stdlib.h>

#include "curtrace/trace_format.h"
#include "util/xalloc.h"

/* More frames than any program has stacks for; a hostile file could have more. */
#define MAX_FRAMES (1u << 24)

/* Words of a process have numbers below 2^40. */
static uint64_t stack_key(uint32_t process, uint64_t number)
{
	return (uint64_t)process << 40 | number;
}

static uint64_t node_key(uint32_t process, uint32_t parent, uint64_t address)
{
	uint64_t key = (address ^ (uint64_t)process << 48) * 0x9e3779b97f4a7c15ull;

	return (key ^ key >> 29 ^ parent) * 0x9e3779b97f4a7c15ull;
}

/* The frame at an address that `parent` has called, which is added if it is new; 0: no room. */
static uint32_t frame_of(struct rd_stacks *s, uint32_t process, uint32_t parent, uint64_t address)
{
	uint64_t key = node_key(process, parent, address);
	uint32_t *known;

	/* Two that share a key lie behind each other. */
	for (; (known = ut_map_get(&s->nodes, key)); key++) {
		const struct ct_frame *frame = &s->list[*known - 1];

		if (frame->parent == parent && frame->address == address &&
		    s->processes[*known - 1] == process)
			return *known;
	}
	if (s->count == MAX_FRAMES)
		return 0;
	ut_grow(&s->processes, &s->processes_capacity, s->count, sizeof(*s->processes));
	ut_grow(&s->list, &s->capacity, s->count, sizeof(*s->list));
	s->processes[s->count] = process;
	s->list[s->count++] = (struct ct_frame){ .parent = parent, .address = address };
	ut_map_put(&s->nodes, key, (uint32_t)s->count);
	return (uint32_t)s->count;
}

/* From the outermost frame on. */
static void add_stack(struct rd_stacks *s, uint32_t process, uint64_t number,
		      const uint64_t *addresses, size_t depth)
{
	uint32_t frame = 0;

	while (depth-- > 0) {
		frame = frame_of(s, process, frame, addresses[depth]);
		if (!frame)
			return;
	}
	if (frame)
		ut_map_put(&s->known, stack_key(process, number), frame);
}

/* What a killed process did not finish is passed over. */
bool rd_stacks_add(struct rd_stacks *stacks, uint32_t process, uint64_t first,
		   const uint64_t *words, size_t n)
{
	if (process >= 1u << 24 || first + n >= 1ull << 40 || first + n < n)
		return false;
	for (size_t at = 0; at < n; at++) {
		uint64_t depth = words[at] - CTR_STACK_HEAD;

		if (depth > CTR_STACK_MAX_DEPTH || depth >= n - at)
			continue;
		add_stack(stacks, process, first + at, words + at + 1, depth);
		at += depth;
	}
	return true;
}

void rd_stacks_name(struct rd_stacks *stacks, uint32_t process, struct rd_places *places)
{
	for (size_t i = 0; i < stacks->count; i++) {
		struct ct_frame *frame = &stacks->list[i];
		struct rd_place place;

		if (stacks->processes[i] != process)
			continue;
		place = rd_places_find(places, frame->address);
		frame->module = place.module;
		frame->offset = place.offset;
		frame->function = place.function;
		frame->function_offset = place.function_offset;
	}
}

uint32_t rd_stacks_find(const struct rd_stacks *stacks, uint32_t process, uint64_t number)
{
	uint32_t *known =
		number < 1ull << 40 ? ut_map_get(&stacks->known, stack_key(process, number)) : NULL;

	return known ? *known : 0;
}

void rd_stacks_free(struct rd_stacks *stacks)
{
	ut_map_free(&stacks->known);
	ut_map_free(&stacks->nodes);
	free(stacks->processes);
	free(stacks->list);
	*stacks = (struct rd_stacks){ .list = NULL };
}
