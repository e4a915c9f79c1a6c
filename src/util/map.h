/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from 64-bit numbers to small numbers. */
#ifndef UTIL_MAP_H
#define UTIL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ut_map_slot {
	uint64_t key;
	uint32_t value;
	bool used;
};

struct ut_map { /* all zero: empty */
	struct ut_map_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

/* The value of `key`, or NULL. Valid until the next ut_map_put. */
uint32_t *ut_map_get(const struct ut_map *map, uint64_t key);
void ut_map_put(struct ut_map *map, uint64_t key, uint32_t value);
void ut_map_free(struct ut_map *map);

#endif
