/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers to text, exactly and without printf. */
#include "util/format.h"

#include <string.h>

/* Two digits at a time halve the divisions, which are what the time goes into. */
static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";

size_t ut_format_u64(char *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	while (value >= 100) {
		at -= 2;
		memcpy(digits + at, digit_pairs + value % 100 * 2, 2);
		value /= 100;
	}
	if (value >= 10) {
		at -= 2;
		memcpy(digits + at, digit_pairs + value * 2, 2);
	} else {
		digits[--at] = (char)('0' + value);
	}
	memcpy(out, digits + at, sizeof(digits) - at);
	return sizeof(digits) - at;
}

/* Its absolute value, also of the smallest number, whose negation does not fit. */
static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

size_t ut_format_i64(char *out, int64_t value)
{
	size_t sign = value < 0;

	if (sign)
		*out = '-';
	return sign + ut_format_u64(out + sign, magnitude(value));
}

size_t ut_format_hex(char *out, uint64_t value)
{
	char digits[16];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	out[0] = '0';
	out[1] = 'x';
	memcpy(out + 2, digits + at, sizeof(digits) - at);
	return 2 + sizeof(digits) - at;
}

/* value / 10^places with exactly `places` decimals. */
static size_t format_decimal(char *out, int64_t value, unsigned int places)
{
	uint64_t size = magnitude(value), unit = 1, rest;
	size_t length = 0;
	unsigned int i;

	for (i = 0; i < places; i++)
		unit *= 10;
	if (value < 0)
		out[length++] = '-';
	length += ut_format_u64(out + length, size / unit);
	out[length++] = '.';
	rest = size % unit;
	for (i = places; i-- > 0; rest /= 10)
		out[length + i] = (char)('0' + rest % 10);
	return length + places;
}

size_t ut_format_us(char *out, int64_t ns)
{
	return format_decimal(out, ns, 3);
}

size_t ut_format_s(char *out, int64_t ns)
{
	return format_decimal(out, ns, 9);
}
