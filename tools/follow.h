/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A native trace that is still being written, read piece by piece: each piece is a small trace of
 * its own, with all that the trace has defined so far and the records that are new.
 *
 *	struct follow f;
 *	if (!follow_begin(&f, fd, why, sizeof(why)))
 *		...
 *	for (;;) {
 *		switch (follow_next(&f)) {
 *		case FOLLOW_MORE:
 *			trace = rd_open(f.path, &error);
 *			...
 *		case FOLLOW_NOTHING:
 *			... wait a little
 *		case FOLLOW_END:
 *		case FOLLOW_BROKEN:
 *			follow_end(&f);
 *		}
 *	}
 */
#ifndef TOOLS_FOLLOW_H
#define TOOLS_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "write/native.h"

/* Whose records a ring holds is said once, at the beginning: every piece needs it. */
struct follow_ring {
	struct ctr_chunk_cells head;
	struct ctr_cell thread[2];
	bool known; /* `thread` is filled in */
	uint64_t piece;
};

struct follow {
	char path[64]; /* of the present piece */
	int fd;        /* of the trace; the caller's */
	uint64_t offset;
	int piece_fd;
	struct wr_native piece;
	uint64_t definitions; /* bytes of the piece that every piece begins with */
	uint64_t pieces;
	char *window; /* what was read of the trace and not taken yet */
	size_t used, capacity;
	struct follow_ring *rings;
	size_t nrings, rings_capacity;
	bool ended;
	bool broken;
};

enum follow_state {
	FOLLOW_NOTHING, /* new, so far */
	FOLLOW_MORE,
	FOLLOW_END,
	FOLLOW_BROKEN /* what stands there is no trace, or a piece cannot be written */
};

/* False, with one line in `why`: there is no room for pieces. */
bool follow_begin(struct follow *f, int fd, char *why, size_t size);

enum follow_state follow_next(struct follow *f);

void follow_end(struct follow *f);

#endif
