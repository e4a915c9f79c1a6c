/* SPDX-License-Identifier: Apache-2.0 */
/* Launch, copies, sets, streams, events, symbols and a managed variable. */
#include "common.h"

#define N 1000

__constant__ float factor = 2.0f;
__device__ int total = 40;
__managed__ int visits = 5;

/* Where the simulated kernels find the device variables. */
static const float *sim_factor;
static int *sim_total;

extern "C" __global__ void scale(float *data, int n)
{
	int i = blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		data[i] *= factor;
}

SIM_KERNEL(scale)
{
	float *data = SIM_PARAM(float *, 0);
	int n = SIM_PARAM(int, 1);

	for (int i = 0; i < n && i < (int)SIM_THREADS; i++)
		data[i] *= *sim_factor;
}

extern "C" __global__ void count(int by)
{
	total += by;
	visits += by;
}

SIM_KERNEL(count)
{
	(void)launch;
	*sim_total += SIM_PARAM(int, 0);
	visits += SIM_PARAM(int, 0);
}

static void symbols()
{
	float f = 3.0f, back = 0;
	size_t size;
	int value = 0;

	CHECK(cudaGetSymbolAddress((void **)&sim_factor, factor));
	CHECK(cudaGetSymbolAddress((void **)&sim_total, total));
	CHECK(cudaGetSymbolSize(&size, factor));
	printf("factor has %zu bytes\n", size);
	CHECK(cudaMemcpyFromSymbol(&back, factor, sizeof(back)));
	printf("factor was %g\n", back);
	CHECK(cudaMemcpyToSymbol(factor, &f, sizeof(f)));
	CHECK(cudaMemcpyFromSymbol(&back, factor, sizeof(back)));
	printf("factor is %g\n", back);
	printf("visits was %d\n", visits);
	count<<<1, 1>>>(2);
	CHECK(cudaDeviceSynchronize());
	CHECK(cudaMemcpyFromSymbol(&value, total, sizeof(value)));
	printf("total %d, visits %d\n", value, visits);
}

static void copies()
{
	float host[N], *device, *pinned;
	cudaStream_t stream;
	double sum = 0;

	CHECK(cudaStreamCreate(&stream));
	CHECK(cudaMalloc(&device, sizeof(host)));
	CHECK(cudaMallocHost(&pinned, sizeof(host)));
	for (int i = 0; i < N; i++)
		host[i] = i;
	CHECK(cudaMemcpy(device, host, sizeof(host), cudaMemcpyHostToDevice));
	scale<<<(N + 127) / 128, 128, 0, stream>>>(device, N);
	CHECK(cudaGetLastError());
	CHECK(cudaMemcpyAsync(pinned, device, sizeof(host), cudaMemcpyDeviceToHost, stream));
	CHECK(cudaStreamSynchronize(stream));
	for (int i = 0; i < N; i++)
		sum += pinned[i];
	printf("sum %.0f\n", sum);
	CHECK(cudaMemsetAsync(device, 0, sizeof(host), stream));
	CHECK(cudaMemcpyAsync(pinned, device, sizeof(host), cudaMemcpyDefault, stream));
	CHECK(cudaStreamSynchronize(stream));
	printf("after set: %g %g\n", pinned[0], pinned[N - 1]);
	CHECK(cudaFreeHost(pinned));
	CHECK(cudaFree(device));
	CHECK(cudaStreamDestroy(stream));
}

static void pitched()
{
	int host[4][6], *device;
	size_t pitch;

	for (int i = 0; i < 24; i++)
		host[i / 6][i % 6] = i;
	CHECK(cudaMallocPitch(&device, &pitch, sizeof(host[0]), 4));
	CHECK(cudaMemcpy2D(device, pitch, host, sizeof(host[0]), sizeof(host[0]), 4,
			   cudaMemcpyHostToDevice));
	CHECK(cudaMemset2D(device, pitch, 0, 8, 4));
	CHECK(cudaMemcpy2D(host, sizeof(host[0]), device, pitch, sizeof(host[0]), 4,
			   cudaMemcpyDeviceToHost));
	printf("row 3: %d %d %d %d\n", host[3][0], host[3][1], host[3][2], host[3][5]);
	CHECK(cudaFree(device));
}

static void events()
{
	cudaStream_t first, second;
	cudaEvent_t begin, end;
	float ms = -1;

	CHECK(cudaStreamCreateWithFlags(&first, cudaStreamNonBlocking));
	CHECK(cudaStreamCreateWithPriority(&second, cudaStreamNonBlocking, 0));
	CHECK(cudaEventCreate(&begin));
	CHECK(cudaEventCreate(&end));
	CHECK(cudaEventRecord(begin, first));
	CHECK(cudaStreamWaitEvent(second, begin, 0));
	count<<<1, 1, 0, second>>>(1);
	CHECK(cudaEventRecord(end, second));
	CHECK(cudaEventSynchronize(end));
	CHECK(cudaEventElapsedTime(&ms, begin, end));
	printf("elapsed is %s, queries %s %s\n", ms >= 0 ? "not negative" : "negative",
	       cudaGetErrorName(cudaEventQuery(end)), cudaGetErrorName(cudaStreamQuery(second)));
	CHECK(cudaEventDestroy(begin));
	CHECK(cudaEventDestroy(end));
	CHECK(cudaStreamDestroy(first));
	CHECK(cudaStreamDestroy(second));
}

static void attributes()
{
	struct cudaFuncAttributes attr;
	int blocks = 0;

	CHECK(cudaFuncGetAttributes(&attr, scale));
	CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, scale, 128, 0));
	printf("scale: at most %d threads, %zu bytes static, occupancy %s\n",
	       attr.maxThreadsPerBlock, attr.sharedSizeBytes, blocks > 0 ? "known" : "none");
}

static void failures()
{
	void *pointer;

	SHOW(cudaMalloc(&pointer, (size_t)1 << 60));
	SHOW(cudaMemcpy(NULL, NULL, 4, (cudaMemcpyKind)77));
	SHOW(cudaSetDevice(99));
	SHOW(cudaEventQuery(NULL));
	SHOW(cudaStreamDestroy(0));
	scale<<<0, 128>>>(NULL, 0);
	SHOW(cudaSuccess);
	scale<<<1, 2048>>>(NULL, 0);
	SHOW(cudaSuccess);
}

int main()
{
	symbols();
	copies();
	pitched();
	events();
	attributes();
	failures();
	return 0;
}
