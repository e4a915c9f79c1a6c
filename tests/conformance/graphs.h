/* SPDX-License-Identifier: Apache-2.0 */
/* What cases about graphs share: descriptions of nodes, and what a graph looks like. */
#ifndef CONFORMANCE_GRAPHS_H
#define CONFORMANCE_GRAPHS_H

#include <stdio.h>

#include "conformance.h"

/* Kernel nodes are described by a stub, DIM(..), DIM(..) and ARGS(..). */
#define KERNEL_NODE(stub, grid, block, args) \
	((struct cudaKernelNodeParams){      \
		.func = (void *)(stub),      \
		.gridDim = grid,             \
		.blockDim = block,           \
		.kernelParams = args,        \
	})

/* A row of count elements of size bytes. */
#define MEMSET_NODE(to, set_value, size, count) \
	((struct cudaMemsetParams){             \
		.dst = (to),                    \
		.value = (set_value),           \
		.elementSize = (size),          \
		.width = (count),               \
		.height = 1,                    \
	})

#define GRAPH_SHOWN_MAX 32

static inline cudaGraph_t conf_graph(void)
{
	cudaGraph_t graph = NULL;

	NEED(cudaGraphCreate(&graph, 0));
	return graph;
}

/* A node without work; after another one, if that is not NULL. */
static inline cudaGraphNode_t conf_empty_node(cudaGraph_t graph, cudaGraphNode_t after)
{
	cudaGraphNode_t node = NULL;

	NEED(cudaGraphAddEmptyNode(&node, graph, &after, after == NULL ? 0 : 1));
	return node;
}

static inline cudaGraphExec_t conf_instantiate(cudaGraph_t graph)
{
	cudaGraphExec_t exec = NULL;

	NEED(cudaGraphInstantiate(&exec, graph, 0));
	return exec;
}

/* Launches on the default stream and waits. */
static inline void conf_play_exec(cudaGraphExec_t exec)
{
	if (exec == NULL)
		return;
	NEED(cudaGraphLaunch(exec, NULL));
	NEED(cudaStreamSynchronize(NULL));
}

static inline void conf_play(cudaGraph_t graph)
{
	cudaGraphExec_t exec = conf_instantiate(graph);

	if (exec == NULL)
		return;
	conf_play_exec(exec);
	NEED(cudaGraphExecDestroy(exec));
}

/* Device memory of so many words, all 0. */
static inline unsigned int *conf_words(size_t count)
{
	void *p = NULL;

	NEED(cudaMalloc(&p, count * sizeof(unsigned int)));
	NEED(cudaMemset(p, 0, count * sizeof(unsigned int)));
	return p;
}

static inline int conf_node_index(const cudaGraphNode_t *nodes, size_t count, cudaGraphNode_t node)
{
	for (size_t i = 0; i < count; i++) {
		if (nodes[i] == node)
			return (int)i;
	}
	return -1;
}

/* The nodes' types, and the edges in order of their ends, with data where it is not all 0. */
static inline void conf_show_graph(const char *text, cudaGraph_t graph)
{
	cudaGraphNode_t nodes[GRAPH_SHOWN_MAX], from[GRAPH_SHOWN_MAX], to[GRAPH_SHOWN_MAX];
	cudaGraphEdgeData data[GRAPH_SHOWN_MAX];
	size_t count = GRAPH_SHOWN_MAX, edges = GRAPH_SHOWN_MAX, at = 0;
	char line[1024];

	if (NEED(cudaGraphGetNodes(graph, nodes, &count)) != cudaSuccess ||
	    NEED(cudaGraphGetEdges(graph, from, to, data, &edges)) != cudaSuccess)
		return;
	at += (size_t)snprintf(line + at, sizeof(line) - at, "nodes");
	for (size_t i = 0; i < count; i++) {
		enum cudaGraphNodeType type = cudaGraphNodeTypeCount;

		NEED(cudaGraphNodeGetType(nodes[i], &type));
		at += (size_t)snprintf(line + at, sizeof(line) - at, " %d", (int)type);
	}
	at += (size_t)snprintf(line + at, sizeof(line) - at, ", edges");
	for (size_t i = 0; i < count * count; i++) {
		for (size_t e = 0; e < edges; e++) {
			int a = conf_node_index(nodes, count, from[e]);
			int b = conf_node_index(nodes, count, to[e]);

			if ((size_t)a * count + (size_t)b != i)
				continue;
			at += (size_t)snprintf(line + at, sizeof(line) - at, " %d>%d", a, b);
			if (data[e].from_port != 0 || data[e].to_port != 0 || data[e].type != 0)
				at += (size_t)snprintf(line + at, sizeof(line) - at, "(%d,%d,%d)",
						       data[e].from_port, data[e].to_port,
						       data[e].type);
		}
	}
	conf_print("  %s: %s", text, line);
}
#define SHOW_GRAPH(graph) conf_show_graph(#graph, graph)

/* What is read back of a kernel, copy or set node. */
#define SHOW_DIM(dim) conf_print("  %s: %u %u %u", #dim, (dim).x, (dim).y, (dim).z)

#endif
