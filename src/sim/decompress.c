/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacks the compressed payloads of fatbins with the system's liblz4 and libzstd.
 */
#include "sim/decompress.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include <lz4.h>
#include <zstd.h>

#include "sim/image.h"

/*
 * Whether data of this size can become out_size bytes at all, so that a damaged header does not
 * make us allocate the machine's memory.  LZ4 gains a factor of 255 at most; a zstd frame made
 * in one call states its content's size.
 */
static bool plausible(enum sim_compression how, const void *data, size_t size, uint64_t out_size)
{
	if (out_size > INT_MAX || size > INT_MAX)
		return false;
	if (how == SIM_COMPRESSION_LZ4)
		return out_size <= (uint64_t)size * 255;
	return ZSTD_getFrameContentSize(data, size) == out_size;
}

int sim_decompress(enum sim_compression how, const void *data, size_t size, uint64_t out_size,
		   char **out)
{
	char *buffer;
	size_t got;

	if (!plausible(how, data, size, out_size))
		return SIM_IMAGE_UNKNOWN;
	buffer = malloc(out_size + 1);
	if (!buffer)
		return SIM_IMAGE_NO_MEMORY;
	/* LZ4's negative error becomes a size that cannot be right, as zstd's codes are. */
	if (how == SIM_COMPRESSION_LZ4)
		got = (size_t)(long)LZ4_decompress_safe(data, buffer, (int)size, (int)out_size);
	else
		got = ZSTD_decompress(buffer, out_size, data, size);
	if (got != out_size) {
		free(buffer);
		return SIM_IMAGE_UNKNOWN;
	}
	buffer[out_size] = '\0';
	*out = buffer;
	return SIM_IMAGE_OK;
}
