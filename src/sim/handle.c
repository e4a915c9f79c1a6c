/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry of handles: a hash table of addresses with open addressing. NVIDIA's driver crashes
 * on many a stale handle; this one answers INVALID_HANDLE, which tells a test what went wrong.
 */
#include "sim/sim.h"

#include <stdlib.h>

struct slot {
	const void *handle; /* NULL: never used; GONE: was used, searches go on */
	enum sim_handle kind;
};

static const char gone;
#define GONE ((const void *)&gone)

static struct slot *slots;
static size_t slot_count; /* a power of two */
static size_t taken;      /* GONE ones too */

static size_t first_slot(const void *handle)
{
	uint64_t bits = (uintptr_t)handle >> 4;

	return (size_t)((bits * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (slot_count - 1);
}

static struct slot *find(const void *handle)
{
	size_t at;

	if (!slot_count || !handle)
		return NULL;
	at = first_slot(handle);
	while (slots[at].handle && slots[at].handle != handle)
		at = (at + 1) & (slot_count - 1);
	return slots[at].handle ? &slots[at] : NULL;
}

static void insert(const void *handle, enum sim_handle kind)
{
	size_t at = first_slot(handle);

	while (slots[at].handle)
		at = (at + 1) & (slot_count - 1);
	slots[at] = (struct slot){ .handle = handle, .kind = kind };
	taken++;
}

/* Also sheds the slots that are GONE. */
static bool grow(void)
{
	struct slot *old = slots;
	size_t old_count = slot_count;
	size_t count = 256;

	for (size_t i = 0; i < old_count; i++)
		if (old[i].handle && old[i].handle != GONE)
			count++;
	count *= 4;
	for (slot_count = 256; slot_count < count;)
		slot_count *= 2;
	slots = calloc(slot_count, sizeof(*slots));
	if (!slots) {
		slots = old;
		slot_count = old_count;
		return false;
	}
	taken = 0;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].handle && old[i].handle != GONE)
			insert(old[i].handle, old[i].kind);
	free(old);
	return true;
}

bool sim_handle_add(const void *handle, enum sim_handle kind)
{
	if (2 * (taken + 1) > slot_count && !grow())
		return false;
	insert(handle, kind);
	return true;
}

bool sim_handle_ok(const void *handle, enum sim_handle kind)
{
	const struct slot *slot = find(handle);

	return slot && slot->kind == kind;
}

void sim_handle_remove(const void *handle)
{
	struct slot *slot = find(handle);

	if (slot)
		slot->handle = GONE;
}
