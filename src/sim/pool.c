/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stream-ordered allocation: pools, and the calls that take memory from one and give it back in the
 * order of a stream.
 *
 * An address is valid from the call that returns it, as it is for the driver's; when the memory may
 * be reused is what the stream's order decides. A free is an operation: its memory goes back when
 * the stream comes to it.
 */
#include "sim/memory.h"

#include <stdlib.h>

#include "sim/capture.h"
#include "sim/op.h"

/* Pools grow and shrink by this. */
#define GRANULE     ((uint64_t)32 << 20)
#define FIRST_REUSE CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES

struct CUmemPoolHandle_st {
	struct sim_device *device; /* NULL: host memory */
	CUmemPoolProps props;
	bool is_default;
	bool destroyed;  /* waits for its last allocation */
	uint64_t origin; /* what it is in the process that exported it; 0: it is of this one */
	int reuse[3];    /* the three attributes that allow reuse */
	uint64_t threshold;
	uint64_t used, used_high;
	uint64_t reserved, reserved_high;
	unsigned int access; /* bit i: device i may read and write */
};

static CUmemoryPool new_pool(struct sim_device *device, const CUmemPoolProps *props)
{
	CUmemoryPool pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	if (!sim_handle_add(pool, SIM_H_POOL)) {
		free(pool);
		return NULL;
	}
	pool->device = device;
	pool->props = *props;
	pool->reuse[0] = pool->reuse[1] = pool->reuse[2] = 1;
	if (device)
		pool->access = 1U << device->ordinal;
	return pool;
}

static CUmemoryPool plain_pool(struct sim_device *device)
{
	const CUmemPoolProps props = {
		.allocType = CU_MEM_ALLOCATION_TYPE_PINNED,
		.location = { .type = CU_MEM_LOCATION_TYPE_DEVICE, .id = device->ordinal },
	};

	return new_pool(device, &props);
}

CUmemoryPool sim_pool_default(struct sim_device *device)
{
	if (!device->default_pool) {
		device->default_pool = plain_pool(device);
		if (device->default_pool)
			device->default_pool->is_default = true;
		if (!device->current_pool)
			device->current_pool = device->default_pool;
	}
	return device->default_pool;
}

unsigned int sim_pool_handle_types(CUmemoryPool pool)
{
	return (unsigned int)pool->props.handleTypes;
}

/* Memory that no device was given access to: neither a copy nor a set may name it. */
bool sim_pool_is_host(CUmemoryPool pool)
{
	return !pool->device && !pool->access &&
	       pool->props.allocType == CU_MEM_ALLOCATION_TYPE_PINNED;
}

struct sim_device *sim_pool_device(CUmemoryPool pool)
{
	return pool->device;
}

CUmemoryPool sim_pool_import(struct sim_device *device, uint64_t origin)
{
	CUmemoryPool pool = plain_pool(device);

	if (pool)
		pool->origin = origin;
	return pool;
}

uint64_t sim_pool_origin(CUmemoryPool pool)
{
	return pool->origin;
}

static CUmemoryPool current_pool(struct sim_device *device)
{
	sim_pool_default(device);
	return device->current_pool;
}

static bool is_host(const CUmemLocation *location)
{
	return location->type == CU_MEM_LOCATION_TYPE_HOST ||
	       location->type == CU_MEM_LOCATION_TYPE_HOST_NUMA;
}

/* The default pools that lie on no device: the host's and that of managed memory. */
static CUmemoryPool pool_of_no_device(CUmemAllocationType type)
{
	static CUmemoryPool pools[2];
	CUmemoryPool *pool = &pools[type == CU_MEM_ALLOCATION_TYPE_MANAGED];
	const CUmemPoolProps props = {
		.allocType = type,
		.location = { .type = CU_MEM_LOCATION_TYPE_HOST },
	};

	if (!*pool) {
		*pool = new_pool(NULL, &props);
		if (*pool)
			(*pool)->is_default = true;
	}
	return *pool;
}

static uint64_t granules(uint64_t bytes)
{
	return (bytes + GRANULE - 1) / GRANULE * GRANULE;
}

static void took(CUmemoryPool pool, uint64_t size)
{
	pool->used += size;
	if (pool->used > pool->used_high)
		pool->used_high = pool->used;
	if (granules(pool->used) > pool->reserved)
		pool->reserved = granules(pool->used);
	if (pool->reserved > pool->reserved_high)
		pool->reserved_high = pool->reserved;
}

void sim_pool_add(CUmemoryPool pool, struct sim_alloc *alloc)
{
	alloc->pool = pool;
	took(pool, alloc->size);
}

/* Gives back what is not in use, down to what is to be kept. */
static void trim(CUmemoryPool pool, uint64_t keep)
{
	uint64_t least = pool->used > keep ? pool->used : keep;

	/* Before it is rounded: the most there can be would not bear that. */
	if (least < pool->reserved)
		pool->reserved = granules(least);
}

void sim_pool_returned(struct sim_alloc *alloc)
{
	CUmemoryPool pool = alloc->pool;

	pool->used -= alloc->size;
	if (pool->destroyed && !pool->used)
		free(pool);
}

static CUresult take(CUmemoryPool pool, CUcontext ctx, CUdeviceptr *dptr, size_t size,
		     CUstream stream)
{
	struct sim_device *device = pool->device ? pool->device : ctx->device;
	struct sim_alloc *alloc;
	struct sim_op *op;
	CUresult error;

	if (pool->props.maxSize && pool->used + size > pool->props.maxSize)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op = sim_op_new(SIM_OP_EMPTY);
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	error = sim_memory_new(&alloc, device, NULL, size, SIM_M_POOL);
	if (error != CUDA_SUCCESS) {
		sim_op_drop(op);
		return error;
	}
	alloc->pool = pool;
	alloc->sync_memops = 0;
	took(pool, size);
	*dptr = alloc->start;
	return sim_submit(stream, op);
}

/* In a capture the allocation is a node, whose address is fixed now and valid when it runs. */
static CUresult take_captured(CUmemoryPool pool, CUdeviceptr *dptr, size_t size, CUstream stream)
{
	struct sim_op *op = sim_op_new(SIM_OP_ALLOC);
	CUresult error;

	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->alloc.poolProps = pool->props;
	op->alloc.bytesize = size;
	error = sim_pool_node(&op->alloc);
	if (error != CUDA_SUCCESS) {
		sim_op_drop(op);
		return error;
	}
	*dptr = op->alloc.dptr;
	return sim_capture_add(stream, op);
}

/* Entered with a broken context too: whatever the failure, the address is NULL. */
static CUresult alloc_from(struct sim_call *call, bool per_thread, CUdeviceptr *dptr, size_t size,
			   CUmemoryPool pool, CUstream handle)
{
	CUstream stream;
	CUresult error;

	if (!dptr)
		return CUDA_ERROR_INVALID_VALUE;
	*dptr = 0;
	if (call->ctx->sticky != CUDA_SUCCESS)
		return call->ctx->sticky;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (stream->capture && stream->capture->invalid)
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	if (!sim_handle_ok(pool, SIM_H_POOL) || pool->origin)
		return CUDA_ERROR_INVALID_VALUE;
	if (!size)
		return CUDA_SUCCESS;
	if (stream->capture)
		return take_captured(pool, dptr, size, stream);
	/* The pool may have to grow, which is an allocation like any other. */
	if (sim_captures)
		error = sim_capture_unsafe();
	return error == CUDA_SUCCESS ? take(pool, call->ctx, dptr, size, stream) : error;
}

static CUresult alloc_async(struct sim_call *call, bool per_thread, CUdeviceptr *dptr, size_t size,
			    CUstream handle)
{
	struct sim_device *device = call->ctx->device;
	CUstream stream;

	if (sim_stream_find(call->ctx, handle, per_thread, &stream) == CUDA_SUCCESS)
		device = stream->ctx->device;
	return alloc_from(call, per_thread, dptr, size, current_pool(device), handle);
}

SIM_TWINS(ptsz, SIM_CURRENT, cuMemAllocAsync, alloc_async,
	  (CUdeviceptr * dptr, size_t size, CUstream stream), dptr, size, stream)
SIM_TWINS(ptsz, SIM_CURRENT, cuMemAllocFromPoolAsync, alloc_from,
	  (CUdeviceptr * dptr, size_t size, CUmemoryPool pool, CUstream stream), dptr, size, pool,
	  stream)

/* The free of an allocation: until it runs the address is in use, but it cannot be freed twice. */
struct free_op {
	struct sim_op op;
	struct sim_alloc *alloc;
};

static void run_free(struct sim_op *op, CUstream stream)
{
	struct sim_alloc *alloc = ((struct free_op *)op)->alloc;
	CUmemoryPool pool;

	(void)stream;
	sim_lock();
	pool = alloc->pool;
	if (pool) {
		sim_pool_returned(alloc);
		if (sim_handle_ok(pool, SIM_H_POOL))
			trim(pool, pool->threshold);
	}
	sim_memory_free(alloc);
	sim_unlock();
}

static CUresult submit_free(CUstream stream, CUdeviceptr dptr, struct sim_alloc *alloc)
{
	struct free_op *op = calloc(1, sizeof(*op));

	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*op = (struct free_op){
		.op = { .kind = SIM_OP_FREE, .refs = 1, .freed = dptr, .brief = true },
		.alloc = alloc,
	};
	if (!stream->capture && alloc->kind == SIM_M_GRAPH) {
		/* The address stays the graph's. */
		alloc->absent = true;
	} else if (!stream->capture) {
		op->op.run = run_free;
		/* The mark by which a second free is told from the first. */
		alloc->freed = true;
	}
	return sim_submit(stream, &op->op);
}

/* Memory of cuMemAlloc can be freed in stream order too. */
static CUresult free_async(struct sim_call *call, bool per_thread, CUdeviceptr dptr,
			   CUstream handle)
{
	struct sim_alloc *alloc;
	CUstream stream;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (stream->capture && stream->capture->invalid)
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	if (!dptr)
		return CUDA_SUCCESS;
	alloc = sim_memory_find(dptr);
	if (alloc && alloc->kind == SIM_M_MANAGED && !stream->capture)
		return CUDA_ERROR_NOT_SUPPORTED;
	/* A graph frees what a graph allocates. */
	if (stream->capture && (!alloc || alloc->kind != SIM_M_GRAPH))
		return CUDA_ERROR_INVALID_VALUE;
	if (!alloc || alloc->start != dptr || alloc->freed || (alloc->absent && !stream->capture) ||
	    (alloc->kind != SIM_M_POOL && alloc->kind != SIM_M_DEVICE &&
	     alloc->kind != SIM_M_GRAPH && !(alloc->kind == SIM_M_IMPORTED && alloc->pool)))
		return CUDA_ERROR_INVALID_VALUE;
	return submit_free(stream, dptr, alloc);
}

SIM_TWINS(ptsz, SIM_CTX, cuMemFreeAsync, free_async, (CUdeviceptr dptr, CUstream stream), dptr,
	  stream)

static bool props_ok(const CUmemPoolProps *props)
{
	const unsigned int handles = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR |
				     CU_MEM_HANDLE_TYPE_FABRIC;

	if ((props->allocType != CU_MEM_ALLOCATION_TYPE_PINNED &&
	     props->allocType != CU_MEM_ALLOCATION_TYPE_MANAGED) ||
	    ((unsigned int)props->handleTypes & ~handles))
		return false;
	for (size_t i = 0; i < sizeof(props->reserved); i++)
		if (props->reserved[i])
			return false;
	switch (props->location.type) {
	case CU_MEM_LOCATION_TYPE_DEVICE:
		return sim_device_ok(props->location.id);
	case CU_MEM_LOCATION_TYPE_HOST:
	case CU_MEM_LOCATION_TYPE_HOST_NUMA:
		return true;
	default:
		return false;
	}
}

CUresult cuMemPoolCreate(CUmemoryPool *pool, const CUmemPoolProps *props)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!pool || !props || !props_ok(props))
		return CUDA_ERROR_INVALID_VALUE;
	*pool = new_pool(props->location.type == CU_MEM_LOCATION_TYPE_DEVICE
				 ? &sim_devices[props->location.id]
				 : NULL,
			 props);
	return *pool ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

/* What was taken from it stays usable; a device that it served goes back to its default pool. */
CUresult cuMemPoolDestroy(CUmemoryPool pool)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!sim_handle_ok(pool, SIM_H_POOL) || pool->is_default)
		return CUDA_ERROR_INVALID_VALUE;
	for (int i = 0; i < sim_settings.devices; i++)
		if (sim_devices[i].current_pool == pool)
			sim_devices[i].current_pool = sim_devices[i].default_pool;
	sim_handle_remove(pool);
	pool->destroyed = true;
	if (!pool->used)
		free(pool);
	return CUDA_SUCCESS;
}

CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t keep)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!sim_handle_ok(pool, SIM_H_POOL))
		return CUDA_ERROR_INVALID_VALUE;
	trim(pool, keep);
	return CUDA_SUCCESS;
}

/* What another process has set for its pool is not told. */
CUresult cuMemPoolGetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute, void *value)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!sim_handle_ok(pool, SIM_H_POOL) || !value || attribute < FIRST_REUSE ||
	    attribute > CU_MEMPOOL_ATTR_USED_MEM_HIGH ||
	    (pool->origin && attribute <= CU_MEMPOOL_ATTR_RELEASE_THRESHOLD))
		return CUDA_ERROR_INVALID_VALUE;
	if (attribute < CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) {
		*(int *)value = pool->reuse[attribute - FIRST_REUSE];
	} else {
		/* In the order of the attributes. */
		const uint64_t amounts[] = { pool->threshold, pool->reserved, pool->reserved_high,
					     pool->used, pool->used_high };

		*(cuuint64_t *)value = amounts[attribute - CU_MEMPOOL_ATTR_RELEASE_THRESHOLD];
	}
	return CUDA_SUCCESS;
}

/* A high-water mark can only be set back, by zero. */
CUresult cuMemPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attribute, void *value)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!sim_handle_ok(pool, SIM_H_POOL) || !value)
		return CUDA_ERROR_INVALID_VALUE;
	switch (attribute) {
	case CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
	case CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
	case CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
		pool->reuse[attribute - FIRST_REUSE] = *(const int *)value != 0;
		return CUDA_SUCCESS;
	case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
		pool->threshold = *(const cuuint64_t *)value;
		return CUDA_SUCCESS;
	case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
	case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
		if (*(const cuuint64_t *)value)
			return CUDA_ERROR_INVALID_VALUE;
		if (attribute == CU_MEMPOOL_ATTR_USED_MEM_HIGH)
			pool->used_high = pool->used;
		else
			pool->reserved_high = pool->reserved;
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

static bool access_ok(CUmemoryPool pool, const CUmemAccessDesc *desc, CUresult *error)
{
	*error = CUDA_ERROR_NOT_SUPPORTED;
	if (desc->location.type != CU_MEM_LOCATION_TYPE_DEVICE ||
	    desc->flags == CU_MEM_ACCESS_FLAGS_PROT_READ)
		return false;
	*error = CUDA_ERROR_INVALID_VALUE;
	if (desc->flags != CU_MEM_ACCESS_FLAGS_PROT_NONE &&
	    desc->flags != CU_MEM_ACCESS_FLAGS_PROT_READWRITE)
		return false;
	/* A device cannot be shut out from its own pool. */
	*error = CUDA_ERROR_INVALID_DEVICE;
	return sim_device_ok(desc->location.id) &&
	       !(pool->device && pool->device->ordinal == desc->location.id &&
		 desc->flags == CU_MEM_ACCESS_FLAGS_PROT_NONE);
}

CUresult cuMemPoolSetAccess(CUmemoryPool pool, const CUmemAccessDesc *list, size_t count)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(pool, SIM_H_POOL) || !list || !count)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++)
		if (!access_ok(pool, &list[i], &error))
			return error;
	for (size_t i = 0; i < count; i++) {
		unsigned int bit = 1U << list[i].location.id;

		if (list[i].flags == CU_MEM_ACCESS_FLAGS_PROT_NONE)
			pool->access &= ~bit;
		else
			pool->access |= bit;
	}
	return CUDA_SUCCESS;
}

CUresult cuMemPoolGetAccess(CUmemAccess_flags *flags, CUmemoryPool pool, CUmemLocation *location)
{
	bool allowed;

	SIM_ENTER(SIM_CTX);
	if (!flags || !location || !sim_handle_ok(pool, SIM_H_POOL))
		return CUDA_ERROR_INVALID_VALUE;
	if (is_host(location)) {
		*flags = pool->device ? CU_MEM_ACCESS_FLAGS_PROT_NONE
				      : CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
		return CUDA_SUCCESS;
	}
	if (location->type != CU_MEM_LOCATION_TYPE_DEVICE || !sim_device_ok(location->id))
		return CUDA_ERROR_INVALID_VALUE;
	allowed = pool->access & (1U << location->id);
	*flags = allowed ? CU_MEM_ACCESS_FLAGS_PROT_READWRITE : CU_MEM_ACCESS_FLAGS_PROT_NONE;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetDefaultMemPool(CUmemoryPool *pool, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!pool)
		return CUDA_ERROR_INVALID_VALUE;
	*pool = sim_pool_default(&sim_devices[dev]);
	return *pool ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

static CUresult get_pool(CUmemoryPool *pool, CUdevice dev)
{
	if (!pool || !sim_device_ok(dev))
		return CUDA_ERROR_INVALID_VALUE;
	*pool = current_pool(&sim_devices[dev]);
	return *pool ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuDeviceGetMemPool(CUmemoryPool *pool, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return get_pool(pool, dev);
}

static CUresult set_pool(CUdevice dev, CUmemoryPool pool)
{
	if (!sim_device_ok(dev) || !sim_handle_ok(pool, SIM_H_POOL) ||
	    pool->device != &sim_devices[dev] || pool->origin)
		return CUDA_ERROR_INVALID_VALUE;
	sim_pool_default(&sim_devices[dev]);
	sim_devices[dev].current_pool = pool;
	return CUDA_SUCCESS;
}

CUresult cuDeviceSetMemPool(CUdevice dev, CUmemoryPool pool)
{
	SIM_ENTER(SIM_INIT);
	return set_pool(dev, pool);
}

/* The same by location, which may be the host. Managed memory has one pool for all of them. */
static CUresult pool_at(CUmemoryPool *pool, const CUmemLocation *location, CUmemAllocationType type,
			bool current)
{
	if (!pool || !location)
		return CUDA_ERROR_INVALID_VALUE;
	if (type == CU_MEM_ALLOCATION_TYPE_MANAGED) {
		*pool = pool_of_no_device(type);
		return *pool ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
	}
	if (type != CU_MEM_ALLOCATION_TYPE_PINNED || location->type == CU_MEM_LOCATION_TYPE_INVALID)
		return CUDA_ERROR_INVALID_VALUE;
	if (location->type == CU_MEM_LOCATION_TYPE_DEVICE) {
		if (current || !sim_device_ok(location->id))
			return get_pool(pool, location->id);
		*pool = sim_pool_default(&sim_devices[location->id]);
	} else if (is_host(location)) {
		*pool = pool_of_no_device(type);
	} else {
		return CUDA_ERROR_NOT_SUPPORTED;
	}
	return *pool ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemGetDefaultMemPool(CUmemoryPool *pool, CUmemLocation *location,
				CUmemAllocationType type)
{
	SIM_ENTER(SIM_INIT);
	return pool_at(pool, location, type, false);
}

CUresult cuMemGetMemPool(CUmemoryPool *pool, CUmemLocation *location, CUmemAllocationType type)
{
	SIM_ENTER(SIM_INIT);
	return pool_at(pool, location, type, true);
}

CUresult cuMemSetMemPool(CUmemLocation *location, CUmemAllocationType type, CUmemoryPool pool)
{
	SIM_ENTER(SIM_INIT);
	if (!location || type != CU_MEM_ALLOCATION_TYPE_PINNED ||
	    location->type != CU_MEM_LOCATION_TYPE_DEVICE)
		return CUDA_ERROR_INVALID_VALUE;
	return set_pool(location->id, pool);
}
