/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nodes do, made of the parameters that describe it.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

#include "sim/external.h"
#include "sim/memory.h"

/* Also of work that was made only in part. */
void sim_work_clear(struct sim_work *work)
{
	if (work->op)
		sim_op_drop(work->op);
	if (work->child)
		sim_graph_free(work->child);
	for (unsigned int i = 0; i < work->body_count; i++)
		sim_graph_free(work->bodies[i]);
	free(work->bodies);
	if (work->conditional)
		sim_conditional_drop(work->conditional);
	memset(work, 0, sizeof(*work));
}

/* The bodies are counted as they come, so that a failure can be cleared. */
static bool clone_bodies(const struct sim_work *from, bool is_exec, struct sim_work *to)
{
	to->bodies = calloc(from->body_count + 1, sizeof(CUgraph));
	if (!to->bodies)
		return false;
	for (unsigned int i = 0; i < from->body_count; i++) {
		to->bodies[i] = sim_graph_clone(from->bodies[i], is_exec);
		if (!to->bodies[i])
			return false;
		to->body_count++;
	}
	return true;
}

CUresult sim_work_clone(const struct sim_work *from, bool is_exec, struct sim_work *to)
{
	bool ok = true;

	memset(to, 0, sizeof(*to));
	to->type = from->type;
	to->choice = from->choice;
	if (from->op) {
		to->op = from->op;
		sim_op_hold(to->op);
	}
	if (from->conditional) {
		to->conditional = from->conditional;
		to->conditional->refs++;
	}
	if (from->child) {
		to->child = sim_graph_clone(from->child, is_exec);
		ok = to->child != NULL;
	}
	if (ok && from->body_count)
		ok = clone_bodies(from, is_exec, to);
	if (!ok)
		sim_work_clear(to);
	return ok ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

/* A function knows its context; a kernel goes where it is told, else into the current one. */
static CUresult make_kernel(CUcontext ctx, const CUDA_KERNEL_NODE_PARAMS_v3 *params,
			    const struct sim_kernel_op *old, struct sim_op **op)
{
	struct sim_launch launch = {
		.shared = params->sharedMemBytes,
		.params = params->kernelParams,
		.extra = params->extra,
		.attributes = old ? old->attributes : NULL,
		.attribute_count = old ? old->attribute_count : 0,
	};
	struct sim_kernel_op *kernel;
	CUresult error;

	memcpy(launch.grid, &params->gridDimX, sizeof(launch.grid));
	memcpy(launch.block, &params->blockDimX, sizeof(launch.block));
	if (params->func) {
		if (!sim_handle_ok(params->func, SIM_H_FUNCTION))
			return CUDA_ERROR_INVALID_HANDLE;
		launch.function = params->func;
		ctx = params->func->module->ctx;
	} else {
		if (!params->kern || !sim_handle_ok(params->kern, SIM_H_KERNEL))
			return CUDA_ERROR_INVALID_HANDLE;
		launch.function = (CUfunction)(void *)params->kern;
		if (params->ctx)
			ctx = params->ctx;
		error = sim_context_usable(ctx);
		if (error != CUDA_SUCCESS)
			return error;
	}
	error = sim_kernel_prepare(ctx, &launch, &kernel);
	if (error != CUDA_SUCCESS)
		return error;
	/* Parameters say nothing about attributes: the node keeps its own, captured or not. */
	kernel->captured = old && old->captured;
	*op = &kernel->op;
	return CUDA_SUCCESS;
}

/* An operation that was made, or could not be. */
static CUresult given(struct sim_op *made, struct sim_op **op)
{
	*op = made;
	return made ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

/*
 * An empty copy is an error for a node and none for a call; nodes of no width were refused on an
 * H200.
 */
static CUresult make_copy(const CUDA_MEMCPY_NODE_PARAMS *params, struct sim_op **op)
{
	const CUDA_MEMCPY3D *copy = &params->copyParams;
	CUresult error;

	if (params->flags || params->reserved || !copy->WidthInBytes || !copy->Height ||
	    !copy->Depth)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_copy_check(copy);
	return error == CUDA_SUCCESS ? given(sim_copy_op(copy), op) : error;
}

static CUresult make_set(const CUDA_MEMSET_NODE_PARAMS_v2 *params, struct sim_op **op)
{
	CUDA_MEMSET_NODE_PARAMS set;
	CUresult error;

	/* The newer form has a context behind the same members. */
	memcpy(&set, params, sizeof(set));
	if (!set.width || !set.height ||
	    (set.elementSize != 1 && set.elementSize != 2 && set.elementSize != 4) ||
	    (set.height > 1 && set.pitch < set.width * set.elementSize))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_set_check(&set);
	return error == CUDA_SUCCESS ? given(sim_set_op(&set), op) : error;
}

/* The event may have been destroyed since; that is looked at when it runs. */
static void run_record(struct sim_op *op, CUstream stream)
{
	(void)stream;
	sim_event_record_now(op->event.event);
}

static void run_wait(struct sim_op *op, CUstream stream)
{
	(void)stream;
	sim_event_wait_now(op->event.event);
}

static CUresult make_event(CUevent event, bool record, struct sim_op **op)
{
	struct sim_op *made;

	if (!event || !sim_handle_ok(event, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_VALUE;
	made = sim_op_new(record ? SIM_OP_RECORD : SIM_OP_WAIT);
	if (made) {
		made->event.event = event;
		made->run = record ? run_record : run_wait;
	}
	return given(made, op);
}

/* The descriptors of accesses are kept behind the operation. */
struct alloc_op {
	struct sim_op op;
	CUmemAccessDesc *access;
};

/*
 * The application can hold memory that the graph allocated and did not free. That memory then
 * becomes its own, like any other.
 */
static void free_memory(CUdeviceptr dptr)
{
	struct sim_alloc *alloc = sim_memory_find(dptr);

	if (!alloc || alloc->start != dptr || alloc->kind != SIM_M_GRAPH)
		return;
	sim_graph_memory_gone(dptr);
	/* What the application has still to free stays for it. */
	if (alloc->absent)
		sim_memory_free(alloc);
	else
		alloc->kind = SIM_M_DEVICE;
}

/* As release_alloc, for an operation that pool.c made. */
static void release_captured(struct sim_op *op)
{
	free_memory(op->alloc.dptr);
	free(op);
}

static void release_alloc(struct sim_op *op)
{
	free_memory(op->alloc.dptr);
	free(((struct alloc_op *)op)->access);
	free(op);
}

void sim_alloc_op_own(struct sim_op *op)
{
	sim_graph_memory_made(op->alloc.dptr);
	op->release = release_captured;
}

/* The address is fixed here, for other nodes to name; the caller reads it from the parameters. */
static CUresult make_alloc(CUDA_MEM_ALLOC_NODE_PARAMS_v2 *params, struct sim_op **out)
{
	size_t size = params->accessDescCount * sizeof(CUmemAccessDesc);
	struct alloc_op *made;
	CUresult error;

	if (params->accessDescCount && !params->accessDescs)
		return CUDA_ERROR_INVALID_VALUE;
	/* A graph's memory stays in the process. */
	if (params->poolProps.handleTypes != CU_MEM_HANDLE_TYPE_NONE)
		return CUDA_ERROR_NOT_SUPPORTED;
	made = calloc(1, sizeof(*made));
	if (made)
		made->access = malloc(size + 1); /* not NULL either where there are none */
	if (!made || !made->access) {
		free(made);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	made->op.kind = SIM_OP_ALLOC;
	made->op.refs = 1;
	memcpy(&made->op.alloc, params, sizeof(made->op.alloc));
	if (size)
		memcpy(made->access, params->accessDescs, size);
	made->op.alloc.accessDescs = made->access;
	error = sim_pool_node(&made->op.alloc);
	if (error != CUDA_SUCCESS) {
		free(made->access);
		free(made);
		return error;
	}
	sim_graph_memory_made(made->op.alloc.dptr);
	made->op.release = release_alloc;
	params->dptr = made->op.alloc.dptr;
	*out = &made->op;
	return CUDA_SUCCESS;
}

/* Memory of another kind than a graph's own goes for good when the node runs. */
static void run_free(struct sim_op *op, CUstream stream)
{
	struct sim_alloc *alloc;

	(void)stream;
	sim_lock();
	alloc = sim_memory_find(op->freed);
	if (alloc && alloc->start == op->freed && alloc->kind == SIM_M_POOL) {
		sim_pool_returned(alloc);
		sim_memory_free(alloc);
	}
	sim_unlock();
}

struct sim_op *sim_free_op(CUdeviceptr dptr)
{
	struct sim_op *op = sim_op_new(SIM_OP_FREE);

	if (op) {
		op->freed = dptr;
		op->run = run_free;
	}
	return op;
}

/* One free for each allocation of a graph, and none once it was instantiated without. */
static CUresult make_free(CUgraph graph, CUdeviceptr dptr, struct sim_op **op)
{
	struct sim_alloc *alloc = dptr ? sim_memory_find(dptr) : NULL;

	if (!alloc || alloc->start != dptr || alloc->kind != SIM_M_GRAPH)
		return CUDA_ERROR_INVALID_VALUE;
	for (CUgraphNode node = graph->first; node; node = node->next) {
		if (node->work.type == CU_GRAPH_NODE_TYPE_MEM_FREE && node->work.op->freed == dptr)
			return CUDA_ERROR_INVALID_VALUE;
		if (node->work.type == CU_GRAPH_NODE_TYPE_MEM_ALLOC &&
		    node->work.op->alloc.dptr == dptr && node->instantiated)
			return CUDA_ERROR_INVALID_VALUE;
	}
	return given(sim_free_op(dptr), op);
}

/* A child is a copy, unless it is handed over: other values of ownership mean a copy too. */
static CUresult make_child(CUgraph graph, const CUDA_CHILD_GRAPH_NODE_PARAMS *params,
			   CUgraph *child)
{
	CUgraph given_graph = params->graph;

	if (!sim_graph_ok(given_graph) || given_graph == graph)
		return CUDA_ERROR_INVALID_VALUE;
	if (params->ownership == CU_GRAPH_CHILD_GRAPH_OWNERSHIP_MOVE) {
		if (given_graph->owner || given_graph->capture)
			return CUDA_ERROR_INVALID_VALUE;
		*child = given_graph;
		return CUDA_SUCCESS;
	}
	if (!sim_graph_can_clone(given_graph))
		return CUDA_ERROR_NOT_SUPPORTED;
	*child = sim_graph_clone(given_graph, false);
	return *child ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

static bool size_ok(const CUDA_CONDITIONAL_NODE_PARAMS *params)
{
	switch (params->type) {
	case CU_GRAPH_COND_TYPE_IF:
		return params->size == 1 || params->size == 2;
	case CU_GRAPH_COND_TYPE_WHILE:
		return params->size == 1;
	case CU_GRAPH_COND_TYPE_SWITCH:
		return params->size > 0;
	default:
		return false;
	}
}

static CUresult make_conditional(CUgraph graph, CUDA_CONDITIONAL_NODE_PARAMS *params,
				 struct sim_work *work)
{
	struct sim_conditional *conditional = sim_conditional_find(graph, params->handle);

	if (!conditional || conditional->used || !size_ok(params))
		return CUDA_ERROR_INVALID_VALUE;
	work->bodies = calloc(params->size, sizeof(CUgraph));
	for (unsigned int i = 0; work->bodies && i < params->size; i++) {
		work->bodies[i] = sim_graph_new(false);
		if (!work->bodies[i])
			break;
		work->body_count++;
	}
	if (work->body_count < params->size)
		return CUDA_ERROR_OUT_OF_MEMORY;
	work->choice = params->type;
	work->conditional = conditional;
	conditional->refs++;
	conditional->used = true;
	params->phGraph_out = work->bodies;
	return CUDA_SUCCESS;
}

static CUresult make_batch(const CUDA_BATCH_MEM_OP_NODE_PARAMS_v2 *params, struct sim_op **op)
{
	CUresult error = sim_mem_ops_check(params->count, params->paramArray, params->flags);

	if (error != CUDA_SUCCESS || !params->count)
		return error != CUDA_SUCCESS ? error : CUDA_ERROR_INVALID_VALUE;
	return given(sim_mem_ops_op(params->count, params->paramArray), op);
}

/* old is the operation that is replaced, if any: a kernel keeps its attributes. */
static CUresult make(CUcontext ctx, CUgraph graph, CUgraphNodeParams *params,
		     const struct sim_op *old, struct sim_work *work)
{
	switch (params->type) {
	case CU_GRAPH_NODE_TYPE_KERNEL:
		return make_kernel(ctx, &params->kernel, (const struct sim_kernel_op *)old,
				   &work->op);
	case CU_GRAPH_NODE_TYPE_MEMCPY:
		return make_copy(&params->memcpy, &work->op);
	case CU_GRAPH_NODE_TYPE_MEMSET:
		return make_set(&params->memset, &work->op);
	case CU_GRAPH_NODE_TYPE_HOST:
		if (!params->host.fn)
			return CUDA_ERROR_INVALID_VALUE;
		return given(sim_host_op(params->host.fn, params->host.userData), &work->op);
	case CU_GRAPH_NODE_TYPE_GRAPH:
		return make_child(graph, &params->graph, &work->child);
	case CU_GRAPH_NODE_TYPE_EMPTY:
		return CUDA_SUCCESS;
	case CU_GRAPH_NODE_TYPE_WAIT_EVENT:
		return make_event(params->eventWait.event, false, &work->op);
	case CU_GRAPH_NODE_TYPE_EVENT_RECORD:
		return make_event(params->eventRecord.event, true, &work->op);
	case CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL:
		return sim_semaphores_signal(params->extSemSignal.extSemArray,
					     params->extSemSignal.paramsArray,
					     params->extSemSignal.numExtSems, &work->op);
	case CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT:
		return sim_semaphores_wait(params->extSemWait.extSemArray,
					   params->extSemWait.paramsArray,
					   params->extSemWait.numExtSems, &work->op);
	case CU_GRAPH_NODE_TYPE_MEM_ALLOC:
		return make_alloc(&params->alloc, &work->op);
	case CU_GRAPH_NODE_TYPE_MEM_FREE:
		return make_free(graph, params->free.dptr, &work->op);
	case CU_GRAPH_NODE_TYPE_BATCH_MEM_OP:
		return make_batch(&params->memOp, &work->op);
	case CU_GRAPH_NODE_TYPE_CONDITIONAL:
		return make_conditional(graph, &params->conditional, work);
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

CUresult sim_work_make(CUcontext ctx, CUgraph graph, CUgraphNodeParams *params,
		       struct sim_work *work)
{
	CUresult error;

	memset(work, 0, sizeof(*work));
	work->type = params->type;
	error = make(ctx, graph, params, NULL, work);
	if (error != CUDA_SUCCESS)
		sim_work_clear(work);
	return error;
}

/* Allocations, frees and conditionals stay as they were made. */
CUresult sim_work_remake(CUcontext ctx, CUgraphNode node, CUgraphNodeParams *params,
			 struct sim_work *work)
{
	CUresult error;

	memset(work, 0, sizeof(*work));
	work->type = node->work.type;
	if (params->type != node->work.type)
		return CUDA_ERROR_INVALID_VALUE;
	if (work->type == CU_GRAPH_NODE_TYPE_MEM_ALLOC ||
	    work->type == CU_GRAPH_NODE_TYPE_MEM_FREE ||
	    work->type == CU_GRAPH_NODE_TYPE_CONDITIONAL)
		return CUDA_ERROR_NOT_SUPPORTED;
	error = make(ctx, node->graph, params, node->work.op, work);
	if (error != CUDA_SUCCESS)
		sim_work_clear(work);
	return error;
}

CUresult sim_work_change(CUcontext ctx, CUgraphNode node, CUgraphNodeParams *params)
{
	struct sim_work work;
	CUresult error = sim_work_remake(ctx, node, params, &work);

	if (error != CUDA_SUCCESS)
		return error;
	sim_work_clear(&node->work);
	node->work = work;
	if (work.child)
		work.child->owner = node;
	return CUDA_SUCCESS;
}
