/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes in memory that grow: a line, a row or a packet while it is made. Numbers and JSON's strings
 * are formatted in place. Private to src/write.
 */
#ifndef WRITE_TEXT_H
#define WRITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/format.h"

struct wr_text { /* all zero: empty */
	char *data;
	size_t used, capacity;
};

void wr_text_grow(struct wr_text *text, size_t size);
void wr_text_free(struct wr_text *text);

/* Room for `size` bytes; what is used of it is added to text->used. */
static inline char *wr_text_room(struct wr_text *text, size_t size)
{
	if (size > text->capacity - text->used)
		wr_text_grow(text, size);
	return text->data + text->used;
}

static inline __attribute__((always_inline)) void wr_text_raw(struct wr_text *text,
							      const void *bytes, size_t length)
{
	/* Nothing may be put into what has no memory yet. */
	if (!length)
		return;
	memcpy(wr_text_room(text, length), bytes, length);
	text->used += length;
}

#define wr_text_literal(text, literal) wr_text_raw(text, "" literal, sizeof(literal) - 1)

static inline void wr_text_char(struct wr_text *text, char c)
{
	*wr_text_room(text, 1) = c;
	text->used++;
}

static inline void wr_text_u64(struct wr_text *text, uint64_t value)
{
	text->used += ut_format_u64(wr_text_room(text, UT_FORMAT_MAX), value);
}

static inline void wr_text_i64(struct wr_text *text, int64_t value)
{
	text->used += ut_format_i64(wr_text_room(text, UT_FORMAT_MAX), value);
}

static inline void wr_text_hex(struct wr_text *text, uint64_t value)
{
	text->used += ut_format_hex(wr_text_room(text, UT_FORMAT_MAX), value);
}

/* As few digits as give the same number again; "nan", "inf", "-inf". */
void wr_text_float(struct wr_text *text, double value);

/* What a piece of JSON becomes part of, and what therefore becomes of its quotes. */
enum wr_quoting {
	WR_QUOTED_NOT = 0,
	WR_QUOTED_IN_JSON, /* a string of JSON: \" */
	WR_QUOTED_IN_CSV   /* a quoted cell: "" */
};

/* The quote that begins and ends a string. */
void wr_text_quote(struct wr_text *text, enum wr_quoting quoting);
/* Between quotes: escaped as JSON wants it, what is not UTF-8 replaced by U+FFFD. */
void wr_text_escaped(struct wr_text *text, const char *string, size_t length,
		     enum wr_quoting quoting);
/* A string with its quotes; NULL is the empty one. */
void wr_text_string(struct wr_text *text, const char *string, enum wr_quoting quoting);

/* A cell of CSV: quoted where it must be, and never taken for a formula (csv.c). */
void wr_csv_text(struct wr_text *line, const char *text);

/* Nothing in it needs to be escaped anywhere: printable ASCII but quotes and backslashes. */
bool wr_is_plain(const char *string, size_t length);

#endif
