/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tools use: profiler switches, the error log, notifications, flushes. There is nothing to
 * profile, to log or to notify of here, so these keep their books and answer.
 */
#include "sim/sim.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Before cuInit too. */
CUresult cuProfilerInitialize(const char *config, const char *output, CUoutput_mode mode)
{
	CUresult injected = sim_inject(__func__);

	(void)config;
	(void)output;
	(void)mode;
	return injected != CUDA_SUCCESS ? injected : CUDA_ERROR_NOT_SUPPORTED;
}

CUresult cuProfilerStart(void)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return CUDA_SUCCESS;
}

CUresult cuProfilerStop(void)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return CUDA_SUCCESS;
}

struct CUlogsCallbackEntry_st {
	CUlogsCallback function;
	void *data;
};

CUresult cuLogsRegisterCallback(CUlogsCallback function, void *data, CUlogsCallbackHandle *handle)
{
	CUlogsCallbackHandle entry;

	SIM_ENTER(SIM_INIT);
	if (!function)
		return CUDA_ERROR_INVALID_VALUE;
	entry = malloc(sizeof(*entry));
	if (!entry)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*entry = (struct CUlogsCallbackEntry_st){ .function = function, .data = data };
	if (!sim_handle_add(entry, SIM_H_LOG)) {
		free(entry);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	if (handle)
		*handle = entry;
	return CUDA_SUCCESS;
}

CUresult cuLogsUnregisterCallback(CUlogsCallbackHandle handle)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_handle_ok(handle, SIM_H_LOG))
		return CUDA_ERROR_INVALID_VALUE;
	sim_handle_remove(handle);
	free(handle);
	return CUDA_SUCCESS;
}

CUresult cuLogsCurrent(CUlogIterator *iterator, unsigned int flags)
{
	SIM_ENTER(SIM_INIT);
	(void)flags;
	if (!iterator)
		return CUDA_ERROR_INVALID_VALUE;
	*iterator = 0;
	return CUDA_SUCCESS;
}

/* The log is empty: a file comes to be, and a buffer stays as it was. Flags are not looked at. */
CUresult cuLogsDumpToFile(CUlogIterator *iterator, const char *path, unsigned int flags)
{
	int fd;

	SIM_ENTER(SIM_INIT);
	(void)iterator;
	(void)flags;
	fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
	if (fd < 0)
		return CUDA_ERROR_INVALID_VALUE;
	close(fd);
	return CUDA_SUCCESS;
}

CUresult cuLogsDumpToMemory(CUlogIterator *iterator, char *buffer, size_t *size, unsigned int flags)
{
	SIM_ENTER(SIM_INIT);
	(void)iterator;
	(void)flags;
	if (!buffer || !size)
		return CUDA_ERROR_INVALID_VALUE;
	*size = 0;
	return CUDA_SUCCESS;
}

struct CUasyncCallbackEntry_st {
	CUdevice device;
	CUasyncCallback function;
	void *data;
};

CUresult cuDeviceRegisterAsyncNotification(CUdevice device, CUasyncCallback function, void *data,
					   CUasyncCallbackHandle *handle)
{
	CUasyncCallbackHandle entry;

	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(device))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!function || !handle)
		return CUDA_ERROR_INVALID_VALUE;
	entry = malloc(sizeof(*entry));
	if (!entry)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*entry = (struct CUasyncCallbackEntry_st){ .device = device,
						   .function = function,
						   .data = data };
	if (!sim_handle_add(entry, SIM_H_ASYNC)) {
		free(entry);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*handle = entry;
	return CUDA_SUCCESS;
}

CUresult cuDeviceUnregisterAsyncNotification(CUdevice device, CUasyncCallbackHandle handle)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_handle_ok(handle, SIM_H_ASYNC) || handle->device != device)
		return CUDA_ERROR_INVALID_VALUE;
	sim_handle_remove(handle);
	free(handle);
	return CUDA_SUCCESS;
}

CUresult cuFlushGPUDirectRDMAWrites(CUflushGPUDirectRDMAWritesTarget target,
				    CUflushGPUDirectRDMAWritesScope scope)
{
	SIM_ENTER(SIM_CTX);
	if (target != CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TARGET_CURRENT_CTX ||
	    (scope != CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_OWNER &&
	     scope != CU_FLUSH_GPU_DIRECT_RDMA_WRITES_TO_ALL_DEVICES))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}
