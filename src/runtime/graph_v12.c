/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain graph as CUDA 11 and 12 have it, as far as the driver's call of then would not do: edges
 * had no data.
 */
#include "runtime/calls.h"

cudaError_t rt_cudaGraphAddNode_v12(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
				    const cudaGraphNode_t *pDependencies, size_t numDependencies,
				    struct cudaGraphNodeParams *nodeParams)
{
	return rt_cudaGraphAddNode(pGraphNode, graph, pDependencies, NULL, numDependencies,
				   nodeParams);
}
