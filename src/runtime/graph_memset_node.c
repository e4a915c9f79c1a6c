/* SPDX-License-Identifier: Apache-2.0 */
/* Set nodes: the same structure on both sides, and a context that the driver wants beside it. */
#include "runtime/calls.h"
#include "runtime/entry.h"

_Static_assert(sizeof(struct cudaMemsetParams) == sizeof(CUDA_MEMSET_NODE_PARAMS),
	       "the structures are cast");

cudaError_t rt_cudaGraphAddMemsetNode(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
				      const cudaGraphNode_t *pDependencies, size_t numDependencies,
				      const struct cudaMemsetParams *pMemsetParams)
{
	CUcontext context;
	CUresult r = drv.cuCtxGetCurrent(&context);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return (cudaError_t)drv.cuGraphAddMemsetNode(pGraphNode, graph, pDependencies,
						     numDependencies,
						     (const CUDA_MEMSET_NODE_PARAMS *)pMemsetParams,
						     context);
}

cudaError_t rt_cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t hGraphExec, cudaGraphNode_t node,
						const struct cudaMemsetParams *pNodeParams)
{
	CUcontext context;
	CUresult r = drv.cuCtxGetCurrent(&context);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return (cudaError_t)drv.cuGraphExecMemsetNodeSetParams(
		hGraphExec, node, (const CUDA_MEMSET_NODE_PARAMS *)pNodeParams, context);
}
