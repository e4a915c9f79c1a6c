/* SPDX-License-Identifier: Apache-2.0 */
#include "write/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/utf8.h"
#include "util/xalloc.h"

/* A packet or row is rarely longer. */
#define FIRST_CAPACITY ((size_t)4096)

void wr_text_grow(struct wr_text *text, size_t size)
{
	size_t capacity = text->capacity ? text->capacity : FIRST_CAPACITY;

	while (capacity - text->used < size)
		capacity *= 2;
	text->data = ut_xrealloc(text->data, capacity);
	text->capacity = capacity;
}

void wr_text_free(struct wr_text *text)
{
	free(text->data);
	*text = (struct wr_text){ .data = NULL };
}

void wr_text_float(struct wr_text *text, double value)
{
	bool single = (double)(float)value == value;
	char out[40];
	int length = 0, digits;

	if (!isfinite(value)) {
		length = snprintf(out, sizeof(out), "%s",
				  isnan(value) ? "nan"
				  : value < 0  ? "-inf"
					       : "inf");
		wr_text_raw(text, out, (size_t)length);
		return;
	}
	for (digits = 6; digits <= 17; digits++) {
		length = snprintf(out, sizeof(out), "%.*g", digits, value);
		if (single ? strtof(out, NULL) == (float)value : strtod(out, NULL) == value)
			break;
	}
	wr_text_raw(text, out, (size_t)length);
}

/* ---- strings ------------------------------------------------------------------------------- */

#define EACH(c) (0x0101010101010101u * (c))

/* Of eight characters at once; a borrow or carry reaches others only from one that is not plain. */
static inline bool are_plain(uint64_t eight)
{
	uint64_t special = eight | (eight - EACH(0x20u)) | ((eight ^ EACH(0x22u)) - EACH(1u)) |
			   ((eight ^ EACH(0x5cu)) - EACH(1u)) | (eight + EACH(1u));

	return !(special & EACH(0x80u));
}

bool wr_is_plain(const char *string, size_t length)
{
	uint64_t eight;
	size_t at;

	if (length >= sizeof(eight)) {
		for (at = 0; at + sizeof(eight) < length; at += sizeof(eight)) {
			memcpy(&eight, string + at, sizeof(eight));
			if (!are_plain(eight))
				return false;
		}
		memcpy(&eight, string + length - sizeof(eight), sizeof(eight));
		return are_plain(eight);
	}
	eight = EACH(0x30u);
	memcpy(&eight, string, length);
	return are_plain(eight);
}

void wr_text_quote(struct wr_text *text, enum wr_quoting quoting)
{
	if (quoting == WR_QUOTED_IN_JSON)
		wr_text_literal(text, "\\\"");
	else if (quoting == WR_QUOTED_IN_CSV)
		wr_text_literal(text, "\"\"");
	else
		wr_text_char(text, '"');
}

/* A backslash of the JSON that is being written. */
static void backslash(struct wr_text *text, enum wr_quoting quoting)
{
	if (quoting == WR_QUOTED_IN_JSON)
		wr_text_literal(text, "\\\\");
	else
		wr_text_char(text, '\\');
}

static void escape(struct wr_text *text, uint32_t code, enum wr_quoting quoting)
{
	static const char short_codes[] = "\\\\\bb\ff\nn\rr\tt";
	char digits[8];

	backslash(text, quoting);
	if (code == '"') {
		wr_text_quote(text, quoting);
		return;
	}
	for (size_t i = 0; i < sizeof(short_codes) - 1; i += 2) {
		if ((unsigned char)short_codes[i] != code)
			continue;
		if (code == '\\')
			backslash(text, quoting);
		else
			wr_text_char(text, short_codes[i + 1]);
		return;
	}
	snprintf(digits, sizeof(digits), "u%04x", (unsigned int)code & 0xffff);
	wr_text_raw(text, digits, 5);
}

void wr_text_escaped(struct wr_text *text, const char *string, size_t length,
		     enum wr_quoting quoting)
{
	uint32_t code;
	size_t size;

	if (wr_is_plain(string, length)) {
		wr_text_raw(text, string, length);
		return;
	}
	for (; length; string += size, length -= size) {
		size = ut_utf8_char(string, length, &code);
		if (!size) {
			wr_text_literal(text, "\xef\xbf\xbd");
			size = 1;
		} else if (code < 0x20 || code == '"' || code == '\\' ||
			   (code >= 0x7f && code < 0xa0)) {
			escape(text, code, quoting);
		} else {
			wr_text_raw(text, string, size);
		}
	}
}

void wr_text_string(struct wr_text *text, const char *string, enum wr_quoting quoting)
{
	wr_text_quote(text, quoting);
	if (string)
		wr_text_escaped(text, string, strlen(string), quoting);
	wr_text_quote(text, quoting);
}
