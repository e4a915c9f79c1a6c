/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cudaDeviceProp, in the forms of CUDA 13 and of 11 and 12: name, identifiers and memory size have
 * calls of their own, all the rest is an attribute each. A hundred driver calls are too many for a
 * function that programs call in loops, and none of the values changes while a process runs, so
 * each device is asked once for each form that is wanted.
 */
#include "runtime/device_properties.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "driver/driver.h"
#include "runtime/context.h"
#include "runtime/fork.h"

/* 12's form begins with 11's. */
enum form {
	FORM_13,
	FORM_12,
	FORMS
};

/* Where a form holds an attribute. */
struct field {
	unsigned short at[FORMS];
	unsigned short size;
	CUdevice_attribute attribute;
};

#define NOWHERE     0xffff
#define IN_13(name) offsetof(struct cudaDeviceProp, name)
#define IN_12(name) offsetof(struct cudaDeviceProp_v12, name)

#define ENTRY(in_13, in_12, member, source)                                             \
	{                                                                               \
		.at = { [FORM_13] = in_13, [FORM_12] = in_12 }, .size = sizeof(member), \
		.attribute = CU_DEVICE_ATTRIBUTE_##source                               \
	}

#define OF_13(name) ((struct cudaDeviceProp *)0)->name
#define OF_11(name) ((struct cudaDeviceProp_v11 *)0)->name

/* In all three, since 12, since 13, and until 12. */
#define FIELD(name, source)    ENTRY(IN_13(name), IN_12(base.name), OF_13(name), source)
#define SINCE_12(name, source) ENTRY(IN_13(name), IN_12(name), OF_13(name), source)
#define SINCE_13(name, source) ENTRY(IN_13(name), NOWHERE, OF_13(name), source)
#define UNTIL_12(name, source) ENTRY(NOWHERE, IN_12(base.name), OF_11(name), source)

static const struct field fields[] = {
	FIELD(sharedMemPerBlock, MAX_SHARED_MEMORY_PER_BLOCK),
	FIELD(regsPerBlock, MAX_REGISTERS_PER_BLOCK),
	FIELD(warpSize, WARP_SIZE),
	FIELD(memPitch, MAX_PITCH),
	FIELD(maxThreadsPerBlock, MAX_THREADS_PER_BLOCK),
	FIELD(maxThreadsDim[0], MAX_BLOCK_DIM_X),
	FIELD(maxThreadsDim[1], MAX_BLOCK_DIM_Y),
	FIELD(maxThreadsDim[2], MAX_BLOCK_DIM_Z),
	FIELD(maxGridSize[0], MAX_GRID_DIM_X),
	FIELD(maxGridSize[1], MAX_GRID_DIM_Y),
	FIELD(maxGridSize[2], MAX_GRID_DIM_Z),
	FIELD(totalConstMem, TOTAL_CONSTANT_MEMORY),
	FIELD(major, COMPUTE_CAPABILITY_MAJOR),
	FIELD(minor, COMPUTE_CAPABILITY_MINOR),
	FIELD(textureAlignment, TEXTURE_ALIGNMENT),
	FIELD(texturePitchAlignment, TEXTURE_PITCH_ALIGNMENT),
	FIELD(multiProcessorCount, MULTIPROCESSOR_COUNT),
	FIELD(integrated, INTEGRATED),
	FIELD(canMapHostMemory, CAN_MAP_HOST_MEMORY),
	FIELD(maxTexture1D, MAXIMUM_TEXTURE1D_WIDTH),
	FIELD(maxTexture1DMipmap, MAXIMUM_TEXTURE1D_MIPMAPPED_WIDTH),
	FIELD(maxTexture2D[0], MAXIMUM_TEXTURE2D_WIDTH),
	FIELD(maxTexture2D[1], MAXIMUM_TEXTURE2D_HEIGHT),
	FIELD(maxTexture2DMipmap[0], MAXIMUM_TEXTURE2D_MIPMAPPED_WIDTH),
	FIELD(maxTexture2DMipmap[1], MAXIMUM_TEXTURE2D_MIPMAPPED_HEIGHT),
	FIELD(maxTexture2DLinear[0], MAXIMUM_TEXTURE2D_LINEAR_WIDTH),
	FIELD(maxTexture2DLinear[1], MAXIMUM_TEXTURE2D_LINEAR_HEIGHT),
	FIELD(maxTexture2DLinear[2], MAXIMUM_TEXTURE2D_LINEAR_PITCH),
	FIELD(maxTexture2DGather[0], MAXIMUM_TEXTURE2D_GATHER_WIDTH),
	FIELD(maxTexture2DGather[1], MAXIMUM_TEXTURE2D_GATHER_HEIGHT),
	FIELD(maxTexture3D[0], MAXIMUM_TEXTURE3D_WIDTH),
	FIELD(maxTexture3D[1], MAXIMUM_TEXTURE3D_HEIGHT),
	FIELD(maxTexture3D[2], MAXIMUM_TEXTURE3D_DEPTH),
	FIELD(maxTexture3DAlt[0], MAXIMUM_TEXTURE3D_WIDTH_ALTERNATE),
	FIELD(maxTexture3DAlt[1], MAXIMUM_TEXTURE3D_HEIGHT_ALTERNATE),
	FIELD(maxTexture3DAlt[2], MAXIMUM_TEXTURE3D_DEPTH_ALTERNATE),
	FIELD(maxTextureCubemap, MAXIMUM_TEXTURECUBEMAP_WIDTH),
	FIELD(maxTexture1DLayered[0], MAXIMUM_TEXTURE1D_LAYERED_WIDTH),
	FIELD(maxTexture1DLayered[1], MAXIMUM_TEXTURE1D_LAYERED_LAYERS),
	FIELD(maxTexture2DLayered[0], MAXIMUM_TEXTURE2D_LAYERED_WIDTH),
	FIELD(maxTexture2DLayered[1], MAXIMUM_TEXTURE2D_LAYERED_HEIGHT),
	FIELD(maxTexture2DLayered[2], MAXIMUM_TEXTURE2D_LAYERED_LAYERS),
	FIELD(maxTextureCubemapLayered[0], MAXIMUM_TEXTURECUBEMAP_LAYERED_WIDTH),
	FIELD(maxTextureCubemapLayered[1], MAXIMUM_TEXTURECUBEMAP_LAYERED_LAYERS),
	FIELD(maxSurface1D, MAXIMUM_SURFACE1D_WIDTH),
	FIELD(maxSurface2D[0], MAXIMUM_SURFACE2D_WIDTH),
	FIELD(maxSurface2D[1], MAXIMUM_SURFACE2D_HEIGHT),
	FIELD(maxSurface3D[0], MAXIMUM_SURFACE3D_WIDTH),
	FIELD(maxSurface3D[1], MAXIMUM_SURFACE3D_HEIGHT),
	FIELD(maxSurface3D[2], MAXIMUM_SURFACE3D_DEPTH),
	FIELD(maxSurface1DLayered[0], MAXIMUM_SURFACE1D_LAYERED_WIDTH),
	FIELD(maxSurface1DLayered[1], MAXIMUM_SURFACE1D_LAYERED_LAYERS),
	FIELD(maxSurface2DLayered[0], MAXIMUM_SURFACE2D_LAYERED_WIDTH),
	FIELD(maxSurface2DLayered[1], MAXIMUM_SURFACE2D_LAYERED_HEIGHT),
	FIELD(maxSurface2DLayered[2], MAXIMUM_SURFACE2D_LAYERED_LAYERS),
	FIELD(maxSurfaceCubemap, MAXIMUM_SURFACECUBEMAP_WIDTH),
	FIELD(maxSurfaceCubemapLayered[0], MAXIMUM_SURFACECUBEMAP_LAYERED_WIDTH),
	FIELD(maxSurfaceCubemapLayered[1], MAXIMUM_SURFACECUBEMAP_LAYERED_LAYERS),
	FIELD(surfaceAlignment, SURFACE_ALIGNMENT),
	FIELD(concurrentKernels, CONCURRENT_KERNELS),
	FIELD(ECCEnabled, ECC_ENABLED),
	FIELD(pciBusID, PCI_BUS_ID),
	FIELD(pciDeviceID, PCI_DEVICE_ID),
	FIELD(pciDomainID, PCI_DOMAIN_ID),
	FIELD(tccDriver, TCC_DRIVER),
	FIELD(asyncEngineCount, ASYNC_ENGINE_COUNT),
	FIELD(unifiedAddressing, UNIFIED_ADDRESSING),
	FIELD(memoryBusWidth, GLOBAL_MEMORY_BUS_WIDTH),
	FIELD(l2CacheSize, L2_CACHE_SIZE),
	FIELD(persistingL2CacheMaxSize, MAX_PERSISTING_L2_CACHE_SIZE),
	FIELD(maxThreadsPerMultiProcessor, MAX_THREADS_PER_MULTIPROCESSOR),
	FIELD(streamPrioritiesSupported, STREAM_PRIORITIES_SUPPORTED),
	FIELD(globalL1CacheSupported, GLOBAL_L1_CACHE_SUPPORTED),
	FIELD(localL1CacheSupported, LOCAL_L1_CACHE_SUPPORTED),
	FIELD(sharedMemPerMultiprocessor, MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
	FIELD(regsPerMultiprocessor, MAX_REGISTERS_PER_MULTIPROCESSOR),
	FIELD(managedMemory, MANAGED_MEMORY),
	FIELD(isMultiGpuBoard, MULTI_GPU_BOARD),
	FIELD(multiGpuBoardGroupID, MULTI_GPU_BOARD_GROUP_ID),
	FIELD(hostNativeAtomicSupported, HOST_NATIVE_ATOMIC_SUPPORTED),
	FIELD(pageableMemoryAccess, PAGEABLE_MEMORY_ACCESS),
	FIELD(concurrentManagedAccess, CONCURRENT_MANAGED_ACCESS),
	FIELD(computePreemptionSupported, COMPUTE_PREEMPTION_SUPPORTED),
	FIELD(canUseHostPointerForRegisteredMem, CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM),
	FIELD(cooperativeLaunch, COOPERATIVE_LAUNCH),
	FIELD(sharedMemPerBlockOptin, MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
	FIELD(pageableMemoryAccessUsesHostPageTables, PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES),
	FIELD(directManagedMemAccessFromHost, DIRECT_MANAGED_MEM_ACCESS_FROM_HOST),
	FIELD(maxBlocksPerMultiProcessor, MAX_BLOCKS_PER_MULTIPROCESSOR),
	FIELD(accessPolicyMaxWindowSize, MAX_ACCESS_POLICY_WINDOW_SIZE),
	FIELD(reservedSharedMemPerBlock, RESERVED_SHARED_MEMORY_PER_BLOCK),
	SINCE_12(hostRegisterSupported, HOST_REGISTER_SUPPORTED),
	SINCE_12(sparseCudaArraySupported, SPARSE_CUDA_ARRAY_SUPPORTED),
	SINCE_12(hostRegisterReadOnlySupported, READ_ONLY_HOST_REGISTER_SUPPORTED),
	SINCE_12(timelineSemaphoreInteropSupported, TIMELINE_SEMAPHORE_INTEROP_SUPPORTED),
	SINCE_12(memoryPoolsSupported, MEMORY_POOLS_SUPPORTED),
	SINCE_12(gpuDirectRDMASupported, GPU_DIRECT_RDMA_SUPPORTED),
	SINCE_12(gpuDirectRDMAFlushWritesOptions, GPU_DIRECT_RDMA_FLUSH_WRITES_OPTIONS),
	SINCE_12(gpuDirectRDMAWritesOrdering, GPU_DIRECT_RDMA_WRITES_ORDERING),
	SINCE_12(memoryPoolSupportedHandleTypes, MEMPOOL_SUPPORTED_HANDLE_TYPES),
	SINCE_12(deferredMappingCudaArraySupported, DEFERRED_MAPPING_CUDA_ARRAY_SUPPORTED),
	SINCE_12(ipcEventSupported, IPC_EVENT_SUPPORTED),
	SINCE_12(clusterLaunch, CLUSTER_LAUNCH),
	SINCE_12(unifiedFunctionPointers, UNIFIED_FUNCTION_POINTERS),
	SINCE_13(deviceNumaConfig, NUMA_CONFIG),
	SINCE_13(deviceNumaId, NUMA_ID),
	SINCE_13(mpsEnabled, MPS_ENABLED),
	SINCE_13(hostNumaId, HOST_NUMA_ID),
	SINCE_13(gpuPciDeviceID, GPU_PCI_DEVICE_ID),
	SINCE_13(gpuPciSubsystemID, GPU_PCI_SUBSYSTEM_ID),
	SINCE_13(hostNumaMultinodeIpcSupported, HOST_NUMA_MULTINODE_IPC_SUPPORTED),
	UNTIL_12(clockRate, CLOCK_RATE),
	UNTIL_12(deviceOverlap, GPU_OVERLAP),
	UNTIL_12(kernelExecTimeoutEnabled, KERNEL_EXEC_TIMEOUT),
	UNTIL_12(computeMode, COMPUTE_MODE),
	UNTIL_12(maxTexture1DLinear, MAXIMUM_TEXTURE1D_LINEAR_WIDTH),
	UNTIL_12(memoryClockRate, MEMORY_CLOCK_RATE),
	UNTIL_12(singleToDoublePrecisionPerfRatio, SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO),
	UNTIL_12(cooperativeMultiDeviceLaunch, COOPERATIVE_MULTI_DEVICE_LAUNCH),
};

/* What all forms begin with. */
struct identity {
	char name[256];
	struct CUuuid_st uuid;
	char luid[8];
	unsigned int luidDeviceNodeMask;
	size_t totalGlobalMem;
};

_Static_assert(sizeof(struct identity) == IN_13(sharedMemPerBlock) &&
		       sizeof(struct identity) == IN_12(base.sharedMemPerBlock) &&
		       offsetof(struct identity, totalGlobalMem) == IN_13(totalGlobalMem) &&
		       offsetof(struct identity, totalGlobalMem) == IN_12(base.totalGlobalMem),
	       "the forms begin alike");

/* Guards the caches and known[]; a leaf: the driver is called under it, nothing of ours. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cudaDeviceProp cache[RT_MAX_DEVICES];
static struct cudaDeviceProp_v12 cache_v12[RT_MAX_DEVICES];
static bool known[FORMS][RT_MAX_DEVICES]; /* set with release, read without the lock */

static __attribute__((constructor)) void register_fork(void)
{
	rt_fork_lock(&lock);
}

/* An attribute that an older driver does not know stays 0, as in an older runtime's structure. */
static void read_attribute(const struct field *field, int device, char *to)
{
	int value = 0;

	if (drv.cuDeviceGetAttribute(&value, field->attribute, device) != CUDA_SUCCESS)
		return;
	if (field->size == sizeof(size_t)) {
		size_t wide = (unsigned int)value;

		memcpy(to, &wide, sizeof(wide));
	} else {
		memcpy(to, &value, sizeof(value));
	}
}

static cudaError_t read_identity(int device, struct identity *identity)
{
	CUresult r = drv.cuDeviceGetName(identity->name, sizeof(identity->name), device);

	if (r == CUDA_SUCCESS)
		r = drv.cuDeviceTotalMem(&identity->totalGlobalMem, device);
	if (r == CUDA_SUCCESS)
		r = drv.cuDeviceGetUuid(&identity->uuid, device);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	/* Locally unique ids exist on Windows; elsewhere the driver refuses and they stay 0. */
	if (drv.cuDeviceGetLuid(identity->luid, &identity->luidDeviceNodeMask, device) !=
	    CUDA_SUCCESS) {
		memset(identity->luid, 0, sizeof(identity->luid));
		identity->luidDeviceNodeMask = 0;
	}
	return cudaSuccess;
}

/* What is reserved is zero. */
static cudaError_t read_form(int device, enum form form, void *to, size_t size)
{
	struct identity identity = { .name = "" };
	cudaError_t error = read_identity(device, &identity);

	if (error != cudaSuccess)
		return error;
	memset(to, 0, size);
	memcpy(to, &identity, sizeof(identity));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i].at[form] != NOWHERE)
			read_attribute(&fields[i], device, (char *)to + fields[i].at[form]);
	}
	return cudaSuccess;
}

static bool is_known(int device, enum form form)
{
	/* Pairs with the release in make_known(). */
	return __atomic_load_n(&known[form][device], __ATOMIC_ACQUIRE);
}

static __attribute__((noinline)) cudaError_t make_known(int device, enum form form, void *cached,
							size_t size)
{
	cudaError_t error = rt_check_device(device);

	if (error != cudaSuccess)
		return error;
	pthread_mutex_lock(&lock);
	if (!known[form][device])
		error = read_form(device, form, cached, size);
	if (error == cudaSuccess)
		__atomic_store_n(&known[form][device], true, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&lock);
	return error;
}

cudaError_t rt_device_properties(int device, struct cudaDeviceProp *prop)
{
	cudaError_t error = cudaSuccess;

	if (__builtin_expect((unsigned int)device >= RT_MAX_DEVICES, 0))
		return cudaErrorInvalidDevice;
	if (__builtin_expect(!is_known(device, FORM_13), 0))
		error = make_known(device, FORM_13, &cache[device], sizeof(cache[device]));
	if (__builtin_expect(error == cudaSuccess, 1))
		rt_copy_properties(prop, &cache[device], sizeof(*prop));
	return error;
}

cudaError_t rt_device_properties_v12(int device, const struct cudaDeviceProp_v12 **prop)
{
	if (__builtin_expect((unsigned int)device >= RT_MAX_DEVICES, 0))
		return cudaErrorInvalidDevice;
	*prop = &cache_v12[device];
	return is_known(device, FORM_12)
		       ? cudaSuccess
		       : make_known(device, FORM_12, &cache_v12[device], sizeof(cache_v12[device]));
}
