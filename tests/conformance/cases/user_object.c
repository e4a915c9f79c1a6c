/* SPDX-License-Identifier: Apache-2.0 */
/* User objects. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include <unistd.h>

/* Destructors run in a thread of the driver's; what should run is waited for a second. */
static void destroy(void *data)
{
	__atomic_add_fetch((int *)data, 1, __ATOMIC_RELEASE);
}

static int runs(const int *calls, int expected)
{
	for (int i = 0; i < 100 && __atomic_load_n(calls, __ATOMIC_ACQUIRE) < expected; i++)
		usleep(10000);
	return __atomic_load_n(calls, __ATOMIC_ACQUIRE);
}

/* What should not have run yet gets some time to do it wrongly. */
static int no_runs(const int *calls)
{
	usleep(20000);
	return __atomic_load_n(calls, __ATOMIC_ACQUIRE);
}

static int calls;

static cudaUserObject_t object_of(unsigned int references)
{
	cudaUserObject_t object = NULL;

	NEED(cudaUserObjectCreate(&object, &calls, destroy, references,
				  cudaUserObjectNoDestructorSync));
	return object;
}

CASE(create_and_release)
{
	cudaUserObject_t object = UNTOUCHED;

	DO(cudaUserObjectCreate(&object, &calls, destroy, 1, cudaUserObjectNoDestructorSync));
	SHOW(object);
	SHOW(no_runs(&calls));
	DO(cudaUserObjectRelease(object, 1));
	SHOW(runs(&calls, 1));
}

CASE(create_bad_arguments)
{
	cudaUserObject_t object = UNTOUCHED;

	DO(cudaUserObjectCreate(NULL, &calls, destroy, 1, cudaUserObjectNoDestructorSync));
	DO(cudaUserObjectCreate(&object, &calls, NULL, 1, cudaUserObjectNoDestructorSync));
	DO(cudaUserObjectCreate(&object, &calls, destroy, 0, cudaUserObjectNoDestructorSync));
	DO(cudaUserObjectCreate(&object, &calls, destroy, 0x80000000u, 1));
	DO(cudaUserObjectCreate(&object, &calls, destroy, ~0u, 1));
	DO(cudaUserObjectCreate(&object, &calls, destroy, 1, 0));
	DO(cudaUserObjectCreate(&object, &calls, destroy, 1, 2));
	DO(cudaUserObjectCreate(&object, &calls, destroy, 1, 3));
	SHOW(object);
	SHOW(no_runs(&calls));
}

CASE(create_of_nothing)
{
	cudaUserObject_t object = UNTOUCHED;

	DO(cudaUserObjectCreate(&object, NULL, destroy, 1, cudaUserObjectNoDestructorSync));
	SHOW(object);
}

CASE(create_with_most_references)
{
	cudaUserObject_t object = UNTOUCHED;

	DO(cudaUserObjectCreate(&object, &calls, destroy, 0x7fffffffu, 1));
	SHOW(object);
}

CASE(retain_and_release)
{
	cudaUserObject_t object = object_of(2);

	DO(cudaUserObjectRetain(object, 3));
	DO(cudaUserObjectRelease(object, 4));
	SHOW(no_runs(&calls));
	DO(cudaUserObjectRelease(object, 1));
	SHOW(runs(&calls, 1));
}

CASE(counts_of_zero)
{
	cudaUserObject_t object = object_of(1);

	DO(cudaUserObjectRetain(object, 0));
	DO(cudaUserObjectRelease(object, 0));
	SHOW(no_runs(&calls));
	DO(cudaUserObjectRelease(object, 1));
	SHOW(runs(&calls, 1));
}

CASE(counts_too_large)
{
	cudaUserObject_t object = object_of(1);

	DO(cudaUserObjectRetain(object, 0x80000000u));
	DO(cudaUserObjectRetain(object, ~0u));
	DO(cudaUserObjectRelease(object, 0x80000000u));
	SHOW(no_runs(&calls));
}

CASE(retain_of_nothing)
{
	DO(cudaUserObjectRetain(NULL, 1));
	DO(cudaUserObjectRetain(NULL, 0));
}

CASE(release_of_nothing)
{
	DO(cudaUserObjectRelease(NULL, 1));
}

CASE(graph_holds_a_reference)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphRetainUserObject(graph, object, 1, 0));
	DO(cudaUserObjectRelease(object, 1));
	SHOW(no_runs(&calls));
	DO(cudaGraphDestroy(graph));
	SHOW(runs(&calls, 1));
}

CASE(graph_takes_the_reference)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	SHOW(no_runs(&calls));
	DO(cudaGraphDestroy(graph));
	SHOW(runs(&calls, 1));
}

CASE(graph_releases)
{
	cudaUserObject_t object = object_of(2);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphRetainUserObject(graph, object, 2, cudaGraphUserObjectMove));
	DO(cudaGraphReleaseUserObject(graph, object, 1));
	SHOW(no_runs(&calls));
	DO(cudaGraphReleaseUserObject(graph, object, 1));
	SHOW(runs(&calls, 1));
	DO(cudaGraphDestroy(graph));
}

CASE(graph_of_own_reference_releases)
{
	cudaUserObject_t object = object_of(3);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphRetainUserObject(graph, object, 3, cudaGraphUserObjectMove));
	DO(cudaGraphReleaseUserObject(graph, object, 2));
	SHOW(no_runs(&calls));
	DO(cudaGraphReleaseUserObject(graph, object, 1));
	SHOW(runs(&calls, 1));
	DO(cudaGraphDestroy(graph));
	SHOW(no_runs(&calls));
}

CASE(clone_holds_a_reference)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL, clone = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	DO(cudaGraphClone(&clone, graph));
	DO(cudaGraphDestroy(graph));
	SHOW(no_runs(&calls));
	DO(cudaGraphDestroy(clone));
	SHOW(runs(&calls, 1));
}

CASE(child_graph_holds_a_reference)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL, child = NULL;
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphCreate(&child, 0));
	NEED(cudaGraphRetainUserObject(child, object, 1, cudaGraphUserObjectMove));
	DO(cudaGraphAddChildGraphNode(&node, graph, NULL, 0, child));
	DO(cudaGraphDestroy(child));
	SHOW(no_runs(&calls));
	DO(cudaGraphDestroy(graph));
	SHOW(runs(&calls, 1));
}

CASE(executable_graph_holds_a_reference)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL;
	cudaGraphExec_t exec = NULL;
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	NEED(cudaGraphInstantiate(&exec, graph, 0));
	DO(cudaGraphDestroy(graph));
	SHOW(no_runs(&calls));
	DO(cudaGraphLaunch(exec, stream));
	DO(cudaStreamSynchronize(stream));
	SHOW(no_runs(&calls));
	DO(cudaGraphExecDestroy(exec));
	DO(cudaStreamSynchronize(stream));
	SHOW(runs(&calls, 1));
}

CASE(graph_retain_of_too_many)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphRetainUserObject(graph, object, 0x80000000u, 0));
}

CASE(graph_retain_bad_arguments)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphRetainUserObject(graph, object, 0, 0));
	DO(cudaGraphRetainUserObject(graph, object, 1, 2));
	DO(cudaGraphRetainUserObject(graph, object, 1, 7));
	DO(cudaGraphDestroy(graph));
	SHOW(no_runs(&calls));
	DO(cudaUserObjectRelease(object, 1));
	SHOW(runs(&calls, 1));
}

CASE(graph_retain_of_nothing)
{
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphRetainUserObject(graph, NULL, 1, 0));
}

CASE(no_graph_retains)
{
	DO(cudaGraphRetainUserObject(NULL, object_of(1), 1, 0));
}

CASE(graph_release_of_too_many)
{
	cudaUserObject_t object = object_of(2);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	NEED(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	DO(cudaGraphReleaseUserObject(graph, object, 0));
	SHOW(no_runs(&calls));
	DO(cudaGraphReleaseUserObject(graph, object, 5));
}

CASE(graph_release_of_what_it_has_not)
{
	cudaUserObject_t object = object_of(1);
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphReleaseUserObject(graph, object, 1));
	SHOW(no_runs(&calls));
}

CASE(graph_release_of_nothing)
{
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	DO(cudaGraphReleaseUserObject(graph, NULL, 1));
}

CASE(no_graph_releases)
{
	DO(cudaGraphReleaseUserObject(NULL, object_of(1), 1));
}

CASE(during_capture)
{
	enum cudaStreamCaptureStatus status = 0;
	cudaUserObject_t object = NULL;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	NEED(cudaStreamGetCaptureInfo(stream, &status, NULL, &graph, NULL, NULL, NULL));
	DO(cudaUserObjectCreate(&object, &calls, destroy, 1, cudaUserObjectNoDestructorSync));
	DO(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(no_runs(&calls));
	DO(cudaGraphDestroy(graph));
	SHOW(runs(&calls, 1));
}

CASE(spoilt_capture_releases)
{
	enum cudaStreamCaptureStatus status = 0;
	cudaUserObject_t object = object_of(1);
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	NEED(cudaStreamGetCaptureInfo(stream, &status, NULL, &graph, NULL, NULL, NULL));
	NEED(cudaGraphRetainUserObject(graph, object, 1, cudaGraphUserObjectMove));
	DO(cudaStreamSynchronize(stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(runs(&calls, 1));
}
