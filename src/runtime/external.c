/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of other interfaces. Its descriptors are the driver's own but for that of a mipmapped
 * array, which holds channels and an extent where the driver has an array descriptor.
 */
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/channel_format.h"

/* The driver knows kinds of handle that the runtime of CUDA 13.0 does not. */
cudaError_t rt_cudaImportExternalMemory(cudaExternalMemory_t *extMem_out,
					const struct cudaExternalMemoryHandleDesc *memHandleDesc)
{
	const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *desc =
		(const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *)memHandleDesc;

	if (desc != NULL && (unsigned int)desc->type > CU_EXTERNAL_MEMORY_HANDLE_TYPE_NVSCIBUF)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuImportExternalMemory((CUexternalMemory *)extMem_out, desc);
}

cudaError_t rt_cudaExternalMemoryGetMappedMipmappedArray(
	cudaMipmappedArray_t *mipmap, cudaExternalMemory_t extMem,
	const struct cudaExternalMemoryMipmappedArrayDesc *mipmapDesc)
{
	CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC d;
	cudaError_t error;

	if (mipmap == NULL || mipmapDesc == NULL)
		return cudaErrorInvalidValue;
	d = (CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC){
		.offset = mipmapDesc->offset,
		.arrayDesc = {
			.Width = mipmapDesc->extent.width,
			.Height = mipmapDesc->extent.height,
			.Depth = mipmapDesc->extent.depth,
			.Flags = mipmapDesc->flags,
		},
		.numLevels = mipmapDesc->numLevels,
	};
	error = rt_channel_to_format(&mipmapDesc->formatDesc, &d.arrayDesc.Format,
				     &d.arrayDesc.NumChannels);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuExternalMemoryGetMappedMipmappedArray(
		(CUmipmappedArray *)mipmap, (CUexternalMemory)extMem, &d);
}
