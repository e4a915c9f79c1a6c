/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a JSON text of any layout into the elements of its list of events and its other members,
 * without ever holding more than one of them: one event may stand on many lines, all events on one.
 * What brackets and strings there are is looked at, nothing else.
 */
#ifndef READER_FOREIGN_SPLIT_H
#define READER_FOREIGN_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

struct rd_slice {
	const char *at;
	size_t length;
};

/* ---- a text in memory ---------------------------------------------------------------------- */

struct rd_walk {
	const char *at, *end;
	bool broken; /* it is no JSON object */
};

/* To the first member of an object, with its braces. */
void rd_walk_begin(struct rd_walk *walk, struct rd_slice object);
/* The next member: its name without the quotes, its value as it stands; false at the end. */
bool rd_walk_next(struct rd_walk *walk, struct rd_slice *name, struct rd_slice *value);

/* The slice has this text, byte by byte. */
bool rd_slice_is(struct rd_slice slice, const char *text);
/* The contents of a string without escapes; another value is itself. */
struct rd_slice rd_slice_unquoted(struct rd_slice value);

/* ---- a file -------------------------------------------------------------------------------- */

/* Larger members are passed over, larger events too. */
#define RD_SPLIT_LARGEST ((size_t)16 << 20)

enum rd_piece {
	RD_PIECE_END,    /* nothing more, and nothing was missing */
	RD_PIECE_CUT,    /* the text ends too soon, or cannot be unpacked: `why` */
	RD_PIECE_BROKEN, /* it is not JSON from here on */
	RD_PIECE_EVENT,  /* an element of the list `traceEvents`, or of the list that is the text */
	RD_PIECE_MEMBER, /* another member of the text's object: `name` and `value` */
	RD_PIECE_LARGE,  /* something was passed over */
	RD_PIECE_NONE    /* never returned */
};

struct rd_split { /* set `file` first; the rest is all zero */
	gzFile file;
	char *buffer;
	size_t begin, end, capacity;
	uint64_t offset; /* of buffer[begin] in the unpacked text */
	bool at_eof;
	bool in_list, in_object;
	bool has_items; /* a comma comes before the next one */
	char why[120];
	/* Of the last piece, until the next one is asked for. */
	uint64_t piece_offset;
	struct rd_slice name;
	struct rd_slice value;
};

enum rd_piece rd_split_next(struct rd_split *split);

void rd_split_free(struct rd_split *split); /* not `file` */

#endif
