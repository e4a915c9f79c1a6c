/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs as CUDA 12 has them: a node is added by edges that have no data. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define GRAPH   ((cudaGraph_t)0x6000)
#define NODE    0xabc000u
#define ADDRESS 0x70000000u

/* The caller's, with something behind it that is not to change. */
static struct {
	struct cudaGraphNodeParams params;
	unsigned char guard[64];
} caller;

static void prepare(void)
{
	script_install();
	script_output(cuGraphAddNode, 0, NODE, sizeof(CUgraphNode));
	memset(&caller, 0, sizeof(caller));
	memset(caller.guard, 0x5a, sizeof(caller.guard));
}

static void guard_is_whole(void)
{
	for (size_t i = 0; i < sizeof(caller.guard); i++)
		ck_assert_uint_eq(caller.guard[i], 0x5a);
}

static enum cudaGraphNodeType type_given;

static CUresult note_type(const uint64_t *args)
{
	CUgraphNodeParams *params = (CUgraphNodeParams *)(uintptr_t)args[5];

	type_given = (enum cudaGraphNodeType)params->type;
	*(CUgraphNode *)(uintptr_t)args[0] = (CUgraphNode)(uintptr_t)NODE;
	params->alloc.dptr = ADDRESS;
	return CUDA_SUCCESS;
}

START_TEST(its_edges_have_no_data)
{
	const cudaGraphNode_t before[2] = { (cudaGraphNode_t)0x100, (cudaGraphNode_t)0x200 };
	cudaGraphNode_t node = NULL;
	const uint64_t *args;

	script_hook(cuGraphAddNode, note_type);
	caller.params.type = cudaGraphNodeTypeHost;
	ck_assert_int_eq(rt_cudaGraphAddNode_v12(&node, GRAPH, before, 2, &caller.params),
			 cudaSuccess);
	ck_assert_uint_eq((uintptr_t)node, NODE);
	ck_assert_int_eq(type_given, cudaGraphNodeTypeHost);
	args = script_last(cuGraphAddNode)->args;
	ck_assert_ptr_eq((void *)(uintptr_t)args[1], GRAPH);
	ck_assert_ptr_eq((void *)(uintptr_t)args[2], before);
	ck_assert_uint_eq(args[3], 0);
	ck_assert_uint_eq(args[4], 2);
	guard_is_whole();
}
END_TEST

START_TEST(what_the_driver_found_goes_back_to_the_caller)
{
	cudaGraphNode_t node = NULL;

	script_hook(cuGraphAddNode, note_type);
	caller.params.type = cudaGraphNodeTypeMemAlloc;
	ck_assert_int_eq(rt_cudaGraphAddNode_v12(&node, GRAPH, NULL, 0, &caller.params),
			 cudaSuccess);
	ck_assert_uint_eq((uintptr_t)caller.params.alloc.dptr, ADDRESS);
	guard_is_whole();
}
END_TEST

START_TEST(a_failure_leaves_the_outputs)
{
	cudaGraphNode_t node = (cudaGraphNode_t)0x77;

	script_answer(cuGraphAddNode, CUDA_ERROR_INVALID_VALUE);
	caller.params.type = cudaGraphNodeTypeMemAlloc;
	caller.params.alloc.dptr = (void *)0x88;
	ck_assert_int_eq(rt_cudaGraphAddNode_v12(&node, GRAPH, NULL, 0, &caller.params),
			 cudaErrorInvalidValue);
	ck_assert_ptr_eq(node, (void *)0x77);
	ck_assert_ptr_eq(caller.params.alloc.dptr, (void *)0x88);
	ck_assert_int_eq(rt_cudaGraphAddNode_v12(&node, GRAPH, NULL, 0, NULL),
			 cudaErrorInvalidValue);
	guard_is_whole();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("graph_v12");
	TCase *tests = tcase_create("add_node");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, prepare, NULL);
	tcase_add_test(tests, its_edges_have_no_data);
	tcase_add_test(tests, what_the_driver_found_goes_back_to_the_caller);
	tcase_add_test(tests, a_failure_leaves_the_outputs);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
