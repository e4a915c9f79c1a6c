/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs of the simulated driver: nodes, edges and clones. The answers are those of a driver R580
 * on an H200.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "graph_fixture.h"

START_TEST(nodes_are_listed_in_the_order_they_were_made)
{
	CUgraphNode a, b, nodes[4];
	size_t count = 4;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, &a, 1);
	OK(cuGraphGetNodes(graph, nodes, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_ptr_eq(nodes[0], a);
	ck_assert_ptr_eq(nodes[1], b);
	ck_assert_ptr_null(nodes[2]);
	OK(cuGraphGetRootNodes(graph, NULL, &count));
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(bad_dependencies_are_refused)
{
	CUgraphNode a, twice[2], node, none = NULL;
	CUgraph other;

	set_up();
	a = empty_after(graph, NULL, 0);
	twice[0] = twice[1] = a;
	FAILS(cuGraphAddEmptyNode(&node, graph, twice, 2), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphAddEmptyNode(&node, graph, &none, 1), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphAddEmptyNode(&node, graph, NULL, 1), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphCreate(&other, 0));
	FAILS(cuGraphAddEmptyNode(&node, other, &a, 1), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(edges_are_added_listed_and_removed)
{
	CUgraphNode a, b, from[4], to[4];
	size_t count = 4;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, NULL, 0);
	OK(cuGraphAddDependencies_v2(graph, &a, &b, NULL, 1));
	FAILS(cuGraphAddDependencies_v2(graph, &a, &b, NULL, 1), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphAddDependencies_v2(graph, &a, &a, NULL, 1), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphGetEdges_v2(graph, from, to, NULL, &count));
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_eq(from[0], a);
	ck_assert_ptr_eq(to[0], b);
	OK(cuGraphRemoveDependencies_v2(graph, &a, &b, NULL, 1));
	FAILS(cuGraphRemoveDependencies_v2(graph, &a, &b, NULL, 1), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(dependencies_and_dependents_are_told)
{
	CUgraphNode a, b, c, nodes[4];
	size_t count = 4;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, &a, 1);
	c = empty_after(graph, &a, 1);
	OK(cuGraphNodeGetDependentNodes_v2(a, nodes, NULL, &count));
	ck_assert_uint_eq(count, 2);
	ck_assert_ptr_eq(nodes[0], b);
	ck_assert_ptr_eq(nodes[1], c);
	count = 4;
	OK(cuGraphNodeGetDependencies(c, nodes, &count));
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_eq(nodes[0], a);
}
END_TEST

START_TEST(data_of_edges_are_kept_and_not_lost_unnoticed)
{
	CUgraphEdgeData data = { .from_port = CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC,
				 .type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC };
	CUgraphEdgeData out[2];
	CUgraphNode a, b, nodes[2];
	size_t count = 2;

	set_up();
	a = kernel_after(NULL, 0);
	b = kernel_after(NULL, 0);
	OK(cuGraphAddDependencies_v2(graph, &a, &b, &data, 1));
	FAILS(cuGraphNodeGetDependencies_v2(b, nodes, NULL, &count), CUDA_ERROR_LOSSY_QUERY);
	FAILS(cuGraphGetEdges(graph, nodes, nodes, &count), CUDA_ERROR_LOSSY_QUERY);
	OK(cuGraphNodeGetDependencies_v2(b, nodes, out, &count));
	ck_assert_uint_eq(out[0].from_port, 1);
	ck_assert_uint_eq(out[0].type, 1);
	OK(cuGraphNodeGetDependencies_v2(b, NULL, NULL, &count));
}
END_TEST

START_TEST(data_of_edges_are_checked)
{
	CUgraphEdgeData data = { .from_port = 1, .type = CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC };
	CUgraphNode none, a, b;

	set_up();
	none = empty_after(graph, NULL, 0);
	a = kernel_after(NULL, 0);
	b = kernel_after(NULL, 0);
	FAILS(cuGraphAddDependencies_v2(graph, &none, &b, &data, 1), CUDA_ERROR_INVALID_VALUE);
	data.from_port = 9;
	FAILS(cuGraphAddDependencies_v2(graph, &a, &b, &data, 1), CUDA_ERROR_INVALID_VALUE);
	data.from_port = 1;
	data.reserved[0] = 1;
	FAILS(cuGraphAddDependencies_v2(graph, &a, &b, &data, 1), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_destroyed_node_takes_its_edges_with_it)
{
	CUgraphNode a, b;
	CUgraphNodeType type;
	size_t count;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, &a, 1);
	OK(cuGraphDestroyNode(a));
	FAILS(cuGraphNodeGetType(a, &type), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphNodeGetDependencies_v2(b, NULL, NULL, &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_clone_has_a_node_for_each)
{
	CUgraphNode a, b, found;
	CUgraph clone;
	size_t count;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = kernel_after(&a, 1);
	OK(cuGraphClone(&clone, graph));
	OK(cuGraphNodeFindInClone(&found, b, clone));
	ck_assert_ptr_ne(found, b);
	OK(cuGraphNodeGetDependencies_v2(found, NULL, NULL, &count));
	ck_assert_uint_eq(count, 1);
	FAILS(cuGraphNodeFindInClone(&found, b, graph), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphDestroy(graph));
	OK(cuGraphDestroy(clone));
	FAILS(cuGraphDestroy(clone), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

/* Kinds of node. */
START_TEST(a_kernel_node_reads_back_as_function_and_kernel)
{
	CUDA_KERNEL_NODE_PARAMS launch = kernel_params(), out;
	CUgraphNode node;
	CUcontext ctx;

	set_up();
	OK(cuCtxGetCurrent(&ctx));
	launch = kernel_params();
	launch.func = NULL;
	launch.kern = kernel;
	OK(cuGraphAddKernelNode_v2(&node, graph, NULL, 0, &launch));
	OK(cuGraphKernelNodeGetParams_v2(node, &out));
	ck_assert_ptr_eq(out.func, function);
	ck_assert_ptr_eq(out.kern, kernel);
	ck_assert_ptr_eq(out.ctx, ctx);
	ck_assert_ptr_null(out.extra);
	ck_assert_uint_eq(*(unsigned int *)out.kernelParams[1], 5);
}
END_TEST

START_TEST(a_kernel_cast_to_a_function_is_no_node)
{
	CUDA_KERNEL_NODE_PARAMS launch;
	CUgraphNode node;

	set_up();
	launch = kernel_params();
	launch.func = (CUfunction)(void *)kernel;
	FAILS(cuGraphAddKernelNode_v2(&node, graph, NULL, 0, &launch), CUDA_ERROR_INVALID_HANDLE);
	launch.func = NULL;
	FAILS(cuGraphAddKernelNode_v2(&node, graph, NULL, 0, &launch), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(a_kernel_node_is_checked_like_a_launch)
{
	CUDA_KERNEL_NODE_PARAMS launch;
	CUgraphNode node;

	set_up();
	launch = kernel_params();
	launch.blockDimX = 2000;
	FAILS(cuGraphAddKernelNode_v2(&node, graph, NULL, 0, &launch), CUDA_ERROR_INVALID_VALUE);
	node = kernel_after(NULL, 0);
	FAILS(cuGraphKernelNodeSetParams_v2(node, &launch), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphAddKernelNode_v2(&node, graph, NULL, 0, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(the_older_layout_of_kernel_nodes_works)
{
	CUDA_KERNEL_NODE_PARAMS_v1 launch = { .gridDimX = 1,
					      .gridDimY = 1,
					      .gridDimZ = 1,
					      .blockDimX = 1,
					      .blockDimY = 1,
					      .blockDimZ = 1 };
	CUDA_KERNEL_NODE_PARAMS_v1 out;
	CUgraphNode node;

	set_up();
	launch.func = function;
	launch.kernelParams = params;
	OK(cuGraphAddKernelNode(&node, graph, NULL, 0, &launch));
	OK(cuGraphKernelNodeGetParams(node, &out));
	ck_assert_ptr_eq(out.func, function);
	run(instantiate());
	ck_assert_uint_eq(word(), 5);
}
END_TEST

START_TEST(kernel_attributes_are_read_set_and_copied)
{
	CUkernelNodeAttrValue value = { .priority = -2 };
	CUgraphNode a, b;

	set_up();
	a = kernel_after(NULL, 0);
	b = kernel_after(NULL, 0);
	OK(cuGraphKernelNodeSetAttribute(a, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
	OK(cuGraphKernelNodeCopyAttributes(b, a));
	memset(&value, 0, sizeof(value));
	OK(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
	ck_assert_int_eq(value.priority, -2);
	OK(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP, &value));
	ck_assert_uint_eq(value.memSyncDomainMap.remote, 1);
	FAILS(cuGraphKernelNodeGetAttribute(b, CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY, &value),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphKernelNodeGetAttribute(empty_after(graph, NULL, 0),
					    CU_LAUNCH_ATTRIBUTE_PRIORITY, &value),
	      CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_memset_node_reads_back_and_is_checked)
{
	CUDA_MEMSET_NODE_PARAMS set, out;
	CUgraphNode node;

	set_up();
	node = set_after(7, NULL, 0);
	OK(cuGraphMemsetNodeGetParams(node, &out));
	ck_assert_uint_eq(out.value, 7);
	ck_assert_uint_eq(out.dst, memory);
	set = set_to(1);
	set.elementSize = 3;
	FAILS(cuGraphMemsetNodeSetParams(node, &set), CUDA_ERROR_INVALID_VALUE);
	set = set_to(1);
	set.width = 0;
	FAILS(cuGraphMemsetNodeSetParams(node, &set), CUDA_ERROR_INVALID_VALUE);
	set.width = 1 << 20;
	FAILS(cuGraphAddMemsetNode(&node, graph, NULL, 0, &set, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_memcpy_node_reads_memory_when_it_runs)
{
	unsigned int value = 1;
	CUDA_MEMCPY3D copy, out;
	CUgraphNode node;
	CUgraphExec exec;

	set_up();
	copy = copy_from(&value);
	OK(cuGraphAddMemcpyNode(&node, graph, NULL, 0, &copy, NULL));
	OK(cuGraphMemcpyNodeGetParams(node, &out));
	ck_assert_mem_eq(&out, &copy, sizeof(copy));
	exec = instantiate();
	value = 31;
	run(exec);
	ck_assert_uint_eq(word(), 31);
	copy.WidthInBytes = 0;
	FAILS(cuGraphAddMemcpyNode(&node, graph, NULL, 0, &copy, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_host_node_calls_its_function)
{
	CUDA_HOST_NODE_PARAMS host = { .fn = count_call }, out;
	CUgraphNode node;
	CUgraphExec exec;

	set_up();
	OK(cuGraphAddHostNode(&node, graph, NULL, 0, &host));
	OK(cuGraphHostNodeGetParams(node, &out));
	ck_assert(out.fn == count_call);
	exec = instantiate();
	run(exec);
	run(exec);
	ck_assert_int_eq(calls, 2);
	host.fn = NULL;
	FAILS(cuGraphHostNodeSetParams(node, &host), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(event_nodes_record_and_wait)
{
	CUgraphNode record, wait;
	CUevent event, out;
	float milliseconds;

	set_up();
	OK(cuEventCreate(&event, 0));
	OK(cuGraphAddEventRecordNode(&record, graph, NULL, 0, event));
	OK(cuGraphAddEventWaitNode(&wait, graph, &record, 1, event));
	OK(cuGraphEventRecordNodeGetEvent(record, &out));
	ck_assert_ptr_eq(out, event);
	FAILS(cuGraphEventRecordNodeGetEvent(wait, &out), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphEventWaitNodeSetEvent(wait, NULL), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuEventElapsedTime_v2(&milliseconds, event, event), CUDA_ERROR_INVALID_HANDLE);
	run(instantiate());
	OK(cuEventElapsedTime_v2(&milliseconds, event, event));
}
END_TEST

START_TEST(a_child_graph_is_a_copy)
{
	CUgraph child, in;
	CUgraphNode inner, node, found;
	CUgraphExec exec;

	set_up();
	child = graph;
	inner = kernel_after(NULL, 0);
	OK(cuGraphCreate(&graph, 0));
	OK(cuGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	OK(cuGraphChildGraphNodeGetGraph(node, &in));
	ck_assert_ptr_ne(in, child);
	OK(cuGraphNodeFindInClone(&found, inner, in));
	FAILS(cuGraphDestroy(in), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphDestroy(child));
	exec = instantiate();
	run(exec);
	ck_assert_uint_eq(word(), 5);
	FAILS(cuGraphAddChildGraphNode(&node, graph, NULL, 0, graph), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(value_nodes_write)
{
	CUstreamBatchMemOpParams write = {
		.writeValue = { CU_STREAM_MEM_OP_WRITE_VALUE_32, 0, { .value = 17 }, 0, 0 }
	};
	CUDA_BATCH_MEM_OP_NODE_PARAMS batch = { .count = 1, .paramArray = &write }, out;
	CUgraphNode node;

	set_up();
	write.writeValue.address = memory;
	OK(cuGraphAddBatchMemOpNode(&node, graph, NULL, 0, &batch));
	OK(cuGraphBatchMemOpNodeGetParams(node, &out));
	ck_assert_uint_eq(out.count, 1);
	ck_assert_uint_eq(out.paramArray[0].writeValue.value, 17);
	run(instantiate());
	ck_assert_uint_eq(word(), 17);
}
END_TEST

START_TEST(nodes_are_added_by_generic_parameters)
{
	CUgraphNodeParams any = { .type = CU_GRAPH_NODE_TYPE_KERNEL };
	CUgraphNode node;

	set_up();
	any.kernel.func = function;
	any.kernel.gridDimX = any.kernel.gridDimY = any.kernel.gridDimZ = 1;
	any.kernel.blockDimX = any.kernel.blockDimY = any.kernel.blockDimZ = 1;
	any.kernel.kernelParams = params;
	OK(cuGraphAddNode_v2(&node, graph, NULL, NULL, 0, &any));
	amount = 6;
	OK(cuGraphNodeSetParams(node, &any));
	run(instantiate());
	ck_assert_uint_eq(word(), 6);
	any.reserved2 = 1;
	FAILS(cuGraphAddNode_v2(&node, graph, NULL, NULL, 0, &any), CUDA_ERROR_INVALID_VALUE);
	any = (CUgraphNodeParams){ .type = (CUgraphNodeType)99 };
	FAILS(cuGraphAddNode(&node, graph, NULL, 0, &any), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_graph_is_written_as_a_dot_file)
{
	char path[] = "check_graph_XXXXXX";
	int fd = mkstemp(path);
	char text[1024] = "";
	CUgraphNode a;

	ck_assert_int_ge(fd, 0);
	set_up();
	a = empty_after(graph, NULL, 0);
	kernel_after(&a, 1);
	OK(cuGraphDebugDotPrint(graph, path, CU_GRAPH_DEBUG_DOT_FLAGS_VERBOSE));
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	unlink(path);
	ck_assert_ptr_nonnull(strstr(text, "digraph"));
	ck_assert_ptr_nonnull(strstr(text, "add"));
	ck_assert_ptr_nonnull(strstr(text, "node_0\" -> \""));
	FAILS(cuGraphDebugDotPrint(graph, "/nonexistent/x.dot", 0), CUDA_ERROR_OPERATING_SYSTEM);
}
END_TEST

static void add_structure_tests(TCase *tcase)
{
	tcase_add_test(tcase, nodes_are_listed_in_the_order_they_were_made);
	tcase_add_test(tcase, bad_dependencies_are_refused);
	tcase_add_test(tcase, edges_are_added_listed_and_removed);
	tcase_add_test(tcase, dependencies_and_dependents_are_told);
	tcase_add_test(tcase, data_of_edges_are_kept_and_not_lost_unnoticed);
	tcase_add_test(tcase, data_of_edges_are_checked);
	tcase_add_test(tcase, a_destroyed_node_takes_its_edges_with_it);
	tcase_add_test(tcase, a_clone_has_a_node_for_each);
	tcase_add_test(tcase, a_kernel_node_reads_back_as_function_and_kernel);
	tcase_add_test(tcase, a_kernel_cast_to_a_function_is_no_node);
	tcase_add_test(tcase, a_kernel_node_is_checked_like_a_launch);
	tcase_add_test(tcase, the_older_layout_of_kernel_nodes_works);
	tcase_add_test(tcase, kernel_attributes_are_read_set_and_copied);
	tcase_add_test(tcase, a_memset_node_reads_back_and_is_checked);
	tcase_add_test(tcase, a_memcpy_node_reads_memory_when_it_runs);
	tcase_add_test(tcase, a_host_node_calls_its_function);
	tcase_add_test(tcase, event_nodes_record_and_wait);
	tcase_add_test(tcase, a_child_graph_is_a_copy);
	tcase_add_test(tcase, value_nodes_write);
	tcase_add_test(tcase, nodes_are_added_by_generic_parameters);
	tcase_add_test(tcase, a_graph_is_written_as_a_dot_file);
}

int main(void)
{
	Suite *suite = suite_create("graph");
	TCase *structure = tcase_create("structure");

	suite_add_tcase(suite, structure);
	add_structure_tests(structure);
	return run_suite(suite);
}
