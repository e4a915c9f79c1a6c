/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to another device's memory. The runtime grants it between primary contexts, so the
 * calling thread must be in one.
 */
#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/context.h"

/* Both devices are looked at before the place for the answer is. */
cudaError_t rt_cudaDeviceCanAccessPeer(int *canAccessPeer, int device, int peerDevice)
{
	cudaError_t error = rt_check_device(device);

	if (error == cudaSuccess)
		error = rt_check_device(peerDevice);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuDeviceCanAccessPeer(canAccessPeer, device, peerDevice);
}

/* The peer's context; the current one must be its device's primary context, else 49. */
static cudaError_t peer_context(int peer, CUcontext *context)
{
	CUcontext current;
	cudaError_t error = rt_check_device(peer);

	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	if (!rt_current_is_primary(current))
		return cudaErrorIncompatibleDriverContext;
	return rt_primary_context(peer, context);
}

cudaError_t rt_cudaDeviceEnablePeerAccess(int peerDevice, unsigned int flags)
{
	CUcontext context;
	cudaError_t error = peer_context(peerDevice, &context);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuCtxEnablePeerAccess(context, flags);
}

cudaError_t rt_cudaDeviceDisablePeerAccess(int peerDevice)
{
	CUcontext context;
	cudaError_t error = peer_context(peerDevice, &context);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuCtxDisablePeerAccess(context);
}
