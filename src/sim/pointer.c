/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of pointers: what an H200 answers for each kind of memory.
 */
#include "sim/memory.h"

#include <string.h>

/* Host memory is handed out in pages, device memory in granules of the heap. */
#define HOST_MAPPING   ((uintptr_t)4096)
#define DEVICE_MAPPING ((uintptr_t)2 << 20)

/* Known to who asks: not an array, nor a graph's memory that no launch has allocated. */
static const struct sim_alloc *find(uintptr_t pointer)
{
	const struct sim_alloc *alloc = sim_memory_find(pointer);

	return alloc && alloc->kind != SIM_M_ARRAY && !alloc->absent ? alloc : NULL;
}

static bool is_reachable(const struct sim_alloc *alloc)
{
	CUcontext ctx = sim_context_current();

	return ctx && (alloc->kind != SIM_M_DEVICE || alloc->device == ctx->device ||
		       (ctx->peers & (1U << alloc->device->ordinal)) != 0);
}

static bool host_visible(const struct sim_alloc *alloc)
{
	return sim_memory_on_host(alloc) || alloc->kind == SIM_M_MANAGED;
}

static bool plain_device(const struct sim_alloc *alloc)
{
	return alloc->kind == SIM_M_DEVICE || alloc->kind == SIM_M_GLOBAL ||
	       alloc->kind == SIM_M_IMPORTED;
}

static uintptr_t mapping(const struct sim_alloc *alloc)
{
	return sim_memory_on_host(alloc) ? HOST_MAPPING : DEVICE_MAPPING;
}

static void set_pointer(void *data, const void *value)
{
	memcpy(data, &value, sizeof(value));
}

static void set_address(void *data, uintptr_t value)
{
	CUdeviceptr address = value;

	memcpy(data, &address, sizeof(address));
}

static void set_word(void *data, unsigned int value)
{
	memcpy(data, &value, sizeof(value));
}

/* Attributes whose answer is an address or has eight bytes. False: not one of them. */
static bool wide(void *data, CUpointer_attribute attribute, uintptr_t pointer,
		 const struct sim_alloc *alloc, CUresult *error)
{
	*error = CUDA_SUCCESS;
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_CONTEXT:
		set_pointer(data, alloc->ctx);
		return true;
	case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
		/* In the current context, if it may go there; where not, none, no error. */
		set_address(data, is_reachable(alloc) ? pointer : 0);
		return true;
	case CU_POINTER_ATTRIBUTE_HOST_POINTER:
		set_pointer(data, host_visible(alloc) ? (void *)pointer : NULL);
		if (!host_visible(alloc))
			*error = CUDA_ERROR_INVALID_VALUE;
		return true;
	case CU_POINTER_ATTRIBUTE_P2P_TOKENS:
		memset(data, 0, sizeof(CUDA_POINTER_ATTRIBUTE_P2P_TOKENS));
		if (sim_memory_on_host(alloc))
			*error = CUDA_ERROR_INVALID_VALUE;
		return true;
	case CU_POINTER_ATTRIBUTE_BUFFER_ID:
	case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
		memcpy(data, &alloc->id, sizeof(alloc->id));
		return true;
	case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
		set_address(data, alloc->start);
		return true;
	case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
		memcpy(data, &alloc->size, sizeof(alloc->size));
		return true;
	case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
		set_address(data, 0);
		return true;
	case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
		set_pointer(data, alloc->pool);
		return true;
	case CU_POINTER_ATTRIBUTE_MAPPING_SIZE: {
		uintptr_t page = mapping(alloc);
		uintptr_t first = alloc->start / page * page;

		set_address(data, (alloc->start + alloc->size - first + page - 1) / page * page);
		return true;
	}
	case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
		set_address(data, alloc->start / mapping(alloc) * mapping(alloc));
		return true;
	default:
		return false;
	}
}

static CUresult narrow(void *data, CUpointer_attribute attribute, const struct sim_alloc *alloc)
{
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
		set_word(data,
			 sim_memory_on_host(alloc) ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE);
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
		set_word(data, alloc->sync_memops);
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_IS_MANAGED:
		/* A flag of one byte in the documentation, written as a word all the same. */
		set_word(data, alloc->kind == SIM_M_MANAGED);
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
		set_word(data, (unsigned int)alloc->device->ordinal);
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_MAPPED:
		set_word(data, 1);
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_ACCESS_FLAGS:
		set_word(data, CU_POINTER_ATTRIBUTE_ACCESS_FLAG_READWRITE);
		return CUDA_SUCCESS;
	case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
	case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
	case CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE:
		set_word(data, plain_device(alloc));
		return CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

static CUresult get(void *data, CUpointer_attribute attribute, uintptr_t pointer,
		    const struct sim_alloc *alloc)
{
	CUresult error;

	if (wide(data, attribute, pointer, alloc, &error))
		return error;
	return narrow(data, attribute, alloc);
}

CUresult cuPointerGetAttribute(void *data, CUpointer_attribute attribute, CUdeviceptr pointer)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_INIT);
	alloc = find(pointer);
	if (!data || !alloc)
		return CUDA_ERROR_INVALID_VALUE;
	return get(data, attribute, pointer, alloc);
}

/* Of memory that the driver does not know: zeros, but for these two. */
static void set_unknown(void *data, CUpointer_attribute attribute, uintptr_t pointer)
{
	switch (attribute) {
	case CU_POINTER_ATTRIBUTE_HOST_POINTER:
		set_pointer(data, (void *)pointer);
		break;
	case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
		set_word(data, (unsigned int)CU_DEVICE_INVALID);
		break;
	case CU_POINTER_ATTRIBUTE_P2P_TOKENS:
		memset(data, 0, sizeof(CUDA_POINTER_ATTRIBUTE_P2P_TOKENS));
		break;
	case CU_POINTER_ATTRIBUTE_CONTEXT:
	case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
	case CU_POINTER_ATTRIBUTE_BUFFER_ID:
	case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
	case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
	case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
	case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
	case CU_POINTER_ATTRIBUTE_MAPPING_SIZE:
	case CU_POINTER_ATTRIBUTE_MAPPING_BASE_ADDR:
	case CU_POINTER_ATTRIBUTE_MEMORY_BLOCK_ID:
		set_address(data, 0);
		break;
	default:
		set_word(data, 0);
	}
}

CUresult cuPointerGetAttributes(unsigned int count, CUpointer_attribute *attributes, void **data,
				CUdeviceptr pointer)
{
	const struct sim_alloc *alloc;

	SIM_ENTER(SIM_INIT);
	if (!count || !attributes || !data)
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < count; i++)
		if (!data[i] || attributes[i] < CU_POINTER_ATTRIBUTE_CONTEXT ||
		    attributes[i] > CU_POINTER_ATTRIBUTE_IS_HW_DECOMPRESS_CAPABLE)
			return CUDA_ERROR_INVALID_VALUE;
	alloc = find(pointer);
	/* What one attribute lacks here (the host address of device memory) is no error. */
	for (unsigned int i = 0; i < count; i++) {
		if (alloc)
			get(data[i], attributes[i], pointer, alloc);
		else
			set_unknown(data[i], attributes[i], pointer);
	}
	return CUDA_SUCCESS;
}

CUresult cuPointerSetAttribute(const void *value, CUpointer_attribute attribute,
			       CUdeviceptr pointer)
{
	struct sim_alloc *alloc;

	SIM_ENTER(SIM_CTX);
	alloc = sim_memory_find(pointer);
	if (!value || !alloc || attribute != CU_POINTER_ATTRIBUTE_SYNC_MEMOPS)
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(&alloc->sync_memops, value, sizeof(alloc->sync_memops));
	return CUDA_SUCCESS;
}
