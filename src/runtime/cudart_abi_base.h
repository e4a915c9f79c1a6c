/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runtime interface: version, scalars, vectors and handles. Handles are the driver's structures,
 * but for arrays and graphics resources, which have structure names of their own, and external
 * memory and semaphores, whose structure names differ from the driver's; all of them are cast,
 * never wrapped.
 */
#ifndef RUNTIME_CUDART_ABI_BASE_H
#define RUNTIME_CUDART_ABI_BASE_H

#include <stddef.h>

#include "driver/cuda_abi_base.h"

/* Interface version that these declarations describe. */
#define CUDART_VERSION 13000

/* Grid, block and thread coordinates. C passes them by value: 12 bytes in two registers. */
struct uint3 {
	unsigned int x;
	unsigned int y;
	unsigned int z;
};
typedef struct uint3 uint3;

struct dim3 {
	unsigned int x;
	unsigned int y;
	unsigned int z;
};
typedef struct dim3 dim3;

/* Scalars. */
typedef unsigned long long cudaSurfaceObject_t;
typedef unsigned long long cudaTextureObject_t;
typedef unsigned long long cudaGraphConditionalHandle;
typedef unsigned int cudaLogIterator;
typedef struct CUuuid_st cudaUUID_t;

/* Handles. */
typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;
typedef struct CUfunc_st *cudaFunction_t;
typedef struct CUkern_st *cudaKernel_t;
typedef struct CUlib_st *cudaLibrary_t;
typedef struct cudaArray *cudaArray_t;
typedef const struct cudaArray *cudaArray_const_t;
typedef struct cudaMipmappedArray *cudaMipmappedArray_t;
typedef const struct cudaMipmappedArray *cudaMipmappedArray_const_t;
typedef struct CUmemPoolHandle_st *cudaMemPool_t;
typedef struct CUgraph_st *cudaGraph_t;
typedef struct CUgraphNode_st *cudaGraphNode_t;
typedef struct CUgraphExec_st *cudaGraphExec_t;
typedef struct CUgraphDeviceUpdatableNode_st *cudaGraphDeviceNode_t;
typedef struct CUuserObject_st *cudaUserObject_t;
typedef struct CUexternalMemory_st *cudaExternalMemory_t;
typedef struct CUexternalSemaphore_st *cudaExternalSemaphore_t;
typedef struct cudaGraphicsResource *cudaGraphicsResource_t;
typedef struct CUeglStreamConnection_st *cudaEglStreamConnection;
typedef struct cudaAsyncCallbackEntry *cudaAsyncCallbackHandle_t;
typedef struct CUlogsCallbackEntry_st *cudaLogsCallbackHandle;

_Static_assert(sizeof(struct dim3) == 12, "size of struct dim3");

#endif /* RUNTIME_CUDART_ABI_BASE_H */
