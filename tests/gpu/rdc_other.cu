/* SPDX-License-Identifier: Apache-2.0 */
/* The second translation unit of rdc_main.cu. */
#include "common.h"

__device__ int shared_value = 7;

__device__ int twice(int x)
{
	return 2 * x;
}

extern "C" __global__ void negate(int *data)
{
	data[threadIdx.x] = -data[threadIdx.x];
}

SIM_KERNEL(negate)
{
	for (unsigned int i = 0; i < launch->block[0]; i++)
		SIM_PARAM(int *, 0)[i] *= -1;
}

void other_unit(int *data)
{
	negate<<<1, 1>>>(data);
	CHECK(cudaGetLastError());
}
