/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object of one CUDA version, as a program loads several of. */
#include "plugin.h"

#include "cases.h"
#include "guard.h"
#include "kernel.h"

static void run(bool gpu)
{
	abi_context();
	abi_device();
	abi_memory();
	abi_batch();
	abi_stream();
	abi_kernel();
	abi_graph();
	abi_texture();
	abi_external();
	if (!gpu)
		abi_outputs();
}

static int runtime_version(void)
{
	int version = 0;

	OK(cudaRuntimeGetVersion(&version));
	return version;
}

static int fail(void)
{
	return cudaMemset((void *)64, 0, 64);
}

static int peek(void)
{
	return cudaPeekAtLastError();
}

static int clear(void)
{
	return cudaGetLastError();
}

static void *new_stream(void)
{
	cudaStream_t *stream = OUTPUT(cudaStream_t);

	OK(cudaStreamCreate(stream));
	return *stream;
}

static int end_stream(void *stream)
{
	int error = CALL(cudaStreamSynchronize(stream));

	return error == 0 ? (int)CALL(cudaStreamDestroy(stream)) : error;
}

static void *new_memory(size_t size)
{
	void **memory = OUTPUT(void *);

	OK(cudaMalloc(memory, size));
	return *memory;
}

static int set_memory(void *memory, int value, size_t size, void *stream)
{
	return CALL(cudaMemsetAsync(memory, value, size, stream));
}

static int get_memory(void *to, const void *memory, size_t size)
{
	return CALL(cudaMemcpy(to, memory, size, cudaMemcpyDeviceToHost));
}

static int type_of(const void *memory)
{
	TOOLKIT_POINTER *attributes = OUTPUT(TOOLKIT_POINTER);

	OK(cudaPointerGetAttributes(attributes, memory));
	return attributes->type;
}

static int end_memory(void *memory)
{
	return CALL(cudaFree(memory));
}

/* Two nodes, one after the other, the second of which sets the memory. */
static void *new_graph(void *memory, int value, size_t size)
{
	struct cudaMemsetParams params = { .dst = memory,
					   .value = (unsigned int)value,
					   .elementSize = 1,
					   .width = size,
					   .height = 1 };
	cudaGraphNode_t *first = OUTPUT(cudaGraphNode_t), *second = OUTPUT(cudaGraphNode_t);
	cudaGraph_t *graph = OUTPUT(cudaGraph_t);

	OK(cudaGraphCreate(graph, 0));
	OK(cudaGraphAddEmptyNode(first, *graph, NULL, 0));
	OK(cudaGraphAddMemsetNode(second, *graph, first, 1, INPUT(params)));
	return *graph;
}

static size_t edges(void *graph)
{
	size_t *count = OUTPUT(size_t);

#if CUDA_MAJOR < 13
	OK(cudaGraphGetEdges(graph, NULL, NULL, count));
#else
	OK(cudaGraphGetEdges(graph, NULL, NULL, NULL, count));
#endif
	return *count;
}

static int launch_graph(void *graph, void *stream)
{
	cudaGraphExec_t *exec = OUTPUT(cudaGraphExec_t);

#if CUDA_MAJOR == 11
	OK(cudaGraphInstantiate(exec, graph, NULL, NULL, 0));
#else
	OK(cudaGraphInstantiate(exec, graph, 0));
#endif
	OK(cudaGraphLaunch(*exec, stream));
	OK(cudaStreamSynchronize(stream));
	OK(cudaGraphExecDestroy(*exec));
	return CALL(cudaGraphDestroy(graph));
}

static const void *kernel(void)
{
	return abi_kernel_node().func;
}

static int launch(const void *function, unsigned int *memory, unsigned int value, void *stream)
{
	const dim3 one = { 1, 1, 1 }, threads = { 64, 1, 1 };
	void *args[] = { &memory, &value };

	return CALL(cudaLaunchKernel(function, one, threads, args, 0, stream));
}

extern const struct abi_plugin abi_plugin;

__attribute__((visibility("default"))) const struct abi_plugin abi_plugin = {
	.major = CUDA_MAJOR,
	.version = TOOLKIT_VERSION,
	.run = run,
	.runtime_version = runtime_version,
	.fail = fail,
	.peek = peek,
	.clear = clear,
	.new_stream = new_stream,
	.end_stream = end_stream,
	.new_memory = new_memory,
	.set_memory = set_memory,
	.get_memory = get_memory,
	.type_of = type_of,
	.end_memory = end_memory,
	.new_graph = new_graph,
	.edges = edges,
	.launch_graph = launch_graph,
	.kernel = kernel,
	.launch = launch,
	.counts = &abi_counts,
};
