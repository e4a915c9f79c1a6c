/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edges of graphs, with the data that CUDA 12.3 gave them: from which port of the one node to which
 * of the other, and how far the first must have come.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

/* An edge without data: the second begins when the first has ended. */
static const CUgraphEdgeData plain;

bool sim_edge_plain(const CUgraphEdgeData *data)
{
	return memcmp(data, &plain, sizeof(plain)) == 0;
}

/* Nodes have few dependencies: a walk is quicker than anything clever. */
bool sim_edges_have(const struct sim_edges *edges, CUgraphNode node)
{
	for (unsigned int i = 0; i < edges->count; i++)
		if (edges->at[i].node == node)
			return true;
	return false;
}

bool sim_edges_add(struct sim_edges *edges, CUgraphNode node, const CUgraphEdgeData *data)
{
	if (edges->count == edges->room) {
		unsigned int room = edges->room ? 2 * edges->room : 2;
		struct sim_edge *at = realloc(edges->at, room * sizeof(*at));

		if (!at)
			return false;
		edges->at = at;
		edges->room = room;
	}
	edges->at[edges->count].node = node;
	edges->at[edges->count].data = data ? *data : plain;
	edges->count++;
	return true;
}

void sim_edges_free(struct sim_edges *edges)
{
	free(edges->at);
	memset(edges, 0, sizeof(*edges));
}

/* The programmatic port and type go together; the port of the launch takes either type. */
static bool port_fits(const CUgraphEdgeData *data)
{
	bool programmatic = data->type == CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC;

	switch (data->from_port) {
	case CU_GRAPH_KERNEL_NODE_PORT_DEFAULT:
		return !programmatic;
	case CU_GRAPH_KERNEL_NODE_PORT_PROGRAMMATIC:
		return programmatic;
	default:
		return data->from_port == CU_GRAPH_KERNEL_NODE_PORT_LAUNCH_ORDER;
	}
}

/*
 * Only kernels have more than one port, and only between kernels can one begin before the other has
 * ended. to is NULL where it is not known yet.
 */
static bool data_ok(CUgraphNode from, CUgraphNode to, const CUgraphEdgeData *data)
{
	if (sim_edge_plain(data))
		return true;
	for (size_t i = 0; i < sizeof(data->reserved); i++)
		if (data->reserved[i])
			return false;
	return port_fits(data) && !data->to_port &&
	       data->type <= CU_GRAPH_DEPENDENCY_TYPE_PROGRAMMATIC &&
	       from->work.type == CU_GRAPH_NODE_TYPE_KERNEL &&
	       (!to || to->work.type == CU_GRAPH_NODE_TYPE_KERNEL || !data->type);
}

/* Two edges between the same nodes are refused, even with different data: so NVIDIA's R580. */
CUresult sim_edges_read(CUgraph graph, const CUgraphNode *nodes, const CUgraphEdgeData *data,
			size_t count, struct sim_edge **out)
{
	struct sim_edges edges = { 0 };

	*out = NULL;
	if (count && !nodes)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++) {
		if (!sim_node_ok(nodes[i]) || nodes[i]->graph != graph ||
		    sim_edges_have(&edges, nodes[i]) ||
		    (data && !data_ok(nodes[i], NULL, &data[i]))) {
			sim_edges_free(&edges);
			return CUDA_ERROR_INVALID_VALUE;
		}
		if (!sim_edges_add(&edges, nodes[i], data ? &data[i] : NULL)) {
			sim_edges_free(&edges);
			return CUDA_ERROR_OUT_OF_MEMORY;
		}
	}
	*out = edges.at;
	return CUDA_SUCCESS;
}

/* Circles are not looked for here: they only matter when the graph is instantiated. */
static bool pair_ok(CUgraph graph, CUgraphNode from, CUgraphNode to)
{
	return sim_node_ok(from) && sim_node_ok(to) && from->graph == graph && to->graph == graph &&
	       from != to;
}

static CUresult add(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
		    const CUgraphEdgeData *data, size_t count)
{
	if (!sim_graph_ok(graph) || (count && (!from || !to)))
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++)
		if (!pair_ok(graph, from[i], to[i]) || (data && !data_ok(from[i], to[i], &data[i])))
			return CUDA_ERROR_INVALID_VALUE;
	/* An edge that is there is found too late to undo those before it: so on an H200. */
	for (size_t i = 0; i < count; i++) {
		if (sim_edges_have(&to[i]->deps, from[i]))
			return CUDA_ERROR_INVALID_VALUE;
		if (!sim_edges_add(&to[i]->deps, from[i], data ? &data[i] : NULL))
			return CUDA_ERROR_OUT_OF_MEMORY;
	}
	return CUDA_SUCCESS;
}

CUresult cuGraphAddDependencies(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
				size_t count)
{
	SIM_ENTER(SIM_INIT);
	return add(graph, from, to, NULL, count);
}

CUresult cuGraphAddDependencies_v2(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
				   const CUgraphEdgeData *data, size_t count)
{
	SIM_ENTER(SIM_INIT);
	return add(graph, from, to, data, count);
}

/* There is one edge at most, which an H200 removes whatever data it is told by. */
static struct sim_edge *find(CUgraphNode from, CUgraphNode to)
{
	for (unsigned int i = 0; i < to->deps.count; i++)
		if (to->deps.at[i].node == from)
			return &to->deps.at[i];
	return NULL;
}

/* The nodes are checked before anything is removed, an edge only when it is its turn. */
static CUresult remove_edges(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
			     size_t count)
{
	if (!sim_graph_ok(graph) || (count && (!from || !to)))
		return CUDA_ERROR_INVALID_VALUE;
	if (graph->memory_nodes)
		return CUDA_ERROR_NOT_SUPPORTED;
	for (size_t i = 0; i < count; i++)
		if (!pair_ok(graph, from[i], to[i]))
			return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++) {
		struct sim_edge *edge = find(from[i], to[i]);
		struct sim_edges *deps = &to[i]->deps;

		if (!edge)
			return CUDA_ERROR_INVALID_VALUE;
		deps->count--;
		memmove(edge, edge + 1, (size_t)(deps->at + deps->count - edge) * sizeof(*edge));
	}
	return CUDA_SUCCESS;
}

CUresult cuGraphRemoveDependencies(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
				   size_t count)
{
	SIM_ENTER(SIM_INIT);
	return remove_edges(graph, from, to, count);
}

CUresult cuGraphRemoveDependencies_v2(CUgraph graph, const CUgraphNode *from, const CUgraphNode *to,
				      const CUgraphEdgeData *data, size_t count)
{
	SIM_ENTER(SIM_INIT);
	(void)data;
	return remove_edges(graph, from, to, count);
}

/* Collects edges in the caller's arrays. */
struct list {
	CUgraphNode *from;
	CUgraphNode *to;
	CUgraphEdgeData *data;
	size_t room;
	size_t found;
	bool lossy; /* one has data, and there is no array for them */
};

/* Without arrays the edges are only counted. */
static void note(struct list *list, const struct sim_edge *edge, CUgraphNode to)
{
	if (!list->from && !list->to) {
		list->found++;
		return;
	}
	if (list->found == list->room)
		return;
	if (list->from)
		list->from[list->found] = edge->node;
	if (list->to)
		list->to[list->found] = to;
	if (list->data)
		list->data[list->found] = edge->data;
	else if (!sim_edge_plain(&edge->data))
		list->lossy = true;
	list->found++;
}

/*
 * 402 leaves the count as it was. Places that were not needed become NULL, which the documentation
 * promises.
 */
static CUresult finish(struct list *list, size_t *count)
{
	if (list->lossy)
		return CUDA_ERROR_LOSSY_QUERY;
	for (size_t i = list->found; i < list->room; i++) {
		if (list->from)
			list->from[i] = NULL;
		if (list->to)
			list->to[i] = NULL;
	}
	*count = list->found;
	return CUDA_SUCCESS;
}

/* The edges that leave a node, in the order in which the nodes they lead to were made. */
static void note_dependents(struct list *list, CUgraphNode node)
{
	for (CUgraphNode to = node->graph->first; to; to = to->next)
		for (unsigned int i = 0; i < to->deps.count; i++)
			if (to->deps.at[i].node == node)
				note(list, &to->deps.at[i], to);
}

/* With an array but no room in it, or room for data alone, an H200 answers an error. */
static bool room_ok(CUgraphNode *nodes, const CUgraphEdgeData *data, const size_t *count)
{
	return nodes ? *count != 0 : !data;
}

static CUresult get_edges(CUgraph graph, CUgraphNode *from, CUgraphNode *to, CUgraphEdgeData *data,
			  size_t *count)
{
	struct list list = { from, to, data, 0, 0, false };

	if (!sim_graph_ok(graph) || !count || !from != !to || !room_ok(from, data, count))
		return CUDA_ERROR_INVALID_VALUE;
	list.room = from ? *count : 0;
	for (CUgraphNode node = graph->first; node; node = node->next)
		note_dependents(&list, node);
	return finish(&list, count);
}

CUresult cuGraphGetEdges(CUgraph graph, CUgraphNode *from, CUgraphNode *to, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return get_edges(graph, from, to, NULL, count);
}

CUresult cuGraphGetEdges_v2(CUgraph graph, CUgraphNode *from, CUgraphNode *to,
			    CUgraphEdgeData *data, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return get_edges(graph, from, to, data, count);
}

static CUresult get_dependencies(CUgraphNode node, CUgraphNode *nodes, CUgraphEdgeData *data,
				 size_t *count)
{
	struct list list = { nodes, NULL, data, 0, 0, false };

	if (!sim_node_ok(node) || !count || !room_ok(nodes, data, count))
		return CUDA_ERROR_INVALID_VALUE;
	list.room = nodes ? *count : 0;
	for (unsigned int i = 0; i < node->deps.count; i++)
		note(&list, &node->deps.at[i], node);
	return finish(&list, count);
}

CUresult cuGraphNodeGetDependencies(CUgraphNode node, CUgraphNode *nodes, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return get_dependencies(node, nodes, NULL, count);
}

CUresult cuGraphNodeGetDependencies_v2(CUgraphNode node, CUgraphNode *nodes, CUgraphEdgeData *data,
				       size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return get_dependencies(node, nodes, data, count);
}

static CUresult get_dependents(CUgraphNode node, CUgraphNode *nodes, CUgraphEdgeData *data,
			       size_t *count)
{
	struct list list = { NULL, nodes, data, 0, 0, false };

	if (!sim_node_ok(node) || !count || !room_ok(nodes, data, count))
		return CUDA_ERROR_INVALID_VALUE;
	list.room = nodes ? *count : 0;
	note_dependents(&list, node);
	return finish(&list, count);
}

CUresult cuGraphNodeGetDependentNodes(CUgraphNode node, CUgraphNode *nodes, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return get_dependents(node, nodes, NULL, count);
}

CUresult cuGraphNodeGetDependentNodes_v2(CUgraphNode node, CUgraphNode *nodes,
					 CUgraphEdgeData *data, size_t *count)
{
	SIM_ENTER(SIM_INIT);
	return get_dependents(node, nodes, data, count);
}
