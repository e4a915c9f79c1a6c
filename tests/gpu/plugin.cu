/* SPDX-License-Identifier: Apache-2.0 */
/* Loaded and unloaded by plugin_host.cu while it runs. */
#include "common.h"

__device__ int plugged = 3;

extern "C" __global__ void plug(int *out)
{
	*out += plugged;
}

SIM_KERNEL(plug)
{
	(void)launch;
	*SIM_PARAM(int *, 0) += 3;
}

extern "C" int plugin_run(int start)
{
	int *device, result = -1;

	CHECK(cudaMalloc(&device, sizeof(int)));
	CHECK(cudaMemcpy(device, &start, sizeof(start), cudaMemcpyHostToDevice));
	plug<<<1, 1>>>(device);
	CHECK(cudaMemcpy(&result, device, sizeof(result), cudaMemcpyDeviceToHost));
	CHECK(cudaFree(device));
	return result;
}
