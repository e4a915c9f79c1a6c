/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains memory and managed for programs of CUDA 11 and 12. Advice and prefetch go to the
 * driver's functions of that time, which take a device number as well, -1 for the host; their
 * answers are not those of the newer ones (101 and not 1 for advice with a bad number, R580).
 */
#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/widen.h"

/* A failure writes too, as in 13. */
cudaError_t rt_cudaPointerGetAttributes_v12(struct cudaPointerAttributes_v12 *attributes,
					    const void *ptr)
{
	struct cudaPointerAttributes now;
	cudaError_t error;

	if (attributes == NULL)
		return cudaErrorInvalidValue;
	error = rt_cudaPointerGetAttributes(&now, ptr);
	RT_NARROW(attributes, &now, hostPointer);
	return error;
}

cudaError_t rt_cudaMemAdvise_v12(const void *devPtr, size_t count, enum cudaMemoryAdvise advice,
				 int device)
{
	return (cudaError_t)drv.cuMemAdvise_v8000((CUdeviceptr)devPtr, count, (CUmem_advise)advice,
						  device);
}

cudaError_t rt_cudaMemPrefetchAsync_v12(const void *devPtr, size_t count, int dstDevice,
					cudaStream_t stream)
{
	return (cudaError_t)drv.cuMemPrefetchAsync_v8000((CUdeviceptr)devPtr, count, dstDevice,
							 stream);
}
