/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copy nodes. The driver has one form, the 3D copy; the runtime also takes linear copies and
 * copies to and from device variables, all of which become a 3D copy of one row.
 */
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/memcpy_3d.h"
#include "runtime/symbol_table.h"

static cudaError_t add_node(cudaGraphNode_t *node, cudaGraph_t graph,
			    const cudaGraphNode_t *dependencies, size_t count,
			    const struct cudaMemcpy3DParms *params)
{
	CUDA_MEMCPY3D copy;
	CUcontext context;
	cudaError_t error;

	if (params == NULL)
		return cudaErrorInvalidValue;
	error = rt_memcpy3d_to_driver(params, &copy);
	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuCtxGetCurrent(&context);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphAddMemcpyNode(node, graph, dependencies, count, &copy,
						     context);
}

static cudaError_t set_node(cudaGraphNode_t node, const struct cudaMemcpy3DParms *params)
{
	CUDA_MEMCPY3D copy;
	cudaError_t error;

	if (params == NULL)
		return cudaErrorInvalidValue;
	error = rt_memcpy3d_to_driver(params, &copy);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphMemcpyNodeSetParams(node, &copy);
}

static cudaError_t set_exec_node(cudaGraphExec_t exec, cudaGraphNode_t node,
				 const struct cudaMemcpy3DParms *params)
{
	CUDA_MEMCPY3D copy;
	CUcontext context;
	cudaError_t error;

	if (params == NULL)
		return cudaErrorInvalidValue;
	error = rt_memcpy3d_to_driver(params, &copy);
	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuCtxGetCurrent(&context);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGraphExecMemcpyNodeSetParams(exec, node, &copy, context);
}

/*
 * A row has neither pitch nor height: the driver keeps both, and NVIDIA's library reads 0 back.
 */
static struct cudaMemcpy3DParms linear(void *dst, const void *src, size_t count,
				       enum cudaMemcpyKind kind)
{
	return (struct cudaMemcpy3DParms){
		.srcPtr = { .ptr = (void *)src },
		.dstPtr = { .ptr = dst },
		.extent = { .width = count, .height = 1, .depth = 1 },
		.kind = kind,
	};
}

/*
 * One side is `count` bytes at `offset` of a device variable. As in copies outside of graphs the
 * symbol is looked at first, then the bounds, then the direction.
 */
static cudaError_t from_symbol(struct cudaMemcpy3DParms *params, void *dst, const void *symbol,
			       size_t count, size_t offset, enum cudaMemcpyKind kind)
{
	void *address;
	cudaError_t error = rt_symbol_part(symbol, offset, count, &address);

	if (error != cudaSuccess)
		return error;
	if (kind != cudaMemcpyDeviceToHost && kind != cudaMemcpyDeviceToDevice &&
	    kind != cudaMemcpyDefault)
		return cudaErrorInvalidMemcpyDirection;
	*params = linear(dst, address, count, kind);
	return cudaSuccess;
}

static cudaError_t to_symbol(struct cudaMemcpy3DParms *params, const void *symbol, const void *src,
			     size_t count, size_t offset, enum cudaMemcpyKind kind)
{
	void *address;
	cudaError_t error = rt_symbol_part(symbol, offset, count, &address);

	if (error != cudaSuccess)
		return error;
	if (kind != cudaMemcpyHostToDevice && kind != cudaMemcpyDeviceToDevice &&
	    kind != cudaMemcpyDefault)
		return cudaErrorInvalidMemcpyDirection;
	*params = linear(address, src, count, kind);
	return cudaSuccess;
}

cudaError_t rt_cudaGraphAddMemcpyNode(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
				      const cudaGraphNode_t *pDependencies, size_t numDependencies,
				      const struct cudaMemcpy3DParms *pCopyParams)
{
	return add_node(pGraphNode, graph, pDependencies, numDependencies, pCopyParams);
}

cudaError_t rt_cudaGraphAddMemcpyNode1D(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
					const cudaGraphNode_t *pDependencies,
					size_t numDependencies, void *dst, const void *src,
					size_t count, enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params = linear(dst, src, count, kind);

	return add_node(pGraphNode, graph, pDependencies, numDependencies, &params);
}

cudaError_t rt_cudaGraphAddMemcpyNodeFromSymbol(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
						const cudaGraphNode_t *pDependencies,
						size_t numDependencies, void *dst,
						const void *symbol, size_t count, size_t offset,
						enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params;
	cudaError_t error = from_symbol(&params, dst, symbol, count, offset, kind);

	if (error != cudaSuccess)
		return error;
	return add_node(pGraphNode, graph, pDependencies, numDependencies, &params);
}

cudaError_t rt_cudaGraphAddMemcpyNodeToSymbol(cudaGraphNode_t *pGraphNode, cudaGraph_t graph,
					      const cudaGraphNode_t *pDependencies,
					      size_t numDependencies, const void *symbol,
					      const void *src, size_t count, size_t offset,
					      enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params;
	cudaError_t error = to_symbol(&params, symbol, src, count, offset, kind);

	if (error != cudaSuccess)
		return error;
	return add_node(pGraphNode, graph, pDependencies, numDependencies, &params);
}

cudaError_t rt_cudaGraphMemcpyNodeGetParams(cudaGraphNode_t node,
					    struct cudaMemcpy3DParms *pNodeParams)
{
	CUDA_MEMCPY3D copy;
	CUresult r;

	if (pNodeParams == NULL)
		return cudaErrorInvalidValue;
	r = drv.cuGraphMemcpyNodeGetParams(node, &copy);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return rt_memcpy3d_from_driver(&copy, pNodeParams);
}

cudaError_t rt_cudaGraphMemcpyNodeSetParams(cudaGraphNode_t node,
					    const struct cudaMemcpy3DParms *pNodeParams)
{
	return set_node(node, pNodeParams);
}

cudaError_t rt_cudaGraphMemcpyNodeSetParams1D(cudaGraphNode_t node, void *dst, const void *src,
					      size_t count, enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params = linear(dst, src, count, kind);

	return set_node(node, &params);
}

cudaError_t rt_cudaGraphMemcpyNodeSetParamsFromSymbol(cudaGraphNode_t node, void *dst,
						      const void *symbol, size_t count,
						      size_t offset, enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params;
	cudaError_t error = from_symbol(&params, dst, symbol, count, offset, kind);

	return error == cudaSuccess ? set_node(node, &params) : error;
}

cudaError_t rt_cudaGraphMemcpyNodeSetParamsToSymbol(cudaGraphNode_t node, const void *symbol,
						    const void *src, size_t count, size_t offset,
						    enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params;
	cudaError_t error = to_symbol(&params, symbol, src, count, offset, kind);

	return error == cudaSuccess ? set_node(node, &params) : error;
}

cudaError_t rt_cudaGraphExecMemcpyNodeSetParams(cudaGraphExec_t hGraphExec, cudaGraphNode_t node,
						const struct cudaMemcpy3DParms *pNodeParams)
{
	return set_exec_node(hGraphExec, node, pNodeParams);
}

cudaError_t rt_cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t hGraphExec, cudaGraphNode_t node,
						  void *dst, const void *src, size_t count,
						  enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params = linear(dst, src, count, kind);

	return set_exec_node(hGraphExec, node, &params);
}

cudaError_t rt_cudaGraphExecMemcpyNodeSetParamsFromSymbol(cudaGraphExec_t hGraphExec,
							  cudaGraphNode_t node, void *dst,
							  const void *symbol, size_t count,
							  size_t offset, enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params;
	cudaError_t error = from_symbol(&params, dst, symbol, count, offset, kind);

	return error == cudaSuccess ? set_exec_node(hGraphExec, node, &params) : error;
}

cudaError_t rt_cudaGraphExecMemcpyNodeSetParamsToSymbol(cudaGraphExec_t hGraphExec,
							cudaGraphNode_t node, const void *symbol,
							const void *src, size_t count,
							size_t offset, enum cudaMemcpyKind kind)
{
	struct cudaMemcpy3DParms params;
	cudaError_t error = to_symbol(&params, symbol, src, count, offset, kind);

	return error == cudaSuccess ? set_exec_node(hGraphExec, node, &params) : error;
}
