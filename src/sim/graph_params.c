/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes that are not kernels, by the entry points for their kind: each is CUgraphNodeParams of a
 * certain type under another name.
 */
#include "sim/graph.h"

#include <string.h>

#include "sim/external.h"

/* The operation of a node of this type; NULL if it is none. */
static struct sim_op *op_of(CUgraphNode node, CUgraphNodeType type)
{
	return sim_node_ok(node) && node->work.type == type ? node->work.op : NULL;
}

/* The handle is looked at here, once for all kinds. */
static CUresult change(CUcontext ctx, CUgraphNode node, CUgraphNodeParams *params)
{
	return sim_node_ok(node) ? sim_work_change(ctx, node, params) : CUDA_ERROR_INVALID_VALUE;
}

/* Copies. */
static CUgraphNodeParams copy_params(const CUDA_MEMCPY3D *copy)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_MEMCPY };

	params.memcpy.copyParams = *copy;
	return params;
}

/* The context says where a copy runs; here every copy runs on the stream's thread. */
CUresult cuGraphAddMemcpyNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
			      size_t count, const CUDA_MEMCPY3D *copy, CUcontext ctx)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	(void)ctx;
	if (!copy)
		return CUDA_ERROR_INVALID_VALUE;
	params = copy_params(copy);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

/* As given, unified addresses and all: nothing is worked out (H200). */
CUresult cuGraphMemcpyNodeGetParams(CUgraphNode node, CUDA_MEMCPY3D *copy)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_MEMCPY);
	if (!op || !copy)
		return CUDA_ERROR_INVALID_VALUE;
	*copy = op->copy;
	return CUDA_SUCCESS;
}

CUresult cuGraphMemcpyNodeSetParams(CUgraphNode node, const CUDA_MEMCPY3D *copy)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!copy)
		return CUDA_ERROR_INVALID_VALUE;
	params = copy_params(copy);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExecMemcpyNodeSetParams(CUgraphExec exec, CUgraphNode node,
					const CUDA_MEMCPY3D *copy, CUcontext ctx)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	(void)ctx;
	if (!copy)
		return CUDA_ERROR_INVALID_VALUE;
	params = copy_params(copy);
	return sim_exec_set(call.ctx, exec, node, &params);
}

/* Sets. The newer layout has a context at its end. */
static CUgraphNodeParams set_params(const CUDA_MEMSET_NODE_PARAMS *set)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_MEMSET };

	memcpy(&params.memset, set, sizeof(*set));
	return params;
}

CUresult cuGraphAddMemsetNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
			      size_t count, const CUDA_MEMSET_NODE_PARAMS *set, CUcontext ctx)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	(void)ctx;
	if (!set)
		return CUDA_ERROR_INVALID_VALUE;
	params = set_params(set);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphMemsetNodeGetParams(CUgraphNode node, CUDA_MEMSET_NODE_PARAMS *set)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_MEMSET);
	if (!op || !set)
		return CUDA_ERROR_INVALID_VALUE;
	*set = op->set;
	return CUDA_SUCCESS;
}

CUresult cuGraphMemsetNodeSetParams(CUgraphNode node, const CUDA_MEMSET_NODE_PARAMS *set)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!set)
		return CUDA_ERROR_INVALID_VALUE;
	params = set_params(set);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExecMemsetNodeSetParams(CUgraphExec exec, CUgraphNode node,
					const CUDA_MEMSET_NODE_PARAMS *set, CUcontext ctx)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	(void)ctx;
	if (!set)
		return CUDA_ERROR_INVALID_VALUE;
	params = set_params(set);
	return sim_exec_set(call.ctx, exec, node, &params);
}

/* Host functions. */
static CUgraphNodeParams host_params(const CUDA_HOST_NODE_PARAMS *host)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_HOST };

	params.host.fn = host->fn;
	params.host.userData = host->userData;
	return params;
}

CUresult cuGraphAddHostNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps, size_t count,
			    const CUDA_HOST_NODE_PARAMS *host)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!host)
		return CUDA_ERROR_INVALID_VALUE;
	params = host_params(host);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphHostNodeGetParams(CUgraphNode node, CUDA_HOST_NODE_PARAMS *host)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_HOST);
	if (!op || !host)
		return CUDA_ERROR_INVALID_VALUE;
	*host = op->host;
	return CUDA_SUCCESS;
}

CUresult cuGraphHostNodeSetParams(CUgraphNode node, const CUDA_HOST_NODE_PARAMS *host)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!host)
		return CUDA_ERROR_INVALID_VALUE;
	params = host_params(host);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExecHostNodeSetParams(CUgraphExec exec, CUgraphNode node,
				      const CUDA_HOST_NODE_PARAMS *host)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!host)
		return CUDA_ERROR_INVALID_VALUE;
	params = host_params(host);
	return sim_exec_set(call.ctx, exec, node, &params);
}

/* Events. */
static CUgraphNodeParams event_params(CUgraphNodeType type, CUevent event)
{
	CUgraphNodeParams params = { .type = type };

	/* Both kinds have the event as their only member. */
	params.eventRecord.event = event;
	return params;
}

static CUresult add_event(CUcontext ctx, CUgraphNodeType type, CUgraphNode *node, CUgraph graph,
			  const CUgraphNode *deps, size_t count, CUevent event)
{
	CUgraphNodeParams params = event_params(type, event);

	return sim_node_add(ctx, graph, deps, NULL, count, &params, node);
}

static CUresult get_event(CUgraphNodeType type, CUgraphNode node, CUevent *event)
{
	struct sim_op *op = op_of(node, type);

	if (!op || !event)
		return CUDA_ERROR_INVALID_VALUE;
	*event = op->event.event;
	return CUDA_SUCCESS;
}

CUresult cuGraphAddEventRecordNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
				   size_t count, CUevent event)
{
	SIM_ENTER(SIM_INIT);
	return add_event(call.ctx, CU_GRAPH_NODE_TYPE_EVENT_RECORD, node, graph, deps, count,
			 event);
}

CUresult cuGraphAddEventWaitNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
				 size_t count, CUevent event)
{
	SIM_ENTER(SIM_INIT);
	return add_event(call.ctx, CU_GRAPH_NODE_TYPE_WAIT_EVENT, node, graph, deps, count, event);
}

CUresult cuGraphEventRecordNodeGetEvent(CUgraphNode node, CUevent *event)
{
	SIM_ENTER(SIM_INIT);
	return get_event(CU_GRAPH_NODE_TYPE_EVENT_RECORD, node, event);
}

CUresult cuGraphEventWaitNodeGetEvent(CUgraphNode node, CUevent *event)
{
	SIM_ENTER(SIM_INIT);
	return get_event(CU_GRAPH_NODE_TYPE_WAIT_EVENT, node, event);
}

CUresult cuGraphEventRecordNodeSetEvent(CUgraphNode node, CUevent event)
{
	CUgraphNodeParams params = event_params(CU_GRAPH_NODE_TYPE_EVENT_RECORD, event);

	SIM_ENTER(SIM_INIT);
	return change(call.ctx, node, &params);
}

CUresult cuGraphEventWaitNodeSetEvent(CUgraphNode node, CUevent event)
{
	CUgraphNodeParams params = event_params(CU_GRAPH_NODE_TYPE_WAIT_EVENT, event);

	SIM_ENTER(SIM_INIT);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExecEventRecordNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event)
{
	CUgraphNodeParams params = event_params(CU_GRAPH_NODE_TYPE_EVENT_RECORD, event);

	SIM_ENTER(SIM_INIT);
	return sim_exec_set(call.ctx, exec, node, &params);
}

CUresult cuGraphExecEventWaitNodeSetEvent(CUgraphExec exec, CUgraphNode node, CUevent event)
{
	CUgraphNodeParams params = event_params(CU_GRAPH_NODE_TYPE_WAIT_EVENT, event);

	SIM_ENTER(SIM_INIT);
	return sim_exec_set(call.ctx, exec, node, &params);
}

/* Allocations and frees. */
CUresult cuGraphAddMemAllocNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
				size_t count, CUDA_MEM_ALLOC_NODE_PARAMS *alloc)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_MEM_ALLOC };
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!alloc)
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(&params.alloc, alloc, sizeof(*alloc));
	error = sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
	if (error == CUDA_SUCCESS)
		alloc->dptr = params.alloc.dptr;
	return error;
}

/* The access descriptors that are told belong to the node. */
CUresult cuGraphMemAllocNodeGetParams(CUgraphNode node, CUDA_MEM_ALLOC_NODE_PARAMS *alloc)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_MEM_ALLOC);
	if (!op || !alloc)
		return CUDA_ERROR_INVALID_VALUE;
	*alloc = op->alloc;
	return CUDA_SUCCESS;
}

CUresult cuGraphAddMemFreeNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
			       size_t count, CUdeviceptr dptr)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_MEM_FREE, .free.dptr = dptr };

	SIM_ENTER(SIM_INIT);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphMemFreeNodeGetParams(CUgraphNode node, CUdeviceptr *dptr)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_MEM_FREE);
	if (!op || !dptr)
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = op->freed;
	return CUDA_SUCCESS;
}

/* Writes of and waits for values. */
static CUgraphNodeParams batch_params(const CUDA_BATCH_MEM_OP_NODE_PARAMS *batch)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_BATCH_MEM_OP };

	memcpy(&params.memOp, batch, sizeof(*batch));
	return params;
}

CUresult cuGraphAddBatchMemOpNode(CUgraphNode *node, CUgraph graph, const CUgraphNode *deps,
				  size_t count, const CUDA_BATCH_MEM_OP_NODE_PARAMS *batch)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!batch)
		return CUDA_ERROR_INVALID_VALUE;
	params = batch_params(batch);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphBatchMemOpNodeGetParams(CUgraphNode node, CUDA_BATCH_MEM_OP_NODE_PARAMS *batch)
{
	const CUstreamBatchMemOpParams *items;
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_BATCH_MEM_OP);
	if (!op || !batch)
		return CUDA_ERROR_INVALID_VALUE;
	memset(batch, 0, sizeof(*batch));
	batch->ctx = call.ctx;
	batch->count = sim_mem_ops_of(op, &items);
	batch->paramArray = (CUstreamBatchMemOpParams *)items;
	return CUDA_SUCCESS;
}

CUresult cuGraphBatchMemOpNodeSetParams(CUgraphNode node,
					const CUDA_BATCH_MEM_OP_NODE_PARAMS *batch)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!batch)
		return CUDA_ERROR_INVALID_VALUE;
	params = batch_params(batch);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExecBatchMemOpNodeSetParams(CUgraphExec exec, CUgraphNode node,
					    const CUDA_BATCH_MEM_OP_NODE_PARAMS *batch)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!batch)
		return CUDA_ERROR_INVALID_VALUE;
	params = batch_params(batch);
	return sim_exec_set(call.ctx, exec, node, &params);
}

/* Semaphores of other interfaces: signals and waits have one layout but for the array's type. */
static CUgraphNodeParams signal_params(const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *signal)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL };

	memcpy(&params.extSemSignal, signal, sizeof(*signal));
	return params;
}

static CUgraphNodeParams wait_params(const CUDA_EXT_SEM_WAIT_NODE_PARAMS *wait)
{
	CUgraphNodeParams params = { .type = CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT };

	memcpy(&params.extSemWait, wait, sizeof(*wait));
	return params;
}

CUresult cuGraphAddExternalSemaphoresSignalNode(CUgraphNode *node, CUgraph graph,
						const CUgraphNode *deps, size_t count,
						const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *signal)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!signal)
		return CUDA_ERROR_INVALID_VALUE;
	params = signal_params(signal);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphAddExternalSemaphoresWaitNode(CUgraphNode *node, CUgraph graph,
					      const CUgraphNode *deps, size_t count,
					      const CUDA_EXT_SEM_WAIT_NODE_PARAMS *wait)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!wait)
		return CUDA_ERROR_INVALID_VALUE;
	params = wait_params(wait);
	return sim_node_add(call.ctx, graph, deps, NULL, count, &params, node);
}

CUresult cuGraphExternalSemaphoresSignalNodeGetParams(CUgraphNode node,
						      CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *signal)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL);
	if (!op || !signal)
		return CUDA_ERROR_INVALID_VALUE;
	signal->numExtSems =
		sim_semaphores_of(op, &signal->extSemArray, &signal->paramsArray, NULL);
	return CUDA_SUCCESS;
}

CUresult cuGraphExternalSemaphoresWaitNodeGetParams(CUgraphNode node,
						    CUDA_EXT_SEM_WAIT_NODE_PARAMS *wait)
{
	struct sim_op *op;

	SIM_ENTER(SIM_INIT);
	op = op_of(node, CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT);
	if (!op || !wait)
		return CUDA_ERROR_INVALID_VALUE;
	wait->numExtSems = sim_semaphores_of(op, &wait->extSemArray, NULL, &wait->paramsArray);
	return CUDA_SUCCESS;
}

CUresult cuGraphExternalSemaphoresSignalNodeSetParams(CUgraphNode node,
						      const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *signal)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!signal)
		return CUDA_ERROR_INVALID_VALUE;
	params = signal_params(signal);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExternalSemaphoresWaitNodeSetParams(CUgraphNode node,
						    const CUDA_EXT_SEM_WAIT_NODE_PARAMS *wait)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!wait)
		return CUDA_ERROR_INVALID_VALUE;
	params = wait_params(wait);
	return change(call.ctx, node, &params);
}

CUresult cuGraphExecExternalSemaphoresSignalNodeSetParams(
	CUgraphExec exec, CUgraphNode node, const CUDA_EXT_SEM_SIGNAL_NODE_PARAMS *signal)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!signal)
		return CUDA_ERROR_INVALID_VALUE;
	params = signal_params(signal);
	return sim_exec_set(call.ctx, exec, node, &params);
}

CUresult cuGraphExecExternalSemaphoresWaitNodeSetParams(CUgraphExec exec, CUgraphNode node,
							const CUDA_EXT_SEM_WAIT_NODE_PARAMS *wait)
{
	CUgraphNodeParams params;

	SIM_ENTER(SIM_INIT);
	if (!wait)
		return CUDA_ERROR_INVALID_VALUE;
	params = wait_params(wait);
	return sim_exec_set(call.ctx, exec, node, &params);
}
