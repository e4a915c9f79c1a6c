/* SPDX-License-Identifier: Apache-2.0 */
/* A channel descriptor (bits of each channel and their kind) as the driver's format + channels. */
#ifndef RUNTIME_CHANNEL_FORMAT_H
#define RUNTIME_CHANNEL_FORMAT_H

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

/* cudaErrorInvalidChannelDescriptor if the driver has no such format. */
cudaError_t rt_channel_to_format(const struct cudaChannelFormatDesc *desc, CUarray_format *format,
				 unsigned int *channels);

/* The reverse. */
cudaError_t rt_channel_from_format(CUarray_format format, unsigned int channels,
				   struct cudaChannelFormatDesc *desc);

/* Bytes of one element; for block-compressed formats of one 4x4 block, with *block = 4 (else 1). */
size_t rt_format_element_size(CUarray_format format, unsigned int channels, unsigned int *block);

#endif
