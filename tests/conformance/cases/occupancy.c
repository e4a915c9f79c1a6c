/* SPDX-License-Identifier: Apache-2.0 */
/* Occupancy, clusters included. */
#include "conformance.h"

static __attribute__((noinline)) void unregistered(void)
{
	__asm__ volatile("" : : "i"(unregistered));
}

#define FUNC(name) ((const void *)kernel_##name)

static void blocks(const void *func, int block, size_t shared)
{
	int count = UNTOUCHED_INT;

	conf_print("block %d, shared %zu", block, shared);
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&count, func, block, shared));
	SHOW(count);
}

CASE(blocks_by_size)
{
	static const int sizes[] = { 1, 31, 32, 33, 64, 128, 256, 1000, 1024, 1025, 0, -1, -1024 };

	conf_register();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		blocks(FUNC(empty), sizes[i], 0);
}

CASE_ALONE(blocks_by_shared_memory)
{
	static const size_t sizes[] = { 0,      1,      1024,   16384,           49152,     49153,
					100000, 232448, 232449, (size_t)1 << 32, (size_t)-1 };

	conf_register();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		blocks(FUNC(empty), 32, sizes[i]);
}

CASE(blocks_with_more_shared_memory_allowed)
{
	conf_register();
	NEED(cudaFuncSetAttribute(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize,
				  232448));
	blocks(FUNC(empty), 32, 49153);
	blocks(FUNC(empty), 32, 116224);
	blocks(FUNC(empty), 32, 232448);
	blocks(FUNC(empty), 32, 232449);
}

CASE(blocks_of_kernels)
{
	conf_register();
	blocks(FUNC(bounded), 64, 0);
	blocks(FUNC(bounded), 65, 0);
	blocks(FUNC(shared_mem), 32, 0);
	blocks(FUNC(shared_mem), 32, 45056);
	blocks(FUNC(shared_mem), 32, 45057);
	blocks(FUNC(clustered), 128, 0);
}

CASE(blocks_of_nothing)
{
	conf_register();
	blocks(NULL, 32, 0);
	blocks((const void *)unregistered, 32, 0);
	blocks(NULL, -1, 0);
}

CASE(blocks_nowhere)
{
	conf_register();
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessor(NULL, NULL, 32, 0));
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessor(NULL, FUNC(empty), -1, 0));
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessor(NULL, FUNC(empty), 32, 0));
}

CASE(blocks_by_handles)
{
	cudaFunction_t function = NULL;
	cudaKernel_t kernel = NULL;

	conf_register();
	NEED(cudaGetKernel(&kernel, FUNC(empty)));
	NEED(cudaGetFuncBySymbol(&function, FUNC(empty)));
	blocks(kernel, 256, 0);
	blocks(function, 256, 0);
}

static void blocks_flags(const void *func, int block, unsigned int flags)
{
	int count = UNTOUCHED_INT;

	conf_print("block %d, flags %#x", block, flags);
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&count, func, block, 0, flags));
	SHOW(count);
}

CASE(flags)
{
	conf_register();
	blocks_flags(FUNC(empty), 256, cudaOccupancyDefault);
	blocks_flags(FUNC(empty), 256, cudaOccupancyDisableCachingOverride);
	blocks_flags(FUNC(empty), 256, 2);
	blocks_flags(FUNC(empty), 256, 0x80000000u);
	blocks_flags(FUNC(empty), 256, 0xffffffffu);
	blocks_flags(FUNC(empty), 0, 0);
	blocks_flags(FUNC(empty), 0, 2);
	blocks_flags(NULL, 256, 0);
	blocks_flags(NULL, 256, 2);
}

CASE(flags_nowhere)
{
	conf_register();
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(NULL, FUNC(empty), 32, 0, 2));
	DO(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(NULL, FUNC(empty), 32, 0, 0));
}

static void available(const void *func, int count, int block)
{
	size_t size = UNTOUCHED_64;

	conf_print("blocks %d of %d", count, block);
	DO(cudaOccupancyAvailableDynamicSMemPerBlock(&size, func, count, block));
	if (size == UNTOUCHED_64)
		conf_print("  untouched");
	else
		SHOW(size);
}

CASE(available_shared_memory)
{
	conf_register();
	available(FUNC(empty), 1, 32);
	available(FUNC(empty), 2, 32);
	available(FUNC(empty), 8, 128);
	available(FUNC(empty), 32, 32);
	available(FUNC(empty), 33, 32);
	available(FUNC(empty), 2, 1024);
	available(FUNC(empty), 3, 1024);
	available(FUNC(empty), 1, 1024);
	available(FUNC(empty), 1, 1025);
	available(FUNC(empty), 0, 32);
	available(FUNC(empty), 1, 0);
	available(FUNC(empty), -1, 32);
	available(FUNC(empty), 1, -1);
	available(FUNC(shared_mem), 1, 32);
	available(FUNC(shared_mem), 4, 32);
	available(FUNC(bounded), 1, 64);
	available(FUNC(bounded), 1, 65);
	available(NULL, 1, 32);
	available((const void *)unregistered, 1, 32);
}

CASE(available_with_more_allowed)
{
	conf_register();
	NEED(cudaFuncSetAttribute(FUNC(empty), cudaFuncAttributeMaxDynamicSharedMemorySize,
				  232448));
	available(FUNC(empty), 1, 32);
	available(FUNC(empty), 2, 32);
}

CASE(available_nowhere)
{
	conf_register();
	DO(cudaOccupancyAvailableDynamicSMemPerBlock(NULL, NULL, 1, 32));
	DO(cudaOccupancyAvailableDynamicSMemPerBlock(NULL, FUNC(empty), 1, 32));
}

/* Clusters. */

static void clusters(const void *func, unsigned int grid, unsigned int block, unsigned int cluster,
		     size_t shared)
{
	cudaLaunchAttribute attribute = {
		.id = cudaLaunchAttributeClusterDimension,
		.val = { .clusterDim = { cluster, 1, 1 } },
	};
	cudaLaunchConfig_t config = {
		.gridDim = DIM(grid),
		.blockDim = DIM(block),
		.dynamicSmemBytes = shared,
		.attrs = &attribute,
		.numAttrs = cluster != 0,
	};
	int count = UNTOUCHED_INT, size = UNTOUCHED_INT;

	conf_print("grid %u, block %u, cluster %u, shared %zu", grid, block, cluster, shared);
	DO(cudaOccupancyMaxActiveClusters(&count, func, &config));
	/* How many fit depends on which parts of the chip are in use. */
	SHOW_IF(count == UNTOUCHED_INT);
	SHOW_IF(count > 0);
	DO(cudaOccupancyMaxPotentialClusterSize(&size, func, &config));
	if (size == UNTOUCHED_INT)
		conf_print("  untouched");
	else
		SHOW(size);
}

CASE_ALONE(clusters)
{
	conf_register();
	clusters(FUNC(empty), 4, 128, 2, 0);
	clusters(FUNC(empty), 8, 128, 8, 0);
	clusters(FUNC(empty), 16, 128, 16, 0);
	clusters(FUNC(empty), 8, 128, 1, 0);
	clusters(FUNC(empty), 8, 128, 0, 0);
	clusters(FUNC(empty), 8, 128, 3, 0);
	clusters(FUNC(empty), 8, 1024, 8, 0);
	clusters(FUNC(empty), 8, 1025, 8, 0);
	clusters(FUNC(empty), 8, 0, 8, 0);
	clusters(FUNC(empty), 0, 128, 2, 0);
	clusters(FUNC(empty), 8, 128, 2, 49152);
	clusters(FUNC(empty), 8, 128, 2, 49153);
	clusters(FUNC(empty), 8, 128, 2, (size_t)1 << 32);
}

CASE(clusters_of_clustered)
{
	conf_register();
	clusters(FUNC(clustered), 4, 128, 0, 0);
	clusters(FUNC(clustered), 4, 128, 2, 0);
	clusters(FUNC(clustered), 4, 128, 4, 0);
	clusters(FUNC(bounded), 4, 65, 2, 0);
}

CASE(clusters_non_portable)
{
	conf_register();
	NEED(cudaFuncSetAttribute(FUNC(empty), cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
	clusters(FUNC(empty), 16, 128, 16, 0);
	clusters(FUNC(empty), 16, 128, 2, 0);
	clusters(FUNC(empty), 32, 128, 32, 0);
}

CASE(clusters_of_nothing)
{
	conf_register();
	clusters(NULL, 4, 128, 2, 0);
	clusters((const void *)unregistered, 4, 128, 2, 0);
}

static const cudaLaunchConfig_t simple = { .gridDim = { 1, 1, 1 }, .blockDim = { 32, 1, 1 } };

CASE(clusters_nowhere)
{
	conf_register();
	DO(cudaOccupancyMaxActiveClusters(NULL, FUNC(empty), &simple));
}

CASE(cluster_size_nowhere)
{
	conf_register();
	DO(cudaOccupancyMaxPotentialClusterSize(NULL, FUNC(empty), &simple));
}

CASE(clusters_without_configuration)
{
	int count = UNTOUCHED_INT;

	conf_register();
	DO(cudaOccupancyMaxActiveClusters(&count, FUNC(empty), NULL));
}

CASE(cluster_size_without_configuration)
{
	int count = UNTOUCHED_INT;

	conf_register();
	DO(cudaOccupancyMaxPotentialClusterSize(&count, FUNC(empty), NULL));
}

CASE_ALONE(in_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	blocks(FUNC(empty), 256, 0);
	available(FUNC(empty), 1, 32);
	clusters(FUNC(empty), 4, 128, 2, 0);
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}
