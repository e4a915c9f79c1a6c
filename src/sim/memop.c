/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on single values in memory: streams that write one, or wait until one is there.
 */
#include "sim/op.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sim/memory.h"

/* How often a waiting stream looks: nothing tells it of a write by the application or a kernel. */
#define POLL_MICROSECONDS 50

struct batch {
	struct sim_op op;
	unsigned int count;
	CUstreamBatchMemOpParams items[];
};

static uint64_t load(CUdeviceptr address, bool wide)
{
	/* Acquire: pairs with whatever wrote the value, the application or another stream. */
	if (wide)
		return atomic_load_explicit((_Atomic uint64_t *)(uintptr_t)address,
					    memory_order_acquire);
	return atomic_load_explicit((_Atomic uint32_t *)(uintptr_t)address, memory_order_acquire);
}

static bool holds(uint64_t now, uint64_t value, unsigned int flags, bool wide)
{
	switch (flags & ~(unsigned int)CU_STREAM_WAIT_VALUE_FLUSH) {
	case CU_STREAM_WAIT_VALUE_GEQ:
		/* The difference as a signed number, so that a counter may wrap. */
		return wide ? (int64_t)(now - value) >= 0 : (int32_t)(now - value) >= 0;
	case CU_STREAM_WAIT_VALUE_EQ:
		return now == value;
	case CU_STREAM_WAIT_VALUE_AND:
		return (now & value) != 0;
	default:
		return wide ? ~(now | value) != 0 : (uint32_t) ~(now | value) != 0;
	}
}

/* Ends also when the context does, so that a value that never comes does not keep it. */
static void wait_value(const CUstreamBatchMemOpParams *item, bool wide, CUstream stream)
{
	uint64_t value = wide ? item->waitValue.value64 : item->waitValue.value;

	sim_lock();
	while (!holds(load(item->waitValue.address, wide), value, item->waitValue.flags, wide) &&
	       stream->ctx->alive && stream->ctx->sticky == CUDA_SUCCESS)
		sim_wait_briefly(POLL_MICROSECONDS);
	sim_unlock();
}

static void write_value(const CUstreamBatchMemOpParams *item, bool wide)
{
	uintptr_t address = item->writeValue.address;

	/* Release: everything before it in the stream is seen by who reads the value. */
	if (wide)
		atomic_store_explicit((_Atomic uint64_t *)address, item->writeValue.value64,
				      memory_order_release);
	else
		atomic_store_explicit((_Atomic uint32_t *)address, item->writeValue.value,
				      memory_order_release);
}

static void run(struct sim_op *op, CUstream stream)
{
	const struct batch *batch = (const struct batch *)op;

	for (unsigned int i = 0; i < batch->count; i++) {
		const CUstreamBatchMemOpParams *item = &batch->items[i];

		switch (item->operation) {
		case CU_STREAM_MEM_OP_WAIT_VALUE_32:
		case CU_STREAM_MEM_OP_WAIT_VALUE_64:
			wait_value(item, item->operation == CU_STREAM_MEM_OP_WAIT_VALUE_64, stream);
			break;
		case CU_STREAM_MEM_OP_WRITE_VALUE_32:
		case CU_STREAM_MEM_OP_WRITE_VALUE_64:
			write_value(item, item->operation == CU_STREAM_MEM_OP_WRITE_VALUE_64);
			break;
		default:
			atomic_thread_fence(memory_order_seq_cst);
		}
	}
}

static bool address_ok(CUdeviceptr address, bool wide)
{
	size_t size = wide ? 8 : 4;

	return address % size == 0 && sim_memory_ok(address, size, SIM_AS_DEVICE);
}

static bool item_ok(const CUstreamBatchMemOpParams *item)
{
	const unsigned int wait_flags = CU_STREAM_WAIT_VALUE_NOR | CU_STREAM_WAIT_VALUE_FLUSH;

	switch (item->operation) {
	case CU_STREAM_MEM_OP_WAIT_VALUE_32:
	case CU_STREAM_MEM_OP_WAIT_VALUE_64:
		/* This device cannot flush remote writes. */
		return !(item->waitValue.flags & ~wait_flags) &&
		       !(item->waitValue.flags & CU_STREAM_WAIT_VALUE_FLUSH) &&
		       address_ok(item->waitValue.address,
				  item->operation == CU_STREAM_MEM_OP_WAIT_VALUE_64);
	case CU_STREAM_MEM_OP_WRITE_VALUE_32:
	case CU_STREAM_MEM_OP_WRITE_VALUE_64:
		return item->writeValue.flags <= CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER &&
		       address_ok(item->writeValue.address,
				  item->operation == CU_STREAM_MEM_OP_WRITE_VALUE_64);
	case CU_STREAM_MEM_OP_BARRIER:
		return item->memoryBarrier.flags <= CU_STREAM_MEMORY_BARRIER_TYPE_GPU;
	default:
		return false;
	}
}

static bool only_writes(const CUstreamBatchMemOpParams *items, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (items[i].operation == CU_STREAM_MEM_OP_WAIT_VALUE_32 ||
		    items[i].operation == CU_STREAM_MEM_OP_WAIT_VALUE_64)
			return false;
	return true;
}

CUresult sim_mem_ops_check(unsigned int count, const CUstreamBatchMemOpParams *items,
			   unsigned int flags)
{
	if (flags || (count && !items) || count > 256)
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < count; i++)
		if (!item_ok(&items[i]))
			return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

struct sim_op *sim_mem_ops_op(unsigned int count, const CUstreamBatchMemOpParams *items)
{
	struct batch *batch = calloc(1, sizeof(*batch) + count * sizeof(*items));

	if (!batch)
		return NULL;
	batch->op = (struct sim_op){
		.kind = SIM_OP_MEM_OP, .refs = 1, .run = run, .brief = only_writes(items, count)
	};
	batch->count = count;
	memcpy(batch->items, items, count * sizeof(*items));
	return &batch->op;
}

unsigned int sim_mem_ops_of(const struct sim_op *op, const CUstreamBatchMemOpParams **items)
{
	const struct batch *batch = (const struct batch *)op;

	*items = batch->items;
	return batch->count;
}

static CUresult submit(struct sim_call *call, bool per_thread, CUstream handle, unsigned int count,
		       const CUstreamBatchMemOpParams *items, unsigned int flags)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error == CUDA_SUCCESS)
		error = sim_mem_ops_check(count, items, flags);
	if (error != CUDA_SUCCESS || !count)
		return error;
	op = sim_mem_ops_op(count, items);
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

static CUresult batch(struct sim_call *call, bool per_thread, CUstream stream, unsigned int count,
		      CUstreamBatchMemOpParams *items, unsigned int flags)
{
	return submit(call, per_thread, stream, count, items, flags);
}

static CUresult wait32(struct sim_call *call, bool per_thread, CUstream stream, CUdeviceptr address,
		       cuuint32_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams item = { .waitValue = { .operation =
								 CU_STREAM_MEM_OP_WAIT_VALUE_32,
							 .address = address,
							 .value = value,
							 .flags = flags } };

	return submit(call, per_thread, stream, 1, &item, 0);
}

static CUresult wait64(struct sim_call *call, bool per_thread, CUstream stream, CUdeviceptr address,
		       cuuint64_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams item = { .waitValue = { .operation =
								 CU_STREAM_MEM_OP_WAIT_VALUE_64,
							 .address = address,
							 .value64 = value,
							 .flags = flags } };

	return submit(call, per_thread, stream, 1, &item, 0);
}

static CUresult write32(struct sim_call *call, bool per_thread, CUstream stream,
			CUdeviceptr address, cuuint32_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams item = { .writeValue = { .operation =
								  CU_STREAM_MEM_OP_WRITE_VALUE_32,
							  .address = address,
							  .value = value,
							  .flags = flags } };

	return submit(call, per_thread, stream, 1, &item, 0);
}

static CUresult write64(struct sim_call *call, bool per_thread, CUstream stream,
			CUdeviceptr address, cuuint64_t value, unsigned int flags)
{
	CUstreamBatchMemOpParams item = { .writeValue = { .operation =
								  CU_STREAM_MEM_OP_WRITE_VALUE_64,
							  .address = address,
							  .value64 = value,
							  .flags = flags } };

	return submit(call, per_thread, stream, 1, &item, 0);
}

#define VALUE_TWINS(name, impl, type)                                                             \
	SIM_TWINS(ptsz, SIM_CTX, name, impl,                                                      \
		  (CUstream stream, CUdeviceptr address, type value, unsigned int flags), stream, \
		  address, value, flags)

VALUE_TWINS(cuStreamWaitValue32, wait32, cuuint32_t)
VALUE_TWINS(cuStreamWaitValue32_v2, wait32, cuuint32_t)
VALUE_TWINS(cuStreamWaitValue64, wait64, cuuint64_t)
VALUE_TWINS(cuStreamWaitValue64_v2, wait64, cuuint64_t)
VALUE_TWINS(cuStreamWriteValue32, write32, cuuint32_t)
VALUE_TWINS(cuStreamWriteValue32_v2, write32, cuuint32_t)
VALUE_TWINS(cuStreamWriteValue64, write64, cuuint64_t)
VALUE_TWINS(cuStreamWriteValue64_v2, write64, cuuint64_t)

SIM_TWINS(ptsz, SIM_CTX, cuStreamBatchMemOp, batch,
	  (CUstream stream, unsigned int count, CUstreamBatchMemOpParams *items,
	   unsigned int flags),
	  stream, count, items, flags)
SIM_TWINS(ptsz, SIM_CTX, cuStreamBatchMemOp_v2, batch,
	  (CUstream stream, unsigned int count, CUstreamBatchMemOpParams *items,
	   unsigned int flags),
	  stream, count, items, flags)
