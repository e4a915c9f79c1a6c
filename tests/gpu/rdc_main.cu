/* SPDX-License-Identifier: Apache-2.0 */
/* Two translation units linked on the device (-rdc=true): one calls the other's function. */
#include "common.h"

extern __device__ int twice(int x);
extern __device__ int shared_value;

extern "C" __global__ void fill(int *out, int n)
{
	int i = blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		out[i] = twice(i) + shared_value;
}

SIM_KERNEL(fill)
{
	int *out = SIM_PARAM(int *, 0);
	int n = SIM_PARAM(int, 1);

	for (int i = 0; i < n && i < (int)SIM_THREADS; i++)
		out[i] = 2 * i + 7;
}

extern void other_unit(int *data);

int main()
{
	int host[64], *device;

	CHECK(cudaMalloc(&device, sizeof(host)));
	fill<<<2, 32>>>(device, 64);
	other_unit(device);
	CHECK(cudaMemcpy(host, device, sizeof(host), cudaMemcpyDeviceToHost));
	printf("rdc: %d %d %d\n", host[0], host[1], host[63]);
	CHECK(cudaFree(device));
	return 0;
}
