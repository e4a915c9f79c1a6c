/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executable graphs of the simulated driver: launches, updates, memory, conditionals and user
 * objects. The answers are those of a driver R580 on an H200.
 */
#include <check.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "graph_fixture.h"

START_TEST(nodes_run_after_what_they_depend_on)
{
	CUgraphNode first, second, last;

	set_up();
	/* Made in the opposite order. */
	last = kernel_after(NULL, 0);
	second = kernel_after(NULL, 0);
	first = set_after(100, NULL, 0);
	OK(cuGraphAddDependencies_v2(graph, &first, &second, NULL, 1));
	OK(cuGraphAddDependencies_v2(graph, &second, &last, NULL, 1));
	run(instantiate());
	ck_assert_uint_eq(word(), 110);
}
END_TEST

START_TEST(a_circle_cannot_be_instantiated)
{
	CUDA_GRAPH_INSTANTIATE_PARAMS how = { 0 };
	CUgraphNode a, b;
	CUgraphExec exec;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, &a, 1);
	OK(cuGraphAddDependencies_v2(graph, &b, &a, NULL, 1));
	FAILS(cuGraphInstantiateWithFlags(&exec, graph, 0), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphInstantiateWithParams(&exec, graph, &how), CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(how.result_out, CUDA_GRAPH_INSTANTIATE_INVALID_STRUCTURE);
	ck_assert_ptr_nonnull(how.hErrNode_out);
}
END_TEST

START_TEST(an_old_instantiation_clears_its_report_and_says_no_more)
{
	CUgraphNode a, b, bad = (CUgraphNode)&a;
	CUgraphExec exec = NULL;
	char log[2] = "xy";

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, &a, 1);
	OK(cuGraphInstantiate_v2(&exec, graph, &bad, log, sizeof(log)));
	ck_assert_ptr_null(bad);
	ck_assert_mem_eq(log, "\0y", 2);
	OK(cuGraphAddDependencies_v2(graph, &b, &a, NULL, 1));
	bad = a;
	log[0] = 'x';
	FAILS(cuGraphInstantiate_v2(&exec, graph, &bad, log, 0), CUDA_ERROR_INVALID_VALUE);
	ck_assert_ptr_null(bad);
	ck_assert_mem_eq(log, "xy", 2);
	FAILS(cuGraphInstantiate_v2(&exec, graph, NULL, NULL, 2), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(flags_of_executable_graphs_are_checked_and_kept)
{
	CUgraphExec exec;
	cuuint64_t flags;

	set_up();
	empty_after(graph, NULL, 0);
	FAILS(cuGraphInstantiateWithFlags(&exec, graph, 0x100), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphInstantiateWithFlags(&exec, graph, 15), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphInstantiateWithFlags(&exec, graph,
				       CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH |
					       CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY));
	OK(cuGraphExecGetFlags(exec, &flags));
	ck_assert_uint_eq(flags, CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH);
}
END_TEST

START_TEST(an_executable_graph_does_not_change_with_its_source)
{
	CUgraphNode node;
	CUgraphExec exec;
	CUDA_MEMSET_NODE_PARAMS set;

	set_up();
	node = set_after(1, NULL, 0);
	exec = instantiate();
	set = set_to(2);
	OK(cuGraphMemsetNodeSetParams(node, &set));
	run(exec);
	ck_assert_uint_eq(word(), 1);
	OK(cuGraphDestroy(graph));
	run(exec);
	OK(cuGraphExecDestroy(exec));
	FAILS(cuGraphLaunch(exec, stream), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_destroyed_executable_graph_still_finishes)
{
	CUDA_HOST_NODE_PARAMS host = { .fn = count_call };
	CUgraphNode node;
	CUgraphExec exec;

	set_up();
	OK(cuGraphAddHostNode(&node, graph, NULL, 0, &host));
	exec = instantiate();
	for (int i = 0; i < 5; i++)
		OK(cuGraphLaunch(exec, stream));
	OK(cuGraphExecDestroy(exec));
	OK(cuGraphDestroy(graph));
	OK(cuCtxSynchronize());
	ck_assert_int_eq(calls, 5);
}
END_TEST

START_TEST(a_node_of_an_executable_graph_gets_other_parameters)
{
	CUDA_KERNEL_NODE_PARAMS launch;
	CUDA_MEMSET_NODE_PARAMS set;
	CUgraphNode a, b;
	CUgraphExec exec;

	set_up();
	a = set_after(1, NULL, 0);
	b = kernel_after(&a, 1);
	exec = instantiate();
	set = set_to(50);
	OK(cuGraphExecMemsetNodeSetParams(exec, a, &set, NULL));
	launch = kernel_params();
	amount = 9;
	OK(cuGraphExecKernelNodeSetParams_v2(exec, b, &launch));
	run(exec);
	ck_assert_uint_eq(word(), 59);
	FAILS(cuGraphExecKernelNodeSetParams_v2(exec, a, &launch), CUDA_ERROR_INVALID_VALUE);
	set.height = 2;
	set.pitch = 32;
	FAILS(cuGraphExecMemsetNodeSetParams(exec, a, &set, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_copy_of_an_executable_graph_keeps_its_direction)
{
	unsigned int value = 3;
	CUDA_MEMCPY3D copy;
	CUgraphNode node;
	CUgraphExec exec;

	set_up();
	copy = copy_from(&value);
	OK(cuGraphAddMemcpyNode(&node, graph, NULL, 0, &copy, NULL));
	exec = instantiate();
	copy.WidthInBytes = 2;
	OK(cuGraphExecMemcpyNodeSetParams(exec, node, &copy, NULL));
	copy.srcMemoryType = CU_MEMORYTYPE_DEVICE;
	copy.srcDevice = memory + 8;
	FAILS(cuGraphExecMemcpyNodeSetParams(exec, node, &copy, NULL), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(nodes_are_switched_off_and_on)
{
	CUgraphNode a, none;
	CUgraphExec exec;
	unsigned int enabled;

	set_up();
	a = kernel_after(NULL, 0);
	none = empty_after(graph, NULL, 0);
	exec = instantiate();
	OK(cuGraphNodeSetEnabled(exec, a, 0));
	OK(cuGraphNodeGetEnabled(exec, a, &enabled));
	ck_assert_uint_eq(enabled, 0);
	run(exec);
	ck_assert_uint_eq(word(), 0);
	OK(cuGraphNodeSetEnabled(exec, a, 7));
	run(exec);
	ck_assert_uint_eq(word(), 5);
	FAILS(cuGraphNodeSetEnabled(exec, none, 0), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_node_of_a_child_is_changed_through_the_whole)
{
	CUDA_KERNEL_NODE_PARAMS launch;
	CUgraph child, in;
	CUgraphNode inner, node, found;
	CUgraphExec exec;

	set_up();
	child = graph;
	inner = kernel_after(NULL, 0);
	OK(cuGraphCreate(&graph, 0));
	OK(cuGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	OK(cuGraphChildGraphNodeGetGraph(node, &in));
	OK(cuGraphNodeFindInClone(&found, inner, in));
	exec = instantiate();
	amount = 8;
	launch = kernel_params();
	OK(cuGraphExecKernelNodeSetParams_v2(exec, found, &launch));
	FAILS(cuGraphExecKernelNodeSetParams_v2(exec, inner, &launch), CUDA_ERROR_INVALID_VALUE);
	run(exec);
	ck_assert_uint_eq(word(), 8);
	empty_after(child, NULL, 0);
	FAILS(cuGraphExecChildGraphNodeSetParams(exec, node, child),
	      CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
}
END_TEST

/* Updates of all nodes at once. */
START_TEST(an_update_takes_over_all_parameters)
{
	CUgraphExecUpdateResultInfo info;
	CUgraphNode a;
	CUgraphExec exec;

	set_up();
	a = set_after(1, NULL, 0);
	kernel_after(&a, 1);
	exec = instantiate();
	OK(cuGraphCreate(&graph, 0));
	amount = 7;
	a = set_after(30, NULL, 0);
	kernel_after(&a, 1);
	OK(cuGraphExecUpdate_v2(exec, graph, &info));
	ck_assert_int_eq(info.result, CU_GRAPH_EXEC_UPDATE_SUCCESS);
	run(exec);
	ck_assert_uint_eq(word(), 37);
}
END_TEST

static void expect_update(CUgraphExec exec, CUgraphExecUpdateResult result, CUgraphNode node)
{
	CUgraphExecUpdateResultInfo info;

	FAILS(cuGraphExecUpdate_v2(exec, graph, &info), CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
	ck_assert_int_eq(info.result, result);
	ck_assert_ptr_eq(info.errorNode, node);
	ck_assert_ptr_null(info.errorFromNode);
}

/* The same by the form of CUDA 11. */
static void expect_old_update(CUgraphExec exec, CUgraphExecUpdateResult result, CUgraphNode node)
{
	CUgraphExecUpdateResult told;
	CUgraphNode bad;

	FAILS(cuGraphExecUpdate(exec, graph, &bad, &told), CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
	ck_assert_int_eq(told, result);
	ck_assert_ptr_eq(bad, node);
	FAILS(cuGraphExecUpdate(exec, graph, NULL, NULL), CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
}

START_TEST(an_update_with_another_shape_fails)
{
	CUgraphNode a, b;
	CUgraphExec exec;

	set_up();
	a = empty_after(graph, NULL, 0);
	b = empty_after(graph, &a, 1);
	exec = instantiate();
	OK(cuGraphRemoveDependencies_v2(graph, &a, &b, NULL, 1));
	expect_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, b);
	expect_old_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, a);
	/* The same shape with the parts exchanged. */
	OK(cuGraphAddDependencies_v2(graph, &b, &a, NULL, 1));
	OK(cuGraphExecUpdate_v2(exec, graph, NULL));
	empty_after(graph, NULL, 0);
	expect_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, NULL);
	expect_old_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_NOT_SUPPORTED, NULL);
}
END_TEST

START_TEST(an_old_update_answers_whatever_it_is_asked)
{
	CUgraphExecUpdateResult result = CU_GRAPH_EXEC_UPDATE_ERROR;
	CUgraphNode bad = (CUgraphNode)&result;
	CUgraphExec exec;

	set_up();
	empty_after(graph, NULL, 0);
	exec = instantiate();
	FAILS(cuGraphExecUpdate(exec, NULL, &bad, &result), CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(result, CU_GRAPH_EXEC_UPDATE_SUCCESS);
	ck_assert_ptr_null(bad);
	OK(cuGraphExecUpdate(exec, graph, &bad, &result));
}
END_TEST

START_TEST(an_update_with_another_kind_of_node_fails)
{
	CUgraphExec exec;

	set_up();
	kernel_after(NULL, 0);
	exec = instantiate();
	OK(cuGraphCreate(&graph, 0));
	expect_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED, NULL);
	expect_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED,
		      empty_after(graph, NULL, 0));
}
END_TEST

START_TEST(an_update_with_another_number_of_rows_fails)
{
	CUDA_MEMSET_NODE_PARAMS set;
	CUgraphNode node;
	CUgraphExec exec;

	set_up();
	node = set_after(1, NULL, 0);
	exec = instantiate();
	set = set_to(1);
	set.height = 2;
	set.pitch = 32;
	OK(cuGraphMemsetNodeSetParams(node, &set));
	expect_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED, node);
	expect_old_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED, node);
}
END_TEST

START_TEST(an_update_may_change_a_priority_but_not_cooperation)
{
	CUkernelNodeAttrValue value = { .priority = -3 };
	CUgraphNode node;
	CUgraphExec exec;

	set_up();
	node = kernel_after(NULL, 0);
	exec = instantiate();
	OK(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_PRIORITY, &value));
	OK(cuGraphExecUpdate_v2(exec, graph, NULL));
	value.cooperative = 1;
	OK(cuGraphKernelNodeSetAttribute(node, CU_LAUNCH_ATTRIBUTE_COOPERATIVE, &value));
	expect_update(exec, CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED, node);
}
END_TEST

/* Memory of graphs. */
static CUgraphNode alloc_after(CUdeviceptr *address)
{
	CUDA_MEM_ALLOC_NODE_PARAMS alloc = {
		.poolProps = { .allocType = CU_MEM_ALLOCATION_TYPE_PINNED,
			       .location = { CU_MEM_LOCATION_TYPE_DEVICE, 0 } },
		.bytesize = 1000,
	};
	CUgraphNode node;

	OK(cuGraphAddMemAllocNode(&node, graph, NULL, 0, &alloc));
	*address = alloc.dptr;
	return node;
}

START_TEST(memory_of_a_graph_is_there_from_launch_to_free)
{
	CUdeviceptr address;
	CUgraphExec exec;

	set_up();
	alloc_after(&address);
	FAILS(cuMemFree_v2(address), CUDA_ERROR_INVALID_VALUE);
	exec = instantiate();
	run(exec);
	OK(cuMemsetD8_v2(address, 1, 1000));
	FAILS(cuGraphLaunch(exec, stream), CUDA_ERROR_INVALID_VALUE);
	OK(cuMemFreeAsync(address, stream));
	OK(cuGraphLaunch(exec, stream));
	OK(cuMemFree_v2(address));
	FAILS(cuMemFree_v2(address), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(memory_freed_in_the_graph_lets_it_run_again)
{
	CUdeviceptr address;
	CUgraphNode alloc, node;
	CUgraphExec exec;

	set_up();
	alloc = alloc_after(&address);
	OK(cuGraphAddMemFreeNode(&node, graph, &alloc, 1, address));
	FAILS(cuGraphAddMemFreeNode(&node, graph, &alloc, 1, address), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuGraphAddMemFreeNode(&node, graph, NULL, 0, memory), CUDA_ERROR_INVALID_VALUE);
	exec = instantiate();
	run(exec);
	run(exec);
	FAILS(cuMemFree_v2(address), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(memory_is_freed_at_the_next_launch_if_so_instantiated)
{
	CUdeviceptr address;
	CUgraphExec exec;

	set_up();
	alloc_after(&address);
	OK(cuGraphInstantiateWithFlags(&exec, graph,
				       CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH));
	run(exec);
	run(exec);
	OK(cuGraphExecDestroy(exec));
	OK(cuGraphDestroy(graph));
	OK(cuMemFree_v2(address));
}
END_TEST

START_TEST(a_graph_with_memory_is_one_of_its_kind)
{
	CUdeviceptr address;
	CUgraphNode alloc, node;
	CUgraphExec exec, second;
	CUgraph clone;

	set_up();
	alloc = alloc_after(&address);
	node = empty_after(graph, &alloc, 1);
	FAILS(cuGraphClone(&clone, graph), CUDA_ERROR_NOT_SUPPORTED);
	FAILS(cuGraphDestroyNode(node), CUDA_ERROR_NOT_SUPPORTED);
	FAILS(cuGraphRemoveDependencies_v2(graph, &alloc, &node, NULL, 1),
	      CUDA_ERROR_NOT_SUPPORTED);
	exec = instantiate();
	FAILS(cuGraphInstantiateWithFlags(&second, graph, 0), CUDA_ERROR_NOT_SUPPORTED);
	OK(cuGraphExecDestroy(exec));
	instantiate();
}
END_TEST

START_TEST(memory_of_graphs_is_counted)
{
	CUdeviceptr address;
	CUgraphExec exec;
	cuuint64_t value = 0;

	set_up();
	alloc_after(&address);
	exec = instantiate();
	run(exec);
	OK(cuDeviceGetGraphMemAttribute(0, CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT, &value));
	ck_assert_uint_eq(value, 32 << 20);
	OK(cuMemFree_v2(address));
	OK(cuDeviceGraphMemTrim(0));
	OK(cuDeviceGetGraphMemAttribute(0, CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT, &value));
	ck_assert_uint_eq(value, 0);
	OK(cuDeviceGetGraphMemAttribute(0, CU_GRAPH_MEM_ATTR_USED_MEM_HIGH, &value));
	ck_assert_uint_eq(value, 32 << 20);
}
END_TEST

/* Conditionals. */
static CUgraphConditionalHandle handle;
static atomic_int rounds;

static void count_down(const struct curtrace_sim_launch *launch, void **arguments)
{
	(void)launch;
	(void)arguments;
	curtrace_sim_conditional(handle, ++rounds < 4);
}

static CUgraph conditional(CUgraphConditionalNodeType type, unsigned int size, unsigned int value)
{
	CUgraphNodeParams any = { .type = CU_GRAPH_NODE_TYPE_CONDITIONAL };
	CUgraphNode node;
	CUcontext ctx;

	OK(cuCtxGetCurrent(&ctx));
	OK(cuGraphConditionalHandleCreate(&handle, graph, ctx, value,
					  CU_GRAPH_COND_ASSIGN_DEFAULT));
	any.conditional.handle = handle;
	any.conditional.type = type;
	any.conditional.size = size;
	OK(cuGraphAddNode_v2(&node, graph, NULL, NULL, 0, &any));
	return any.conditional.phGraph_out[size - 1];
}

START_TEST(a_body_runs_if_its_value_is_not_zero)
{
	CUgraph outer, body;

	set_up();
	outer = graph;
	body = conditional(CU_GRAPH_COND_TYPE_IF, 1, 1);
	graph = body;
	kernel_after(NULL, 0);
	FAILS(cuGraphDestroy(body), CUDA_ERROR_INVALID_VALUE);
	graph = outer;
	run(instantiate());
	ck_assert_uint_eq(word(), 5);
}
END_TEST

START_TEST(the_second_body_runs_if_the_value_is_zero)
{
	CUgraph outer;

	set_up();
	outer = graph;
	graph = conditional(CU_GRAPH_COND_TYPE_IF, 2, 0);
	kernel_after(NULL, 0);
	graph = outer;
	run(instantiate());
	ck_assert_uint_eq(word(), 5);
}
END_TEST

START_TEST(a_loop_runs_until_a_kernel_ends_it)
{
	CUDA_KERNEL_NODE_PARAMS launch;
	CUgraphNode node;
	CUgraph outer;

	set_up();
	curtrace_sim_kernel("nothing", count_down);
	outer = graph;
	graph = conditional(CU_GRAPH_COND_TYPE_WHILE, 1, 1);
	launch = kernel_params();
	launch.func = function_of(kernel_named(library, "nothing"));
	launch.kernelParams = NULL;
	OK(cuGraphAddKernelNode_v2(&node, graph, NULL, 0, &launch));
	graph = outer;
	run(instantiate());
	ck_assert_int_eq(rounds, 4);
}
END_TEST

START_TEST(a_value_belongs_to_one_node_and_must_be_used)
{
	CUgraphNodeParams any = { .type = CU_GRAPH_NODE_TYPE_CONDITIONAL };
	CUDA_GRAPH_INSTANTIATE_PARAMS how = { 0 };
	CUgraphNode node;
	CUgraphExec exec;
	CUcontext ctx;

	set_up();
	OK(cuCtxGetCurrent(&ctx));
	conditional(CU_GRAPH_COND_TYPE_IF, 1, 1);
	any.conditional.handle = handle;
	any.conditional.size = 1;
	FAILS(cuGraphAddNode_v2(&node, graph, NULL, NULL, 0, &any), CUDA_ERROR_INVALID_VALUE);
	OK(cuGraphConditionalHandleCreate(&handle, graph, ctx, 1, 0));
	FAILS(cuGraphInstantiateWithParams(&exec, graph, &how), CUDA_ERROR_INVALID_VALUE);
	ck_assert_int_eq(how.result_out, CUDA_GRAPH_INSTANTIATE_CONDITIONAL_HANDLE_UNUSED);
	FAILS(cuGraphConditionalHandleCreate(&handle, graph, NULL, 1, 0),
	      CUDA_ERROR_INVALID_CONTEXT);
}
END_TEST

/* User objects: destructors come at no particular time. */
static bool called_soon(int times)
{
	for (int i = 0; i < 2000 && calls < times; i++)
		usleep(1000);
	return calls == times;
}

START_TEST(a_user_object_lives_as_long_as_graphs_need_it)
{
	CUuserObject object;
	CUgraphExec exec;

	set_up();
	OK(cuUserObjectCreate(&object, NULL, count_call, 1, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
	OK(cuGraphRetainUserObject(graph, object, 1, CU_GRAPH_USER_OBJECT_MOVE));
	exec = instantiate();
	OK(cuGraphDestroy(graph));
	usleep(20000);
	ck_assert_int_eq(calls, 0);
	OK(cuGraphExecDestroy(exec));
	ck_assert(called_soon(1));
	FAILS(cuUserObjectRetain(object, 1), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(references_to_a_user_object_are_counted)
{
	CUuserObject object;

	set_up();
	OK(cuUserObjectCreate(&object, NULL, count_call, 2, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC));
	OK(cuUserObjectRetain(object, 1));
	OK(cuGraphRetainUserObject(graph, object, 2, 0));
	OK(cuUserObjectRelease(object, 3));
	OK(cuGraphReleaseUserObject(graph, object, 1));
	usleep(20000);
	ck_assert_int_eq(calls, 0);
	OK(cuGraphReleaseUserObject(graph, object, 1));
	ck_assert(called_soon(1));
	FAILS(cuUserObjectCreate(&object, NULL, count_call, 0, CU_USER_OBJECT_NO_DESTRUCTOR_SYNC),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuUserObjectCreate(&object, NULL, count_call, 1, 0), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

static void add_exec_tests(TCase *tcase)
{
	tcase_add_test(tcase, nodes_run_after_what_they_depend_on);
	tcase_add_test(tcase, a_circle_cannot_be_instantiated);
	tcase_add_test(tcase, an_old_instantiation_clears_its_report_and_says_no_more);
	tcase_add_test(tcase, flags_of_executable_graphs_are_checked_and_kept);
	tcase_add_test(tcase, an_executable_graph_does_not_change_with_its_source);
	tcase_add_test(tcase, a_destroyed_executable_graph_still_finishes);
	tcase_add_test(tcase, a_node_of_an_executable_graph_gets_other_parameters);
	tcase_add_test(tcase, a_copy_of_an_executable_graph_keeps_its_direction);
	tcase_add_test(tcase, nodes_are_switched_off_and_on);
	tcase_add_test(tcase, a_node_of_a_child_is_changed_through_the_whole);
	tcase_add_test(tcase, an_update_takes_over_all_parameters);
	tcase_add_test(tcase, an_update_with_another_shape_fails);
	tcase_add_test(tcase, an_old_update_answers_whatever_it_is_asked);
	tcase_add_test(tcase, an_update_with_another_kind_of_node_fails);
	tcase_add_test(tcase, an_update_with_another_number_of_rows_fails);
	tcase_add_test(tcase, an_update_may_change_a_priority_but_not_cooperation);
}

static void add_ownership_tests(TCase *tcase)
{
	tcase_add_test(tcase, memory_of_a_graph_is_there_from_launch_to_free);
	tcase_add_test(tcase, memory_freed_in_the_graph_lets_it_run_again);
	tcase_add_test(tcase, memory_is_freed_at_the_next_launch_if_so_instantiated);
	tcase_add_test(tcase, a_graph_with_memory_is_one_of_its_kind);
	tcase_add_test(tcase, memory_of_graphs_is_counted);
	tcase_add_test(tcase, a_body_runs_if_its_value_is_not_zero);
	tcase_add_test(tcase, the_second_body_runs_if_the_value_is_zero);
	tcase_add_test(tcase, a_loop_runs_until_a_kernel_ends_it);
	tcase_add_test(tcase, a_value_belongs_to_one_node_and_must_be_used);
	tcase_add_test(tcase, a_user_object_lives_as_long_as_graphs_need_it);
	tcase_add_test(tcase, references_to_a_user_object_are_counted);
}

int main(void)
{
	Suite *suite = suite_create("graph_exec");
	TCase *executable = tcase_create("executable");
	TCase *ownership = tcase_create("ownership");

	suite_add_tcase(suite, executable);
	suite_add_tcase(suite, ownership);
	add_exec_tests(executable);
	add_ownership_tests(ownership);
	return run_suite(suite);
}
