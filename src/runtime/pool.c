/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream-ordered allocation. An allocation of no bytes is taken to be NULL and a success, as
 * cudaMalloc's is on an H200; these two calls were not seen there.
 */
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"

static cudaError_t allocate_nothing(void **pointer)
{
	if (pointer == NULL)
		return cudaErrorInvalidValue;
	*pointer = NULL;
	return cudaSuccess;
}

cudaError_t rt_cudaMallocAsync(void **devPtr, size_t size, cudaStream_t hStream)
{
	if (__builtin_expect(devPtr == NULL || size == 0, 0))
		return allocate_nothing(devPtr);
	return (cudaError_t)drv.cuMemAllocAsync((CUdeviceptr *)devPtr, size, hStream);
}

cudaError_t rt_cudaMallocFromPoolAsync(void **ptr, size_t size, cudaMemPool_t memPool,
				       cudaStream_t stream)
{
	if (__builtin_expect(ptr == NULL || size == 0, 0))
		return allocate_nothing(ptr);
	return (cudaError_t)drv.cuMemAllocFromPoolAsync((CUdeviceptr *)ptr, size, memPool, stream);
}
