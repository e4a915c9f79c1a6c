/* SPDX-License-Identifier: Apache-2.0 */
/* Dependencies and edge data. */
#include "graphs.h"

static cudaGraphNode_t kernel_node(cudaGraph_t graph)
{
	struct cudaKernelNodeParams kernel = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node = NULL;

	conf_register();
	NEED(cudaGraphAddKernelNode(&node, graph, NULL, 0, &kernel));
	return node;
}

CASE(add_and_remove)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);

	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &b, &a, NULL, 1));
	SHOW_GRAPH(graph);
}

CASE(add_several)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t c = conf_empty_node(graph, NULL);
	cudaGraphNode_t from[] = { a, a, b }, to[] = { b, c, c };

	DO(cudaGraphAddDependencies(graph, from, to, NULL, 3));
	SHOW_GRAPH(graph);
	DO(cudaGraphRemoveDependencies(graph, from + 1, to + 1, NULL, 2));
	SHOW_GRAPH(graph);
}

CASE(add_several_the_last_wrong)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t from[] = { a, b }, to[] = { b, b };

	DO(cudaGraphAddDependencies(graph, from, to, NULL, 2));
	SHOW_GRAPH(graph);
}

CASE(remove_several_the_last_wrong)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);
	cudaGraphNode_t from[] = { a, b }, to[] = { b, a };

	DO(cudaGraphRemoveDependencies(graph, from, to, NULL, 2));
	SHOW_GRAPH(graph);
}

CASE(add_twice_in_one_call)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t from[] = { a, a }, to[] = { b, b };

	DO(cudaGraphAddDependencies(graph, from, to, NULL, 2));
	SHOW_GRAPH(graph);
}

CASE(add_again_and_to_itself)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);

	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &a, &a, NULL, 1));
	DO(cudaGraphRemoveDependencies(graph, &a, &a, NULL, 1));
	SHOW_GRAPH(graph);
}

CASE(cycle)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);
	cudaGraphNode_t c = conf_empty_node(graph, b);
	cudaGraphExec_t exec = UNTOUCHED;
	cudaGraphInstantiateParams params;

	DO(cudaGraphAddDependencies(graph, &c, &a, NULL, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphInstantiate(&exec, graph, 0));
	SHOW(exec);
	memset(&params, 0, sizeof(params));
	DO(cudaGraphInstantiateWithParams(&exec, graph, &params));
	SHOW(params.result_out);
	SHOW(params.errNode_out);
	DO(cudaGraphRemoveDependencies(graph, &c, &a, NULL, 1));
	DO(cudaGraphInstantiate(&exec, graph, 0));
}

CASE(none)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);

	DO(cudaGraphAddDependencies(graph, NULL, NULL, NULL, 0));
	DO(cudaGraphRemoveDependencies(graph, NULL, NULL, NULL, 0));
	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 0));
	SHOW_GRAPH(graph);
}

CASE(bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t null = NULL;

	DO(cudaGraphAddDependencies(NULL, &a, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, NULL, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &a, NULL, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &null, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &a, &null, NULL, 1));
	DO(cudaGraphAddDependencies(NULL, NULL, NULL, NULL, 0));
	DO(cudaGraphRemoveDependencies(NULL, &a, &b, NULL, 1));
	DO(cudaGraphRemoveDependencies(graph, NULL, &b, NULL, 1));
	DO(cudaGraphRemoveDependencies(graph, &a, NULL, NULL, 1));
	DO(cudaGraphRemoveDependencies(graph, &null, &b, NULL, 1));
	DO(cudaGraphRemoveDependencies(NULL, NULL, NULL, NULL, 0));
	SHOW_GRAPH(graph);
}

CASE(get_edges)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);
	cudaGraphNode_t from[3] = { UNTOUCHED, UNTOUCHED, UNTOUCHED };
	cudaGraphNode_t to[3] = { UNTOUCHED, UNTOUCHED, UNTOUCHED };
	size_t count = 77;

	conf_empty_node(graph, b);
	DO(cudaGraphGetEdges(graph, NULL, NULL, NULL, &count));
	SHOW(count);
	count = 3;
	DO(cudaGraphGetEdges(graph, from, to, NULL, &count));
	SHOW(count);
	SHOW(from[2]);
	SHOW(to[2]);
	count = 1;
	from[1] = to[1] = UNTOUCHED;
	DO(cudaGraphGetEdges(graph, from, to, NULL, &count));
	SHOW(count);
	SHOW(from[0]);
	SHOW(from[1]);
	SHOW(to[1]);
	count = 0;
	DO(cudaGraphGetEdges(graph, from, to, NULL, &count));
	SHOW(count);
}

CASE(get_edges_one_array_missing)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), nodes[2] = { UNTOUCHED, UNTOUCHED };
	cudaGraphEdgeData data[2];
	size_t count = 2;

	conf_empty_node(graph, a);
	UNTOUCH(data);
	DO(cudaGraphGetEdges(graph, nodes, NULL, NULL, &count));
	SHOW(count);
	count = 2;
	DO(cudaGraphGetEdges(graph, NULL, nodes, NULL, &count));
	SHOW(count);
	count = 2;
	DO(cudaGraphGetEdges(graph, NULL, NULL, data, &count));
	SHOW(count);
	SHOW_BYTES(data, sizeof(data));
	SHOW(nodes[0]);
}

CASE(get_edges_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t from = UNTOUCHED, to = UNTOUCHED;
	size_t count = 1;

	DO(cudaGraphGetEdges(NULL, &from, &to, NULL, &count));
	SHOW(count);
	DO(cudaGraphGetEdges(graph, &from, &to, NULL, &count));
	SHOW(count);
	DO(cudaGraphGetEdges(graph, NULL, NULL, NULL, NULL));
	DO(cudaGraphGetEdges(graph, &from, &to, NULL, NULL));
}

CASE(node_dependencies)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t both[2] = { a, b }, c = NULL, got[3] = { UNTOUCHED, UNTOUCHED, UNTOUCHED };
	size_t count = 77;

	NEED(cudaGraphAddEmptyNode(&c, graph, both, 2));
	DO(cudaGraphNodeGetDependencies(c, NULL, NULL, &count));
	SHOW(count);
	count = 3;
	DO(cudaGraphNodeGetDependencies(c, got, NULL, &count));
	SHOW(count);
	SHOW_IF((got[0] == a && got[1] == b) || (got[0] == b && got[1] == a));
	SHOW(got[2]);
	count = 1;
	got[1] = UNTOUCHED;
	DO(cudaGraphNodeGetDependencies(c, got, NULL, &count));
	SHOW(count);
	SHOW(got[1]);
	DO(cudaGraphNodeGetDependencies(a, NULL, NULL, &count));
	SHOW(count);
	count = 3;
	DO(cudaGraphNodeGetDependencies(a, got, NULL, &count));
	SHOW(count);
	SHOW(got[0]);
}

CASE(node_dependent_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);
	cudaGraphNode_t c = conf_empty_node(graph, a), got[3] = { UNTOUCHED, UNTOUCHED, UNTOUCHED };
	size_t count = 77;

	DO(cudaGraphNodeGetDependentNodes(a, NULL, NULL, &count));
	SHOW(count);
	count = 3;
	DO(cudaGraphNodeGetDependentNodes(a, got, NULL, &count));
	SHOW(count);
	SHOW_IF((got[0] == b && got[1] == c) || (got[0] == c && got[1] == b));
	SHOW(got[2]);
	count = 1;
	DO(cudaGraphNodeGetDependentNodes(a, got, NULL, &count));
	SHOW(count);
	DO(cudaGraphNodeGetDependentNodes(b, NULL, NULL, &count));
	SHOW(count);
}

CASE(node_edges_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), got = UNTOUCHED;
	size_t count = 1;

	DO(cudaGraphNodeGetDependencies(NULL, &got, NULL, &count));
	DO(cudaGraphNodeGetDependentNodes(NULL, &got, NULL, &count));
	SHOW(count);
	SHOW(got);
	DO(cudaGraphNodeGetDependentNodes(a, &got, NULL, NULL));
	DO(cudaGraphNodeGetDependencies(a, &got, NULL, NULL));
}

CASE(node_edges_data_without_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);
	cudaGraphEdgeData data;
	size_t count = 1;

	UNTOUCH(data);
	DO(cudaGraphNodeGetDependencies(b, NULL, &data, &count));
	SHOW_BYTES(&data, sizeof(data));
	DO(cudaGraphNodeGetDependentNodes(a, NULL, &data, &count));
	SHOW_BYTES(&data, sizeof(data));
}

CASE(zero_data_is_no_data)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t from = UNTOUCHED, to = UNTOUCHED;
	cudaGraphEdgeData data = { 0 }, got;
	size_t count = 1;

	UNTOUCH(got);
	DO(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	DO(cudaGraphGetEdges(graph, &from, &to, NULL, &count));
	SHOW_IF(from == a && to == b);
	DO(cudaGraphGetEdges(graph, &from, &to, &got, &count));
	SHOW_BYTES(&got, sizeof(got));
	DO(cudaGraphRemoveDependencies(graph, &a, &b, &data, 1));
	SHOW_GRAPH(graph);
}

CASE(programmatic_edge)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphNode_t from = UNTOUCHED, to = UNTOUCHED;
	cudaGraphEdgeData data = { .from_port = cudaGraphKernelNodePortProgrammatic,
				   .type = cudaGraphDependencyTypeProgrammatic };
	cudaGraphEdgeData got;
	size_t count = 1;

	UNTOUCH(got);
	DO(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	DO(cudaGraphGetEdges(graph, &from, &to, &got, &count));
	SHOW_BYTES(&got, sizeof(got));
	UNTOUCH(got);
	DO(cudaGraphNodeGetDependencies(b, &from, &got, &count));
	SHOW_BYTES(&got, sizeof(got));
	UNTOUCH(got);
	DO(cudaGraphNodeGetDependentNodes(a, &to, &got, &count));
	SHOW_BYTES(&got, sizeof(got));
	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	SHOW_GRAPH(graph);
	conf_play(graph);
}

CASE(lossy_query)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphNode_t from = UNTOUCHED, to = UNTOUCHED;
	cudaGraphEdgeData data = { .from_port = cudaGraphKernelNodePortProgrammatic,
				   .type = cudaGraphDependencyTypeProgrammatic };
	size_t count = 1;

	NEED(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	DO(cudaGraphGetEdges(graph, NULL, NULL, NULL, &count));
	SHOW(count);
	DO(cudaGraphGetEdges(graph, &from, &to, NULL, &count));
	SHOW(count);
	DO(cudaGraphNodeGetDependencies(b, &from, NULL, &count));
	SHOW(count);
	DO(cudaGraphNodeGetDependentNodes(a, &to, NULL, &count));
	SHOW(count);
	DO(cudaGraphNodeGetDependentNodes(b, &to, NULL, &count));
	SHOW(count);
	DO(cudaGraphNodeGetDependencies(b, NULL, NULL, &count));
	SHOW(count);
}

CASE(launch_completion_port)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphEdgeData data = { .from_port = cudaGraphKernelNodePortLaunchCompletion };

	DO(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphRemoveDependencies(graph, &a, &b, &data, 1));
	SHOW_GRAPH(graph);
	data.type = cudaGraphDependencyTypeProgrammatic;
	DO(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	SHOW_GRAPH(graph);
	conf_play(graph);
}

CASE(programmatic_type_without_port)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphEdgeData data = { .type = cudaGraphDependencyTypeProgrammatic };

	DO(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	data = (cudaGraphEdgeData){ .from_port = cudaGraphKernelNodePortProgrammatic };
	DO(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	SHOW_GRAPH(graph);
}

CASE(bad_data)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphEdgeData port = { .from_port = 3 }, to_port = { .to_port = 1 };
	cudaGraphEdgeData type = { .type = 2 }, reserved = { .reserved = { 1 } };

	DO(cudaGraphAddDependencies(graph, &a, &b, &port, 1));
	DO(cudaGraphAddDependencies(graph, &a, &b, &to_port, 1));
	DO(cudaGraphAddDependencies(graph, &a, &b, &type, 1));
	DO(cudaGraphAddDependencies(graph, &a, &b, &reserved, 1));
	SHOW_GRAPH(graph);
}

CASE(ports_of_other_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t kernel = kernel_node(graph), empty = conf_empty_node(graph, NULL);
	cudaGraphEdgeData programmatic = { .from_port = cudaGraphKernelNodePortProgrammatic,
					   .type = cudaGraphDependencyTypeProgrammatic };
	cudaGraphEdgeData completion = { .from_port = cudaGraphKernelNodePortLaunchCompletion };

	DO(cudaGraphAddDependencies(graph, &empty, &kernel, &programmatic, 1));
	DO(cudaGraphAddDependencies(graph, &empty, &kernel, &completion, 1));
	DO(cudaGraphAddDependencies(graph, &kernel, &empty, &programmatic, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphAddDependencies(graph, &kernel, &empty, &completion, 1));
	SHOW_GRAPH(graph);
}

CASE(remove_with_other_data)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphEdgeData programmatic = { .from_port = cudaGraphKernelNodePortProgrammatic,
					   .type = cudaGraphDependencyTypeProgrammatic };
	cudaGraphEdgeData completion = { .from_port = cudaGraphKernelNodePortLaunchCompletion };

	NEED(cudaGraphAddDependencies(graph, &a, &b, &programmatic, 1));
	DO(cudaGraphRemoveDependencies(graph, &a, &b, &completion, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphRemoveDependencies(graph, &a, &b, &programmatic, 1));
	SHOW_GRAPH(graph);
}

CASE(two_edges_between_two_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphEdgeData completion = { .from_port = cudaGraphKernelNodePortLaunchCompletion };

	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &a, &b, &completion, 1));
	SHOW_GRAPH(graph);
}

CASE(clone_keeps_data)
{
	cudaGraph_t graph = conf_graph(), clone = NULL;
	cudaGraphNode_t a = kernel_node(graph), b = kernel_node(graph);
	cudaGraphEdgeData data = { .from_port = cudaGraphKernelNodePortLaunchCompletion };

	NEED(cudaGraphAddDependencies(graph, &a, &b, &data, 1));
	NEED(cudaGraphClone(&clone, graph));
	SHOW_GRAPH(clone);
}

CASE(order_of_work_follows_edges)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams first = MEMSET_NODE(p, 1, 1, 16), then = MEMSET_NODE(p, 2, 1, 8);
	cudaGraphNode_t a, b;

	NEED(cudaGraphAddMemsetNode(&a, graph, NULL, 0, &first));
	NEED(cudaGraphAddMemsetNode(&b, graph, &a, 1, &then));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	NEED(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	NEED(cudaGraphAddDependencies(graph, &b, &a, NULL, 1));
	conf_play(graph);
	SHOW_DEVICE(p, 16);
}
