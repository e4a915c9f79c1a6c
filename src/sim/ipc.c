/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles for other processes. They can be made, and tell apart what they stand for; but the
 * simulated device's memory belongs to one process, so another process cannot open them, as if the
 * devices had no path to each other. Opening one where it was made fails as with NVIDIA's driver.
 */
#include <string.h>
#include <unistd.h>

#include "sim/memory.h"
#include "sim/op.h"

#define MARK UINT64_C(0x6372737063736d69)

/* What the 64 bytes of a handle hold. */
struct content {
	uint64_t mark;
	uint64_t process;
	uint64_t id;
	uint64_t address;
};

_Static_assert(sizeof(struct content) <= CU_IPC_HANDLE_SIZE, "size of an IPC handle");

static void fill(char *reserved, uint64_t id, uint64_t address)
{
	struct content content = {
		.mark = MARK, .process = (uint64_t)getpid(), .id = id, .address = address
	};

	memset(reserved, 0, CU_IPC_HANDLE_SIZE);
	memcpy(reserved, &content, sizeof(content));
}

static CUresult open_error(const char *reserved)
{
	struct content content;

	memcpy(&content, reserved, sizeof(content));
	if (content.mark != MARK)
		return CUDA_ERROR_INVALID_VALUE;
	return content.process == (uint64_t)getpid() ? CUDA_ERROR_INVALID_CONTEXT
						     : CUDA_ERROR_MAP_FAILED;
}

CUresult cuIpcGetMemHandle(CUipcMemHandle *handle, CUdeviceptr dptr)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find(dptr);
	if (!handle || !alloc || alloc->kind != SIM_M_DEVICE)
		return CUDA_ERROR_INVALID_VALUE;
	fill(handle->reserved, alloc->id, alloc->start);
	return CUDA_SUCCESS;
}

static CUresult open_memory(CUdeviceptr *dptr, const CUipcMemHandle *handle, unsigned int flags)
{
	if (!dptr || flags != CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS)
		return CUDA_ERROR_INVALID_VALUE;
	return open_error(handle->reserved);
}

CUresult cuIpcOpenMemHandle(CUdeviceptr *dptr, CUipcMemHandle handle, unsigned int flags)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return open_memory(dptr, &handle, flags);
}

CUresult cuIpcOpenMemHandle_v2(CUdeviceptr *dptr, CUipcMemHandle handle, unsigned int flags)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return open_memory(dptr, &handle, flags);
}

/* Nothing can have been opened. */
CUresult cuIpcCloseMemHandle(CUdeviceptr dptr)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	(void)dptr;
	return CUDA_ERROR_INVALID_VALUE;
}

CUresult cuIpcGetEventHandle(CUipcEventHandle *handle, CUevent event)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(event, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!handle || !(event->flags & CU_EVENT_INTERPROCESS))
		return CUDA_ERROR_INVALID_VALUE;
	fill(handle->reserved, (uintptr_t)event, (uintptr_t)event);
	return CUDA_SUCCESS;
}

CUresult cuIpcOpenEventHandle(CUevent *event, CUipcEventHandle handle)
{
	SIM_ENTER(SIM_CTX);
	if (!event)
		return CUDA_ERROR_INVALID_VALUE;
	return open_error(handle.reserved);
}
