/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writers' side of the address map: open addressing, linear probing, at most three quarters
 * full. A table that was outgrown is kept, as a reader may still be in it. It is used again
 * when a table of its size is needed (many a dlopen and dlclose leave nothing but dropped slots):
 * a reader that slept through all that sees a slot change under it as any reader may.
 */
#include "runtime/address_map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

static void set_slot(struct rt_address_slot *slot, const void *key, void *value)
{
	/* The order that rt_address_find() counts on: value first, then the key. */
	__atomic_store_n(&slot->value, value, __ATOMIC_RELEASE);
	__atomic_store_n(&slot->key, key, __ATOMIC_RELEASE);
}

/* A cleared table of that size: a retired one, else a new one. */
static struct rt_address_table *take_table(struct rt_address_table *current, size_t size)
{
	struct rt_address_table **link = current ? &current->retired : NULL;
	struct rt_address_table *table;

	for (; link != NULL && *link != NULL; link = &(*link)->retired) {
		table = *link;
		if (table->mask + 1 != size)
			continue;
		*link = table->retired;
		for (size_t i = 0; i < size; i++)
			__atomic_store_n(&table->slots[i].key, NULL, __ATOMIC_RELEASE);
		table->used = 0;
		return table;
	}
	table = calloc(1, sizeof(*table) + size * sizeof(table->slots[0]));
	if (table == NULL)
		return NULL;
	table->mask = size - 1;
	table->shift = 64 - (unsigned int)__builtin_ctzl(size);
	return table;
}

static void insert(struct rt_address_table *table, const void *key, void *value)
{
	size_t i = rt_address_hash(table, key);

	while (table->slots[i & table->mask].key != NULL)
		i++;
	set_slot(&table->slots[i & table->mask], key, value);
	table->used++;
}

/* Room for one more: twice the size, or the same without the dropped slots. */
static bool grow(struct rt_address_map *map)
{
	struct rt_address_table *old = map->table;
	size_t size = old ? old->mask + 1 : FIRST_SIZE;
	struct rt_address_table *table;

	if (map->live + 1 > size / 2)
		size *= 2;
	table = take_table(old, size);
	if (table == NULL)
		return false;
	for (size_t i = 0; old != NULL && i <= old->mask; i++) {
		const struct rt_address_slot *slot = &old->slots[i];

		if (slot->key != NULL && slot->key != RT_ADDRESS_DROPPED)
			insert(table, slot->key, slot->value);
	}
	table->retired = old;
	/* Pairs with the acquire in rt_address_find(). */
	__atomic_store_n(&map->table, table, __ATOMIC_RELEASE);
	return true;
}

static struct rt_address_slot *slot_of(const struct rt_address_map *map, const void *key)
{
	struct rt_address_table *table = map->table;

	if (table == NULL)
		return NULL;
	for (size_t i = rt_address_hash(table, key);; i++) {
		struct rt_address_slot *slot = &table->slots[i & table->mask];

		if (slot->key == NULL)
			return NULL;
		if (slot->key == key)
			return slot;
	}
}

bool rt_address_put(struct rt_address_map *map, const void *key, void *value)
{
	struct rt_address_slot *slot;

	if (key == NULL || key == RT_ADDRESS_DROPPED)
		return false;
	slot = slot_of(map, key);
	if (slot != NULL) {
		__atomic_store_n(&slot->value, value, __ATOMIC_RELEASE);
		return true;
	}
	if (map->table == NULL || (map->table->used + 1) * 4 > (map->table->mask + 1) * 3) {
		if (!grow(map))
			return false;
	}
	insert(map->table, key, value);
	map->live++;
	return true;
}

void rt_address_drop(struct rt_address_map *map, const void *key)
{
	struct rt_address_slot *slot = key == RT_ADDRESS_DROPPED ? NULL : slot_of(map, key);

	if (slot == NULL)
		return;
	/* Without a value, a search for the address 1 finds nothing here. */
	__atomic_store_n(&slot->value, NULL, __ATOMIC_RELEASE);
	__atomic_store_n(&slot->key, RT_ADDRESS_DROPPED, __ATOMIC_RELEASE);
	map->live--;
}

void rt_address_each(struct rt_address_map *map,
		     void (*each)(const void *key, void *value, void *arg), void *arg)
{
	struct rt_address_table *table = map->table;

	for (size_t i = 0; table != NULL && i <= table->mask; i++) {
		const void *key = table->slots[i].key;

		if (key != NULL && key != RT_ADDRESS_DROPPED)
			each(key, table->slots[i].value, arg);
	}
}
