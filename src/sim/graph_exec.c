/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executable graphs: made of a graph, changed node by node, launched.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

static CUgraphExec execs;

bool sim_exec_ok(CUgraphExec exec)
{
	return exec && sim_handle_ok(exec, SIM_H_EXEC);
}

/* Launches under way hold the old plan. */
void sim_exec_changed(CUgraphExec exec)
{
	sim_plan_drop(exec->plan);
	exec->plan = NULL;
}

/*
 * The application names nodes by the handles of the source graph, or of the graphs inside it; the
 * own nodes remember whose clones they are.
 */
CUgraphNode sim_exec_node(CUgraphExec exec, CUgraphNode node)
{
	return sim_node_ok(node) ? sim_graph_find(exec->graph, node->id, true) : NULL;
}

/* Conditionals whose handle no node uses make a graph invalid. */
static bool conditionals_used(CUgraph graph)
{
	for (struct sim_conditional *conditional = graph->conditionals; conditional;
	     conditional = conditional->next)
		if (!conditional->used)
			return false;
	return true;
}

/* The first node that a body of a conditional may not hold; NULL: all is well. */
static CUgraphNode unfit(CUgraph body)
{
	for (CUgraphNode node = body->first; node; node = node->next)
		switch (node->work.type) {
		case CU_GRAPH_NODE_TYPE_KERNEL:
		case CU_GRAPH_NODE_TYPE_MEMCPY:
		case CU_GRAPH_NODE_TYPE_MEMSET:
		case CU_GRAPH_NODE_TYPE_EMPTY:
		case CU_GRAPH_NODE_TYPE_GRAPH:
		case CU_GRAPH_NODE_TYPE_CONDITIONAL:
			break;
		default:
			return node;
		}
	return NULL;
}

/* A graph that kernels launch: only what a device can do by itself. */
static bool device_launchable(CUgraph graph)
{
	for (CUgraphNode node = graph->first; node; node = node->next)
		if (node->work.type != CU_GRAPH_NODE_TYPE_KERNEL &&
		    node->work.type != CU_GRAPH_NODE_TYPE_MEMCPY &&
		    node->work.type != CU_GRAPH_NODE_TYPE_MEMSET &&
		    node->work.type != CU_GRAPH_NODE_TYPE_GRAPH)
			return false;
	return graph->count > 0;
}

/*
 * Everything that can be wrong with a graph as a whole, with a result that only the newest form of
 * the call tells.
 */
static CUgraphInstantiateResult structure(CUgraph graph, cuuint64_t flags, CUgraphNode *bad)
{
	CUgraphNode *order;

	if (sim_graph_order(graph, &order, bad) != CUDA_SUCCESS)
		return CUDA_GRAPH_INSTANTIATE_INVALID_STRUCTURE;
	free(order);
	if (!conditionals_used(graph))
		return CUDA_GRAPH_INSTANTIATE_CONDITIONAL_HANDLE_UNUSED;
	for (CUgraphNode node = graph->first; node; node = node->next) {
		CUgraphInstantiateResult result = CUDA_GRAPH_INSTANTIATE_SUCCESS;

		if (node->work.child)
			result = structure(node->work.child, 0, bad);
		for (unsigned int i = 0; i < node->work.body_count && !result; i++) {
			CUgraphNode inside = unfit(node->work.bodies[i]);

			result = structure(node->work.bodies[i], 0, bad);
			if (!result && inside) {
				*bad = inside;
				result = CUDA_GRAPH_INSTANTIATE_NODE_OPERATION_NOT_SUPPORTED;
			}
		}
		if (result)
			return result;
	}
	if (flags & CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH && !device_launchable(graph))
		return CUDA_GRAPH_INSTANTIATE_NODE_OPERATION_NOT_SUPPORTED;
	return CUDA_GRAPH_INSTANTIATE_SUCCESS;
}

/* Freeing at launch needs the host, so it does not go with launches from the device. */
static bool flags_ok(cuuint64_t flags)
{
	const cuuint64_t device = CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH |
				  CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH;

	return flags < 0x10 && (flags & device) != device;
}

static CUresult make(CUgraph graph, cuuint64_t flags, CUgraphExec *out)
{
	CUgraphExec exec = calloc(1, sizeof(*exec));

	if (exec)
		exec->graph = sim_graph_clone(graph, true);
	if (!exec || !exec->graph || !sim_handle_add(exec, SIM_H_EXEC)) {
		if (exec && exec->graph)
			sim_graph_free(exec->graph);
		free(exec);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	/* Only these can be asked for afterwards. */
	exec->flags = flags & (CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH |
			       CUDA_GRAPH_INSTANTIATE_FLAG_DEVICE_LAUNCH);
	exec->source = graph;
	exec->source_id = graph->id;
	exec->next = execs;
	execs = exec;
	graph->execs++;
	for (CUgraphNode node = graph->first; node; node = node->next)
		node->instantiated = true;
	*out = exec;
	return CUDA_SUCCESS;
}

/* The order of these checks is that of the answers on an H200. */
static CUresult instantiate(CUgraphExec *exec, CUgraph graph, cuuint64_t flags,
			    CUgraphInstantiateResult *result, CUgraphNode *bad)
{
	CUgraphNode unused = NULL;

	*result = CUDA_GRAPH_INSTANTIATE_ERROR;
	if (!exec || !sim_graph_ok(graph) || !flags_ok(flags))
		return CUDA_ERROR_INVALID_VALUE;
	/* There is one memory for the allocations of a graph. */
	if (graph->memory_nodes && graph->execs)
		return CUDA_ERROR_NOT_SUPPORTED;
	*result = structure(graph, flags, bad ? bad : &unused);
	return *result ? CUDA_ERROR_INVALID_VALUE : make(graph, flags, exec);
}

/*
 * The forms of CUDA 10 and 11. NVIDIA's R580 has nothing to say in the log any more, nor a node to
 * blame; but it clears both before it looks at anything (H100).
 */
static void clear_report(CUgraphNode *bad, char *log, size_t size)
{
	if (bad)
		*bad = NULL;
	if (log && size)
		log[0] = '\0';
}

CUresult cuGraphInstantiate(CUgraphExec *exec, CUgraph graph, CUgraphNode *bad, char *log,
			    size_t size)
{
	CUgraphInstantiateResult result;

	clear_report(bad, log, size);
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return instantiate(exec, graph, 0, &result, NULL);
}

CUresult cuGraphInstantiate_v2(CUgraphExec *exec, CUgraph graph, CUgraphNode *bad, char *log,
			       size_t size)
{
	CUgraphInstantiateResult result;

	clear_report(bad, log, size);
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return instantiate(exec, graph, 0, &result, NULL);
}

CUresult cuGraphInstantiateWithFlags(CUgraphExec *exec, CUgraph graph, unsigned long long flags)
{
	CUgraphInstantiateResult result;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	/* There is no stream to upload by. */
	if (flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD)
		return CUDA_ERROR_INVALID_VALUE;
	return instantiate(exec, graph, flags, &result, NULL);
}

static CUresult with_params(struct sim_call *call, bool per_thread, CUgraphExec *exec,
			    CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *params)
{
	CUstream stream;
	CUresult error;

	if (!params)
		return CUDA_ERROR_INVALID_VALUE;
	if (params->flags & CUDA_GRAPH_INSTANTIATE_FLAG_UPLOAD) {
		error = sim_stream_find(call->ctx, params->hUploadStream, per_thread, &stream);
		if (error != CUDA_SUCCESS)
			return error;
	}
	params->hErrNode_out = NULL;
	return instantiate(exec, graph, params->flags, &params->result_out, &params->hErrNode_out);
}

SIM_TWINS(ptsz, SIM_CTX | SIM_UNCAPTURED, cuGraphInstantiateWithParams, with_params,
	  (CUgraphExec * exec, CUgraph graph, CUDA_GRAPH_INSTANTIATE_PARAMS *params), exec, graph,
	  params)

CUresult cuGraphExecGetFlags(CUgraphExec exec, cuuint64_t *flags)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_exec_ok(exec) || !flags)
		return CUDA_ERROR_INVALID_VALUE;
	*flags = exec->flags;
	return CUDA_SUCCESS;
}

/* Launches under way have what they need. */
CUresult cuGraphExecDestroy(CUgraphExec exec)
{
	CUgraphExec *link = &execs;

	SIM_ENTER(SIM_INIT);
	if (!sim_exec_ok(exec))
		return CUDA_ERROR_INVALID_VALUE;
	while (*link != exec)
		link = &(*link)->next;
	*link = exec->next;
	if (sim_graph_ok(exec->source) && exec->source->id == exec->source_id)
		exec->source->execs--;
	sim_handle_remove(exec);
	sim_plan_drop(exec->plan);
	sim_graph_free(exec->graph);
	free(exec);
	return CUDA_SUCCESS;
}

static CUresult launch(struct sim_call *call, bool per_thread, CUgraphExec exec, CUstream handle)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error;

	if (!sim_exec_ok(exec))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error == CUDA_SUCCESS)
		error = stream->ctx->sticky;
	if (error == CUDA_SUCCESS && stream->capture)
		error = sim_capture_misuse(stream);
	if (error == CUDA_SUCCESS)
		error = sim_graph_memory_launch(
			exec->graph, exec->flags & CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH);
	if (error != CUDA_SUCCESS)
		return error;
	if (!exec->plan)
		exec->plan = sim_plan_make(exec->graph);
	op = exec->plan ? sim_plan_op(exec->plan) : NULL;
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

/* The stream says where it runs: with one given there need not be a current context. */
SIM_TWINS(ptsz, SIM_INIT, cuGraphLaunch, launch, (CUgraphExec exec, CUstream stream), exec, stream)

/* There is nothing to upload to; what matters is that the stream can be used. */
static CUresult upload(struct sim_call *call, bool per_thread, CUgraphExec exec, CUstream handle)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error;

	if (!sim_exec_ok(exec))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error == CUDA_SUCCESS && stream->capture)
		error = sim_capture_misuse(stream);
	if (error != CUDA_SUCCESS)
		return error;
	op = sim_op_new(SIM_OP_EMPTY);
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

SIM_TWINS(ptsz, SIM_CTX, cuGraphUpload, upload, (CUgraphExec exec, CUstream stream), exec, stream)

/* Only these can be left out. */
static bool can_disable(CUgraphNode node)
{
	return node->work.type == CU_GRAPH_NODE_TYPE_KERNEL ||
	       node->work.type == CU_GRAPH_NODE_TYPE_MEMCPY ||
	       node->work.type == CU_GRAPH_NODE_TYPE_MEMSET;
}

CUresult cuGraphNodeSetEnabled(CUgraphExec exec, CUgraphNode node, unsigned int enabled)
{
	CUgraphNode own;

	SIM_ENTER(SIM_INIT);
	own = sim_exec_ok(exec) ? sim_exec_node(exec, node) : NULL;
	if (!own || !can_disable(own))
		return CUDA_ERROR_INVALID_VALUE;
	own->disabled = !enabled;
	sim_exec_changed(exec);
	return CUDA_SUCCESS;
}

CUresult cuGraphNodeGetEnabled(CUgraphExec exec, CUgraphNode node, unsigned int *enabled)
{
	CUgraphNode own;

	SIM_ENTER(SIM_INIT);
	own = sim_exec_ok(exec) ? sim_exec_node(exec, node) : NULL;
	if (!own || !can_disable(own) || !enabled)
		return CUDA_ERROR_INVALID_VALUE;
	*enabled = !own->disabled;
	return CUDA_SUCCESS;
}
