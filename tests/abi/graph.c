/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs: edges without data, and what instantiation and update told before 12. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "kernel.h"
#include "newest.h"

#define NODES 4
#define LOG   24

/* A diamond: 0 before 1 and 2, both before 3. */
static const int from[] = { 0, 0, 1, 2 }, to[] = { 1, 2, 3, 3 };
#define EDGES 4

/* ---- a version's own way ------------------------------------------------------------------- */

static cudaError_t add_edges(cudaGraph_t graph, const cudaGraphNode_t *f, const cudaGraphNode_t *t,
			     size_t count)
{
#if CUDA_MAJOR < 13
	return CALL(cudaGraphAddDependencies(graph, f, t, count));
#else
	return CALL(cudaGraphAddDependencies(graph, f, t, NULL, count));
#endif
}

static cudaError_t remove_edges(cudaGraph_t graph, const cudaGraphNode_t *f,
				const cudaGraphNode_t *t, size_t count)
{
#if CUDA_MAJOR < 13
	return CALL(cudaGraphRemoveDependencies(graph, f, t, count));
#else
	return CALL(cudaGraphRemoveDependencies(graph, f, t, NULL, count));
#endif
}

static cudaError_t get_edges(cudaGraph_t graph, cudaGraphNode_t *f, cudaGraphNode_t *t,
			     size_t *count)
{
#if CUDA_MAJOR < 13
	return CALL(cudaGraphGetEdges(graph, f, t, count));
#else
	return CALL(cudaGraphGetEdges(graph, f, t, NULL, count));
#endif
}

static cudaError_t get_dependencies(cudaGraphNode_t node, cudaGraphNode_t *list, size_t *count)
{
#if CUDA_MAJOR < 13
	return CALL(cudaGraphNodeGetDependencies(node, list, count));
#else
	return CALL(cudaGraphNodeGetDependencies(node, list, NULL, count));
#endif
}

static cudaError_t get_dependents(cudaGraphNode_t node, cudaGraphNode_t *list, size_t *count)
{
#if CUDA_MAJOR < 13
	return CALL(cudaGraphNodeGetDependentNodes(node, list, count));
#else
	return CALL(cudaGraphNodeGetDependentNodes(node, list, NULL, count));
#endif
}

static cudaError_t instantiate(cudaGraphExec_t *exec, cudaGraph_t graph)
{
#if CUDA_MAJOR == 11
	cudaGraphNode_t *bad = OUTPUT(cudaGraphNode_t);
	char *log = abi_output(LOG);

	return CALL(cudaGraphInstantiate(exec, graph, bad, log, LOG));
#else
	return CALL(cudaGraphInstantiate(exec, graph, 0));
#endif
}

static cudaError_t update(cudaGraphExec_t exec, cudaGraph_t graph,
			  enum cudaGraphExecUpdateResult *result)
{
	cudaError_t error;
#if CUDA_MAJOR == 11
	cudaGraphNode_t *bad = OUTPUT(cudaGraphNode_t);
	enum cudaGraphExecUpdateResult *told = OUTPUT(enum cudaGraphExecUpdateResult);

	error = CALL(cudaGraphExecUpdate(exec, graph, bad, told));
	*result = *told;
#else
	cudaGraphExecUpdateResultInfo *info = OUTPUT(cudaGraphExecUpdateResultInfo);

	error = CALL(cudaGraphExecUpdate(exec, graph, info));
	*result = info->result;
#endif
	return error;
}

/* ---- edges --------------------------------------------------------------------------------- */

/* The nodes' edges by index, which the library may only read. */
static const cudaGraphNode_t *ends(const cudaGraphNode_t *nodes, const int *indices)
{
	cudaGraphNode_t list[EDGES];

	for (size_t i = 0; i < EDGES; i++)
		list[i] = nodes[indices[i]];
	return INPUT(list);
}

/* Room for exactly as many as there are, and the same order as 13's form gives. */
static void same_edges(cudaGraph_t graph, size_t wanted)
{
	cudaGraphNode_t *f = abi_output(wanted * sizeof(*f)), *t = abi_output(wanted * sizeof(*t));
	cudaGraphNode_t new_f[2 * EDGES], new_t[2 * EDGES];
	size_t *count = OUTPUT(size_t), new_count = 2 * EDGES;
	cudaGraphEdgeData data[2 * EDGES];

	SAME(get_edges(graph, NULL, NULL, count), cudaSuccess);
	SAME(*count, wanted);
	if (wanted == 0)
		return;
	SAME(get_edges(graph, f, t, count), cudaSuccess);
	SAME(*count, wanted);
	SAME(new_edges(graph, new_f, new_t, data, &new_count), cudaSuccess);
	SAME(new_count, wanted);
	SAME_BYTES(f, new_f, wanted * sizeof(*f));
	SAME_BYTES(t, new_t, wanted * sizeof(*t));
}

static void neighbours(const cudaGraphNode_t *nodes)
{
	cudaGraphNode_t *two = abi_output(2 * sizeof(*two)), *one = abi_output(sizeof(*one));
	size_t *count = OUTPUT(size_t);

	SAME(get_dependencies(nodes[3], NULL, count), cudaSuccess);
	SAME(*count, 2);
	SAME(get_dependencies(nodes[3], two, count), cudaSuccess);
	CHECK((two[0] == nodes[1] && two[1] == nodes[2]) ||
	      (two[0] == nodes[2] && two[1] == nodes[1]));
	SAME(get_dependents(nodes[0], NULL, count), cudaSuccess);
	SAME(*count, 2);
	SAME(get_dependents(nodes[0], two, count), cudaSuccess);
	CHECK((two[0] == nodes[1] && two[1] == nodes[2]) ||
	      (two[0] == nodes[2] && two[1] == nodes[1]));
	/* Room for fewer: no more are written. */
	*count = 1;
	SAME(get_dependencies(nodes[3], one, count), cudaSuccess);
	SAME(*count, 1);
	*count = 1;
	SAME(get_dependents(nodes[0], one, count), cudaSuccess);
	SAME(*count, 1);
}

#if CUDA_MAJOR == 12
/* 13's forms under 12's names. */
static void newer_names(cudaGraph_t graph, const cudaGraphNode_t *nodes)
{
	cudaGraphNode_t *f = abi_output(EDGES * sizeof(*f)), *t = abi_output(EDGES * sizeof(*t));
	cudaGraphEdgeData *data = abi_output(EDGES * sizeof(*data));
	size_t *count = OUTPUT(size_t);

	*count = EDGES;
	OK(cudaGraphGetEdges_v2(graph, f, t, data, count));
	SAME(*count, EDGES);
	*count = 2;
	OK(cudaGraphNodeGetDependencies_v2(nodes[3], f, data, count));
	SAME(*count, 2);
	OK(cudaGraphNodeGetDependentNodes_v2(nodes[0], f, data, count));
	SAME(*count, 2);
	OK(cudaGraphRemoveDependencies_v2(graph, &nodes[0], &nodes[1], NULL, 1));
	OK(cudaGraphAddDependencies_v2(graph, &nodes[0], &nodes[1], NULL, 1));
}
#endif

static void edges(void)
{
	cudaGraph_t *graph = OUTPUT(cudaGraph_t);
	cudaGraphNode_t *nodes = abi_output(NODES * sizeof(*nodes));

	OK(cudaGraphCreate(graph, 0));
	for (size_t i = 0; i < NODES; i++)
		OK(cudaGraphAddEmptyNode(&nodes[i], *graph, NULL, 0));
	same_edges(*graph, 0);
	SAME(add_edges(*graph, ends(nodes, from), ends(nodes, to), EDGES), cudaSuccess);
	same_edges(*graph, EDGES);
	neighbours(nodes);
#if CUDA_MAJOR == 12
	newer_names(*graph, nodes);
#endif
	SAME(remove_edges(*graph, ends(nodes, from), ends(nodes, to), 2), cudaSuccess);
	same_edges(*graph, EDGES - 2);
	SAME(add_edges(*graph, NULL, NULL, 1), cudaErrorInvalidValue);
	SAME(remove_edges(*graph, NULL, NULL, 1), cudaErrorInvalidValue);
	SAME(get_edges(NULL, NULL, NULL, OUTPUT(size_t)), cudaErrorInvalidValue);
	OK(cudaGraphDestroy(*graph));
	abi_release();
}

/* An edge with data: where there is no room for them, the answer would hide them. */
static void edges_with_data(void)
{
	cudaGraphEdgeData data = { .from_port = cudaGraphKernelNodePortProgrammatic,
				   .type = cudaGraphDependencyTypeProgrammatic };
	struct cudaKernelNodeParams params = abi_kernel_node();
	cudaGraph_t *graph = OUTPUT(cudaGraph_t);
	cudaGraphNode_t *nodes = abi_output(2 * sizeof(*nodes)), *list = OUTPUT(cudaGraphNode_t);
	size_t *count = OUTPUT(size_t);

	OK(cudaGraphCreate(graph, 0));
	for (size_t i = 0; i < 2; i++)
		OK(cudaGraphAddKernelNode(&nodes[i], *graph, NULL, 0, INPUT(params)));
	SAME(new_add_edges(*graph, &nodes[0], &nodes[1], &data, 1), cudaSuccess);
	*count = 1;
	SAME(get_edges(*graph, list, OUTPUT(cudaGraphNode_t), count), cudaErrorLossyQuery);
	*count = 1;
	SAME(get_dependencies(nodes[1], list, count), cudaErrorLossyQuery);
	*count = 1;
	SAME(get_dependents(nodes[0], list, count), cudaErrorLossyQuery);
	OK(cudaGraphDestroy(*graph));
	abi_release();
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void run(void *data)
{
	++*(int *)data;
}

static cudaGraph_t new_graph(int *counter)
{
	struct cudaHostNodeParams params = { .fn = run, .userData = counter };
	cudaGraphNode_t *node = OUTPUT(cudaGraphNode_t);
	cudaGraph_t *graph = OUTPUT(cudaGraph_t);

	OK(cudaGraphCreate(graph, 0));
	OK(cudaGraphAddHostNode(node, *graph, NULL, 0, INPUT(params)));
	return *graph;
}

static void execution(void)
{
	static int counter, other;
	enum cudaGraphExecUpdateResult result;
	cudaGraphExec_t *exec = OUTPUT(cudaGraphExec_t);
	cudaGraphNode_t *node = OUTPUT(cudaGraphNode_t);
	cudaGraph_t graph = new_graph(&counter), changed = new_graph(&other);

	counter = other = 0;
	SAME(instantiate(exec, graph), cudaSuccess);
	OK(cudaGraphLaunch(*exec, NULL));
	OK(cudaStreamSynchronize(NULL));
	SAME(counter, 1);
	SAME(update(*exec, changed, &result), cudaSuccess);
	SAME(result, cudaGraphExecUpdateSuccess);
	OK(cudaGraphLaunch(*exec, NULL));
	OK(cudaStreamSynchronize(NULL));
	SAME(counter, 1);
	SAME(other, 1);
	OK(cudaGraphAddEmptyNode(node, changed, NULL, 0));
	SAME(update(*exec, changed, &result), cudaErrorGraphExecUpdateFailure);
	/* Where another number of nodes is something else yet. */
	SAME(result, CUDA_MAJOR == 11 ? cudaGraphExecUpdateErrorNotSupported
				      : cudaGraphExecUpdateErrorTopologyChanged);
	OK(cudaGraphExecDestroy(*exec));
	SAME(instantiate(NULL, graph), cudaErrorInvalidValue);
	SAME(instantiate(exec, NULL), cudaErrorInvalidValue);
	OK(cudaGraphDestroy(graph));
	OK(cudaGraphDestroy(changed));
	abi_release();
}

/* Any node by one call came with 12.2. */
static void any_node(void)
{
#if CUDA_MAJOR >= 12
	static int counter;
	struct cudaGraphNodeParams *params = OUTPUT(struct cudaGraphNodeParams);
	cudaGraphNode_t *first = OUTPUT(cudaGraphNode_t), *second = OUTPUT(cudaGraphNode_t);
	cudaGraph_t *graph = OUTPUT(cudaGraph_t);

	OK(cudaGraphCreate(graph, 0));
	memset(params, 0, sizeof(*params));
	params->type = cudaGraphNodeTypeHost;
	params->host.fn = run;
	params->host.userData = &counter;
#if CUDA_MAJOR == 12
	OK(cudaGraphAddNode(first, *graph, NULL, 0, params));
	OK(cudaGraphAddNode(second, *graph, first, 1, params));
	same_edges(*graph, 1);
	OK(cudaGraphAddNode_v2(first, *graph, second, NULL, 1, params));
	GIVES(cudaErrorInvalidValue, cudaGraphAddNode(NULL, *graph, NULL, 0, params));
	GIVES(cudaErrorInvalidValue, cudaGraphAddNode(first, *graph, NULL, 1, params));
#else
	OK(cudaGraphAddNode(first, *graph, NULL, NULL, 0, params));
	OK(cudaGraphAddNode(second, *graph, first, NULL, 1, params));
	same_edges(*graph, 1);
	OK(cudaGraphAddNode(first, *graph, second, NULL, 1, params));
	GIVES(cudaErrorInvalidValue, cudaGraphAddNode(NULL, *graph, NULL, NULL, 0, params));
	GIVES(cudaErrorInvalidValue, cudaGraphAddNode(first, *graph, NULL, NULL, 1, params));
#endif
	same_edges(*graph, 2);
	OK(cudaGraphDestroy(*graph));
	abi_release();
#endif
}

void abi_graph(void)
{
	edges();
	edges_with_data();
	execution();
	any_node();
}
