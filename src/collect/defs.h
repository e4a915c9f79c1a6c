/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following the file into which a traced process appends definitions, whole ones only.
 */
#ifndef COLLECT_DEFS_H
#define COLLECT_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct col_defs {
	uint64_t offset;  /* up to here everything was taken */
	uint64_t skipped; /* bytes that were no definition */
	char *data;       /* read and not taken */
	size_t size;
	size_t capacity;
};

/* A definition larger than this is not believed. */
#define COL_DEF_MAX_SIZE (1u << 20)

void col_defs_init(struct col_defs *d);
void col_defs_free(struct col_defs *d);

/*
 * Reads what was appended to the file `name`. Returns the size of the whole definitions at the
 * beginning of d->data. `dead`: nobody writes any more, so what is not whole never will be.
 */
size_t col_defs_read(struct col_defs *d, int dirfd, const char *name, bool dead);

/* What col_defs_read returned has been written. */
void col_defs_take(struct col_defs *d, size_t size);

/* Size of the whole definitions at the beginning of `data`. */
size_t col_defs_whole(const char *data, size_t size);

/*
 * The value of the line that begins with `name` ("path=") in a definition's text, not terminated;
 * NULL: there is none.
 */
const char *col_defs_value(const char *text, size_t size, const char *name, int *length);

#endif
