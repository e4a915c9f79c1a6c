/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/diff/objects.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

uint32_t df_objects_type(struct df_objects *objects, const char *type)
{
	size_t i;

	for (i = 0; i < objects->ntypes; i++) {
		if (objects->types[i] == type || !strcmp(objects->types[i], type))
			return (uint32_t)i + 1;
	}
	if (i == DF_MOST_TYPES)
		return 0;
	ut_grow(&objects->types, &objects->types_capacity, i, sizeof(*objects->types));
	objects->types[objects->ntypes++] = type;
	return (uint32_t)i + 1;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static struct df_numbers *numbers_of(struct df_objects *objects, uint32_t lane, uint32_t type)
{
	size_t had = objects->nlanes, want = had;

	if (lane >= had) {
		while (want <= lane)
			want = want ? 2 * want : 8;
		objects->numbers = ut_xrealloc(objects->numbers,
					       want * DF_MOST_TYPES * sizeof(*objects->numbers));
		memset(objects->numbers + had * DF_MOST_TYPES, 0,
		       (want - had) * DF_MOST_TYPES * sizeof(*objects->numbers));
		objects->nlanes = want;
	}
	return &objects->numbers[(size_t)lane * DF_MOST_TYPES + type - 1];
}

static uint32_t take_number(struct df_numbers *numbers)
{
	size_t i = numbers->first;
	unsigned int bit;

	while (i < numbers->words && !~numbers->bits[i])
		i++;
	if (i == numbers->words) {
		ut_grow(&numbers->bits, &numbers->capacity, i, sizeof(*numbers->bits));
		numbers->bits[numbers->words++] = 0;
	}
	numbers->first = i;
	bit = (unsigned int)__builtin_ctzll(~numbers->bits[i]);
	numbers->bits[i] |= UINT64_C(1) << bit;
	return (uint32_t)(64 * i + bit + 1);
}

static void give_number(struct df_numbers *numbers, uint32_t number)
{
	size_t i = (number - 1) / 64;

	numbers->bits[i] &= ~(UINT64_C(1) << (number - 1) % 64);
	if (i < numbers->first)
		numbers->first = i;
}

/* ---- objects ------------------------------------------------------------------------------- */

static uint64_t key_of(const struct df_asker *asker, uint32_t type, uint64_t handle)
{
	return an_hash_mix(handle, (uint64_t)asker->process << 16 | type);
}

/* What nobody was seen to make is another object to each lane. */
static uint64_t met_key(const struct df_asker *asker, uint32_t type, uint64_t handle)
{
	return an_hash_mix(key_of(asker, type, handle), (uint64_t)asker->lane + 1);
}

/* What a handle stood for before another lane's object. */
static uint64_t earlier_key(uint64_t key)
{
	return an_hash_mix(key, UINT64_MAX);
}

static uint32_t at_key(const struct df_objects *objects, uint64_t key)
{
	const uint32_t *known = ut_map_get(&objects->index, key);

	return known ? *known : DF_NO_OBJECT;
}

struct df_object *df_object(const struct df_objects *objects, uint32_t object)
{
	return &objects->list[object - 1];
}

static uint32_t add(struct df_objects *objects, const struct df_asker *asker, uint32_t type)
{
	uint32_t object = objects->unused;

	if (object) {
		objects->unused = df_object(objects, object)->stream;
	} else {
		ut_grow(&objects->list, &objects->capacity, objects->count, sizeof(*objects->list));
		object = (uint32_t)++objects->count;
	}
	*df_object(objects, object) = (struct df_object){
		.lane = asker->lane,
		.number = take_number(numbers_of(objects, asker->lane, type)),
		.type = type,
	};
	return object;
}

/* The key under which the object stands that the asker means. */
static uint64_t meant_key(const struct df_objects *objects, const struct df_asker *asker,
			  uint32_t type, uint64_t handle)
{
	uint64_t key = key_of(asker, type, handle);
	uint32_t number = at_key(objects, key);
	const struct df_object *object;

	if (!number)
		return key;
	object = df_object(objects, number);
	if (object->lane == asker->lane || object->made_ns <= asker->start_ns)
		return key;
	return earlier_key(key);
}

uint32_t df_objects_find(const struct df_objects *objects, const struct df_asker *asker,
			 uint32_t type, uint64_t handle)
{
	return at_key(objects, meant_key(objects, asker, type, handle));
}

uint32_t df_objects_meet(struct df_objects *objects, const struct df_asker *asker, uint32_t type,
			 uint64_t handle)
{
	uint64_t key = met_key(asker, type, handle);
	uint32_t object = df_objects_find(objects, asker, type, handle);

	if (!object)
		object = at_key(objects, key);
	if (object)
		return object;
	object = add(objects, asker, type);
	ut_map_put(&objects->index, key, object);
	return object;
}

/*
 * One of this lane that was there before was destroyed unseen: its number is free. One of another
 * lane may be about to be destroyed by a call that has begun already.
 */
void df_objects_create(struct df_objects *objects, const struct df_asker *asker, uint32_t type,
		       uint64_t handle)
{
	uint64_t key = key_of(asker, type, handle);
	uint32_t before = at_key(objects, key), object;

	if (before && df_object(objects, before)->lane == asker->lane)
		give_number(numbers_of(objects, asker->lane, type),
			    df_object(objects, before)->number);
	else if (before)
		ut_map_put(&objects->index, earlier_key(key), before);
	object = add(objects, asker, type);
	df_object(objects, object)->made_ns = asker->end_ns;
	ut_map_put(&objects->index, key, object);
}

/*
 * A number that another lane gives back would be free sooner or later as the threads happen to
 * run: it stays taken. Only what nothing else refers to is used again.
 */
void df_objects_destroy(struct df_objects *objects, const struct df_asker *asker, uint32_t type,
			uint64_t handle)
{
	uint64_t key = meant_key(objects, asker, type, handle);
	uint32_t object = at_key(objects, key);

	if (!object)
		return;
	ut_map_put(&objects->index, key, DF_NO_OBJECT);
	if (df_object(objects, object)->lane == asker->lane)
		give_number(numbers_of(objects, asker->lane, type),
			    df_object(objects, object)->number);
	if (strcmp(objects->types[type - 1], "stream") != 0) {
		df_object(objects, object)->stream = objects->unused;
		objects->unused = object;
	}
}

void df_objects_free(struct df_objects *objects)
{
	for (size_t i = 0; i < objects->nlanes * DF_MOST_TYPES; i++)
		free(objects->numbers[i].bits);
	free(objects->numbers);
	free(objects->list);
	free(objects->types);
	ut_map_free(&objects->index);
	*objects = (struct df_objects){ 0 };
}
