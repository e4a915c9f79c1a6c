/* SPDX-License-Identifier: Apache-2.0 */
/* Domain vdpau, as far as it is more than the driver's own call. */
#include "runtime/calls.h"
#include "runtime/entry.h"

/*
 * The driver binds VDPAU to a context that it makes for the purpose, and the runtime's contexts are
 * the primary ones, which exist already: the two cannot be brought together.
 */
cudaError_t rt_cudaVDPAUSetVDPAUDevice(int device, VdpDevice vdpDevice,
				       VdpGetProcAddress *vdpGetProcAddress)
{
	(void)device;
	(void)vdpDevice;
	(void)vdpGetProcAddress;
	return cudaErrorNotSupported;
}
