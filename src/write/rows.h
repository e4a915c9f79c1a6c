/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of write/flat.h as lines of text: what CSV and NDJSON have in common, which is all but their
 * quotes. Private to src/write.
 */
#ifndef WRITE_ROWS_H
#define WRITE_ROWS_H

#include "write/cache.h"
#include "write/flat.h"
#include "write/json_out.h"
#include "write/threads.h"

struct wr_row_style {
	bool keys;               /* the column's name stands before each value */
	const char *null;        /* what stands where nothing is */
	char address_quote;      /* 0: none */
	enum wr_quoting quoting; /* of the arguments, which are a string here */
	/* A text as a value, quoted as it has to be. */
	void (*text)(struct wr_text *line, const char *text);
};

#define WR_FIXED 40 /* copied at once */

struct wr_fixed {
	char text[WR_FIXED];
	size_t length;
};

/* The columns that say which thread it is, as they stand in its lines. */
struct wr_place_text {
	char *text;
	size_t length;
};

struct wr_rows {
	struct wr_out out;
	const struct ct_header *header;
	const struct wr_row_style *style;
	struct wr_text line;
	struct wr_fixed keys[WR_FLAT_WIDTH];
	struct wr_fixed nulls[WR_FLAT_WIDTH]; /* keys and style->null */
	struct wr_threads threads;
	struct wr_place_text *places; /* by the thread's number */
	size_t places_capacity;
	struct wr_cache cache;
};

struct wr_rows *wr_rows_begin(const struct wr_row_style *style, const struct wr_target *target,
			      const struct ct_header *header);
int wr_rows_event(void *writer, const struct ct_event *event, const struct wr_detail *detail);
int wr_rows_end(void *writer);

#endif
