/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entry points of stream capture.
 */
#include "sim/capture.h"

#include <stdlib.h>
#include <string.h>

/* In this order on an H200: the legacy stream is refused before a bad mode is. */
static CUresult check_begin(CUstream stream, CUstreamCaptureMode mode)
{
	if (stream->kind == SIM_STREAM_LEGACY)
		return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
	if ((unsigned int)mode > CU_STREAM_CAPTURE_MODE_RELAXED)
		return CUDA_ERROR_INVALID_VALUE;
	return stream->capture ? CUDA_ERROR_ILLEGAL_STATE : CUDA_SUCCESS;
}

static CUresult begin(struct sim_call *call, bool per_thread, CUstream handle,
		      CUstreamCaptureMode mode)
{
	CUstream stream;
	CUgraph graph;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error == CUDA_SUCCESS)
		error = check_begin(stream, mode);
	if (error != CUDA_SUCCESS)
		return error;
	graph = sim_graph_new(false);
	if (!graph)
		return CUDA_ERROR_OUT_OF_MEMORY;
	error = sim_capture_begin(stream, graph, NULL, 0, mode);
	if (error != CUDA_SUCCESS)
		sim_graph_free(graph);
	return error;
}

/* The first form of the call, of CUDA 10.0, knew no modes. */
static CUresult begin_global(struct sim_call *call, bool per_thread, CUstream stream)
{
	return begin(call, per_thread, stream, CU_STREAM_CAPTURE_MODE_GLOBAL);
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamBeginCapture, begin_global, (CUstream stream), stream)
SIM_TWINS(ptsz, SIM_CTX, cuStreamBeginCapture_v2, begin,
	  (CUstream stream, CUstreamCaptureMode mode), stream, mode)

/*
 * The nodes given are what the first captured node depends on; others of the graph are not touched.
 * One capture at a time can add to a graph.
 */
static CUresult begin_to_graph(struct sim_call *call, bool per_thread, CUstream handle,
			       CUgraph graph, const CUgraphNode *deps, const CUgraphEdgeData *data,
			       size_t count, CUstreamCaptureMode mode)
{
	struct sim_edge *edges;
	CUstream stream;
	CUresult error;

	if (!graph)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error == CUDA_SUCCESS)
		error = check_begin(stream, mode);
	if (error != CUDA_SUCCESS)
		return error;
	if (!sim_graph_ok(graph) || graph->capture)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_edges_read(graph, deps, data, count, &edges);
	if (error != CUDA_SUCCESS)
		return error;
	error = sim_capture_begin(stream, graph, edges, (unsigned int)count, mode);
	free(edges);
	return error;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamBeginCaptureToGraph, begin_to_graph,
	  (CUstream stream, CUgraph graph, const CUgraphNode *deps, const CUgraphEdgeData *data,
	   size_t count, CUstreamCaptureMode mode),
	  stream, graph, deps, data, count, mode)

/* Whatever is wrong, the capture is over, but for a stream that is not the one it began on. */
static CUresult end(struct sim_call *call, bool per_thread, CUstream handle, CUgraph *graph)
{
	struct sim_capture *capture;
	CUstream stream;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (graph)
		*graph = NULL;
	capture = stream->capture;
	if (!capture)
		return CUDA_ERROR_ILLEGAL_STATE;
	if (capture->origin != stream) {
		sim_capture_invalidate(capture);
		return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
	}
	if (capture->thread != sim_thread() && capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED)
		error = CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
	else if (capture->invalid)
		error = CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	else if (!sim_capture_joined(capture))
		error = CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
	else if (graph)
		*graph = capture->graph;
	/* Also a graph that the application had before the capture: so does NVIDIA's R580. */
	sim_capture_finish(capture, error != CUDA_SUCCESS || !graph);
	return error;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamEndCapture, end, (CUstream stream, CUgraph *graph), stream, graph)

/* Asking about the legacy stream is refused like using it, but does no harm to the capture. */
static CUresult find(struct sim_call *call, bool per_thread, CUstream handle, CUstream *stream)
{
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, stream);

	if (error == CUDA_SUCCESS && sim_captures && (*stream)->kind == SIM_STREAM_LEGACY)
		error = sim_capture_bars_legacy((*stream)->ctx);
	return error;
}

/* A capture that ended is not known to its streams any more. */
static CUstreamCaptureStatus status_of(CUstream stream)
{
	if (!stream->capture)
		return CU_STREAM_CAPTURE_STATUS_NONE;
	return stream->capture->invalid ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
					: CU_STREAM_CAPTURE_STATUS_ACTIVE;
}

static CUresult is_capturing(struct sim_call *call, bool per_thread, CUstream handle,
			     CUstreamCaptureStatus *status)
{
	CUstream stream;
	CUresult error;

	if (!status)
		return CUDA_ERROR_INVALID_VALUE;
	error = find(call, per_thread, handle, &stream);
	if (error == CUDA_SUCCESS)
		*status = status_of(stream);
	return error;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamIsCapturing, is_capturing,
	  (CUstream stream, CUstreamCaptureStatus *status), stream, status)

/* Where to tell what; every member but the status may be NULL. */
struct answer {
	CUstreamCaptureStatus *status;
	cuuint64_t *id;
	CUgraph *graph;
	const CUgraphNode **nodes;
	const CUgraphEdgeData **data;
	size_t *count;
};

/* The forms of before CUDA 12.3 cannot tell of edge data, and must not hide them. */
static bool all_plain(const struct sim_edges *deps)
{
	for (unsigned int i = 0; i < deps->count; i++)
		if (!sim_edge_plain(&deps->at[i].data))
			return false;
	return true;
}

/* Arrays of the stream's, in place of those told the last time. */
static CUresult tell_deps(CUstream stream, const struct answer *answer)
{
	struct sim_capture_place *place = stream->capture_data;
	unsigned int count = place->deps.count;

	free(place->nodes);
	free(place->data);
	place->nodes = calloc(count + 1, sizeof(CUgraphNode));
	place->data = calloc(count + 1, sizeof(*place->data));
	if (!place->nodes || !place->data)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (unsigned int i = 0; i < count; i++) {
		place->nodes[i] = place->deps.at[i].node;
		place->data[i] = place->deps.at[i].data;
	}
	/* NULL as long as there never were any (H100). */
	if (answer->nodes)
		*answer->nodes = place->deps.at ? place->nodes : NULL;
	if (answer->nodes && !answer->data && !all_plain(&place->deps))
		return CUDA_ERROR_LOSSY_QUERY;
	if (answer->data)
		*answer->data = place->deps.at ? place->data : NULL;
	if (answer->count)
		*answer->count = count;
	return CUDA_SUCCESS;
}

/* Beyond the status nothing is told but of a valid capture. */
static CUresult tell(struct sim_call *call, bool per_thread, CUstream handle,
		     const struct answer *answer)
{
	CUstream stream;
	CUresult error;

	if (!answer->status)
		return CUDA_ERROR_INVALID_VALUE;
	error = find(call, per_thread, handle, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	*answer->status = status_of(stream);
	if (*answer->status != CU_STREAM_CAPTURE_STATUS_ACTIVE)
		return CUDA_SUCCESS;
	if (answer->id)
		*answer->id = stream->capture->id;
	if (answer->graph)
		*answer->graph = stream->capture->graph;
	return answer->nodes || answer->data || answer->count ? tell_deps(stream, answer)
							      : CUDA_SUCCESS;
}

/* CUDA 10.1: the status and the identifier. */
static CUresult info_v1(struct sim_call *call, bool per_thread, CUstream stream,
			CUstreamCaptureStatus *status, cuuint64_t *id)
{
	struct answer answer = { .status = status, .id = id };

	return tell(call, per_thread, stream, &answer);
}

/* CUDA 11.3: the graph and the nodes too. */
static CUresult info_v2(struct sim_call *call, bool per_thread, CUstream stream,
			CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
			const CUgraphNode **nodes, size_t *count)
{
	struct answer answer = { status, id, graph, nodes, NULL, count };

	return tell(call, per_thread, stream, &answer);
}

/* CUDA 12.3: the edges' data too. */
static CUresult info_v3(struct sim_call *call, bool per_thread, CUstream stream,
			CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
			const CUgraphNode **nodes, const CUgraphEdgeData **data, size_t *count)
{
	struct answer answer = { status, id, graph, nodes, data, count };

	return tell(call, per_thread, stream, &answer);
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetCaptureInfo, info_v1,
	  (CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id), stream, status, id)
SIM_TWINS(ptsz, SIM_CTX, cuStreamGetCaptureInfo_v2, info_v2,
	  (CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
	   const CUgraphNode **nodes, size_t *count),
	  stream, status, id, graph, nodes, count)
SIM_TWINS(ptsz, SIM_CTX, cuStreamGetCaptureInfo_v3, info_v3,
	  (CUstream stream, CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
	   const CUgraphNode **nodes, const CUgraphEdgeData **data, size_t *count),
	  stream, status, id, graph, nodes, data, count)

/* Adding a node that is there already changes nothing. */
static CUresult replace(struct sim_edges *deps, const struct sim_edge *edges, size_t count,
			bool set)
{
	if (set)
		deps->count = 0;
	for (size_t i = 0; i < count; i++)
		if (!sim_edges_have(deps, edges[i].node) &&
		    !sim_edges_add(deps, edges[i].node, &edges[i].data))
			return CUDA_ERROR_OUT_OF_MEMORY;
	return CUDA_SUCCESS;
}

/*
 * For libraries that add nodes by hand while a stream captures: the next captured node then comes
 * behind theirs.
 */
static CUresult update(struct sim_call *call, bool per_thread, CUstream handle, CUgraphNode *nodes,
		       const CUgraphEdgeData *data, size_t count, unsigned int flags)
{
	struct sim_edge *edges;
	CUstream stream;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!stream->capture)
		return CUDA_ERROR_ILLEGAL_STATE;
	if (stream->capture->invalid)
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	if (flags > CU_STREAM_SET_CAPTURE_DEPENDENCIES)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_edges_read(stream->capture->graph, nodes, data, count, &edges);
	if (error != CUDA_SUCCESS)
		return error;
	error = replace(sim_capture_deps(stream), edges, count,
			flags == CU_STREAM_SET_CAPTURE_DEPENDENCIES);
	free(edges);
	return error;
}

static CUresult update_v1(struct sim_call *call, bool per_thread, CUstream stream,
			  CUgraphNode *nodes, size_t count, unsigned int flags)
{
	return update(call, per_thread, stream, nodes, NULL, count, flags);
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamUpdateCaptureDependencies, update_v1,
	  (CUstream stream, CUgraphNode *nodes, size_t count, unsigned int flags), stream, nodes,
	  count, flags)
SIM_TWINS(ptsz, SIM_CTX, cuStreamUpdateCaptureDependencies_v2, update,
	  (CUstream stream, CUgraphNode *nodes, const CUgraphEdgeData *data, size_t count,
	   unsigned int flags),
	  stream, nodes, data, count, flags)

/* Whatever is given is taken, as by NVIDIA's R580; unknown modes act as the global one. */
CUresult cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode *mode)
{
	CUstreamCaptureMode old;

	SIM_ENTER(SIM_INIT);
	if (!mode)
		return CUDA_ERROR_INVALID_VALUE;
	old = sim_thread()->capture_mode;
	sim_thread()->capture_mode = *mode;
	*mode = old;
	return CUDA_SUCCESS;
}
