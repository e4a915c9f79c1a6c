/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting JSON into pieces. */
#include "reader/foreign_split.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

#define FIRST_CAPACITY ((size_t)256 << 10)

/* How far a value that is being looked at has been seen. */
struct scan {
	unsigned int depth;
	bool in_string;
	bool escaped;
	bool begun;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* What is looked at: in a string, and within brackets, where most of a text is. */
static const bool ends_plain[256] = { ['"'] = true, ['\\'] = true };
static const bool is_structure[256] = {
	['"'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true
};

static const char *skip_to(const bool *wanted, const char *at, const char *end)
{
	while (at < end && !wanted[(unsigned char)*at])
		at++;
	return at;
}

/* Goes on in a string; its quotes are behind what is returned, or it is `end`. */
static const char *scan_string(struct scan *scan, const char *at, const char *end)
{
	while (at < end) {
		if (scan->escaped) {
			scan->escaped = false;
			at++;
			continue;
		}
		at = skip_to(ends_plain, at, end);
		if (at == end)
			break;
		if (*at++ == '"') {
			scan->in_string = false;
			return at;
		}
		scan->escaped = true;
	}
	return at;
}

/*
 * Goes on in a value. Where it ends, or NULL if that lies behind `end`: a number or a word ends
 * only where something else stands.
 */
static const char *scan_value(struct scan *scan, const char *at, const char *end)
{
	while (at < end) {
		if (scan->in_string) {
			at = scan_string(scan, at, end);
			if (!scan->in_string && !scan->depth)
				return at;
			continue;
		}
		if (scan->depth) {
			at = skip_to(is_structure, at, end);
			if (at == end)
				break;
		}
		switch (*at) {
		case '"':
			if (scan->begun && !scan->depth)
				return at;
			scan->in_string = true;
			break;
		case '{':
		case '[':
			if (scan->begun && !scan->depth)
				return at;
			scan->depth++;
			break;
		case '}':
		case ']':
			if (!scan->depth)
				return at;
			if (!--scan->depth)
				return at + 1;
			break;
		case ',':
		case ':':
		case ' ':
		case '\n':
		case '\t':
		case '\r':
			if (!scan->depth)
				return at;
			break;
		}
		scan->begun = true;
		at++;
	}
	return NULL;
}

/* ---- a text in memory ---------------------------------------------------------------------- */

static void skip_blanks(struct rd_walk *walk)
{
	while (walk->at < walk->end && is_blank(*walk->at))
		walk->at++;
}

/* That character, with blanks before and behind it. */
static bool take(struct rd_walk *walk, char c)
{
	skip_blanks(walk);
	if (walk->at == walk->end || *walk->at != c)
		return false;
	walk->at++;
	skip_blanks(walk);
	return true;
}

void rd_walk_begin(struct rd_walk *walk, struct rd_slice object)
{
	*walk = (struct rd_walk){ .broken = true };
	if (!object.length)
		return;
	walk->at = object.at;
	walk->end = object.at + object.length;
	walk->broken = !take(walk, '{');
}

/* The value's own kind is its reader's matter; that there is one is ours. */
bool rd_walk_next(struct rd_walk *walk, struct rd_slice *name, struct rd_slice *value)
{
	struct scan in_name = { .in_string = true }, in_value = { 0 };
	const char *end;

	if (walk->broken || take(walk, '}'))
		return false;
	walk->broken = true;
	if (walk->at == walk->end || *walk->at != '"')
		return false;
	end = scan_string(&in_name, ++walk->at, walk->end);
	*name = (struct rd_slice){ walk->at, (size_t)(end - walk->at) - 1 };
	walk->at = end;
	if (in_name.in_string || !take(walk, ':'))
		return false;
	end = scan_value(&in_value, walk->at, walk->end);
	if (!end || end == walk->at)
		return false;
	*value = (struct rd_slice){ walk->at, (size_t)(end - walk->at) };
	walk->at = end;
	walk->broken = !take(walk, ',') && (walk->at == walk->end || *walk->at != '}');
	return !walk->broken;
}

bool rd_slice_is(struct rd_slice slice, const char *text)
{
	return slice.length == strlen(text) && !memcmp(slice.at, text, slice.length);
}

struct rd_slice rd_slice_unquoted(struct rd_slice value)
{
	if (value.length >= 2 && value.at[0] == '"')
		return (struct rd_slice){ value.at + 1, value.length - 2 };
	return value;
}

/* ---- a file -------------------------------------------------------------------------------- */

/* More behind buffer[end]; false at the end of the file. */
static bool refill(struct rd_split *split)
{
	int length, error;

	if (split->at_eof)
		return false;
	if (split->begin) {
		memmove(split->buffer, split->buffer + split->begin, split->end - split->begin);
		split->end -= split->begin;
		split->begin = 0;
	}
	if (split->end == split->capacity) {
		split->capacity = split->capacity ? 2 * split->capacity : FIRST_CAPACITY;
		split->buffer = ut_xrealloc(split->buffer, split->capacity);
	}
	length = gzread(split->file, split->buffer + split->end,
			(unsigned int)(split->capacity - split->end));
	if (length > 0) {
		split->end += (size_t)length;
		return true;
	}
	split->at_eof = true;
	snprintf(split->why, sizeof(split->why), "%s", gzerror(split->file, &error));
	/* Z_BUF_ERROR: a compressed file that was cut off. */
	if (error == Z_OK || error == Z_STREAM_END || error == Z_BUF_ERROR)
		split->why[0] = '\0';
	return false;
}

static void consume(struct rd_split *split, size_t length)
{
	split->begin += length;
	split->offset += length;
}

/* The next character that is not blank; '\0' at the end. */
static char next_char(struct rd_split *split)
{
	do {
		while (split->begin < split->end && is_blank(split->buffer[split->begin]))
			consume(split, 1);
	} while (split->begin == split->end && refill(split));
	return split->begin < split->end ? split->buffer[split->begin] : '\0';
}

static enum rd_piece cut(struct rd_split *split)
{
	split->piece_offset = split->offset + (split->end - split->begin);
	return RD_PIECE_CUT;
}

static enum rd_piece broken(struct rd_split *split)
{
	split->piece_offset = split->offset;
	return RD_PIECE_BROKEN;
}

/*
 * The value that begins here, in memory as a whole, `keep` bytes before it too; what is too large
 * is passed over.
 */
static enum rd_piece take_value(struct rd_split *split, size_t keep, enum rd_piece piece)
{
	struct scan scan = { 0 };
	size_t seen = keep;
	const char *end;

	for (;;) {
		end = scan_value(&scan, split->buffer + split->begin + seen,
				 split->buffer + split->end);
		if (end)
			break;
		seen = split->end - split->begin;
		if (seen > RD_SPLIT_LARGEST) {
			consume(split, seen);
			seen = 0;
			piece = RD_PIECE_LARGE;
		}
		if (!refill(split))
			return cut(split);
	}
	seen = (size_t)(end - (split->buffer + split->begin));
	if (piece != RD_PIECE_LARGE) {
		if (seen == keep)
			return broken(split);
		split->value =
			(struct rd_slice){ split->buffer + split->begin + keep, seen - keep };
	}
	consume(split, seen);
	return piece;
}

/* Between the elements of a list or an object; `end` closes it. */
static bool at_end(struct rd_split *split, char end, char *c)
{
	*c = next_char(split);
	if (*c == ',' && split->has_items) {
		consume(split, 1);
		*c = next_char(split);
	}
	split->has_items = true;
	if (*c != end)
		return false;
	consume(split, 1);
	return true;
}

/* The name of a member, to the character behind its colon: `*length` bytes with the quotes. */
static enum rd_piece take_name(struct rd_split *split, size_t *length)
{
	struct scan scan = { 0 };
	const char *at;
	size_t seen = 0;

	for (;;) {
		at = split->buffer + split->begin;
		at = scan_value(&scan, at + seen, at + (split->end - split->begin));
		if (at)
			break;
		seen = split->end - split->begin;
		if (seen > RD_SPLIT_LARGEST)
			return broken(split);
		if (!refill(split))
			return cut(split);
	}
	*length = (size_t)(at - (split->buffer + split->begin));
	return RD_PIECE_MEMBER;
}

/* To the value: what stands there is looked at from split->begin + *keep on. */
static bool skip_colon(struct rd_split *split, size_t *keep)
{
	bool colon = false;

	for (;;) {
		while (split->begin + *keep < split->end) {
			char c = split->buffer[split->begin + *keep];

			if (!is_blank(c) && (c != ':' || colon))
				return colon;
			colon |= c == ':';
			++*keep;
		}
		if (*keep > RD_SPLIT_LARGEST || !refill(split))
			return false;
	}
}

static enum rd_piece next_member(struct rd_split *split)
{
	size_t length = 0, keep;
	enum rd_piece piece;
	char c;

	if (at_end(split, '}', &c)) {
		split->in_object = false;
		return next_char(split) ? broken(split) : RD_PIECE_END;
	}
	if (c != '"')
		return c ? broken(split) : cut(split);
	piece = take_name(split, &length);
	if (piece != RD_PIECE_MEMBER)
		return piece;
	keep = length;
	if (!skip_colon(split, &keep))
		return split->at_eof ? cut(split) : broken(split);
	split->name = (struct rd_slice){ split->buffer + split->begin + 1, length - 2 };
	if (rd_slice_is(split->name, "traceEvents") && split->buffer[split->begin + keep] == '[') {
		consume(split, keep + 1);
		split->in_list = true;
		split->has_items = false;
		return RD_PIECE_NONE;
	}
	split->piece_offset = split->offset;
	piece = take_value(split, keep, RD_PIECE_MEMBER);
	/* The text may have moved. */
	if (piece == RD_PIECE_MEMBER)
		split->name.at = split->value.at - keep + 1;
	return piece;
}

static enum rd_piece next_event(struct rd_split *split)
{
	char c;

	if (at_end(split, ']', &c)) {
		split->in_list = false;
		if (split->in_object)
			return RD_PIECE_NONE;
		return next_char(split) ? broken(split) : RD_PIECE_END;
	}
	if (!c)
		return cut(split);
	split->piece_offset = split->offset;
	return take_value(split, 0, RD_PIECE_EVENT);
}

static enum rd_piece begin_file(struct rd_split *split)
{
	char c = next_char(split);

	if (c != '{' && c != '[')
		return c ? broken(split) : cut(split);
	consume(split, 1);
	split->in_object = c == '{';
	split->in_list = c == '[';
	return RD_PIECE_NONE;
}

/* A loop: how many lists of events there are is up to the file. */
enum rd_piece rd_split_next(struct rd_split *split)
{
	enum rd_piece piece;

	do {
		if (split->in_list)
			piece = next_event(split);
		else if (split->in_object)
			piece = next_member(split);
		else
			piece = begin_file(split);
	} while (piece == RD_PIECE_NONE);
	return piece;
}

void rd_split_free(struct rd_split *split)
{
	free(split->buffer);
	split->buffer = NULL;
}
