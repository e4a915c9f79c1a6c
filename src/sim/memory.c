/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device memory: cuMemAlloc, cuMemFree and what is asked about them.
 */
#include "sim/memory.h"

#include "sim/graph.h"
#include "sim/op.h"

#define PITCH_ALIGNMENT ((size_t)512)

/* A refused allocation leaves 0, during a capture too. */
static CUresult allocate(CUcontext ctx, CUdeviceptr *dptr, size_t size)
{
	struct sim_alloc *alloc;
	CUresult error;

	if (!dptr)
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = 0;
	if (!size)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_captures ? sim_capture_unsafe() : CUDA_SUCCESS;
	if (error == CUDA_SUCCESS)
		error = sim_memory_new(&alloc, ctx->device, ctx, size, SIM_M_DEVICE);
	if (error == CUDA_SUCCESS)
		*dptr = alloc->start;
	return error;
}

CUresult cuMemAlloc_v2(CUdeviceptr *dptr, size_t size)
{
	/* Also where a fault has broken the context. */
	if (dptr)
		*dptr = 0;
	SIM_ENTER(SIM_CTX);
	return allocate(call.ctx, dptr, size);
}

/* The pitch is known, and written, whatever becomes of the allocation. */
CUresult cuMemAllocPitch_v2(CUdeviceptr *dptr, size_t *pitch, size_t width, size_t height,
			    unsigned int element_size)
{
	size_t size;

	SIM_ENTER(SIM_CTX);
	if (!pitch || !width || !height)
		return CUDA_ERROR_INVALID_VALUE;
	if (element_size != 4 && element_size != 8 && element_size != 16)
		return CUDA_ERROR_INVALID_VALUE;
	/* 0 for the widest rows, whose pitch cannot be counted. */
	*pitch = (width + PITCH_ALIGNMENT - 1) / PITCH_ALIGNMENT * PITCH_ALIGNMENT;
	if (__builtin_mul_overflow(*pitch, height, &size))
		size = SIZE_MAX;
	return allocate(call.ctx, dptr, size);
}

/*
 * Waits for what may still use the memory: all streams of its context. The allocation is looked up
 * again after the wait, in which another thread may have freed it.
 */
static CUresult free_device(CUdeviceptr dptr)
{
	struct sim_alloc *alloc = sim_memory_find(dptr);

	if (!alloc || alloc->start != dptr || alloc->freed || alloc->absent || alloc->variable)
		return CUDA_ERROR_INVALID_VALUE;
	if (alloc->kind != SIM_M_DEVICE && alloc->kind != SIM_M_MANAGED &&
	    alloc->kind != SIM_M_POOL && alloc->kind != SIM_M_GRAPH &&
	    alloc->kind != SIM_M_EXTERNAL && !(alloc->kind == SIM_M_IMPORTED && alloc->pool))
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
		sim_graph_memory_freed(dptr);
		return CUDA_SUCCESS;
	}
	if (alloc->pool)
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
