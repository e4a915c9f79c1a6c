/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access between devices. All of them can reach each other, and since their memory is the host's,
 * copies work whether access is on or not; what is switched here can only be asked back.
 */
#include "sim/op.h"

CUresult cuDeviceCanAccessPeer(int *can, CUdevice dev, CUdevice peer)
{
	SIM_ENTER(SIM_INIT);
	if (!can)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev) || !sim_device_ok(peer))
		return CUDA_ERROR_INVALID_DEVICE;
	*can = dev != peer;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetP2PAttribute(int *value, CUdevice_P2PAttribute attribute, CUdevice source,
				 CUdevice destination)
{
	SIM_ENTER(SIM_INIT);
	if (!value)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(source) || !sim_device_ok(destination) || source == destination)
		return CUDA_ERROR_INVALID_DEVICE;
	switch (attribute) {
	case CU_DEVICE_P2P_ATTRIBUTE_PERFORMANCE_RANK:
	case CU_DEVICE_P2P_ATTRIBUTE_ONLY_PARTIAL_NATIVE_ATOMIC_SUPPORTED:
		*value = 0;
		return CUDA_SUCCESS;
	case CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED:
	case CU_DEVICE_P2P_ATTRIBUTE_NATIVE_ATOMIC_SUPPORTED:
	case CU_DEVICE_P2P_ATTRIBUTE_CUDA_ARRAY_ACCESS_SUPPORTED:
		*value = 1;
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

/* The bit of the peer's device in ctx->peers; 0: it is the same device, or no context. */
static unsigned int peer_bit(CUcontext ctx, CUcontext peer, CUresult *error)
{
	*error = CUDA_ERROR_INVALID_CONTEXT;
	if (!sim_handle_ok(peer, SIM_H_CONTEXT))
		return 0;
	*error = sim_context_usable(peer);
	if (*error != CUDA_SUCCESS)
		return 0;
	*error = CUDA_ERROR_PEER_ACCESS_UNSUPPORTED;
	return peer->device == ctx->device ? 0 : 1U << peer->device->ordinal;
}

CUresult cuCtxEnablePeerAccess(CUcontext peer, unsigned int flags)
{
	unsigned int bit;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (flags)
		return CUDA_ERROR_INVALID_VALUE;
	bit = peer_bit(call.ctx, peer, &error);
	if (!bit)
		return error;
	error = sim_captures ? sim_capture_unsafe() : CUDA_SUCCESS;
	if (error != CUDA_SUCCESS)
		return error;
	if (call.ctx->peers & bit)
		return CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
	call.ctx->peers |= bit;
	return CUDA_SUCCESS;
}

CUresult cuCtxDisablePeerAccess(CUcontext peer)
{
	unsigned int bit;
	CUresult error;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	bit = peer_bit(call.ctx, peer, &error);
	if (!bit && error != CUDA_ERROR_PEER_ACCESS_UNSUPPORTED)
		return error;
	if (!(call.ctx->peers & bit))
		return CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
	call.ctx->peers &= ~bit;
	return CUDA_SUCCESS;
}
