/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that graphs allocate. Its address is fixed when the node is made and its bytes are there
 * as long as the node is; whether it counts as allocated changes with each launch, at the call.
 */
#include "sim/graph.h"

#include <stdlib.h>

#include "sim/memory.h"

/* NVIDIA's driver takes memory for graphs in pieces of 32 MiB, and counts those. */
#define UNIT ((size_t)32 << 20)

CUresult sim_pool_node(CUDA_MEM_ALLOC_NODE_PARAMS *params)
{
	const CUmemPoolProps *props = &params->poolProps;
	struct sim_alloc *alloc;
	CUresult error;

	if (!params->bytesize || props->allocType != CU_MEM_ALLOCATION_TYPE_PINNED ||
	    props->location.type != CU_MEM_LOCATION_TYPE_DEVICE ||
	    !sim_device_ok(props->location.id))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_memory_new(&alloc, &sim_devices[props->location.id], NULL, params->bytesize,
			       SIM_M_GRAPH);
	if (error == CUDA_SUCCESS)
		params->dptr = alloc->start;
	return error;
}

struct graph_memory {
	struct graph_memory *next;
	CUdeviceptr dptr;
	bool lingers;
};

static struct graph_memory *all;
static struct {
	cuuint64_t used_high;
	cuuint64_t reserved;
	cuuint64_t reserved_high;
} counts[SIM_MAX_DEVICES];

/* Until the graph runs the memory is not there, though nodes may already name it. */
void sim_graph_memory_made(CUdeviceptr dptr)
{
	struct sim_alloc *alloc = sim_memory_find(dptr);
	struct graph_memory *memory = malloc(sizeof(*memory));

	if (alloc)
		alloc->absent = true;
	/* Without memory for it, it is left out of the count. */
	if (!memory)
		return;
	memory->dptr = dptr;
	memory->lingers = false;
	memory->next = all;
	all = memory;
}

void sim_graph_memory_gone(CUdeviceptr dptr)
{
	for (struct graph_memory **link = &all; *link; link = &(*link)->next)
		if ((*link)->dptr == dptr) {
			struct graph_memory *memory = *link;

			*link = memory->next;
			free(memory);
			return;
		}
}

/* Until it is trimmed, an H200 counts as used what the application freed in cuMemFree. */
void sim_graph_memory_freed(CUdeviceptr dptr)
{
	for (struct graph_memory *memory = all; memory; memory = memory->next)
		if (memory->dptr == dptr)
			memory->lingers = true;
}

/* What a graph allocated and nobody freed yet. */
static cuuint64_t used(CUdevice dev)
{
	cuuint64_t sum = 0;

	for (const struct graph_memory *memory = all; memory; memory = memory->next) {
		const struct sim_alloc *alloc = sim_memory_find(memory->dptr);

		if (alloc && (!alloc->absent || memory->lingers) && alloc->device->ordinal == dev)
			sum += (alloc->size + UNIT - 1) / UNIT * UNIT;
	}
	return sum;
}

/* At a launch: only there memory is taken. */
static void count(CUdevice dev)
{
	cuuint64_t now = used(dev);

	if (now > counts[dev].used_high)
		counts[dev].used_high = now;
	if (now > counts[dev].reserved)
		counts[dev].reserved = now;
	if (now > counts[dev].reserved_high)
		counts[dev].reserved_high = now;
}

/* NULL for nodes that are about no memory. */
static struct sim_alloc *memory_of(CUgraphNode node)
{
	if (node->work.type == CU_GRAPH_NODE_TYPE_MEM_ALLOC)
		return sim_memory_find(node->work.op->alloc.dptr);
	if (node->work.type == CU_GRAPH_NODE_TYPE_MEM_FREE)
		return sim_memory_find(node->work.op->freed);
	return NULL;
}

/* What an earlier launch allocated and nobody freed stands in the way of the next. */
CUresult sim_graph_memory_launch(CUgraph graph, bool auto_free)
{
	for (CUgraphNode node = graph->first; node && !auto_free; node = node->next) {
		const struct sim_alloc *alloc = memory_of(node);

		if (alloc && node->work.type == CU_GRAPH_NODE_TYPE_MEM_ALLOC && !alloc->absent)
			return CUDA_ERROR_INVALID_VALUE;
	}
	for (CUgraphNode node = graph->first; node; node = node->next) {
		struct sim_alloc *alloc = memory_of(node);

		if (alloc && alloc->kind == SIM_M_GRAPH)
			alloc->absent = false;
	}
	for (CUdevice dev = 0; graph->memory_nodes && dev < sim_settings.devices; dev++)
		count(dev);
	for (CUgraphNode node = graph->first; node; node = node->next) {
		struct sim_alloc *alloc = memory_of(node);

		if (alloc && alloc->kind == SIM_M_GRAPH &&
		    node->work.type == CU_GRAPH_NODE_TYPE_MEM_FREE)
			alloc->absent = true;
	}
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetGraphMemAttribute(CUdevice dev, CUgraphMem_attribute attribute, void *value)
{
	cuuint64_t *out = value;

	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!value)
		return CUDA_ERROR_INVALID_VALUE;
	switch (attribute) {
	case CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT:
		*out = used(dev);
		return CUDA_SUCCESS;
	case CU_GRAPH_MEM_ATTR_USED_MEM_HIGH:
		*out = counts[dev].used_high;
		return CUDA_SUCCESS;
	case CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT:
		*out = counts[dev].reserved;
		return CUDA_SUCCESS;
	case CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH:
		*out = counts[dev].reserved_high;
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

/* Only the highest values can be set, and only to zero: they begin anew with what is now. */
CUresult cuDeviceSetGraphMemAttribute(CUdevice dev, CUgraphMem_attribute attribute, void *value)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!value || *(cuuint64_t *)value)
		return CUDA_ERROR_INVALID_VALUE;
	if (attribute == CU_GRAPH_MEM_ATTR_USED_MEM_HIGH)
		counts[dev].used_high = used(dev);
	else if (attribute == CU_GRAPH_MEM_ATTR_RESERVED_MEM_HIGH)
		counts[dev].reserved_high = counts[dev].reserved;
	else
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGraphMemTrim(CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	for (struct graph_memory *memory = all; memory; memory = memory->next)
		memory->lingers = false;
	counts[dev].reserved = used(dev);
	return CUDA_SUCCESS;
}
