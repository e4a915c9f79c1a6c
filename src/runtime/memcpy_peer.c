/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies between devices. The caller names devices, the driver contexts: their primary ones, which
 * are retained here if nobody has yet. The one-dimensional calls have no per-thread form: stream 0
 * is the legacy stream in them, whatever the program was compiled for.
 */
#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/memcpy_3d.h"

struct contexts {
	CUcontext dst, src;
};

static cudaError_t check_devices(int dst_device, int src_device)
{
	cudaError_t error = rt_check_device(dst_device);

	return error == cudaSuccess ? rt_check_device(src_device) : error;
}

static cudaError_t find_contexts(int dst_device, int src_device, struct contexts *contexts)
{
	cudaError_t error = check_devices(dst_device, src_device);

	if (error == cudaSuccess)
		error = rt_primary_context(dst_device, &contexts->dst);
	if (error == cudaSuccess)
		error = rt_primary_context(src_device, &contexts->src);
	return error;
}

cudaError_t rt_cudaMemcpyPeer(void *dst, int dstDevice, const void *src, int srcDevice,
			      size_t count)
{
	struct contexts c;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_contexts(dstDevice, srcDevice, &c);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuMemcpyPeer((CUdeviceptr)dst, c.dst, (CUdeviceptr)src, c.src,
					     count);
}

cudaError_t rt_cudaMemcpyPeerAsync(void *dst, int dstDevice, const void *src, int srcDevice,
				   size_t count, cudaStream_t stream)
{
	struct contexts c;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_contexts(dstDevice, srcDevice, &c);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuMemcpyPeerAsync((CUdeviceptr)dst, c.dst, (CUdeviceptr)src, c.src,
						  count, stream);
}

static cudaError_t copy_3d_peer(const struct cudaMemcpy3DPeerParms *p, struct rt_copy_mode mode)
{
	CUDA_MEMCPY3D_PEER copy;
	cudaError_t error;

	if (p == NULL)
		return cudaErrorInvalidValue;
	/* Unlike in the copies of one dimension, devices count in a copy of nothing too. */
	error = check_devices(p->dstDevice, p->srcDevice);
	if (error != cudaSuccess || rt_extent_is_empty(p->extent))
		return error;
	error = rt_memcpy3d_peer_to_driver(p, &copy);
	if (error != cudaSuccess)
		return error;
	if (mode.async)
		return (cudaError_t)drv.cuMemcpy3DPeerAsync(&copy, mode.stream);
	return (cudaError_t)(mode.per_thread ? drv.cuMemcpy3DPeer_ptds(&copy)
					     : drv.cuMemcpy3DPeer(&copy));
}

cudaError_t rt_cudaMemcpy3DPeer(const struct cudaMemcpy3DPeerParms *p)
{
	return copy_3d_peer(p, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpy3DPeer_ptds(const struct cudaMemcpy3DPeerParms *p)
{
	return copy_3d_peer(p, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpy3DPeerAsync(const struct cudaMemcpy3DPeerParms *p, cudaStream_t stream)
{
	return copy_3d_peer(p, RT_COPY_ASYNC(stream));
}
