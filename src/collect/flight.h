/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping the newest of a recording: `curtrace record --flight'. The trace is written to segments,
 * one after the other; the oldest is given up when it is too old, and what lasts of it (processes,
 * definitions, maps: all but records) goes to the base. A trace is made of the base and the
 * segments that are left, at any time and any number of times:
 *
 *	fork();			in the child, while the parent looks at nothing:
 *	col_flight_freeze(&c);
 *	tell the parent that it may go on, `holds' set
 *	col_flight_gather(&c, fd, folder);
 *	col_finish(&c, &end);	`live' set
 *	tell the parent that nothing of its is needed any more
 *
 * or, when all is over, without a child: col_flight_gather, col_finish. `curtrace recover' does the
 * same with what a collector that was killed has left.
 */
#ifndef COLLECT_FLIGHT_H
#define COLLECT_FLIGHT_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "collect/ring.h"
#include "write/native.h"

struct collector;
struct col_session;

/* Of the spool's in the session's folder: of the base, and of the segment of a turn. */
#define COL_SPOOL_NAME    "spool.ctr"
#define COL_SEGMENT_NAME  "spool.%llu.ctr"
#define COL_SEGMENT_NAMES 40 /* bytes */

struct col_flight_segment {
	int fd;
	uint64_t begin;  /* offset behind the chunks that say what lies before */
	uint64_t size;   /* of one that is complete */
	uint64_t failed; /* calls that had failed before */
};

struct col_flight {
	const struct col_session *session;
	char path[PATH_MAX - 32]; /* of the base, absolute; a segment's has .N behind it */
	char folder[PATH_MAX];    /* that they lie in */
	struct wr_native base;
	struct col_flight_segment segments[COL_FLIGHT_SEGMENTS];
	uint64_t oldest, newest; /* turns; the segment of one is that modulo their number */
	uint64_t keep_ns;        /* at least so much is kept, and an eighth more */
	uint64_t next_turn_ns;
	uint64_t clock_kept_ns; /* of the last clock sample that lasts */
};

/*
 * `base_fd`: an empty file for the base, at `path` in `folder`. Returns a descriptor for col_begin,
 * or a negative errno.
 */
int col_flight_begin(struct col_flight *f, const struct col_session *session, const char *path,
		     int base_fd, const char *folder, uint64_t keep_ns);

/* Begins the next segment if it is time. */
void col_flight_poll(struct collector *c, uint64_t now_ns);

/*
 * From now on the collector knows what there is at this instant, and nothing of it is shared.
 * False: no memory, and nothing can be made of it.
 */
bool col_flight_freeze(struct collector *c);

/*
 * The collector's trace is from now on the empty file `fd` in `folder`, with what is kept in it.
 * Returns 0 or a negative errno.
 */
int col_flight_gather(struct collector *c, int fd, const char *folder);

/* Removes the segments, and closes what it has opened. */
void col_flight_end(struct col_flight *f);

#endif
