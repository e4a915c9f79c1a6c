/* SPDX-License-Identifier: Apache-2.0 */
/* Domain occupancy: the driver's questions, which it answers for kernels and functions alike. */
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/kernel.h"

/* The driver takes a kernel for a function here. */
static cudaError_t find(const void *func, CUfunction *function)
{
	CUkernel kernel;
	cudaError_t error = rt_kernel_find(func, &kernel, function);

	*function = (CUfunction)kernel;
	return error;
}

cudaError_t rt_cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *numBlocks, const void *func,
							     int blockSize, size_t dynamicSMemSize)
{
	CUfunction function;
	cudaError_t error = find(func, &function);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuOccupancyMaxActiveBlocksPerMultiprocessor(
		numBlocks, function, blockSize, dynamicSMemSize);
}

cudaError_t rt_cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
	int *numBlocks, const void *func, int blockSize, size_t dynamicSMemSize, unsigned int flags)
{
	CUfunction function;
	cudaError_t error = find(func, &function);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
		numBlocks, function, blockSize, dynamicSMemSize, flags);
}

cudaError_t rt_cudaOccupancyAvailableDynamicSMemPerBlock(size_t *dynamicSmemSize, const void *func,
							 int numBlocks, int blockSize)
{
	CUfunction function;
	cudaError_t error = find(func, &function);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuOccupancyAvailableDynamicSMemPerBlock(dynamicSmemSize, function,
									numBlocks, blockSize);
}

/* For both: launch.c says why the configuration can be cast, and where NVIDIA's library crashes. */
cudaError_t rt_cudaOccupancyMaxActiveClusters(int *numClusters, const void *func,
					      const cudaLaunchConfig_t *launchConfig)
{
	CUfunction function;
	cudaError_t error = find(func, &function);

	if (error != cudaSuccess)
		return error;
	if (launchConfig == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuOccupancyMaxActiveClusters(numClusters, function,
							     (const CUlaunchConfig *)launchConfig);
}

cudaError_t rt_cudaOccupancyMaxPotentialClusterSize(int *clusterSize, const void *func,
						    const cudaLaunchConfig_t *launchConfig)
{
	CUfunction function;
	cudaError_t error = find(func, &function);

	if (error != cudaSuccess)
		return error;
	if (launchConfig == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuOccupancyMaxPotentialClusterSize(
		clusterSize, function, (const CUlaunchConfig *)launchConfig);
}
