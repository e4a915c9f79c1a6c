/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream capture in the simulated driver: what becomes a node behind what, and what a capture does
 * not allow. The codes are those of a driver R580 on an H200.
 */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "curtrace/sim.h"
#include "kernel_fixture.h"

static CUcontext ctx;
static CUstream stream, second, apart;
static CUevent event, back;
static CUdeviceptr memory;
static CUfunction function;
static CUkernel kernel;
static unsigned int amount = 5;
static void *params[2];
static CUgraph graph;

static void add(const struct curtrace_sim_launch *launch, void **arguments)
{
	(void)launch;
	**(unsigned int **)arguments[0] += *(unsigned int *)arguments[1];
}

static void set_up(void)
{
	CUlibrary library;

	ctx = begin();
	stream = new_stream();
	second = new_stream();
	OK(cuStreamCreate(&apart, CU_STREAM_NON_BLOCKING));
	OK(cuEventCreate(&event, CU_EVENT_DISABLE_TIMING));
	OK(cuEventCreate(&back, CU_EVENT_DISABLE_TIMING));
	memory = device_memory(64);
	OK(cuMemsetD32_v2(memory, 0, 16));
	library = load_library();
	kernel = kernel_named(library, "add");
	function = function_of(kernel);
	params[0] = &memory;
	params[1] = &amount;
	curtrace_sim_kernel("add", add);
	OK(cuCtxSynchronize());
}

static void begin_capture(CUstreamCaptureMode mode)
{
	OK(cuStreamBeginCapture_v2(stream, mode));
}

static CUstreamCaptureStatus status_of(CUstream of)
{
	CUstreamCaptureStatus status;

	OK(cuStreamIsCapturing(of, &status));
	return status;
}

static void set(CUstream on, unsigned int value)
{
	OK(cuMemsetD32Async(memory, value, 1, on));
}

/* Work of the first stream in front, the second stream joins. */
static void fork_second(void)
{
	OK(cuEventRecord(event, stream));
	OK(cuStreamWaitEvent(second, event, 0));
}

static void join_second(void)
{
	OK(cuEventRecord(back, second));
	OK(cuStreamWaitEvent(stream, back, 0));
}

static void end_capture(void)
{
	OK(cuStreamEndCapture(stream, &graph));
}

static void expect_invalidated(void)
{
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_INVALIDATED);
	FAILS(cuMemsetD32Async(memory, 1, 1, stream), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
	FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
	ck_assert_ptr_null(graph);
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_NONE);
}

/* The types of the nodes, as digits, and the edges as pairs of places. */
static const char *shape(void)
{
	static char text[256];
	CUgraphNode nodes[16], from[32], to[32];
	CUgraphEdgeData data[32];
	size_t count = 16, edges = 32;
	char *at = text;

	OK(cuGraphGetNodes(graph, nodes, &count));
	OK(cuGraphGetEdges_v2(graph, from, to, data, &edges));
	for (size_t i = 0; i < count; i++) {
		CUgraphNodeType type;

		OK(cuGraphNodeGetType(nodes[i], &type));
		*at++ = (char)('a' + type);
	}
	for (size_t i = 0; i < edges; i++) {
		*at++ = ' ';
		for (size_t j = 0; j < count; j++)
			if (nodes[j] == from[i])
				*at++ = (char)('0' + j);
		*at++ = data[i].type ? '~' : '>';
		for (size_t j = 0; j < count; j++)
			if (nodes[j] == to[i])
				*at++ = (char)('0' + j);
	}
	*at = '\0';
	return text;
}

static void run_graph(void)
{
	CUgraphExec exec;

	OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
	OK(cuGraphLaunch(exec, stream));
	OK(cuCtxSynchronize());
}

static unsigned int word(void)
{
	unsigned int value = 0;

	OK(cuMemcpyDtoH_v2(&value, memory, 4));
	return value;
}

static void do_nothing(void *unused)
{
	(void)unused;
}

START_TEST(captured_work_runs_only_as_a_graph)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	set(stream, 10);
	OK(launch_one(function, stream, params));
	end_capture();
	ck_assert_uint_eq(word(), 0);
	run_graph();
	ck_assert_uint_eq(word(), 15);
}
END_TEST

START_TEST(a_stream_that_forks_and_joins_makes_a_diamond)
{
	unsigned int value = 3;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	set(stream, 1);
	fork_second();
	ck_assert_int_eq(status_of(second), CU_STREAM_CAPTURE_STATUS_ACTIVE);
	OK(launch_one((CUfunction)(void *)kernel, second, params));
	OK(cuMemcpyHtoDAsync_v2(memory + 8, &value, 4, stream));
	join_second();
	OK(cuLaunchHostFunc(stream, do_nothing, NULL));
	end_capture();
	ck_assert_str_eq(shape(), "cabd 0>1 0>2 1>3 2>3");
	ck_assert_int_eq(status_of(second), CU_STREAM_CAPTURE_STATUS_NONE);
}
END_TEST

START_TEST(a_captured_kernel_reads_back_as_function_and_kernel)
{
	CUDA_KERNEL_NODE_PARAMS out;
	CUgraphNode node;
	size_t count = 1;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(launch_one((CUfunction)(void *)kernel, stream, params));
	end_capture();
	OK(cuGraphGetNodes(graph, &node, &count));
	OK(cuGraphKernelNodeGetParams_v2(node, &out));
	ck_assert_ptr_eq(out.func, function);
	ck_assert_ptr_eq(out.kern, kernel);
	ck_assert_ptr_eq(out.ctx, ctx);
}
END_TEST

START_TEST(a_fork_that_did_nothing_needs_no_join)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	set(stream, 1);
	fork_second();
	end_capture();
}
END_TEST

START_TEST(a_fork_that_is_not_joined_fails)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	fork_second();
	set(second, 1);
	FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
	ck_assert_ptr_null(graph);
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_NONE);
	ck_assert_int_eq(status_of(second), CU_STREAM_CAPTURE_STATUS_NONE);
}
END_TEST

START_TEST(a_destroyed_fork_must_have_been_joined)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	fork_second();
	set(second, 1);
	OK(cuStreamDestroy_v2(second));
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_ACTIVE);
	FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
}
END_TEST

START_TEST(a_capture_ends_on_the_stream_it_began_on)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	fork_second();
	FAILS(cuStreamEndCapture(second, &graph), CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
	expect_invalidated();
}
END_TEST

START_TEST(a_capture_that_did_not_begin_does_not_end)
{
	set_up();
	FAILS(cuStreamEndCapture(stream, &graph), CUDA_ERROR_ILLEGAL_STATE);
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	FAILS(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL),
	      CUDA_ERROR_ILLEGAL_STATE);
	FAILS(cuStreamBeginCapture_v2(second, (CUstreamCaptureMode)9), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamBeginCapture_v2(NULL, CU_STREAM_CAPTURE_MODE_GLOBAL),
	      CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
}
END_TEST

START_TEST(captures_do_not_merge)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuStreamBeginCapture_v2(second, CU_STREAM_CAPTURE_MODE_GLOBAL));
	OK(cuEventRecord(event, stream));
	FAILS(cuStreamWaitEvent(second, event, 0), CUDA_ERROR_STREAM_CAPTURE_MERGE);
	ck_assert_int_eq(status_of(second), CU_STREAM_CAPTURE_STATUS_INVALIDATED);
	expect_invalidated();
	FAILS(cuStreamEndCapture(second, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
}
END_TEST

START_TEST(work_from_outside_is_not_waited_for)
{
	set_up();
	OK(cuEventRecord(event, second));
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	FAILS(cuStreamWaitEvent(stream, event, 0), CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
	expect_invalidated();
}
END_TEST

START_TEST(an_event_that_was_never_recorded_is_no_matter)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuStreamWaitEvent(stream, event, 0));
	end_capture();
}
END_TEST

START_TEST(external_events_become_nodes)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuStreamWaitEvent(stream, event, CU_EVENT_WAIT_EXTERNAL));
	OK(cuEventRecordWithFlags(back, stream, CU_EVENT_RECORD_EXTERNAL));
	end_capture();
	ck_assert_str_eq(shape(), "gh 0>1");
}
END_TEST

START_TEST(the_legacy_stream_keeps_out)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	FAILS(cuMemsetD32Async(memory, 1, 1, NULL), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
	expect_invalidated();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	OK(cuEventRecord(event, stream));
	FAILS(cuStreamWaitEvent(NULL, event, 0), CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
	expect_invalidated();
}
END_TEST

START_TEST(a_stream_that_does_not_block_leaves_the_legacy_one_alone)
{
	set_up();
	OK(cuStreamBeginCapture_v2(apart, CU_STREAM_CAPTURE_MODE_GLOBAL));
	OK(cuMemsetD32Async(memory, 9, 1, NULL));
	OK(cuStreamEndCapture(apart, &graph));
	ck_assert_uint_eq(word(), 9);
}
END_TEST

START_TEST(the_streams_of_a_capture_are_not_waited_for)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	FAILS(cuStreamQuery(stream), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	FAILS(cuCtxSynchronize(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	OK(cuStreamSynchronize(second));
	end_capture();
}
END_TEST

START_TEST(a_captured_event_is_not_asked_about)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	OK(cuEventRecord(event, stream));
	FAILS(cuEventQuery(event), CUDA_ERROR_CAPTURED_EVENT);
	FAILS(cuEventSynchronize(event), CUDA_ERROR_INVALID_VALUE);
	expect_invalidated();
	FAILS(cuEventQuery(event), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamWaitEvent(second, event, 0), CUDA_ERROR_INVALID_VALUE);
	OK(cuEventRecord(event, second));
	OK(cuEventSynchronize(event));
}
END_TEST

START_TEST(a_graph_is_not_launched_into_a_capture)
{
	CUgraphExec exec;

	set_up();
	OK(cuGraphCreate(&graph, 0));
	OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	FAILS(cuGraphLaunch(exec, stream), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
}
END_TEST

START_TEST(a_launch_that_fails_spoils_the_capture)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	FAILS(cuLaunchKernel(function, 0, 1, 1, 1, 1, 1, 0, stream, params, NULL),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(launch_one(function, stream, params), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
	expect_invalidated();
}
END_TEST

/* Modes. */
static int allocate(void *unused)
{
	CUdeviceptr address;

	(void)unused;
	return (int)cuMemAlloc_v2(&address, 64);
}

static int elsewhere_result;

static void *elsewhere(void *work)
{
	elsewhere_result = -1;
	if (cuCtxSetCurrent(ctx) == CUDA_SUCCESS)
		elsewhere_result = (*(int (*(*))(void *))work)(NULL);
	return NULL;
}

/* Calls work on a thread of its own. */
static int on_other_thread(int (*work)(void *))
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, elsewhere, &work), 0);
	pthread_join(thread, NULL);
	return elsewhere_result;
}

START_TEST(a_global_capture_forbids_allocations_everywhere)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	ck_assert_int_eq(on_other_thread(allocate), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	ck_assert_int_eq(allocate(NULL), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
}
END_TEST

START_TEST(a_local_capture_forbids_allocations_on_its_thread)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
	ck_assert_int_eq(on_other_thread(allocate), CUDA_SUCCESS);
	ck_assert_int_eq(allocate(NULL), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
}
END_TEST

START_TEST(a_relaxed_capture_forbids_nothing)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	ck_assert_int_eq(allocate(NULL), CUDA_SUCCESS);
	end_capture();
}
END_TEST

START_TEST(a_relaxed_thread_may_do_what_it_wants)
{
	CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_RELAXED;

	set_up();
	OK(cuThreadExchangeStreamCaptureMode(&mode));
	ck_assert_int_eq(mode, CU_STREAM_CAPTURE_MODE_GLOBAL);
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	ck_assert_int_eq(allocate(NULL), CUDA_SUCCESS);
	end_capture();
}
END_TEST

static int end_it(void *unused)
{
	(void)unused;
	return (int)cuStreamEndCapture(stream, &graph);
}

START_TEST(only_a_relaxed_capture_ends_on_another_thread)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
	ck_assert_int_eq(on_other_thread(end_it), CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD);
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_NONE);
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	ck_assert_int_eq(on_other_thread(end_it), CUDA_SUCCESS);
}
END_TEST

/* Looking at a capture, and changing it. */
static size_t dependencies(CUgraph *in, const CUgraphNode **nodes)
{
	CUstreamCaptureStatus status;
	cuuint64_t id;
	size_t count = 99;

	OK(cuStreamGetCaptureInfo_v3(stream, &status, &id, in, nodes, NULL, &count));
	ck_assert_int_eq(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
	return count;
}

START_TEST(a_capture_tells_about_itself)
{
	CUstreamCaptureStatus status;
	cuuint64_t first = 0, next = 0;
	const CUgraphNode *nodes;
	CUgraph in;

	set_up();
	OK(cuStreamGetCaptureInfo(stream, &status, &first));
	ck_assert_int_eq(status, CU_STREAM_CAPTURE_STATUS_NONE);
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	ck_assert_uint_eq(dependencies(&in, &nodes), 0);
	set(stream, 1);
	ck_assert_uint_eq(dependencies(&in, &nodes), 1);
	OK(cuStreamGetCaptureInfo(stream, &status, &first));
	end_capture();
	ck_assert_ptr_eq(graph, in);
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuStreamGetCaptureInfo(stream, &status, &next));
	ck_assert_uint_ne(first, next);
}
END_TEST

START_TEST(a_capture_does_not_hide_the_data_of_edges)
{
	CUgraphEdgeData early = { .from_port = 1, .type = 1 };
	CUstreamCaptureStatus status;
	const CUgraphNode *nodes = NULL;
	CUgraphNode node;
	size_t count = 99;
	CUgraph in;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuStreamGetCaptureInfo_v2(stream, &status, NULL, &in, &nodes, &count));
	ck_assert_ptr_null(nodes);
	ck_assert_uint_eq(count, 0);
	OK(launch_one((CUfunction)(void *)kernel, stream, params));
	OK(cuStreamGetCaptureInfo_v2(stream, &status, NULL, &in, &nodes, &count));
	ck_assert_uint_eq(count, 1);
	node = nodes[0];
	OK(cuStreamUpdateCaptureDependencies_v2(stream, &node, &early, 1,
						CU_STREAM_SET_CAPTURE_DEPENDENCIES));
	count = 99;
	FAILS(cuStreamGetCaptureInfo_v2(stream, &status, NULL, &in, &nodes, &count),
	      CUDA_ERROR_LOSSY_QUERY);
	ck_assert_ptr_eq(nodes[0], node);
	ck_assert_uint_eq(count, 99);
	OK(cuStreamGetCaptureInfo_v2(stream, &status, NULL, &in, NULL, &count));
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(dependencies_of_a_capture_are_added_and_replaced)
{
	const CUgraphNode *nodes;
	CUgraphNode extra, foreign;
	CUgraph in, other;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	set(stream, 1);
	dependencies(&in, &nodes);
	OK(cuGraphAddEmptyNode(&extra, in, NULL, 0));
	OK(cuStreamUpdateCaptureDependencies(stream, &extra, 1,
					     CU_STREAM_ADD_CAPTURE_DEPENDENCIES));
	OK(cuStreamUpdateCaptureDependencies_v2(stream, &extra, NULL, 1,
						CU_STREAM_ADD_CAPTURE_DEPENDENCIES));
	ck_assert_uint_eq(dependencies(&in, &nodes), 2);
	OK(cuStreamUpdateCaptureDependencies_v2(stream, &extra, NULL, 1,
						CU_STREAM_SET_CAPTURE_DEPENDENCIES));
	ck_assert_uint_eq(dependencies(&in, &nodes), 1);
	OK(cuGraphCreate(&other, 0));
	OK(cuGraphAddEmptyNode(&foreign, other, NULL, 0));
	FAILS(cuStreamUpdateCaptureDependencies_v2(stream, &foreign, NULL, 1, 0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamUpdateCaptureDependencies_v2(stream, &extra, NULL, 1, 9),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuStreamUpdateCaptureDependencies_v2(second, &extra, NULL, 1, 0),
	      CUDA_ERROR_ILLEGAL_STATE);
	set(stream, 2);
	end_capture();
	ck_assert_str_eq(shape(), "cfc 1>2");
}
END_TEST

START_TEST(the_graph_of_a_capture_is_left_alone)
{
	const CUgraphNode *nodes;
	CUgraphExec exec;
	CUgraph in, clone;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	set(stream, 1);
	dependencies(&in, &nodes);
	FAILS(cuGraphDestroy(in), CUDA_ERROR_ILLEGAL_STATE);
	FAILS(cuGraphDestroyNode(nodes[0]), CUDA_ERROR_ILLEGAL_STATE);
	OK(cuGraphClone(&clone, in));
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_ACTIVE);
	FAILS(cuGraphInstantiateWithFlags(&exec, in, 0), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
	expect_invalidated();
}
END_TEST

START_TEST(a_relaxed_capture_lets_its_graph_be_instantiated)
{
	const CUgraphNode *nodes;
	CUgraphExec exec;
	CUgraph in;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED);
	set(stream, 1);
	dependencies(&in, &nodes);
	OK(cuGraphInstantiateWithFlags(&exec, in, 0));
	OK(cuGraphInstantiate_v2(&exec, in, NULL, NULL, 0));
	ck_assert_int_eq(status_of(stream), CU_STREAM_CAPTURE_STATUS_ACTIVE);
	end_capture();
}
END_TEST

START_TEST(a_capture_adds_to_a_graph)
{
	CUgraphNode root;
	CUgraph own;
	size_t count;

	set_up();
	OK(cuGraphCreate(&own, 0));
	OK(cuGraphAddEmptyNode(&root, own, NULL, 0));
	OK(cuStreamBeginCaptureToGraph(stream, own, &root, NULL, 1, CU_STREAM_CAPTURE_MODE_GLOBAL));
	set(stream, 1);
	end_capture();
	ck_assert_ptr_eq(graph, own);
	ck_assert_str_eq(shape(), "fc 0>1");
	FAILS(cuStreamBeginCaptureToGraph(stream, own, NULL, NULL, 1, 0), CUDA_ERROR_INVALID_VALUE);
	/* A capture that fails costs the graph. */
	OK(cuStreamBeginCaptureToGraph(stream, own, &root, NULL, 1, CU_STREAM_CAPTURE_MODE_GLOBAL));
	allocate(NULL);
	expect_invalidated();
	FAILS(cuGraphGetNodes(own, NULL, &count), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(allocations_are_captured)
{
	CUdeviceptr address;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuMemAllocAsync(&address, 256, stream));
	OK(cuMemsetD8Async(address, 1, 256, stream));
	OK(cuMemFreeAsync(address, stream));
	end_capture();
	ck_assert_str_eq(shape(), "kcl 0>1 1>2");
	run_graph();
	FAILS(cuMemFree_v2(address), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(writes_of_values_are_captured)
{
	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuStreamWriteValue32(stream, memory, 21, 0));
	end_capture();
	ck_assert_str_eq(shape(), "m");
	run_graph();
	ck_assert_uint_eq(word(), 21);
}
END_TEST

START_TEST(kernels_that_may_overlap_get_an_edge_that_says_so)
{
	CUlaunchAttribute attribute = {
		.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION,
		.value.programmaticStreamSerializationAllowed = 1,
	};
	CUlaunchConfig config = { 1, 1, 1, 1, 1, 1, 0, NULL, &attribute, 1 };

	set_up();
	config.hStream = stream;
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	OK(cuLaunchKernelEx(&config, function, params, NULL));
	OK(cuLaunchKernelEx(&config, function, params, NULL));
	OK(launch_one(function, stream, params));
	end_capture();
	ck_assert_str_eq(shape(), "aaa 0~1 1>2");
}
END_TEST

START_TEST(libraries_load_in_a_capture)
{
	CUlibrary library;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	library = load_library();
	OK(launch_one((CUfunction)(void *)kernel_named(library, "add"), stream, params));
	end_capture();
	ck_assert_str_eq(shape(), "a");
}
END_TEST

START_TEST(a_capture_ends_with_the_stream_it_began_on)
{
	CUdeviceptr address;

	set_up();
	begin_capture(CU_STREAM_CAPTURE_MODE_GLOBAL);
	fork_second();
	OK(cuStreamDestroy_v2(stream));
	ck_assert_int_eq(status_of(second), CU_STREAM_CAPTURE_STATUS_NONE);
	OK(cuMemAlloc_v2(&address, 4));
}
END_TEST

START_TEST(the_stream_of_a_thread_is_captured)
{
	set_up();
	OK(cuStreamBeginCapture_v2_ptsz(NULL, CU_STREAM_CAPTURE_MODE_GLOBAL));
	OK(cuMemsetD32Async_ptsz(memory, 6, 1, NULL));
	OK(cuStreamEndCapture_ptsz(NULL, &graph));
	ck_assert_str_eq(shape(), "c");
}
END_TEST

static void add_shape_tests(TCase *tcase)
{
	tcase_add_test(tcase, captured_work_runs_only_as_a_graph);
	tcase_add_test(tcase, a_stream_that_forks_and_joins_makes_a_diamond);
	tcase_add_test(tcase, a_captured_kernel_reads_back_as_function_and_kernel);
	tcase_add_test(tcase, a_fork_that_did_nothing_needs_no_join);
	tcase_add_test(tcase, external_events_become_nodes);
	tcase_add_test(tcase, a_capture_tells_about_itself);
	tcase_add_test(tcase, a_capture_does_not_hide_the_data_of_edges);
	tcase_add_test(tcase, dependencies_of_a_capture_are_added_and_replaced);
	tcase_add_test(tcase, a_relaxed_capture_lets_its_graph_be_instantiated);
	tcase_add_test(tcase, a_capture_adds_to_a_graph);
	tcase_add_test(tcase, allocations_are_captured);
	tcase_add_test(tcase, writes_of_values_are_captured);
	tcase_add_test(tcase, kernels_that_may_overlap_get_an_edge_that_says_so);
	tcase_add_test(tcase, libraries_load_in_a_capture);
	tcase_add_test(tcase, the_stream_of_a_thread_is_captured);
}

static void add_rule_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_fork_that_is_not_joined_fails);
	tcase_add_test(tcase, a_destroyed_fork_must_have_been_joined);
	tcase_add_test(tcase, a_capture_ends_on_the_stream_it_began_on);
	tcase_add_test(tcase, a_capture_that_did_not_begin_does_not_end);
	tcase_add_test(tcase, captures_do_not_merge);
	tcase_add_test(tcase, work_from_outside_is_not_waited_for);
	tcase_add_test(tcase, an_event_that_was_never_recorded_is_no_matter);
	tcase_add_test(tcase, the_legacy_stream_keeps_out);
	tcase_add_test(tcase, a_stream_that_does_not_block_leaves_the_legacy_one_alone);
	tcase_add_test(tcase, the_streams_of_a_capture_are_not_waited_for);
	tcase_add_test(tcase, a_captured_event_is_not_asked_about);
	tcase_add_test(tcase, a_graph_is_not_launched_into_a_capture);
	tcase_add_test(tcase, a_launch_that_fails_spoils_the_capture);
	tcase_add_test(tcase, a_global_capture_forbids_allocations_everywhere);
	tcase_add_test(tcase, a_local_capture_forbids_allocations_on_its_thread);
	tcase_add_test(tcase, a_relaxed_capture_forbids_nothing);
	tcase_add_test(tcase, a_relaxed_thread_may_do_what_it_wants);
	tcase_add_test(tcase, only_a_relaxed_capture_ends_on_another_thread);
	tcase_add_test(tcase, the_graph_of_a_capture_is_left_alone);
	tcase_add_test(tcase, a_capture_ends_with_the_stream_it_began_on);
}

int main(void)
{
	Suite *suite = suite_create("capture");
	TCase *shapes = tcase_create("shapes");
	TCase *rules = tcase_create("rules");

	suite_add_tcase(suite, shapes);
	suite_add_tcase(suite, rules);
	add_shape_tests(shapes);
	add_rule_tests(rules);
	return run_suite(suite);
}
