/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from 64-bit numbers to small numbers: open addressing, linear probing. */
#include "util/map.h"

#include <stdlib.h>

#include "util/xalloc.h"

/* The slot of `key`, or the free one where it belongs. There always is a free one. */
static struct ut_map_slot *find(const struct ut_map *map, uint64_t key)
{
	size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & (map->capacity - 1);

	while (map->slots[at].used && map->slots[at].key != key)
		at = (at + 1) & (map->capacity - 1);
	return &map->slots[at];
}

uint32_t *ut_map_get(const struct ut_map *map, uint64_t key)
{
	struct ut_map_slot *slot;

	if (!map->capacity)
		return NULL;
	slot = find(map, key);
	return slot->used ? &slot->value : NULL;
}

/* Every key is placed anew: its slot depends on the capacity. */
static void enlarge(struct ut_map *map)
{
	struct ut_map old = *map;
	size_t i;

	map->capacity = old.capacity ? old.capacity * 2 : 16;
	map->slots = ut_xcalloc(map->capacity, sizeof(*map->slots));
	for (i = 0; i < old.capacity; i++) {
		if (old.slots[i].used)
			*find(map, old.slots[i].key) = old.slots[i];
	}
	free(old.slots);
}

void ut_map_put(struct ut_map *map, uint64_t key, uint32_t value)
{
	struct ut_map_slot *slot;

	/* At most half full, so that chains stay short. */
	if (map->count * 2 >= map->capacity)
		enlarge(map);
	slot = find(map, key);
	map->count += !slot->used;
	*slot = (struct ut_map_slot){ .key = key, .value = value, .used = true };
}

void ut_map_free(struct ut_map *map)
{
	free(map->slots);
	*map = (struct ut_map){ 0 };
}
