/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-dimensional copies. Each kind has a driver call of its own, and synchronous calls stay
 * synchronous ones: when a call returns relative to its copy (after staging for pageable memory,
 * not at all for device to device) is the driver's rule, which async plus synchronise would
 * change. A direction that does not fit the pointers is left to the driver, which answers 1 as
 * NVIDIA's library does.
 */
#include "runtime/memcpy.h"

#include <limits.h>

#include "runtime/calls.h"

/*
 * Host to host has no driver call of one dimension; a copy of one row does it. NVIDIA's library
 * on an H200 takes any pair of pointers for this kind, device memory too: so does the driver for
 * sides that are called host memory, since all addresses are of one space.
 */
static CUDA_MEMCPY2D one_row(void *dst, const void *src, size_t count)
{
	return (CUDA_MEMCPY2D){
		.srcMemoryType = CU_MEMORYTYPE_HOST,
		.srcHost = src,
		.srcPitch = count,
		.dstMemoryType = CU_MEMORYTYPE_HOST,
		.dstHost = dst,
		.dstPitch = count,
		.WidthInBytes = count,
		.Height = 1,
	};
}

/* Out of line, both: the description's place on the stack must not burden the other kinds. */
static __attribute__((noinline)) cudaError_t copy_host(void *dst, const void *src, size_t count,
						       bool per_thread)
{
	CUDA_MEMCPY2D copy = one_row(dst, src, count);

	/* Longer than the greatest pitch of any device: the copy by address has no such limit. */
	if (count > INT_MAX)
		return rt_copy(dst, src, count, cudaMemcpyDefault, per_thread);
	return (cudaError_t)(per_thread ? drv.cuMemcpy2DUnaligned_ptds(&copy)
					: drv.cuMemcpy2DUnaligned(&copy));
}

static __attribute__((noinline)) cudaError_t copy_host_async(void *dst, const void *src,
							     size_t count, cudaStream_t stream)
{
	CUDA_MEMCPY2D copy = one_row(dst, src, count);

	if (count > INT_MAX)
		return rt_copy_async(dst, src, count, cudaMemcpyDefault, stream);
	return (cudaError_t)drv.cuMemcpy2DAsync(&copy, stream);
}

cudaError_t rt_copy(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
		    bool per_thread)
{
	CUdeviceptr to = (CUdeviceptr)dst, from = (CUdeviceptr)src;

	/* Of any kind, also one that does not exist: so NVIDIA's library answers on an H200. */
	if (count == 0)
		return cudaSuccess;
	switch (kind) {
	case cudaMemcpyHostToHost:
		return copy_host(dst, src, count, per_thread);
	case cudaMemcpyHostToDevice:
		return (cudaError_t)(per_thread ? drv.cuMemcpyHtoD_ptds(to, src, count)
						: drv.cuMemcpyHtoD(to, src, count));
	case cudaMemcpyDeviceToHost:
		return (cudaError_t)(per_thread ? drv.cuMemcpyDtoH_ptds(dst, from, count)
						: drv.cuMemcpyDtoH(dst, from, count));
	case cudaMemcpyDeviceToDevice:
		return (cudaError_t)(per_thread ? drv.cuMemcpyDtoD_ptds(to, from, count)
						: drv.cuMemcpyDtoD(to, from, count));
	case cudaMemcpyDefault:
		return (cudaError_t)(per_thread ? drv.cuMemcpy_ptds(to, from, count)
						: drv.cuMemcpy(to, from, count));
	}
	return cudaErrorInvalidMemcpyDirection;
}

cudaError_t rt_cudaMemcpy(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind)
{
	return rt_copy(dst, src, count, kind, false);
}

cudaError_t rt_cudaMemcpy_ptds(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind)
{
	return rt_copy(dst, src, count, kind, true);
}

/* Written out here, not in rt_copy_async: of the two this is the one that programs wait for. */
cudaError_t rt_cudaMemcpyAsync(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
			       cudaStream_t stream)
{
	CUdeviceptr to = (CUdeviceptr)dst, from = (CUdeviceptr)src;

	if (count == 0)
		return cudaSuccess;
	switch (kind) {
	case cudaMemcpyHostToHost:
		return copy_host_async(dst, src, count, stream);
	case cudaMemcpyHostToDevice:
		return (cudaError_t)drv.cuMemcpyHtoDAsync(to, src, count, stream);
	case cudaMemcpyDeviceToHost:
		return (cudaError_t)drv.cuMemcpyDtoHAsync(dst, from, count, stream);
	case cudaMemcpyDeviceToDevice:
		return (cudaError_t)drv.cuMemcpyDtoDAsync(to, from, count, stream);
	case cudaMemcpyDefault:
		return (cudaError_t)drv.cuMemcpyAsync(to, from, count, stream);
	}
	return cudaErrorInvalidMemcpyDirection;
}

cudaError_t rt_copy_async(void *dst, const void *src, size_t count, enum cudaMemcpyKind kind,
			  cudaStream_t stream)
{
	return rt_cudaMemcpyAsync(dst, src, count, kind, stream);
}
