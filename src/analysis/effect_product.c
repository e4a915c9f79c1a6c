/* SPDX-License-Identifier: Apache-2.0 */
/* How many bytes, where that is a product: rows, pitches, extents, elements of arrays. */
#include <string.h>

#include "analysis/effect_rows.h"

/* A product as it grows, and what else its places tell. */
struct sum {
	uint64_t factors[4];
	unsigned int nfactors;
	unsigned int bits; /* of an element */
	bool has_element;
	bool missing; /* a factor is not known */
	bool layered;
	uint64_t levels;
	uint64_t to_pitch, from_pitch, rows;
};

static void add_factor(struct sum *sum, uint64_t factor)
{
	if (sum->nfactors < sizeof(sum->factors) / sizeof(sum->factors[0]))
		sum->factors[sum->nfactors++] = factor;
}

static void take_array(uint64_t *at, enum an_place *place, uint64_t array)
{
	if (!array)
		return;
	*at = array;
	*place = AN_PLACE_ARRAY;
}

static void take_number(struct an_effect *effect, struct sum *sum, enum an_slot_use use,
			uint64_t number)
{
	switch (use) {
	case AN_SLOT_TO_ARRAY:
		take_array(&effect->to, &effect->to_place, number);
		break;
	case AN_SLOT_FROM_ARRAY:
		take_array(&effect->from, &effect->from_place, number);
		break;
	case AN_SLOT_TO_PITCH:
		sum->to_pitch = number;
		break;
	case AN_SLOT_FROM_PITCH:
		sum->from_pitch = number;
		break;
	case AN_SLOT_ROWS:
		sum->rows = number;
		break;
	case AN_SLOT_LEVELS:
		sum->levels = number;
		break;
	case AN_SLOT_FACTOR:
		add_factor(sum, number);
		break;
	case AN_SLOT_FACTOR_OR_1:
		add_factor(sum, number ? number : 1);
		break;
	case AN_SLOT_ELEMENT:
		sum->bits += (unsigned int)number & 0xff;
		sum->has_element = true;
		break;
	default:
		break;
	}
}

/* cudaArrayLayered or cudaArrayCubemap: every level has as many layers. */
static bool is_layered(const struct ct_arg *arg)
{
	const char *word = an_arg_word(arg);

	if (an_is_number(arg))
		return arg->value.u & 5;
	return word && (strstr(word, "cudaArrayLayered") || strstr(word, "cudaArrayCubemap"));
}

static void take(struct an_effect *effect, struct sum *sum, enum an_slot_use use,
		 const struct ct_arg *arg)
{
	if (use == AN_SLOT_LAYERS)
		sum->layered = arg && is_layered(arg);
	else if (arg && an_is_number(arg))
		take_number(effect, sum, use, arg->value.u);
	else if (use >= AN_SLOT_LEVELS)
		sum->missing = true;
}

static uint64_t at_least_1(uint64_t value)
{
	return value ? value : 1;
}

/* All levels of an array of which each is half as large as the one before, in elements. */
static bool add_levels(const struct sum *sum, uint64_t *product)
{
	const uint64_t *f = sum->factors;
	uint64_t level, all = 0;

	if (sum->nfactors != 3 || sum->levels > 64)
		return false;
	for (level = 0; level < sum->levels; level++) {
		uint64_t depth = sum->layered ? f[2] : at_least_1(f[2] >> level), n;

		if (__builtin_mul_overflow(at_least_1(f[0] >> level), at_least_1(f[1] >> level),
					   &n) ||
		    __builtin_mul_overflow(n, depth, &n) || __builtin_add_overflow(all, n, &all))
			return false;
	}
	*product = all;
	return true;
}

/* False if something is missing, or the numbers are out of this world. */
static bool multiply(const struct sum *sum, uint64_t *product)
{
	unsigned int i;

	if (sum->missing || !sum->nfactors)
		return false;
	*product = sum->factors[0];
	for (i = 1; i < sum->nfactors; i++) {
		if (__builtin_mul_overflow(*product, sum->factors[i], product))
			return false;
	}
	if (sum->levels && !add_levels(sum, product))
		return false;
	if (!sum->has_element)
		return true;
	return !__builtin_mul_overflow(*product, (uint64_t)(sum->bits + 7) / 8, product);
}

/* From the first byte of the first row to behind the last of the last. */
static uint64_t span_of(const struct an_effect *effect, const struct sum *sum, uint64_t pitch)
{
	uint64_t span;

	if (!sum->rows || !pitch || __builtin_mul_overflow(sum->rows - 1, pitch, &span) ||
	    __builtin_add_overflow(span, effect->bytes / sum->rows, &span))
		return 0;
	return span;
}

void an_effect_product(struct an_effect *effect, const struct an_row *row,
		       const struct ct_arg *const found[])
{
	struct sum sum = { .nfactors = 0 };
	uint64_t product;

	for (unsigned int i = 0; i < row->count; i++) {
		if (!(row->elements || an_slots[row->first + i].use >= AN_SLOT_TO_PITCH))
			continue;
		take(effect, &sum, an_slots[row->first + i].use, found[i]);
	}
	effect->element_bytes = (sum.bits + 7) / 8;
	if (!multiply(&sum, &product))
		return;
	if (row->elements &&
	    (effect->to_place == AN_PLACE_ARRAY || effect->from_place == AN_PLACE_ARRAY)) {
		effect->elements = product;
		return;
	}
	effect->bytes = product;
	effect->bytes_known = true;
	if (effect->to_place == AN_PLACE_ADDRESS)
		effect->to_span = span_of(effect, &sum, sum.to_pitch);
	if (effect->from_place == AN_PLACE_ADDRESS)
		effect->from_span = span_of(effect, &sum, sum.from_pitch);
}
