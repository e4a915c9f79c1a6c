/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page-locked host memory: allocated, or registered after the application allocated it.
 */
#include "sim/memory.h"

#include "sim/op.h"

#define ALLOC_FLAGS \
	(CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED)
#define REGISTER_FLAGS                                                \
	(CU_MEMHOSTREGISTER_PORTABLE | CU_MEMHOSTREGISTER_DEVICEMAP | \
	 CU_MEMHOSTREGISTER_IOMEMORY | CU_MEMHOSTREGISTER_READ_ONLY)

static CUresult allocate(CUcontext ctx, void **pointer, size_t size, unsigned int flags)
{
	struct sim_alloc *alloc;
	CUresult error;

	if (!pointer)
		return CUDA_ERROR_INVALID_VALUE;
	/* Whatever follows: a refused allocation leaves NULL. */
	*pointer = NULL;
	if (flags & ~(unsigned int)ALLOC_FLAGS)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_captures ? sim_capture_unsafe() : CUDA_SUCCESS;
	if (error != CUDA_SUCCESS || !size)
		return error;
	error = sim_memory_new(&alloc, ctx->device, ctx, size, SIM_M_HOST);
	if (error != CUDA_SUCCESS)
		return error;
	/* All host memory is mapped since addresses are unified, asked for or not. */
	alloc->flags = flags | CU_MEMHOSTALLOC_DEVICEMAP;
	*pointer = (void *)alloc->start;
	return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void **pointer, size_t size, unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	return allocate(call.ctx, pointer, size, flags);
}

CUresult cuMemAllocHost_v2(void **pointer, size_t size)
{
	SIM_ENTER(SIM_CTX);
	return allocate(call.ctx, pointer, size, 0);
}

/* The allocation of a kind that begins exactly there. */
static struct sim_alloc *begins_at(const void *pointer, enum sim_memory_kind kind)
{
	struct sim_alloc *alloc = sim_memory_find((uintptr_t)pointer);

	return alloc && alloc->kind == kind && alloc->start == (uintptr_t)pointer ? alloc : NULL;
}

CUresult cuMemFreeHost(void *pointer)
{
	struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!pointer)
		return CUDA_SUCCESS;
	alloc = begins_at(pointer, SIM_M_HOST);
	if (!alloc)
		return CUDA_ERROR_INVALID_VALUE;
	sim_context_wait(alloc->ctx);
	alloc = begins_at(pointer, SIM_M_HOST);
	if (alloc)
		sim_memory_free(alloc);
	return CUDA_SUCCESS;
}

CUresult cuMemHostRegister_v2(void *pointer, size_t size, unsigned int flags)
{
	struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	/* There is no memory of devices here that could be registered. */
	if (!pointer || !size || (uintptr_t)pointer + size < size ||
	    (flags & ~(unsigned int)REGISTER_FLAGS) || (flags & CU_MEMHOSTREGISTER_IOMEMORY))
		return CUDA_ERROR_INVALID_VALUE;
	alloc = sim_memory_overlap((uintptr_t)pointer, size);
	if (alloc)
		return alloc->kind == SIM_M_REGISTERED ? CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED
						       : CUDA_ERROR_INVALID_VALUE;
	alloc = sim_memory_enter(pointer, size, SIM_M_REGISTERED, call.ctx);
	if (!alloc)
		return CUDA_ERROR_OUT_OF_MEMORY;
	/* Read-only memory is not told from other memory when it is asked about. */
	alloc->flags = (flags & ~(unsigned int)CU_MEMHOSTREGISTER_READ_ONLY) |
		       CU_MEMHOSTREGISTER_DEVICEMAP;
	return CUDA_SUCCESS;
}

CUresult cuMemHostUnregister(void *pointer)
{
	struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!pointer)
		return CUDA_ERROR_INVALID_VALUE;
	alloc = begins_at(pointer, SIM_M_REGISTERED);
	/* Memory that the driver knows otherwise is told from memory that it does not know. */
	if (!alloc)
		return sim_memory_find((uintptr_t)pointer) ? CUDA_ERROR_INVALID_VALUE
							   : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
	sim_context_wait(alloc->ctx);
	alloc = begins_at(pointer, SIM_M_REGISTERED);
	if (alloc)
		sim_memory_free(alloc);
	return CUDA_SUCCESS;
}

static const struct sim_alloc *find_host(const void *pointer)
{
	const struct sim_alloc *alloc = sim_memory_find((uintptr_t)pointer);

	return alloc && sim_memory_on_host(alloc) ? alloc : NULL;
}

CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *dptr, void *pointer, unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	if (!dptr)
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = 0;
	if (flags || !find_host(pointer))
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = (uintptr_t)pointer;
	return CUDA_SUCCESS;
}

CUresult cuMemHostGetFlags(unsigned int *flags, void *pointer)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find((uintptr_t)pointer);
	if (!flags || !alloc || !(sim_memory_on_host(alloc) || alloc->kind == SIM_M_MANAGED))
		return CUDA_ERROR_INVALID_VALUE;
	*flags = alloc->kind == SIM_M_MANAGED ? CU_MEMHOSTALLOC_DEVICEMAP : alloc->flags;
	return CUDA_SUCCESS;
}
