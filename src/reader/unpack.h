/* SPDX-License-Identifier: Apache-2.0 */
/* Packed records (CTR_CHUNK_PACKED, see docs/FORMAT.md) as write/pack.h had them. */
#ifndef READER_UNPACK_H
#define READER_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "curtrace/trace_format.h"

/* A block's head at `data`, of which `size` bytes are there; false if none can be. */
bool rd_packed_block(const void *data, size_t size, struct ctr_packed_block *block);

/*
 * Unpacks what stands behind the head of a block, block->size bytes, into block->ncells cells, of
 * which the first has number `first`. False if that is not what they are.
 */
bool rd_unpack_block(const struct ctr_packed_block *block, const void *data, uint64_t first,
		     struct ctr_cell *cells);

/*
 * The payload of a CTR_CHUNK_PACKED as that of the CTR_CHUNK_CELLS that it was made of, to be
 * freed, and its size. NULL if it is not sound.
 */
void *rd_unpack(const void *payload, size_t size, size_t *unpacked_size);

#endif
