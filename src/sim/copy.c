/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies: every one is a box of bytes between two sides, CUDA_MEMCPY3D. Here is what is checked
 * before and done at the time; the entry points are in memcpy.c.
 */
#include "sim/copy.h"

#include <stdlib.h>
#include <string.h>

#include "sim/array.h"
#include "sim/memory.h"

/* Copies from pageable memory up to this size are staged, so that the call need not wait. */
#define STAGING_LIMIT ((size_t)64 << 10)
#define BRIEF_LIMIT   ((size_t)16 << 10)

/* One side of a copy: where its first byte lies and how far rows and slices are apart. */
struct side {
	CUmemorytype type;
	uintptr_t base; /* of the whole, without the offsets */
	size_t x, y, z;
	size_t pitch, slice;
	CUarray array;
};

static struct side source(const CUDA_MEMCPY3D *copy)
{
	struct side side = {
		.type = copy->srcMemoryType,
		.x = copy->srcXInBytes,
		.y = copy->srcY,
		.z = copy->srcZ,
		.pitch = copy->srcPitch,
		.slice = copy->srcHeight,
		.array = copy->srcArray,
	};

	side.base = side.type == CU_MEMORYTYPE_HOST ? (uintptr_t)copy->srcHost
						    : (uintptr_t)copy->srcDevice;
	return side;
}

static struct side destination(const CUDA_MEMCPY3D *copy)
{
	struct side side = {
		.type = copy->dstMemoryType,
		.x = copy->dstXInBytes,
		.y = copy->dstY,
		.z = copy->dstZ,
		.pitch = copy->dstPitch,
		.slice = copy->dstHeight,
		.array = copy->dstArray,
	};

	side.base = side.type == CU_MEMORYTYPE_HOST ? (uintptr_t)copy->dstHost
						    : (uintptr_t)copy->dstDevice;
	return side;
}

/* Fills in what the caller may leave out, and turns slice into bytes. */
static void complete(struct side *side, const CUDA_MEMCPY3D *copy)
{
	if (side->type == CU_MEMORYTYPE_ARRAY) {
		side->base = sim_array_base(side->array);
		side->pitch = sim_array_pitch(side->array);
		side->slice = sim_array_slice(side->array);
		return;
	}
	if (!side->pitch)
		side->pitch = side->x + copy->WidthInBytes;
	if (!side->slice)
		side->slice = side->y + copy->Height;
	side->slice *= side->pitch;
}

static bool is_empty(const CUDA_MEMCPY3D *copy)
{
	return !copy->WidthInBytes || !copy->Height || !copy->Depth;
}

static bool fits_array(const struct side *side, const CUDA_MEMCPY3D *copy)
{
	if (!sim_handle_ok(side->array, SIM_H_ARRAY))
		return false;
	return sim_array_fits(side->array, side->x, side->y, side->z, copy->WidthInBytes,
			      copy->Height, copy->Depth);
}

/* Do the rows lie within their pitch, the box within its memory, and may that be used so? */
static bool side_ok(struct side side, const CUDA_MEMCPY3D *copy)
{
	bool many_rows = copy->Height > 1 || copy->Depth > 1;
	size_t first, last, rows, slices;

	if (side.type == CU_MEMORYTYPE_ARRAY)
		return fits_array(&side, copy);
	if (side.type < CU_MEMORYTYPE_HOST || side.type > CU_MEMORYTYPE_UNIFIED)
		return false;
	if (side.pitch && side.pitch < side.x + copy->WidthInBytes)
		return false;
	if (side.slice && side.slice < side.y + copy->Height)
		return false;
	if (many_rows && side.pitch > (size_t)sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_PITCH))
		return false;
	complete(&side, copy);
	first = side.z * side.slice + side.y * side.pitch + side.x;
	/* A box that wraps around the address space lies nowhere. */
	if (__builtin_mul_overflow(copy->Depth - 1, side.slice, &slices) ||
	    __builtin_mul_overflow(copy->Height - 1, side.pitch, &rows) ||
	    __builtin_add_overflow(first, slices, &last) ||
	    __builtin_add_overflow(last, rows, &last) ||
	    __builtin_add_overflow(last, copy->WidthInBytes, &last))
		return false;
	return sim_memory_ok(side.base + first, last - first,
			     side.type == CU_MEMORYTYPE_DEVICE ? SIM_AS_DEVICE
			     : side.type == CU_MEMORYTYPE_HOST ? SIM_AS_HOST
							       : SIM_AS_ANY);
}

CUresult sim_copy_check(const CUDA_MEMCPY3D *copy)
{
	if (is_empty(copy))
		return CUDA_SUCCESS;
	if (!side_ok(source(copy), copy) || !side_ok(destination(copy), copy))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

void sim_copy_run(const CUDA_MEMCPY3D *copy)
{
	struct side from = source(copy), to = destination(copy);

	if (is_empty(copy))
		return;
	complete(&from, copy);
	complete(&to, copy);
	for (size_t z = 0; z < copy->Depth; z++)
		for (size_t y = 0; y < copy->Height; y++) {
			uintptr_t src = from.base + (from.z + z) * from.slice +
					(from.y + y) * from.pitch + from.x;
			uintptr_t dst =
				to.base + (to.z + z) * to.slice + (to.y + y) * to.pitch + to.x;

			/* Ranges that overlap are copied as if they did not. */
			memmove((void *)dst, (const void *)src, copy->WidthInBytes);
		}
}

static void run(struct sim_op *op, CUstream stream)
{
	(void)stream;
	sim_copy_run(&op->copy);
}

static size_t total(const CUDA_MEMCPY3D *copy)
{
	return copy->WidthInBytes * copy->Height * copy->Depth;
}

struct sim_op *sim_copy_op(const CUDA_MEMCPY3D *copy)
{
	struct sim_op *op = sim_op_new(SIM_OP_COPY);

	if (op) {
		op->copy = *copy;
		op->run = run;
		op->brief = total(copy) <= BRIEF_LIMIT;
	}
	return op;
}

static bool pageable(const struct side *side)
{
	return (side->type == CU_MEMORYTYPE_HOST || side->type == CU_MEMORYTYPE_UNIFIED) &&
	       sim_memory_pageable(side->base);
}

/*
 * Takes the bytes of a pageable source aside, in one dense box, so that the application may reuse
 * its memory when the call returns. False: too much, or no memory; then the call waits.
 */
static bool stage(struct sim_op *op)
{
	CUDA_MEMCPY3D aside = op->copy;

	if (total(&op->copy) > STAGING_LIMIT)
		return false;
	op->staged = malloc(total(&op->copy));
	if (!op->staged)
		return false;
	aside.dstMemoryType = CU_MEMORYTYPE_HOST;
	aside.dstHost = op->staged;
	aside.dstXInBytes = aside.dstY = aside.dstZ = 0;
	aside.dstPitch = aside.dstHeight = 0;
	sim_copy_run(&aside);
	op->copy.srcMemoryType = CU_MEMORYTYPE_HOST;
	op->copy.srcHost = op->staged;
	op->copy.srcXInBytes = op->copy.srcY = op->copy.srcZ = 0;
	op->copy.srcPitch = op->copy.srcHeight = 0;
	return true;
}

/*
 * Host memory that the driver does not know cannot be reached by the device at its leisure: what
 * comes from there is staged, for what goes there the call waits. In a capture the addresses are
 * taken as they are.
 */
static CUresult submit(CUstream stream, struct sim_op *op)
{
	struct side from = source(&op->copy), to = destination(&op->copy);

	if (stream->capture)
		return sim_submit(stream, op);
	if (pageable(&to))
		return sim_submit_wait(stream, op);
	/* What is done before the call returns needs no staging. */
	if (pageable(&from) && !(op->brief && sim_stream_idle(stream)) && !stage(op))
		return sim_submit_wait(stream, op);
	return sim_submit(stream, op);
}

CUresult sim_copy(struct sim_call *call, bool per_thread, CUstream handle,
		  const CUDA_MEMCPY3D *copy, bool async)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error == CUDA_SUCCESS)
		error = sim_copy_check(copy);
	if (error != CUDA_SUCCESS)
		return error;
	if (is_empty(copy) && !stream->capture)
		return CUDA_SUCCESS;
	op = sim_copy_op(copy);
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	return async ? submit(stream, op) : sim_submit_wait(stream, op);
}
