/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values that conditional nodes look at. On a device a kernel sets them; a C function that
 * stands for one calls curtrace_sim_conditional.
 */
#include "sim/graph.h"

#include <stdlib.h>

static struct sim_conditional *live;
static CUgraphConditionalHandle last_handle;

static CUgraph root(CUgraph graph)
{
	while (graph->owner)
		graph = graph->owner->graph;
	return graph;
}

/* A value belongs to the outermost graph: bodies use those of the graph around them. */
struct sim_conditional *sim_conditional_find(CUgraph graph, CUgraphConditionalHandle handle)
{
	struct sim_conditional *conditional = root(graph)->conditionals;

	while (conditional && conditional->handle != handle)
		conditional = conditional->next;
	return conditional;
}

void sim_conditional_drop(struct sim_conditional *conditional)
{
	struct sim_conditional **link = &live;

	if (--conditional->refs)
		return;
	while (*link && *link != conditional)
		link = &(*link)->next_live;
	if (*link)
		*link = conditional->next_live;
	free(conditional);
}

__attribute__((visibility("default"))) void curtrace_sim_conditional(unsigned long long handle,
								     unsigned int value)
{
	sim_lock();
	for (struct sim_conditional *conditional = live; conditional;
	     conditional = conditional->next_live)
		if (conditional->handle == handle) {
			conditional->value = value;
			conditional->sets++;
		}
	sim_unlock();
}

CUresult cuGraphConditionalHandleCreate(CUgraphConditionalHandle *handle, CUgraph graph,
					CUcontext ctx, unsigned int initial, unsigned int flags)
{
	struct sim_conditional *conditional;

	SIM_ENTER(SIM_INIT);
	if (!handle || !sim_graph_ok(graph) || flags & ~(unsigned int)CU_GRAPH_COND_ASSIGN_DEFAULT)
		return CUDA_ERROR_INVALID_VALUE;
	/* The current context does not stand in for a missing one here. */
	if (!ctx || !sim_handle_ok(ctx, SIM_H_CONTEXT))
		return CUDA_ERROR_INVALID_CONTEXT;
	conditional = calloc(1, sizeof(*conditional));
	if (!conditional)
		return CUDA_ERROR_OUT_OF_MEMORY;
	conditional->refs = 1;
	conditional->handle = ++last_handle;
	conditional->initial = initial;
	conditional->assign = flags != 0;
	graph = root(graph);
	conditional->next = graph->conditionals;
	graph->conditionals = conditional;
	conditional->next_live = live;
	live = conditional;
	*handle = conditional->handle;
	return CUDA_SUCCESS;
}
