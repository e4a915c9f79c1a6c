/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes of any kind: the entry points that take CUgraphNodeParams.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

CUresult sim_node_add(CUcontext ctx, CUgraph graph, const CUgraphNode *deps,
		      const CUgraphEdgeData *data, size_t count, CUgraphNodeParams *params,
		      CUgraphNode *node)
{
	struct sim_edge *edges;
	struct sim_work work;
	CUresult error;

	if (!node || !sim_graph_ok(graph))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_edges_read(graph, deps, data, count, &edges);
	if (error != CUDA_SUCCESS)
		return error;
	error = sim_work_make(ctx, graph, params, &work);
	if (error == CUDA_SUCCESS)
		error = sim_graph_add(graph, edges, (unsigned int)count, &work, node);
	free(edges);
	return error;
}

/* So that a later interface can give these members a meaning. */
static bool reserved_ok(const CUgraphNodeParams *params)
{
	size_t count = sizeof(params->reserved1) / sizeof(params->reserved1[0]);

	for (size_t i = 0; params->type == CU_GRAPH_NODE_TYPE_EMPTY && i < count; i++)
		if (params->reserved1[i])
			return false;
	return !params->reserved0[0] && !params->reserved0[1] && !params->reserved0[2] &&
	       !params->reserved2;
}

/* A kernel's C function is looked for first, because that releases the lock. */
static void look(const CUgraphNodeParams *params)
{
	if (params->type == CU_GRAPH_NODE_TYPE_KERNEL)
		sim_kernel_look(params->kernel.func ? params->kernel.func
						    : (CUfunction)(void *)params->kernel.kern);
}

/*
 * Output members (an allocation's address, a conditional's graphs) are written to the caller's
 * parameters by sim_work_make.
 */
static CUresult add(CUcontext ctx, CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
		    const CUgraphEdgeData *data, size_t count, CUgraphNodeParams *params)
{
	if (!params || !reserved_ok(params))
		return CUDA_ERROR_INVALID_VALUE;
	look(params);
	return sim_node_add(ctx, graph, deps, data, count, params, node);
}

CUresult cuGraphAddNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps, size_t count,
			CUgraphNodeParams *params)
{
	SIM_ENTER(SIM_INIT);
	return add(call.ctx, node, graph, deps, NULL, count, params);
}

CUresult cuGraphAddNode_v2(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
			   const CUgraphEdgeData *data, size_t count, CUgraphNodeParams *params)
{
	SIM_ENTER(SIM_INIT);
	return add(call.ctx, node, graph, deps, data, count, params);
}

CUresult cuGraphNodeSetParams(CUgraphNode node, CUgraphNodeParams *params)
{
	SIM_ENTER(SIM_INIT);
	if (!params || !reserved_ok(params))
		return CUDA_ERROR_INVALID_VALUE;
	look(params);
	return sim_node_ok(node) ? sim_work_change(call.ctx, node, params)
				 : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGraphExecNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraphNodeParams *params)
{
	SIM_ENTER(SIM_INIT);
	if (!params || !reserved_ok(params))
		return CUDA_ERROR_INVALID_VALUE;
	look(params);
	return sim_exec_set(call.ctx, exec, node, params);
}

CUresult cuGraphAddEmptyNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
			     size_t count)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_EMPTY };

	SIM_ENTER(SIM_INIT);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphAddChildGraphNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
				  size_t count, CUgraph child)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_GRAPH, .graph.graph = child };

	SIM_ENTER(SIM_INIT);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphChildGraphNodeGetGraph(CUgraphNode node, CUgraph *child)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_node_ok(node) || node->work.type != CU_GRAPH_NODE_TYPE_GRAPH || !child)
		return CUDA_ERROR_INVALID_VALUE;
	*child = node->work.child;
	return CUDA_SUCCESS;
}

CUresult cuGraphExecChildGraphNodeSetParams(CUgraphExec exec, CUgraphNode node, CUgraph child)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_GRAPH, .graph.graph = child };

	SIM_ENTER(SIM_INIT);
	return sim_exec_set(call.ctx, exec, node, &params);
}
