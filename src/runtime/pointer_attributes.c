/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a pointer points to: one query of the driver, put into the runtime's words. It makes no
 * context current; without one the driver knows no device pointer, and NVIDIA's library says so.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/entry.h"

#define NATTRIBUTES 5

/* Not const: the driver's prototype takes them so, and only reads them. */
static CUpointer_attribute wanted[NATTRIBUTES] = {
	CU_POINTER_ATTRIBUTE_MEMORY_TYPE,    CU_POINTER_ATTRIBUTE_DEVICE_POINTER,
	CU_POINTER_ATTRIBUTE_HOST_POINTER,   CU_POINTER_ATTRIBUTE_IS_MANAGED,
	CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL,
};

static enum cudaMemoryType memory_type(unsigned int type, bool managed)
{
	if (managed)
		return cudaMemoryTypeManaged;
	if (type == CU_MEMORYTYPE_HOST)
		return cudaMemoryTypeHost;
	return type == CU_MEMORYTYPE_DEVICE ? cudaMemoryTypeDevice : cudaMemoryTypeUnregistered;
}

/*
 * An address that the driver does not know is no failure. NVIDIA's library on an H200 answers for
 * it, and for NULL: unregistered, device -2 (the driver's 'no device'), no device pointer, and
 * the address itself as host pointer.
 */
cudaError_t rt_cudaPointerGetAttributes(struct cudaPointerAttributes *attributes, const void *ptr)
{
	unsigned int type = 0;
	unsigned int managed = 0; /* documented as a boolean, of no stated size */
	int device = -2;
	void *on_device = NULL, *on_host = NULL;
	void *answers[NATTRIBUTES] = { &type, &on_device, &on_host, &managed, &device };
	CUresult r;

	if (__builtin_expect(attributes == NULL, 0))
		return cudaErrorInvalidValue;
	r = drv.cuPointerGetAttributes(NATTRIBUTES, wanted, answers, (CUdeviceptr)ptr);
	/* The question needs no context, but a dead one is in its way. */
	if (r == CUDA_ERROR_CONTEXT_IS_DESTROYED) {
		rt_revive_context();
		if (rt_enter_context() == cudaSuccess)
			r = drv.cuPointerGetAttributes(NATTRIBUTES, wanted, answers,
						       (CUdeviceptr)ptr);
	}
	if (__builtin_expect(r != CUDA_SUCCESS, 0)) {
		*attributes = (struct cudaPointerAttributes){ .device = -1 };
		return (cudaError_t)r;
	}
	attributes->type = memory_type(type, managed != 0);
	attributes->device = device;
	attributes->devicePointer = on_device;
	attributes->hostPointer = attributes->type == cudaMemoryTypeUnregistered ? (void *)ptr
										 : on_host;
	memset(attributes->reserved, 0, sizeof(attributes->reserved));
	return cudaSuccess;
}
