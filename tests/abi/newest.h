/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CUDA 13's form of some entry points, called in a program of any version by what dlvsym finds
 * under 13's version node; and functions of the driver. An older form must agree with both.
 */
#ifndef ABI_NEWEST_H
#define ABI_NEWEST_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/cudart_abi.h"

cudaError_t new_properties(struct cudaDeviceProp *prop, int device);
cudaError_t new_pointer(struct cudaPointerAttributes *attributes, const void *ptr);
cudaError_t new_function(struct cudaFuncAttributes *attributes, const void *func);
cudaError_t new_texture_resource(struct cudaResourceDesc *desc, cudaTextureObject_t texture);
cudaError_t new_texture_view(struct cudaResourceViewDesc *desc, cudaTextureObject_t texture);
cudaError_t new_texture(struct cudaTextureDesc *desc, cudaTextureObject_t texture);
cudaError_t new_surface_resource(struct cudaResourceDesc *desc, cudaSurfaceObject_t surface);
cudaError_t new_import_memory(cudaExternalMemory_t *memory,
			      const struct cudaExternalMemoryHandleDesc *desc);
cudaError_t new_map_buffer(void **pointer, cudaExternalMemory_t memory,
			   const struct cudaExternalMemoryBufferDesc *desc);
cudaError_t new_map_mipmap(cudaMipmappedArray_t *mipmap, cudaExternalMemory_t memory,
			   const struct cudaExternalMemoryMipmappedArrayDesc *desc);
cudaError_t new_import_semaphore(cudaExternalSemaphore_t *semaphore,
				 const struct cudaExternalSemaphoreHandleDesc *desc);
cudaError_t new_edges(cudaGraph_t graph, cudaGraphNode_t *from, cudaGraphNode_t *to,
		      cudaGraphEdgeData *data, size_t *count);
cudaError_t new_add_edges(cudaGraph_t graph, const cudaGraphNode_t *from, const cudaGraphNode_t *to,
			  const cudaGraphEdgeData *data, size_t count);

/* A version of the driver's function, as cuGetProcAddress gives it; NULL if it has none. */
void *driver_function(const char *name, int version, bool per_thread);

/* Is the driver initialised and a context current on this thread? */
bool driver_has_current(void);
/* Is the device's primary context active? */
bool driver_has_primary(int device);
int driver_attribute(int attribute, int device);

/* Memory of the driver as a file, to be imported; -1 without. A context is current. */
int driver_exported_memory(size_t size);

#endif
