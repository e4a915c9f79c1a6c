/* SPDX-License-Identifier: Apache-2.0 */
/* Stream capture: the graph that comes of it, forks and joins, dependencies, capture to a graph. */
#include "conformance.h"

static int status_of(cudaStream_t stream)
{
	enum cudaStreamCaptureStatus status = 99;

	NEED(cudaStreamIsCapturing(stream, &status));
	return (int)status;
}

static void show_graph(cudaGraph_t graph)
{
	cudaGraphNode_t nodes[16];
	size_t count = 16, edges = 0, roots = 0;
	int kinds[16] = { 0 };

	NEED(cudaGraphGetNodes(graph, nodes, &count));
	for (size_t i = 0; i < count && i < 16; i++) {
		enum cudaGraphNodeType type = 15;

		NEED(cudaGraphNodeGetType(nodes[i], &type));
		kinds[type & 15]++;
	}
	for (int i = 0; i < 16; i++) {
		if (kinds[i] != 0)
			conf_print("  nodes of type %d: %d", i, kinds[i]);
	}
	NEED(cudaGraphGetEdges(graph, NULL, NULL, NULL, &edges));
	NEED(cudaGraphGetRootNodes(graph, NULL, &roots));
	conf_print("  nodes %zu, edges %zu, roots %zu", count, edges, roots);
}

static void end(cudaStream_t stream)
{
	cudaGraph_t graph = UNTOUCHED;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess) {
		SHOW(graph);
		return;
	}
	show_graph(graph);
	NEED(cudaGraphDestroy(graph));
}

static cudaError_t launch(cudaStream_t stream)
{
	return conf_launch((const void *)kernel_empty, DIM(1), DIM(1), NULL, 0, stream);
}

/* Two streams and two events; the first stream captures. */
struct pair {
	cudaStream_t a, b;
	cudaEvent_t fork, join;
};

static void begin(struct pair *pair)
{
	conf_register();
	NEED(cudaStreamCreate(&pair->a));
	NEED(cudaStreamCreate(&pair->b));
	NEED(cudaEventCreate(&pair->fork));
	NEED(cudaEventCreate(&pair->join));
	NEED(cudaStreamBeginCapture(pair->a, cudaStreamCaptureModeGlobal));
}

/* -- what becomes nodes -- */

static void on_host(void *data)
{
	(void)data;
}

CASE(nodes_of_all_work)
{
	static char host[64];
	cudaStream_t stream = NULL;
	cudaEvent_t event = NULL;
	void *p = NULL, *q = NULL;

	conf_register();
	NEED(cudaMalloc(&p, 256));
	NEED(cudaEventCreate(&event));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(launch(stream));
	DO(cudaMemsetAsync(p, 0, 64, stream));
	DO(cudaMemcpyAsync(host, p, 64, cudaMemcpyDeviceToHost, stream));
	DO(cudaMemcpy2DAsync(p, 32, host, 16, 8, 2, cudaMemcpyHostToDevice, stream));
	DO(cudaLaunchHostFunc(stream, on_host, NULL));
	DO(cudaEventRecord(event, stream));
	DO(cudaMallocAsync(&q, 64, stream));
	DO(cudaMemsetAsync(q, 1, 64, stream));
	DO(cudaFreeAsync(q, stream));
	end(stream);
}

CASE(work_is_not_done)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = NULL;
	void *p = NULL;

	NEED(cudaMalloc(&p, 16));
	NEED(cudaMemset(p, 0x11, 16));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMemsetAsync(p, 0x22, 16, stream));
	NEED(cudaStreamEndCapture(stream, &graph));
	SHOW_DEVICE(p, 16);
	DO(cudaGraphInstantiate(&exec, graph, 0));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW_DEVICE(p, 16);
}

CASE(nothing_copied_or_set)
{
	static char host[16];
	cudaStream_t stream = NULL;
	void *p = NULL;

	NEED(cudaMalloc(&p, 16));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaMemsetAsync(p, 0, 0, stream));
	DO(cudaMemcpyAsync(host, p, 0, cudaMemcpyDeviceToHost, stream));
	end(stream);
}

CASE(events_outside)
{
	cudaStream_t stream = NULL;
	cudaEvent_t event = NULL;

	NEED(cudaEventCreate(&event));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaEventRecordWithFlags(event, stream, cudaEventRecordExternal));
	DO(cudaStreamWaitEvent(stream, event, cudaEventWaitExternal));
	DO(cudaEventQuery(event));
	SHOW(status_of(stream));
	end(stream);
}

/* -- forks and joins -- */

CASE(fork_and_join)
{
	struct pair pair;

	begin(&pair);
	DO(launch(pair.a));
	DO(cudaEventRecord(pair.fork, pair.a));
	SHOW(status_of(pair.b));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	SHOW(status_of(pair.b));
	DO(launch(pair.b));
	DO(launch(pair.a));
	DO(cudaEventRecord(pair.join, pair.b));
	DO(cudaStreamWaitEvent(pair.a, pair.join, 0));
	DO(launch(pair.a));
	end(pair.a);
	SHOW(status_of(pair.b));
}

CASE(unjoined_work)
{
	struct pair pair;

	begin(&pair);
	DO(launch(pair.a));
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	DO(launch(pair.b));
	end(pair.a);
	SHOW(status_of(pair.a));
	SHOW(status_of(pair.b));
	DO(launch(pair.b));
	DO(cudaDeviceSynchronize());
}

CASE(fork_without_work)
{
	struct pair pair;

	begin(&pair);
	DO(launch(pair.a));
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	end(pair.a);
	SHOW(status_of(pair.b));
}

CASE(ended_on_the_forked_stream)
{
	struct pair pair;

	begin(&pair);
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	end(pair.b);
	SHOW(status_of(pair.a));
	SHOW(status_of(pair.b));
	end(pair.a);
	SHOW(status_of(pair.a));
	SHOW(status_of(pair.b));
}

CASE(begun_on_the_forked_stream)
{
	struct pair pair;

	begin(&pair);
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	DO(cudaStreamBeginCapture(pair.b, cudaStreamCaptureModeGlobal));
	end(pair.a);
}

CASE(forked_stream_destroyed)
{
	struct pair pair;

	begin(&pair);
	DO(launch(pair.a));
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	DO(launch(pair.b));
	DO(cudaStreamDestroy(pair.b));
	end(pair.a);
}

CASE(forked_event_destroyed)
{
	struct pair pair;

	begin(&pair);
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	DO(cudaEventDestroy(pair.fork));
	end(pair.a);
}

CASE(two_captures_merged)
{
	struct pair pair;

	begin(&pair);
	NEED(cudaStreamBeginCapture(pair.b, cudaStreamCaptureModeGlobal));
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	SHOW(status_of(pair.a));
	SHOW(status_of(pair.b));
	end(pair.a);
	end(pair.b);
}

CASE(two_captures_at_a_time)
{
	struct pair pair;

	begin(&pair);
	DO(cudaStreamBeginCapture(pair.b, cudaStreamCaptureModeGlobal));
	DO(launch(pair.a));
	DO(launch(pair.b));
	end(pair.a);
	DO(launch(pair.b));
	end(pair.b);
}

CASE(captured_event_afterwards)
{
	struct pair pair;
	float ms = 0;

	begin(&pair);
	DO(cudaEventRecord(pair.fork, pair.a));
	end(pair.a);
	DO(cudaEventQuery(pair.fork));
	DO(cudaEventSynchronize(pair.fork));
	DO(cudaStreamWaitEvent(pair.b, pair.fork, 0));
	DO(cudaEventElapsedTime(&ms, pair.fork, pair.fork));
	DO(cudaEventRecord(pair.fork, pair.b));
	DO(cudaEventSynchronize(pair.fork));
}

CASE(captured_event_asked_meanwhile)
{
	struct pair pair;

	begin(&pair);
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaEventQuery(pair.fork));
	SHOW(status_of(pair.a));
	DO(cudaEventSynchronize(pair.fork));
	end(pair.a);
}

CASE(event_never_recorded_awaited)
{
	struct pair pair;

	begin(&pair);
	DO(cudaStreamWaitEvent(pair.a, pair.fork, 0));
	SHOW(status_of(pair.a));
	end(pair.a);
}

/* A default stream that waits for the capture. */
static void wait_on(cudaStream_t stream)
{
	struct pair pair;

	begin(&pair);
	DO(cudaEventRecord(pair.fork, pair.a));
	DO(cudaStreamWaitEvent(stream, pair.fork, 0));
	SHOW(status_of(pair.a));
	end(pair.a);
}

CASE(legacy_stream_awaits_a_captured_event)
{
	wait_on(cudaStreamLegacy);
}

CASE(default_stream_awaits_a_captured_event)
{
	wait_on(NULL);
}

/* -- information -- */

CASE(info_without_capture)
{
	enum cudaStreamCaptureStatus status;
	unsigned long long id = UNTOUCHED_64;
	cudaGraph_t graph = UNTOUCHED;
	const cudaGraphNode_t *nodes = UNTOUCHED;
	const cudaGraphEdgeData *data = UNTOUCHED;
	size_t count = UNTOUCHED_64;
	cudaStream_t stream = NULL;

	UNTOUCH(status);
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamGetCaptureInfo(stream, &status, &id, &graph, &nodes, &data, &count));
	SHOW(status);
	SHOW(id);
	SHOW(graph);
	SHOW(nodes);
	SHOW(data);
	SHOW(count);
	DO(cudaStreamGetCaptureInfo(NULL, &status, &id, &graph, &nodes, &data, &count));
	SHOW(status);
}

CASE(info)
{
	enum cudaStreamCaptureStatus status;
	unsigned long long id = 0, again = 0;
	cudaGraph_t graph = NULL, ended = NULL;
	const cudaGraphNode_t *nodes = UNTOUCHED;
	const cudaGraphEdgeData *data = UNTOUCHED;
	size_t count = UNTOUCHED_64;
	struct pair pair;

	begin(&pair);
	UNTOUCH(status);
	DO(cudaStreamGetCaptureInfo(pair.a, &status, &id, &graph, &nodes, &data, &count));
	SHOW(status);
	SHOW_IF(id != 0);
	SHOW(graph);
	SHOW(count);
	NEED(launch(pair.a));
	DO(cudaStreamGetCaptureInfo(pair.a, &status, &again, &graph, &nodes, &data, &count));
	SHOW_IF(again == id);
	SHOW(nodes);
	SHOW(data);
	SHOW(count);
	NEED(cudaStreamEndCapture(pair.a, &ended));
	SHOW_IF(ended == graph);
	NEED(cudaStreamBeginCapture(pair.a, cudaStreamCaptureModeGlobal));
	DO(cudaStreamGetCaptureInfo(pair.a, &status, &again, NULL, NULL, NULL, NULL));
	SHOW_IF(again != id);
	end(pair.a);
}

CASE(info_in_parts)
{
	enum cudaStreamCaptureStatus status;
	const cudaGraphNode_t *nodes = UNTOUCHED;
	struct pair pair;
	size_t count = UNTOUCHED_64;

	begin(&pair);
	NEED(launch(pair.a));
	DO(cudaStreamGetCaptureInfo(pair.a, &status, NULL, NULL, NULL, NULL, NULL));
	SHOW(status);
	DO(cudaStreamGetCaptureInfo(pair.a, &status, NULL, NULL, &nodes, NULL, &count));
	SHOW(nodes);
	SHOW(count);
	DO(cudaStreamGetCaptureInfo(pair.a, &status, NULL, NULL, NULL, NULL, &count));
	end(pair.a);
}

CASE(info_without_a_status)
{
	struct pair pair;

	begin(&pair);
	DO(cudaStreamGetCaptureInfo(pair.a, NULL, NULL, NULL, NULL, NULL, NULL));
	SHOW(status_of(pair.a));
}

CASE(info_that_loses_edge_data)
{
	enum cudaStreamCaptureStatus status;
	const cudaGraphNode_t *nodes = UNTOUCHED;
	cudaGraphEdgeData data = { 0 };
	cudaGraphNode_t node = NULL;
	cudaGraph_t graph = NULL;
	struct pair pair;
	size_t count = UNTOUCHED_64;

	begin(&pair);
	NEED(launch(pair.a));
	NEED(cudaStreamGetCaptureInfo(pair.a, &status, NULL, &graph, &nodes, NULL, &count));
	if (count != 1)
		return;
	node = nodes[0];
	data.from_port = 1;
	data.type = 1;
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, &data, 1, 1));
	DO(cudaStreamGetCaptureInfo(pair.a, &status, NULL, &graph, &nodes, NULL, &count));
	SHOW(status_of(pair.a));
}

CASE(info_of_the_legacy_stream_meanwhile)
{
	enum cudaStreamCaptureStatus status;
	struct pair pair;

	begin(&pair);
	UNTOUCH(status);
	DO(cudaStreamGetCaptureInfo(cudaStreamLegacy, &status, NULL, NULL, NULL, NULL, NULL));
	SHOW(status);
	SHOW(status_of(pair.a));
	end(pair.a);
}

/* -- dependencies by hand -- */

CASE(update_dependencies)
{
	enum cudaStreamCaptureStatus status;
	cudaGraphNode_t node = NULL;
	cudaGraph_t graph = NULL;
	struct pair pair;
	size_t count = UNTOUCHED_64;

	begin(&pair);
	NEED(launch(pair.a));
	NEED(cudaStreamGetCaptureInfo(pair.a, &status, NULL, &graph, NULL, NULL, NULL));
	NEED(cudaGraphAddEmptyNode(&node, graph, NULL, 0));
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, NULL, 1, 0));
	NEED(cudaStreamGetCaptureInfo(pair.a, &status, NULL, NULL, NULL, NULL, &count));
	SHOW(count);
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, NULL, 1, 0));
	NEED(cudaStreamGetCaptureInfo(pair.a, &status, NULL, NULL, NULL, NULL, &count));
	SHOW(count);
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, NULL, 1, 1));
	NEED(cudaStreamGetCaptureInfo(pair.a, &status, NULL, NULL, NULL, NULL, &count));
	SHOW(count);
	NEED(launch(pair.a));
	end(pair.a);
}

CASE(update_dependencies_to_none)
{
	struct pair pair;

	begin(&pair);
	NEED(launch(pair.a));
	DO(cudaStreamUpdateCaptureDependencies(pair.a, NULL, NULL, 0, 1));
	NEED(launch(pair.a));
	end(pair.a);
}

CASE(update_dependencies_bad_arguments)
{
	cudaGraphNode_t node = NULL;
	struct pair pair;

	begin(&pair);
	DO(cudaStreamUpdateCaptureDependencies(pair.a, NULL, NULL, 0, 2));
	DO(cudaStreamUpdateCaptureDependencies(pair.a, NULL, NULL, 0, 0x100));
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, NULL, 0, 0));
	DO(cudaStreamUpdateCaptureDependencies(pair.b, NULL, NULL, 0, 0));
	DO(cudaStreamUpdateCaptureDependencies(pair.b, NULL, NULL, 0, 2));
	SHOW(status_of(pair.a));
	end(pair.a);
}

CASE(update_dependencies_with_a_null_node)
{
	cudaGraphNode_t node = NULL;
	struct pair pair;

	begin(&pair);
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, NULL, 1, 0));
}

CASE(update_dependencies_from_nowhere)
{
	struct pair pair;

	begin(&pair);
	DO(cudaStreamUpdateCaptureDependencies(pair.a, NULL, NULL, 1, 0));
}

CASE(update_dependencies_with_a_node_of_another_graph)
{
	cudaGraphNode_t node = NULL;
	cudaGraph_t other = NULL;
	struct pair pair;

	NEED(cudaGraphCreate(&other, 0));
	NEED(cudaGraphAddEmptyNode(&node, other, NULL, 0));
	begin(&pair);
	DO(cudaStreamUpdateCaptureDependencies(pair.a, &node, NULL, 1, 0));
	SHOW(status_of(pair.a));
	end(pair.a);
}

/* -- capture to a graph -- */

CASE(to_a_graph)
{
	cudaGraphNode_t node = NULL;
	cudaGraph_t graph = NULL, ended = UNTOUCHED;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphAddEmptyNode(&node, graph, NULL, 0));
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCaptureToGraph(stream, graph, &node, NULL, 1, 0));
	SHOW(status_of(stream));
	DO(launch(stream));
	DO(cudaStreamEndCapture(stream, &ended));
	SHOW_IF(ended == graph);
	show_graph(graph);
	DO(cudaStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 0, 2));
	DO(launch(stream));
	DO(cudaStreamEndCapture(stream, &ended));
	show_graph(graph);
	DO(cudaGraphDestroy(graph));
}

CASE(to_a_graph_that_is_spoilt)
{
	cudaGraph_t graph = NULL, ended = UNTOUCHED;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 0, 0));
	NEED(launch(stream));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamEndCapture(stream, &ended));
	SHOW(ended);
}

CASE(to_a_graph_bad_arguments)
{
	cudaGraphNode_t node = NULL;
	cudaGraph_t graph = NULL, other = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphCreate(&other, 0));
	NEED(cudaGraphAddEmptyNode(&node, other, NULL, 0));
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 0, 3));
	DO(cudaStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 0, -1));
	DO(cudaStreamBeginCaptureToGraph(stream, graph, &node, NULL, 1, 0));
	SHOW(status_of(stream));
	DO(cudaStreamBeginCaptureToGraph(cudaStreamLegacy, graph, NULL, NULL, 0, 0));
	DO(cudaStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 0, 0));
	DO(cudaStreamBeginCaptureToGraph(stream, other, NULL, NULL, 0, 0));
	SHOW(status_of(stream));
}

CASE(to_no_graph)
{
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCaptureToGraph(stream, NULL, NULL, NULL, 0, 0));
	SHOW(status_of(stream));
}

CASE(to_a_graph_without_dependencies)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCaptureToGraph(stream, graph, NULL, NULL, 1, 0));
	SHOW(status_of(stream));
}
