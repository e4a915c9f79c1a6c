/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the suites about graphs: a graph, a stream, memory and a kernel to work with, and nodes that
 * are made in one line.
 */
#ifndef SIM_GRAPH_FIXTURE_H
#define SIM_GRAPH_FIXTURE_H

#include <stdatomic.h>
#include <string.h>

#include "curtrace/sim.h"
#include "kernel_fixture.h"

static CUgraph graph;
static CUstream stream;
static CUdeviceptr memory;
static CUlibrary library;
static CUkernel kernel;
static CUfunction function;
static unsigned int amount = 5;
static void *params[2];

static inline void add(const struct curtrace_sim_launch *launch, void **arguments)
{
	(void)launch;
	**(unsigned int **)arguments[0] += *(unsigned int *)arguments[1];
}

static inline void set_up(void)
{
	begin();
	stream = new_stream();
	memory = device_memory(64);
	OK(cuMemsetD32_v2(memory, 0, 16));
	library = load_library();
	kernel = kernel_named(library, "add");
	function = function_of(kernel);
	params[0] = &memory;
	params[1] = &amount;
	curtrace_sim_kernel("add", add);
	OK(cuGraphCreate(&graph, 0));
}

static inline unsigned int word(void)
{
	unsigned int value = 0;

	OK(cuCtxSynchronize());
	OK(cuMemcpyDtoH_v2(&value, memory, 4));
	return value;
}

static inline CUgraphNode empty_after(CUgraph in, const CUgraphNode *deps, size_t count)
{
	CUgraphNode node;

	OK(cuGraphAddEmptyNode(&node, in, deps, count));
	return node;
}

static inline CUDA_KERNEL_NODE_PARAMS kernel_params(void)
{
	return (CUDA_KERNEL_NODE_PARAMS){
		.func = function,
		.gridDimX = 1,
		.gridDimY = 1,
		.gridDimZ = 1,
		.blockDimX = 1,
		.blockDimY = 1,
		.blockDimZ = 1,
		.kernelParams = params,
	};
}

static inline CUgraphNode kernel_after(const CUgraphNode *deps, size_t count)
{
	CUDA_KERNEL_NODE_PARAMS launch = kernel_params();
	CUgraphNode node;

	OK(cuGraphAddKernelNode_v2(&node, graph, deps, count, &launch));
	return node;
}

static inline CUDA_MEMSET_NODE_PARAMS set_to(unsigned int value)
{
	return (CUDA_MEMSET_NODE_PARAMS){
		.dst = memory,
		.value = value,
		.elementSize = 4,
		.width = 1,
		.height = 1,
	};
}

static inline CUgraphNode set_after(unsigned int value, const CUgraphNode *deps, size_t count)
{
	CUDA_MEMSET_NODE_PARAMS set = set_to(value);
	CUgraphNode node;

	OK(cuGraphAddMemsetNode(&node, graph, deps, count, &set, NULL));
	return node;
}

static inline CUgraphExec instantiate(void)
{
	CUgraphExec exec;

	OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
	return exec;
}

static inline void run(CUgraphExec exec)
{
	OK(cuGraphLaunch(exec, stream));
	OK(cuStreamSynchronize(stream));
}

/* Counts the calls of a host function or destructor. */
static atomic_int calls;

static inline void count_call(void *data)
{
	(void)data;
	calls++;
}

static inline CUDA_MEMCPY3D copy_from(const void *host)
{
	return (CUDA_MEMCPY3D){
		.srcMemoryType = CU_MEMORYTYPE_HOST,
		.srcHost = host,
		.dstMemoryType = CU_MEMORYTYPE_DEVICE,
		.dstDevice = memory,
		.WidthInBytes = 4,
		.Height = 1,
		.Depth = 1,
	};
}

#endif /* SIM_GRAPH_FIXTURE_H */
