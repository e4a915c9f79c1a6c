/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native chunks that a JSON trace carries behind its events (json=full, docs/FORMAT.md), one
 * after the other, each with the bytes that it had. Memory holds one chunk.
 */
#ifndef READER_JSON_FULL_H
#define READER_JSON_FULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/reader.h"

struct rd_full;

struct rd_full_chunk { /* until the next one is asked for */
	uint32_t kind;
	const void *data;
	size_t size;
};

/* NULL with *error filled in if `path` is not a JSON trace that carries everything. */
struct rd_full *rd_full_open(const char *path, struct rd_error *error);

/* False at the end; and before it, with *error filled in, if the file is not sound. */
bool rd_full_next(struct rd_full *full, struct rd_full_chunk *chunk, struct rd_error *error);

/* What the end was: everything is there. */
bool rd_full_is_whole(const struct rd_full *full);

void rd_full_close(struct rd_full *full);

#endif
