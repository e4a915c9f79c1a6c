/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain external for programs of CUDA 11 and 12. Descriptions are shorter than 13's, and the
 * plain signal and wait functions take parameters of the first layout.
 */
#include <stdlib.h>

#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/widen.h"

/* More semaphores than this in one call are converted in memory of the heap. */
#define FEW 16

cudaError_t rt_cudaImportExternalMemory_v12(
	cudaExternalMemory_t *extMem_out,
	const struct cudaExternalMemoryHandleDesc_v12 *memHandleDesc)
{
	struct cudaExternalMemoryHandleDesc now;

	if (memHandleDesc != NULL)
		RT_WIDEN(&now, memHandleDesc, flags);
	return rt_cudaImportExternalMemory(extMem_out, memHandleDesc != NULL ? &now : NULL);
}

cudaError_t rt_cudaExternalMemoryGetMappedBuffer_v12(
	void **devPtr, cudaExternalMemory_t extMem,
	const struct cudaExternalMemoryBufferDesc_v12 *bufferDesc)
{
	CUDA_EXTERNAL_MEMORY_BUFFER_DESC now;

	if (bufferDesc != NULL)
		RT_WIDEN(&now, bufferDesc, flags);
	return (cudaError_t)drv.cuExternalMemoryGetMappedBuffer(
		(CUdeviceptr *)devPtr, (CUexternalMemory)extMem, bufferDesc != NULL ? &now : NULL);
}

cudaError_t rt_cudaExternalMemoryGetMappedMipmappedArray_v12(
	cudaMipmappedArray_t *mipmap, cudaExternalMemory_t extMem,
	const struct cudaExternalMemoryMipmappedArrayDesc_v12 *mipmapDesc)
{
	struct cudaExternalMemoryMipmappedArrayDesc now;

	if (mipmapDesc != NULL)
		RT_WIDEN(&now, mipmapDesc, numLevels);
	return rt_cudaExternalMemoryGetMappedMipmappedArray(mipmap, extMem,
							    mipmapDesc != NULL ? &now : NULL);
}

cudaError_t rt_cudaImportExternalSemaphore_v12(
	cudaExternalSemaphore_t *extSem_out,
	const struct cudaExternalSemaphoreHandleDesc_v12 *semHandleDesc)
{
	CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC now;

	if (semHandleDesc != NULL)
		RT_WIDEN(&now, semHandleDesc, flags);
	return (cudaError_t)drv.cuImportExternalSemaphore((CUexternalSemaphore *)extSem_out,
							  semHandleDesc != NULL ? &now : NULL);
}

/* The values begin alike; flags stood right behind them, and are further back now. */
static void widen_signals(CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *newer,
			  const struct cudaExternalSemaphoreSignalParams_v11 *older,
			  unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		RT_WIDEN(&newer[i], &older[i], params.keyedMutex.key);
		newer[i].flags = older[i].flags;
	}
}

static void widen_waits(CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *newer,
			const struct cudaExternalSemaphoreWaitParams_v11 *older, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		RT_WIDEN(&newer[i], &older[i], params.keyedMutex.timeoutMs);
		newer[i].flags = older[i].flags;
	}
}

/*
 * In one call, however many they are: in parts they would become several nodes of a graph that is
 * being captured, and a failure would come too late for the parts before.
 */
cudaError_t rt_cudaSignalExternalSemaphoresAsync_v12(
	const cudaExternalSemaphore_t *extSemArray,
	const struct cudaExternalSemaphoreSignalParams_v11 *paramsArray, unsigned int numExtSems,
	cudaStream_t stream)
{
	CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS few[FEW] = { { .flags = 0 } }, *params = NULL;
	cudaError_t error;

	if (paramsArray != NULL) {
		params = numExtSems > FEW ? calloc(numExtSems, sizeof(*params)) : few;
		if (params == NULL)
			return cudaErrorMemoryAllocation;
		widen_signals(params, paramsArray, numExtSems);
	}
	error = (cudaError_t)drv.cuSignalExternalSemaphoresAsync(
		(const CUexternalSemaphore *)extSemArray, params, numExtSems, stream);
	if (params != few)
		free(params);
	return error;
}

cudaError_t rt_cudaWaitExternalSemaphoresAsync_v12(
	const cudaExternalSemaphore_t *extSemArray,
	const struct cudaExternalSemaphoreWaitParams_v11 *paramsArray, unsigned int numExtSems,
	cudaStream_t stream)
{
	CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS few[FEW] = { { .flags = 0 } }, *params = NULL;
	cudaError_t error;

	if (paramsArray != NULL) {
		params = numExtSems > FEW ? calloc(numExtSems, sizeof(*params)) : few;
		if (params == NULL)
			return cudaErrorMemoryAllocation;
		widen_waits(params, paramsArray, numExtSems);
	}
	error = (cudaError_t)drv.cuWaitExternalSemaphoresAsync(
		(const CUexternalSemaphore *)extSemArray, params, numExtSems, stream);
	if (params != few)
		free(params);
	return error;
}
