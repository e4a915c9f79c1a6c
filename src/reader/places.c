/* SPDX-License-Identifier: Apache-2.0 */
/* Places in code. Looking an address up is slow, and different ones are few. */
#include "reader/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/demangle.h"
#include "util/xalloc.h"

/* Distinct addresses remembered: there are thousands, unless a file is hostile. */
#define MAX_PLACES (1u << 21)

static struct rd_place *add(struct rd_places *places, uint64_t address)
{
	uint32_t *known = ut_map_get(&places->index, address);

	if (known)
		return &places->list[*known];
	if (places->count == MAX_PLACES)
		return NULL;
	ut_grow(&places->list, &places->capacity, places->count, sizeof(*places->list));
	ut_map_put(&places->index, address, (uint32_t)places->count);
	places->list[places->count] = (struct rd_place){ .module = NULL };
	return &places->list[places->count++];
}

/* s ADDRESS OFFSET NAME */
static void add_line(struct rd_places *places, struct ut_arena *strings, const char *line)
{
	unsigned long long address, offset;
	struct rd_place *place;
	char *readable;
	int name = 0;

	if (sscanf(line, "s %16llx %16llx %n", &address, &offset, &name) != 2 || !name ||
	    !line[name])
		return;
	place = add(places, address);
	if (!place)
		return;
	readable = ut_demangle(line + name);
	place->function = ut_arena_strdup(strings, readable ? readable : line + name);
	place->function_offset = offset;
	free(readable);
}

void rd_places_add_symbols(struct rd_places *places, struct ut_arena *strings, const char *text,
			   size_t length)
{
	char *copy = ut_xmalloc(length + 1), *line, *rest = copy;

	memcpy(copy, text, length);
	copy[length] = '\0';
	while ((line = strsep(&rest, "\n")))
		add_line(places, strings, line);
	free(copy);
}

/* The call lies before the address that it returns to, which may be another's. */
static void find_module(const struct rd_places *places, uint64_t address, struct rd_place *place)
{
	place->module = rd_maps_find(&places->maps, address - 1, &place->offset);
	place->offset += place->module != NULL;
}

void rd_places_finish(struct rd_places *places)
{
	rd_maps_sort(&places->maps);
	for (size_t i = 0; i < places->index.capacity; i++) {
		const struct ut_map_slot *slot = &places->index.slots[i];

		if (slot->used)
			find_module(places, slot->key, &places->list[slot->value]);
	}
}

struct rd_place rd_places_find(struct rd_places *places, uint64_t address)
{
	uint32_t *known = ut_map_get(&places->index, address);
	struct rd_place place = { .module = NULL }, *added;

	if (known)
		return places->list[*known];
	if (!address)
		return place;
	find_module(places, address, &place);
	added = add(places, address);
	if (added)
		*added = place;
	return place;
}

void rd_places_free(struct rd_places *places)
{
	rd_maps_free(&places->maps);
	ut_map_free(&places->index);
	free(places->list);
	*places = (struct rd_places){ .list = NULL };
}
