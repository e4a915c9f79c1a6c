/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an array lies in memory: row after row, slice after slice. Real ones are tiled, which nobody
 * can see who has no address into them.
 */
#ifndef SIM_ARRAY_H
#define SIM_ARRAY_H

#include "sim/sim.h"

struct sim_alloc;

struct CUarray_st {
	CUDA_ARRAY3D_DESCRIPTOR desc;
	CUcontext ctx;
	struct sim_alloc *memory;
	size_t element; /* bytes of an element, or of a block of a compressed format */
	size_t rows;    /* of elements or blocks; at least 1 */
	size_t slices;  /* depth or layers; at least 1 */
	size_t row_bytes;
	CUmipmappedArray mipmap; /* the one whose level this is, or NULL */
};

struct CUmipmappedArray_st {
	CUcontext ctx;
	CUDA_ARRAY3D_DESCRIPTOR desc;
	unsigned int count;
	CUarray *levels;
};

uintptr_t sim_array_base(CUarray array);
size_t sim_array_pitch(CUarray array);
size_t sim_array_slice(CUarray array);
bool sim_array_fits(CUarray array, size_t x, size_t y, size_t z, size_t width, size_t height,
		    size_t depth);
/* Bytes of one element (block-compressed: of a block); 0: no such format. */
size_t sim_array_element(CUarray_format format, unsigned int channels);

/* For images of graphics interfaces. At least one level is made, at most all that there can be. */
CUresult sim_mipmap_new(CUcontext ctx, CUmipmappedArray *out, const CUDA_ARRAY3D_DESCRIPTOR *desc,
			unsigned int levels);
void sim_mipmap_delete(CUmipmappedArray mipmap);

#endif /* SIM_ARRAY_H */
