/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Managed memory: allocation, advice, prefetching. Host and devices share one memory here, so
 * advice and prefetches change nothing but what can be asked back.
 */
#include "sim/memory.h"

#include <string.h>

#include "sim/op.h"

#define HOST_BIT (1U << 31)

CUresult cuMemAllocManaged(CUdeviceptr *dptr, size_t size, unsigned int flags)
{
	struct sim_alloc *alloc;
	CUresult error;

	SIM_ENTER(SIM_CURRENT);
	if (!dptr)
		return CUDA_ERROR_INVALID_VALUE;
	/* Whatever the failure, also in a broken context. */
	*dptr = 0;
	if (call.ctx->sticky != CUDA_SUCCESS)
		return call.ctx->sticky;
	error = sim_captures ? sim_capture_unsafe() : CUDA_SUCCESS;
	if (error != CUDA_SUCCESS)
		return error;
	if (!size || (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_memory_new(&alloc, call.ctx->device, call.ctx, size, SIM_M_MANAGED);
	if (error != CUDA_SUCCESS)
		return error;
	alloc->attach = flags;
	*dptr = alloc->start;
	return CUDA_SUCCESS;
}

/* Managed memory that holds the whole range; NULL: there is none. */
static struct sim_alloc *find(CUdeviceptr dptr, size_t size)
{
	struct sim_alloc *alloc = size ? sim_memory_find(dptr) : NULL;

	if (!alloc || alloc->kind != SIM_M_MANAGED || size > alloc->size - (dptr - alloc->start))
		return NULL;
	return alloc;
}

static CUmemLocation of_device(CUdevice device)
{
	if (device == CU_DEVICE_CPU)
		return (CUmemLocation){ .type = CU_MEM_LOCATION_TYPE_HOST };
	return (CUmemLocation){ .type = CU_MEM_LOCATION_TYPE_DEVICE, .id = device };
}

static bool location_ok(const CUmemLocation *location)
{
	switch (location->type) {
	case CU_MEM_LOCATION_TYPE_DEVICE:
		return sim_device_ok(location->id);
	case CU_MEM_LOCATION_TYPE_HOST:
	case CU_MEM_LOCATION_TYPE_HOST_NUMA:
	case CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT:
		return true;
	default:
		return false;
	}
}

/* The host has no number of its own. */
static CUmemLocation kept(const CUmemLocation *location)
{
	if (location->type == CU_MEM_LOCATION_TYPE_HOST)
		return (CUmemLocation){ .type = location->type, .id = CU_DEVICE_CPU };
	return *location;
}

static unsigned int location_bit(const CUmemLocation *location)
{
	return location->type == CU_MEM_LOCATION_TYPE_DEVICE ? 1U << location->id : HOST_BIT;
}

/* Where an advice is about no place, the place only has to be of a kind that there is. */
static bool advice_location_ok(CUmem_advise advice, const CUmemLocation *location)
{
	CUmemLocation any = { .type = location->type };

	switch (advice) {
	case CU_MEM_ADVISE_SET_PREFERRED_LOCATION:
		return location_ok(location);
	case CU_MEM_ADVISE_SET_ACCESSED_BY:
	case CU_MEM_ADVISE_UNSET_ACCESSED_BY:
		return location_ok(location) && location->type <= CU_MEM_LOCATION_TYPE_HOST;
	default:
		return location_ok(&any);
	}
}

static CUresult advise(CUdeviceptr dptr, size_t size, CUmem_advise advice,
		       const CUmemLocation *location)
{
	struct sim_alloc *alloc = find(dptr, size);

	if (!alloc || !advice_location_ok(advice, location))
		return CUDA_ERROR_INVALID_VALUE;
	switch (advice) {
	case CU_MEM_ADVISE_SET_READ_MOSTLY:
	case CU_MEM_ADVISE_UNSET_READ_MOSTLY:
		alloc->read_mostly = advice == CU_MEM_ADVISE_SET_READ_MOSTLY;
		return CUDA_SUCCESS;
	case CU_MEM_ADVISE_SET_PREFERRED_LOCATION:
		alloc->preferred = kept(location);
		return CUDA_SUCCESS;
	case CU_MEM_ADVISE_UNSET_PREFERRED_LOCATION:
		alloc->preferred = (CUmemLocation){ .id = CU_DEVICE_INVALID };
		return CUDA_SUCCESS;
	case CU_MEM_ADVISE_SET_ACCESSED_BY:
		alloc->accessed_by |= location_bit(location);
		return CUDA_SUCCESS;
	case CU_MEM_ADVISE_UNSET_ACCESSED_BY:
		alloc->accessed_by &= ~location_bit(location);
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

static bool is_about_a_place(CUmem_advise advice)
{
	return advice == CU_MEM_ADVISE_SET_PREFERRED_LOCATION ||
	       advice == CU_MEM_ADVISE_SET_ACCESSED_BY || advice == CU_MEM_ADVISE_UNSET_ACCESSED_BY;
}

/* The older form has an answer of its own to a number that is no device's. */
CUresult cuMemAdvise(CUdeviceptr dptr, size_t size, CUmem_advise advice, CUdevice device)
{
	CUmemLocation location = of_device(device);

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (is_about_a_place(advice) && find(dptr, size) && !location_ok(&location))
		return CUDA_ERROR_INVALID_DEVICE;
	return advise(dptr, size, advice, &location);
}

CUresult cuMemAdvise_v2(CUdeviceptr dptr, size_t size, CUmem_advise advice, CUmemLocation location)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return advise(dptr, size, advice, &location);
}

static CUresult prefetch(struct sim_call *call, bool per_thread, CUdeviceptr dptr, size_t size,
			 CUmemLocation location, unsigned int flags, CUstream handle)
{
	struct sim_alloc *alloc = find(dptr, size);
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!alloc || flags)
		return CUDA_ERROR_INVALID_VALUE;
	if (!location_ok(&location))
		return location.type == CU_MEM_LOCATION_TYPE_DEVICE ? CUDA_ERROR_INVALID_DEVICE
								    : CUDA_ERROR_INVALID_VALUE;
	/* No node of a graph prefetches. */
	if (stream->capture)
		return sim_capture_misuse(stream);
	alloc->prefetched = kept(&location);
	op = sim_op_new(SIM_OP_EMPTY);
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

static CUresult prefetch_device(struct sim_call *call, bool per_thread, CUdeviceptr dptr,
				size_t size, CUdevice device, CUstream stream)
{
	return prefetch(call, per_thread, dptr, size, of_device(device), 0, stream);
}

SIM_TWINS(ptsz, SIM_CTX, cuMemPrefetchAsync, prefetch_device,
	  (CUdeviceptr dptr, size_t size, CUdevice device, CUstream stream), dptr, size, device,
	  stream)
SIM_TWINS(ptsz, SIM_CTX, cuMemPrefetchAsync_v2, prefetch,
	  (CUdeviceptr dptr, size_t size, CUmemLocation location, unsigned int flags,
	   CUstream stream),
	  dptr, size, location, flags, stream)

/* A batch needs a stream that was created, or the thread's. */
static bool is_legacy(CUstream handle, bool per_thread)
{
	return handle == CU_STREAM_LEGACY || (!handle && !per_thread);
}

static bool indices_ok(const size_t *indices, size_t number, size_t count)
{
	for (size_t i = 0; i < number; i++)
		if (indices[i] >= count)
			return false;
	return number && !indices[0];
}

/* Location i is for the ranges from indices[i] to the next one's start. */
static CUresult prefetch_batch(struct sim_call *call, bool per_thread, CUdeviceptr *dptrs,
			       size_t *sizes, size_t count, CUmemLocation *locations,
			       size_t *indices, size_t location_count, unsigned long long flags,
			       CUstream stream)
{
	size_t at = 0;

	if (!dptrs || !sizes || !count || !locations || !indices || location_count > count ||
	    !indices_ok(indices, location_count, count) || flags || is_legacy(stream, per_thread))
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < location_count; i++)
		if (!location_ok(&locations[i]))
			return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++) {
		CUresult error;

		while (at + 1 < location_count && indices[at + 1] <= i)
			at++;
		error = prefetch(call, per_thread, dptrs[i], sizes[i], locations[at], 0, stream);
		if (error != CUDA_SUCCESS)
			return error;
	}
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuMemPrefetchBatchAsync, prefetch_batch,
	  (CUdeviceptr * dptrs, size_t *sizes, size_t count, CUmemLocation *locations,
	   size_t *indices, size_t location_count, unsigned long long flags, CUstream stream),
	  dptrs, sizes, count, locations, indices, location_count, flags, stream)

/* What is discarded may keep its contents, and here it does. */
static CUresult discard_batch(struct sim_call *call, bool per_thread, CUdeviceptr *dptrs,
			      size_t *sizes, size_t count, unsigned long long flags,
			      CUstream handle)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!dptrs || !sizes || !count || flags || is_legacy(handle, per_thread))
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++)
		if (!find(dptrs[i], sizes[i]))
			return CUDA_ERROR_INVALID_VALUE;
	if (stream->capture)
		return sim_capture_misuse(stream);
	op = sim_op_new(SIM_OP_EMPTY);
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

SIM_TWINS(ptsz, SIM_CTX, cuMemDiscardBatchAsync, discard_batch,
	  (CUdeviceptr * dptrs, size_t *sizes, size_t count, unsigned long long flags,
	   CUstream stream),
	  dptrs, sizes, count, flags, stream)
SIM_TWINS(ptsz, SIM_CTX, cuMemDiscardAndPrefetchBatchAsync, prefetch_batch,
	  (CUdeviceptr * dptrs, size_t *sizes, size_t count, CUmemLocation *locations,
	   size_t *indices, size_t location_count, unsigned long long flags, CUstream stream),
	  dptrs, sizes, count, locations, indices, location_count, flags, stream)

static int as_device(const CUmemLocation *location)
{
	if (location->type == CU_MEM_LOCATION_TYPE_DEVICE)
		return location->id;
	return location->type == CU_MEM_LOCATION_TYPE_INVALID ? CU_DEVICE_INVALID : CU_DEVICE_CPU;
}

/* A list of devices as long as there is room, filled up with the invalid one. */
static void list_accessors(const struct sim_alloc *alloc, int *list, size_t room)
{
	size_t count = 0;

	for (int i = 0; i < SIM_MAX_DEVICES && count < room; i++)
		if (alloc->accessed_by & (1U << i))
			list[count++] = i;
	if ((alloc->accessed_by & HOST_BIT) && count < room)
		list[count++] = CU_DEVICE_CPU;
	while (count < room)
		list[count++] = CU_DEVICE_INVALID;
}

static CUresult range_attribute(int *data, size_t size, CUmem_range_attribute attribute,
				const struct sim_alloc *alloc)
{
	if (!data || !size || size % sizeof(*data))
		return CUDA_ERROR_INVALID_VALUE;
	if (attribute == CU_MEM_RANGE_ATTRIBUTE_ACCESSED_BY) {
		list_accessors(alloc, data, size / sizeof(*data));
		return CUDA_SUCCESS;
	}
	if (size != sizeof(*data))
		return CUDA_ERROR_INVALID_VALUE;
	switch (attribute) {
	case CU_MEM_RANGE_ATTRIBUTE_READ_MOSTLY:
		*data = (int)alloc->read_mostly;
		return CUDA_SUCCESS;
	case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION:
		*data = as_device(&alloc->preferred);
		return CUDA_SUCCESS;
	case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION:
		*data = as_device(&alloc->prefetched);
		return CUDA_SUCCESS;
	case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_TYPE:
		*data = (int)alloc->preferred.type;
		return CUDA_SUCCESS;
	case CU_MEM_RANGE_ATTRIBUTE_PREFERRED_LOCATION_ID:
		*data = alloc->preferred.id;
		return CUDA_SUCCESS;
	case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_TYPE:
		*data = (int)alloc->prefetched.type;
		return CUDA_SUCCESS;
	case CU_MEM_RANGE_ATTRIBUTE_LAST_PREFETCH_LOCATION_ID:
		*data = alloc->prefetched.id;
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

CUresult cuMemRangeGetAttribute(void *data, size_t size, CUmem_range_attribute attribute,
				CUdeviceptr dptr, size_t count)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = find(dptr, count);
	if (!alloc)
		return CUDA_ERROR_INVALID_VALUE;
	return range_attribute(data, size, attribute, alloc);
}

CUresult cuMemRangeGetAttributes(void **data, size_t *sizes, CUmem_range_attribute *attributes,
				 size_t number, CUdeviceptr dptr, size_t count)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = find(dptr, count);
	if (!alloc || !data || !sizes || !attributes || !number)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < number; i++) {
		CUresult error = range_attribute(data[i], sizes[i], attributes[i], alloc);

		if (error != CUDA_SUCCESS)
			return error;
	}
	return CUDA_SUCCESS;
}

/* The length is 0 or the whole of the allocation. */
static CUresult attach(struct sim_call *call, bool per_thread, CUstream handle, CUdeviceptr dptr,
		       size_t length, unsigned int flags)
{
	struct sim_alloc *alloc = find(dptr, 1);
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!alloc || alloc->start != dptr || (length && length != alloc->size))
		return CUDA_ERROR_INVALID_VALUE;
	if (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST &&
	    flags != CU_MEM_ATTACH_SINGLE)
		return CUDA_ERROR_INVALID_VALUE;
	/* To one stream only; the legacy stream is one if it is called by its name. */
	if (flags == CU_MEM_ATTACH_SINGLE && !handle && !per_thread)
		return CUDA_ERROR_INVALID_VALUE;
	if (stream->capture)
		return sim_capture_misuse(stream);
	alloc->attach = flags;
	op = sim_op_new(SIM_OP_EMPTY);
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamAttachMemAsync, attach,
	  (CUstream stream, CUdeviceptr dptr, size_t length, unsigned int flags), stream, dptr,
	  length, flags)
