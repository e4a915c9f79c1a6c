/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call's arguments put into the places of its effect. This runs for every event of a trace, so
 * what a function's row is, and where its arguments stand, is found once and remembered: by the
 * trace's number of the function, and the arguments by their layout where calls have one;
 * calls of a JSON trace do not, and their arguments are looked at by name.
 */
#include "analysis/effect.h"

#include <stddef.h>
#include <string.h>

#include "analysis/effect_rows.h"

/* How an argument is taken: numbers that are frequent first. */
enum how {
	HOW_U64,   /* to `offset` in the effect */
	HOW_BYTES, /* the only factor of the product */
	HOW_DIRECTION,
	HOW_I32, /* to `offset` */
	HOW_DIM3,
	HOW_KERNEL,
	HOW_PRODUCT /* later, when all are known */
};

/* Where a slot's argument is taken from, and how. */
struct place {
	uint16_t argument; /* its offset in the event; 0: it has none */
	uint16_t offset;
	uint8_t at; /* its number */
	uint8_t how;
};

/* What is remembered of the calls of a function in a trace. */
struct shape {
	uint64_t key;    /* trace and function */
	uint32_t layout; /* of the calls that `places` are of; 0: to be looked at */
	uint32_t nargs;
	const struct an_row *row; /* NULL: none, or without effect */
	bool product;
	bool spans;
	struct place places[AN_MAX_SLOTS];
	struct an_effect base; /* before any argument */
};

#define SHAPES 1024 /* more than there are functions */

/* ---- shapes -------------------------------------------------------------------------------- */

#define TO(how, field)                                           \
	{                                                        \
		how, (uint16_t)offsetof(struct an_effect, field) \
	}

static const struct {
	enum how how;
	uint16_t offset;
} takers[] = {
	[AN_SLOT_AT] = TO(HOW_U64, at),
	[AN_SLOT_POOL] = TO(HOW_U64, pool),
	[AN_SLOT_TO] = TO(HOW_U64, to),
	[AN_SLOT_FROM] = TO(HOW_U64, from),
	[AN_SLOT_TO_ARRAY] = TO(HOW_U64, to),
	[AN_SLOT_FROM_ARRAY] = TO(HOW_U64, from),
	[AN_SLOT_TO_SYMBOL] = TO(HOW_U64, to),
	[AN_SLOT_FROM_SYMBOL] = TO(HOW_U64, from),
	[AN_SLOT_STREAM] = TO(HOW_U64, stream),
	[AN_SLOT_HANDLE] = TO(HOW_U64, handle),
	[AN_SLOT_SHARED] = TO(HOW_U64, shared),
	[AN_SLOT_DEVICE] = TO(HOW_I32, device),
	[AN_SLOT_TO_DEVICE] = TO(HOW_I32, to_device),
	[AN_SLOT_FROM_DEVICE] = TO(HOW_I32, from_device),
	[AN_SLOT_GRID] = TO(HOW_DIM3, grid),
	[AN_SLOT_BLOCK] = TO(HOW_DIM3, block),
	[AN_SLOT_DIRECTION] = { HOW_DIRECTION, 0 },
	[AN_SLOT_KERNEL] = { HOW_KERNEL, 0 },
	[AN_SLOT_TO_PITCH] = { HOW_PRODUCT, 0 },
	[AN_SLOT_FROM_PITCH] = { HOW_PRODUCT, 0 },
	[AN_SLOT_ROWS] = { HOW_PRODUCT, 0 },
	[AN_SLOT_TO_TYPE] = { HOW_PRODUCT, 0 },
	[AN_SLOT_FROM_TYPE] = { HOW_PRODUCT, 0 },
	[AN_SLOT_TO_HOST] = { HOW_PRODUCT, 0 },
	[AN_SLOT_FROM_HOST] = { HOW_PRODUCT, 0 },
	[AN_SLOT_LEVELS] = { HOW_PRODUCT, 0 },
	[AN_SLOT_LAYERS] = { HOW_PRODUCT, 0 },
	[AN_SLOT_FACTOR] = { HOW_PRODUCT, 0 },
	[AN_SLOT_FACTOR_OR_1] = { HOW_PRODUCT, 0 },
	[AN_SLOT_ELEMENT] = { HOW_PRODUCT, 0 },
	[AN_SLOT_FORMAT] = { HOW_PRODUCT, 0 },
	[AN_SLOT_CHANNELS] = { HOW_PRODUCT, 0 },
};

static inline uint64_t key_of(const struct ct_event *event)
{
	return (uint64_t)event->trace << 32 | event->function;
}

/* What the function alone tells. */
static void base_of(struct an_effect *effect, const struct an_row *row)
{
	effect->kind = row->function.effect;
	effect->memory = row->memory;
	effect->type = row->type;
	effect->waits_for = row->wait;
	effect->direction = row->direction;
	effect->device = effect->to_device = effect->from_device = -1;
}

/* Of a place that may be memory or an array, the array comes later and counts unless it is 0. */
static void add_place(struct shape *shape, unsigned int i, enum an_slot_use use)
{
	struct an_effect *base = &shape->base;
	struct place *place = &shape->places[i];
	bool chosen = shape->row->elements || shape->row->typed;

	place->how = (uint8_t)takers[use].how;
	place->offset = takers[use].offset;
	if (use == AN_SLOT_STREAM)
		base->has_stream = true;
	else if (use == AN_SLOT_TO)
		base->to_place = AN_PLACE_ADDRESS;
	else if (use == AN_SLOT_FROM)
		base->from_place = AN_PLACE_ADDRESS;
	else if (use == AN_SLOT_TO_SYMBOL)
		base->to_place = AN_PLACE_SYMBOL;
	else if (use == AN_SLOT_FROM_SYMBOL)
		base->from_place = AN_PLACE_SYMBOL;
	else if (use == AN_SLOT_TO_ARRAY && !chosen)
		base->to_place = AN_PLACE_ARRAY;
	else if (use == AN_SLOT_FROM_ARRAY && !chosen)
		base->from_place = AN_PLACE_ARRAY;
	else if (use == AN_SLOT_TO_ARRAY || use == AN_SLOT_FROM_ARRAY)
		place->how = HOW_PRODUCT;
}

/* One factor and nothing else is taken at once. */
static void settle_product(struct shape *shape)
{
	struct place *place = NULL;
	unsigned int i, parts = 0;

	for (i = 0; i < shape->row->count; i++) {
		if (shape->places[i].how == HOW_PRODUCT) {
			place = &shape->places[i];
			parts++;
		}
	}
	shape->product = parts > 1 || shape->row->scale > 1;
	if (parts == 1 && !shape->product)
		place->how = HOW_BYTES;
}

static __attribute__((noinline, cold)) void fill_shape(struct shape *shape,
						       const struct ct_event *event)
{
	const struct an_row *row = event->type == CT_EVENT_CALL ? an_row_find(event->name) : NULL;
	unsigned int i;

	memset(shape, 0, sizeof(*shape));
	shape->key = key_of(event);
	if (!row || row->function.effect == AN_EFFECT_NONE)
		return;
	shape->row = row;
	base_of(&shape->base, row);
	for (i = 0; i < row->count; i++)
		add_place(shape, i, an_slots[row->first + i].use);
	settle_product(shape);
	shape->base.asynchronous = shape->base.has_stream && row->function.effect != AN_EFFECT_WAIT;
	shape->spans = row->function.effect == AN_EFFECT_COPY ||
		       row->function.effect == AN_EFFECT_SET;
	if (shape->spans && !shape->base.asynchronous)
		shape->base.waits_for = AN_WAIT_COPY;
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* JSON traces know one name for a stream. */
static bool is_called(const struct ct_arg *arg, const struct an_slot *slot)
{
	if (!strcmp(arg->name, slot->name))
		return true;
	return slot->use == AN_SLOT_STREAM &&
	       (!strcmp(arg->name, "stream") || !strcmp(arg->name, "hStream"));
}

/* Where it was the last time, or anywhere. */
static void search(struct place *place, const struct ct_event *event, const struct an_slot *slot)
{
	unsigned int at = place->at, tried;

	place->argument = 0;
	for (tried = 0; tried < event->nargs; tried++, at++) {
		if (at >= event->nargs)
			at = 0;
		if (is_called(&event->args[at], slot)) {
			place->at = (uint8_t)at;
			place->argument =
				(uint16_t)((const char *)&event->args[at] - (const char *)event);
			return;
		}
	}
}

static __attribute__((noinline)) void find_places(struct shape *shape, const struct ct_event *event)
{
	const struct an_slot *slot = &an_slots[shape->row->first];

	for (unsigned int i = 0; i < shape->row->count; i++)
		search(&shape->places[i], event, &slot[i]);
	shape->layout = event->layout;
	shape->nargs = event->nargs;
}

static inline const struct ct_arg *argument_of(const struct ct_event *event,
					       const struct place *place)
{
	return (const struct ct_arg *)((const char *)event + place->argument);
}

/* ---- values -------------------------------------------------------------------------------- */

static enum an_direction direction_of_kind(uint64_t kind)
{
	static const enum an_direction directions[] = {
		AN_HOST_TO_HOST,     AN_HOST_TO_DEVICE, AN_DEVICE_TO_HOST,
		AN_DEVICE_TO_DEVICE, AN_BY_ADDRESS,
	};

	return kind < sizeof(directions) / sizeof(directions[0]) ? directions[kind]
								 : AN_DIRECTION_UNKNOWN;
}

static enum an_direction direction_of_word(const char *word)
{
	for (size_t i = 0; word && i < an_copy_kind_count; i++) {
		if (!strcmp(word, an_copy_kinds[i].name))
			return direction_of_kind((uint64_t)an_copy_kinds[i].value);
	}
	return AN_DIRECTION_UNKNOWN;
}

/* The rarer ways. */
static void take_other(struct an_effect *effect, const struct place *place,
		       const struct ct_arg *arg)
{
	char *to = (char *)effect + place->offset;

	if (place->how == HOW_DIM3) {
		if (arg->kind == CT_KIND_DIM3)
			memcpy(to, arg->value.xyz, sizeof(arg->value.xyz));
	} else if (place->how == HOW_KERNEL) {
		effect->kernel = an_arg_word(arg);
		if (an_is_number(arg))
			effect->kernel_key = arg->value.u;
	} else if (place->how == HOW_DIRECTION) {
		effect->direction = direction_of_word(an_arg_word(arg));
	} else if (place->how == HOW_I32 && an_is_number(arg)) {
		memcpy(to, &(int32_t){ (int32_t)arg->value.i }, sizeof(int32_t));
	}
}

static inline void take(struct an_effect *effect, const struct place *place,
			const struct ct_arg *arg)
{
	if (place->how > HOW_DIRECTION || !an_is_number(arg)) {
		take_other(effect, place, arg);
	} else if (place->how == HOW_U64) {
		memcpy((char *)effect + place->offset, &arg->value.u, sizeof(uint64_t));
	} else if (place->how == HOW_BYTES) {
		effect->bytes = arg->value.u;
		effect->bytes_known = true;
	} else {
		effect->direction = direction_of_kind(arg->value.u);
	}
}

/* Of a plain copy the bytes lie in one piece. */
static inline void take_spans(struct an_effect *effect)
{
	if (effect->to_place == AN_PLACE_ADDRESS)
		effect->to_span = effect->bytes;
	if (effect->from_place == AN_PLACE_ADDRESS)
		effect->from_span = effect->bytes;
}

static __attribute__((noinline)) void take_product(struct an_effect *effect,
						   const struct shape *shape,
						   const struct ct_event *event)
{
	const struct ct_arg *found[AN_MAX_SLOTS] = { NULL };

	for (unsigned int i = 0; i < shape->row->count; i++) {
		const struct place *place = &shape->places[i];

		if (place->argument && argument_of(event, place)->known)
			found[i] = argument_of(event, place);
	}
	an_effect_product(effect, shape->row, found);
}

static __attribute__((noinline)) void fill_effect(const struct ct_event *event, struct shape *shape,
						  struct an_effect *effect)
{
	const struct place *place = shape->places, *last = place + shape->row->count;

	if (!event->layout || event->layout != shape->layout || event->nargs != shape->nargs)
		find_places(shape, event);
	*effect = shape->base;
	effect->known =
		!(event->flags & (CT_EVENT_FAILED | CT_EVENT_EXPECTED | CT_EVENT_IN_FLIGHT));
	for (; place < last; place++) {
		if (place->argument && argument_of(event, place)->known)
			take(effect, place, argument_of(event, place));
	}
	if (shape->product)
		take_product(effect, shape, event);
	else if (shape->spans && effect->bytes_known)
		take_spans(effect);
}

/* An event that is of no trace has no number to go by. */
static __attribute__((noinline)) void meet(const struct ct_event *event, struct shape *shape,
					   struct an_effect *effect)
{
	static _Thread_local struct shape passing;

	if (!event->trace)
		shape = &passing;
	fill_shape(shape, event);
	if (shape->row)
		fill_effect(event, shape, effect);
}

/* What is no call has no function and so no row. */
void an_effect_of(const struct ct_event *event, struct an_effect *effect)
{
	static _Thread_local struct shape shapes[SHAPES];
	struct shape *shape = &shapes[(event->function + event->trace * 61) % SHAPES];

	effect->kind = AN_EFFECT_NONE;
	/* Its effect is that of the runtime's call around it. */
	if (event->flags & CT_EVENT_INTERNAL)
		return;
	if (shape->key != key_of(event) || !event->trace)
		meet(event, shape, effect);
	else if (shape->row)
		fill_effect(event, shape, effect);
}
