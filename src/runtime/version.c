/* SPDX-License-Identifier: Apache-2.0 */
/* Domain version. Neither call loads more than it must: both work without a driver. */
#include "runtime/calls.h"
#include "runtime/entry.h"

/* The caller's own: a program of CUDA 12 must not find that it runs on 13. */
static cudaError_t tell_version(int *to, int version)
{
	if (to == NULL)
		return cudaErrorInvalidValue;
	*to = version;
	return cudaSuccess;
}

cudaError_t rt_cudaRuntimeGetVersion(int *runtimeVersion)
{
	return tell_version(runtimeVersion, CUDART_VERSION);
}

cudaError_t rt_cudaRuntimeGetVersion_v12(int *runtimeVersion)
{
	return tell_version(runtimeVersion, CUDART_VERSION_12);
}

cudaError_t rt_cudaRuntimeGetVersion_v11(int *runtimeVersion)
{
	return tell_version(runtimeVersion, CUDART_VERSION_11);
}

/* NVIDIA's library answers success and 0 where there is no driver. */
cudaError_t rt_cudaDriverGetVersion(int *driverVersion)
{
	if (driverVersion == NULL)
		return cudaErrorInvalidValue;
	*driverVersion = drv_version();
	return cudaSuccess;
}
