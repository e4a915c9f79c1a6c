/* SPDX-License-Identifier: Apache-2.0 */
/* Domain vdpau, as far as it is more than the driver's own call. */
#include <stdbool.h>
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/entry.h"

/* What of a primary context's flags another context may be made with. */
#define CONTEXT_FLAGS (CU_CTX_SCHED_MASK | CU_CTX_MAP_HOST | CU_CTX_LMEM_RESIZE_TO_MAX)

/* Devices for which the call has been made: it holds for the process. */
static bool bound[RT_MAX_DEVICES];

/*
 * VDPAU is a property that a context is made with, and no public call makes a primary context with
 * it. So the driver is asked for one of its own kind, which it makes current in the calling thread:
 * there the runtime works in it, as in every context that was made through the driver, and surfaces
 * can be registered. A hint alone (as cudaGLSetGLDevice is one) would leave the driver to refuse
 * each surface. Where there is no VDPAU, the driver's answer to this call is ours.
 *
 * What it does not do: a thread that calls cudaSetDevice gets the primary context, without VDPAU.
 *
 * A device in use answers 708, as documented: its primary context is there, or this was called.
 */
cudaError_t rt_cudaVDPAUSetVDPAUDevice(int device, VdpDevice vdpDevice,
				       VdpGetProcAddress *vdpGetProcAddress)
{
	unsigned int flags = 0;
	CUcontext context;
	int active = 0;
	cudaError_t error = rt_check_device(device);
	CUresult r;

	if (error != cudaSuccess)
		return error;
	r = drv.cuDevicePrimaryCtxGetState(device, &flags, &active);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	if (active)
		return cudaErrorSetOnActiveProcess;
	/* The driver would call it. */
	if (vdpGetProcAddress == NULL)
		return cudaErrorInvalidValue;
	/* Relaxed: of two threads one finds it set, and nothing else is shared by it. */
	if (__atomic_exchange_n(&bound[device], true, __ATOMIC_RELAXED))
		return cudaErrorSetOnActiveProcess;
	r = drv.cuVDPAUCtxCreate(&context, flags & (unsigned int)CONTEXT_FLAGS, device, vdpDevice,
				 (void *)vdpGetProcAddress);
	if (r != CUDA_SUCCESS) {
		__atomic_store_n(&bound[device], false, __ATOMIC_RELAXED);
		return (cudaError_t)r;
	}
	return rt_enter_context();
}
