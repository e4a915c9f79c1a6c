/* SPDX-License-Identifier: Apache-2.0 */
/* Domain gl: the buffer object calls of CUDA 2, and the hint that became cudaSetDevice. */
#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/entry.h"

cudaError_t rt_cudaGLSetGLDevice(int device)
{
	cudaError_t error = rt_check_device(device);

	return error == cudaSuccess ? rt_bind_device(device) : error;
}

/* The driver also tells the size, for which the runtime's call has no place. */
cudaError_t rt_cudaGLMapBufferObject(void **devPtr, GLuint bufObj)
{
	size_t size;

	if (devPtr == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuGLMapBufferObject((CUdeviceptr *)devPtr, &size, bufObj);
}

cudaError_t rt_cudaGLMapBufferObjectAsync(void **devPtr, GLuint bufObj, cudaStream_t stream)
{
	size_t size;

	if (devPtr == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuGLMapBufferObjectAsync((CUdeviceptr *)devPtr, &size, bufObj,
							 stream);
}
