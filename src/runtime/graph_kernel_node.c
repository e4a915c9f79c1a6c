/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel nodes: the function is the program's host stub on our side, a CUkernel on the driver's. */
#include "runtime/graph_kernel_node.h"

#include <string.h>

#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/kernel.h"

cudaError_t rt_kernel_node_to_driver(const struct cudaKernelNodeParams *params,
				     CUDA_KERNEL_NODE_PARAMS *driver)
{
	cudaError_t error;

	memset(driver, 0, sizeof(*driver));
	error = rt_kernel_find_for_node(params->func, &driver->kern);
	if (error != cudaSuccess)
		return error;
	driver->gridDimX = params->gridDim.x;
	driver->gridDimY = params->gridDim.y;
	driver->gridDimZ = params->gridDim.z;
	driver->blockDimX = params->blockDim.x;
	driver->blockDimY = params->blockDim.y;
	driver->blockDimZ = params->blockDim.z;
	driver->sharedMemBytes = params->sharedMemBytes;
	driver->kernelParams = params->kernelParams;
	driver->extra = params->extra;
	/* ctx stays NULL, which means the current one; kern counts only while func is NULL. */
	return cudaSuccess;
}

cudaError_t rt_cudaGraphAddKernelNode(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
				      const cudaGraphNode_t *pDependencies, size_t numDependencies,
				      const struct cudaKernelNodeParams *pNodeParams)
{
	CUDA_KERNEL_NODE_PARAMS driver;
	cudaError_t error;

	if (pNodeParams == NULL)
		return cudaErrorInvalidValue;
	error = rt_kernel_node_to_driver(pNodeParams, &driver);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphAddKernelNode(pGraphNode, graph, pDependencies,
						     numDependencies, &driver);
}

/*
 * Reading back gives the host stub that the program launches by. A kernel of another runtime in the
 * process (a captured cuBLAS call) has none here; NVIDIA's library answers InvalidDeviceFunction
 * then, and programs such as llama.cpp count on it.
 */
cudaError_t rt_cudaGraphKernelNodeGetParams(cudaGraphNode_t node,
					    struct cudaKernelNodeParams *pNodeParams)
{
	CUDA_KERNEL_NODE_PARAMS driver = { 0 };
	const void *stub;
	CUresult r;

	if (pNodeParams == NULL)
		return cudaErrorInvalidValue;
	r = drv.cuGraphKernelNodeGetParams(node, &driver);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	stub = rt_kernel_host_stub(driver.func, driver.kern);
	if (stub == NULL)
		return cudaErrorInvalidDeviceFunction;
	*pNodeParams = (struct cudaKernelNodeParams){
		.func = (void *)stub,
		.gridDim = { driver.gridDimX, driver.gridDimY, driver.gridDimZ },
		.blockDim = { driver.blockDimX, driver.blockDimY, driver.blockDimZ },
		.sharedMemBytes = driver.sharedMemBytes,
		/* The node's own memory, as NVIDIA's library hands it out. */
		.kernelParams = driver.kernelParams,
		.extra = driver.extra,
	};
	return cudaSuccess;
}

cudaError_t rt_cudaGraphKernelNodeSetParams(cudaGraphNode_t node,
					    const struct cudaKernelNodeParams *pNodeParams)
{
	CUDA_KERNEL_NODE_PARAMS driver;
	cudaError_t error;

	if (pNodeParams == NULL)
		return cudaErrorInvalidValue;
	error = rt_kernel_node_to_driver(pNodeParams, &driver);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphKernelNodeSetParams(node, &driver);
}

cudaError_t rt_cudaGraphExecKernelNodeSetParams(cudaGraphExec_t hGraphExec, cudaGraphNode_t node,
						const struct cudaKernelNodeParams *pNodeParams)
{
	CUDA_KERNEL_NODE_PARAMS driver;
	cudaError_t error;

	if (pNodeParams == NULL)
		return cudaErrorInvalidValue;
	error = rt_kernel_node_to_driver(pNodeParams, &driver);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphExecKernelNodeSetParams(hGraphExec, node, &driver);
}
