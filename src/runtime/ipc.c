/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening what another process shares. Both interfaces pass the 64-byte handle by value, under
 * types of their own.
 */
#include <string.h>

#include "driver/driver.h"
#include "runtime/calls.h"

cudaError_t rt_cudaIpcOpenEventHandle(cudaEvent_t *event, cudaIpcEventHandle_t handle)
{
	CUipcEventHandle h;

	memcpy(&h, &handle, sizeof(h));
	return (cudaError_t)drv.cuIpcOpenEventHandle(event, h);
}

cudaError_t rt_cudaIpcOpenMemHandle(void **devPtr, cudaIpcMemHandle_t handle, unsigned int flags)
{
	CUipcMemHandle h;

	memcpy(&h, &handle, sizeof(h));
	return (cudaError_t)drv.cuIpcOpenMemHandle((CUdeviceptr *)devPtr, h, flags);
}
