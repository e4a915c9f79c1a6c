/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pools for other processes. The shareable handle of a pool is a file that says which pool it is;
 * the memory of an allocation is shared as ipc.c shares it. Nothing can be allocated from a pool of
 * another process.
 */
#define _GNU_SOURCE /* memfd_create */

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/memory.h"

#define POOL_MARK UINT64_C(0x6c6f6f7063736d69)

/* What the file of a pool holds. */
struct pool_content {
	uint64_t mark;
	uint64_t pool; /* in its own process */
	int32_t device;
	int32_t process;
};

_Static_assert(sizeof(struct sim_shared_memory) <= sizeof(CUmemPoolPtrExportData),
	       "size of an exported pointer");

static CUresult export_pool(int *out, CUmemoryPool pool)
{
	const struct pool_content content = {
		.mark = POOL_MARK,
		.pool = (uintptr_t)pool,
		.device = sim_pool_device(pool)->ordinal,
		.process = getpid(),
	};
	int file = memfd_create("simulated pool", MFD_CLOEXEC);

	if (file < 0)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (pwrite(file, &content, sizeof(content), 0) != (ssize_t)sizeof(content)) {
		close(file);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*out = file;
	return CUDA_SUCCESS;
}

CUresult cuMemPoolExportToShareableHandle(void *handle, CUmemoryPool pool,
					  CUmemAllocationHandleType type, unsigned long long flags)
{
	SIM_ENTER(SIM_CTX);
	if (!handle || flags || !sim_handle_ok(pool, SIM_H_POOL) ||
	    type == CU_MEM_HANDLE_TYPE_NONE || !(sim_pool_handle_types(pool) & (unsigned int)type))
		return CUDA_ERROR_INVALID_VALUE;
	/* There is no fabric here. */
	if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR || !sim_pool_device(pool))
		return CUDA_ERROR_NOT_SUPPORTED;
	return export_pool(handle, pool);
}

CUresult cuMemPoolImportFromShareableHandle(CUmemoryPool *pool, void *handle,
					    CUmemAllocationHandleType type,
					    unsigned long long flags)
{
	struct pool_content content;
	int file = (int)(intptr_t)handle;

	SIM_ENTER(SIM_CTX);
	if (!pool || flags || type == CU_MEM_HANDLE_TYPE_NONE)
		return CUDA_ERROR_INVALID_VALUE;
	if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
		return CUDA_ERROR_NOT_SUPPORTED;
	*pool = NULL;
	if (pread(file, &content, sizeof(content), 0) != (ssize_t)sizeof(content) ||
	    content.mark != POOL_MARK || !sim_device_ok(content.device))
		return CUDA_ERROR_UNKNOWN;
	*pool = sim_pool_import(&sim_devices[content.device], content.pool);
	return *pool ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemPoolExportPointer(CUmemPoolPtrExportData *data, CUdeviceptr dptr)
{
	const struct sim_alloc *alloc;
	struct sim_shared_memory shared;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find(dptr);
	if (!data || !alloc || alloc->kind != SIM_M_POOL || !sim_pool_handle_types(alloc->pool))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_memory_share(&shared, alloc))
		return CUDA_ERROR_OUT_OF_MEMORY;
	shared.pool = (uintptr_t)alloc->pool;
	memset(data, 0, sizeof(*data));
	memcpy(data, &shared, sizeof(shared));
	return CUDA_SUCCESS;
}

/* It lies in its pool: freeing gives it back, and the process that made it keeps it. */
static CUresult import_pointer(struct sim_call *call, CUdeviceptr *dptr, CUmemoryPool pool,
			       const CUmemPoolPtrExportData *data)
{
	struct sim_shared_memory shared;
	struct sim_alloc *alloc;
	CUresult error;

	memcpy(&shared, data, sizeof(shared));
	if (!sim_pool_origin(pool) || shared.pool != sim_pool_origin(pool))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_memory_open(&alloc, &shared, call->ctx);
	if (error != CUDA_SUCCESS)
		return error;
	if (!alloc->pool)
		sim_pool_add(pool, alloc);
	*dptr = alloc->start;
	return CUDA_SUCCESS;
}

CUresult cuMemPoolImportPointer(CUdeviceptr *dptr, CUmemoryPool pool, CUmemPoolPtrExportData *data)
{
	SIM_ENTER(SIM_CTX);
	if (!dptr || !data)
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = 0;
	if (!sim_handle_ok(pool, SIM_H_POOL))
		return CUDA_ERROR_INVALID_VALUE;
	return import_pointer(&call, dptr, pool, data);
}
