/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs: nodes, dependencies, clones, description. */
#include "graphs.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

CASE(create_and_destroy)
{
	cudaGraph_t graph = UNTOUCHED;

	DO(cudaGraphCreate(&graph, 0));
	SHOW(graph);
	DO(cudaGraphDestroy(graph));
}

CASE(create_flags)
{
	cudaGraph_t graph = UNTOUCHED;

	DO(cudaGraphCreate(&graph, 1));
	SHOW(graph);
	DO(cudaGraphCreate(&graph, 0x80000000u));
	SHOW(graph);
	DO(cudaGraphCreate(&graph, 0));
	SHOW(graph);
}

CASE(create_null)
{
	DO(cudaGraphCreate(NULL, 0));
	DO(cudaGraphCreate(NULL, 1));
}

CASE(destroy_null)
{
	DO(cudaGraphDestroy(NULL));
}

CASE(empty_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = UNTOUCHED, b = UNTOUCHED, both[2], c = UNTOUCHED;

	DO(cudaGraphAddEmptyNode(&a, graph, NULL, 0));
	SHOW(a);
	DO(cudaGraphAddEmptyNode(&b, graph, &a, 1));
	both[0] = a;
	both[1] = b;
	DO(cudaGraphAddEmptyNode(&c, graph, both, 2));
	SHOW(c);
	SHOW_GRAPH(graph);
	DO(cudaGraphDestroy(graph));
}

CASE(empty_node_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), node = UNTOUCHED;
	cudaGraphNode_t twice[2] = { a, a }, with_null[2] = { a, NULL };

	DO(cudaGraphAddEmptyNode(NULL, graph, NULL, 0));
	DO(cudaGraphAddEmptyNode(&node, NULL, NULL, 0));
	DO(cudaGraphAddEmptyNode(&node, graph, NULL, 1));
	DO(cudaGraphAddEmptyNode(&node, graph, twice, 2));
	DO(cudaGraphAddEmptyNode(&node, graph, with_null, 2));
	SHOW(node);
	SHOW_GRAPH(graph);
	DO(cudaGraphAddEmptyNode(&node, graph, twice, 0));
	SHOW(node);
	SHOW_GRAPH(graph);
}

CASE(dependency_of_another_graph)
{
	cudaGraph_t graph = conf_graph(), other = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(other, NULL);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddEmptyNode(&node, graph, &b, 1));
	SHOW(node);
	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	DO(cudaGraphAddDependencies(graph, &b, &a, NULL, 1));
	DO(cudaGraphRemoveDependencies(graph, &a, &b, NULL, 1));
	SHOW_GRAPH(graph);
	SHOW_GRAPH(other);
}

CASE(get_nodes_counts)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t nodes[4] = { UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED };
	size_t count = 77;

	DO(cudaGraphGetNodes(graph, NULL, &count));
	SHOW(count);
	count = 4;
	DO(cudaGraphGetNodes(graph, nodes, &count));
	SHOW(count);
	SHOW(nodes[0]);
	conf_empty_node(graph, conf_empty_node(graph, conf_empty_node(graph, NULL)));
	DO(cudaGraphGetNodes(graph, NULL, &count));
	SHOW(count);
	count = 2;
	DO(cudaGraphGetNodes(graph, nodes, &count));
	SHOW(count);
	SHOW(nodes[1]);
	SHOW(nodes[2]);
	count = 4;
	DO(cudaGraphGetNodes(graph, nodes, &count));
	SHOW(count);
	SHOW(nodes[2]);
	SHOW(nodes[3]);
	count = 0;
	DO(cudaGraphGetNodes(graph, nodes, &count));
	SHOW(count);
}

CASE(get_nodes_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;
	size_t count = 1;

	DO(cudaGraphGetNodes(graph, &node, NULL));
	DO(cudaGraphGetNodes(graph, NULL, NULL));
	DO(cudaGraphGetNodes(NULL, &node, &count));
	SHOW(count);
	DO(cudaGraphGetNodes(NULL, NULL, NULL));
	SHOW(node);
}

CASE(get_root_nodes)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, NULL);
	cudaGraphNode_t roots[3] = { UNTOUCHED, UNTOUCHED, UNTOUCHED };
	size_t count = 77;

	conf_empty_node(graph, a);
	DO(cudaGraphGetRootNodes(graph, NULL, &count));
	SHOW(count);
	count = 3;
	DO(cudaGraphGetRootNodes(graph, roots, &count));
	SHOW(count);
	SHOW_IF((roots[0] == a && roots[1] == b) || (roots[0] == b && roots[1] == a));
	SHOW(roots[2]);
	count = 1;
	DO(cudaGraphGetRootNodes(graph, roots, &count));
	SHOW(count);
	DO(cudaGraphAddDependencies(graph, &a, &b, NULL, 1));
	DO(cudaGraphGetRootNodes(graph, NULL, &count));
	SHOW(count);
}

CASE(get_root_nodes_bad_arguments)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = UNTOUCHED;
	size_t count = 1;

	DO(cudaGraphGetRootNodes(graph, NULL, &count));
	SHOW(count);
	DO(cudaGraphGetRootNodes(NULL, &node, &count));
	DO(cudaGraphGetRootNodes(graph, &node, NULL));
	SHOW(node);
}

CASE(node_type)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t node = conf_empty_node(graph, NULL);
	enum cudaGraphNodeType type;

	UNTOUCH(type);
	DO(cudaGraphNodeGetType(NULL, &type));
	SHOW(type);
	DO(cudaGraphNodeGetType(node, &type));
	SHOW(type);
	DO(cudaGraphNodeGetType(node, NULL));
}

CASE(destroy_node)
{
	cudaGraph_t graph = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);

	conf_empty_node(graph, b);
	SHOW_GRAPH(graph);
	DO(cudaGraphDestroyNode(b));
	SHOW_GRAPH(graph);
	DO(cudaGraphDestroyNode(a));
	SHOW_GRAPH(graph);
}

CASE(destroy_node_null)
{
	DO(cudaGraphDestroyNode(NULL));
}

CASE(destroy_graph_with_exec_alive)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 0x11, 1, 16);
	cudaGraphNode_t node;
	cudaGraphExec_t exec;

	NEED(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	exec = conf_instantiate(graph);
	DO(cudaGraphDestroy(graph));
	DO(cudaGraphLaunch(exec, NULL));
	DO(cudaStreamSynchronize(NULL));
	SHOW_DEVICE(p, 16);
	DO(cudaGraphExecDestroy(exec));
}

CASE(clone)
{
	cudaGraph_t graph = conf_graph(), clone = UNTOUCHED, second = UNTOUCHED;
	cudaGraphNode_t a = conf_empty_node(graph, NULL), b = conf_empty_node(graph, a);
	cudaGraphNode_t found = UNTOUCHED;
	enum cudaGraphNodeType type;

	DO(cudaGraphClone(&clone, graph));
	SHOW(clone);
	SHOW_IF(clone != graph);
	SHOW_GRAPH(clone);
	DO(cudaGraphNodeFindInClone(&found, b, clone));
	SHOW_IF(found != b && found != NULL);
	DO(cudaGraphNodeGetType(found, &type));
	DO(cudaGraphDestroyNode(found));
	SHOW_GRAPH(clone);
	SHOW_GRAPH(graph);
	DO(cudaGraphNodeFindInClone(&found, b, clone));
	DO(cudaGraphClone(&second, clone));
	SHOW_GRAPH(second);
	DO(cudaGraphNodeFindInClone(&found, a, second));
	DO(cudaGraphDestroy(clone));
	DO(cudaGraphDestroy(second));
	DO(cudaGraphDestroy(graph));
}

CASE(clone_empty)
{
	cudaGraph_t graph = conf_graph(), clone = UNTOUCHED;

	DO(cudaGraphClone(&clone, graph));
	SHOW_GRAPH(clone);
}

CASE(clone_bad_arguments)
{
	cudaGraph_t graph = conf_graph(), clone = UNTOUCHED;

	DO(cudaGraphClone(NULL, graph));
	DO(cudaGraphClone(&clone, NULL));
	SHOW(clone);
	DO(cudaGraphClone(NULL, NULL));
}

CASE(find_in_clone_bad_arguments)
{
	cudaGraph_t graph = conf_graph(), clone = NULL, stranger = conf_graph();
	cudaGraphNode_t a = conf_empty_node(graph, NULL), found = UNTOUCHED;
	cudaGraphNode_t later, foreign = conf_empty_node(stranger, NULL);

	NEED(cudaGraphClone(&clone, graph));
	DO(cudaGraphNodeFindInClone(&found, a, graph));
	DO(cudaGraphNodeFindInClone(&found, a, stranger));
	DO(cudaGraphNodeFindInClone(&found, foreign, clone));
	DO(cudaGraphNodeFindInClone(&found, NULL, clone));
	DO(cudaGraphNodeFindInClone(&found, a, NULL));
	SHOW(found);
	later = conf_empty_node(graph, NULL);
	DO(cudaGraphNodeFindInClone(&found, later, clone));
	SHOW(found);
	DO(cudaGraphNodeFindInClone(NULL, a, clone));
}

CASE(clone_keeps_parameters)
{
	cudaGraph_t graph = conf_graph(), clone = NULL;
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 0x22, 1, 16), got;
	cudaGraphNode_t node, copy = NULL;

	NEED(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	DO(cudaGraphClone(&clone, graph));
	set.value = 0x33;
	DO(cudaGraphMemsetNodeSetParams(node, &set));
	DO(cudaGraphNodeFindInClone(&copy, node, clone));
	DO(cudaGraphMemsetNodeGetParams(copy, &got));
	SHOW(got.value);
	conf_play(clone);
	SHOW_DEVICE(p, 16);
	conf_play(graph);
	SHOW_DEVICE(p, 16);
	DO(cudaGraphDestroy(graph));
	conf_play(clone);
	SHOW_DEVICE(p, 16);
}

CASE(clone_has_child_graph)
{
	cudaGraph_t graph = conf_graph(), child = conf_graph(), clone = NULL, inside = NULL;
	cudaGraph_t inside_clone = NULL;
	cudaGraphNode_t node, found = NULL, a = conf_empty_node(child, NULL), in = UNTOUCHED;

	NEED(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	DO(cudaGraphClone(&clone, graph));
	DO(cudaGraphNodeFindInClone(&found, node, clone));
	DO(cudaGraphChildGraphNodeGetGraph(found, &inside_clone));
	DO(cudaGraphChildGraphNodeGetGraph(node, &inside));
	SHOW_IF(inside != inside_clone && inside != child);
	SHOW_GRAPH(inside_clone);
	DO(cudaGraphNodeFindInClone(&in, a, inside));
	DO(cudaGraphNodeFindInClone(&in, a, inside_clone));
}

static void print_to(cudaGraph_t graph, unsigned int flags, const char *name)
{
	char path[] = "/tmp/curtrace-dot-XXXXXX";
	int file = mkstemp(path);
	struct stat state = { .st_size = 0 };

	conf_print("%s", name);
	if (file < 0 || unlink(path) != 0)
		conf_print("no temporary file");
	else
		close(file);
	DO(cudaGraphDebugDotPrint(graph, path, flags));
	SHOW_IF(stat(path, &state) == 0);
	SHOW_IF(state.st_size > 0);
	unlink(path);
}

static cudaGraph_t graph_to_print(void)
{
	cudaGraph_t graph = conf_graph();
	unsigned int *p = conf_words(4);
	struct cudaMemsetParams set = MEMSET_NODE(p, 1, 1, 16);
	struct cudaKernelNodeParams kernel = KERNEL_NODE(kernel_empty, DIM(1), DIM(1), NULL);
	cudaGraphNode_t node, last;

	conf_register();
	NEED(cudaGraphAddMemsetNode(&node, graph, NULL, 0, &set));
	NEED(cudaGraphAddKernelNode(&last, graph, &node, 1, &kernel));
	NEED(cudaGraphAddMemcpyNode1D(&node, graph, &last, 1, p, p + 2, 8,
				      cudaMemcpyDeviceToDevice));
	conf_empty_node(graph, node);
	return graph;
}

CASE(dot_print)
{
	cudaGraph_t graph = graph_to_print();

	print_to(conf_graph(), 0, "empty graph");
	print_to(graph, 0, "no flags");
	print_to(graph, cudaGraphDebugDotFlagsVerbose, "verbose");
	print_to(graph, cudaGraphDebugDotFlagsKernelNodeParams, "kernels");
	print_to(graph, cudaGraphDebugDotFlagsHandles, "handles");
	print_to(graph, cudaGraphDebugDotFlagsConditionalNodeParams, "conditionals");
	print_to(graph,
		 cudaGraphDebugDotFlagsMemcpyNodeParams | cudaGraphDebugDotFlagsMemsetNodeParams,
		 "copies and sets");
}

CASE(dot_print_undefined_flags)
{
	cudaGraph_t graph = graph_to_print();

	print_to(graph, 2, "2");
	print_to(graph, 0x800, "0x800");
	print_to(graph, 0x100000, "0x100000");
	print_to(graph, 0x80000000u, "0x80000000");
}

CASE(dot_print_bad_path)
{
	cudaGraph_t graph = graph_to_print();

	DO(cudaGraphDebugDotPrint(graph, "/nonexistent/x.dot", 0));
	DO(cudaGraphDebugDotPrint(graph, "", 0));
	DO(cudaGraphDebugDotPrint(NULL, "/nonexistent/x.dot", 0));
	DO(cudaGraphDebugDotPrint(graph, NULL, 0));
}

static void count_call(void *data)
{
	__atomic_fetch_add((int *)data, 1, __ATOMIC_SEQ_CST);
}

CASE(user_object_lives_with_graph_and_exec)
{
	static int calls;
	cudaGraph_t graph = conf_graph();
	cudaUserObject_t object = NULL;
	cudaGraphExec_t exec;

	conf_empty_node(graph, NULL);
	DO(cudaUserObjectCreate(&object, &calls, count_call, 1, cudaUserObjectNoDestructorSync));
	DO(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	exec = conf_instantiate(graph);
	DO(cudaGraphDestroy(graph));
	usleep(50000);
	SHOW(__atomic_load_n(&calls, __ATOMIC_SEQ_CST));
	conf_play_exec(exec);
	DO(cudaGraphExecDestroy(exec));
	DO(cudaDeviceSynchronize());
	for (int i = 0; i < 1000 && __atomic_load_n(&calls, __ATOMIC_SEQ_CST) == 0; i++)
		usleep(1000);
	SHOW(__atomic_load_n(&calls, __ATOMIC_SEQ_CST));
}

CASE(user_object_released_by_graph)
{
	static int calls;
	cudaGraph_t graph = conf_graph();
	cudaUserObject_t object = NULL;

	NEED(cudaUserObjectCreate(&object, &calls, count_call, 1, cudaUserObjectNoDestructorSync));
	DO(cudaGraphRetainUserObject(graph, object, 2, 0));
	DO(cudaUserObjectRelease(object, 1));
	usleep(20000);
	SHOW(__atomic_load_n(&calls, __ATOMIC_SEQ_CST));
	DO(cudaGraphReleaseUserObject(graph, object, 1));
	usleep(20000);
	SHOW(__atomic_load_n(&calls, __ATOMIC_SEQ_CST));
	DO(cudaGraphReleaseUserObject(graph, object, 1));
	for (int i = 0; i < 1000 && __atomic_load_n(&calls, __ATOMIC_SEQ_CST) == 0; i++)
		usleep(1000);
	SHOW(__atomic_load_n(&calls, __ATOMIC_SEQ_CST));
}

struct task {
	cudaGraph_t graph;
	unsigned int *p;
};

static void add_in_thread(void *data)
{
	struct task *task = data;
	struct cudaMemsetParams set = MEMSET_NODE(task->p, 0x44, 1, 8);
	cudaGraphNode_t node = UNTOUCHED;

	DO(cudaGraphAddMemsetNode(&node, task->graph, NULL, 0, &set));
	DO(cudaGraphAddEmptyNode(NULL, task->graph, NULL, 0));
	conf_play(task->graph);
}

CASE(graph_used_by_another_thread)
{
	struct task task = { conf_graph(), conf_words(2) };

	conf_in_thread(add_in_thread, &task);
	SHOW(cudaPeekAtLastError());
	SHOW_GRAPH(task.graph);
	SHOW_DEVICE(task.p, 8);
	DO(cudaGraphDestroy(task.graph));
}

CASE(last_error_stays_on_success)
{
	cudaGraph_t graph = NULL;

	DO_KEEP(cudaGraphDestroy(NULL));
	DO_KEEP(cudaGraphCreate(&graph, 0));
	DO_KEEP(cudaGraphDestroy(graph));
	SHOW(cudaGetLastError());
}

CASE(calls_while_a_graph_is_captured)
{
	cudaGraph_t graph = conf_graph(), captured = NULL, clone = NULL;
	cudaGraphNode_t node = NULL;
	unsigned int *p = conf_words(4);
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	NEED(cudaMemsetAsync(p, 1, 16, stream));
	DO(cudaGraphAddEmptyNode(&node, graph, NULL, 0));
	DO(cudaGraphClone(&clone, graph));
	DO(cudaGraphDestroy(clone));
	DO(cudaStreamEndCapture(stream, &captured));
	SHOW(captured);
}

CASE(instantiate_while_capturing)
{
	cudaGraph_t graph = conf_graph(), captured = UNTOUCHED;
	cudaGraphExec_t exec = UNTOUCHED;
	cudaStream_t stream;

	conf_empty_node(graph, NULL);
	NEED(cudaStreamCreate(&stream));
	for (int mode = 0; mode < 3; mode++) {
		SHOW(mode);
		NEED(cudaStreamBeginCapture(stream, (enum cudaStreamCaptureMode)mode));
		DO(cudaGraphInstantiate(&exec, graph, 0));
		DO(cudaStreamEndCapture(stream, &captured));
		SHOW(captured);
	}
}

CASE(graph_of_a_running_capture)
{
	cudaGraph_t graph = NULL, clone = NULL;
	cudaGraphNode_t node = NULL;
	enum cudaStreamCaptureStatus status;
	unsigned int *p = conf_words(4);
	unsigned long long id;
	const cudaGraphNode_t *last = NULL;
	size_t count = 0;
	cudaStream_t stream;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	NEED(cudaMemsetAsync(p, 1, 16, stream));
	DO(cudaStreamGetCaptureInfo(stream, &status, &id, &graph, &last, NULL, &count));
	if (graph == NULL || count != 1)
		return;
	SHOW_GRAPH(graph);
	DO(cudaGraphAddEmptyNode(&node, graph, last, 1));
	SHOW_GRAPH(graph);
	DO(cudaGraphDestroy(graph));
	DO(cudaGraphDestroyNode(node));
	DO(cudaGraphRemoveDependencies(graph, last, &node, NULL, 1));
	DO(cudaGraphClone(&clone, graph));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW_GRAPH(graph);
	SHOW_GRAPH(clone);
}
