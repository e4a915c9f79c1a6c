/* SPDX-License-Identifier: Apache-2.0 */
/* cudaGraphAddNode and its kin, for every type of node. */
#include "graphs.h"

static void add_ten(void *data)
{
	*(int *)data += 10;
}

CASE(kernel)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4), n = 4, value = 0x03030303;
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeKernel };
	struct cudaKernelNodeParams got;
	cudaGraphNode_t node = UNTOUCHED;
	cudaGraphExec_t exec;

	conf_register();
	params.kernel.func = (void *)kernel_fill;
	params.kernel.gridDim = params.kernel.blockDim = DIM(1);
	params.kernel.kernelParams = ARGS(&p, &n, &value);
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
	UNTOUCH(got);
	DO(cudaGraphKernelNodeGetParams(node, &got));
	SHOW_IF(got.func == (void *)kernel_fill);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	value = 0x04040404;
	exec = conf_instantiate(graph);
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
	value = 0x05050505;
	params.kernel.blockDim = DIM(2);
	DO(cudaGraphNodeSetParams(node, &params));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}

CASE(kernel_bad)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeKernel };
	cudaGraphNode_t node = UNTOUCHED;

	conf_register();
	params.kernel.func = (void *)kernel_empty;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.kernel.gridDim = params.kernel.blockDim = DIM(1);
	params.kernel.func = NULL;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.kernel.func = &graph;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphAddNode(&node, NULL, NULL, NULL, 0, &params));
	SHOW(node);
}

CASE(copy)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *a = conf_words(4), *b = conf_words(4);
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeMemcpy };
	struct cudaMemcpy3DParms got;
	cudaGraphNode_t node = UNTOUCHED;
	cudaGraphExec_t exec;

	NEED(cudaMemset(a, 0x15, 16));
	params.memcpy.copyParams = (struct cudaMemcpy3DParms){
		.srcPtr = { a, 16, 16, 1 },
		.dstPtr = { b, 16, 16, 1 },
		.extent = { 8, 1, 1 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphMemcpyNodeGetParams(node, &got));
	SHOW(got.extent.width);
	SHOW(got.kind);
	exec = conf_instantiate(graph);
	conf_play_exec(exec);
	SHOW_DEVICE(b, 16);
	params.memcpy.copyParams.extent.width = 12;
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	conf_play_exec(exec);
	SHOW_DEVICE(b, 16);
	params.memcpy.copyParams.extent.width = 16;
	DO(cudaGraphNodeSetParams(node, &params));
	conf_play(graph);
	SHOW_DEVICE(b, 16);
	params.memcpy.copyParams.kind = (enum cudaMemcpyKind)9;
	DO(cudaGraphNodeSetParams(node, &params));
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
}

CASE(copy_flags_and_reserved)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *a = conf_words(4);
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeMemcpy };
	cudaGraphNode_t node = UNTOUCHED;

	params.memcpy.copyParams = (struct cudaMemcpy3DParms){
		.srcPtr = { a, 8, 8, 1 },
		.dstPtr = { a + 2, 8, 8, 1 },
		.extent = { 8, 1, 1 },
		.kind = cudaMemcpyDeviceToDevice,
	};
	params.memcpy.flags = 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
	params.memcpy.flags = 0;
	params.memcpy.reserved[1] = 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
}

CASE(set)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeMemset };
	struct cudaMemsetParams got;
	cudaGraphNode_t node = UNTOUCHED;
	cudaGraphExec_t exec;

	params.memset = (struct cudaMemsetParamsV2){
		.dst = p, .value = 0x16, .elementSize = 1, .width = 4, .height = 1
	};
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	UNTOUCH(got);
	DO(cudaGraphMemsetNodeGetParams(node, &got));
	SHOW(got.value);
	SHOW(got.width);
	exec = conf_instantiate(graph);
	params.memset.value = 0x17;
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
	params.memset.width = 8;
	DO(cudaGraphNodeSetParams(node, &params));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	params.memset.elementSize = 3;
	DO(cudaGraphNodeSetParams(node, &params));
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
}

CASE(host)
{
	cudaGraph_t graph = conf_graph();
	int number = 1, other = 2;
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeHost };
	cudaGraphNode_t node = UNTOUCHED;
	cudaGraphExec_t exec;

	params.host.fn = add_ten;
	params.host.userData = &number;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	exec = conf_instantiate(graph);
	conf_play_exec(exec);
	SHOW(number);
	params.host.userData = &other;
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	conf_play_exec(exec);
	SHOW(other);
	DO(cudaGraphNodeSetParams(node, &params));
	params.host.fn = NULL;
	DO(cudaGraphNodeSetParams(node, &params));
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
}

CASE(child_cloned_and_moved)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph(), inside = NULL;
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeGraph };
	cudaGraphNode_t node = UNTOUCHED;

	conf_empty_node(child, NULL);
	params.graph.graph = child;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphChildGraphNodeGetGraph(node, &inside));
	SHOW_IF(inside == child);
	SHOW_GRAPH(inside);
	params.graph.ownership = cudaGraphChildGraphOwnershipMove;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphChildGraphNodeGetGraph(node, &inside));
	SHOW_IF(inside == child);
	DO(cudaGraphDestroy(child));
	conf_play(graph);
}

CASE(child_bad)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeGraph };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.graph.graph = child;
	params.graph.ownership = (enum cudaGraphChildGraphNodeOwnership)2;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
}

CASE(empty)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeEmpty };
	cudaGraphNode_t node = UNTOUCHED, next = UNTOUCHED;
	cudaGraphExec_t exec;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphAddNode(&next, graph, &node, NULL, 1, &params));
	SHOW_GRAPH(graph);
	DO(cudaGraphNodeSetParams(node, &params));
	exec = conf_instantiate(graph);
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
}

CASE(events)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeEventRecord };
	cudaGraphNode_t record = UNTOUCHED, wait = UNTOUCHED, none = UNTOUCHED;
	cudaEvent_t event, other, got = UNTOUCHED;
	cudaGraphExec_t exec;

	NEED(cudaEventCreate(&event));
	NEED(cudaEventCreate(&other));
	params.eventRecord.event = event;
	DO(cudaGraphAddNode(&record, graph, NULL, NULL, 0, &params));
	DO(cudaGraphEventRecordNodeGetEvent(record, &got));
	SHOW_IF(got == event);
	params.eventRecord.event = other;
	DO(cudaGraphNodeSetParams(record, &params));
	DO(cudaGraphEventRecordNodeGetEvent(record, &got));
	SHOW_IF(got == other);
	params.type = cudaGraphNodeTypeWaitEvent;
	params.eventWait.event = other;
	DO(cudaGraphAddNode(&wait, graph, &record, NULL, 1, &params));
	DO(cudaGraphEventWaitNodeGetEvent(wait, &got));
	SHOW_IF(got == other);
	exec = conf_instantiate(graph);
	params.eventWait.event = event;
	DO(cudaGraphExecNodeSetParams(exec, wait, &params));
	conf_play_exec(exec);
	params.eventWait.event = NULL;
	DO(cudaGraphAddNode(&none, graph, NULL, NULL, 0, &params));
	DO(cudaGraphNodeSetParams(wait, &params));
	params.type = cudaGraphNodeTypeEventRecord;
	DO(cudaGraphAddNode(&none, graph, NULL, NULL, 0, &params));
	SHOW(none);
}

CASE(memory)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeMemAlloc };
	cudaGraphNode_t alloc = UNTOUCHED, free = UNTOUCHED;
	void *p, *got = UNTOUCHED;

	params.alloc.poolProps.allocType = cudaMemAllocationTypePinned;
	params.alloc.poolProps.location.type = cudaMemLocationTypeDevice;
	params.alloc.bytesize = 256;
	params.alloc.dptr = UNTOUCHED;
	DO(cudaGraphAddNode(&alloc, graph, NULL, NULL, 0, &params));
	SHOW(params.alloc.dptr);
	p = params.alloc.dptr;
	DO(cudaGraphNodeSetParams(alloc, &params));
	params = (struct cudaGraphNodeParams){ .type = cudaGraphNodeTypeMemFree };
	params.free.dptr = p;
	DO(cudaGraphAddNode(&free, graph, &alloc, NULL, 1, &params));
	DO(cudaGraphMemFreeNodeGetParams(free, &got));
	SHOW_IF(got == p);
	DO(cudaGraphNodeSetParams(free, &params));
	conf_play(graph);
}

CASE(memory_bad)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeMemAlloc };
	cudaGraphNode_t node = UNTOUCHED;

	params.alloc.dptr = UNTOUCHED;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(params.alloc.dptr);
	params = (struct cudaGraphNodeParams){ .type = cudaGraphNodeTypeMemFree };
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
}

CASE(semaphores_of_none)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeExtSemaphoreSignal };
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.type = cudaGraphNodeTypeExtSemaphoreWait;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW_GRAPH(graph);
}

CASE(types_that_are_none)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeCount };
	cudaGraphNode_t node = UNTOUCHED, empty = conf_empty_node(graph, NULL);
	cudaGraphExec_t exec = conf_instantiate(graph);

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	DO(cudaGraphNodeSetParams(empty, &params));
	DO(cudaGraphExecNodeSetParams(exec, empty, &params));
	params.type = (enum cudaGraphNodeType)77;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.type = (enum cudaGraphNodeType) - 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params.type = (enum cudaGraphNodeType)12;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(reserved_members)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeEmpty };
	cudaGraphNode_t node = UNTOUCHED;

	params.reserved0[0] = 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = (struct cudaGraphNodeParams){ .type = cudaGraphNodeTypeEmpty };
	params.reserved2 = 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = (struct cudaGraphNodeParams){ .type = cudaGraphNodeTypeEmpty };
	params.reserved1[0] = 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	params = (struct cudaGraphNodeParams){ .type = cudaGraphNodeTypeEmpty };
	params.reserved1[28] = 1;
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	SHOW_GRAPH(graph);
}

CASE(with_edge_data)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeKernel };
	cudaGraphEdgeData data = { .from_port = cudaGraphKernelNodePortProgrammatic,
				   .type = cudaGraphDependencyTypeProgrammatic };
	cudaGraphEdgeData bad = { .from_port = 9 };
	cudaGraphNode_t a = UNTOUCHED, b = UNTOUCHED, c = UNTOUCHED;

	conf_register();
	params.kernel.func = (void *)kernel_empty;
	params.kernel.gridDim = params.kernel.blockDim = DIM(1);
	NEED(cudaGraphAddNode(&a, graph, NULL, NULL, 0, &params));
	DO(cudaGraphAddNode(&b, graph, &a, &data, 1, &params));
	SHOW_GRAPH(graph);
	DO(cudaGraphAddNode(&c, graph, &b, &bad, 1, &params));
	SHOW(c);
	SHOW_GRAPH(graph);
}

CASE(bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeEmpty };
	cudaGraphNode_t node = UNTOUCHED, null = NULL;
	cudaGraphEdgeData data = { 0 };

	DO(cudaGraphAddNode(NULL, graph, NULL, NULL, 0, &params));
	DO(cudaGraphAddNode(&node, NULL, NULL, NULL, 0, &params));
	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 1, &params));
	DO(cudaGraphAddNode(&node, graph, &null, NULL, 1, &params));
	SHOW(node);
	DO(cudaGraphAddNode(&node, graph, NULL, &data, 0, &params));
	SHOW(node);
}

CASE(null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddNode(&node, graph, NULL, NULL, 0, NULL));
}

CASE(set_null_description)
{
	cudaGraph_t graph = conf_graph();

	DO(cudaGraphNodeSetParams(conf_empty_node(graph, NULL), NULL));
}

CASE(exec_set_null_description)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = conf_empty_node(graph, NULL);
	cudaGraphExec_t exec = conf_instantiate(graph);

	DO(cudaGraphExecNodeSetParams(exec, node, NULL));
}

CASE(set_type_of_another_node)
{
	cudaGraph_t graph = conf_graph();
	int number = 0;
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeHost };
	cudaGraphNode_t host = NULL, empty = conf_empty_node(graph, NULL);
	cudaGraphExec_t exec;

	params.host.fn = add_ten;
	params.host.userData = &number;
	NEED(cudaGraphAddNode(&host, graph, NULL, NULL, 0, &params));
	exec = conf_instantiate(graph);
	DO(cudaGraphNodeSetParams(empty, &params));
	DO(cudaGraphExecNodeSetParams(exec, empty, &params));
	DO(cudaGraphNodeSetParams(NULL, &params));
	DO(cudaGraphExecNodeSetParams(exec, NULL, &params));
	DO(cudaGraphExecNodeSetParams(NULL, host, &params));
	params = (struct cudaGraphNodeParams){ .type = cudaGraphNodeTypeEmpty };
	DO(cudaGraphNodeSetParams(host, &params));
	DO(cudaGraphExecNodeSetParams(exec, host, &params));
}

CASE(set_child)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph(), other = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 1, 16);
	struct cudaGraphNodeParams params = { .type = cudaGraphNodeTypeGraph };
	cudaGraphNode_t node = NULL, inside;
	cudaGraphExec_t exec;

	NEED(cudaGraphAddMemsetNode(&inside, child, NULL, 0, &set));
	set.value = 2;
	NEED(cudaGraphAddMemsetNode(&inside, other, NULL, 0, &set));
	params.graph.graph = child;
	NEED(cudaGraphAddNode(&node, graph, NULL, NULL, 0, &params));
	exec = conf_instantiate(graph);
	params.graph.graph = other;
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
	conf_play_exec(exec);
	SHOW_DEVICE(p, 16);
	DO(cudaGraphNodeSetParams(node, &params));
	params.graph.graph = graph;
	DO(cudaGraphExecNodeSetParams(exec, node, &params));
}
