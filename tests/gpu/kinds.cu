/* SPDX-License-Identifier: Apache-2.0 */
/* Which copies NVIDIA's runtime takes: every kind with every pair of device and pageable memory. */
#include <string.h>

#include "common.h"

#define BYTES 64

static char *device[2], host[2][BYTES];

static const char *answer(cudaError_t error)
{
	return cudaGetErrorName(error);
}

/* The kind says one thing, the addresses another. */
static void pair(const char *name, void *dst, const void *src)
{
	printf("%s:", name);
	for (int kind = 0; kind <= 4; kind++) {
		cudaError_t sync = cudaMemcpy(dst, src, BYTES, (cudaMemcpyKind)kind);

		cudaGetLastError();
		printf(" %d %s", kind, answer(sync));
	}
	printf(" 77 %s\n", answer(cudaMemcpy(dst, src, BYTES, (cudaMemcpyKind)77)));
	cudaGetLastError();
}

static void async()
{
	for (int kind = 0; kind <= 4; kind++) {
		cudaError_t error = cudaMemcpyAsync(device[0], host[0], BYTES, (cudaMemcpyKind)kind, 0);

		cudaGetLastError();
		printf("async d<-h %d %s\n", kind, answer(error));
	}
	CHECK(cudaDeviceSynchronize());
}

/* What a copy moved, where the answer was success. */
static void moved()
{
	memset(host[0], 7, BYTES);
	memset(host[1], 0, BYTES);
	CHECK(cudaMemcpy(device[0], host[0], BYTES, cudaMemcpyHostToHost));
	CHECK(cudaMemcpy(device[1], device[0], BYTES, cudaMemcpyHostToHost));
	CHECK(cudaMemcpy(host[1], device[1], BYTES, cudaMemcpyHostToHost));
	printf("through host-to-host copies: %d %d\n", host[1][0], host[1][BYTES - 1]);
	memset(host[1], 0, BYTES);
	CHECK(cudaMemcpy(host[1], host[0], BYTES, cudaMemcpyDefault));
	printf("by default: %d\n", host[1][BYTES - 1]);
}

static void zero_sizes()
{
	SHOW(cudaMemcpy(NULL, NULL, 0, cudaMemcpyHostToDevice));
	SHOW(cudaMemcpy(NULL, NULL, 0, (cudaMemcpyKind)77));
	SHOW(cudaMemset(NULL, 0, 0));
	SHOW(cudaMemset(host[0], 0, 4));
	SHOW(cudaMemcpy2D(device[0], 4, host[0], 4, 8, 2, cudaMemcpyHostToDevice));
	SHOW(cudaMemcpy2D(device[0], 4, host[0], 4, 8, 1, cudaMemcpyHostToDevice));
}

int main()
{
	CHECK(cudaMalloc(&device[0], BYTES));
	CHECK(cudaMalloc(&device[1], BYTES));
	pair("d<-h", device[0], host[0]);
	pair("h<-d", host[0], device[0]);
	pair("h<-h", host[1], host[0]);
	pair("d<-d", device[1], device[0]);
	async();
	moved();
	zero_sizes();
	CHECK(cudaFree(device[0]));
	CHECK(cudaFree(device[1]));
	return 0;
}
