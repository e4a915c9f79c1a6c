/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to effect.c: what the `effect=` flags of the tables say, as scripts/gen-effects writes it
 * into effect_rows.c. src/api/README.md has their grammar.
 */
#ifndef ANALYSIS_EFFECT_ROWS_H
#define ANALYSIS_EFFECT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/effect.h"

/* What an argument is used for. From TO_PITCH on they make up the product or describe it. */
enum an_slot_use {
	AN_SLOT_AT,
	AN_SLOT_POOL,
	AN_SLOT_TO,
	AN_SLOT_FROM,
	AN_SLOT_TO_ARRAY,
	AN_SLOT_FROM_ARRAY,
	AN_SLOT_TO_SYMBOL,
	AN_SLOT_FROM_SYMBOL,
	AN_SLOT_DIRECTION,
	AN_SLOT_STREAM,
	AN_SLOT_HANDLE,
	AN_SLOT_DEVICE,
	AN_SLOT_TO_DEVICE,
	AN_SLOT_FROM_DEVICE,
	AN_SLOT_KERNEL,
	AN_SLOT_GRID,
	AN_SLOT_BLOCK,
	AN_SLOT_SHARED,
	AN_SLOT_TO_PITCH,
	AN_SLOT_FROM_PITCH,
	AN_SLOT_ROWS,
	AN_SLOT_TO_TYPE, /* a CUmemorytype: which of address, host's address and array counts */
	AN_SLOT_FROM_TYPE,
	AN_SLOT_TO_HOST,
	AN_SLOT_FROM_HOST,
	AN_SLOT_LEVELS,      /* of a mipmapped array */
	AN_SLOT_LAYERS,      /* flags that say that its third dimension is a count of layers */
	AN_SLOT_FACTOR,      /* of the product that `bytes` is */
	AN_SLOT_FACTOR_OR_1, /* 0 counts as 1 */
	AN_SLOT_ELEMENT,     /* bits of a channel: four of these make one factor */
	AN_SLOT_FORMAT,      /* a CUarray_format: the size of a channel */
	AN_SLOT_CHANNELS     /* how many of these make an element */
};

struct an_slot {
	enum an_slot_use use;
	const char *name;
};

struct an_row {
	struct an_function function;
	enum an_memory memory;
	enum an_wait wait;
	enum an_direction direction; /* that the name tells; PEER: the devices are named */
	bool elements;               /* if an array takes part, the product counts elements */
	bool typed;                  /* it has places TO_TYPE and FROM_TYPE */
	uint16_t scale;              /* a factor of the product that is no argument */
	const char *type;
	uint16_t first, count; /* of an_slots */
};

#define AN_MAX_SLOTS 16 /* of a row */

extern const struct an_slot an_slots[];
/* Sorted by name. */
extern const struct an_row an_rows[];
extern const size_t an_row_count;

#define AN_NUMBERS                                                                            \
	(1u << CT_KIND_INT | 1u << CT_KIND_ENUM | 1u << CT_KIND_UINT | 1u << CT_KIND_SIZE |   \
	 1u << CT_KIND_HEX | 1u << CT_KIND_PTR | 1u << CT_KIND_FLAGS | 1u << CT_KIND_HANDLE | \
	 1u << CT_KIND_KERNEL)

/* Whether its value is value.u (of an INT or ENUM value.i, which is the same bits). */
static inline bool an_is_number(const struct ct_arg *arg)
{
	return 1u << arg->kind & AN_NUMBERS;
}

/*
 * Takes what the product and the reach of a copy are made of: `found` has an argument, or NULL, for
 * each slot of the row.
 */
void an_effect_product(struct an_effect *effect, const struct an_row *row,
		       const struct ct_arg *const found[]);

/* By its name, with marks of twins and versions or without; NULL: none. */
const struct an_row *an_row_find(const char *name);

/* The enumerators of cudaMemcpyKind: JSON has them as text. */
struct an_copy_kind {
	const char *name;
	int32_t value;
};
extern const struct an_copy_kind an_copy_kinds[];
extern const size_t an_copy_kind_count;

#endif
