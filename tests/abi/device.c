/* SPDX-License-Identifier: Apache-2.0 */
/* Device properties: each form's fields are those of 13's, or what the driver says. */
#define TOOLKIT_EXPORTED_NAMES
#include "cases.h"
#include "guard.h"
#include "newest.h"

#include "driver/cuda_abi.h"

/* clang-format off */

/* Fields that every version has, up to the end of 11's structure. */
#define COMMON_FIELDS(X)                                                                     \
	X(name) X(uuid) X(luid) X(luidDeviceNodeMask) X(totalGlobalMem) X(sharedMemPerBlock) \
	X(regsPerBlock) X(warpSize) X(memPitch) X(maxThreadsPerBlock) X(maxThreadsDim)       \
	X(maxGridSize) X(totalConstMem) X(major) X(minor) X(textureAlignment)                \
	X(texturePitchAlignment) X(multiProcessorCount) X(integrated) X(canMapHostMemory)    \
	X(maxTexture1D) X(maxTexture1DMipmap) X(maxTexture2D) X(maxTexture2DMipmap)          \
	X(maxTexture2DLinear) X(maxTexture2DGather) X(maxTexture3D) X(maxTexture3DAlt)       \
	X(maxTextureCubemap) X(maxTexture1DLayered) X(maxTexture2DLayered)                   \
	X(maxTextureCubemapLayered) X(maxSurface1D) X(maxSurface2D) X(maxSurface3D)          \
	X(maxSurface1DLayered) X(maxSurface2DLayered) X(maxSurfaceCubemap)                   \
	X(maxSurfaceCubemapLayered) X(surfaceAlignment) X(concurrentKernels) X(ECCEnabled)   \
	X(pciBusID) X(pciDeviceID) X(pciDomainID) X(tccDriver) X(asyncEngineCount)           \
	X(unifiedAddressing) X(memoryBusWidth) X(l2CacheSize) X(persistingL2CacheMaxSize)    \
	X(maxThreadsPerMultiProcessor) X(streamPrioritiesSupported)                          \
	X(globalL1CacheSupported) X(localL1CacheSupported) X(sharedMemPerMultiprocessor)     \
	X(regsPerMultiprocessor) X(managedMemory) X(isMultiGpuBoard) X(multiGpuBoardGroupID) \
	X(hostNativeAtomicSupported) X(pageableMemoryAccess) X(concurrentManagedAccess)      \
	X(computePreemptionSupported) X(canUseHostPointerForRegisteredMem)                   \
	X(cooperativeLaunch) X(sharedMemPerBlockOptin)                                       \
	X(pageableMemoryAccessUsesHostPageTables) X(directManagedMemAccessFromHost)          \
	X(maxBlocksPerMultiProcessor) X(accessPolicyMaxWindowSize)                           \
	X(reservedSharedMemPerBlock)

/* What 12 added behind them. */
#define LATER_FIELDS(X)                                                                      \
	X(hostRegisterSupported) X(sparseCudaArraySupported) X(hostRegisterReadOnlySupported) \
	X(timelineSemaphoreInteropSupported) X(memoryPoolsSupported) X(gpuDirectRDMASupported) \
	X(gpuDirectRDMAFlushWritesOptions) X(gpuDirectRDMAWritesOrdering)                    \
	X(memoryPoolSupportedHandleTypes) X(deferredMappingCudaArraySupported)               \
	X(ipcEventSupported) X(clusterLaunch) X(unifiedFunctionPointers)

/* What 13 dropped, and where the driver has it. */
#define DROPPED_FIELDS(X)                                                        \
	X(clockRate, CLOCK_RATE) X(deviceOverlap, GPU_OVERLAP)                   \
	X(kernelExecTimeoutEnabled, KERNEL_EXEC_TIMEOUT) X(computeMode, COMPUTE_MODE) \
	X(maxTexture1DLinear, MAXIMUM_TEXTURE1D_LINEAR_WIDTH)                    \
	X(memoryClockRate, MEMORY_CLOCK_RATE)                                    \
	X(singleToDoublePrecisionPerfRatio, SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO) \
	X(cooperativeMultiDeviceLaunch, COOPERATIVE_MULTI_DEVICE_LAUNCH)

/* clang-format on */

/* No field is forgotten: with the padding behind luidDeviceNodeMask they are the structure. */
#define OLD                       ((struct cudaDeviceProp_v11 *)0)
#define SIZE_OF(field)            +sizeof(OLD->field)
#define SIZE_OF_DROPPED(field, a) +sizeof(OLD->field)
#define PADDING                   4
_Static_assert(0 COMMON_FIELDS(SIZE_OF) DROPPED_FIELDS(SIZE_OF_DROPPED) + PADDING ==
		       sizeof(struct cudaDeviceProp_v11),
	       "a field is missing above");

#define CHECK_FIELD(field) SAME_BYTES(&old->field, &new->field, sizeof(new->field));
#define CHECK_DROPPED(field, attribute) \
	SAME(old->field, driver_attribute(CU_DEVICE_ATTRIBUTE_##attribute, 0));

#if CUDA_MAJOR < 13
static void check_common(const struct cudaDeviceProp_v11 *old, const struct cudaDeviceProp *new)
{
	COMMON_FIELDS(CHECK_FIELD)
	DROPPED_FIELDS(CHECK_DROPPED)
}
#endif

#if CUDA_MAJOR == 12
static void check_later(const struct cudaDeviceProp_v12 *old, const struct cudaDeviceProp *new)
{
	static const int zeros[61];

	LATER_FIELDS(CHECK_FIELD)
	SAME_BYTES(old->reserved2, zeros, sizeof(old->reserved2));
	SAME_BYTES(old->reserved, zeros, sizeof(old->reserved));
}
#endif

#if CUDA_MAJOR == 13
static void check_all(const struct cudaDeviceProp *old, const struct cudaDeviceProp *new)
{
	COMMON_FIELDS(CHECK_FIELD)
	LATER_FIELDS(CHECK_FIELD)
}
#endif

static void properties(void)
{
	struct cudaDeviceProp new;

	SAME(new_properties(&new, 0), cudaSuccess);
	CHECK(new.major > 0 && new.multiProcessorCount > 0 && new.name[0] != '\0');
#if CUDA_MAJOR < 13
	{
		struct cudaDeviceProp_v11 *old = OUTPUT(struct cudaDeviceProp_v11);

		GIVES(cudaErrorInvalidDevice, cudaGetDeviceProperties(old, 4711));
		CHECK(abi_untouched(old, sizeof(*old)));
		OK(cudaGetDeviceProperties(old, 0));
		check_common(old, &new);
		GIVES(cudaErrorInvalidValue, cudaGetDeviceProperties(NULL, 0));
	}
#endif
#if CUDA_MAJOR == 12
	{
		struct cudaDeviceProp_v12 *old = OUTPUT(struct cudaDeviceProp_v12);

		GIVES(cudaErrorInvalidDevice, cudaGetDeviceProperties_v2(old, 4711));
		CHECK(abi_untouched(old, sizeof(*old)));
		OK(cudaGetDeviceProperties_v2(old, 0));
		check_common(&old->base, &new);
		check_later(old, &new);
		GIVES(cudaErrorInvalidValue, cudaGetDeviceProperties_v2(NULL, 0));
	}
#endif
#if CUDA_MAJOR == 13
	{
		struct cudaDeviceProp *old = OUTPUT(struct cudaDeviceProp);

		OK(cudaGetDeviceProperties(old, 0));
		check_all(old, &new);
	}
#endif
}

/* 12's programs have a longer structure, but its beginning is all that may be read. */
static void choose(void)
{
#if CUDA_MAJOR < 13
	struct cudaDeviceProp_v11 wish = { .major = 1 };
#else
	struct cudaDeviceProp wish = { .major = 1 };
#endif
	int *device = OUTPUT(int), count = 0;

	OK(cudaGetDeviceCount(&count));
	OK(cudaChooseDevice(device, INPUT(wish)));
	CHECK(*device >= 0 && *device < count);
	GIVES(cudaErrorInvalidValue, cudaChooseDevice(NULL, INPUT(wish)));
}

/* The names of before 4.0. */
static void thread_names(void)
{
#if CUDA_MAJOR < 13
	enum cudaFuncCache *config = OUTPUT(enum cudaFuncCache);
	size_t *value = OUTPUT(size_t), *same = OUTPUT(size_t);

	OK(cudaThreadGetLimit(value, cudaLimitStackSize));
	OK(cudaDeviceGetLimit(same, cudaLimitStackSize));
	SAME(*value, *same);
	OK(cudaThreadSetLimit(cudaLimitStackSize, 2 * *value));
	OK(cudaDeviceGetLimit(same, cudaLimitStackSize));
	SAME(*same, 2 * *value);
	OK(cudaThreadSetLimit(cudaLimitStackSize, *value));
	OK(cudaThreadSetCacheConfig(cudaFuncCachePreferL1));
	OK(cudaThreadGetCacheConfig(config));
	SAME(*config, cudaFuncCachePreferL1);
	OK(cudaDeviceSetCacheConfig(cudaFuncCachePreferNone));
	OK(cudaThreadGetCacheConfig(config));
	SAME(*config, cudaFuncCachePreferNone);
	OK(cudaThreadSynchronize());
#endif
}

void abi_device(void)
{
	properties();
	choose();
	thread_names();
	abi_release();
}
