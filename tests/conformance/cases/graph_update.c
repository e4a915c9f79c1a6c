/* SPDX-License-Identifier: Apache-2.0 */
/* Updating an instantiated graph from another graph. */
#include "graphs.h"

static void add_ten(void *data)
{
	*(int *)data += 10;
}

static cudaGraphNode_t set_node(cudaGraph_t graph, unsigned int *p, unsigned int value)
{
	struct cudaMemsetParams set = MEMSET_NODE(p, value, 1, 16);
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	return node;
}

static cudaGraphNode_t fill_node(cudaGraph_t graph, void (*stub)(void), unsigned int *p,
				 unsigned int value, unsigned int threads)
{
	unsigned int n = 4;
	struct cudaKernelNodeParams fill =
		KERNEL_NODE(stub, DIM(1), DIM(threads), ARGS(&p, &n, &value));
	cudaGraphNode_t node = NULL;

	conf_register();
	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &fill));
	return node;
}

#define UPDATE(exec, graph)                                  \
	do {                                                 \
		UNTOUCH(info);                               \
		DO(cudaGraphExecUpdate(exec, graph, &info)); \
		SHOW(info.result);                           \
		SHOW(info.errorNode);                        \
		SHOW(info.errorFromNode);                    \
	} while (0)

CASE(same_graph)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	exec = conf_instantiate(graph);
	UPDATE(exec, graph);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec = conf_instantiate(graph);

	UPDATE(NULL, graph);
	UPDATE(exec, NULL);
	DO(cudaGraphExecUpdate(NULL, NULL, NULL));
	DO(cudaGraphExecUpdate(exec, graph, NULL));
}

CASE(set_value_and_place)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(4), *q = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	set_node(other, q, 6);
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
	SHOW_DEVICE(q, 16);
}

CASE(set_shape)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(16);
	struct cudaMemsetParams set = {
		.dst = p, .pitch = 16, .value = 3, .elementSize = 4, .width = 2, .height = 2
	};
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	NEED(cudaGraphAddMemsetNode(&node, other, NULL, 0, &set));
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 32);
}

CASE(kernel_arguments_and_size)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(4), *q = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	fill_node(graph, kernel_fill, p, 5, 1);
	fill_node(other, kernel_fill, q, 6, 4);
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
	SHOW_DEVICE(q, 16);
}

CASE(kernel_function)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	fill_node(graph, kernel_fill, p, 5, 1);
	fill_node(other, kernel_increment, p, 6, 1);
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(kernel_attributes)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(4);
	cudaLaunchAttributeValue priority = { .priority = -1 }, cooperative = { .cooperative = 1 };
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	fill_node(graph, kernel_fill, p, 5, 1);
	node = fill_node(other, kernel_fill, p, 6, 1);
	exec = conf_instantiate(graph);
	NEED(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributePriority, &priority));
	UPDATE(exec, other);
	NEED(cudaGraphKernelNodeSetAttribute(node, cudaLaunchAttributeCooperative, &cooperative));
	UPDATE(exec, other);
	SHOW_IF(info.errorNode == node);
}

CASE(node_added)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	exec = conf_instantiate(graph);
	node = set_node(graph, p, 6);
	UPDATE(exec, graph);
	SHOW_IF(info.errorNode == node);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
}

CASE(node_removed)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(16);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	node = set_node(graph, p + 8, 6);
	exec = conf_instantiate(graph);
	NEED(cudaGraphDestroyNode(node));
	UPDATE(exec, graph);
}

CASE(empty_graph)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	exec = conf_instantiate(graph);
	UPDATE(exec, conf_graph());
	exec = conf_instantiate(conf_graph());
	UPDATE(exec, conf_graph());
	UPDATE(exec, graph);
}

CASE(edge_added)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec = conf_instantiate(graph);

	NEED(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	UPDATE(exec, graph);
	SHOW_IF(info.errorNode == b);
	SHOW_IF(info.errorFromNode == a);
	NEED(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	UPDATE(exec, graph);
}

CASE(edge_turned)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	cudaGraphNode_t a = set_node(graph, p, 1), b = fill_node(graph, kernel_fill, p, 1, 1);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	NEED(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	exec = conf_instantiate(graph);
	NEED(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	NEED(cudaGraphAddDependencies(graph, &b, &a, NULL, 1));
	UPDATE(exec, graph);
}

CASE(node_type)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	node = fill_node(other, kernel_fill, p, 5, 1);
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	SHOW_IF(info.errorNode == node);
}

CASE(host_function)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	int numbers[2] = { 1, 2 };
	struct cudaHostNodeParams host = { add_ten, &numbers[0] };
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	NEED(cudaGraphAddHostNode(&node, graph, NULL, 0, &host));
	host.userData = &numbers[1];
	NEED(cudaGraphAddHostNode(&node, other, NULL, 0, &host));
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	conf_play_exec(exec);
	SHOW(numbers[0]);
	SHOW(numbers[1]);
}

CASE(copy_size_and_direction)
{
	unsigned int *a = conf_words(4), *b = conf_words(4), *h = NULL;
	cudaGraph_t graph = conf_graph(), longer = conf_graph(), back = conf_graph();
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	NEED(cudaMallocHost((void **)&h, 16));
	NEED(cudaMemset(a, 9, 16));
	NEED(cudaGraphAddMemcpyNode1D(&node, graph, NULL, 0, b, a, 4, cudaMemcpyDeviceToDevice));
	NEED(cudaGraphAddMemcpyNode1D(&node, longer, NULL, 0, b, a, 8, cudaMemcpyDeviceToDevice));
	NEED(cudaGraphAddMemcpyNode1D(&node, back, NULL, 0, h, a, 8, cudaMemcpyDeviceToHost));
	exec = conf_instantiate(graph);
	UPDATE(exec, longer);
	conf_play_exec(exec);
	SHOW_DEVICE(b, 16);
	UPDATE(exec, back);
	SHOW_IF(info.errorNode == node);
}

CASE(events)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	cudaEvent_t a, b;
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	NEED(cudaEventCreate(&a));
	NEED(cudaEventCreate(&b));
	NEED(cudaGraphAddEventRecordNode(&node, graph, NULL, 0, a));
	NEED(cudaGraphAddEventRecordNode(&node, other, NULL, 0, b));
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
}

CASE(child_graph)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph(), child = conf_graph();
	cudaGraph_t child_of_other = conf_graph(), inside = NULL;
	unsigned int *p = conf_words(4), *q = conf_words(4);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	set_node(child, p, 5);
	set_node(child_of_other, q, 6);
	NEED(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	NEED(cudaGraphAddChildGraphNode(&node, other, NULL, 0, child_of_other));
	exec = conf_instantiate(graph);
	UPDATE(exec, other);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
	SHOW_DEVICE(q, 16);
	NEED(cudaGraphChildGraphNodeGetGraph(node, &inside));
	conf_empty_node(inside, NULL);
	UPDATE(exec, other);
}

CASE(captured_again)
{
	unsigned int *p = conf_words(4), n = 4, value = 1;
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = NULL;
	cudaGraphExecUpdateResultInfo info;
	cudaStream_t stream;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	for (value = 1; value <= 3; value++) {
		NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
		NEED(cudaMemsetAsync(p, 0, 16, stream));
		NEED(conf_launch(kernel_fill, DIM(1), DIM(value), ARGS(&p, &n, &value), 0, stream));
		NEED(cudaStreamEndCapture(stream, &graph));
		if (exec == NULL)
			NEED(cudaGraphInstantiate(&exec, graph, 0));
		else
			UPDATE(exec, graph);
		NEED(cudaGraphDestroy(graph));
		conf_play_exec(exec);
		SHOW_DEVICE(p, 16);
	}
}

CASE(failure_changes_nothing_and_is_kept)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(8);
	cudaGraphExecUpdateResultInfo info;
	cudaGraphExec_t exec;

	set_node(graph, p, 5);
	set_node(other, p, 6);
	set_node(other, p + 4, 7);
	exec = conf_instantiate(graph);
	DO_KEEP(cudaGraphExecUpdate(exec, other, &info));
	SHOW(info.result);
	SHOW(cudaGetLastError());
	conf_play_exec(exec);
	SHOW_DEVICE(p, 32);
}
