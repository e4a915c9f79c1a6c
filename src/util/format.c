/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers to text, exactly and without printf. */
#include "util/format.h"

#include <string.h>

/* Two digits at a time halve the divisions, which are what the time goes into. */
static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";

static const uint64_t powers[] = {
	1,
	10,
	100,
	1000,
	10000,
	100000,
	1000000,
	10000000,
	100000000,
	1000000000,
	10000000000,
	100000000000,
	1000000000000,
	10000000000000,
	100000000000000,
	1000000000000000,
	10000000000000000,
	100000000000000000,
	1000000000000000000,
	10000000000000000000u,
};

/* From the number of bits: 1233 / 4096 is little more than log10(2), so it is that or one more. */
static size_t count_digits(uint64_t value)
{
	size_t most = (size_t)(64 - __builtin_clzll(value | 1)) * 1233 / 4096;

	return most + ((value | 1) >= powers[most]);
}

size_t ut_format_u64(char *out, uint64_t value)
{
	size_t length = count_digits(value), at = length;
	unsigned int four;

	/* Four at once, as each division waits for the one before. */
	while (value >= 10000) {
		four = (unsigned int)(value % 10000);
		value /= 10000;
		at -= 4;
		memcpy(out + at, digit_pairs + four / 100 * 2, 2);
		memcpy(out + at + 2, digit_pairs + four % 100 * 2, 2);
	}
	four = (unsigned int)value;
	if (four >= 100) {
		at -= 2;
		memcpy(out + at, digit_pairs + four % 100 * 2, 2);
		four /= 100;
	}
	if (four >= 10)
		memcpy(out, digit_pairs + four * 2, 2);
	else
		out[0] = (char)('0' + four);
	return length;
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

/* The eight hexadecimal digits of a number, the first one in the lowest byte. */
static uint64_t hex_digits(uint32_t value)
{
	uint64_t x = __builtin_bswap32(value), above_9;

	/* A byte to each 16 bits, then a digit to each byte. */
	x = (x | x << 16) & 0x0000ffff0000ffff;
	x = (x | x << 8) & 0x00ff00ff00ff00ff;
	x = (x >> 4 | x << 8) & 0x0f0f0f0f0f0f0f0f;
	above_9 = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
	return x + 0x3030303030303030 + above_9 * ('a' - '0' - 10);
}

size_t ut_format_hex(char *out, uint64_t value)
{
	size_t length = (67 - (size_t)__builtin_clzll(value | 1)) / 4;
	uint64_t digits = hex_digits((uint32_t)value), upper;

	out[0] = '0';
	out[1] = 'x';
	if (length <= 8) {
		digits >>= 8 * (8 - length);
		memcpy(out + 2, &digits, sizeof(digits));
		return 2 + length;
	}
	upper = hex_digits((uint32_t)(value >> 32)) >> 8 * (16 - length);
	memcpy(out + 2, &upper, sizeof(upper));
	/* Over what is too much of it. */
	memcpy(out + 2 + length - 8, &digits, sizeof(digits));
	return 2 + length;
}

/* value / 10^places with exactly `places` decimals. Inlined, it divides by constants. */
static inline __attribute__((always_inline)) size_t format_decimal(char *out, int64_t value,
								   unsigned int places)
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
