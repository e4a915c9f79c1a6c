/* SPDX-License-Identifier: Apache-2.0 */
/* Which file lay where in a process: from an address in it to file and offset. */
#ifndef READER_MAPS_H
#define READER_MAPS_H

#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

struct rd_mapping {
	uint64_t start, end;
	uint64_t file_offset;
	uint32_t snapshot; /* number of the text that it was in */
	const char *path;
};

struct rd_maps { /* of one process; all zero: empty */
	struct rd_mapping *list;
	size_t count, capacity;
	uint32_t snapshots;
};

/* Adds the executable files of a text in the form of /proc/PID/maps; paths go to `strings`. */
void rd_maps_add(struct rd_maps *maps, struct ut_arena *strings, const char *text, size_t length);

/* After the last text, before the first question. */
void rd_maps_sort(struct rd_maps *maps);

/* Path of the file mapped at `address` and the offset in it; NULL if none was. */
const char *rd_maps_find(const struct rd_maps *maps, uint64_t address, uint64_t *offset);

void rd_maps_free(struct rd_maps *maps);

#endif
