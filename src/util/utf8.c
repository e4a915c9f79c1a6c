/* SPDX-License-Identifier: Apache-2.0 */
/* Text of unknown origin, character by character. */
#include "util/utf8.h"

size_t ut_utf8_char(const char *text, size_t length, uint32_t *code)
{
	/* The smallest code point that needs so many bytes. */
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)text[0];
	size_t size, i;
	uint32_t value;

	if (first < 0x80) {
		*code = first;
		return 1;
	}
	size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || size > length)
		return 0;
	value = first & (0x7fu >> size);
	for (i = 1; i < size; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*code = value;
	return size;
}

bool ut_is_printable(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	/* Line and paragraph separators; marks that turn the direction of writing. */
	if (code >= 0x2028 && code <= 0x202e)
		return false;
	return !(code == 0x200e || code == 0x200f || (code >= 0x2066 && code <= 0x2069));
}
