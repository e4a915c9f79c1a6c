/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that the simulated driver knows: what it allocated and what was registered. All of it is
 * ordinary memory of the process, found by address. The functions want the lock held.
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include "sim/sim.h"

enum sim_memory_kind {
	SIM_M_DEVICE, /* cuMemAlloc */
	SIM_M_POOL,   /* from a pool */
	SIM_M_GRAPH,  /* an allocation node's */
	SIM_M_GLOBAL, /* a variable of a module */
	SIM_M_ARRAY,  /* behind an array: no address that a copy may name */
	SIM_M_MANAGED,
	SIM_M_EXTERNAL,   /* a buffer of imported external memory */
	SIM_M_HOST,       /* cuMemHostAlloc */
	SIM_M_REGISTERED, /* cuMemHostRegister */
	SIM_M_IMPORTED,   /* opened from an IPC handle: another allocation's address range */
};

struct sim_alloc {
	uintptr_t start;
	size_t size;
	enum sim_memory_kind kind;
	struct sim_device *device;
	CUcontext ctx; /* NULL where no context owns it (pools, graphs) */
	unsigned int flags;
	unsigned int sync_memops;
	unsigned long long id;
	CUmemoryPool pool;
	/* of managed memory */
	unsigned int attach;
	unsigned int read_mostly;
	CUmemLocation preferred;
	CUmemLocation prefetched;
	unsigned int accessed_by; /* bit i: device i; the highest: the host */
	unsigned int shared;      /* counts what was opened from its IPC handle */
	bool freed;               /* a free in stream order is on its way */
	bool absent;              /* a graph\'s, while no launch has allocated it */
	bool variable;            /* a managed variable: not to be freed by the program */
};

/*
 * Makes memory of a kind, not registered host memory. Answers OUT_OF_MEMORY beyond what the device
 * has. size > 0.
 */
CUresult sim_memory_new(struct sim_alloc **out, struct sim_device *device, CUcontext ctx,
			size_t size, enum sim_memory_kind kind);
/* Enters memory that exists already (registered). NULL: out of memory, or it overlaps. */
struct sim_alloc *sim_memory_enter(void *start, size_t size, enum sim_memory_kind kind,
				   CUcontext ctx);
void sim_memory_free(struct sim_alloc *alloc);

/* The allocation that holds the address; NULL if none does. */
struct sim_alloc *sim_memory_find(uintptr_t address);
/* The first one, from start on, that overlaps the range. */
struct sim_alloc *sim_memory_overlap(uintptr_t start, size_t size);

/* May a copy or set use the range, as device memory, as host memory, or as either? */
enum sim_side {
	SIM_AS_DEVICE,
	SIM_AS_HOST,
	SIM_AS_ANY
};
bool sim_memory_ok(uintptr_t address, size_t size, enum sim_side side);
/* Host memory that the driver does not know: a copy from it is staged. */
bool sim_memory_pageable(uintptr_t address);

bool sim_pool_is_host(CUmemoryPool pool); /* pool.c */
static inline bool sim_memory_on_host(const struct sim_alloc *alloc)
{
	return alloc->kind == SIM_M_HOST || alloc->kind == SIM_M_REGISTERED ||
	       (alloc->kind == SIM_M_POOL && alloc->pool && sim_pool_is_host(alloc->pool));
}

/* Frees what a context owns. */
void sim_memory_context_end(CUcontext ctx);
/* Tells on stderr what was not freed. */
void sim_memory_report(void);
size_t sim_memory_free_bytes(const struct sim_device *device);

/* Memory of a device by address range only: heap.c, below the functions above. */
CUresult sim_heap_take(struct sim_device *device, size_t size, uintptr_t *address);
void sim_heap_give(struct sim_device *device, uintptr_t address, size_t size);
/*
 * Puts the granules of a block into a file that other processes can map, once; where the block
 * lies in it. False: no file could be had.
 */
bool sim_heap_share(struct sim_device *device, uintptr_t address, size_t size, int *file,
		    size_t *offset);

/* Memory of other processes, ipc.c. */
struct sim_shared_memory {
	uint64_t mark;
	int32_t process;
	int32_t file; /* its number there */
	uint64_t id;
	uint64_t offset;
	uint64_t size;
	uint64_t pool; /* there; 0 if it came from none */
};
bool sim_memory_share(struct sim_shared_memory *shared, const struct sim_alloc *alloc);
/* The memory in this process; as often as it is opened, it has to be closed. */
CUresult sim_memory_open(struct sim_alloc **out, const struct sim_shared_memory *shared,
			 CUcontext ctx);
void sim_memory_unmap(uintptr_t address); /* sim_memory_free's part for such memory */

/* Pools, pool.c. */
CUmemoryPool sim_pool_default(struct sim_device *device);
unsigned int sim_pool_handle_types(CUmemoryPool pool);
struct sim_device *sim_pool_device(CUmemoryPool pool);
/* A pool of another process: nothing can be allocated from it. */
CUmemoryPool sim_pool_import(struct sim_device *device, uint64_t origin);
uint64_t sim_pool_origin(CUmemoryPool pool); /* 0: it is of this process */
void sim_pool_add(CUmemoryPool pool, struct sim_alloc *alloc);
/* The size that a pool counts for an allocation that goes back to it. */
void sim_pool_returned(struct sim_alloc *alloc);
/* Memory for an allocation node of a graph, with its properties checked. */
CUresult sim_pool_node(CUDA_MEM_ALLOC_NODE_PARAMS *params);

#endif /* SIM_MEMORY_H */
