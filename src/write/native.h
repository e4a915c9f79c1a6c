/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native trace (.ctr): a file header, then checksummed chunks, as trace_format.h lays them out.
 * The collector writes it while the program runs, so every chunk is one append: whatever kills the
 * collector, the chunks before are whole, and a torn last one shows by its checksum.
 */
#ifndef WRITE_NATIVE_H
#define WRITE_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

struct iovec;

/* Room that is kept for the last chunk of a trace on a disk that has become full. */
#define WR_NATIVE_RESERVE (64u << 10)

/* Most parts that one chunk's payload may be handed over in. */
#define WR_NATIVE_PARTS 6

struct wr_native {
	int fd;          /* not owned */
	int reserve_fd;  /* a nameless file that holds WR_NATIVE_RESERVE bytes of disk, or -1 */
	uint64_t size;   /* of what is whole; what lies behind was torn by a full disk */
	uint64_t limit;  /* no chunk but the last may end beyond it */
	uint64_t chunks; /* written so far */
	void *packed;    /* room for a chunk of records */
	size_t packed_capacity;
};

/*
 * Writes the file header into the empty file `fd`. `folder` is where the file lies: room for the
 * end is set aside on its disk. Returns 0 or a negative errno.
 */
int wr_native_begin(struct wr_native *w, int fd, const char *folder);

/*
 * Appends a chunk whose payload is the given parts. Returns 0, or a negative errno, and then the
 * file is as it was before. A CTR_CHUNK_CELLS becomes a CTR_CHUNK_PACKED if it is smaller that way.
 */
int wr_native_chunk(struct wr_native *w, enum ctr_chunk_kind kind, const struct iovec *parts,
		    unsigned int nparts);

/* Appends a chunk whose payload is one block, which may be text without its NUL. */
int wr_native_block(struct wr_native *w, enum ctr_chunk_kind kind, const void *data, size_t size);

/*
 * Appends what lies between two offsets of the native trace `from`: whole chunks. Returns 0, or a
 * negative errno, and then the file is as it was before.
 */
int wr_native_append(struct wr_native *w, int from, uint64_t begin, uint64_t end);

/* Takes back what was written behind the first `size` bytes. */
int wr_native_cut(struct wr_native *w, uint64_t size);

/* Gives the room that was set aside back: for the chunk that ends the trace. */
void wr_native_use_reserve(struct wr_native *w);

/* Sets room aside again, if there is any. */
void wr_native_reserve(struct wr_native *w, const char *folder);

/* Forgets everything; the file stays open. */
void wr_native_end(struct wr_native *w);

#endif
