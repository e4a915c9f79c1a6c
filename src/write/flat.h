/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event as one row of a fixed set of columns, each of one type: what CSV and NDJSON write, and
 * data frames and databases load. docs/EXPORT.md tells users what the columns mean; a change of one
 * changes WR_FLAT_VERSION.
 */
#ifndef WRITE_FLAT_H
#define WRITE_FLAT_H

#include "write/format.h"

#define WR_FLAT_VERSION 1

/* X(name, type), in the order of the columns. */
#define WR_FLAT_COLUMNS(X)        \
	X(event, TEXT)            \
	X(ordinal, INTEGER)       \
	X(rank, INTEGER)          \
	X(host, TEXT)             \
	X(process, INTEGER)       \
	X(pid, INTEGER)           \
	X(tid, INTEGER)           \
	X(program, TEXT)          \
	X(thread, TEXT)           \
	X(start_ns, INTEGER)      \
	X(relative_ns, INTEGER)   \
	X(duration_ns, INTEGER)   \
	X(domain, TEXT)           \
	X(function, TEXT)         \
	X(outcome, TEXT)          \
	X(result, TEXT)           \
	X(result_code, INTEGER)   \
	X(effect, TEXT)           \
	X(bytes, INTEGER)         \
	X(direction, TEXT)        \
	X(memory, TEXT)           \
	X(device, INTEGER)        \
	X(asynchronous, BOOLEAN)  \
	X(stream, TEXT)           \
	X(address, ADDRESS)       \
	X(destination, ADDRESS)   \
	X(source, ADDRESS)        \
	X(kernel, TEXT)           \
	X(grid_x, INTEGER)        \
	X(grid_y, INTEGER)        \
	X(grid_z, INTEGER)        \
	X(block_x, INTEGER)       \
	X(block_y, INTEGER)       \
	X(block_z, INTEGER)       \
	X(shared_bytes, INTEGER)  \
	X(waits_for, TEXT)        \
	X(allocation, INTEGER)    \
	X(live_bytes, INTEGER)    \
	X(caller_module, TEXT)    \
	X(caller_offset, ADDRESS) \
	X(caller_function, TEXT)  \
	X(lost, INTEGER)          \
	X(arguments, ARGUMENTS)

enum wr_flat_column {
#define X(name, type) WR_FLAT_##name,
	WR_FLAT_COLUMNS(X)
#undef X
	WR_FLAT_WIDTH
};

enum wr_cell_type {
	WR_CELL_NULL = 0,
	WR_CELL_INTEGER, /* of 64 bits, signed */
	WR_CELL_TEXT,
	WR_CELL_ADDRESS, /* text: 0x and hexadecimal digits */
	WR_CELL_BOOLEAN,
	WR_CELL_ARGUMENTS /* text: write/arguments.h of the event */
};

struct wr_cell {
	enum wr_cell_type type;
	bool lasting; /* of text: as ct_event.lasting */
	union {
		int64_t integer;
		uint64_t address;
		bool boolean;
		const char *text;
	} value;
};

extern const char *const wr_flat_names[WR_FLAT_WIDTH];

#define WR_FLAT_NEEDS (WR_NEEDS_ARGS | WR_NEEDS_LABELS | WR_NEEDS_CALLER | WR_NEEDS_DETAIL)

/* "ok", "failed", "expected", "in flight"; NULL: of a trace that does not say. */
const char *wr_outcome(const struct ct_header *header, const struct ct_event *event);

/* The columns from rank to thread, which are the same in all rows of a thread. */
void wr_flat_place(const struct ct_header *header, const struct ct_event *event,
		   struct wr_cell row[WR_FLAT_WIDTH]);

/* All others. False: the event has no row (names of threads are in the rows of their calls). */
bool wr_flat_row(const struct ct_header *header, const struct ct_event *event,
		 const struct wr_detail *detail, struct wr_cell row[WR_FLAT_WIDTH]);

#endif
