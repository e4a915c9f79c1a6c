/* SPDX-License-Identifier: Apache-2.0 */
/* An open hash table over strings; there are some hundred of them. */
#include "reader/names.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

#define MIX 0x9e3779b97f4a7c15u

/* Eight letters at a time; the last eight of a longer name may have been among those before. */
static uint64_t hash(const char *name, size_t length)
{
	uint64_t h = length * MIX, eight = 0;

	if (length < sizeof(eight)) {
		for (size_t i = 0; i < length; i++)
			eight = eight << 8 | (unsigned char)name[i];
		h = (h ^ eight) * MIX;
		return h ^ h >> 32;
	}
	for (size_t at = 0; at + sizeof(eight) < length; at += sizeof(eight)) {
		memcpy(&eight, name + at, sizeof(eight));
		h = (h ^ eight) * MIX;
		h ^= h >> 29;
	}
	memcpy(&eight, name + length - sizeof(eight), sizeof(eight));
	h = (h ^ eight) * MIX;
	return h ^ h >> 32;
}

/* The slot that holds the name, or the free one where it belongs. */
static uint32_t *slot_of(const struct rd_names *names, const char *name, size_t length)
{
	size_t i = hash(name, length) & (names->nslots - 1);

	while (names->slots[i]) {
		const struct rd_name *known = &names->list[names->slots[i] - 1];

		if (known->length == length && !memcmp(known->text, name, length))
			break;
		i = (i + 1) & (names->nslots - 1);
	}
	return &names->slots[i];
}

static void grow(struct rd_names *names)
{
	names->nslots = names->nslots ? 2 * names->nslots : 256;
	free(names->slots);
	names->slots = ut_xcalloc(names->nslots, sizeof(*names->slots));
	for (size_t i = 0; i < names->count; i++)
		*slot_of(names, names->list[i].text, names->list[i].length) = (uint32_t)i + 1;
}

uint32_t rd_names_number(struct rd_names *names, const char *name)
{
	size_t length = strlen(name);
	uint32_t *slot;

	if (2 * names->count >= names->nslots)
		grow(names);
	slot = slot_of(names, name, length);
	if (!*slot) {
		ut_grow(&names->list, &names->capacity, names->count, sizeof(*names->list));
		names->list[names->count++] = (struct rd_name){
			.text = ut_arena_copy(&names->strings, name, length),
			.length = length,
		};
		*slot = (uint32_t)names->count;
	}
	return *slot;
}

const char *rd_names_text(const struct rd_names *names, uint32_t number)
{
	return number && number <= names->count ? names->list[number - 1].text : NULL;
}

void rd_names_free(struct rd_names *names)
{
	free(names->list);
	free(names->slots);
	ut_arena_free(&names->strings);
}
