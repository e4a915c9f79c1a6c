/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream-ordered allocation. Unlike cuMemAlloc, the driver's calls take no bytes and answer NULL,
 * after the checks of everything else.
 */
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"

cudaError_t rt_cudaMallocAsync(void **devPtr, size_t size, cudaStream_t hStream)
{
	if (__builtin_expect(devPtr == NULL, 0))
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuMemAllocAsync((CUdeviceptr *)devPtr, size, hStream);
}

cudaError_t rt_cudaMallocFromPoolAsync(void **ptr, size_t size, cudaMemPool_t memPool,
				       cudaStream_t stream)
{
	if (__builtin_expect(ptr == NULL, 0))
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuMemAllocFromPoolAsync((CUdeviceptr *)ptr, size, memPool, stream);
}

/* The driver refuses no descriptors unless it is told of some place for them. */
cudaError_t rt_cudaMemPoolSetAccess(cudaMemPool_t memPool, const struct cudaMemAccessDesc *descList,
				    size_t count)
{
	if (count == 0)
		return cudaSuccess;
	return (cudaError_t)drv.cuMemPoolSetAccess(memPool, (const CUmemAccessDesc *)descList,
						   count);
}
