/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills. The runtime only knows bytes: the value's low one counts. Nothing to fill is a success
 * at any address, NULL too, as on an H200.
 */
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/memcpy_3d.h"

cudaError_t rt_cudaMemset(void *devPtr, int value, size_t count)
{
	if (__builtin_expect(count == 0, 0))
		return cudaSuccess;
	return (cudaError_t)drv.cuMemsetD8((CUdeviceptr)devPtr, (unsigned char)value, count);
}

cudaError_t rt_cudaMemset_ptds(void *devPtr, int value, size_t count)
{
	if (__builtin_expect(count == 0, 0))
		return cudaSuccess;
	return (cudaError_t)drv.cuMemsetD8_ptds((CUdeviceptr)devPtr, (unsigned char)value, count);
}

cudaError_t rt_cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t stream)
{
	if (__builtin_expect(count == 0, 0))
		return cudaSuccess;
	return (cudaError_t)drv.cuMemsetD8Async((CUdeviceptr)devPtr, (unsigned char)value, count,
						stream);
}

static cudaError_t fill_line(CUdeviceptr to, int value, size_t count, struct rt_copy_mode mode)
{
	unsigned char byte = (unsigned char)value;

	if (mode.async)
		return (cudaError_t)drv.cuMemsetD8Async(to, byte, count, mode.stream);
	return (cudaError_t)(mode.per_thread ? drv.cuMemsetD8_ptds(to, byte, count)
					     : drv.cuMemsetD8(to, byte, count));
}

/* A width beyond the pitch is for the driver to judge: with a single row it does no harm. */
static cudaError_t fill_rows(CUdeviceptr to, size_t pitch, int value, size_t width, size_t rows,
			     struct rt_copy_mode mode)
{
	unsigned char byte = (unsigned char)value;

	if (width == 0 || rows == 0)
		return cudaSuccess;
	if (mode.async)
		return (cudaError_t)drv.cuMemsetD2D8Async(to, pitch, byte, width, rows,
							  mode.stream);
	return (cudaError_t)(mode.per_thread ? drv.cuMemsetD2D8_ptds(to, pitch, byte, width, rows)
					     : drv.cuMemsetD2D8(to, pitch, byte, width, rows));
}

cudaError_t rt_cudaMemset2D(void *devPtr, size_t pitch, int value, size_t width, size_t height)
{
	return fill_rows((CUdeviceptr)devPtr, pitch, value, width, height, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemset2D_ptds(void *devPtr, size_t pitch, int value, size_t width, size_t height)
{
	return fill_rows((CUdeviceptr)devPtr, pitch, value, width, height, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemset2DAsync(void *devPtr, size_t pitch, int value, size_t width, size_t height,
				 cudaStream_t stream)
{
	return fill_rows((CUdeviceptr)devPtr, pitch, value, width, height, RT_COPY_ASYNC(stream));
}

/*
 * The driver fills lines and rectangles. Slices that follow each other without a gap are one
 * rectangle, and rows without a gap one line; only slices with a gap need a call each.
 */
static cudaError_t fill_box(const struct cudaPitchedPtr *box, int value, struct cudaExtent extent,
			    struct rt_copy_mode mode)
{
	CUdeviceptr to = (CUdeviceptr)box->ptr;
	cudaError_t error = cudaSuccess;

	if (rt_extent_is_empty(extent))
		return cudaSuccess;
	if ((extent.height > 1 || extent.depth > 1) && extent.width > box->pitch)
		return cudaErrorInvalidValue;
	if (extent.height > box->ysize)
		return cudaErrorInvalidValue;
	if (extent.height == box->ysize || extent.depth == 1) {
		size_t rows = extent.height * extent.depth;

		if (extent.width == box->pitch)
			return fill_line(to, value, extent.width * rows, mode);
		return fill_rows(to, box->pitch, value, extent.width, rows, mode);
	}
	for (size_t z = 0; z < extent.depth && error == cudaSuccess; z++) {
		error = fill_rows(to + z * box->pitch * box->ysize, box->pitch, value, extent.width,
				  extent.height, mode);
	}
	return error;
}

cudaError_t rt_cudaMemset3D(struct cudaPitchedPtr pitchedDevPtr, int value,
			    struct cudaExtent extent)
{
	return fill_box(&pitchedDevPtr, value, extent, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemset3D_ptds(struct cudaPitchedPtr pitchedDevPtr, int value,
				 struct cudaExtent extent)
{
	return fill_box(&pitchedDevPtr, value, extent, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemset3DAsync(struct cudaPitchedPtr pitchedDevPtr, int value,
				 struct cudaExtent extent, cudaStream_t stream)
{
	return fill_box(&pitchedDevPtr, value, extent, RT_COPY_ASYNC(stream));
}
