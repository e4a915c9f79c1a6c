/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of rectangles: between pointers, and with an array on one or both sides. Widths and
 * horizontal offsets are in bytes here, for arrays too, unlike in the copies of boxes.
 */
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/memcpy_3d.h"

/* A pitch only matters from the second row on; a single row too wide for it is the driver's. */
static bool pitch_is_bad(size_t pitch, size_t width, size_t height)
{
	return height > 1 && width > pitch;
}

/*
 * Synchronous copies take the driver's 'unaligned' form: the plain one may refuse a pitch that
 * cuMemAllocPitch did not choose. There is no such choice among the asynchronous ones.
 */
static cudaError_t run_2d(const CUDA_MEMCPY2D *copy, struct rt_copy_mode mode)
{
	if (mode.async)
		return (cudaError_t)drv.cuMemcpy2DAsync(copy, mode.stream);
	return (cudaError_t)(mode.per_thread ? drv.cuMemcpy2DUnaligned_ptds(copy)
					     : drv.cuMemcpy2DUnaligned(copy));
}

static cudaError_t copy_2d(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
			   size_t height, enum cudaMemcpyKind kind, struct rt_copy_mode mode)
{
	CUDA_MEMCPY2D copy = {
		.srcPitch = spitch,
		.dstPitch = dpitch,
		.WidthInBytes = width,
		.Height = height,
	};

	if (width == 0 || height == 0)
		return cudaSuccess;
	/* On an H200 12 for two rows and more, 1 for a single one: that is the driver's answer. */
	if (pitch_is_bad(dpitch, width, height) || pitch_is_bad(spitch, width, height))
		return cudaErrorInvalidPitchValue;
	if (!rt_copy_types(kind, &copy.srcMemoryType, &copy.dstMemoryType))
		return cudaErrorInvalidMemcpyDirection;
	if (copy.srcMemoryType == CU_MEMORYTYPE_HOST)
		copy.srcHost = src;
	else
		copy.srcDevice = (CUdeviceptr)src;
	if (copy.dstMemoryType == CU_MEMORYTYPE_HOST)
		copy.dstHost = dst;
	else
		copy.dstDevice = (CUdeviceptr)dst;
	return run_2d(&copy, mode);
}

cudaError_t rt_cudaMemcpy2D(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
			    size_t height, enum cudaMemcpyKind kind)
{
	return copy_2d(dst, dpitch, src, spitch, width, height, kind, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpy2D_ptds(void *dst, size_t dpitch, const void *src, size_t spitch,
				 size_t width, size_t height, enum cudaMemcpyKind kind)
{
	return copy_2d(dst, dpitch, src, spitch, width, height, kind, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpy2DAsync(void *dst, size_t dpitch, const void *src, size_t spitch,
				 size_t width, size_t height, enum cudaMemcpyKind kind,
				 cudaStream_t stream)
{
	return copy_2d(dst, dpitch, src, spitch, width, height, kind, RT_COPY_ASYNC(stream));
}

/*
 * Into an array: the source may be host memory, device memory or whichever its address says. The
 * driver's copy of a box does it, one deep: its copy of a rectangle would do as well, but has an
 * 'unaligned' form to choose that means nothing for arrays.
 */
static cudaError_t copy_to_array(cudaArray_t dst, size_t x, size_t y, const void *src,
				 size_t spitch, size_t width, size_t height,
				 enum cudaMemcpyKind kind, struct rt_copy_mode mode)
{
	CUDA_MEMCPY3D copy = {
		.srcPitch = spitch,
		.dstXInBytes = x,
		.dstY = y,
		.dstArray = (CUarray)dst,
		.WidthInBytes = width,
		.Height = height,
		.Depth = 1,
	};

	if (width == 0 || height == 0)
		return cudaSuccess;
	if (pitch_is_bad(spitch, width, height))
		return cudaErrorInvalidPitchValue;
	if (!rt_copy_types(kind, &copy.srcMemoryType, &copy.dstMemoryType) ||
	    copy.dstMemoryType == CU_MEMORYTYPE_HOST)
		return cudaErrorInvalidMemcpyDirection;
	if (dst == NULL)
		return cudaErrorInvalidResourceHandle;
	if (copy.srcMemoryType == CU_MEMORYTYPE_HOST)
		copy.srcHost = src;
	else
		copy.srcDevice = (CUdeviceptr)src;
	copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
	return rt_copy_box(&copy, mode);
}

cudaError_t rt_cudaMemcpy2DToArray(cudaArray_t dst, size_t wOffset, size_t hOffset, const void *src,
				   size_t spitch, size_t width, size_t height,
				   enum cudaMemcpyKind kind)
{
	return copy_to_array(dst, wOffset, hOffset, src, spitch, width, height, kind, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpy2DToArray_ptds(cudaArray_t dst, size_t wOffset, size_t hOffset,
					const void *src, size_t spitch, size_t width, size_t height,
					enum cudaMemcpyKind kind)
{
	return copy_to_array(dst, wOffset, hOffset, src, spitch, width, height, kind, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpy2DToArrayAsync(cudaArray_t dst, size_t wOffset, size_t hOffset,
					const void *src, size_t spitch, size_t width, size_t height,
					enum cudaMemcpyKind kind, cudaStream_t stream)
{
	return copy_to_array(dst, wOffset, hOffset, src, spitch, width, height, kind,
			     RT_COPY_ASYNC(stream));
}

/* Out of an array: the same with its sides exchanged. A kind that ends in the array answers 21. */
static cudaError_t copy_from_array(void *dst, size_t dpitch, cudaArray_const_t src, size_t x,
				   size_t y, size_t width, size_t height, enum cudaMemcpyKind kind,
				   struct rt_copy_mode mode)
{
	CUDA_MEMCPY3D copy = {
		.srcXInBytes = x,
		.srcY = y,
		.srcArray = (CUarray)src,
		.dstPitch = dpitch,
		.WidthInBytes = width,
		.Height = height,
		.Depth = 1,
	};

	if (width == 0 || height == 0)
		return cudaSuccess;
	if (pitch_is_bad(dpitch, width, height))
		return cudaErrorInvalidPitchValue;
	if (!rt_copy_types(kind, &copy.srcMemoryType, &copy.dstMemoryType) ||
	    copy.srcMemoryType == CU_MEMORYTYPE_HOST)
		return cudaErrorInvalidMemcpyDirection;
	if (src == NULL)
		return cudaErrorInvalidResourceHandle;
	if (copy.dstMemoryType == CU_MEMORYTYPE_HOST)
		copy.dstHost = dst;
	else
		copy.dstDevice = (CUdeviceptr)dst;
	copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
	return rt_copy_box(&copy, mode);
}

cudaError_t rt_cudaMemcpy2DFromArray(void *dst, size_t dpitch, cudaArray_const_t src,
				     size_t wOffset, size_t hOffset, size_t width, size_t height,
				     enum cudaMemcpyKind kind)
{
	return copy_from_array(dst, dpitch, src, wOffset, hOffset, width, height, kind,
			       RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpy2DFromArray_ptds(void *dst, size_t dpitch, cudaArray_const_t src,
					  size_t wOffset, size_t hOffset, size_t width,
					  size_t height, enum cudaMemcpyKind kind)
{
	return copy_from_array(dst, dpitch, src, wOffset, hOffset, width, height, kind,
			       RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpy2DFromArrayAsync(void *dst, size_t dpitch, cudaArray_const_t src,
					  size_t wOffset, size_t hOffset, size_t width,
					  size_t height, enum cudaMemcpyKind kind,
					  cudaStream_t stream)
{
	return copy_from_array(dst, dpitch, src, wOffset, hOffset, width, height, kind,
			       RT_COPY_ASYNC(stream));
}

/* No pitch takes part here, so nothing can be wrong with one; offsets are the driver's to check. */
static cudaError_t copy_between_arrays(cudaArray_t dst, size_t dst_x, size_t dst_y,
				       cudaArray_const_t src, size_t src_x, size_t src_y,
				       size_t width, size_t height, enum cudaMemcpyKind kind,
				       struct rt_copy_mode mode)
{
	CUDA_MEMCPY3D copy = {
		.srcXInBytes = src_x,
		.srcY = src_y,
		.srcMemoryType = CU_MEMORYTYPE_ARRAY,
		.srcArray = (CUarray)src,
		.dstXInBytes = dst_x,
		.dstY = dst_y,
		.dstMemoryType = CU_MEMORYTYPE_ARRAY,
		.dstArray = (CUarray)dst,
		.WidthInBytes = width,
		.Height = height,
		.Depth = 1,
	};

	if (width == 0 || height == 0)
		return cudaSuccess;
	if (kind != cudaMemcpyDeviceToDevice && kind != cudaMemcpyDefault)
		return cudaErrorInvalidMemcpyDirection;
	if (dst == NULL || src == NULL)
		return cudaErrorInvalidResourceHandle;
	return rt_copy_box(&copy, mode);
}

cudaError_t rt_cudaMemcpy2DArrayToArray(cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst,
					cudaArray_const_t src, size_t wOffsetSrc, size_t hOffsetSrc,
					size_t width, size_t height, enum cudaMemcpyKind kind)
{
	return copy_between_arrays(dst, wOffsetDst, hOffsetDst, src, wOffsetSrc, hOffsetSrc, width,
				   height, kind, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpy2DArrayToArray_ptds(cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst,
					     cudaArray_const_t src, size_t wOffsetSrc,
					     size_t hOffsetSrc, size_t width, size_t height,
					     enum cudaMemcpyKind kind)
{
	return copy_between_arrays(dst, wOffsetDst, hOffsetDst, src, wOffsetSrc, hOffsetSrc, width,
				   height, kind, RT_COPY_PTDS);
}
