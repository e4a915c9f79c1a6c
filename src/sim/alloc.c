/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All memory that the simulated driver knows, by address. Allocations do not overlap, so a balanced
 * tree finds the one that holds an address: an address "equals" the allocation that contains it.
 */
#define _GNU_SOURCE /* twalk_r */

#include "sim/memory.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static void *tree;
static unsigned long long last_id;

/* The kinds that were not made but entered have their addresses in another's hand. */
static bool is_ours(const struct sim_alloc *alloc)
{
	return alloc->kind != SIM_M_REGISTERED && alloc->kind != SIM_M_IMPORTED;
}

static bool lies_on_host(enum sim_memory_kind kind)
{
	return kind == SIM_M_HOST || kind == SIM_M_MANAGED || kind == SIM_M_EXTERNAL;
}

static int compare(const void *a, const void *b)
{
	const struct sim_alloc *left = a, *right = b;

	if (left->start + left->size <= right->start)
		return -1;
	return left->start >= right->start + right->size;
}

struct sim_alloc *sim_memory_overlap(uintptr_t start, size_t size)
{
	struct sim_alloc key = { .start = start, .size = size };
	struct sim_alloc **found;

	if (!size || start + size < start)
		return NULL;
	found = tfind(&key, &tree, compare);
	return found ? *found : NULL;
}

struct sim_alloc *sim_memory_find(uintptr_t address)
{
	return sim_memory_overlap(address, 1);
}

static struct sim_alloc *enter(uintptr_t start, size_t size, enum sim_memory_kind kind,
			       struct sim_device *device, CUcontext ctx)
{
	struct sim_alloc *alloc;

	if (sim_memory_overlap(start, size))
		return NULL;
	alloc = calloc(1, sizeof(*alloc));
	if (!alloc)
		return NULL;
	*alloc = (struct sim_alloc){
		.start = start,
		.size = size,
		.kind = kind,
		.device = device,
		.ctx = ctx,
		.id = ++last_id,
		.sync_memops = kind == SIM_M_DEVICE || kind == SIM_M_MANAGED || kind == SIM_M_POOL,
		.preferred = { .id = CU_DEVICE_INVALID },
		.prefetched = { .id = CU_DEVICE_INVALID },
	};
	if (!tsearch(alloc, &tree, compare)) {
		free(alloc);
		return NULL;
	}
	return alloc;
}

struct sim_alloc *sim_memory_enter(void *start, size_t size, enum sim_memory_kind kind,
				   CUcontext ctx)
{
	return enter((uintptr_t)start, size, kind, ctx->device, ctx);
}

static CUresult take_host(size_t size, uintptr_t *address)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*address = (uintptr_t)memory;
	return CUDA_SUCCESS;
}

static void give(struct sim_device *device, enum sim_memory_kind kind, uintptr_t address,
		 size_t size)
{
	if (lies_on_host(kind))
		munmap((void *)address, size);
	else
		sim_heap_give(device, address, size);
}

CUresult sim_memory_new(struct sim_alloc **out, struct sim_device *device, CUcontext ctx,
			size_t size, enum sim_memory_kind kind)
{
	uintptr_t address;
	CUresult error;

	if (size > SIM_DEVICE_MEMORY)
		return CUDA_ERROR_OUT_OF_MEMORY;
	error = lies_on_host(kind) ? take_host(size, &address)
				   : sim_heap_take(device, size, &address);
	if (error != CUDA_SUCCESS)
		return error;
	*out = enter(address, size, kind, device, ctx);
	if (!*out) {
		give(device, kind, address, size);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	return CUDA_SUCCESS;
}

void sim_memory_free(struct sim_alloc *alloc)
{
	tdelete(alloc, &tree, compare);
	if (alloc->kind == SIM_M_IMPORTED)
		sim_memory_unmap(alloc->start);
	if (is_ours(alloc))
		give(alloc->device, alloc->kind, alloc->start, alloc->size);
	free(alloc);
}

bool sim_memory_ok(uintptr_t address, size_t size, enum sim_side side)
{
	const struct sim_alloc *alloc;

	if (!address || address + size < address)
		return false;
	alloc = sim_memory_overlap(address, size ? size : 1);
	if (!alloc)
		return side != SIM_AS_DEVICE;
	if (alloc->kind == SIM_M_POOL && alloc->pool && sim_pool_is_host(alloc->pool))
		return false;
	return alloc->kind != SIM_M_ARRAY && address >= alloc->start &&
	       size <= alloc->size - (address - alloc->start);
}

bool sim_memory_pageable(uintptr_t address)
{
	return !sim_memory_find(address);
}

/* tdelete moves nodes about, so a walk only collects and the freeing comes after it. */
struct collection {
	CUcontext ctx;
	struct sim_alloc **list;
	size_t count;
	size_t room;
};

static void collect(const void *node, VISIT visit, void *closure)
{
	struct sim_alloc *alloc = *(struct sim_alloc *const *)node;
	struct collection *all = closure;

	if ((visit != postorder && visit != leaf) || alloc->ctx != all->ctx)
		return;
	if (all->count == all->room) {
		size_t room = all->room ? 2 * all->room : 64;
		struct sim_alloc **list = realloc(all->list, room * sizeof(*list));

		if (!list)
			return;
		all->list = list;
		all->room = room;
	}
	all->list[all->count++] = alloc;
}

void sim_memory_context_end(CUcontext ctx)
{
	struct collection all = { .ctx = ctx };

	twalk_r(tree, collect, &all);
	for (size_t i = 0; i < all.count; i++)
		sim_memory_free(all.list[i]);
	free(all.list);
}

static const char *const kind_names[] = {
	[SIM_M_DEVICE] = "device",     [SIM_M_POOL] = "pool",
	[SIM_M_GRAPH] = "graph",       [SIM_M_GLOBAL] = "variable",
	[SIM_M_ARRAY] = "array",       [SIM_M_MANAGED] = "managed",
	[SIM_M_HOST] = "host",         [SIM_M_REGISTERED] = "registered",
	[SIM_M_IMPORTED] = "imported", [SIM_M_EXTERNAL] = "external",
};

static void report(const void *node, VISIT visit, void *closure)
{
	const struct sim_alloc *alloc = *(struct sim_alloc *const *)node;
	size_t *count = closure;

	/* Variables go with their module, which need not be unloaded. */
	if ((visit != postorder && visit != leaf) || alloc->kind == SIM_M_GLOBAL)
		return;
	fprintf(stderr, "curtrace sim: %s memory not freed: 0x%lx, %zu bytes\n",
		kind_names[alloc->kind], (unsigned long)alloc->start, alloc->size);
	++*count;
}

void sim_memory_report(void)
{
	size_t count = 0;

	twalk_r(tree, report, &count);
	if (count)
		fprintf(stderr, "curtrace sim: %zu allocations not freed\n", count);
}
