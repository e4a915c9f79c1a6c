/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* dlvsym */
#include "newest.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/cudart.h"
#include "driver/cuda_abi.h"

static void *newest(const char *name)
{
	void *function = dlvsym(RTLD_DEFAULT, name, "libcudart.so.13");

	if (function == NULL) {
		printf("BROKEN: no %s under libcudart.so.13\n", name);
		exit(99);
	}
	return function;
}

#define NEWEST(function) ((__typeof__(&function))newest(#function))

cudaError_t new_properties(struct cudaDeviceProp *prop, int device)
{
	return NEWEST(cudaGetDeviceProperties)(prop, device);
}

cudaError_t new_pointer(struct cudaPointerAttributes *attributes, const void *ptr)
{
	return NEWEST(cudaPointerGetAttributes)(attributes, ptr);
}

cudaError_t new_function(struct cudaFuncAttributes *attributes, const void *func)
{
	return NEWEST(cudaFuncGetAttributes)(attributes, func);
}

cudaError_t new_texture_resource(struct cudaResourceDesc *desc, cudaTextureObject_t texture)
{
	return NEWEST(cudaGetTextureObjectResourceDesc)(desc, texture);
}

cudaError_t new_texture_view(struct cudaResourceViewDesc *desc, cudaTextureObject_t texture)
{
	return NEWEST(cudaGetTextureObjectResourceViewDesc)(desc, texture);
}

cudaError_t new_texture(struct cudaTextureDesc *desc, cudaTextureObject_t texture)
{
	return NEWEST(cudaGetTextureObjectTextureDesc)(desc, texture);
}

cudaError_t new_surface_resource(struct cudaResourceDesc *desc, cudaSurfaceObject_t surface)
{
	return NEWEST(cudaGetSurfaceObjectResourceDesc)(desc, surface);
}

cudaError_t new_import_memory(cudaExternalMemory_t *memory,
			      const struct cudaExternalMemoryHandleDesc *desc)
{
	return NEWEST(cudaImportExternalMemory)(memory, desc);
}

cudaError_t new_map_buffer(void **pointer, cudaExternalMemory_t memory,
			   const struct cudaExternalMemoryBufferDesc *desc)
{
	return NEWEST(cudaExternalMemoryGetMappedBuffer)(pointer, memory, desc);
}

cudaError_t new_map_mipmap(cudaMipmappedArray_t *mipmap, cudaExternalMemory_t memory,
			   const struct cudaExternalMemoryMipmappedArrayDesc *desc)
{
	return NEWEST(cudaExternalMemoryGetMappedMipmappedArray)(mipmap, memory, desc);
}

cudaError_t new_import_semaphore(cudaExternalSemaphore_t *semaphore,
				 const struct cudaExternalSemaphoreHandleDesc *desc)
{
	return NEWEST(cudaImportExternalSemaphore)(semaphore, desc);
}

cudaError_t new_edges(cudaGraph_t graph, cudaGraphNode_t *from, cudaGraphNode_t *to,
		      cudaGraphEdgeData *data, size_t *count)
{
	return NEWEST(cudaGraphGetEdges)(graph, from, to, data, count);
}

cudaError_t new_add_edges(cudaGraph_t graph, const cudaGraphNode_t *from, const cudaGraphNode_t *to,
			  const cudaGraphEdgeData *data, size_t count)
{
	return NEWEST(cudaGraphAddDependencies)(graph, from, to, data, count);
}

/* ---- the driver ---------------------------------------------------------------------------- */

/* Only once the runtime has loaded it: asking must not be what loads it. */
static void *driver(const char *name)
{
	void *library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);

	return library != NULL ? dlsym(library, name) : NULL;
}

void *driver_function(const char *name, int version, bool per_thread)
{
	CUresult (*find)(const char *, void **, int, cuuint64_t, CUdriverProcAddressQueryResult *) =
		(__typeof__(find))driver("cuGetProcAddress_v2");
	CUdriverProcAddressQueryResult status;
	void *function = NULL;

	if (find == NULL || find(name, &function, version,
				 per_thread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
					    : CU_GET_PROC_ADDRESS_LEGACY_STREAM,
				 &status) != CUDA_SUCCESS)
		return NULL;
	return function;
}

bool driver_has_current(void)
{
	CUresult (*get_current)(CUcontext *) = (__typeof__(get_current))driver("cuCtxGetCurrent");
	CUcontext current = NULL;

	return get_current != NULL && get_current(&current) == CUDA_SUCCESS && current != NULL;
}

bool driver_has_primary(int device)
{
	CUresult (*get_state)(CUdevice, unsigned int *, int *) =
		(__typeof__(get_state))driver("cuDevicePrimaryCtxGetState");
	unsigned int flags;
	int active = 0;

	return get_state != NULL && get_state(device, &flags, &active) == CUDA_SUCCESS && active;
}

int driver_attribute(int attribute, int device)
{
	CUresult (*get)(int *, CUdevice_attribute, CUdevice) =
		(__typeof__(get))driver("cuDeviceGetAttribute");
	int value = -1;

	if (get == NULL || get(&value, (CUdevice_attribute)attribute, device) != CUDA_SUCCESS)
		return -1;
	return value;
}

int driver_exported_memory(size_t size)
{
	CUmemAllocationProp prop = {
		.type = CU_MEM_ALLOCATION_TYPE_PINNED,
		.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
		.location = { .type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0 },
	};
	CUresult (*create)(CUmemGenericAllocationHandle *, size_t, const CUmemAllocationProp *,
			   unsigned long long) = (__typeof__(create))driver("cuMemCreate");
	CUresult (*export)(void *, CUmemGenericAllocationHandle, CUmemAllocationHandleType,
			   unsigned long long) =
		(__typeof__(export))driver("cuMemExportToShareableHandle");
	CUmemGenericAllocationHandle handle;
	int fd = -1;

	if (create == NULL || export == NULL || create(&handle, size, &prop, 0) != CUDA_SUCCESS ||
	    export(&fd, handle, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0) != CUDA_SUCCESS)
		return -1;
	return fd;
}
