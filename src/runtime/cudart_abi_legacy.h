/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runtime interface of CUDA 11 and 12: the structures whose layout differs from 13's. Programs
 * built with those toolkits lay them out like this, so the entry points that they bind must read
 * and write no more. A structure that 11 and 12 share carries _v12 alone. The tags are this
 * project's; the toolkit at hand cannot vouch for them, so their sizes are asserted here.
 */
#ifndef RUNTIME_CUDART_ABI_LEGACY_H
#define RUNTIME_CUDART_ABI_LEGACY_H

#include <stddef.h>

#include "runtime/cudart_abi_array.h"
#include "runtime/cudart_abi_base.h"
#include "runtime/cudart_abi_external.h"
#include "runtime/cudart_abi_memory.h"
#include "runtime/cudart_abi_texture.h"

/* What programs of these versions are told: each version's last release. */
#define CUDART_VERSION_11 11080
#define CUDART_VERSION_12 12090

/*
 * Device properties. CUDA 12 still exports the 11 form under the plain name; its own headers call
 * the longer one, which begins with the 11 form, by a _v2 name.
 */
struct cudaDeviceProp_v11 {
	char name[256];
	struct CUuuid_st uuid;
	char luid[8];
	unsigned int luidDeviceNodeMask;
	size_t totalGlobalMem;
	size_t sharedMemPerBlock;
	int regsPerBlock;
	int warpSize;
	size_t memPitch;
	int maxThreadsPerBlock;
	int maxThreadsDim[3];
	int maxGridSize[3];
	int clockRate;
	size_t totalConstMem;
	int major;
	int minor;
	size_t textureAlignment;
	size_t texturePitchAlignment;
	int deviceOverlap;
	int multiProcessorCount;
	int kernelExecTimeoutEnabled;
	int integrated;
	int canMapHostMemory;
	int computeMode;
	int maxTexture1D;
	int maxTexture1DMipmap;
	int maxTexture1DLinear;
	int maxTexture2D[2];
	int maxTexture2DMipmap[2];
	int maxTexture2DLinear[3];
	int maxTexture2DGather[2];
	int maxTexture3D[3];
	int maxTexture3DAlt[3];
	int maxTextureCubemap;
	int maxTexture1DLayered[2];
	int maxTexture2DLayered[3];
	int maxTextureCubemapLayered[2];
	int maxSurface1D;
	int maxSurface2D[2];
	int maxSurface3D[3];
	int maxSurface1DLayered[2];
	int maxSurface2DLayered[3];
	int maxSurfaceCubemap;
	int maxSurfaceCubemapLayered[2];
	size_t surfaceAlignment;
	int concurrentKernels;
	int ECCEnabled;
	int pciBusID;
	int pciDeviceID;
	int pciDomainID;
	int tccDriver;
	int asyncEngineCount;
	int unifiedAddressing;
	int memoryClockRate;
	int memoryBusWidth;
	int l2CacheSize;
	int persistingL2CacheMaxSize;
	int maxThreadsPerMultiProcessor;
	int streamPrioritiesSupported;
	int globalL1CacheSupported;
	int localL1CacheSupported;
	size_t sharedMemPerMultiprocessor;
	int regsPerMultiprocessor;
	int managedMemory;
	int isMultiGpuBoard;
	int multiGpuBoardGroupID;
	int hostNativeAtomicSupported;
	int singleToDoublePrecisionPerfRatio;
	int pageableMemoryAccess;
	int concurrentManagedAccess;
	int computePreemptionSupported;
	int canUseHostPointerForRegisteredMem;
	int cooperativeLaunch;
	int cooperativeMultiDeviceLaunch;
	size_t sharedMemPerBlockOptin;
	int pageableMemoryAccessUsesHostPageTables;
	int directManagedMemAccessFromHost;
	int maxBlocksPerMultiProcessor;
	int accessPolicyMaxWindowSize;
	size_t reservedSharedMemPerBlock;
};

struct cudaDeviceProp_v12 {
	struct cudaDeviceProp_v11 base;
	int hostRegisterSupported;
	int sparseCudaArraySupported;
	int hostRegisterReadOnlySupported;
	int timelineSemaphoreInteropSupported;
	int memoryPoolsSupported;
	int gpuDirectRDMASupported;
	unsigned int gpuDirectRDMAFlushWritesOptions;
	int gpuDirectRDMAWritesOrdering;
	unsigned int memoryPoolSupportedHandleTypes;
	int deferredMappingCudaArraySupported;
	int ipcEventSupported;
	int clusterLaunch;
	int unifiedFunctionPointers;
	int reserved2[2];
	int reserved[61];
};

_Static_assert(sizeof(struct cudaDeviceProp_v11) == 728, "size of cudaDeviceProp in 11");
_Static_assert(sizeof(struct cudaDeviceProp_v12) == 1032, "size of cudaDeviceProp in 12");

/* Pointers. 13's form is 88 bytes: writing it into a 12 caller's variable overruns the stack. */
struct cudaPointerAttributes_v12 {
	enum cudaMemoryType type;
	int device;
	void *devicePointer;
	void *hostPointer;
};

_Static_assert(sizeof(struct cudaPointerAttributes_v12) == 24, "size of cudaPointerAttributes");

/* Function attributes: 11 has none of the cluster fields; 12 has 13's form. */
struct cudaFuncAttributes_v11 {
	size_t sharedSizeBytes;
	size_t constSizeBytes;
	size_t localSizeBytes;
	int maxThreadsPerBlock;
	int numRegs;
	int ptxVersion;
	int binaryVersion;
	int cacheModeCA;
	int maxDynamicSharedSizeBytes;
	int preferredShmemCarveout;
};

_Static_assert(sizeof(struct cudaFuncAttributes_v11) == 56, "size of cudaFuncAttributes");

/* Which form the output of the profiler that 11 could set up had. */
enum cudaOutputMode {
	cudaKeyValuePair = 0x00,
	cudaCSV = 0x01
};

/* References to textures and surfaces ended with 11; they are never looked into. */
struct textureReference;
struct surfaceReference;

/* One device's share of a cooperative launch on several devices, which 13 dropped. */
struct cudaLaunchParams_v12 {
	void *func;
	dim3 gridDim;
	dim3 blockDim;
	void **args;
	size_t sharedMem;
	cudaStream_t stream;
};

_Static_assert(sizeof(struct cudaLaunchParams_v12) == 56, "size of cudaLaunchParams");

/* Textures. 11.8's _v2 functions and all of 12 take 13's form, with seamlessCubemap at the end. */
struct cudaTextureDesc_v11 {
	enum cudaTextureAddressMode addressMode[3];
	enum cudaTextureFilterMode filterMode;
	enum cudaTextureReadMode readMode;
	int sRGB;
	float borderColor[4];
	int normalizedCoords;
	unsigned int maxAnisotropy;
	enum cudaTextureFilterMode mipmapFilterMode;
	float mipmapLevelBias;
	float minMipmapLevelClamp;
	float maxMipmapLevelClamp;
	int disableTrilinearOptimization;
};

struct cudaResourceDesc_v12 {
	enum cudaResourceType resType;
	union {
		struct {
			cudaArray_t array;
		} array;
		struct {
			cudaMipmappedArray_t mipmap;
		} mipmap;
		struct {
			void *devPtr;
			struct cudaChannelFormatDesc desc;
			size_t sizeInBytes;
		} linear;
		struct {
			void *devPtr;
			struct cudaChannelFormatDesc desc;
			size_t width;
			size_t height;
			size_t pitchInBytes;
		} pitch2D;
	} res;
};

struct cudaResourceViewDesc_v12 {
	enum cudaResourceViewFormat format;
	size_t width;
	size_t height;
	size_t depth;
	unsigned int firstMipmapLevel;
	unsigned int lastMipmapLevel;
	unsigned int firstLayer;
	unsigned int lastLayer;
};

_Static_assert(sizeof(struct cudaTextureDesc_v11) == 68, "size of cudaTextureDesc");
_Static_assert(sizeof(struct cudaResourceDesc_v12) == 64, "size of cudaResourceDesc");
_Static_assert(sizeof(struct cudaResourceViewDesc_v12) == 48, "size of cudaResourceViewDesc");

/* External memory and semaphores: 13 added reserved words at the end of each. */
struct cudaExternalMemoryHandleDesc_v12 {
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
};

struct cudaExternalMemoryBufferDesc_v12 {
	unsigned long long offset;
	unsigned long long size;
	unsigned int flags;
};

struct cudaExternalMemoryMipmappedArrayDesc_v12 {
	unsigned long long offset;
	struct cudaChannelFormatDesc formatDesc;
	struct cudaExtent extent;
	unsigned int flags;
	unsigned int numLevels;
};

struct cudaExternalSemaphoreHandleDesc_v12 {
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
};

_Static_assert(sizeof(struct cudaExternalMemoryHandleDesc_v12) == 40,
	       "size of cudaExternalMemoryHandleDesc");
_Static_assert(sizeof(struct cudaExternalMemoryBufferDesc_v12) == 24,
	       "size of cudaExternalMemoryBufferDesc");
_Static_assert(sizeof(struct cudaExternalMemoryMipmappedArrayDesc_v12) == 64,
	       "size of cudaExternalMemoryMipmappedArrayDesc");
_Static_assert(sizeof(struct cudaExternalSemaphoreHandleDesc_v12) == 32,
	       "size of cudaExternalSemaphoreHandleDesc");

/*
 * What the plain signal and wait functions take until 12. Their _v2 forms take 13's structures,
 * as 13's plain ones do.
 */
struct cudaExternalSemaphoreSignalParams_v11 {
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
	} params;
	unsigned int flags;
};

struct cudaExternalSemaphoreWaitParams_v11 {
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
	} params;
	unsigned int flags;
};

_Static_assert(sizeof(struct cudaExternalSemaphoreSignalParams_v11) == 32,
	       "size of cudaExternalSemaphoreSignalParams");
_Static_assert(sizeof(struct cudaExternalSemaphoreWaitParams_v11) == 40,
	       "size of cudaExternalSemaphoreWaitParams");

#endif /* RUNTIME_CUDART_ABI_LEGACY_H */
