/* SPDX-License-Identifier: Apache-2.0 */
/* How many bytes, where that is a product: rows, pitches, extents, elements of arrays. */
#include <string.h>

#include "analysis/effect_rows.h"

/* A product as it grows, and what else its places tell. */
struct sum {
	uint64_t factors[4];
	unsigned int nfactors;
	unsigned int bits;     /* of an element */
	unsigned int channels; /* that has as many channels of this size; 0: `bits` is all of it */
	bool has_element;
	bool missing; /* a factor is not known */
	bool layered;
	uint64_t levels;
	uint64_t to_pitch, from_pitch, rows;
	uint64_t to_type, from_type; /* enum memory_type; 0: not known */
	uint64_t to_host, from_host, to_array, from_array;
};

/* CUmemorytype */
enum memory_type {
	ON_HOST = 1,
	ON_DEVICE,
	IN_ARRAY,
	UNIFIED
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

/* Enumerators, which a JSON trace has as text. */
static const struct {
	const char *name;
	uint64_t value;
} words[] = {
	{ "CU_MEMORYTYPE_HOST", ON_HOST },       { "CU_MEMORYTYPE_DEVICE", ON_DEVICE },
	{ "CU_MEMORYTYPE_ARRAY", IN_ARRAY },     { "CU_MEMORYTYPE_UNIFIED", UNIFIED },
	{ "CU_AD_FORMAT_UNSIGNED_INT8", 0x01 },  { "CU_AD_FORMAT_UNSIGNED_INT16", 0x02 },
	{ "CU_AD_FORMAT_UNSIGNED_INT32", 0x03 }, { "CU_AD_FORMAT_SIGNED_INT8", 0x08 },
	{ "CU_AD_FORMAT_SIGNED_INT16", 0x09 },   { "CU_AD_FORMAT_SIGNED_INT32", 0x0a },
	{ "CU_AD_FORMAT_HALF", 0x10 },           { "CU_AD_FORMAT_FLOAT", 0x20 },
};

/* False: it is neither a number nor the name of one. */
static bool number_of(const struct ct_arg *arg, uint64_t *number)
{
	const char *word = an_arg_word(arg);

	if (arg && an_is_number(arg)) {
		*number = arg->value.u;
		return true;
	}
	for (size_t i = 0; word && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(word, words[i].name)) {
			*number = words[i].value;
			return true;
		}
	}
	return false;
}

/* Of a CUarray_format; 0: its channels are not of one size, or the format is not known here. */
static unsigned int bits_of_format(uint64_t format)
{
	static const uint8_t bits[] = {
		[0x01] = 8,  [0x02] = 16, [0x03] = 32, [0x08] = 8,
		[0x09] = 16, [0x0a] = 32, [0x10] = 16, [0x20] = 32,
	};

	return format < sizeof(bits) ? bits[format] : 0;
}

/* Of a copy whose places have types. */
static void take_typed(struct sum *sum, enum an_slot_use use, uint64_t number)
{
	if (use == AN_SLOT_TO_TYPE)
		sum->to_type = number;
	else if (use == AN_SLOT_FROM_TYPE)
		sum->from_type = number;
	else if (use == AN_SLOT_TO_HOST)
		sum->to_host = number;
	else if (use == AN_SLOT_FROM_HOST)
		sum->from_host = number;
	else if (use == AN_SLOT_TO_ARRAY)
		sum->to_array = number;
	else if (use == AN_SLOT_FROM_ARRAY)
		sum->from_array = number;
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
	case AN_SLOT_FORMAT:
		sum->bits = bits_of_format(number);
		sum->has_element = true;
		sum->missing |= !sum->bits;
		break;
	case AN_SLOT_CHANNELS:
		sum->channels = number < 8 ? (unsigned int)number : 0;
		break;
	default:
		break;
	}
}

/* Arrays that are layered, or cubemaps: every level has as many layers. */
static bool is_layered(const struct ct_arg *arg)
{
	const char *word = an_arg_word(arg);

	if (an_is_number(arg))
		return arg->value.u & 5;
	return word && (strstr(word, "cudaArrayLayered") || strstr(word, "cudaArrayCubemap") ||
			strstr(word, "ARRAY3D_LAYERED") || strstr(word, "ARRAY3D_CUBEMAP"));
}

static void take(struct an_effect *effect, struct sum *sum, enum an_slot_use use,
		 const struct ct_arg *arg)
{
	uint64_t number;

	if (use == AN_SLOT_LAYERS)
		sum->layered = arg && is_layered(arg);
	else if (number_of(arg, &number))
		take_number(effect, sum, use, number);
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
static bool multiply(const struct an_row *row, const struct sum *sum, uint64_t *product)
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
	if (__builtin_mul_overflow(*product, (uint64_t)row->scale, product))
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

/* An address of one of the two memories, or an array. */
static enum an_place place_of(uint64_t type, uint64_t host, uint64_t array, uint64_t *at)
{
	if (type == ON_HOST)
		*at = host;
	else if (type == IN_ARRAY)
		*at = array;
	else if (type != ON_DEVICE && type != UNIFIED)
		return AN_PLACE_UNKNOWN;
	return type == IN_ARRAY ? AN_PLACE_ARRAY : AN_PLACE_ADDRESS;
}

static enum an_direction direction_of(uint64_t to, uint64_t from)
{
	if (to < ON_HOST || to > UNIFIED || from < ON_HOST || from > UNIFIED)
		return AN_DIRECTION_UNKNOWN;
	if (to == UNIFIED || from == UNIFIED)
		return AN_BY_ADDRESS;
	if (from == ON_HOST)
		return to == ON_HOST ? AN_HOST_TO_HOST : AN_HOST_TO_DEVICE;
	return to == ON_HOST ? AN_DEVICE_TO_HOST : AN_DEVICE_TO_DEVICE;
}

static void settle_types(struct an_effect *effect, const struct sum *sum)
{
	effect->to_place = place_of(sum->to_type, sum->to_host, sum->to_array, &effect->to);
	effect->from_place =
		place_of(sum->from_type, sum->from_host, sum->from_array, &effect->from);
	if (effect->direction == AN_DIRECTION_UNKNOWN)
		effect->direction = direction_of(sum->to_type, sum->from_type);
}

void an_effect_product(struct an_effect *effect, const struct an_row *row,
		       const struct ct_arg *const found[])
{
	struct sum sum = { .nfactors = 0 };
	uint64_t product, number;

	for (unsigned int i = 0; i < row->count; i++) {
		enum an_slot_use use = an_slots[row->first + i].use;

		if (row->typed && number_of(found[i], &number))
			take_typed(&sum, use, number);
		if (use >= AN_SLOT_TO_PITCH || (row->elements && !row->typed))
			take(effect, &sum, use, found[i]);
	}
	if (row->typed)
		settle_types(effect, &sum);
	if (sum.channels)
		sum.bits *= sum.channels;
	effect->element_bytes = (sum.bits + 7) / 8;
	if (!multiply(row, &sum, &product))
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
