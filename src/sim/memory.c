/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device memory: cuMemAlloc, cuMemFree and what is asked about them.
 */
#include "sim/memory.h"

#include "sim/op.h"

#define PITCH_ALIGNMENT ((size_t)512)

static CUresult allocate(CUcontext ctx, CUdeviceptr *dptr, size_t size)
{
	struct sim_alloc *alloc;
	CUresult error;

	if (!dptr || !size)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_memory_new(&alloc, ctx->device, ctx, size, SIM_M_DEVICE);
	if (error == CUDA_SUCCESS)
		*dptr = alloc->start;
	return error;
}

CUresult cuMemAlloc_v2(CUdeviceptr *dptr, size_t size)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return allocate(call.ctx, dptr, size);
}

CUresult cuMemAllocPitch_v2(CUdeviceptr *dptr, size_t *pitch, size_t width, size_t height,
			    unsigned int element_size)
{
	size_t row;
	CUresult error;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!pitch || !width || !height)
		return CUDA_ERROR_INVALID_VALUE;
	if (element_size != 4 && element_size != 8 && element_size != 16)
		return CUDA_ERROR_INVALID_VALUE;
	if (width > SIM_DEVICE_MEMORY || height > SIM_DEVICE_MEMORY / width)
		return CUDA_ERROR_OUT_OF_MEMORY;
	row = (width + PITCH_ALIGNMENT - 1) / PITCH_ALIGNMENT * PITCH_ALIGNMENT;
	error = allocate(call.ctx, dptr, row * height);
	if (error == CUDA_SUCCESS)
		*pitch = row;
	return error;
}

/*
 * Waits for what may still use the memory: all streams of its context. The allocation is looked up
 * again after the wait, in which another thread may have freed it.
 */
static CUresult free_device(CUdeviceptr dptr)
{
	struct sim_alloc *alloc = sim_memory_find(dptr);

	if (!alloc || alloc->start != dptr || alloc->freed || alloc->absent)
		return CUDA_ERROR_INVALID_VALUE;
	if (alloc->kind != SIM_M_DEVICE && alloc->kind != SIM_M_MANAGED &&
	    alloc->kind != SIM_M_POOL && alloc->kind != SIM_M_GRAPH &&
	    alloc->kind != SIM_M_EXTERNAL)
		return CUDA_ERROR_INVALID_VALUE;
	if (alloc->ctx) {
		sim_context_wait(alloc->ctx);
		alloc = sim_memory_find(dptr);
		if (!alloc || alloc->start != dptr)
			return CUDA_ERROR_INVALID_VALUE;
	}
	/* The address stays the graph's. */
	if (alloc->kind == SIM_M_GRAPH) {
		alloc->absent = true;
		return CUDA_SUCCESS;
	}
	if (alloc->kind == SIM_M_POOL)
		sim_pool_returned(alloc);
	sim_memory_free(alloc);
	return CUDA_SUCCESS;
}

/* Needs no current context, but one that is current and broken or gone spoils it. */
CUresult cuMemFree_v2(CUdeviceptr dptr)
{
	SIM_ENTER(SIM_INIT | SIM_UNCAPTURED);
	if (call.ctx && !call.ctx->alive)
		return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	if (call.ctx && call.ctx->sticky != CUDA_SUCCESS)
		return call.ctx->sticky;
	return dptr ? free_device(dptr) : CUDA_SUCCESS;
}

CUresult cuMemGetInfo_v2(size_t *available, size_t *total)
{
	SIM_ENTER(SIM_CTX);
	if (available)
		*available = sim_memory_free_bytes(call.ctx->device);
	if (total)
		*total = SIM_DEVICE_MEMORY;
	return CUDA_SUCCESS;
}

CUresult cuMemGetAddressRange_v2(CUdeviceptr *base, size_t *size, CUdeviceptr dptr)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find(dptr);
	if (!alloc)
		return CUDA_ERROR_NOT_FOUND;
	if (base)
		*base = alloc->start;
	if (size)
		*size = alloc->size;
	return CUDA_SUCCESS;
}
