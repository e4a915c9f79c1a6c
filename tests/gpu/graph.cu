/* SPDX-License-Identifier: Apache-2.0 */
/* A captured graph, launched several times; stream-ordered memory; read-back of a kernel node. */
#include "common.h"

extern "C" __global__ void add(int *data, int by)
{
	data[threadIdx.x] += by;
}

SIM_KERNEL(add)
{
	for (unsigned int i = 0; i < launch->block[0]; i++)
		SIM_PARAM(int *, 0)[i] += SIM_PARAM(int, 1);
}

static cudaGraph_t capture(cudaStream_t stream, int *data)
{
	cudaStreamCaptureStatus status;
	cudaGraph_t graph;

	CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	add<<<1, 32, 0, stream>>>(data, 1);
	CHECK(cudaStreamIsCapturing(stream, &status));
	add<<<1, 32, 0, stream>>>(data, 10);
	CHECK(cudaStreamEndCapture(stream, &graph));
	printf("capturing %d\n", (int)status);
	return graph;
}

static void inspect(cudaGraph_t graph)
{
	cudaGraphNode_t nodes[4];
	cudaKernelNodeParams params;
	size_t count = 4;

	CHECK(cudaGraphGetNodes(graph, nodes, &count));
	CHECK(cudaGraphKernelNodeGetParams(nodes[0], &params));
	printf("%zu nodes, the first launches %s with %u threads\n", count,
	       params.func == (void *)add ? "add" : "something else", params.blockDim.x);
}

int main()
{
	cudaStream_t stream;
	cudaGraph_t graph;
	cudaGraphExec_t exec;
	int *data, host[32];

	CHECK(cudaStreamCreate(&stream));
	CHECK(cudaMallocAsync(&data, sizeof(host), stream));
	CHECK(cudaMemsetAsync(data, 0, sizeof(host), stream));
	CHECK(cudaStreamSynchronize(stream));
	graph = capture(stream, data);
	inspect(graph);
	CHECK(cudaGraphInstantiate(&exec, graph, 0));
	for (int i = 0; i < 3; i++)
		CHECK(cudaGraphLaunch(exec, stream));
	CHECK(cudaMemcpyAsync(host, data, sizeof(host), cudaMemcpyDeviceToHost, stream));
	CHECK(cudaStreamSynchronize(stream));
	printf("data %d %d\n", host[0], host[31]);
	CHECK(cudaGraphExecDestroy(exec));
	CHECK(cudaGraphDestroy(graph));
	CHECK(cudaFreeAsync(data, stream));
	CHECK(cudaStreamSynchronize(stream));
	CHECK(cudaStreamDestroy(stream));
	return 0;
}
