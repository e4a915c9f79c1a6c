/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runtime interface: memory and semaphores of other interfaces (Vulkan, Direct3D, NvSci).
 */
#ifndef RUNTIME_CUDART_ABI_EXTERNAL_H
#define RUNTIME_CUDART_ABI_EXTERNAL_H

#include "runtime/cudart_abi_array.h"
#include "runtime/cudart_abi_memory.h"

/* Flags. */
#define cudaExternalMemoryDedicated                    0x01
#define cudaExternalSemaphoreSignalSkipNvSciBufMemSync 0x01
#define cudaExternalSemaphoreWaitSkipNvSciBufMemSync   0x02
#define cudaNvSciSyncAttrSignal                        0x01
#define cudaNvSciSyncAttrWait                          0x02

/* Memory. */
enum cudaExternalMemoryHandleType {
	cudaExternalMemoryHandleTypeOpaqueFd = 0x01,
	cudaExternalMemoryHandleTypeOpaqueWin32 = 0x02,
	cudaExternalMemoryHandleTypeOpaqueWin32Kmt = 0x03,
	cudaExternalMemoryHandleTypeD3D12Heap = 0x04,
	cudaExternalMemoryHandleTypeD3D12Resource = 0x05,
	cudaExternalMemoryHandleTypeD3D11Resource = 0x06,
	cudaExternalMemoryHandleTypeD3D11ResourceKmt = 0x07,
	cudaExternalMemoryHandleTypeNvSciBuf = 0x08,
};

struct cudaExternalMemoryHandleDesc {
	enum cudaExternalMemoryHandleType type;
	union {
		int fd;
		struct {
			void *handle;
			const void *name;
		} win32;
		const void *nvSciBufObject;
	} handle;
	unsigned long long size;
	unsigned int flags;
	unsigned int reserved[16];
};

struct cudaExternalMemoryBufferDesc {
	unsigned long long offset;
	unsigned long long size;
	unsigned int flags;
	unsigned int reserved[16];
};

struct cudaExternalMemoryMipmappedArrayDesc {
	unsigned long long offset;
	struct cudaChannelFormatDesc formatDesc;
	struct cudaExtent extent;
	unsigned int flags;
	unsigned int numLevels;
	unsigned int reserved[16];
};

/* Semaphores. */
enum cudaExternalSemaphoreHandleType {
	cudaExternalSemaphoreHandleTypeOpaqueFd = 0x01,
	cudaExternalSemaphoreHandleTypeOpaqueWin32 = 0x02,
	cudaExternalSemaphoreHandleTypeOpaqueWin32Kmt = 0x03,
	cudaExternalSemaphoreHandleTypeD3D12Fence = 0x04,
	cudaExternalSemaphoreHandleTypeD3D11Fence = 0x05,
	cudaExternalSemaphoreHandleTypeNvSciSync = 0x06,
	cudaExternalSemaphoreHandleTypeKeyedMutex = 0x07,
	cudaExternalSemaphoreHandleTypeKeyedMutexKmt = 0x08,
	cudaExternalSemaphoreHandleTypeTimelineSemaphoreFd = 0x09,
	cudaExternalSemaphoreHandleTypeTimelineSemaphoreWin32 = 0x0a,
};

struct cudaExternalSemaphoreHandleDesc {
	enum cudaExternalSemaphoreHandleType type;
	union {
		int fd;
		struct {
			void *handle;
			const void *name;
		} win32;
		const void *nvSciSyncObj;
	} handle;
	unsigned int flags;
	unsigned int reserved[16];
};

struct cudaExternalSemaphoreSignalParams {
	struct {
		struct {
			unsigned long long value;
		} fence;
		union {
			void *fence;
			unsigned long long reserved;
		} nvSciSync;
		struct {
			unsigned long long key;
		} keyedMutex;
		unsigned int reserved[12];
	} params;
	unsigned int flags;
	unsigned int reserved[16];
};

struct cudaExternalSemaphoreWaitParams {
	struct {
		struct {
			unsigned long long value;
		} fence;
		union {
			void *fence;
			unsigned long long reserved;
		} nvSciSync;
		struct {
			unsigned long long key;
			unsigned int timeoutMs;
		} keyedMutex;
		unsigned int reserved[10];
	} params;
	unsigned int flags;
	unsigned int reserved[16];
};

_Static_assert(sizeof(struct cudaExternalMemoryHandleDesc) == 104,
	       "size of struct cudaExternalMemoryHandleDesc");
_Static_assert(sizeof(struct cudaExternalMemoryBufferDesc) == 88,
	       "size of struct cudaExternalMemoryBufferDesc");
_Static_assert(sizeof(struct cudaExternalMemoryMipmappedArrayDesc) == 128,
	       "size of struct cudaExternalMemoryMipmappedArrayDesc");
_Static_assert(sizeof(struct cudaExternalSemaphoreHandleDesc) == 96,
	       "size of struct cudaExternalSemaphoreHandleDesc");
_Static_assert(sizeof(struct cudaExternalSemaphoreSignalParams) == 144,
	       "size of struct cudaExternalSemaphoreSignalParams");
_Static_assert(sizeof(struct cudaExternalSemaphoreWaitParams) == 144,
	       "size of struct cudaExternalSemaphoreWaitParams");

#endif /* RUNTIME_CUDART_ABI_EXTERNAL_H */
