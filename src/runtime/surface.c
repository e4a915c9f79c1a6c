/* SPDX-License-Identifier: Apache-2.0 */
/* Surface objects: a resource and nothing more. */
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/resource_desc.h"

cudaError_t rt_cudaCreateSurfaceObject(cudaSurfaceObject_t *pSurfObject,
				       const struct cudaResourceDesc *pResDesc)
{
	CUDA_RESOURCE_DESC resource;
	cudaError_t error;

	if (pSurfObject == NULL || pResDesc == NULL)
		return cudaErrorInvalidValue;
	error = rt_resource_to_driver(pResDesc, &resource);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuSurfObjectCreate(pSurfObject, &resource);
}

cudaError_t rt_cudaGetSurfaceObjectResourceDesc(struct cudaResourceDesc *pResDesc,
						cudaSurfaceObject_t surfObject)
{
	CUDA_RESOURCE_DESC resource;
	CUresult r;

	/* As NVIDIA's library answers. */
	if (pResDesc == NULL)
		return cudaErrorInvalidDevice;
	r = drv.cuSurfObjectGetResourceDesc(&resource, surfObject);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return rt_resource_from_driver(&resource, pResDesc);
}
