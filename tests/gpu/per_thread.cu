/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled with -default-stream per-thread: four threads, each on its own default stream. */
#include <pthread.h>

#include "common.h"

extern "C" __global__ void fill(int *out, int value)
{
	out[threadIdx.x] = value;
}

SIM_KERNEL(fill)
{
	for (unsigned int i = 0; i < launch->block[0]; i++)
		SIM_PARAM(int *, 0)[i] = SIM_PARAM(int, 1);
}

static void *work(void *arg)
{
	int value = (int)(long)arg, host[64], *device, right = 1;

	CHECK(cudaMalloc(&device, sizeof(host)));
	fill<<<1, 64>>>(device, value);
	CHECK(cudaMemcpyAsync(host, device, sizeof(host), cudaMemcpyDeviceToHost, 0));
	CHECK(cudaStreamSynchronize(0));
	for (int i = 0; i < 64; i++)
		right &= host[i] == value;
	CHECK(cudaMemset(device, 0, sizeof(host)));
	CHECK(cudaMemcpy(host, device, sizeof(host), cudaMemcpyDeviceToHost));
	CHECK(cudaFree(device));
	return (void *)(long)(right && host[63] == 0);
}

int main()
{
	pthread_t threads[4];

	for (long i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, work, (void *)(i + 1));
	for (int i = 0; i < 4; i++) {
		void *right;

		pthread_join(threads[i], &right);
		printf("thread %d: %s\n", i, right ? "right" : "wrong");
	}
	return 0;
}
