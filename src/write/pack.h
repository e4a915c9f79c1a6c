/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records packed for a trace (CTR_CHUNK_PACKED, see docs/FORMAT.md): most are like the last one of
 * their function, so what is written of each is what differs. reader/unpack.h gives the same bytes
 * back, whatever they are.
 */
#ifndef WRITE_PACK_H
#define WRITE_PACK_H

#include <stddef.h>
#include <stdint.h>

/* Most bytes that so many cells take, packed. */
size_t wr_packed_max(size_t ncells);

/*
 * Packs whole records, cells number `first` on of their ring. Returns the bytes written to `out`,
 * or 0 if they are not committed records one behind the other, or not smaller that way.
 */
size_t wr_pack(const void *cells, size_t ncells, uint64_t first, void *out);

#endif
