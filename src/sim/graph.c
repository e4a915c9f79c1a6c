/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs as lists of nodes: making, copying, ordering and destroying them.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

static unsigned long long last_node_id;
static unsigned long long last_graph_id;

bool sim_graph_ok(CUgraph graph)
{
	return graph && sim_handle_ok(graph, SIM_H_GRAPH);
}

bool sim_node_ok(CUgraphNode node)
{
	return node && sim_handle_ok(node, SIM_H_NODE);
}

CUgraph sim_graph_new(bool is_exec)
{
	CUgraph graph = calloc(1, sizeof(*graph));

	if (!graph || (!is_exec && !sim_handle_add(graph, SIM_H_GRAPH))) {
		free(graph);
		return NULL;
	}
	graph->id = ++last_graph_id;
	graph->is_exec = is_exec;
	return graph;
}

/* Such nodes tie a graph to one place in memory, so it is neither copied nor changed. */
static bool is_memory(CUgraphNodeType type)
{
	return type == CU_GRAPH_NODE_TYPE_MEM_ALLOC || type == CU_GRAPH_NODE_TYPE_MEM_FREE;
}

static void unlink_node(CUgraphNode node)
{
	CUgraph graph = node->graph;

	*(node->previous ? &node->previous->next : &graph->first) = node->next;
	*(node->next ? &node->next->previous : &graph->last) = node->previous;
	graph->count--;
	graph->memory_nodes -= is_memory(node->work.type);
}

/* An executable graph's nodes have no handles: they are found through those of its source. */
static void free_node(CUgraphNode node)
{
	if (!node->graph->is_exec)
		sim_handle_remove(node);
	unlink_node(node);
	sim_work_clear(&node->work);
	sim_edges_free(&node->deps);
	free(node);
}

/* Nodes go first: a conditional node drops its reference on a value that the list still holds. */
void sim_graph_free(CUgraph graph)
{
	while (graph->first)
		free_node(graph->first);
	while (graph->conditionals) {
		struct sim_conditional *conditional = graph->conditionals;

		graph->conditionals = conditional->next;
		sim_conditional_drop(conditional);
	}
	if (!graph->is_exec)
		sim_handle_remove(graph);
	sim_keep_drop(graph->kept);
	free(graph);
}

/* Identifiers are never used twice, so a clone can name its origin after that is gone. */
static CUgraphNode new_node(CUgraph graph)
{
	CUgraphNode node = calloc(1, sizeof(*node));

	if (!node || (!graph->is_exec && !sim_handle_add(node, SIM_H_NODE))) {
		free(node);
		return NULL;
	}
	node->graph = graph;
	node->id = ++last_node_id;
	node->previous = graph->last;
	*(graph->last ? &graph->last->next : &graph->first) = node;
	graph->last = node;
	graph->count++;
	return node;
}

/* A child graph and the bodies of a conditional know the node that they belong to. */
static void own_graphs(CUgraphNode node)
{
	if (node->work.child)
		node->work.child->owner = node;
	for (unsigned int i = 0; i < node->work.body_count; i++)
		node->work.bodies[i]->owner = node;
}

CUresult sim_graph_add(CUgraph graph, const struct sim_edge *deps, unsigned int count,
		       struct sim_work *work, CUgraphNode *out)
{
	CUgraphNode node = new_node(graph);

	if (!node) {
		sim_work_clear(work);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	node->work = *work;
	graph->memory_nodes += is_memory(work->type);
	own_graphs(node);
	for (unsigned int i = 0; i < count; i++)
		if (!sim_edges_add(&node->deps, deps[i].node, &deps[i].data)) {
			free_node(node);
			return CUDA_ERROR_OUT_OF_MEMORY;
		}
	*out = node;
	return CUDA_SUCCESS;
}

/*
 * The operations are shared, not copied: they never change. The numbers left in index tell
 * clone_edges which nodes belong together.
 */
static bool clone_nodes(CUgraph from, CUgraph to)
{
	unsigned int i = 0;

	for (CUgraphNode node = from->first; node; node = node->next) {
		CUgraphNode copy = new_node(to);

		if (!copy || sim_work_clone(&node->work, to->is_exec, &copy->work) != CUDA_SUCCESS)
			return false;
		to->memory_nodes += is_memory(copy->work.type);
		own_graphs(copy);
		copy->origin = node->id;
		copy->disabled = node->disabled;
		node->index = copy->index = i++;
	}
	return true;
}

/* Both lists are walked in step, which the order of creation makes possible. */
static bool clone_edges(CUgraph from, CUgraph to)
{
	CUgraphNode *copies = malloc((from->count + 1) * sizeof(CUgraphNode));
	bool ok = copies != NULL;
	CUgraphNode copy = to->first;

	for (CUgraphNode node = to->first; ok && node; node = node->next)
		copies[node->index] = node;
	for (CUgraphNode node = from->first; ok && node; node = node->next, copy = copy->next)
		for (unsigned int i = 0; ok && i < node->deps.count; i++)
			ok = sim_edges_add(&copy->deps, copies[node->deps.at[i].node->index],
					   &node->deps.at[i].data);
	free(copies);
	return ok;
}

CUgraph sim_graph_clone(CUgraph graph, bool is_exec)
{
	CUgraph copy = sim_graph_new(is_exec);

	if (!copy)
		return NULL;
	copy->kept = sim_keep_copy(graph->kept);
	if (!clone_nodes(graph, copy) || !clone_edges(graph, copy)) {
		sim_graph_free(copy);
		return NULL;
	}
	return copy;
}

CUgraphNode sim_graph_find(CUgraph graph, unsigned long long origin, bool deep)
{
	for (CUgraphNode node = graph->first; node; node = node->next) {
		CUgraphNode found = NULL;

		if (node->origin == origin)
			return node;
		if (deep && node->work.child)
			found = sim_graph_find(node->work.child, origin, true);
		for (unsigned int i = 0; deep && !found && i < node->work.body_count; i++)
			found = sim_graph_find(node->work.bodies[i], origin, true);
		if (found)
			return found;
	}
	return NULL;
}

/*
 * Marks nodes that were reached in one walk. A number for each walk saves clearing the marks; walks
 * of capture.c count down from the greatest number.
 */
static unsigned int round_number;

/* All that the node depends on has its place. */
static bool ready(CUgraphNode node)
{
	for (unsigned int i = 0; i < node->deps.count; i++)
		if (node->deps.at[i].node->mark != round_number)
			return false;
	return true;
}

/*
 * Walks over the list, which is usually in order already, until nothing more can be placed. What is
 * left then stands on a circle.
 */
CUresult sim_graph_order(CUgraph graph, CUgraphNode **out, CUgraphNode *bad)
{
	CUgraphNode *order = malloc((graph->count + 1) * sizeof(CUgraphNode));
	unsigned int placed = 0, before;

	if (!order)
		return CUDA_ERROR_OUT_OF_MEMORY;
	round_number++;
	do {
		before = placed;
		for (CUgraphNode node = graph->first; node; node = node->next) {
			if (node->mark == round_number || !ready(node))
				continue;
			node->mark = round_number;
			node->index = placed;
			order[placed++] = node;
		}
	} while (placed != before && placed < graph->count);
	if (placed < graph->count) {
		for (CUgraphNode node = graph->first; bad && node; node = node->next)
			if (node->mark != round_number)
				*bad = node;
		free(order);
		return CUDA_ERROR_INVALID_VALUE;
	}
	*out = order;
	return CUDA_SUCCESS;
}

CUresult cuGraphCreate(CUgraph *graph, unsigned int flags)
{
	SIM_ENTER(SIM_INIT);
	if (!graph || flags)
		return CUDA_ERROR_INVALID_VALUE;
	*graph = sim_graph_new(false);
	return *graph ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

/* A graph inside another, or one that a capture adds to, is not the application's to destroy. */
CUresult cuGraphDestroy(CUgraph graph)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_graph_ok(graph) || graph->owner)
		return CUDA_ERROR_INVALID_VALUE;
	if (graph->capture)
		return CUDA_ERROR_ILLEGAL_STATE;
	sim_graph_free(graph);
	return CUDA_SUCCESS;
}

/* Graphs with allocations are neither cloned nor taken apart, in NVIDIA's driver either. */
bool sim_graph_can_clone(CUgraph graph)
{
	for (CUgraphNode node = graph->first; node; node = node->next)
		if (node->work.type == CU_GRAPH_NODE_TYPE_CONDITIONAL)
			return false;
	return !graph->memory_nodes;
}

CUresult cuGraphClone(CUgraph *clone, CUgraph graph)
{
	SIM_ENTER(SIM_INIT);
	if (!clone || !sim_graph_ok(graph))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_graph_can_clone(graph))
		return CUDA_ERROR_NOT_SUPPORTED;
	*clone = sim_graph_clone(graph, false);
	return *clone ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuGraphNodeFindInClone(CUgraphNode *found, CUgraphNode node, CUgraph clone)
{
	SIM_ENTER(SIM_INIT);
	if (!found || !sim_node_ok(node) || !sim_graph_ok(clone))
		return CUDA_ERROR_INVALID_VALUE;
	*found = sim_graph_find(clone, node->id, false);
	return *found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

/* Edges are dropped without joining what was before the node with what was behind it. */
CUresult cuGraphDestroyNode(CUgraphNode node)
{
	CUgraph graph;

	SIM_ENTER(SIM_INIT);
	if (!sim_node_ok(node))
		return CUDA_ERROR_INVALID_VALUE;
	graph = node->graph;
	if (graph->capture)
		return CUDA_ERROR_ILLEGAL_STATE;
	if (graph->memory_nodes)
		return CUDA_ERROR_NOT_SUPPORTED;
	for (CUgraphNode other = graph->first; other; other = other->next)
		for (unsigned int i = 0; i < other->deps.count; i++)
			if (other->deps.at[i].node == node)
				other->deps.at[i--] = other->deps.at[--other->deps.count];
	free_node(node);
	return CUDA_SUCCESS;
}

CUresult cuGraphNodeGetType(CUgraphNode node, CUgraphNodeType *type)
{
	SIM_ENTER(SIM_INIT);
	if (!type || !sim_node_ok(node))
		return CUDA_ERROR_INVALID_VALUE;
	*type = node->work.type;
	return CUDA_SUCCESS;
}

/* Fills in as many as there is room for, which is one at least, then NULL, and tells how many. */
static CUresult list_nodes(CUgraph graph, bool roots, CUgraphNode *nodes, size_t *count)
{
	size_t found = 0;

	if (!sim_graph_ok(graph) || !count || (nodes && !*count))
		return CUDA_ERROR_INVALID_VALUE;
	for (CUgraphNode node = graph->first; node; node = node->next) {
		if (roots && node->deps.count)
			continue;
		if (nodes && found == *count)
			return CUDA_SUCCESS;
		if (nodes)
			nodes[found] = node;
		found++;
	}
	for (size_t i = found; nodes && i < *count; i++)
		nodes[i] = NULL;
	*count = found;
	return CUDA_SUCCESS;
}

CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode *nodes, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return list_nodes(graph, false, nodes, count);
}

CUresult cuGraphGetRootNodes(CUgraph graph, CUgraphNode *nodes, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return list_nodes(graph, true, nodes, count);
}
