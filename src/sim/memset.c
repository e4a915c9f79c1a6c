/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets: rows of elements of 1, 2 or 4 bytes.
 */
#include "sim/op.h"

#include <string.h>

#include "sim/memory.h"

#define BRIEF_LIMIT ((size_t)64 << 10)

/* Where the set ends, counted from its start. False: farther than can be counted. */
static bool extent(const CUDA_MEMSET_NODE_PARAMS *set, size_t *end)
{
	size_t row, rows;
	bool counted = !__builtin_mul_overflow(set->width, (size_t)set->elementSize, &row);

	if (set->height <= 1) {
		*end = row;
		return counted;
	}
	counted &= !__builtin_mul_overflow(set->height - 1, set->pitch, &rows);
	counted &= !__builtin_add_overflow(rows, row, end);
	return counted;
}

/* All but whether there is memory, which nobody asks during a capture. */
static CUresult check_shape(const CUDA_MEMSET_NODE_PARAMS *set)
{
	size_t size = set->elementSize, row = set->width * size;

	if (size != 1 && size != 2 && size != 4)
		return CUDA_ERROR_INVALID_VALUE;
	if (!set->width || !set->height)
		return CUDA_SUCCESS;
	if (row / size != set->width || set->dst % size)
		return CUDA_ERROR_INVALID_VALUE;
	if (set->height > 1 && (set->pitch < row || set->pitch % size))
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

static bool is_empty(const CUDA_MEMSET_NODE_PARAMS *set)
{
	return !set->width || !set->height;
}

/* An end that wraps around to before the start is accepted, and a fault later: so on an H200. */
CUresult sim_set_check(const CUDA_MEMSET_NODE_PARAMS *set)
{
	CUresult error = check_shape(set);
	size_t end;

	if (error != CUDA_SUCCESS || is_empty(set))
		return error;
	extent(set, &end);
	if (set->dst + end < set->dst || sim_memory_ok(set->dst, end, SIM_AS_DEVICE))
		return CUDA_SUCCESS;
	return CUDA_ERROR_INVALID_VALUE;
}

/* Memory that was not looked at before, or is gone by now, is a fault of the device. */
static bool has_memory(const CUDA_MEMSET_NODE_PARAMS *set, CUstream stream)
{
	size_t end;
	bool ok;

	sim_lock();
	ok = is_empty(set) || (extent(set, &end) && sim_memory_ok(set->dst, end, SIM_AS_DEVICE));
	if (!ok)
		sim_context_fault(stream->ctx, CUDA_ERROR_ILLEGAL_ADDRESS);
	sim_unlock();
	return ok;
}

static void set_row(uintptr_t row, const CUDA_MEMSET_NODE_PARAMS *set)
{
	size_t size = set->width * set->elementSize;
	uint32_t word = set->value;

	/*
	 * Four bytes at a time. Of a value that does not fit its element, which only a node can
	 * have, an H200 writes what comes of it when the rest is not cut off.
	 */
	if (set->elementSize == 1)
		word |= word << 8;
	if (set->elementSize <= 2)
		word |= word << 16;
	for (size_t i = 0; i < size; i += sizeof(word))
		memcpy((void *)(row + i), &word, size - i < sizeof(word) ? size - i : sizeof(word));
}

static void run(struct sim_op *op, CUstream stream)
{
	const CUDA_MEMSET_NODE_PARAMS *set = &op->set;

	if (!has_memory(set, stream))
		return;
	for (size_t y = 0; y < set->height; y++)
		set_row((uintptr_t)set->dst + y * set->pitch, set);
}

struct sim_op *sim_set_op(const CUDA_MEMSET_NODE_PARAMS *set)
{
	struct sim_op *op = sim_op_new(SIM_OP_SET);

	if (op) {
		op->set = *set;
		op->run = run;
		op->brief = set->width * set->elementSize * set->height <= BRIEF_LIMIT;
	}
	return op;
}

/* The form that waits does so only where the host can see the memory: pinned or managed. */
static bool host_sees(CUdeviceptr dst)
{
	const struct sim_alloc *alloc = sim_memory_find(dst);

	return alloc && (sim_memory_on_host(alloc) || alloc->kind == SIM_M_MANAGED);
}

/* Another device's memory, to which the stream's has no access. */
static bool is_foreign(CUdeviceptr dst, CUstream stream)
{
	const struct sim_alloc *alloc = sim_memory_find(dst);

	return alloc && alloc->kind == SIM_M_DEVICE && alloc->device != stream->ctx->device &&
	       !(stream->ctx->peers & (1U << alloc->device->ordinal));
}

static CUresult submit(struct sim_call *call, bool per_thread, CUstream handle,
		       const CUDA_MEMSET_NODE_PARAMS *set, bool async)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error == CUDA_SUCCESS)
		error = stream->capture ? check_shape(set) : sim_set_check(set);
	if (error == CUDA_SUCCESS && !stream->capture && is_foreign(set->dst, stream))
		error = CUDA_ERROR_INVALID_VALUE;
	if (error != CUDA_SUCCESS)
		return error;
	if (is_empty(set) && !stream->capture)
		return CUDA_SUCCESS;
	op = sim_set_op(set);
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	return !async && host_sees(set->dst) ? sim_submit_wait(stream, op) : sim_submit(stream, op);
}

static CUresult row_async(struct sim_call *call, bool per_thread, unsigned int element,
			  CUdeviceptr dst, unsigned int value, size_t count, CUstream stream,
			  bool async)
{
	CUDA_MEMSET_NODE_PARAMS set = {
		.dst = dst, .value = value, .elementSize = element, .width = count, .height = 1
	};

	return submit(call, per_thread, stream, &set, async);
}

static CUresult rows_async(struct sim_call *call, bool per_thread, unsigned int element,
			   CUdeviceptr dst, size_t pitch, unsigned int value, size_t width,
			   size_t height, CUstream stream, bool async)
{
	CUDA_MEMSET_NODE_PARAMS set = { .dst = dst,
					.pitch = pitch,
					.value = value,
					.elementSize = element,
					.width = width,
					.height = height };

	return submit(call, per_thread, stream, &set, async);
}

/*
 * The four functions of one element size, each in both its forms. The plain ones are called _v2 but
 * for those with a stream.
 */
#define SETTERS(bits, type)                                                                        \
	static CUresult row_##bits(struct sim_call *call, bool pt, CUdeviceptr dst, type value,    \
				   size_t count)                                                   \
	{                                                                                          \
		return row_async(call, pt, (bits) / 8, dst, value, count, NULL, false);            \
	}                                                                                          \
	static CUresult row_##bits##_async(struct sim_call *call, bool pt, CUdeviceptr dst,        \
					   type value, size_t count, CUstream stream)              \
	{                                                                                          \
		return row_async(call, pt, (bits) / 8, dst, value, count, stream, true);           \
	}                                                                                          \
	static CUresult rows_##bits(struct sim_call *call, bool pt, CUdeviceptr dst, size_t pitch, \
				    type value, size_t width, size_t height)                       \
	{                                                                                          \
		return rows_async(call, pt, (bits) / 8, dst, pitch, value, width, height, NULL,    \
				  false);                                                          \
	}                                                                                          \
	static CUresult rows_##bits##_async(struct sim_call *call, bool pt, CUdeviceptr dst,       \
					    size_t pitch, type value, size_t width, size_t height, \
					    CUstream stream)                                       \
	{                                                                                          \
		return rows_async(call, pt, (bits) / 8, dst, pitch, value, width, height, stream,  \
				  true);                                                           \
	}                                                                                          \
	SIM_TWINS(ptds, SIM_CTX, cuMemsetD##bits##_v2, row_##bits,                                 \
		  (CUdeviceptr dst, type value, size_t count), dst, value, count)                  \
	SIM_TWINS(ptsz, SIM_CTX, cuMemsetD##bits##Async, row_##bits##_async,                       \
		  (CUdeviceptr dst, type value, size_t count, CUstream stream), dst, value, count, \
		  stream)                                                                          \
	SIM_TWINS(ptds, SIM_CTX, cuMemsetD2D##bits##_v2, rows_##bits,                              \
		  (CUdeviceptr dst, size_t pitch, type value, size_t width, size_t height), dst,   \
		  pitch, value, width, height)                                                     \
	SIM_TWINS(ptsz, SIM_CTX, cuMemsetD2D##bits##Async, rows_##bits##_async,                    \
		  (CUdeviceptr dst, size_t pitch, type value, size_t width, size_t height,         \
		   CUstream stream),                                                               \
		  dst, pitch, value, width, height, stream)

SETTERS(8, unsigned char)
SETTERS(16, unsigned short)
SETTERS(32, unsigned int)
