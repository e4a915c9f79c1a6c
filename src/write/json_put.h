/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the JSON writer: putting a line together at a cursor, without a look at the buffer's
 * end for each part, and of texts that were written before (json_texts.h).
 *
 *	at = wr_cursor(json);
 *	at = wr_put_literal(at, "\"result\":");
 *	at = wr_put_u64(json, at, value);
 *	wr_set_cursor(json, at);
 */
#ifndef WRITE_JSON_PUT_H
#define WRITE_JSON_PUT_H

#include <string.h>

#include "util/format.h"
#include "write/json_internal.h"

/* ---- the cursor ---------------------------------------------------------------------------- */

/* What is written between two looks at the room: some texts of a known size, and numbers. */
#define WR_ROOM (5 * (WR_KEPT_MAX + WR_STEP))

/* Inlined by all means: a few stores of constants. */
#define wr_put_literal(at, text) ((char *)mempcpy(at, "" text, sizeof(text) - 1))

static inline char *wr_cursor(struct wr_json *json)
{
	return wr_out_room(&json->out, WR_ROOM);
}

static inline void wr_set_cursor(struct wr_json *json, const char *at)
{
	json->out.used = (size_t)(at - json->out.data);
}

static inline char *wr_make_room(struct wr_json *json, char *at)
{
	wr_set_cursor(json, at);
	return wr_cursor(json);
}

/* ---- texts --------------------------------------------------------------------------------- */

/*
 * Of any length, and the cursor has its room again. A copy is kept if there are places for it, and
 * the text is not too long.
 */
char *wr_put_new(struct wr_json *json, char *at, enum wr_role role, const char *text,
		 struct wr_kept places[2]);

/* `lasting`: the pointer stands for the text. */
static inline char *wr_put_text(struct wr_json *json, char *at, enum wr_role role, const char *text,
				bool lasting)
{
	struct wr_kept *places = wr_kept_places(json->texts, role, text);

	if (!lasting)
		return wr_put_new(json, at, role, text, NULL);
	if (places[0].of == text && places[0].role == role)
		return wr_kept_put(at, &places[0]);
	if (places[1].of == text && places[1].role == role)
		return wr_kept_put(at, &places[1]);
	return wr_put_new(json, at, role, text, places);
}

/* ---- numbers ------------------------------------------------------------------------------- */

static inline char *wr_put_small(const struct wr_json *json, char *at, uint64_t value)
{
	memcpy(at, json->digits[value].plain, sizeof(json->digits[value].plain));
	return at + json->digits[value].plain[3];
}

static inline char *wr_put_three(const struct wr_json *json, char *at, uint64_t value)
{
	memcpy(at, json->digits[value].padded, sizeof(json->digits[value].padded));
	return at + 3;
}

static inline char *wr_put_u64(const struct wr_json *json, char *at, uint64_t value)
{
	if (value < 1000)
		return wr_put_small(json, at, value);
	if (value < 1000000)
		return wr_put_three(json, wr_put_small(json, at, value / 1000), value % 1000);
	return at + ut_format_u64(at, value);
}

/* What a double does not hold is written as text. */
char *wr_put_large(struct wr_json *json, char *at, uint64_t value);
char *wr_put_negative(struct wr_json *json, char *at, int64_t value);

static inline char *wr_put_exact_u64(struct wr_json *json, char *at, uint64_t value)
{
	return value < 1000000 ? wr_put_u64(json, at, value) : wr_put_large(json, at, value);
}

static inline char *wr_put_exact_i64(struct wr_json *json, char *at, int64_t value)
{
	return value < 0 ? wr_put_negative(json, at, value)
			 : wr_put_exact_u64(json, at, (uint64_t)value);
}

static inline char *wr_put_hex(char *at, uint64_t value)
{
	*at++ = '"';
	at += ut_format_hex(at, value);
	*at++ = '"';
	return at;
}

/* Nanoseconds as microseconds. */
static inline char *wr_put_duration(const struct wr_json *json, char *at, uint64_t ns)
{
	at = wr_put_u64(json, at, ns / 1000);
	*at++ = '.';
	return wr_put_three(json, at, ns % 1000);
}

#define WR_TAIL 100000000u /* the digits behind the head, in ns */

/* As many calls have the same head as there are in a tenth of a second. */
void wr_new_time_head(struct wr_json *json, uint64_t head);

/* Nanoseconds since the base as microseconds. */
static inline char *wr_put_time(struct wr_json *json, char *at, int64_t ns)
{
	uint64_t head = (uint64_t)ns / WR_TAIL, tail = (uint64_t)ns % WR_TAIL;

	if (ns < (int64_t)WR_TAIL)
		return at + ut_format_us(at, ns);
	if (head != json->time_head)
		wr_new_time_head(json, head);
	memcpy(at, json->time_text, 16);
	at += json->time_length;
	memcpy(at, json->digits[tail / 1000000].padded + 1, 2);
	at = wr_put_three(json, at + 2, tail / 1000 % 1000);
	*at++ = '.';
	return wr_put_three(json, at, tail % 1000);
}

/* The number that joins a call with what it causes on a GPU. Each call has its own, from 1. */
static inline char *wr_put_correlation(struct wr_json *json, char *at)
{
	char *first = json->correlation, *digit = first + json->correlation_length - 1;

	while (digit >= first && *digit == '9')
		*digit-- = '0';
	if (digit >= first) {
		++*digit;
	} else {
		/* All were nines. */
		first[json->correlation_length++] = '0';
		*first = '1';
	}
	memcpy(at, json->correlation, sizeof(json->correlation));
	return at + json->correlation_length;
}

#endif
