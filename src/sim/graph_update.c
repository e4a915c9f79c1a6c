/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing executable graphs: one node at a time, or all of them to be like those of a graph of the
 * same shape.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"

/*
 * Another function or another shape is fine, as it is on an H200; how blocks work together is built
 * into the executable graph.
 */
static bool kernel_fits(const struct sim_kernel_op *old, const struct sim_kernel_op *new)
{
	static const CUkernelNodeAttrID fixed[] = {
		CU_LAUNCH_ATTRIBUTE_COOPERATIVE,
		CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE,
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (sim_kernel_flag(old, fixed[i]) != sim_kernel_flag(new, fixed[i]))
			return false;
	return true;
}

/* Does this unified address lie on the host? */
static bool on_host(CUdeviceptr address)
{
	const struct sim_alloc *alloc = sim_memory_find(address);

	return !alloc || sim_memory_on_host(alloc);
}

/* Two ways to name the same place are two places, to NVIDIA's R580 too. */
static bool same_side(CUmemorytype old, CUdeviceptr old_address, CUmemorytype new,
		      CUdeviceptr new_address)
{
	return old == new &&
	       (old != CU_MEMORYTYPE_UNIFIED || on_host(old_address) == on_host(new_address));
}

static bool copy_is_row(const CUDA_MEMCPY3D *copy)
{
	return copy->Height == 1 && copy->Depth == 1;
}

/*
 * Rows can change their place and length as long as the kind of memory stays; boxes stay as they
 * are.
 */
static bool copy_fits(const CUDA_MEMCPY3D *old, const CUDA_MEMCPY3D *new)
{
	if (memcmp(old, new, sizeof(*old)) == 0)
		return true;
	return copy_is_row(old) && copy_is_row(new) &&
	       same_side(old->srcMemoryType, old->srcDevice, new->srcMemoryType, new->srcDevice) &&
	       same_side(old->dstMemoryType, old->dstDevice, new->dstMemoryType, new->dstDevice);
}

/* An update may leave a set of several rows alone, but not change it. */
static bool set_fits(const CUDA_MEMSET_NODE_PARAMS *old, const CUDA_MEMSET_NODE_PARAMS *new)
{
	return (old->height == 1 && new->height == 1) || memcmp(old, new, sizeof(*old)) == 0;
}

static CUgraphExecUpdateResult parameters(bool fit)
{
	return fit ? CU_GRAPH_EXEC_UPDATE_SUCCESS : CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED;
}

CUgraphExecUpdateResult sim_work_fits(const struct sim_work *old, const struct sim_work *new)
{
	if (old->type != new->type)
		return CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED;
	switch (old->type) {
	case CU_GRAPH_NODE_TYPE_KERNEL:
		return kernel_fits(sim_kernel_of(old->op), sim_kernel_of(new->op))
			       ? CU_GRAPH_EXEC_UPDATE_SUCCESS
			       : CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED;
	case CU_GRAPH_NODE_TYPE_MEMCPY:
		return parameters(copy_fits(&old->op->copy, &new->op->copy));
	case CU_GRAPH_NODE_TYPE_MEMSET:
		return parameters(set_fits(&old->op->set, &new->op->set));
	case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
		return parameters(old->op->alloc.dptr == new->op->alloc.dptr);
	case CU_GRAPH_NODE_TYPE_MEM_FREE:
		return parameters(old->op->freed == new->op->freed);
	case CU_GRAPH_NODE_TYPE_CONDITIONAL:
		return parameters(old->choice == new->choice && old->body_count == new->body_count);
	default:
		return CU_GRAPH_EXEC_UPDATE_SUCCESS;
	}
}

/* Nodes were numbered by sim_graph_order: the same numbers must depend on the same numbers. */
static bool same_edges(CUgraphNode own, CUgraphNode node)
{
	if (own->deps.count != node->deps.count)
		return false;
	for (unsigned int i = 0; i < node->deps.count; i++) {
		const struct sim_edge *edge = &node->deps.at[i];
		bool found = false;

		for (unsigned int j = 0; j < own->deps.count && !found; j++)
			found = own->deps.at[j].node->index == edge->node->index &&
				memcmp(&own->deps.at[j].data, &edge->data, sizeof(edge->data)) == 0;
		if (!found)
			return false;
	}
	return true;
}

static CUgraphExecUpdateResult compare(CUgraph own, CUgraph graph, CUgraphNode *bad);

/* The node told of is that of the new graph, which is what the application has in hand. */
static CUgraphExecUpdateResult compare_node(CUgraphNode own, CUgraphNode node, CUgraphNode *bad)
{
	CUgraphExecUpdateResult result = sim_work_fits(&own->work, &node->work);
	CUgraphNode inner = NULL;

	if (!result && !same_edges(own, node)) {
		/* A node is to blame for an edge it lacks, not for one it has too many (H200). */
		if (node->deps.count <= own->deps.count)
			*bad = node;
		return CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
	}
	if (result) {
		*bad = node;
		return result;
	}
	if (node->work.child)
		result = compare(own->work.child, node->work.child, &inner);
	for (unsigned int i = 0; i < node->work.body_count && !result; i++)
		result = compare(own->work.bodies[i], node->work.bodies[i], &inner);
	if (result)
		*bad = inner;
	return result;
}

/*
 * Two graphs are compared in the order in which they would run: on an H200 a graph of two like
 * nodes fits its mirror image. Where the numbers differ no node is to blame.
 */
static CUgraphExecUpdateResult compare(CUgraph own, CUgraph graph, CUgraphNode *bad)
{
	CUgraphExecUpdateResult result = CU_GRAPH_EXEC_UPDATE_SUCCESS;
	CUgraphNode *left = NULL, *right = NULL;

	if (own->count != graph->count)
		return CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
	if (sim_graph_order(own, &left, NULL) != CUDA_SUCCESS ||
	    sim_graph_order(graph, &right, bad) != CUDA_SUCCESS)
		result = CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED;
	for (unsigned int i = 0; i < graph->count && !result; i++)
		result = compare_node(left[i], right[i], bad);
	free(left);
	free(right);
	return result;
}

/* Both fit: the own nodes take the others' operations, and answer to their names from now on. */
static bool adopt(CUgraph own, CUgraph graph)
{
	CUgraphNode *left = NULL, *right = NULL;
	bool ok = sim_graph_order(own, &left, NULL) == CUDA_SUCCESS &&
		  sim_graph_order(graph, &right, NULL) == CUDA_SUCCESS;

	for (unsigned int i = 0; ok && i < graph->count; i++) {
		struct sim_work *to = &left[i]->work, *from = &right[i]->work;

		if (from->op) {
			sim_op_hold(from->op);
			sim_op_drop(to->op);
			to->op = from->op;
		}
		if (from->conditional) {
			from->conditional->refs++;
			sim_conditional_drop(to->conditional);
			to->conditional = from->conditional;
		}
		if (from->child)
			ok = adopt(to->child, from->child);
		for (unsigned int j = 0; ok && j < from->body_count; j++)
			ok = adopt(to->bodies[j], from->bodies[j]);
	}
	free(left);
	free(right);
	return ok;
}

CUgraphExecUpdateResult sim_exec_adopt(CUgraph own, CUgraph graph, CUgraphNode *bad)
{
	CUgraphExecUpdateResult result = compare(own, graph, bad);

	if (result)
		return result;
	return adopt(own, graph) ? CU_GRAPH_EXEC_UPDATE_SUCCESS : CU_GRAPH_EXEC_UPDATE_ERROR;
}

/* Errors of the call itself leave the caller's result alone. */
static CUresult update(CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo *info)
{
	memset(info, 0, sizeof(*info));
	info->result = CU_GRAPH_EXEC_UPDATE_ERROR;
	if (!sim_exec_ok(exec) || !sim_graph_ok(graph))
		return CUDA_ERROR_INVALID_VALUE;
	info->result = sim_exec_adopt(exec->graph, graph, &info->errorNode);
	if (info->result)
		return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
	sim_exec_changed(exec);
	return CUDA_SUCCESS;
}

CUresult cuGraphExecUpdate_v2(CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo *out)
{
	CUgraphExecUpdateResultInfo info;
	CUresult error;

	SIM_ENTER(SIM_INIT);
	error = update(exec, graph, &info);
	if (out && (error == CUDA_SUCCESS || error == CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE))
		*out = info;
	return error;
}

/* The first node in the order of running that edges leave otherwise; NULL: the sizes differ. */
static CUgraphNode leaves_otherwise(CUgraph own, CUgraph graph)
{
	CUgraphNode *left = NULL, *right = NULL, found = NULL;

	if (own->count != graph->count || sim_graph_order(own, &left, NULL) != CUDA_SUCCESS ||
	    sim_graph_order(graph, &right, &found) != CUDA_SUCCESS) {
		free(left);
		return found;
	}
	for (unsigned int i = 0; i < graph->count && !found; i++)
		for (unsigned int j = 0; j < graph->count && !found; j++)
			if (sim_edges_have(&left[j]->deps, left[i]) !=
			    sim_edges_have(&right[j]->deps, right[i]))
				found = right[i];
	free(left);
	free(right);
	return found;
}

/*
 * The form of CUDA 11 blames the node where a differing edge begins and tells of another number of
 * nodes that this is not supported (H100). It answers whatever it is asked.
 */
CUresult cuGraphExecUpdate(CUgraphExec exec, CUgraph graph, CUgraphNode *bad,
			   CUgraphExecUpdateResult *result)
{
	CUgraphExecUpdateResultInfo info;
	CUresult error;

	SIM_ENTER(SIM_INIT);
	error = update(exec, graph, &info);
	if (error == CUDA_ERROR_INVALID_VALUE)
		info.result = CU_GRAPH_EXEC_UPDATE_SUCCESS;
	if (info.result == CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED) {
		info.errorNode = leaves_otherwise(exec->graph, graph);
		if (!info.errorNode)
			info.result = CU_GRAPH_EXEC_UPDATE_ERROR_NOT_SUPPORTED;
	}
	if (bad)
		*bad = info.errorNode;
	if (result)
		*result = info.result;
	return error;
}

/* A copy or a set of several rows stays as it is, and so does a child's shape. */
static CUresult check(const struct sim_work *old, const struct sim_work *new)
{
	if (sim_work_fits(old, new) != CU_GRAPH_EXEC_UPDATE_SUCCESS)
		return CUDA_ERROR_INVALID_VALUE;
	if (old->type == CU_GRAPH_NODE_TYPE_MEMSET &&
	    (old->op->set.height > 1 || new->op->set.height > 1))
		return CUDA_ERROR_INVALID_VALUE;
	if (old->type == CU_GRAPH_NODE_TYPE_MEMCPY &&
	    (!copy_is_row(&old->op->copy) || !copy_is_row(&new->op->copy)))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

/* Only the parameters are taken over, so the shapes must be the same. */
static CUresult set_child(CUgraphNode own, CUgraphNodeParams *params)
{
	CUgraphNode bad = NULL;

	if (!sim_graph_ok(params->graph.graph))
		return CUDA_ERROR_INVALID_VALUE;
	return sim_exec_adopt(own->work.child, params->graph.graph, &bad)
		       ? CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE
		       : CUDA_SUCCESS;
}

CUresult sim_exec_set(CUcontext ctx, CUgraphExec exec, CUgraphNode node, CUgraphNodeParams *params)
{
	CUgraphNode own = sim_exec_ok(exec) ? sim_exec_node(exec, node) : NULL;
	struct sim_work work;
	CUresult error;

	if (!own)
		return CUDA_ERROR_INVALID_VALUE;
	if (own->work.child && params->type == own->work.type) {
		error = set_child(own, params);
	} else {
		error = sim_work_remake(ctx, own, params, &work);
		if (error == CUDA_SUCCESS)
			error = check(&own->work, &work);
		if (error == CUDA_SUCCESS) {
			sim_work_clear(&own->work);
			own->work = work;
		} else {
			sim_work_clear(&work);
		}
	}
	if (error == CUDA_SUCCESS)
		sim_exec_changed(exec);
	return error;
}
