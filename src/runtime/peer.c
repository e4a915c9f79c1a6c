/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to another device's memory. The runtime grants it between primary contexts, so the
 * calling thread must be in one.
 */
#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/context.h"

/* The peer's context; the current one must be its device's primary context, else 49. */
static cudaError_t peer_context(int peer, CUcontext *context, int *is_self)
{
	CUcontext current;
	int device;
	cudaError_t error = rt_check_device(peer);

	if (error == cudaSuccess)
		error = rt_current_device(&device);
	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	if (!rt_current_is_primary(current))
		return cudaErrorIncompatibleDriverContext;
	*is_self = peer == device;
	return rt_primary_context(peer, context);
}

cudaError_t rt_cudaDeviceEnablePeerAccess(int peerDevice, unsigned int flags)
{
	CUcontext context;
	int is_self;
	cudaError_t error = peer_context(peerDevice, &context, &is_self);

	if (error != cudaSuccess)
		return error;
	/* NVIDIA's library on an H200; the driver would call it an invalid context. */
	if (is_self)
		return cudaErrorPeerAccessUnsupported;
	return (cudaError_t)drv.cuCtxEnablePeerAccess(context, flags);
}

cudaError_t rt_cudaDeviceDisablePeerAccess(int peerDevice)
{
	CUcontext context;
	int is_self;
	cudaError_t error = peer_context(peerDevice, &context, &is_self);

	if (error != cudaSuccess)
		return error;
	/* Access to oneself can never have been enabled. */
	if (is_self)
		return cudaErrorPeerAccessNotEnabled;
	return (cudaError_t)drv.cuCtxDisablePeerAccess(context);
}
