/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record's payload as arguments, by the function's row of the `api` text. Text is copied to the
 * trace's scratch memory, for the recorder does not end it with a NUL.
 */
#include "reader/arguments.h"

#include <string.h>

#include "util/xalloc.h"

/* ---- values -------------------------------------------------------------------------------- */

/* Little endian, as every machine that writes traces is. */
static uint64_t load_unsigned(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, bytes, size <= sizeof(value) ? size : sizeof(value));
	return value;
}

/* The sign is carried up from the width that the value was recorded in. */
static int64_t load_signed(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = load_unsigned(bytes, size);
	unsigned int unused = size < 8 ? 64 - 8 * size : 0;

	return (int64_t)(value << unused) >> unused;
}

static uint32_t load_u32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static uint64_t load_u64(const uint8_t *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return value;
}

static void load_float(struct ct_arg *arg, const uint8_t *bytes, unsigned int size)
{
	float single;

	if (size == sizeof(arg->value.f)) {
		memcpy(&arg->value.f, bytes, size);
		return;
	}
	memcpy(&single, bytes, sizeof(single));
	arg->value.f = single;
}

/* A|B|0x40 */
static const char *flags_label(struct rd_trace *trace, const struct rd_enum *values, uint64_t bits)
{
	const char *label = rd_enum_name(values, (int64_t)bits), *name;
	uint64_t flag;
	size_t i;

	if (label || !bits)
		return label ? label : "0";
	for (i = 0; values && i < values->count; i++) {
		flag = (uint64_t)values->by_bits[i].value;
		name = values->by_bits[i].name;
		if (!flag || (bits & flag) != flag)
			continue;
		bits &= ~flag;
		label = label ? ut_arena_printf(&trace->scratch, "%s|%s", label, name) : name;
	}
	if (!bits)
		return label;
	return ut_arena_printf(&trace->scratch, "%s%s0x%llx", label ? label : "", label ? "|" : "",
			       (unsigned long long)bits);
}

/* The recorder pads with NULs: a text without one filled its room and may have been longer. */
static void load_text(struct rd_trace *trace, struct ct_arg *arg, const uint8_t *bytes,
		      unsigned int size)
{
	size_t length = strnlen((const char *)bytes, size);

	arg->truncated = length == size;
	arg->text = ut_arena_copy(&trace->scratch, (const char *)bytes, length);
}

/* What is not understood is shown, not left out. */
static void load_bytes(struct rd_trace *trace, struct ct_arg *arg, const uint8_t *bytes,
		       unsigned int size)
{
	char *text = ut_arena_alloc(&trace->scratch, 2 * (size_t)size + 1);
	unsigned int i;

	for (i = 0; i < size; i++) {
		text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	text[2 * size] = '\0';
	arg->kind = CT_KIND_BYTES;
	arg->text = text;
}

/* Whether a value of this kind can have this size; what cannot is shown as bytes. */
static bool fits_kind(enum ct_kind kind, unsigned int size)
{
	switch (kind) {
	case CT_KIND_DIM3:
		return size == 12;
	case CT_KIND_FLOAT:
		return size == 4 || size == 8;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
		return true;
	default:
		return size == 1 || size == 2 || size == 4 || size == 8;
	}
}

/* A value and, where it has one, its name in the trace's own enumerations. */
static void load_any(struct rd_trace *trace, struct ct_arg *arg, const struct rd_param *param,
		     const uint8_t *bytes)
{
	bool labels = trace->want & RD_WANT_LABELS;

	if (!fits_kind(param->kind, param->size)) {
		load_bytes(trace, arg, bytes, param->size);
		return;
	}
	switch (param->kind) {
	case CT_KIND_INT:
		arg->value.i = load_signed(bytes, param->size);
		break;
	case CT_KIND_ENUM:
		arg->value.i = load_signed(bytes, param->size);
		arg->label = labels ? rd_enum_name(param->values, arg->value.i) : NULL;
		break;
	case CT_KIND_FLAGS:
		arg->value.u = load_unsigned(bytes, param->size);
		arg->label = labels ? flags_label(trace, param->values, arg->value.u) : NULL;
		break;
	case CT_KIND_FLOAT:
		load_float(arg, bytes, param->size);
		break;
	case CT_KIND_STR:
		load_text(trace, arg, bytes, param->size);
		break;
	case CT_KIND_BYTES:
		load_bytes(trace, arg, bytes, param->size);
		break;
	default:
		arg->value.u = load_unsigned(bytes, param->size);
	}
}

/* What a key was called at the time of the call. */
static const char *defined_name(const struct rd_trace *trace, struct rd_native *native,
				const struct rd_ring *ring, enum ctr_def_kind kind, uint64_t key)
{
	/* A kernel is resolved, and so defined, within the first call that uses it. */
	uint64_t when = ring->record_flags & CTR_CELLS_IN_FLIGHT ? UINT64_MAX : ring->record->end;

	if (!key || !(trace->want & RD_WANT_LABELS))
		return NULL;
	return rd_definitions_name(&native->definitions, ring->process, kind, key, when);
}

/* ---- functions ----------------------------------------------------------------------------- */

static enum rd_load load_of(const struct rd_param *param)
{
	switch (param->kind) {
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
	case CT_KIND_HEX:
	case CT_KIND_HANDLE:
		return param->size == 8   ? RD_LOAD_U64
		       : param->size == 4 ? RD_LOAD_U32
					  : RD_LOAD_ANY;
	case CT_KIND_INT:
		return param->size == 4 ? RD_LOAD_I32 : RD_LOAD_ANY;
	case CT_KIND_ENUM:
		return param->size == 4 ? RD_LOAD_ENUM : RD_LOAD_ANY;
	case CT_KIND_KERNEL:
		return param->size == 8 ? RD_LOAD_KERNEL : RD_LOAD_ANY;
	case CT_KIND_PTR:
		return param->size == 8 ? RD_LOAD_PTR : RD_LOAD_ANY;
	case CT_KIND_DIM3:
		return param->size == 12 ? RD_LOAD_DIM3 : RD_LOAD_ANY;
	default:
		return RD_LOAD_ANY;
	}
}

static struct rd_slot slot_of(const struct rd_param *param)
{
	return (struct rd_slot){
		.blank = {
			.name = param->name,
			.type = param->type,
			.kind = param->kind,
			.direction = param->direction,
		},
		.param = param,
		.load = load_of(param),
		.offset = param->offset,
		.end = param->offset + param->size,
	};
}

struct rd_shape *rd_shape_find(struct rd_trace *trace, struct rd_native *native, unsigned int id)
{
	const struct rd_function *function = rd_api_function(native->api, id), *all;
	struct rd_shape *shape;
	size_t count;

	if (!function)
		return NULL;
	if (!native->shapes) {
		all = rd_api_functions(native->api, &count);
		native->nshapes = all[count - 1].id + (size_t)1;
		native->shapes = ut_xcalloc(native->nshapes, sizeof(*native->shapes));
	}
	shape = &native->shapes[id];
	shape->function = function;
	shape->number = rd_names_number(&trace->names, function->name);
	if (!rd_wants_args(trace, shape->number))
		return shape;
	shape->nslots = function->nparams;
	shape->slots = ut_arena_alloc(&trace->strings, function->nparams * sizeof(*shape->slots));
	for (unsigned int i = 0; i < function->nparams; i++)
		shape->slots[i] = slot_of(&function->params[i]);
	return shape;
}

/* ---- arguments ----------------------------------------------------------------------------- */

static void load_value(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
		       const struct rd_slot *slot, struct ct_arg *arg, const uint8_t *bytes)
{
	switch (slot->load) {
	case RD_LOAD_U64:
		arg->value.u = load_u64(bytes);
		break;
	case RD_LOAD_U32:
		arg->value.u = load_u32(bytes);
		break;
	case RD_LOAD_I32:
		arg->value.i = (int32_t)load_u32(bytes);
		break;
	case RD_LOAD_ENUM:
		arg->value.i = (int32_t)load_u32(bytes);
		if (trace->want & RD_WANT_LABELS)
			arg->label = rd_enum_name(slot->param->values, arg->value.i);
		break;
	case RD_LOAD_KERNEL:
		arg->value.u = load_u64(bytes);
		arg->label = defined_name(trace, native, ring, CTR_DEF_KERNEL, arg->value.u);
		break;
	case RD_LOAD_PTR:
		arg->value.u = load_u64(bytes);
		arg->label = defined_name(trace, native, ring, CTR_DEF_SYMBOL, arg->value.u);
		break;
	case RD_LOAD_DIM3:
		memcpy(arg->value.xyz, bytes, sizeof(arg->value.xyz));
		break;
	case RD_LOAD_ANY:
		load_any(trace, arg, slot->param, bytes);
		break;
	}
}

/*
 * Whether a value is known depends on the cell's mark and not on the result: the recorder sets it
 * only when it has written the outputs.
 */
void rd_arguments(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
		  const struct rd_shape *shape, struct ct_event *event)
{
	const struct ctr_cell *cell = ring->record;
	/* It goes on in the cells that follow. */
	const uint8_t *payload = cell->payload;
	uint32_t room = (uint32_t)cell->ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE;
	bool has_outputs = cell->flags & CTR_CELL_OUTPUTS &&
			   !(ring->record_flags & CTR_CELLS_IN_FLIGHT);

	event->nargs = shape->nslots;
	event->layout = shape->function->id;
	for (unsigned int i = 0; i < shape->nslots; i++) {
		const struct rd_slot *slot = &shape->slots[i];
		struct ct_arg *arg = &event->args[i];

		*arg = slot->blank;
		if (slot->end > room)
			continue;
		arg->known = has_outputs || slot->blank.direction == CT_IN;
		if (arg->known)
			load_value(trace, native, ring, slot, arg, payload + slot->offset);
		else if (slot->param->size == sizeof(uint64_t))
			/* Until then the slot holds the pointer itself, if it fits in. */
			arg->value.u = load_u64(payload + slot->offset);
	}
	if (cell->flags & CTR_CELL_KERNEL_ARGS)
		rd_kernel_args(trace, native, ring, shape, event);
}
