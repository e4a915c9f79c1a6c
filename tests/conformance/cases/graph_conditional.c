/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditional nodes and their handles. No kernel here sets a handle, so that its value is always
 * the one that a launch begins with; a 'while' that began with another than 0 would never end.
 */
#include "graphs.h"

static cudaGraphConditionalHandle make_handle(cudaGraph_t graph, unsigned int value)
{
	cudaGraphConditionalHandle handle = 0;

	NEED(cudaGraphConditionalHandleCreate(&handle, graph, value, cudaGraphCondAssignDefault));
	return handle;
}

static struct cudaGraphNodeParams describe(cudaGraphConditionalHandle handle,
					   enum cudaGraphConditionalNodeType type,
					   unsigned int size)
{
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeConditional };

	params.conditional.handle = handle;
	params.conditional.type = type;
	params.conditional.size = size;
	return params;
}

/* A conditional node whose bodies set bytes of p: the first to 1, the second to 2, ... */
static cudaGraph_t with_bodies(enum cudaGraphConditionalNodeType type, unsigned int size,
			       unsigned int value, unsigned int *p)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = describe(make_handle(graph, value), type, size);
	cudaGraphNode_t node = NULL, inside;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	if (node == NULL || params.conditional.phGraph_out == NULL)
		return graph;
	for (unsigned int i = 0; i < size; i++) {
		struct cudaMemsetParams set = MEMSET_NODE(p, i + 1, 1, 8);

		NEED(cudaGraphAddMemsetNode(&inside, params.conditional.phGraph_out[i], NULL, 0,
					    &set));
	}
	return graph;
}

CASE(handle)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphConditionalHandle handle = 0, other = 0;

	DO(cudaGraphConditionalHandleCreate(&handle, graph, 1, cudaGraphCondAssignDefault));
	SHOW_IF(handle != 0);
	DO(cudaGraphConditionalHandleCreate(&other, graph, 0, 0));
	SHOW_IF(other != 0 && other != handle);
	DO(cudaGraphDestroy(graph));
}

CASE(handle_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphConditionalHandle handle = (cudaGraphConditionalHandle)UNTOUCHED_64;

	DO(cudaGraphConditionalHandleCreate(&handle, graph, 1, 2));
	DO(cudaGraphConditionalHandleCreate(&handle, graph, 1, 8));
	DO(cudaGraphConditionalHandleCreate(&handle, graph, 1, 0x80000000u));
	DO(cudaGraphConditionalHandleCreate(&handle, NULL, 1, cudaGraphCondAssignDefault));
	SHOW(handle);
	DO(cudaGraphConditionalHandleCreate(NULL, graph, 1, cudaGraphCondAssignDefault));
}

CASE(handle_default_without_flag)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphConditionalHandle handle = (cudaGraphConditionalHandle)UNTOUCHED_64;

	DO(cudaGraphConditionalHandleCreate(&handle, graph, 5, 0));
	SHOW_IF(handle != (cudaGraphConditionalHandle)UNTOUCHED_64);
}

CASE(handle_unused)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphExec_t exec = UNTOUCHED;
	cudaGraphInstantiateParams params = { .flags = 0 };

	make_handle(graph, 1);
	DO(cudaGraphInstantiate(&exec, graph, 0));
	SHOW(exec);
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(params.result_out);
	SHOW(params.errNode_out);
}

CASE(handle_used_twice)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = describe(make_handle(graph, 0), cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = UNTOUCHED, again = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.conditional.phGraph_out = NULL;
	DO(cudaGraphAddNode(&again, graph, NULL, NULL, 0, &params));
	SHOW(again);
}

CASE(add_and_look)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = describe(make_handle(graph, 0), cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = UNTOUCHED;
	enum cudaGraphNodeType type;
	cudaGraph_t body;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
	SHOW(params.conditional.phGraph_out);
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	if (params.conditional.phGraph_out == NULL)
		return;
	body = params.conditional.phGraph_out[0];
	SHOW_GRAPH(body);
	conf_empty_node(body, conf_empty_node(body, NULL));
	SHOW_GRAPH(body);
	DO(cudaGraphDestroy(body));
	SHOW_GRAPH(graph);
	DO(cudaGraphDestroyNode(node));
	SHOW_GRAPH(graph);
}

CASE(if_true)
{
	unsigned int *p = conf_words(2);

	conf_play(with_bodies(cudaGraphCondTypeIf, 1, 1, p));
	SHOW_DEVICE(p, 8);
}

CASE(if_large_value)
{
	unsigned int *p = conf_words(2);

	conf_play(with_bodies(cudaGraphCondTypeIf, 1, 1000, p));
	SHOW_DEVICE(p, 8);
}

CASE(if_false)
{
	unsigned int *p = conf_words(2);

	conf_play(with_bodies(cudaGraphCondTypeIf, 1, 0, p));
	SHOW_DEVICE(p, 8);
}

CASE(if_else)
{
	unsigned int *p = conf_words(2);

	conf_play(with_bodies(cudaGraphCondTypeIf, 2, 1, p));
	SHOW_DEVICE(p, 8);
	conf_play(with_bodies(cudaGraphCondTypeIf, 2, 0, p));
	SHOW_DEVICE(p, 8);
}

CASE(while_false)
{
	unsigned int *p = conf_words(2);

	conf_play(with_bodies(cudaGraphCondTypeWhile, 1, 0, p));
	SHOW_DEVICE(p, 8);
}

CASE(switch_between_three)
{
	unsigned int *p = conf_words(2);

	for (unsigned int value = 0; value < 4; value++) {
		SHOW(value);
		NEED(cudaMemset(p, 0, 8));
		conf_play(with_bodies(cudaGraphCondTypeSwitch, 3, value, p));
		SHOW_DEVICE(p, 8);
	}
}

CASE(launch_twice)
{
	unsigned int *p = conf_words(2);
	cudaGraphExec_t exec = conf_instantiate(with_bodies(cudaGraphCondTypeIf, 1, 1, p));

	conf_play_exec(exec);
	SHOW_DEVICE(p, 8);
	NEED(cudaMemset(p, 0, 8));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 8);
}

CASE(body_with_kernels)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4), n = 4, value = 0x05050505;
	struct cudaGraphNodeParams params = describe(make_handle(graph, 1), cudaGraphCondTypeIf, 1);
	struct cudaKernelNodeParams fill =
		KERNEL_NODE(kernel_fill, DIM(1), DIM(4), ARGS(&p, &n, &value));
	struct cudaKernelNodeParams add =
		KERNEL_NODE(kernel_increment, DIM(1), DIM(4), ARGS(&p, &n));
	cudaGraphNode_t node = NULL, a, b;

	conf_register();
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	if (params.conditional.phGraph_out == NULL)
		return;
	DO(cudaGraphAddKernelNode(&a, params.conditional.phGraph_out[0], NULL, 0, &fill));
	DO(cudaGraphAddKernelNode(&b, params.conditional.phGraph_out[0], &a, 1, &add));
	DO(cudaGraphAddKernelNode(&a, graph, &node, 1, &add));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

CASE(body_by_capture)
{
	cudaGraph_t graph = conf_graph(), got = NULL;
	unsigned int *p = conf_words(4);
	struct cudaGraphNodeParams params = describe(make_handle(graph, 1), cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = NULL;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	if (params.conditional.phGraph_out == NULL)
		return;
	DO(cudaStreamBeginCaptureToGraph(stream, params.conditional.phGraph_out[0], NULL, NULL, 0,
					 cudaStreamCaptureModeGlobal));
	DO(cudaMemsetAsync(p, 0x51, 16, stream));
	DO(cudaStreamEndCapture(stream, &got));
	SHOW_IF(got == params.conditional.phGraph_out[0]);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

static void nothing(void *data)
{
	(void)data;
}

CASE(body_with_host_node)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = describe(make_handle(graph, 1), cudaGraphCondTypeIf, 1);
	struct cudaHostNodeParams host = { nothing, NULL };
	cudaGraphNode_t node = NULL, inside = UNTOUCHED;
	cudaGraphExec_t exec = UNTOUCHED;
	cudaGraphInstantiateParams instantiate = { .flags = 0 };

	NEED(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	if (params.conditional.phGraph_out == NULL)
		return;
	DO(cudaGraphAddHostNode(&inside, params.conditional.phGraph_out[0], NULL, 0, &host));
	DO(cudaGraphInstantiate(&exec, graph, 0));
	SHOW(exec);
	DO(cudaGraphInstantiateWithParams(&exec, graph, &instantiate));
	SHOW(instantiate.result_out);
	SHOW_IF(instantiate.errNode_out == inside);
	SHOW_IF(instantiate.errNode_out == node);
}

CASE(nested)
{
	cudaGraph_t graph = conf_graph(), body;
	unsigned int *p = conf_words(2);
	struct cudaMemsetParams set = MEMSET_NODE(p, 0x66, 1, 8);
	struct cudaGraphNodeParams outer = describe(make_handle(graph, 1), cudaGraphCondTypeIf, 1);
	struct cudaGraphNodeParams inner = describe(make_handle(graph, 1), cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = NULL;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &outer));
	if (outer.conditional.phGraph_out == NULL)
		return;
	body = outer.conditional.phGraph_out[0];
	node = UNTOUCHED;
	if (DO(cudaGraphAddNode(&node, body, NULL, NULL, 0, &inner)) != cudaSuccess) {
		SHOW(node);
		return;
	}
	DO(cudaGraphAddMemsetNode(&node, inner.conditional.phGraph_out[0], NULL, 0, &set));
	conf_play(graph);
	SHOW_DEVICE(p, 8);
}

CASE(bad_descriptions)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphConditionalHandle handle = make_handle(graph, 0);
	struct cudaGraphNodeParams params = describe(handle, cudaGraphCondTypeIf, 0);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = describe(handle, cudaGraphCondTypeIf, 3);
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = describe(handle, cudaGraphCondTypeWhile, 2);
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = describe(handle, cudaGraphCondTypeSwitch, 0);
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = describe(handle, (enum cudaGraphConditionalNodeType)3, 1);
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
	SHOW(params.conditional.phGraph_out);
	SHOW_GRAPH(graph);
}

CASE(handle_of_another_graph)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	struct cudaGraphNodeParams params = describe(make_handle(other, 0), cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
}

CASE(handle_zero)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = describe(0, cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
}

CASE(what_conditionals_forbid)
{
	cudaGraph_t parent = conf_graph(), clone = UNTOUCHED;
	unsigned int *p = conf_words(2);
	cudaGraph_t graph = with_bodies(cudaGraphCondTypeIf, 1, 1, p);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphClone(&clone, graph));
	SHOW(clone);
	DO(cudaGraphAddChildGraphNode(&node, parent, NULL, 0, graph));
	SHOW(node);
}

CASE(set_params_of_a_conditional)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = describe(make_handle(graph, 0), cudaGraphCondTypeIf, 1);
	cudaGraphNode_t node = NULL;
	cudaGraphExec_t exec;

	NEED(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphNodeSetParams(node, &params));
	exec = conf_instantiate(graph);
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	DO(cudaGraphNodeSetEnabled(exec, node, 0));
}

CASE(update_with_conditional)
{
	unsigned int *p = conf_words(2), *q = conf_words(2);
	cudaGraph_t graph = with_bodies(cudaGraphCondTypeIf, 1, 1, p);
	cudaGraph_t other = with_bodies(cudaGraphCondTypeIf, 1, 1, q);
	cudaGraphExec_t exec = conf_instantiate(graph);
	cudaGraphExecUpdateResultInfo info;

	UNTOUCH(info);
	DO(cudaGraphExecUpdate(exec, graph, &info));
	SHOW(info.result);
	UNTOUCH(info);
	DO(cudaGraphExecUpdate(exec, other, &info));
	SHOW(info.result);
	conf_play_exec(exec);
	SHOW_DEVICE(p, 8);
	SHOW_DEVICE(q, 8);
}

CASE(captured_handle)
{
	cudaGraph_t graph = NULL;
	cudaStream_t stream;
	enum cudaStreamCaptureStatus status;
	cudaGraphConditionalHandle handle = 0;
	const cudaGraphNode_t *last = NULL;
	struct cudaGraphNodeParams params;
	cudaGraphNode_t node = NULL;
	unsigned long long id;
	size_t count = 0;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	NEED(cudaStreamGetCaptureInfo(stream, &status, &id, &graph, &last, NULL, &count));
	DO(cudaGraphConditionalHandleCreate(&handle, graph, 0, cudaGraphCondAssignDefault));
	SHOW_IF(handle != 0);
	params = describe(handle, cudaGraphCondTypeIf, 1);
	DO(cudaGraphAddNode(&node, graph, last, NULL, count, &params));
	DO(cudaStreamUpdateCaptureDependencies(stream, &node, NULL, 1,
					       cudaStreamSetCaptureDependencies));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	conf_play(graph);
}
