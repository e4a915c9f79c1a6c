/* SPDX-License-Identifier: Apache-2.0 */
/* Host, empty, child, event and semaphore nodes. */
#include "graphs.h"

static void add_ten(void *data)
{
	*(int *)data += 10;
}

static void double_it(void *data)
{
	*(int *)data *= 2;
}

static cudaGraphNode_t host_node(cudaGraph_t graph, int *number)
{
	struct cudaHostNodeParams host = { add_ten, number };
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddHostNode(&node, graph, NULL, 0, &host));
	return node;
}

CASE(host_node)
{
	cudaGraph_t graph = conf_graph();
	int number = 1;
	struct cudaHostNodeParams host = { add_ten, &number }, got;
	cudaGraphNode_t node = UNTOUCHED, next = UNTOUCHED;
	enum cudaGraphNodeType type;

	DO(cudaGraphAddHostNode(&node, graph, NULL, 0, &host));
	SHOW(node);
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	UNTOUCH(got);
	DO(cudaGraphHostNodeGetParams(node, &got));
	SHOW_IF(got.fn == add_ten);
	SHOW_IF(got.userData == &number);
	host.fn = double_it;
	DO(cudaGraphAddHostNode(&next, graph, &node, 1, &host));
	conf_play(graph);
	SHOW(number);
}

CASE(host_node_set_params)
{
	cudaGraph_t graph = conf_graph();
	int number = 1, other = 5;
	cudaGraphNode_t node = host_node(graph, &number);
	struct cudaHostNodeParams host = { double_it, &other }, got;

	DO(cudaGraphHostNodeSetParams(node, &host));
	DO(cudaGraphHostNodeGetParams(node, &got));
	SHOW_IF(got.fn == double_it);
	SHOW_IF(got.userData == &other);
	conf_play(graph);
	SHOW(number);
	SHOW(other);
	host.userData = NULL;
	DO(cudaGraphHostNodeSetParams(node, &host));
	DO(cudaGraphHostNodeGetParams(node, &got));
	SHOW(got.userData);
}

CASE(host_node_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	int number = 1;
	struct cudaHostNodeParams host = { add_ten, &number }, no_function = { NULL, &number };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddHostNode(NULL, graph, NULL, 0, &host));
	DO(cudaGraphAddHostNode(&node, NULL, NULL, 0, &host));
	DO(cudaGraphAddHostNode(&node, graph, NULL, 1, &host));
	DO(cudaGraphAddHostNode(&node, graph, NULL, 0, &no_function));
	SHOW(node);
	DO(cudaGraphAddHostNode(&node, graph, NULL, 0, NULL));
}

CASE(host_node_change_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	int number = 1;
	struct cudaHostNodeParams host = { NULL, &number }, got;
	cudaGraphNode_t node = host_node(graph, &number), other = conf_empty_node(graph, NULL);

	DO(cudaGraphHostNodeSetParams(node, &host));
	host.fn = double_it;
	DO(cudaGraphHostNodeSetParams(other, &host));
	DO(cudaGraphHostNodeSetParams(NULL, &host));
	UNTOUCH(got);
	DO(cudaGraphHostNodeGetParams(other, &got));
	DO(cudaGraphHostNodeGetParams(NULL, &got));
	SHOW(got.userData);
	DO(cudaGraphHostNodeGetParams(node, &got));
	SHOW_IF(got.fn == add_ten);
}

CASE(host_node_set_null)
{
	cudaGraph_t graph = conf_graph();
	int number = 1;

	DO(cudaGraphHostNodeSetParams(host_node(graph, &number), NULL));
}

CASE(host_node_get_null)
{
	cudaGraph_t graph = conf_graph();
	int number = 1;

	DO(cudaGraphHostNodeGetParams(host_node(graph, &number), NULL));
}

static void call_the_runtime(void *data)
{
	void *p = NULL;
	int *results = data;

	results[0] = cudaMalloc(&p, 16);
	results[1] = cudaPeekAtLastError();
	results[2] = cudaStreamQuery(NULL);
}

CASE(host_node_calls_the_runtime)
{
	cudaGraph_t graph = conf_graph();
	int results[3] = { -1, -1, -1 };
	struct cudaHostNodeParams host = { call_the_runtime, results };
	cudaGraphNode_t node;

	NEED(cudaGraphAddHostNode(&node, graph, NULL, 0, &host));
	conf_play(graph);
	SHOW(results[0]);
	SHOW(results[1]);
	SHOW(results[2]);
	SHOW(cudaGetLastError());
}

CASE(captured_host_function)
{
	cudaGraph_t graph = NULL;
	cudaStream_t stream;
	int number = 3;
	struct cudaHostNodeParams got;
	cudaGraphNode_t node = NULL;
	size_t count = 1;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaLaunchHostFunc(stream, double_it, &number));
	NEED(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	NEED(cudaGraphGetNodes(graph, &node, &count));
	DO(cudaGraphHostNodeGetParams(node, &got));
	SHOW_IF(got.fn == double_it);
	SHOW_IF(got.userData == &number);
	SHOW(number);
	conf_play(graph);
	SHOW(number);
}

CASE(child_graph)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph(), inside = UNTOUCHED;
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 0x31, 1, 16),
				after = MEMSET_NODE(p, 0x32, 1, 4);
	cudaGraphNode_t node = NULL, next = NULL;
	enum cudaGraphNodeType type;

	NEED(cudaGraphAddMemsetNode(&node, child, NULL, 0, &set));
	DO(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	DO(cudaGraphChildGraphNodeGetGraph(node, &inside));
	SHOW_IF(inside != child && inside != graph && inside != NULL);
	SHOW_GRAPH(inside);
	NEED(cudaGraphAddMemsetNode(&next, graph, &node, 1, &after));
	DO(cudaGraphDestroy(child));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

CASE(child_graph_changed_inside)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph(), inside = NULL;
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 1, 16);
	cudaGraphNode_t a = NULL, node = NULL, found = NULL;

	NEED(cudaGraphAddMemsetNode(&a, child, NULL, 0, &set));
	NEED(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	NEED(cudaGraphChildGraphNodeGetGraph(node, &inside));
	DO(cudaGraphNodeFindInClone(&found, a, inside));
	set.value = 2;
	DO(cudaGraphMemsetNodeSetParams(found, &set));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	DO(cudaGraphAddEmptyNode(&found, inside, &found, 1));
	SHOW_GRAPH(inside);
	SHOW_GRAPH(child);
	conf_play(graph);
	DO(cudaGraphDestroy(inside));
}

CASE(child_graph_is_empty)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	SHOW(node);
	conf_play(graph);
}

CASE(child_graph_is_itself)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	conf_empty_node(graph, NULL);
	DO(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, graph));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(child_graph_nested)
{
	cudaGraph_t outer = conf_graph(), middle = conf_graph(), inner = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 0x41, 1, 16);
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddMemsetNode(&node, inner, NULL, 0, &set));
	DO(cudaGraphAddChildGraphNode(&node, middle, NULL, 0, inner));
	DO(cudaGraphAddChildGraphNode(&node, outer, NULL, 0, middle));
	conf_play(outer);
	SHOW_DEVICE(p, 16);
}

CASE(child_graph_bad_arguments)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph(), got = UNTOUCHED;
	cudaGraphNode_t node = UNTOUCHED, other = conf_empty_node(graph, NULL);

	DO(cudaGraphAddChildGraphNode(NULL, graph, NULL, 0, child));
	DO(cudaGraphAddChildGraphNode(&node, NULL, NULL, 0, child));
	DO(cudaGraphAddChildGraphNode(&node, graph, NULL, 1, child));
	DO(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, NULL));
	SHOW(node);
	DO(cudaGraphChildGraphNodeGetGraph(other, &got));
	DO(cudaGraphChildGraphNodeGetGraph(NULL, &got));
	SHOW(got);
	NEED(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	DO(cudaGraphChildGraphNodeGetGraph(node, NULL));
}

CASE(event_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaEvent_t event, other, got = UNTOUCHED;
	cudaGraphNode_t record = UNTOUCHED, wait = UNTOUCHED;
	enum cudaGraphNodeType type;

	NEED(cudaEventCreate(&event));
	NEED(cudaEventCreate(&other));
	DO(cudaGraphAddEventRecordNode(&record, graph, NULL, 0, event));
	DO(cudaGraphNodeGetType(record, &type));
	SHOW(type);
	DO(cudaGraphAddEventWaitNode(&wait, graph, &record, 1, other));
	DO(cudaGraphNodeGetType(wait, &type));
	SHOW(type);
	DO(cudaGraphEventRecordNodeGetEvent(record, &got));
	SHOW_IF(got == event);
	DO(cudaGraphEventWaitNodeGetEvent(wait, &got));
	SHOW_IF(got == other);
	DO(cudaGraphEventRecordNodeSetEvent(record, other));
	DO(cudaGraphEventRecordNodeGetEvent(record, &got));
	SHOW_IF(got == other);
	DO(cudaGraphEventWaitNodeSetEvent(wait, event));
	DO(cudaGraphEventWaitNodeGetEvent(wait, &got));
	SHOW_IF(got == event);
	conf_play(graph);
	DO(cudaEventQuery(other));
}

CASE(event_nodes_record_and_time)
{
	cudaGraph_t graph = conf_graph();
	cudaEvent_t start, stop;
	cudaGraphNode_t a, b;
	float time = -1;

	NEED(cudaEventCreate(&start));
	NEED(cudaEventCreate(&stop));
	NEED(cudaGraphAddEventRecordNode(&a, graph, NULL, 0, start));
	NEED(cudaGraphAddEventRecordNode(&b, graph, &a, 1, stop));
	DO(cudaEventElapsedTime(&time, start, stop));
	conf_play(graph);
	DO(cudaEventElapsedTime(&time, start, stop));
	SHOW_IF(time >= 0);
}

CASE(event_nodes_change_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaEvent_t event, got = UNTOUCHED;
	cudaGraphNode_t record = NULL, wait = NULL;

	NEED(cudaEventCreate(&event));
	NEED(cudaGraphAddEventRecordNode(&record, graph, NULL, 0, event));
	NEED(cudaGraphAddEventWaitNode(&wait, graph, NULL, 0, event));
	DO(cudaGraphEventRecordNodeGetEvent(wait, &got));
	DO(cudaGraphEventWaitNodeGetEvent(record, &got));
	DO(cudaGraphEventRecordNodeGetEvent(NULL, &got));
	DO(cudaGraphEventWaitNodeGetEvent(NULL, &got));
	SHOW(got);
	DO(cudaGraphEventRecordNodeSetEvent(wait, event));
	DO(cudaGraphEventWaitNodeSetEvent(record, event));
	DO(cudaGraphEventRecordNodeSetEvent(NULL, event));
	DO(cudaGraphEventWaitNodeSetEvent(NULL, event));
	DO(cudaGraphEventRecordNodeSetEvent(record, NULL));
	DO(cudaGraphEventWaitNodeSetEvent(wait, NULL));
	DO(cudaGraphEventRecordNodeGetEvent(record, NULL));
	DO(cudaGraphEventWaitNodeGetEvent(wait, NULL));
}

CASE(event_nodes_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaEvent_t event;
	cudaGraphNode_t node = UNTOUCHED;

	NEED(cudaEventCreate(&event));
	DO(cudaGraphAddEventRecordNode(NULL, graph, NULL, 0, event));
	DO(cudaGraphAddEventRecordNode(&node, NULL, NULL, 0, event));
	DO(cudaGraphAddEventRecordNode(&node, graph, NULL, 1, event));
	DO(cudaGraphAddEventRecordNode(&node, graph, NULL, 0, NULL));
	DO(cudaGraphAddEventWaitNode(NULL, graph, NULL, 0, event));
	DO(cudaGraphAddEventWaitNode(&node, NULL, NULL, 0, event));
	DO(cudaGraphAddEventWaitNode(&node, graph, NULL, 1, event));
	DO(cudaGraphAddEventWaitNode(&node, graph, NULL, 0, NULL));
	SHOW(node);
}

CASE(captured_external_event)
{
	cudaGraph_t graph = NULL;
	cudaStream_t stream;
	cudaEvent_t event, got = UNTOUCHED;
	cudaGraphNode_t nodes[2] = { NULL, NULL };
	size_t count = 2;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaEventRecordWithFlags(event, stream, cudaEventRecordExternal));
	DO(cudaStreamWaitEvent(stream, event, cudaEventWaitExternal));
	NEED(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	NEED(cudaGraphGetNodes(graph, nodes, &count));
	if (count != 2)
		return;
	DO(cudaGraphEventRecordNodeGetEvent(nodes[0], &got));
	SHOW_IF(got == event);
	DO(cudaGraphEventWaitNodeGetEvent(nodes[1], &got));
	SHOW_IF(got == event);
}

CASE(semaphore_signal_of_none)
{
	cudaGraph_t graph = conf_graph();
	struct cudaExternalSemaphoreSignalNodeParams params = { NULL, NULL, 0 };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresSignalNode(NULL, graph, NULL, 0, &params));
	DO(cudaGraphAddExternalSemaphoresSignalNode(&node, NULL, NULL, 0, &params));
	SHOW(node);
	DO(cudaGraphAddExternalSemaphoresSignalNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphore_wait_of_none)
{
	cudaGraph_t graph = conf_graph();
	struct cudaExternalSemaphoreWaitNodeParams params = { NULL, NULL, 0 };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresWaitNode(NULL, graph, NULL, 0, &params));
	DO(cudaGraphAddExternalSemaphoresWaitNode(&node, NULL, NULL, 0, &params));
	SHOW(node);
	DO(cudaGraphAddExternalSemaphoresWaitNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphore_signal_null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresSignalNode(&node, graph, NULL, 0, NULL));
}

CASE(semaphore_wait_null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresWaitNode(&node, graph, NULL, 0, NULL));
}

CASE(semaphore_signal_null_arrays)
{
	cudaGraph_t graph = conf_graph();
	struct cudaExternalSemaphoreSignalNodeParams params = { NULL, NULL, 1 };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresSignalNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphore_wait_null_arrays)
{
	cudaGraph_t graph = conf_graph();
	struct cudaExternalSemaphoreWaitNodeParams params = { NULL, NULL, 1 };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresWaitNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphore_signal_null_handle)
{
	cudaGraph_t graph = conf_graph();
	cudaExternalSemaphore_t none = NULL;
	struct cudaExternalSemaphoreSignalParams signal = { .flags = 0 };
	struct cudaExternalSemaphoreSignalNodeParams params = { &none, &signal, 1 };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresSignalNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphore_wait_null_handle)
{
	cudaGraph_t graph = conf_graph();
	cudaExternalSemaphore_t none = NULL;
	struct cudaExternalSemaphoreWaitParams wait = { .flags = 0 };
	struct cudaExternalSemaphoreWaitNodeParams params = { &none, &wait, 1 };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddExternalSemaphoresWaitNode(&node, graph, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphore_functions_on_other_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = conf_empty_node(graph, NULL);
	struct cudaExternalSemaphoreSignalNodeParams signal = { NULL, NULL, 0 };
	struct cudaExternalSemaphoreWaitNodeParams wait = { NULL, NULL, 0 };
	cudaGraphExec_t exec = conf_instantiate(graph);

	DO(cudaGraphExternalSemaphoresSignalNodeGetParams(node, &signal));
	DO(cudaGraphExternalSemaphoresWaitNodeGetParams(node, &wait));
	DO(cudaGraphExternalSemaphoresSignalNodeSetParams(node, &signal));
	DO(cudaGraphExternalSemaphoresWaitNodeSetParams(node, &wait));
	DO(cudaGraphExecExternalSemaphoresSignalNodeSetParams(exec, node, &signal));
	DO(cudaGraphExecExternalSemaphoresWaitNodeSetParams(exec, node, &wait));
	DO(cudaGraphExternalSemaphoresSignalNodeGetParams(NULL, &signal));
	DO(cudaGraphExternalSemaphoresWaitNodeGetParams(NULL, &wait));
	DO(cudaGraphExternalSemaphoresSignalNodeSetParams(NULL, &signal));
	DO(cudaGraphExternalSemaphoresWaitNodeSetParams(NULL, &wait));
	DO(cudaGraphExecExternalSemaphoresSignalNodeSetParams(NULL, node, &signal));
	DO(cudaGraphExecExternalSemaphoresWaitNodeSetParams(NULL, node, &wait));
	DO(cudaGraphExecExternalSemaphoresSignalNodeSetParams(exec, NULL, &signal));
	DO(cudaGraphExecExternalSemaphoresWaitNodeSetParams(exec, NULL, &wait));
}

CASE(semaphore_signal_get_null)
{
	cudaGraph_t graph = conf_graph();

	DO(cudaGraphExternalSemaphoresSignalNodeGetParams(conf_empty_node(graph, NULL), NULL));
}

CASE(semaphore_wait_get_null)
{
	cudaGraph_t graph = conf_graph();

	DO(cudaGraphExternalSemaphoresWaitNodeGetParams(conf_empty_node(graph, NULL), NULL));
}

CASE(semaphore_signal_set_null)
{
	cudaGraph_t graph = conf_graph();

	DO(cudaGraphExternalSemaphoresSignalNodeSetParams(conf_empty_node(graph, NULL), NULL));
}

CASE(semaphore_wait_set_null)
{
	cudaGraph_t graph = conf_graph();

	DO(cudaGraphExternalSemaphoresWaitNodeSetParams(conf_empty_node(graph, NULL), NULL));
}

CASE(fan_out_and_in)
{
	cudaGraph_t graph = conf_graph();
	int numbers[3] = { 1, 2, 3 };
	cudaGraphNode_t first = conf_empty_node(graph, NULL), middle[3], last;

	for (int i = 0; i < 3; i++) {
		struct cudaHostNodeParams host = { add_ten, &numbers[i] };

		NEED(cudaGraphAddHostNode(&middle[i], graph, &first, 1, &host));
	}
	DO(cudaGraphAddEmptyNode(&last, graph, middle, 3));
	SHOW_GRAPH(graph);
	conf_play(graph);
	SHOW_BYTES(numbers, sizeof(numbers));
}
