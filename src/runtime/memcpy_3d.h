/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of boxes: the runtime's description of one as the driver's, and back. The runtime counts
 * in elements where an array takes part and tells directions by a kind; the driver counts in
 * bytes and tells what each side is.
 */
#ifndef RUNTIME_MEMCPY_3D_H
#define RUNTIME_MEMCPY_3D_H

#include <stdbool.h>

#include "driver/driver.h"
#include "runtime/cudart_abi.h"
#include "runtime/memcpy.h"

/* What the two sides of a copy of this kind are; false if there is no such kind. */
bool rt_copy_types(enum cudaMemcpyKind kind, CUmemorytype *src, CUmemorytype *dst);

/* A copy of nothing succeeds, whatever else its description says. */
static inline bool rt_extent_is_empty(struct cudaExtent extent)
{
	return extent.width == 0 || extent.height == 0 || extent.depth == 0;
}

/*
 * Bytes of an array's element, and the width and height in texels that one such element covers:
 * 1, or 4 for block-compressed formats. Needs the driver, not a context.
 */
struct rt_texel {
	size_t size;
	unsigned int block;
};

cudaError_t rt_array_texel(CUarray array, struct rt_texel *texel);

/* Does not look at `p` being NULL or empty: callers differ in what they make of these. */
cudaError_t rt_memcpy3d_to_driver(const struct cudaMemcpy3DParms *p, CUDA_MEMCPY3D *copy);

/* As a copy between devices: sides without an array are device memory. Retains both contexts. */
cudaError_t rt_memcpy3d_peer_to_driver(const struct cudaMemcpy3DPeerParms *p,
				       CUDA_MEMCPY3D_PEER *copy);

/* cudaErrorUnknown if no kind says what the driver's copy does. */
cudaError_t rt_memcpy3d_from_driver(const CUDA_MEMCPY3D *copy, struct cudaMemcpy3DParms *p);

/* The driver's own copy of a box, in the form that `mode` asks for. */
static inline cudaError_t rt_copy_box(const CUDA_MEMCPY3D *copy, struct rt_copy_mode mode)
{
	if (mode.async)
		return (cudaError_t)drv.cuMemcpy3DAsync(copy, mode.stream);
	return (cudaError_t)(mode.per_thread ? drv.cuMemcpy3D_ptds(copy) : drv.cuMemcpy3D(copy));
}

#endif
