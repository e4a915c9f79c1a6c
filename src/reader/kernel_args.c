/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of a kernel's parameters, as arguments behind those of the launch. Their sizes are
 * known and their types are not: 8 bytes are shown as an address, fewer as an integer.
 */
#include <string.h>

#include "reader/arguments.h"

/* What stands in the record, found to lie within it. */
struct values {
	struct ctr_kernel_args head;
	const uint8_t *sizes;
	const uint8_t *bytes;
};

static bool find_values(const struct ctr_cell *cell, unsigned int own, struct values *v)
{
	unsigned int behind = own + (cell->flags & CTR_CELL_STACK ? 1 : 0);
	const uint8_t *at = (const uint8_t *)(cell + own);
	size_t room, sizes;

	if (cell->ncells <= behind)
		return false;
	room = (cell->ncells - (size_t)behind) * CTR_CELL_SIZE;
	memcpy(&v->head, at, sizeof(v->head));
	sizes = (sizeof(v->head) + v->head.listed * sizeof(uint16_t) + 7) & ~(size_t)7;
	v->sizes = at + sizeof(v->head);
	v->bytes = at + sizes;
	return v->head.listed <= v->head.count && sizes <= room && v->head.bytes <= room - sizes;
}

static unsigned int size_of(const struct values *v, unsigned int i)
{
	uint16_t size;

	memcpy(&size, v->sizes + i * sizeof(size), sizeof(size));
	return size;
}

/* Pairs of digits in the order of memory, a blank after eight of them: never read as a number. */
static const char *bytes_text(struct rd_trace *trace, const uint8_t *bytes, size_t size)
{
	char *text = ut_arena_alloc(&trace->scratch, 2 * size + size / 8 + 1), *to = text;

	for (size_t i = 0; i < size; i++) {
		if (i && i % 8 == 0)
			*to++ = ' ';
		*to++ = "0123456789abcdef"[bytes[i] >> 4];
		*to++ = "0123456789abcdef"[bytes[i] & 15];
	}
	*to = '\0';
	return text;
}

static int64_t integer(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, bytes, size);
	return (int64_t)(value << (64 - 8 * size)) >> (64 - 8 * size);
}

static void load(struct rd_trace *trace, struct ct_arg *arg, const uint8_t *bytes,
		 unsigned int size, size_t there)
{
	if (there >= size && size == sizeof(arg->value.u)) {
		arg->kind = CT_KIND_PTR;
		memcpy(&arg->value.u, bytes, sizeof(arg->value.u));
	} else if (there >= size && (size == 1 || size == 2 || size == 4)) {
		arg->kind = CT_KIND_INT;
		arg->value.i = integer(bytes, size);
	} else {
		arg->kind = CT_KIND_BYTES;
		arg->truncated = there < size;
		arg->text = bytes_text(trace, bytes, there < size ? there : size);
	}
}

static struct ct_arg *next_arg(struct ct_event *event, const char *name)
{
	struct ct_arg *arg = &event->args[event->nargs++];

	*arg = (struct ct_arg){ .name = name, .type = "", .known = true };
	return arg;
}

/* Made once for a trace: they live as long as it does. */
static const char *name_of(struct rd_trace *trace, struct rd_native *native, unsigned int i)
{
	if (!native->kernel_args[i])
		native->kernel_args[i] = ut_arena_printf(&trace->strings, CT_KERNEL_ARGS "[%u]", i);
	return native->kernel_args[i];
}

void rd_kernel_args(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
		    const struct rd_shape *shape, struct ct_event *event)
{
	unsigned int whole = 0, i;
	size_t at = 0, there;
	struct values v;

	if (ring->record_flags & CTR_CELLS_IN_FLIGHT || !event->nargs ||
	    !find_values(ring->record, shape->function->ncells, &v))
		return;
	event->layout = 0;
	/* One is left for the number of those that are missing. */
	for (i = 0; i < v.head.listed && event->nargs < CT_MAX_ARGS - 1; i++) {
		unsigned int size = size_of(&v, i);

		there = v.head.bytes - at;
		if (size && !there)
			break;
		load(trace, next_arg(event, name_of(trace, native, i)), v.bytes + at, size, there);
		whole += there >= size;
		at += there < size ? there : size;
	}
	if (whole < v.head.count) {
		struct ct_arg *cut = next_arg(event, CT_KERNEL_ARGS_CUT);

		cut->kind = CT_KIND_UINT;
		cut->value.u = v.head.count - whole;
	}
}
