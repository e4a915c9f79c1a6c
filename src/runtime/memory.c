/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device and page-locked memory. The driver refuses an allocation of no bytes, which is done here.
 * The release of no address is the driver's to answer: it succeeds, but is no more allowed during
 * a capture than another release.
 */
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"

/* What an allocation of no bytes gives: success and NULL, on an H200 and in the documents. */
static cudaError_t allocate_nothing(void **pointer)
{
	if (pointer == NULL)
		return cudaErrorInvalidValue;
	*pointer = NULL;
	return cudaSuccess;
}

cudaError_t rt_cudaMalloc(void **devPtr, size_t size)
{
	if (__builtin_expect(devPtr == NULL || size == 0, 0))
		return allocate_nothing(devPtr);
	return (cudaError_t)drv.cuMemAlloc((CUdeviceptr *)devPtr, size);
}

cudaError_t rt_cudaFree(void *devPtr)
{
	return (cudaError_t)drv.cuMemFree((CUdeviceptr)devPtr);
}

/* Page-locked memory: with one address space it is mapped and portable however it is made. */
cudaError_t rt_cudaMallocHost(void **ptr, size_t size)
{
	if (ptr == NULL || size == 0)
		return allocate_nothing(ptr);
	return (cudaError_t)drv.cuMemAllocHost(ptr, size);
}

cudaError_t rt_cudaHostAlloc(void **pHost, size_t size, unsigned int flags)
{
	if (pHost == NULL || size == 0)
		return allocate_nothing(pHost);
	return (cudaError_t)drv.cuMemHostAlloc(pHost, size, flags);
}

cudaError_t rt_cudaFreeHost(void *ptr)
{
	return (cudaError_t)drv.cuMemFreeHost(ptr);
}

/* Only for NULL nothing is written on failure: the driver writes NULL for what it does not know. */
cudaError_t rt_cudaHostGetDevicePointer(void **pDevice, void *pHost, unsigned int flags)
{
	if (pHost == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuMemHostGetDevicePointer((CUdeviceptr *)pDevice, pHost, flags);
}

/* Rows are laid out for any access of up to four bytes, as cudaMallocPitch has no say in it. */
static cudaError_t allocate_rows(void **pointer, size_t *pitch, size_t width, size_t rows)
{
	if (width == 0 || rows == 0) {
		*pointer = NULL;
		*pitch = 0;
		return cudaSuccess;
	}
	return (cudaError_t)drv.cuMemAllocPitch((CUdeviceptr *)pointer, pitch, width, rows, 4);
}

cudaError_t rt_cudaMallocPitch(void **devPtr, size_t *pitch, size_t width, size_t height)
{
	if (devPtr == NULL || pitch == NULL)
		return cudaErrorInvalidValue;
	return allocate_rows(devPtr, pitch, width, height);
}

cudaError_t rt_cudaMalloc3D(struct cudaPitchedPtr *pitchedDevPtr, struct cudaExtent extent)
{
	size_t rows;
	cudaError_t error;

	if (pitchedDevPtr == NULL)
		return cudaErrorInvalidValue;
	/* No memory holds that many rows. NVIDIA's library takes what is left of the number. */
	if (__builtin_mul_overflow(extent.height, extent.depth, &rows)) {
		pitchedDevPtr->ptr = NULL;
		pitchedDevPtr->pitch = 0;
		return cudaErrorMemoryAllocation;
	}
	/* The driver writes both on failure too. */
	error = allocate_rows(&pitchedDevPtr->ptr, &pitchedDevPtr->pitch, extent.width, rows);
	if (error != cudaSuccess)
		return error;
	pitchedDevPtr->xsize = extent.width;
	pitchedDevPtr->ysize = extent.height;
	return cudaSuccess;
}
