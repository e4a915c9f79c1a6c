/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a graph as a DOT file, for people to look at.
 */
#include "sim/graph.h"

#include <stdio.h>

static const char *const names[] = {
	[CU_GRAPH_NODE_TYPE_KERNEL] = "kernel",
	[CU_GRAPH_NODE_TYPE_MEMCPY] = "memcpy",
	[CU_GRAPH_NODE_TYPE_MEMSET] = "memset",
	[CU_GRAPH_NODE_TYPE_HOST] = "host",
	[CU_GRAPH_NODE_TYPE_GRAPH] = "graph",
	[CU_GRAPH_NODE_TYPE_EMPTY] = "empty",
	[CU_GRAPH_NODE_TYPE_WAIT_EVENT] = "event wait",
	[CU_GRAPH_NODE_TYPE_EVENT_RECORD] = "event record",
	[CU_GRAPH_NODE_TYPE_EXT_SEMAS_SIGNAL] = "semaphore signal",
	[CU_GRAPH_NODE_TYPE_EXT_SEMAS_WAIT] = "semaphore wait",
	[CU_GRAPH_NODE_TYPE_MEM_ALLOC] = "allocation",
	[CU_GRAPH_NODE_TYPE_MEM_FREE] = "free",
	[CU_GRAPH_NODE_TYPE_BATCH_MEM_OP] = "memory operations",
	[CU_GRAPH_NODE_TYPE_CONDITIONAL] = "conditional",
};

static void write_label(FILE *file, CUgraphNode node, unsigned int flags)
{
	const bool verbose = flags & CU_GRAPH_DEBUG_DOT_FLAGS_VERBOSE;

	if (node->work.type != CU_GRAPH_NODE_TYPE_KERNEL) {
		fputs(names[node->work.type], file);
	} else {
		const struct sim_kernel_op *op = sim_kernel_of(node->work.op);

		fputs(op->name, file);
		if (verbose || flags & CU_GRAPH_DEBUG_DOT_FLAGS_KERNEL_NODE_PARAMS)
			fprintf(file, "\\n<<<%u,%u,%u>>> block %u,%u,%u shared %u", op->grid[0],
				op->grid[1], op->grid[2], op->block[0], op->block[1], op->block[2],
				op->shared);
	}
	if (verbose || flags & CU_GRAPH_DEBUG_DOT_FLAGS_HANDLES)
		fprintf(file, "\\n%p", (void *)node);
}

static void write_graph(FILE *file, CUgraph graph, unsigned int flags)
{
	unsigned int index = 0;

	for (CUgraphNode node = graph->first; node; node = node->next)
		node->index = index++;
	fprintf(file, "subgraph cluster_%llu {\nlabel=\"graph_%llu\";\n", graph->id, graph->id);
	for (CUgraphNode node = graph->first; node; node = node->next) {
		fprintf(file, "\"graph_%llu_node_%u\" [label=\"%u\\n", graph->id, node->index,
			node->index);
		write_label(file, node, flags);
		fputs("\"];\n", file);
	}
	for (CUgraphNode node = graph->first; node; node = node->next)
		for (unsigned int i = 0; i < node->deps.count; i++)
			fprintf(file, "\"graph_%llu_node_%u\" -> \"graph_%llu_node_%u\";\n",
				graph->id, node->deps.at[i].node->index, graph->id, node->index);
	fputs("}\n", file);
	for (CUgraphNode node = graph->first; node; node = node->next) {
		if (node->work.child)
			write_graph(file, node->work.child, flags);
		for (unsigned int i = 0; i < node->work.body_count; i++)
			write_graph(file, node->work.bodies[i], flags);
	}
}

CUresult cuGraphDebugDotPrint(CUgraph graph, const char *path, unsigned int flags)
{
	FILE *file;
	bool failed;

	SIM_ENTER(SIM_INIT);
	if (!sim_graph_ok(graph) || !path)
		return CUDA_ERROR_INVALID_VALUE;
	file = fopen(path, "we");
	if (!file)
		return CUDA_ERROR_OPERATING_SYSTEM;
	fputs("digraph dot {\n", file);
	write_graph(file, graph, flags);
	fputs("}\n", file);
	failed = ferror(file) != 0;
	failed = fclose(file) != 0 || failed;
	return failed ? CUDA_ERROR_OPERATING_SYSTEM : CUDA_SUCCESS;
}
