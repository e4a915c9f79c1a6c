/* SPDX-License-Identifier: Apache-2.0 */
/* Domain graph, as far as it is about whole graphs and more than the driver's own call. */
#include "runtime/calls.h"
#include "runtime/entry.h"

/* The upload stream is the one argument of the graph calls that stands inside a structure. */
cudaError_t rt_cudaGraphInstantiateWithParams_ptsz(cudaGraphExec_t *pGraphExec, cudaGraph_t graph,
						   cudaGraphInstantiateParams *instantiateParams)
{
	return (cudaError_t)drv.cuGraphInstantiateWithParams_ptsz(
		pGraphExec, graph, (CUDA_GRAPH_INSTANTIATE_PARAMS *)instantiateParams);
}

/* The driver wants the context whose conditional nodes the handle will steer. */
cudaError_t rt_cudaGraphConditionalHandleCreate(cudaGraphConditionalHandle *pHandle_out,
						cudaGraph_t graph, unsigned int defaultLaunchValue,
						unsigned int flags)
{
	CUcontext context;
	CUresult r = drv.cuCtxGetCurrent(&context);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return (cudaError_t)drv.cuGraphConditionalHandleCreate(
		(CUgraphConditionalHandle *)pHandle_out, graph, context, defaultLaunchValue, flags);
}
