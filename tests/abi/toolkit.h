/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interface of the CUDA version CUDA_MAJOR (11, 12 or 13) as a program's source meets it: the
 * generated prototypes are those of the exported names, and a toolkit's headers put another one in
 * the place of some. With TOOLKIT_EXPORTED_NAMES the names stay the exported ones.
 */
#ifndef ABI_TOOLKIT_H
#define ABI_TOOLKIT_H

#if CUDA_MAJOR == 11
#include "api/cudart_11.h"
#define TOOLKIT_VERSION 11080
#elif CUDA_MAJOR == 12
#include "api/cudart_12.h"
#define TOOLKIT_VERSION 12090
#else
#include "api/cudart.h"
#define TOOLKIT_VERSION 13000
#endif

/* The newest form of an exported name may be a twin's: then the name itself is a macro by now. */
#if CUDA_MAJOR < 13 && !defined(TOOLKIT_EXPORTED_NAMES)
#undef cudaSignalExternalSemaphoresAsync
#undef cudaWaitExternalSemaphoresAsync
#define cudaSignalExternalSemaphoresAsync cudaSignalExternalSemaphoresAsync_v2
#define cudaWaitExternalSemaphoresAsync   cudaWaitExternalSemaphoresAsync_v2
#endif
#if CUDA_MAJOR == 12 && !defined(TOOLKIT_EXPORTED_NAMES)
#undef cudaStreamGetCaptureInfo
#define cudaStreamGetCaptureInfo cudaStreamGetCaptureInfo_v2
#define cudaGetDeviceProperties  cudaGetDeviceProperties_v2
#endif

/* Structures by version. Those of 12 begin with 11's, whose fields are one level down. */
#if CUDA_MAJOR == 11
#define TOOLKIT_PROPERTIES      struct cudaDeviceProp_v11
#define TOOLKIT_PROPERTY(field) field
#define TOOLKIT_FUNCTION        struct cudaFuncAttributes_v11
#define TOOLKIT_TEXTURE         struct cudaTextureDesc_v11
#elif CUDA_MAJOR == 12
#define TOOLKIT_PROPERTIES      struct cudaDeviceProp_v12
#define TOOLKIT_PROPERTY(field) base.field
#define TOOLKIT_FUNCTION        struct cudaFuncAttributes
#define TOOLKIT_TEXTURE         struct cudaTextureDesc
#else
#define TOOLKIT_PROPERTIES      struct cudaDeviceProp
#define TOOLKIT_PROPERTY(field) field
#define TOOLKIT_FUNCTION        struct cudaFuncAttributes
#define TOOLKIT_TEXTURE         struct cudaTextureDesc
#endif
#if CUDA_MAJOR < 13
#define TOOLKIT_POINTER         struct cudaPointerAttributes_v12
#define TOOLKIT_RESOURCE        struct cudaResourceDesc_v12
#define TOOLKIT_VIEW            struct cudaResourceViewDesc_v12
#define TOOLKIT_EXTERNAL_MEMORY struct cudaExternalMemoryHandleDesc_v12
#define TOOLKIT_EXTERNAL_BUFFER struct cudaExternalMemoryBufferDesc_v12
#define TOOLKIT_EXTERNAL_MIPMAP struct cudaExternalMemoryMipmappedArrayDesc_v12
#define TOOLKIT_SEMAPHORE       struct cudaExternalSemaphoreHandleDesc_v12
#else
#define TOOLKIT_POINTER         struct cudaPointerAttributes
#define TOOLKIT_RESOURCE        struct cudaResourceDesc
#define TOOLKIT_VIEW            struct cudaResourceViewDesc
#define TOOLKIT_EXTERNAL_MEMORY struct cudaExternalMemoryHandleDesc
#define TOOLKIT_EXTERNAL_BUFFER struct cudaExternalMemoryBufferDesc
#define TOOLKIT_EXTERNAL_MIPMAP struct cudaExternalMemoryMipmappedArrayDesc
#define TOOLKIT_SEMAPHORE       struct cudaExternalSemaphoreHandleDesc
#endif

#endif
