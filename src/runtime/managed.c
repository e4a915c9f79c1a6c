/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Managed memory: the calls that are not one driver call with the same arguments, because they
 * take a location by value and C knows the two interfaces' locations as different types, or because
 * NVIDIA's library allocates nothing where the driver refuses to.
 */
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"

static CUmemLocation location_to_driver(struct cudaMemLocation location)
{
	return (CUmemLocation){
		.type = (CUmemLocationType)location.type,
		.id = location.id,
	};
}

/* No bytes are documented to be an error, as they are to the driver; NVIDIA's library succeeds. */
cudaError_t rt_cudaMallocManaged(void **devPtr, size_t size, unsigned int flags)
{
	if (devPtr == NULL)
		return cudaErrorInvalidValue;
	if (size == 0) {
		*devPtr = NULL;
		return cudaSuccess;
	}
	return (cudaError_t)drv.cuMemAllocManaged((CUdeviceptr *)devPtr, size, flags);
}

cudaError_t rt_cudaMemAdvise(const void *devPtr, size_t count, enum cudaMemoryAdvise advice,
			     struct cudaMemLocation location)
{
	return (cudaError_t)drv.cuMemAdvise((CUdeviceptr)devPtr, count, (CUmem_advise)advice,
					    location_to_driver(location));
}

cudaError_t rt_cudaMemPrefetchAsync(const void *devPtr, size_t count,
				    struct cudaMemLocation location, unsigned int flags,
				    cudaStream_t stream)
{
	return (cudaError_t)drv.cuMemPrefetchAsync((CUdeviceptr)devPtr, count,
						   location_to_driver(location), flags, stream);
}
