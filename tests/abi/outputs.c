/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every entry point that has an output, generated from the table: with nothing but zeros, and with
 * live objects. What it answers is not asked, only that it keeps to its outputs and only reads its
 * inputs. Not for a GPU's driver, which does not look at everything it is given.
 */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "kernel.h"

static struct {
	cudaStream_t stream;
	cudaEvent_t event;
	cudaGraph_t graph;
	cudaGraphExec_t exec;
	cudaGraphNode_t node;
	cudaArray_t array;
	cudaMipmappedArray_t mipmap;
	cudaMemPool_t pool;
	void *memory;
} live;

static void make_objects(void)
{
	struct cudaChannelFormatDesc format = { 32, 0, 0, 0, cudaChannelFormatKindFloat };
	struct cudaExtent extent = { 64, 32, 0 };

	OK(cudaStreamCreate(&live.stream));
	OK(cudaEventCreate(&live.event));
	OK(cudaGraphCreate(&live.graph, 0));
	OK(cudaGraphAddEmptyNode(&live.node, live.graph, NULL, 0));
	OK(cudaGraphInstantiateWithFlags(&live.exec, live.graph, 0));
	OK(cudaMallocArray(&live.array, &format, 64, 32, 0));
	OK(cudaMallocMipmappedArray(&live.mipmap, &format, extent, 2, 0));
	OK(cudaDeviceGetDefaultMemPool(&live.pool, 0));
	OK(cudaMalloc(&live.memory, 4096));
}

/* An output holds zeros before the call: some are counts that the call looks at. */
static void *zeros(size_t size)
{
	return memset(abi_output(size), 0, size);
}

static const void *readable_zeros(size_t size)
{
	static const char nothing[ABI_INPUT_MAX];

	return abi_input(nothing, size);
}

/*
 * In the generated calls: an output, an input by address, an object of a type, any memory, what
 * names a kernel, and nothing. The second round has live ones.
 */
#define A_ROOM(type)            ((type *)zeros(sizeof(type)))
#define A_VALUE(type)           (round == 0 ? NULL : (type *)readable_zeros(sizeof(type)))
#define AN_OBJECT(type, member) (round == 0 ? (type)0 : (type)live.member)
#define A_MEMORY                (round == 0 ? NULL : live.memory)
#define A_KERNEL                (round == 0 ? NULL : (const void *)abi_kernel_node().func)

#define OUTPUT_CASE(call)          \
	(void)CALLED(#call, call); \
	abi_release();

/* 11 declares these; nothing looks into them. */
struct textureReference {
	char bytes[124];
};
struct surfaceReference {
	char bytes[20];
};

static void call_all(int round)
{
#if CUDA_MAJOR == 11
#include "output_cases_11.h"
#elif CUDA_MAJOR == 12
#include "output_cases_12.h"
#else
#include "output_cases_13.h"
#endif
}

void abi_outputs(void)
{
	make_objects();
	call_all(0);
	call_all(1);
}
