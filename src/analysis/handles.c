/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open hash table of objects. One that is destroyed leaves it with the next event, so that the
 * table is as large as what is alive; objects that are never destroyed stay.
 */
#include "analysis/handles.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* 0: no such type yet. There are two dozen of them. */
static uint32_t find_type(const struct an_handles *handles, const char *type)
{
	for (size_t i = 0; i < handles->ntypes; i++) {
		if (!strcmp(handles->types[i], type))
			return (uint32_t)i + 1;
	}
	return 0;
}

static uint32_t type_of(struct an_handles *handles, const char *type)
{
	uint32_t number = find_type(handles, type);

	if (number)
		return number;
	ut_grow(&handles->types, &handles->types_capacity, handles->ntypes,
		sizeof(*handles->types));
	handles->types[handles->ntypes++] = ut_xstrdup(type);
	return (uint32_t)handles->ntypes;
}

/* ---- the table ----------------------------------------------------------------------------- */

static size_t home_of(const struct an_handles *handles, const struct an_handle *key)
{
	uint64_t hash = key->handle ^ (uint64_t)key->process << 40 ^ (uint64_t)key->type << 56;

	hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
	return (hash >> 32) & (handles->capacity - 1);
}

/* The slot that has it, or the free one where it belongs. */
static struct an_handle *slot_of(const struct an_handles *handles, const struct an_handle *key)
{
	size_t i = home_of(handles, key);

	for (;; i = (i + 1) & (handles->capacity - 1)) {
		struct an_handle *slot = &handles->slots[i];

		if (!slot->type || (slot->handle == key->handle && slot->type == key->type &&
				    slot->process == key->process))
			return slot;
	}
}

static void grow(struct an_handles *handles)
{
	struct an_handle *old = handles->slots, *slot;
	size_t capacity = handles->capacity;

	handles->capacity = capacity ? 2 * capacity : 64;
	handles->slots = ut_xcalloc(handles->capacity, sizeof(*handles->slots));
	for (slot = old; old && slot < old + capacity; slot++) {
		if (slot->type)
			*slot_of(handles, slot) = *slot;
	}
	free(old);
}

/* What stands behind the gap moves up, if it may: no search ends too early. */
static void remove_slot(struct an_handles *handles, struct an_handle *slot)
{
	size_t mask = handles->capacity - 1, gap = (size_t)(slot - handles->slots), i = gap;

	for (;;) {
		i = (i + 1) & mask;
		if (!handles->slots[i].type)
			break;
		if (((i - home_of(handles, &handles->slots[i])) & mask) < ((i - gap) & mask))
			continue;
		handles->slots[gap] = handles->slots[i];
		gap = i;
	}
	handles->slots[gap].type = 0;
	handles->count--;
}

/* ---- objects ------------------------------------------------------------------------------- */

static uint32_t next_number(struct an_handles *handles, const struct an_handle *key)
{
	uint64_t kind = (uint64_t)key->process << 16 | key->type;
	const uint32_t *last = ut_map_get(&handles->last, kind);
	uint32_t number = last ? *last + 1 : 1;

	ut_map_put(&handles->last, kind, number);
	return number;
}

static struct an_handle *meet(struct an_handles *handles, const struct an_handle *key)
{
	struct an_handle *slot;

	if (4 * (handles->count + 1) > 3 * handles->capacity)
		grow(handles);
	slot = slot_of(handles, key);
	if (!slot->type) {
		*slot = *key;
		slot->number = next_number(handles, key);
		handles->count++;
	}
	return slot;
}

const struct an_handle *an_handles_meet(struct an_handles *handles, uint32_t process,
					const char *type, uint64_t handle)
{
	return meet(handles, &(struct an_handle){ .process = process,
						  .type = type_of(handles, type),
						  .handle = handle,
						  .device = -1 });
}

const struct an_handle *an_handles_find(const struct an_handles *handles, uint32_t process,
					const char *type, uint64_t handle)
{
	struct an_handle key = { .process = process, .handle = handle };
	const struct an_handle *slot;

	key.type = find_type(handles, type);
	if (!key.type || !handles->capacity)
		return NULL;
	slot = slot_of(handles, &key);
	return slot->type ? slot : NULL;
}

/* One that was created before and not destroyed was lost sight of: this is another. */
void an_handles_create(struct an_handles *handles, uint32_t process, const char *type,
		       uint64_t handle, int32_t device)
{
	struct an_handle key = { .process = process, .handle = handle }, *slot;

	key.type = type_of(handles, type);
	slot = meet(handles, &key);
	if (slot->created)
		slot->number = next_number(handles, slot);
	slot->created = true;
	slot->device = device;
}

void an_handles_destroy(struct an_handles *handles, uint32_t process, const char *type,
			uint64_t handle)
{
	const struct an_handle *slot = an_handles_find(handles, process, type, handle);

	if (slot)
		handles->destroyed = *slot;
}

void an_handles_settle(struct an_handles *handles)
{
	struct an_handle *slot;

	if (!handles->destroyed.type)
		return;
	slot = slot_of(handles, &handles->destroyed);
	if (slot->type)
		remove_slot(handles, slot);
	handles->destroyed.type = 0;
}

void an_handles_free(struct an_handles *handles)
{
	for (size_t i = 0; i < handles->ntypes; i++)
		free(handles->types[i]);
	free(handles->types);
	free(handles->slots);
	ut_map_free(&handles->last);
}
