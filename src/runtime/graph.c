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

/* Only an update that was tried says how it went: after any other error the result is untouched. */
cudaError_t rt_cudaGraphExecUpdate(cudaGraphExec_t hGraphExec, cudaGraph_t hGraph,
				   cudaGraphExecUpdateResultInfo *resultInfo)
{
	CUgraphExecUpdateResultInfo info;
	cudaError_t error = (cudaError_t)drv.cuGraphExecUpdate(hGraphExec, hGraph, &info);

	if ((error != cudaSuccess && error != cudaErrorGraphExecUpdateFailure) ||
	    resultInfo == NULL)
		return error;
	*resultInfo = (cudaGraphExecUpdateResultInfo){
		.result = (enum cudaGraphExecUpdateResult)info.result,
		.errorNode = info.errorNode,
		.errorFromNode = info.errorFromNode,
	};
	return error;
}
