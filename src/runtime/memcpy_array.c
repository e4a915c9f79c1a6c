/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear copies to and from arrays: `count` bytes that begin somewhere in a row of the array and
 * go on through its rows as if they were one line. The driver only copies rectangles, so a line
 * is up to three of them: the rest of the first row, whole rows, the beginning of the last.
 */
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/memcpy_3d.h"

/* The line: where it begins in the array, and the memory on its other side. */
struct line {
	CUarray array;
	size_t x, y; /* bytes, rows */
	size_t row;  /* bytes of the array's rows */
	CUdeviceptr memory;
	CUmemorytype type; /* what `memory` is: host memory, device memory, any */
	bool to_array;
	struct rt_copy_mode mode;
};

static cudaError_t measure(struct line *l)
{
	CUDA_ARRAY3D_DESCRIPTOR d;
	struct rt_texel texel;
	cudaError_t error = rt_array_texel(l->array, &texel);

	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuArray3DGetDescriptor(&d, l->array);
	if (error != cudaSuccess)
		return error;
	l->row = (d.Width + texel.block - 1) / texel.block * texel.size;
	return cudaSuccess;
}

/* One rectangle; `done` bytes of the line came before it. */
static cudaError_t copy_piece(const struct line *l, size_t done, size_t x, size_t y, size_t width,
			      size_t height)
{
	CUDA_MEMCPY3D copy = { .WidthInBytes = width, .Height = height, .Depth = 1 };

	if (l->to_array) {
		copy.srcMemoryType = l->type;
		copy.srcHost = (const void *)(l->memory + done);
		copy.srcDevice = l->memory + done;
		copy.srcPitch = l->row;
		copy.srcHeight = height;
		copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
		copy.dstArray = l->array;
		copy.dstXInBytes = x;
		copy.dstY = y;
	} else {
		copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
		copy.srcArray = l->array;
		copy.srcXInBytes = x;
		copy.srcY = y;
		copy.dstMemoryType = l->type;
		copy.dstHost = (void *)(l->memory + done);
		copy.dstDevice = l->memory + done;
		copy.dstPitch = l->row;
		copy.dstHeight = height;
	}
	return rt_copy_box(&copy, l->mode);
}

/*
 * A line that is too long fails at the rectangle that does not fit, with those before it copied:
 * so it is with NVIDIA's library. A line that begins at the end of a row begins in the next one.
 */
static cudaError_t copy_line(const struct line *l, size_t count)
{
	cudaError_t error = cudaSuccess;
	size_t done = 0, y = l->y, rows;

	if (l->x > 0) {
		size_t rest = l->row - l->x;

		done = count < rest ? count : rest;
		if (done > 0)
			error = copy_piece(l, 0, l->x, y, done, 1);
		y++;
	}
	rows = (count - done) / l->row;
	if (error == cudaSuccess && rows > 0) {
		error = copy_piece(l, done, 0, y, l->row, rows);
		done += rows * l->row;
		y += rows;
	}
	if (error == cudaSuccess && done < count)
		error = copy_piece(l, done, 0, y, count - done, 1);
	return error;
}

static cudaError_t copy_linear(struct line *l, size_t count, enum cudaMemcpyKind kind)
{
	CUmemorytype src, dst;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	/* A kind that does not exist copies nothing, which NVIDIA's library calls a success. */
	if (!rt_copy_types(kind, &src, &dst))
		return cudaSuccess;
	/* The array's side is device memory. */
	if ((l->to_array ? dst : src) == CU_MEMORYTYPE_HOST)
		return cudaErrorInvalidMemcpyDirection;
	l->type = l->to_array ? src : dst;
	error = measure(l);
	return error == cudaSuccess ? copy_line(l, count) : error;
}

static cudaError_t copy_to_array(cudaArray_t dst, size_t x, size_t y, const void *src, size_t count,
				 enum cudaMemcpyKind kind, struct rt_copy_mode mode)
{
	struct line l = {
		.array = (CUarray)dst,
		.x = x,
		.y = y,
		.memory = (CUdeviceptr)src,
		.to_array = true,
		.mode = mode,
	};

	return copy_linear(&l, count, kind);
}

static cudaError_t copy_from_array(void *dst, cudaArray_const_t src, size_t x, size_t y,
				   size_t count, enum cudaMemcpyKind kind, struct rt_copy_mode mode)
{
	struct line l = {
		.array = (CUarray)src,
		.x = x,
		.y = y,
		.memory = (CUdeviceptr)dst,
		.mode = mode,
	};

	return copy_linear(&l, count, kind);
}

cudaError_t rt_cudaMemcpyToArray(cudaArray_t dst, size_t wOffset, size_t hOffset, const void *src,
				 size_t count, enum cudaMemcpyKind kind)
{
	return copy_to_array(dst, wOffset, hOffset, src, count, kind, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpyToArray_ptds(cudaArray_t dst, size_t wOffset, size_t hOffset,
				      const void *src, size_t count, enum cudaMemcpyKind kind)
{
	return copy_to_array(dst, wOffset, hOffset, src, count, kind, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpyToArrayAsync(cudaArray_t dst, size_t wOffset, size_t hOffset,
				      const void *src, size_t count, enum cudaMemcpyKind kind,
				      cudaStream_t stream)
{
	return copy_to_array(dst, wOffset, hOffset, src, count, kind, RT_COPY_ASYNC(stream));
}

cudaError_t rt_cudaMemcpyFromArray(void *dst, cudaArray_const_t src, size_t wOffset, size_t hOffset,
				   size_t count, enum cudaMemcpyKind kind)
{
	return copy_from_array(dst, src, wOffset, hOffset, count, kind, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpyFromArray_ptds(void *dst, cudaArray_const_t src, size_t wOffset,
					size_t hOffset, size_t count, enum cudaMemcpyKind kind)
{
	return copy_from_array(dst, src, wOffset, hOffset, count, kind, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpyFromArrayAsync(void *dst, cudaArray_const_t src, size_t wOffset,
					size_t hOffset, size_t count, enum cudaMemcpyKind kind,
					cudaStream_t stream)
{
	return copy_from_array(dst, src, wOffset, hOffset, count, kind, RT_COPY_ASYNC(stream));
}

/*
 * The rows of two arrays need not be of one length, so a line from one to the other goes through
 * device memory. cuMemFree waits for copies under way, so the buffer outlives its use.
 */
static cudaError_t copy_between_arrays(cudaArray_t dst, size_t dst_x, size_t dst_y,
				       cudaArray_const_t src, size_t src_x, size_t src_y,
				       size_t count, enum cudaMemcpyKind kind,
				       struct rt_copy_mode mode)
{
	CUdeviceptr buffer;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	if (kind != cudaMemcpyDeviceToDevice && kind != cudaMemcpyDefault)
		return cudaErrorInvalidMemcpyDirection;
	error = (cudaError_t)drv.cuMemAlloc(&buffer, count);
	if (error != cudaSuccess)
		return error;
	error = copy_from_array((void *)buffer, src, src_x, src_y, count, cudaMemcpyDeviceToDevice,
				mode);
	if (error == cudaSuccess)
		error = copy_to_array(dst, dst_x, dst_y, (const void *)buffer, count,
				      cudaMemcpyDeviceToDevice, mode);
	(void)drv.cuMemFree(buffer);
	return error;
}

cudaError_t rt_cudaMemcpyArrayToArray(cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst,
				      cudaArray_const_t src, size_t wOffsetSrc, size_t hOffsetSrc,
				      size_t count, enum cudaMemcpyKind kind)
{
	return copy_between_arrays(dst, wOffsetDst, hOffsetDst, src, wOffsetSrc, hOffsetSrc, count,
				   kind, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpyArrayToArray_ptds(cudaArray_t dst, size_t wOffsetDst, size_t hOffsetDst,
					   cudaArray_const_t src, size_t wOffsetSrc,
					   size_t hOffsetSrc, size_t count,
					   enum cudaMemcpyKind kind)
{
	return copy_between_arrays(dst, wOffsetDst, hOffsetDst, src, wOffsetSrc, hOffsetSrc, count,
				   kind, RT_COPY_PTDS);
}
