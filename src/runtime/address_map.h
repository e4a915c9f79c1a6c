/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an address (host stub, handle, host variable) to what is known of it. Readers never lock
 * and never wait; writers hold a lock of their caller's. A reader that races with a writer may miss
 * an entry that is there, never see a wrong one: after a miss, look again under that lock.
 */
#ifndef RUNTIME_ADDRESS_MAP_H
#define RUNTIME_ADDRESS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rt_address_slot {
	const void *key; /* NULL: never used */
	void *value;
};

struct rt_address_table {
	struct rt_address_table *retired; /* an older, smaller or equal one */
	unsigned int shift;               /* 64 - log2(size) */
	size_t mask;                      /* size - 1 */
	size_t used;                      /* slots with a key, dropped ones too */
	struct rt_address_slot slots[];
};

struct rt_address_map {
	struct rt_address_table *table;
	size_t live;
};

/* Stands in a slot whose key was dropped; no object lies at address 1. */
#define RT_ADDRESS_DROPPED ((const void *)1)

static inline size_t rt_address_hash(const struct rt_address_table *table, const void *key)
{
	/* Fibonacci hashing: the upper bits of the product depend on all bits of the address. */
	return (size_t)(((uint64_t)(uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15)) >> table->shift);
}

static inline void *rt_address_find(const struct rt_address_map *map, const void *key)
{
	/* Pairs with the release in grow(): the table's contents are there when it is. */
	const struct rt_address_table *table = __atomic_load_n(&map->table, __ATOMIC_ACQUIRE);

	if (table == NULL)
		return NULL;
	for (size_t i = rt_address_hash(table, key), n = 0; n <= table->mask; i++, n++) {
		const struct rt_address_slot *slot = &table->slots[i & table->mask];
		const void *found = __atomic_load_n(&slot->key, __ATOMIC_ACQUIRE);
		void *value;

		if (found == NULL)
			return NULL;
		if (found != key)
			continue;
		/*
		 * A slot can be dropped and given to another key between these loads. Its new
		 * value is stored with release after the old key is gone, so that whoever
		 * reads that value does not read that key again.
		 */
		value = __atomic_load_n(&slot->value, __ATOMIC_ACQUIRE);
		if (__atomic_load_n(&slot->key, __ATOMIC_RELAXED) == key)
			return value;
		return NULL;
	}
	return NULL;
}

/* Sets or replaces. False: no memory, nothing changed. */
bool rt_address_put(struct rt_address_map *map, const void *key, void *value);

void rt_address_drop(struct rt_address_map *map, const void *key);

/* Calls each(key, value, arg) for every entry; each may drop entries, not put any. */
void rt_address_each(struct rt_address_map *map,
		     void (*each)(const void *key, void *value, void *arg), void *arg);

#endif
