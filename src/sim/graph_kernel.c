/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel nodes: their parameters in both layouts, and their attributes.
 */
#include "sim/graph.h"

#include <string.h>

/* The layout of CUDA 10 lacks the last two members. */
static CUgraphNodeParams wide(const void *params, size_t size)
{
	CUgraphNodeParams wide = { .type = CU_GRAPH_NODE_TYPE_KERNEL };

	memcpy(&wide.kernel, params, size);
	return wide;
}

/*
 * Both layouts begin alike, so the shorter is copied into the longer. A launch by kernel and
 * context is not possible with the shorter.
 */
static CUgraphNodeParams read_params(const void *params, size_t size)
{
	CUgraphNodeParams read = wide(params, size);

	/* Releases the lock, so it comes before anything is looked at. */
	sim_kernel_look(read.kernel.func ? read.kernel.func : (CUfunction)(void *)read.kernel.kern);
	return read;
}

static CUresult add(CUcontext ctx, CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
		    size_t count, const void *params, size_t size)
{
	CUgraphNodeParams read;

	if (!params)
		return CUDA_ERROR_INVALID_VALUE;
	read = read_params(params, size);
	return sim_node_add(ctx, graph, deps, NULL, count, &read, node);
}

CUresult cuGraphAddKernelNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
			      size_t count, const CUDA_KERNEL_NODE_PARAMS_v1 *params)
{
	SIM_ENTER(SIM_INIT);
	return add(call.ctx, node, graph, deps, count, params, sizeof(*params));
}

CUresult cuGraphAddKernelNode_v2(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
				 size_t count, const CUDA_KERNEL_NODE_PARAMS *params)
{
	SIM_ENTER(SIM_INIT);
	return add(call.ctx, node, graph, deps, count, params, sizeof(*params));
}

/* NULL for what is no kernel node. */
static struct sim_kernel_op *kernel_of(CUgraphNode node)
{
	if (!sim_node_ok(node) || node->work.type != CU_GRAPH_NODE_TYPE_KERNEL)
		return NULL;
	return sim_kernel_of(node->work.op);
}

/* Function and kernel are both told, whichever of them the node was made with. */
static CUresult get(CUgraphNode node, void *params, size_t size)
{
	struct sim_kernel_op *op = kernel_of(node);
	CUDA_KERNEL_NODE_PARAMS out = { 0 };

	if (!op || !params)
		return CUDA_ERROR_INVALID_VALUE;
	out.func = op->function;
	out.kern = op->kernel;
	out.ctx = op->ctx;
	memcpy(&out.gridDimX, op->grid, sizeof(op->grid));
	memcpy(&out.blockDimX, op->block, sizeof(op->block));
	out.sharedMemBytes = op->shared;
	if (op->extra[0])
		out.extra = op->extra;
	else if (op->param_count)
		out.kernelParams = op->params;
	memcpy(params, &out, size);
	return CUDA_SUCCESS;
}

CUresult cuGraphKernelNodeGetParams(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS_v1 *params)
{
	SIM_ENTER(SIM_INIT);
	return get(node, params, sizeof(*params));
}

CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS *params)
{
	SIM_ENTER(SIM_INIT);
	return get(node, params, sizeof(*params));
}

static CUresult set(CUcontext ctx, CUgraphNode node, const void *params, size_t size)
{
	CUgraphNodeParams read;

	if (!params)
		return CUDA_ERROR_INVALID_VALUE;
	read = read_params(params, size);
	return sim_node_ok(node) ? sim_work_change(ctx, node, &read) : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGraphKernelNodeSetParams(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS_v1 *params)
{
	SIM_ENTER(SIM_INIT);
	return set(call.ctx, node, params, sizeof(*params));
}

CUresult cuGraphKernelNodeSetParams_v2(CUgraphNode node, const CUDA_KERNEL_NODE_PARAMS *params)
{
	SIM_ENTER(SIM_INIT);
	return set(call.ctx, node, params, sizeof(*params));
}

static CUresult exec_set(CUcontext ctx, CUgraphExec exec, CUgraphNode node, const void *params,
			 size_t size)
{
	CUgraphNodeParams read;

	if (!params)
		return CUDA_ERROR_INVALID_VALUE;
	read = read_params(params, size);
	return sim_exec_set(ctx, exec, node, &read);
}

CUresult cuGraphExecKernelNodeSetParams(CUgraphExec exec, CUgraphNode node,
					const CUDA_KERNEL_NODE_PARAMS_v1 *params)
{
	SIM_ENTER(SIM_INIT);
	return exec_set(call.ctx, exec, node, params, sizeof(*params));
}

CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode node,
					   const CUDA_KERNEL_NODE_PARAMS *params)
{
	SIM_ENTER(SIM_INIT);
	return exec_set(call.ctx, exec, node, params, sizeof(*params));
}

/* The attributes that kernel nodes have, and the bytes of each value; 0: no such. */
static size_t attribute_size(CUkernelNodeAttrID id)
{
	const CUkernelNodeAttrValue *value = NULL;

	switch ((int)id) {
	case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
		return sizeof(value->accessPolicyWindow);
	case CU_LAUNCH_ATTRIBUTE_COOPERATIVE:
	case CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
	case CU_LAUNCH_ATTRIBUTE_PRIORITY:
	case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
	case CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		return sizeof(int);
	case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
		return sizeof(value->clusterDim);
	case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
		return sizeof(value->memSyncDomainMap);
	case CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE:
		return sizeof(value->deviceUpdatableKernelNode);
	default:
		return 0;
	}
}

/* What was not set reads as zero, but for these (seen on an H200). */
static CUlaunchAttributeValue attribute_of(const struct sim_kernel_op *op, CUkernelNodeAttrID id)
{
	CUlaunchAttributeValue value = { .pad = { 0 } };

	if (id == CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP)
		value.memSyncDomainMap.remote = 1;
	if (id == CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE && op->captured)
		value.clusterSchedulingPolicyPreference = CU_CLUSTER_SCHEDULING_POLICY_SPREAD;
	for (unsigned int i = 0; i < op->attribute_count; i++)
		if (op->attributes[i].id == id)
			value = op->attributes[i].value;
	return value;
}

int sim_kernel_flag(const struct sim_kernel_op *op, CUkernelNodeAttrID id)
{
	return attribute_of(op, id).cooperative;
}

/* Between the members there is room that an H200 leaves alone. */
static void tell_updatable(CUlaunchAttributeValue *out, const CUlaunchAttributeValue *value)
{
	out->deviceUpdatableKernelNode.deviceUpdatable =
		value->deviceUpdatableKernelNode.deviceUpdatable;
	out->deviceUpdatableKernelNode.devNode = value->deviceUpdatableKernelNode.devNode;
}

CUresult cuGraphKernelNodeGetAttribute(CUgraphNode node, CUkernelNodeAttrID id,
				       CUkernelNodeAttrValue *out)
{
	struct sim_kernel_op *op;
	CUlaunchAttributeValue value;

	SIM_ENTER(SIM_INIT);
	op = kernel_of(node);
	if (!op || !out || !attribute_size(id))
		return CUDA_ERROR_INVALID_VALUE;
	value = attribute_of(op, id);
	if (id == CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE)
		tell_updatable(out, &value);
	else
		memcpy(out, &value, attribute_size(id));
	return CUDA_SUCCESS;
}

/* The operation is replaced, like everywhere: executable graphs may share it. */
static CUresult set_attributes(CUgraphNode node, const CUlaunchAttribute *attributes,
			       unsigned int count)
{
	struct sim_kernel_op *op;
	CUresult error = sim_kernel_copy(kernel_of(node), attributes, count, &op);

	if (error != CUDA_SUCCESS)
		return error;
	sim_op_drop(node->work.op);
	node->work.op = &op->op;
	return CUDA_SUCCESS;
}

/* Clusters must divide the grid; all zero takes the cluster away. */
static bool cluster_fits(const struct sim_kernel_op *op, const CUlaunchAttributeValue *value)
{
	const unsigned int *dim = &value->clusterDim.x;

	if (!dim[0] && !dim[1] && !dim[2])
		return true;
	for (int i = 0; i < 3; i++)
		if (!dim[i] || op->grid[i] % dim[i])
			return false;
	return true;
}

/* A priority is brought into the range there is; other values out of range are refused. */
static CUresult check_attribute(const struct sim_kernel_op *op, CUlaunchAttribute *attribute)
{
	CUlaunchAttributeValue *value = &attribute->value;

	switch ((int)attribute->id) {
	case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
		return value->accessPolicyWindow.hitRatio >= 0 &&
				       value->accessPolicyWindow.hitRatio <= 1
			       ? CUDA_SUCCESS
			       : CUDA_ERROR_INVALID_VALUE;
	case CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		return (int)value->sharedMemCarveout >= -1 && (int)value->sharedMemCarveout <= 100
			       ? CUDA_SUCCESS
			       : CUDA_ERROR_INVALID_VALUE;
	case CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION:
		return cluster_fits(op, value) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CLUSTER_SIZE;
	case CU_LAUNCH_ATTRIBUTE_PRIORITY:
		if (value->priority < SIM_GREATEST_PRIORITY)
			value->priority = SIM_GREATEST_PRIORITY;
		if (value->priority > SIM_LEAST_PRIORITY)
			value->priority = SIM_LEAST_PRIORITY;
		return CUDA_SUCCESS;
	default:
		return CUDA_SUCCESS;
	}
}

CUresult cuGraphKernelNodeSetAttribute(CUgraphNode node, CUkernelNodeAttrID id,
				       const CUkernelNodeAttrValue *value)
{
	CUlaunchAttribute attributes[SIM_KERNEL_ATTRIBUTES];
	struct sim_kernel_op *op;
	unsigned int count = 0;
	CUresult error;

	SIM_ENTER(SIM_INIT);
	op = kernel_of(node);
	if (!op || !value || !attribute_size(id))
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < op->attribute_count && count < SIM_KERNEL_ATTRIBUTES - 1; i++)
		if (op->attributes[i].id != id)
			attributes[count++] = op->attributes[i];
	memset(&attributes[count], 0, sizeof(attributes[count]));
	attributes[count].id = id;
	memcpy(&attributes[count].value, value, attribute_size(id));
	error = check_attribute(op, &attributes[count]);
	return error == CUDA_SUCCESS ? set_attributes(node, attributes, count + 1) : error;
}

CUresult cuGraphKernelNodeCopyAttributes(CUgraphNode dst, CUgraphNode src)
{
	struct sim_kernel_op *from;

	SIM_ENTER(SIM_INIT);
	from = kernel_of(src);
	if (!from || !kernel_of(dst))
		return CUDA_ERROR_INVALID_VALUE;
	return set_attributes(dst, from->attributes, from->attribute_count);
}
