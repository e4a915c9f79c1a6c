/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with units on command lines. */
#include "util/quantity.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char *name;
	uint64_t factor;
};

/* More decimals than this say nothing that a unit of ours has. */
#define MOST_DECIMALS 18

static const struct unit *find_unit(const char *name, const struct unit *units)
{
	while (units->name && strcasecmp(name, units->name))
		units++;
	return units->name ? units : NULL;
}

/* Digits as a whole number; false if they are too many. */
static bool take_digits(const char **at, uint64_t *value, unsigned int *count)
{
	for (*count = 0; isdigit((unsigned char)**at); (*at)++, (*count)++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(**at - '0'), value))
			return false;
	}
	return true;
}

/* Exactly, without a double: 0.1s is 100000000 ns. */
static bool parse(const char *text, const struct unit *units, uint64_t *value)
{
	unsigned int whole, decimals = 0;
	uint64_t digits = 0, power = 1, scaled;
	const struct unit *unit;

	if (!take_digits(&text, &digits, &whole) || !whole)
		return false;
	if (*text == '.') {
		text++;
		if (!take_digits(&text, &digits, &decimals) || !decimals ||
		    decimals > MOST_DECIMALS)
			return false;
	}
	unit = find_unit(text, units);
	if (!unit)
		return false;
	while (decimals--)
		power *= 10;
	/* Of the unit as much as the power has goes first, so that less overflows. */
	if (unit->factor % power == 0)
		return !__builtin_mul_overflow(digits, unit->factor / power, value);
	if (__builtin_mul_overflow(digits, unit->factor, &scaled) || scaled % power)
		return false;
	*value = scaled / power;
	return true;
}

bool ut_quantity_size(const char *text, uint64_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 },           { "B", 1 },         { "K", 1u << 10 },   { "KB", 1u << 10 },
		{ "KiB", 1u << 10 }, { "M", 1u << 20 },  { "MB", 1u << 20 },  { "MiB", 1u << 20 },
		{ "G", 1u << 30 },   { "GB", 1u << 30 }, { "GiB", 1u << 30 }, { NULL, 0 },
	};

	return parse(text, units, bytes);
}

/* Seconds where no unit is given, as timeout(1) has it. */
bool ut_quantity_time(const char *text, uint64_t *ns)
{
	static const struct unit units[] = {
		{ "", 1000000000 },
		{ "s", 1000000000 },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
		{ "m", 60000000000 },
		{ "min", 60000000000 },
		{ "h", 3600000000000 },
		{ NULL, 0 },
	};

	if (!strcmp(text, "inf") || !strcmp(text, "infinity") || !strcmp(text, "forever")) {
		*ns = UINT64_MAX;
		return true;
	}
	return parse(text, units, ns);
}
