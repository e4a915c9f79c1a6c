/* SPDX-License-Identifier: Apache-2.0 */
/* Domains texture and surface for programs of CUDA 11 and 12, whose descriptions are shorter. */
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/widen.h"

/* NULL stays NULL: 13's function knows what to say to it. */
static cudaError_t create(cudaTextureObject_t *object, const struct cudaResourceDesc_v12 *resource,
			  const struct cudaTextureDesc *texture,
			  const struct cudaResourceViewDesc_v12 *view)
{
	struct cudaResourceDesc resource_now;
	struct cudaResourceViewDesc view_now;

	if (resource != NULL)
		RT_WIDEN(&resource_now, resource, res);
	if (view != NULL)
		RT_WIDEN(&view_now, view, lastLayer);
	return rt_cudaCreateTextureObject(object, resource != NULL ? &resource_now : NULL, texture,
					  view != NULL ? &view_now : NULL);
}

cudaError_t rt_cudaCreateTextureObject_v12(cudaTextureObject_t *pTexObject,
					   const struct cudaResourceDesc_v12 *pResDesc,
					   const struct cudaTextureDesc *pTexDesc,
					   const struct cudaResourceViewDesc_v12 *pResViewDesc)
{
	return create(pTexObject, pResDesc, pTexDesc, pResViewDesc);
}

/* What 11.8's headers call: with 12's description of the sampler. */
cudaError_t rt_cudaCreateTextureObject_v2_v11(cudaTextureObject_t *pTexObject,
					      const struct cudaResourceDesc_v12 *pResDesc,
					      const struct cudaTextureDesc *pTexDesc,
					      const struct cudaResourceViewDesc_v12 *pResViewDesc)
{
	return create(pTexObject, pResDesc, pTexDesc, pResViewDesc);
}

/* Cubemaps have seams here. */
cudaError_t rt_cudaCreateTextureObject_v11(cudaTextureObject_t *pTexObject,
					   const struct cudaResourceDesc_v12 *pResDesc,
					   const struct cudaTextureDesc_v11 *pTexDesc,
					   const struct cudaResourceViewDesc_v12 *pResViewDesc)
{
	struct cudaTextureDesc texture;

	if (pTexDesc != NULL)
		RT_WIDEN(&texture, pTexDesc, disableTrilinearOptimization);
	return create(pTexObject, pResDesc, pTexDesc != NULL ? &texture : NULL, pResViewDesc);
}

cudaError_t rt_cudaGetTextureObjectResourceDesc_v12(struct cudaResourceDesc_v12 *pResDesc,
						    cudaTextureObject_t texObject)
{
	struct cudaResourceDesc now;
	cudaError_t error =
		rt_cudaGetTextureObjectResourceDesc(pResDesc != NULL ? &now : NULL, texObject);

	if (error == cudaSuccess)
		RT_NARROW(pResDesc, &now, res);
	return error;
}

/* Nobody is obliged to want the view, as in 13. */
cudaError_t rt_cudaGetTextureObjectResourceViewDesc_v12(
	struct cudaResourceViewDesc_v12 *pResViewDesc, cudaTextureObject_t texObject)
{
	struct cudaResourceViewDesc now;
	cudaError_t error = rt_cudaGetTextureObjectResourceViewDesc(&now, texObject);

	if (error == cudaSuccess && pResViewDesc != NULL)
		RT_NARROW(pResViewDesc, &now, lastLayer);
	return error;
}

cudaError_t rt_cudaGetTextureObjectTextureDesc_v11(struct cudaTextureDesc_v11 *pTexDesc,
						   cudaTextureObject_t texObject)
{
	struct cudaTextureDesc now;
	cudaError_t error =
		rt_cudaGetTextureObjectTextureDesc(pTexDesc != NULL ? &now : NULL, texObject);

	if (error == cudaSuccess)
		RT_NARROW(pTexDesc, &now, disableTrilinearOptimization);
	return error;
}

cudaError_t rt_cudaCreateSurfaceObject_v12(cudaSurfaceObject_t *pSurfObject,
					   const struct cudaResourceDesc_v12 *pResDesc)
{
	struct cudaResourceDesc now;

	if (pResDesc != NULL)
		RT_WIDEN(&now, pResDesc, res);
	return rt_cudaCreateSurfaceObject(pSurfObject, pResDesc != NULL ? &now : NULL);
}

cudaError_t rt_cudaGetSurfaceObjectResourceDesc_v12(struct cudaResourceDesc_v12 *pResDesc,
						    cudaSurfaceObject_t surfObject)
{
	struct cudaResourceDesc now;
	cudaError_t error =
		rt_cudaGetSurfaceObjectResourceDesc(pResDesc != NULL ? &now : NULL, surfObject);

	if (error == cudaSuccess)
		RT_NARROW(pResDesc, &now, res);
	return error;
}
