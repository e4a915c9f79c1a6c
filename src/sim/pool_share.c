/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools for other processes. The memory of a simulated device belongs to one process, so a pool
 * cannot be handed on: what NVIDIA's driver refuses is refused alike, the rest is not supported.
 */
#include "sim/memory.h"

CUresult cuMemPoolExportToShareableHandle(void *handle, CUmemoryPool pool,
					  CUmemAllocationHandleType type, unsigned long long flags)
{
	SIM_ENTER(SIM_CTX);
	if (!handle || flags || !sim_handle_ok(pool, SIM_H_POOL) ||
	    type == CU_MEM_HANDLE_TYPE_NONE || !(sim_pool_handle_types(pool) & (unsigned int)type))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_NOT_SUPPORTED;
}

CUresult cuMemPoolImportFromShareableHandle(CUmemoryPool *pool, void *handle,
					    CUmemAllocationHandleType type,
					    unsigned long long flags)
{
	SIM_ENTER(SIM_CTX);
	(void)handle;
	if (!pool || flags || type == CU_MEM_HANDLE_TYPE_NONE)
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_NOT_SUPPORTED;
}

CUresult cuMemPoolExportPointer(CUmemPoolPtrExportData *data, CUdeviceptr dptr)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find(dptr);
	if (!data || !alloc || alloc->kind != SIM_M_POOL || !sim_pool_handle_types(alloc->pool))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_NOT_SUPPORTED;
}

CUresult cuMemPoolImportPointer(CUdeviceptr *dptr, CUmemoryPool pool, CUmemPoolPtrExportData *data)
{
	SIM_ENTER(SIM_CTX);
	if (!dptr || !data || !sim_handle_ok(pool, SIM_H_POOL))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_NOT_SUPPORTED;
}
