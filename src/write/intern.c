/* SPDX-License-Identifier: Apache-2.0 */
#include "write/intern.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

static uint64_t hash_of(const char *text, size_t length)
{
	uint64_t hash = length * 0x9e3779b97f4a7c15u, eight;

	for (; length >= sizeof(eight); text += sizeof(eight), length -= sizeof(eight)) {
		memcpy(&eight, text, sizeof(eight));
		hash = (hash ^ eight) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
	}
	eight = 0;
	memcpy(&eight, text, length);
	hash = (hash ^ eight) * 0xff51afd7ed558ccdu;
	return hash ^ hash >> 29;
}

static struct wr_intern_slot *slot_of(const struct wr_intern *in, uint64_t hash, const char *text,
				      size_t length)
{
	size_t at = hash & (in->capacity - 1);
	struct wr_intern_slot *slot;

	for (;; at = (at + 1) & (in->capacity - 1)) {
		slot = &in->slots[at];
		if (!slot->text || (slot->hash == hash && slot->length == length &&
				    !memcmp(slot->text, text, length)))
			return slot;
	}
}

static void grow(struct wr_intern *in)
{
	struct wr_intern old = *in;

	in->capacity = old.capacity ? old.capacity * 2 : 256;
	in->slots = ut_xcalloc(in->capacity, sizeof(*in->slots));
	for (size_t i = 0; i < old.capacity; i++) {
		const struct wr_intern_slot *slot = &old.slots[i];

		if (slot->text)
			*slot_of(in, slot->hash, slot->text, slot->length) = *slot;
	}
	free(old.slots);
}

static uint32_t by_content(struct wr_intern *in, const char *text, bool *is_new)
{
	size_t length = strlen(text);
	uint64_t hash = hash_of(text, length);
	struct wr_intern_slot *slot;

	if ((size_t)in->count * 2 >= in->capacity)
		grow(in);
	slot = slot_of(in, hash, text, length);
	if (slot->text)
		return slot->number;
	if (in->limit && in->count >= in->limit)
		return 0;
	*slot = (struct wr_intern_slot){
		.hash = hash,
		.text = ut_arena_copy(&in->texts, text, length),
		.length = length,
		.number = ++in->count,
	};
	*is_new = true;
	return slot->number;
}

static uint32_t by_address(struct wr_intern *in, const char *text, bool *is_new)
{
	uint32_t *known = ut_map_get(&in->pointers, (uintptr_t)text), number;

	if (known)
		return *known;
	number = by_content(in, text, is_new);
	if (number)
		ut_map_put(&in->pointers, (uintptr_t)text, number);
	return number;
}

uint32_t wr_intern(struct wr_intern *in, const char *text, bool lasting, bool *is_new)
{
	uint64_t hash = (uint64_t)(uintptr_t)text * 0x9e3779b97f4a7c15u;
	size_t at = hash >> 32 & (WR_INTERN_RECENT - 1);
	uint32_t number;

	*is_new = false;
	if (!lasting)
		return by_content(in, text, is_new);
	if (in->recent[at].text == text)
		return in->recent[at].number;
	number = by_address(in, text, is_new);
	in->recent[at].text = text;
	in->recent[at].number = number;
	return number;
}

const char *wr_intern_text(const struct wr_intern *in, const char *text)
{
	size_t length = strlen(text);

	return slot_of(in, hash_of(text, length), text, length)->text;
}

void wr_intern_free(struct wr_intern *in)
{
	ut_map_free(&in->pointers);
	free(in->slots);
	ut_arena_free(&in->texts);
	memset(in, 0, sizeof(*in));
}
