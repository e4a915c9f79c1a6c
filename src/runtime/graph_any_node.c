/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes by cudaGraphNodeParams: one structure with a member for each kind of node. Both sides
 * have 256 bytes with the union at 16, but the members of kernel, copy, set and conditional nodes
 * differ; the others are copied as they are. What the driver hands back in an allocation's address
 * and a conditional's graphs goes back to the caller.
 */
#include <stdbool.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/graph_kernel_node.h"
#include "runtime/memcpy_3d.h"

_Static_assert(sizeof(struct cudaGraphNodeParams) == sizeof(CUgraphNodeParams) &&
		       offsetof(struct cudaGraphNodeParams, reserved1) ==
			       offsetof(CUgraphNodeParams, reserved1),
	       "members that are the same on both sides are copied as bytes");

static cudaError_t kernel_to_driver(const struct cudaGraphNodeParams *params,
				    CUgraphNodeParams *driver)
{
	const struct cudaKernelNodeParams plain = {
		.func = params->kernel.func,
		.gridDim = params->kernel.gridDim,
		.blockDim = params->kernel.blockDim,
		.sharedMemBytes = params->kernel.sharedMemBytes,
		.kernelParams = params->kernel.kernelParams,
		.extra = params->kernel.extra,
	};
	CUDA_KERNEL_NODE_PARAMS node;
	cudaError_t error = rt_kernel_node_to_driver(&plain, &node);

	_Static_assert(sizeof(node) == sizeof(driver->kernel), "versions 2 and 3 are alike");
	if (error == cudaSuccess)
		memcpy(&driver->kernel, &node, sizeof(node));
	return error;
}

static cudaError_t copy_to_driver(const struct cudaGraphNodeParams *params,
				  CUgraphNodeParams *driver)
{
	const int *reserved = params->memcpy.reserved;

	/* The driver has one of these three. */
	if (reserved[0] != 0 || reserved[1] != 0 || reserved[2] != 0)
		return cudaErrorInvalidValue;
	driver->memcpy.flags = params->memcpy.flags;
	return rt_memcpy3d_to_driver(&params->memcpy.copyParams, &driver->memcpy.copyParams);
}

static bool reserved_is_used(const struct cudaGraphNodeParams *params)
{
	return params->reserved0[0] != 0 || params->reserved0[1] != 0 ||
	       params->reserved0[2] != 0 || params->reserved2 != 0;
}

static cudaError_t to_driver(const struct cudaGraphNodeParams *params, CUgraphNodeParams *driver)
{
	CUcontext context;
	cudaError_t error = (cudaError_t)drv.cuCtxGetCurrent(&context);

	if (error != cudaSuccess)
		return error;
	if (reserved_is_used(params))
		return cudaErrorInvalidValue;
	memset(driver, 0, sizeof(*driver));
	driver->type = (CUgraphNodeType)params->type;
	switch (params->type) {
	case cudaGraphNodeTypeKernel:
		return kernel_to_driver(params, driver);
	case cudaGraphNodeTypeMemcpy:
		driver->memcpy.copyCtx = context;
		return copy_to_driver(params, driver);
	case cudaGraphNodeTypeMemset:
		memcpy(&driver->memset, &params->memset, sizeof(params->memset));
		driver->memset.ctx = context;
		return cudaSuccess;
	case cudaGraphNodeTypeConditional:
		memcpy(&driver->conditional, &params->conditional, sizeof(params->conditional));
		driver->conditional.ctx = context;
		return cudaSuccess;
	default:
		memcpy(driver->reserved1, params->reserved1, sizeof(driver->reserved1));
		return cudaSuccess;
	}
}

static void results_from_driver(const CUgraphNodeParams *driver, struct cudaGraphNodeParams *params)
{
	if (params->type == cudaGraphNodeTypeMemAlloc)
		params->alloc.dptr = (void *)driver->alloc.dptr;
	else if (params->type == cudaGraphNodeTypeConditional)
		params->conditional.phGraph_out = driver->conditional.phGraph_out;
}

cudaError_t rt_cudaGraphAddNode(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
				const cudaGraphNode_t *pDependencies,
				const cudaGraphEdgeData *dependencyData, size_t numDependencies,
				struct cudaGraphNodeParams *nodeParams)
{
	CUgraphNodeParams driver;
	cudaError_t error;

	if (nodeParams == NULL)
		return cudaErrorInvalidValue;
	error = to_driver(nodeParams, &driver);
	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuGraphAddNode(pGraphNode, graph, pDependencies,
							(const CUgraphEdgeData *)dependencyData,
							numDependencies, &driver);
	if (error == cudaSuccess)
		results_from_driver(&driver, nodeParams);
	return error;
}

cudaError_t rt_cudaGraphNodeSetParams(cudaGraphNode_t node, struct cudaGraphNodeParams *nodeParams)
{
	CUgraphNodeParams driver;
	cudaError_t error;

	if (nodeParams == NULL)
		return cudaErrorInvalidValue;
	error = to_driver(nodeParams, &driver);
	return error == cudaSuccess ? (cudaError_t)drv.cuGraphNodeSetParams(node, &driver) : error;
}

cudaError_t rt_cudaGraphExecNodeSetParams(cudaGraphExec_t graphExec, cudaGraphNode_t node,
					  struct cudaGraphNodeParams *nodeParams)
{
	CUgraphNodeParams driver;
	cudaError_t error;

	if (nodeParams == NULL)
		return cudaErrorInvalidValue;
	error = to_driver(nodeParams, &driver);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphExecNodeSetParams(graphExec, node, &driver);
}
