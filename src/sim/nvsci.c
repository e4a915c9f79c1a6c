/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NvSciSync, of embedded systems. There is none: any address but NULL is taken for a list of
 * attributes, which is not touched.
 */
#include "sim/sim.h"

#define SIGNAL 1
#define WAIT   2

CUresult cuDeviceGetNvSciSyncAttributes(void *list, CUdevice dev, int flags)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!list)
		return CUDA_ERROR_INVALID_HANDLE;
	return flags > 0 && flags <= (SIGNAL | WAIT) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
