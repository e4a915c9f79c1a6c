/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chunks of a native trace as they stand in the file, one after the other: for those who carry
 * them elsewhere. Records that are packed are unpacked. What is unsound is passed over as rd_open
 * passes over it, but a process keeps its number, and so its chunk, with nothing in it. Memory
 * holds one chunk.
 */
#ifndef READER_CHUNKS_H
#define READER_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "reader/reader.h"

struct rd_chunks {
	int fd;
	uint64_t offset;                /* of the next chunk */
	struct ctr_file_header version; /* the file's */
	struct ctr_chunk head;          /* of the present one */
	char *data;                     /* its payload */
	size_t capacity;
};

/* False with *error filled in if `path` is not a native trace of a version that is read here. */
bool rd_chunks_open(struct rd_chunks *chunks, const char *path, struct rd_error *error);

/* False at the end of what is sound. */
bool rd_chunks_next(struct rd_chunks *chunks);

void rd_chunks_close(struct rd_chunks *chunks);

#endif
