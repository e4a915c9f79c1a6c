/* SPDX-License-Identifier: Apache-2.0 */
/* Domain version. Neither call loads more than it must: both work without a driver. */
#include "runtime/calls.h"
#include "runtime/entry.h"

cudaError_t rt_cudaRuntimeGetVersion(int *runtimeVersion)
{
	if (runtimeVersion == NULL)
		return cudaErrorInvalidValue;
	*runtimeVersion = CUDART_VERSION;
	return cudaSuccess;
}

/* NVIDIA's library answers success and 0 where there is no driver. */
cudaError_t rt_cudaDriverGetVersion(int *driverVersion)
{
	if (driverVersion == NULL)
		return cudaErrorInvalidValue;
	*driverVersion = drv_version();
	return cudaSuccess;
}
