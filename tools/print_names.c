/* SPDX-License-Identifier: Apache-2.0 */
/* What addresses mean: objects by their handles, memory by what lies there. */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/units.h"

/* ---- handles ------------------------------------------------------------------------------- */

static struct print_handle *slot_of(struct printer *p, uint64_t handle)
{
	return &p->handles[(handle >> 4 ^ handle >> 12 ^ handle) % PRINT_HANDLES];
}

/* Every argument of a type has its own copy of the type's name. */
static bool is_same(const struct print_handle *slot, uint32_t process, const char *type,
		    uint64_t handle)
{
	return slot->handle == handle && slot->process == process && slot->type &&
	       (slot->type == type || !strcmp(slot->type, type));
}

void print_handle(struct printer *p, uint32_t process, const char *type, uint64_t handle)
{
	struct print_handle *slot = slot_of(p, handle);

	if (!is_same(slot, process, type, handle)) {
		slot->handle = handle;
		slot->process = process;
		slot->type = type;
		an_state_handle(p->state, process, type, handle, slot->name, sizeof(slot->name));
		slot->length = (unsigned int)strlen(slot->name);
	}
	wr_text_raw(&p->text, slot->name, slot->length);
}

void print_forget_handle(struct printer *p, uint64_t handle)
{
	slot_of(p, handle)->type = NULL;
}

/* ---- memory -------------------------------------------------------------------------------- */

/* Only these are addresses, and not of code. */
static bool is_pointer(const struct ct_arg *arg)
{
	return arg->kind == CT_KIND_PTR && arg->known && arg->value.u;
}

static struct print_place place_of(const struct an_allocation *allocation, uint64_t address)
{
	return (struct print_place){
		.number = allocation->number,
		.offset = address - allocation->address,
		.bytes = allocation->bytes,
		.memory = allocation->memory,
		.bytes_known = allocation->bytes_known,
	};
}

static void look_up(struct printer *p, const struct ct_event *event, unsigned int i)
{
	uint64_t address = event->args[i].value.u;
	const struct an_allocation *allocation = an_state_find(p->state, event->process, address);

	if (allocation)
		p->places[i] = place_of(allocation, address);
}

/* What the call itself makes is there only behind it. */
static bool is_made(const struct ct_arg *arg, const struct an_effect *effect)
{
	return arg->direction == CT_OUT ||
	       (effect->kind == AN_EFFECT_ALLOC && arg->value.u == effect->at);
}

void print_places_before(struct printer *p, const struct ct_event *event,
			 const struct an_effect *effect)
{
	for (unsigned int i = 0; i < event->nargs; i++) {
		p->places[i].number = 0;
		if (is_pointer(&event->args[i]) && !is_made(&event->args[i], effect))
			look_up(p, event, i);
	}
}

void print_places_after(struct printer *p, const struct ct_event *event,
			const struct an_effect *effect, const struct an_change *change)
{
	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (!is_pointer(arg))
			continue;
		if (is_made(arg, effect))
			look_up(p, event, i);
		if (change->kind != AN_CHANGE_DOUBLE_FREE || arg->value.u != effect->at)
			continue;
		p->places[i] = place_of(change->allocation, arg->value.u);
		p->places[i].freed = true;
	}
}

/* Whole units are written as such: 1 MiB, not 1.00 MiB. */
static const char *size_text(struct printer *p, uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	struct print_size *slot = &p->sizes[(bytes ^ bytes >> 9 ^ bytes >> 17) % PRINT_SIZES];
	char text[UT_UNITS_MAX];
	uint64_t whole = bytes;
	unsigned int i = 0;

	if (*slot->text && slot->bytes == bytes)
		return slot->text;
	for (; i < 4 && whole >= 1024 && whole % 1024 == 0; i++)
		whole /= 1024;
	if (whole < 1024)
		snprintf(slot->text, sizeof(slot->text), "%" PRIu64 " %s", whole, units[i]);
	else
		snprintf(slot->text, sizeof(slot->text), "%s", ut_units_bytes(text, bytes));
	slot->bytes = bytes;
	return slot->text;
}

void print_place(struct printer *p, const struct print_place *place)
{
	if (!place->number)
		return;
	wr_text_literal(&p->text, " <");
	PRINT_TEXT(p, an_memory_name(place->memory));
	wr_text_char(&p->text, ' ');
	if (place->bytes_known) {
		PRINT_TEXT(p, size_text(p, place->bytes));
		wr_text_char(&p->text, ' ');
	}
	wr_text_char(&p->text, '#');
	wr_text_u64(&p->text, place->number);
	if (place->offset) {
		wr_text_literal(&p->text, " +");
		wr_text_hex(&p->text, place->offset);
	}
	if (place->freed)
		wr_text_literal(&p->text, ", freed");
	wr_text_char(&p->text, '>');
}
