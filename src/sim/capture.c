/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capturing streams: what would run becomes the node of a graph. A capture is begun on one stream,
 * spreads to others through events and must come together again before it ends. A call that cannot
 * be captured makes it invalid, which shows at the end at the latest.
 */
#include "sim/capture.h"

#include <stdlib.h>
#include <string.h>

unsigned int sim_captures;

static struct sim_capture *captures;
static unsigned long long last_id;

/*
 * References are counted because an event can outlive the capture it was recorded in: asked about
 * afterwards, it has to answer that the capture is over.
 */
static void hold(struct sim_capture *capture)
{
	capture->refs++;
}

static void drop(struct sim_capture *capture)
{
	if (--capture->refs)
		return;
	sim_edges_free(&capture->orphans);
	free(capture);
}

bool sim_capture_valid(const struct sim_capture *capture)
{
	return !capture->invalid && !capture->ended;
}

/*
 * An invalid capture stays until it is ended on its stream, and all calls for its streams fail
 * until then: that is how a program learns of a call that went wrong in a library below it.
 */
void sim_capture_invalidate(struct sim_capture *capture)
{
	capture->invalid = true;
}

/*
 * A stream joins when it waits for an event of the capture, or when it begins one. The stream is
 * held: it can be destroyed before the capture is over.
 */
static bool join(struct sim_capture *capture, CUstream stream, const struct sim_edge *deps,
		 unsigned int count)
{
	struct sim_capture_place *place = calloc(1, sizeof(*place));

	if (!place)
		return false;
	for (unsigned int i = 0; i < count; i++)
		if (!sim_edges_add(&place->deps, deps[i].node, &deps[i].data)) {
			sim_edges_free(&place->deps);
			free(place);
			return false;
		}
	stream->capture = capture;
	stream->capture_data = place;
	stream->capture_next = capture->streams;
	capture->streams = stream;
	hold(capture);
	sim_stream_hold(stream);
	return true;
}

/* Undoes join, in whatever state the capture is. */
static void leave(struct sim_capture *capture, CUstream stream)
{
	struct sim_capture_place *place = stream->capture_data;
	CUstream *link = &capture->streams;

	while (*link != stream)
		link = &(*link)->capture_next;
	*link = stream->capture_next;
	stream->capture = NULL;
	stream->capture_data = NULL;
	stream->capture_next = NULL;
	sim_edges_free(&place->deps);
	free(place->nodes);
	free(place->data);
	free(place);
	drop(capture);
	sim_stream_drop(stream);
}

CUresult sim_capture_begin(CUstream stream, CUgraph graph, const struct sim_edge *deps,
			   unsigned int count, CUstreamCaptureMode mode)
{
	struct sim_capture *capture = calloc(1, sizeof(*capture));

	if (!capture)
		return CUDA_ERROR_OUT_OF_MEMORY;
	capture->refs = 1;
	capture->id = ++last_id;
	capture->graph = graph;
	capture->origin = stream;
	capture->mode = mode;
	capture->thread = sim_thread();
	if (!join(capture, stream, deps, count)) {
		drop(capture);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	graph->capture = capture;
	capture->next = captures;
	captures = capture;
	sim_captures++;
	return CUDA_SUCCESS;
}

/*
 * The events keep their reference and see that the capture ended. Streams are released before the
 * graph goes, because their dependencies point to its nodes.
 */
void sim_capture_finish(struct sim_capture *capture, bool drop_graph)
{
	struct sim_capture **link = &captures;

	capture->ended = true;
	while (capture->streams)
		leave(capture, capture->streams);
	while (*link != capture)
		link = &(*link)->next;
	*link = capture->next;
	sim_captures--;
	capture->graph->capture = NULL;
	if (drop_graph)
		sim_graph_free(capture->graph);
	capture->graph = NULL;
	drop(capture);
}

/* Marks all that these come after, and themselves. */
static void mark_ancestors(const struct sim_edges *edges, unsigned int mark)
{
	for (unsigned int i = 0; i < edges->count; i++) {
		CUgraphNode node = edges->at[i].node;

		/* A chain, which is the usual case, takes no recursion. */
		while (node->mark != mark) {
			node->mark = mark;
			if (node->deps.count != 1) {
				mark_ancestors(&node->deps, mark);
				break;
			}
			node = node->deps.at[0].node;
		}
	}
}

/* Nodes that the end of the origin's work comes after, or is. */
static bool all_marked(const struct sim_edges *edges, unsigned int mark)
{
	for (unsigned int i = 0; i < edges->count; i++)
		if (edges->at[i].node->mark != mark)
			return false;
	return true;
}

/* Marks of graph.c count up from 1; these, down from the greatest. */
bool sim_capture_joined(struct sim_capture *capture)
{
	static unsigned int mark;

	mark--;
	mark_ancestors(sim_capture_deps(capture->origin), mark);
	for (CUstream stream = capture->streams; stream; stream = stream->capture_next)
		if (!all_marked(sim_capture_deps(stream), mark))
			return false;
	return all_marked(&capture->orphans, mark);
}

/*
 * Kinds of operation and types of node are two lists: some operations can never be in a graph, some
 * nodes never on a stream.
 */
static CUgraphNodeType type_of(const struct sim_op *op)
{
	switch (op->kind) {
	case SIM_OP_COPY:
		return CU_GRAPH_NODE_TYPE_MEMCPY;
	case SIM_OP_SET:
		return CU_GRAPH_NODE_TYPE_MEMSET;
	case SIM_OP_KERNEL:
		return CU_GRAPH_NODE_TYPE_KERNEL;
	case SIM_OP_HOST:
		return CU_GRAPH_NODE_TYPE_HOST;
	case SIM_OP_RECORD:
		return CU_GRAPH_NODE_TYPE_EVENT_RECORD;
	case SIM_OP_WAIT:
		return CU_GRAPH_NODE_TYPE_WAIT_EVENT;
	case SIM_OP_ALLOC:
		return CU_GRAPH_NODE_TYPE_MEM_ALLOC;
	case SIM_OP_FREE:
		return CU_GRAPH_NODE_TYPE_MEM_FREE;
	case SIM_OP_MEM_OP:
		return CU_GRAPH_NODE_TYPE_BATCH_MEM_OP;
	case SIM_OP_SIGNAL:
		return CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL;
	case SIM_OP_SEMAPHORE_WAIT:
		return CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT;
	default:
		return CU_GRAPH_NODE_TYPE_EMPTY;
	}
}

/*
 * A kernel that may begin before the one in front has ended gets an edge that says so; only one
 * kernel in front is possible.
 */
static void set_edge(struct sim_edges *deps, const struct sim_op *op)
{
	if (op->kind == SIM_OP_KERNEL && deps->count == 1 &&
	    deps->at[0].node->work.type == CU_GRAPH_NODE_TYPE_KERNEL &&
	    sim_kernel_flag((const struct sim_kernel_op *)op,
			    CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION))
		deps->at[0].data = (CUgraphEdgeData){
			.from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC,
			.type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC,
		};
}

/* Adds the operation as the stream's next node. Takes the reference. */
static CUresult add_node(CUstream stream, struct sim_op *op)
{
	struct sim_edges *deps = sim_capture_deps(stream);
	struct sim_work work = { .type = type_of(op), .op = op };
	CUgraphNode node;
	CUresult error;

	set_edge(deps, op);
	if (op->kind == SIM_OP_KERNEL)
		sim_kernel_of(op)->captured = true;
	error = sim_graph_add(stream->capture->graph, deps->at, deps->count, &work, &node);
	if (error != CUDA_SUCCESS)
		return error;
	deps->count = 0;
	return sim_edges_add(deps, node, NULL) ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult sim_capture_add(CUstream stream, struct sim_op *op)
{
	/* First of all the memory gets an owner, who frees it if the rest fails. */
	if (op->kind == SIM_OP_ALLOC)
		sim_alloc_op_own(op);
	if (stream->capture->invalid) {
		sim_op_drop(op);
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	}
	if (op->kind == SIM_OP_OTHER || op->kind == SIM_OP_GRAPH) {
		sim_op_drop(op);
		return sim_capture_misuse(stream);
	}
	if (op->kind == SIM_OP_FREE) {
		CUdeviceptr dptr = op->freed;

		sim_op_drop(op);
		op = sim_free_op(dptr);
		if (!op)
			return CUDA_ERROR_OUT_OF_MEMORY;
	}
	return add_node(stream, op);
}

/*
 * Records and waits that are called external act when the graph runs; without the flag they only
 * describe the order within the capture and leave no node.
 */
static CUresult add_event_node(CUstream stream, CUevent event, CUgraphNodeType type)
{
	CUgraphNodeParams params = { .type = type, .eventRecord.event = event };
	struct sim_work work;
	CUresult error = sim_work_make(NULL, stream->capture->graph, &params, &work);

	return error == CUDA_SUCCESS ? add_node(stream, work.op) : error;
}

/* An event stands for the place its stream had reached, so it takes a copy: the stream goes on. */
static struct sim_edges *copy_edges(const struct sim_edges *from)
{
	struct sim_edges *to = calloc(1, sizeof(*to));

	for (unsigned int i = 0; to && i < from->count; i++)
		if (!sim_edges_add(to, from->at[i].node, &from->at[i].data)) {
			sim_edges_free(to);
			free(to);
			return NULL;
		}
	return to;
}

CUresult sim_capture_record(CUstream stream, CUevent event, unsigned int flags)
{
	struct sim_capture *capture = stream->capture;
	struct sim_edges *edges;

	if (capture->invalid)
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	if (flags & CU_EVENT_RECORD_EXTERNAL)
		return add_event_node(stream, event, CU_GRAPH_NODE_TYPE_EVENT_RECORD);
	edges = copy_edges(sim_capture_deps(stream));
	if (!edges)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (event->capture)
		sim_capture_event_forget(event);
	hold(capture);
	event->capture = capture;
	event->capture_data = edges;
	return CUDA_SUCCESS;
}

void sim_capture_event_forget(CUevent event)
{
	struct sim_edges *edges = event->capture_data;

	if (edges)
		sim_edges_free(edges);
	free(edges);
	drop(event->capture);
	event->capture = NULL;
	event->capture_data = NULL;
}

/*
 * A stream that waits for another goes on behind both. What the one already came after is not taken
 * out again: NVIDIA's R580 keeps such edges too.
 */
static CUresult merge(CUstream stream, const struct sim_edges *more)
{
	struct sim_edges *deps = sim_capture_deps(stream);

	for (unsigned int i = 0; i < more->count; i++)
		if (!sim_edges_have(deps, more->at[i].node) &&
		    !sim_edges_add(deps, more->at[i].node, &more->at[i].data))
			return CUDA_ERROR_OUT_OF_MEMORY;
	return CUDA_SUCCESS;
}

/* The stream captures, the event is not from a capture. */
static CUresult wait_outside(CUstream stream, CUevent event, unsigned int flags)
{
	if (flags & CU_EVENT_WAIT_EXTERNAL)
		return add_event_node(stream, event, CU_GRAPH_NODE_TYPE_WAIT_EVENT);
	/* Never recorded: there is nothing to wait for. */
	if (!event->record)
		return CUDA_SUCCESS;
	sim_capture_invalidate(stream->capture);
	return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
}

CUresult sim_capture_wait(CUstream stream, CUevent event, unsigned int flags)
{
	struct sim_capture *from = event->capture;
	const struct sim_edges *edges = event->capture_data;

	if (stream->capture && stream->capture->invalid)
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	if (!from || (stream->capture && flags & CU_EVENT_WAIT_EXTERNAL))
		return wait_outside(stream, event, flags);
	if (!sim_capture_valid(from)) {
		if (stream->capture)
			sim_capture_invalidate(stream->capture);
		return CUDA_ERROR_INVALID_VALUE;
	}
	if (flags & CU_EVENT_WAIT_EXTERNAL)
		return CUDA_ERROR_ILLEGAL_STATE;
	if (stream->kind == SIM_STREAM_LEGACY) {
		sim_capture_invalidate(from);
		return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
	}
	if (!stream->capture)
		return join(from, stream, edges->at, edges->count) ? CUDA_SUCCESS
								   : CUDA_ERROR_OUT_OF_MEMORY;
	if (stream->capture != from) {
		sim_capture_invalidate(stream->capture);
		sim_capture_invalidate(from);
		return CUDA_ERROR_STREAM_CAPTURE_MERGE;
	}
	return merge(stream, edges);
}

/*
 * A capture begun here forbids calls here, unless it was begun as relaxed; a global one forbids
 * them everywhere, to threads that have not chosen otherwise.
 */
static bool forbids(const struct sim_capture *capture, CUstreamCaptureMode mode)
{
	if (capture->thread == sim_thread())
		return capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED;
	return mode == CU_STREAM_CAPTURE_MODE_GLOBAL &&
	       capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL;
}

CUresult sim_capture_unsafe(void)
{
	CUstreamCaptureMode mode = sim_thread()->capture_mode;
	CUresult error = CUDA_SUCCESS;

	if (mode == CU_STREAM_CAPTURE_MODE_RELAXED)
		return CUDA_SUCCESS;
	for (struct sim_capture *capture = captures; capture; capture = capture->next)
		if (forbids(capture, mode)) {
			sim_capture_invalidate(capture);
			error = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
		}
	return error;
}

/*
 * 900 also where the capture is invalid already, which other calls answer with 901: so
 * cuGraphUpload and cuStreamGetId on an H200.
 */
CUresult sim_capture_misuse(CUstream stream)
{
	if (stream->capture)
		sim_capture_invalidate(stream->capture);
	return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
}

/*
 * The legacy stream would have to wait for the blocking streams, which do not run: so it may not be
 * used at all while one of them captures, whatever the mode of the thread.
 */
static CUresult legacy(CUcontext ctx, bool invalidate)
{
	CUresult error = CUDA_SUCCESS;

	for (struct sim_capture *capture = captures; capture; capture = capture->next)
		for (CUstream stream = capture->streams; stream; stream = stream->capture_next)
			if (stream->ctx == ctx && sim_stream_blocking(stream)) {
				if (invalidate)
					sim_capture_invalidate(capture);
				error = CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
			}
	return error;
}

CUresult sim_capture_legacy(CUcontext ctx)
{
	return legacy(ctx, true);
}

CUresult sim_capture_bars_legacy(CUcontext ctx)
{
	return legacy(ctx, false);
}

/* All streams of the context would be waited for, blocking or not. */
CUresult sim_capture_context(CUcontext ctx)
{
	CUresult error = CUDA_SUCCESS;

	for (struct sim_capture *capture = captures; capture; capture = capture->next)
		for (CUstream stream = capture->streams; stream; stream = stream->capture_next)
			if (stream->ctx == ctx) {
				sim_capture_invalidate(capture);
				error = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
			}
	return error;
}

/*
 * 907 while the capture is valid; afterwards the event stands for nothing that happens, which is an
 * invalid value until it is recorded again.
 */
CUresult sim_capture_event_use(CUevent event)
{
	if (!sim_capture_valid(event->capture))
		return CUDA_ERROR_INVALID_VALUE;
	sim_capture_invalidate(event->capture);
	return CUDA_ERROR_CAPTURED_EVENT;
}

/* Without the stream that began it a capture cannot be ended: it is given up. */
void sim_capture_stream_end(CUstream stream)
{
	struct sim_capture *capture = stream->capture;
	const struct sim_edges *deps = sim_capture_deps(stream);

	if (stream == capture->origin) {
		sim_capture_finish(capture, true);
		return;
	}
	for (unsigned int i = 0; i < deps->count; i++)
		if (!sim_edges_add(&capture->orphans, deps->at[i].node, NULL))
			capture->invalid = true;
	leave(capture, stream);
}
