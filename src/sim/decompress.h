/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacks the compressed payloads of fatbins.
 */
#ifndef SIM_DECOMPRESS_H
#define SIM_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

enum sim_compression {
	SIM_COMPRESSION_NONE,
	SIM_COMPRESSION_LZ4,  /* one bare block */
	SIM_COMPRESSION_ZSTD, /* one frame */
};

/*
 * Unpacks to exactly out_size bytes in a new buffer with a NUL behind it, so that PTX in it is a
 * string.  Answers a SIM_IMAGE_* result; *out is set only with SIM_IMAGE_OK.
 */
int sim_decompress(enum sim_compression how, const void *data, size_t size, uint64_t out_size,
		   char **out);

#endif
