/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a traced process had mapped with permission to execute: the text that goes into the trace,
 * so that callers' addresses mean something, and the ranges by which a caller that none of the
 * known mappings holds is noticed.
 */
#ifndef COLLECT_MAPS_H
#define COLLECT_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct col_range {
	uint64_t start;
	uint64_t end;
};

struct col_maps {
	char *text; /* lines of /proc/P/maps, executable mappings only */
	size_t size;
	struct col_range *ranges; /* rising */
	size_t nranges;
	size_t capacity;
	size_t last; /* range that held the last address asked for */
};

/*
 * Takes in a text in the form of /proc/P/maps. Returns true if it differs from what was known:
 * then it is worth a chunk.
 */
bool col_maps_update(struct col_maps *m, const char *text, size_t size);

bool col_maps_holds(struct col_maps *m, uint64_t address);

/* The path on a line of the text and its length; NULL: anonymous, [vdso], deleted. */
const char *col_maps_line_path(const char *line, size_t size, size_t *length);

void col_maps_free(struct col_maps *m);

/* Reads a file whose size is not known beforehand; a NUL stands behind it. NULL with errno. */
char *col_read_file(int dirfd, const char *path, size_t *size);

#endif
