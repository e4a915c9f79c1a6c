/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 as zlib computes it, at the speed of memory where the processor can. */
#ifndef READER_CHECKSUM_H
#define READER_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint32_t rd_checksum(const void *data, size_t size);

#endif
