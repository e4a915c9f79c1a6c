/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: properties, attributes, limits, choice. */
#include "conformance.h"

#include <stdio.h>

CASE(count)
{
	int n = UNTOUCHED_INT;

	DO(cudaGetDeviceCount(&n));
	SHOW(n);
}

CASE_TWO_DEVICES(count_of_two)
{
	int n = UNTOUCHED_INT;

	DO(cudaGetDeviceCount(&n));
	SHOW(n);
	DO(cudaSetDevice(1));
	DO(cudaSetDevice(2));
	DO(cudaGetDevice(&n));
	SHOW(n);
}

CASE(count_to_nowhere)
{
	DO(cudaGetDeviceCount(NULL));
}

/* What the board, its place and its memory decide is no part of the comparison. */
static bool depends_on_board(int attribute)
{
	static const int left_out[] = { 13,  33,  34,  36,  37,  50,  85,  88,
					100, 101, 130, 131, 132, 134, 139, 140 };

	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (left_out[i] == attribute)
			return true;
	}
	return false;
}

static void show_attributes(int first, int last)
{
	for (int i = first; i <= last; i++) {
		int value = UNTOUCHED_INT;
		cudaError_t error;

		if (depends_on_board(i))
			continue;
		error = cudaDeviceGetAttribute(&value, i, 0);
		if (error != cudaSuccess)
			conf_print("attribute %d: %s%s, last error %s", i, conf_error_name(error),
				   value == UNTOUCHED_INT ? "" : ", written",
				   conf_error_name(cudaGetLastError()));
		else
			conf_print("attribute %d: %d", i, value);
	}
}

CASE(attributes_1_to_54)
{
	show_attributes(1, 54);
}

CASE(attributes_55_to_101)
{
	show_attributes(55, 101);
}

CASE(attributes_102_to_the_last)
{
	show_attributes(102, 147);
}

CASE(attributes_that_do_not_exist)
{
	show_attributes(-1, 0);
	show_attributes(148, 150);
	show_attributes(200, 200);
	show_attributes(1000, 1000);
}

CASE(attribute_bad_arguments)
{
	int value = UNTOUCHED_INT;

	DO(cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, 1000));
	DO(cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, -1));
	DO(cudaDeviceGetAttribute(&value, 0, 1000));
	DO(cudaDeviceGetAttribute(&value, 0, 0));
	SHOW(value);
}

CASE(attribute_to_nowhere)
{
	DO(cudaDeviceGetAttribute(NULL, cudaDevAttrWarpSize, 0));
}

CASE(attribute_to_nowhere_of_no_device)
{
	DO(cudaDeviceGetAttribute(NULL, cudaDevAttrWarpSize, 1000));
}

CASE(properties_of_execution)
{
	static struct cudaDeviceProp p;

	DO(cudaGetDeviceProperties(&p, 0));
	SHOW(p.major);
	SHOW(p.minor);
	SHOW(p.warpSize);
	SHOW(p.multiProcessorCount);
	SHOW(p.maxThreadsPerBlock);
	SHOW_BYTES(p.maxThreadsDim, sizeof(p.maxThreadsDim));
	SHOW_BYTES(p.maxGridSize, sizeof(p.maxGridSize));
	SHOW(p.maxThreadsPerMultiProcessor);
	SHOW(p.maxBlocksPerMultiProcessor);
	SHOW(p.regsPerBlock);
	SHOW(p.regsPerMultiprocessor);
	SHOW(p.sharedMemPerBlock);
	SHOW(p.sharedMemPerBlockOptin);
	SHOW(p.sharedMemPerMultiprocessor);
	SHOW(p.reservedSharedMemPerBlock);
	SHOW(p.totalConstMem);
	SHOW(p.concurrentKernels);
	SHOW(p.asyncEngineCount);
	SHOW(p.cooperativeLaunch);
	SHOW(p.clusterLaunch);
	SHOW(p.streamPrioritiesSupported);
	SHOW(p.computePreemptionSupported);
	SHOW(p.unifiedFunctionPointers);
}

CASE(properties_of_memory)
{
	static struct cudaDeviceProp p;

	NEED(cudaGetDeviceProperties(&p, 0));
	SHOW(p.memPitch);
	SHOW(p.l2CacheSize);
	SHOW(p.persistingL2CacheMaxSize);
	SHOW(p.accessPolicyMaxWindowSize);
	SHOW(p.unifiedAddressing);
	SHOW(p.managedMemory);
	SHOW(p.concurrentManagedAccess);
	SHOW(p.canMapHostMemory);
	SHOW(p.canUseHostPointerForRegisteredMem);
	SHOW(p.hostNativeAtomicSupported);
	SHOW(p.hostRegisterSupported);
	SHOW(p.hostRegisterReadOnlySupported);
	SHOW(p.memoryPoolsSupported);
	SHOW(p.memoryPoolSupportedHandleTypes);
	SHOW(p.globalL1CacheSupported);
	SHOW(p.localL1CacheSupported);
	SHOW(p.sparseCudaArraySupported);
	SHOW(p.deferredMappingCudaArraySupported);
	SHOW(p.hostNumaMultinodeIpcSupported);
}

CASE(properties_of_the_machine)
{
	static struct cudaDeviceProp p;

	NEED(cudaGetDeviceProperties(&p, 0));
	SHOW(p.integrated);
	SHOW(p.ECCEnabled);
	SHOW(p.tccDriver);
	SHOW(p.isMultiGpuBoard);
	SHOW(p.mpsEnabled);
	SHOW(p.timelineSemaphoreInteropSupported);
	SHOW(p.gpuDirectRDMASupported);
	SHOW(p.gpuDirectRDMAFlushWritesOptions);
	SHOW(p.gpuDirectRDMAWritesOrdering);
	SHOW(p.ipcEventSupported);
	SHOW(p.luidDeviceNodeMask);
	SHOW_BYTES(p.luid, sizeof(p.luid));
	SHOW_BYTES(p.reserved, sizeof(p.reserved));
}

CASE(properties_of_textures)
{
	static struct cudaDeviceProp p;

	NEED(cudaGetDeviceProperties(&p, 0));
	SHOW(p.textureAlignment);
	SHOW(p.texturePitchAlignment);
	SHOW(p.maxTexture1D);
	SHOW(p.maxTexture1DMipmap);
	SHOW_BYTES(p.maxTexture2D, sizeof(p.maxTexture2D));
	SHOW_BYTES(p.maxTexture2DMipmap, sizeof(p.maxTexture2DMipmap));
	SHOW_BYTES(p.maxTexture2DLinear, sizeof(p.maxTexture2DLinear));
	SHOW_BYTES(p.maxTexture2DGather, sizeof(p.maxTexture2DGather));
	SHOW_BYTES(p.maxTexture3D, sizeof(p.maxTexture3D));
	SHOW_BYTES(p.maxTexture3DAlt, sizeof(p.maxTexture3DAlt));
	SHOW(p.maxTextureCubemap);
	SHOW_BYTES(p.maxTexture1DLayered, sizeof(p.maxTexture1DLayered));
	SHOW_BYTES(p.maxTexture2DLayered, sizeof(p.maxTexture2DLayered));
	SHOW_BYTES(p.maxTextureCubemapLayered, sizeof(p.maxTextureCubemapLayered));
	SHOW(p.surfaceAlignment);
	SHOW(p.maxSurface1D);
	SHOW_BYTES(p.maxSurface2D, sizeof(p.maxSurface2D));
	SHOW_BYTES(p.maxSurface3D, sizeof(p.maxSurface3D));
	SHOW_BYTES(p.maxSurface1DLayered, sizeof(p.maxSurface1DLayered));
	SHOW_BYTES(p.maxSurface2DLayered, sizeof(p.maxSurface2DLayered));
	SHOW(p.maxSurfaceCubemap);
	SHOW_BYTES(p.maxSurfaceCubemapLayered, sizeof(p.maxSurfaceCubemapLayered));
}

static int attribute(enum cudaDeviceAttr attr)
{
	int value = UNTOUCHED_INT;

	NEED(cudaDeviceGetAttribute(&value, attr, 0));
	return value;
}

CASE(properties_are_the_attributes)
{
	static struct cudaDeviceProp p;
	size_t unused = 0, total = 0;

	NEED(cudaGetDeviceProperties(&p, 0));
	NEED(cudaMemGetInfo(&unused, &total));
	SHOW_IF(p.totalGlobalMem == total);
	SHOW_IF(p.name[0] != '\0');
	SHOW_IF(p.pciBusID == attribute(cudaDevAttrPciBusId));
	SHOW_IF(p.pciDeviceID == attribute(cudaDevAttrPciDeviceId));
	SHOW_IF(p.pciDomainID == attribute(cudaDevAttrPciDomainId));
	SHOW_IF((int)p.gpuPciDeviceID == attribute(cudaDevAttrGpuPciDeviceId));
	SHOW_IF((int)p.gpuPciSubsystemID == attribute(cudaDevAttrGpuPciSubsystemId));
	SHOW_IF(p.memoryBusWidth == attribute(cudaDevAttrGlobalMemoryBusWidth));
	SHOW_IF(p.multiGpuBoardGroupID == attribute(cudaDevAttrMultiGpuBoardGroupID));
	SHOW_IF(p.pageableMemoryAccess == attribute(cudaDevAttrPageableMemoryAccess));
	SHOW_IF(p.deviceNumaConfig == attribute(cudaDevAttrNumaConfig));
	SHOW_IF(p.deviceNumaId == attribute(cudaDevAttrNumaId));
	SHOW_IF(p.hostNumaId == attribute(cudaDevAttrHostNumaId));
	SHOW_IF(p.directManagedMemAccessFromHost ==
		attribute(cudaDevAttrDirectManagedMemAccessFromHost));
}

CASE(properties_bad_arguments)
{
	static struct cudaDeviceProp p;

	UNTOUCH(p);
	DO(cudaGetDeviceProperties(&p, 1000));
	SHOW(p.major);
	DO(cudaGetDeviceProperties(&p, -1));
	SHOW(p.major);
	DO(cudaGetDeviceProperties(NULL, 0));
	DO(cudaGetDeviceProperties(NULL, 1000));
}

/* -- addresses on the bus -- */

CASE(pci_bus_id_round_trip)
{
	char id[32];
	int device = UNTOUCHED_INT, domain = -1, bus = -1, slot = -1;

	memset(id, 0x5a, sizeof(id));
	DO(cudaDeviceGetPCIBusId(id, sizeof(id), 0));
	SHOW_IF(memchr(id, 0, sizeof(id)) == id + 12);
	DO(cudaDeviceGetByPCIBusId(&device, id));
	SHOW(device);
	id[31] = '\0';
	SHOW_IF(sscanf(id, "%x:%x:%x", &domain, &bus, &slot) == 3);
	SHOW_IF(domain == attribute(cudaDevAttrPciDomainId));
	SHOW_IF(bus == attribute(cudaDevAttrPciBusId));
	SHOW_IF(slot == attribute(cudaDevAttrPciDeviceId));
	device = UNTOUCHED_INT;
	DO(cudaDeviceGetByPCIBusId(&device, id + 5));
	SHOW(device);
}

CASE(pci_bus_id_of_exact_length)
{
	char id[13];

	DO(cudaDeviceGetPCIBusId(id, 13, 0));
	SHOW_IF(memchr(id, 0, sizeof(id)) == id + 12);
}

CASE(pci_bus_id_too_short)
{
	char id[16];

	memset(id, 0x5a, sizeof(id));
	DO(cudaDeviceGetPCIBusId(id, 5, 0));
	SHOW_IF(id[5] == 0x5a);
	DO(cudaDeviceGetPCIBusId(id, 12, 0));
	SHOW_IF(id[12] == 0x5a);
}

CASE(pci_bus_id_bad_arguments)
{
	char id[16];

	memset(id, 0x5a, sizeof(id));
	DO(cudaDeviceGetPCIBusId(id, sizeof(id), 1000));
	DO(cudaDeviceGetPCIBusId(id, sizeof(id), -1));
	SHOW_BYTES(id, sizeof(id));
	DO(cudaDeviceGetPCIBusId(id, 5, 1000));
	DO(cudaDeviceGetPCIBusId(NULL, 16, 0));
}

CASE(pci_bus_id_of_no_length)
{
	char id[16];

	memset(id, 0x5a, sizeof(id));
	DO(cudaDeviceGetPCIBusId(id, 0, 0));
	SHOW_BYTES(id, sizeof(id));
	DO(cudaDeviceGetPCIBusId(id, -1, 0));
}

CASE(by_pci_bus_id_bad_arguments)
{
	int device = UNTOUCHED_INT;

	DO(cudaDeviceGetByPCIBusId(&device, "ffff:ff:1f.0"));
	DO(cudaDeviceGetByPCIBusId(&device, "garbage"));
	DO(cudaDeviceGetByPCIBusId(&device, ""));
	SHOW(device);
	DO(cudaDeviceGetByPCIBusId(&device, NULL));
	DO(cudaDeviceGetByPCIBusId(NULL, "ffff:ff:1f.0"));
}

/* -- choice by properties -- */

CASE(choose_any)
{
	static struct cudaDeviceProp wanted;
	int device = UNTOUCHED_INT;

	DO(cudaChooseDevice(&device, &wanted));
	SHOW(device);
	wanted.major = 99;
	DO(cudaChooseDevice(&device, &wanted));
	SHOW(device);
	NEED(cudaGetDeviceProperties(&wanted, 0));
	DO(cudaChooseDevice(&device, &wanted));
	SHOW(device);
	DO(cudaGetDevice(&device));
	SHOW(device);
}

CASE_TWO_DEVICES(choose_of_two_equal)
{
	static struct cudaDeviceProp wanted;
	int device = UNTOUCHED_INT;

	DO(cudaChooseDevice(&device, &wanted));
	SHOW(device);
	NEED(cudaGetDeviceProperties(&wanted, 1));
	DO(cudaChooseDevice(&device, &wanted));
	SHOW(device);
}

CASE(choose_without_wishes)
{
	int device = UNTOUCHED_INT;

	DO(cudaChooseDevice(&device, NULL));
	SHOW(device);
}

CASE(choose_to_nowhere)
{
	static struct cudaDeviceProp wanted;

	DO(cudaChooseDevice(NULL, &wanted));
}

/* -- between devices and host -- */

CASE(flush_of_rdma_writes)
{
	DO(cudaDeviceFlushGPUDirectRDMAWrites(0, cudaFlushGPUDirectRDMAWritesToOwner));
	DO(cudaDeviceFlushGPUDirectRDMAWrites(0, cudaFlushGPUDirectRDMAWritesToAllDevices));
	DO(cudaDeviceFlushGPUDirectRDMAWrites(1, cudaFlushGPUDirectRDMAWritesToOwner));
	DO(cudaDeviceFlushGPUDirectRDMAWrites(0, 0));
	DO(cudaDeviceFlushGPUDirectRDMAWrites(0, 300));
}

CASE(host_atomics)
{
	enum cudaAtomicOperation operations[13], bad = 13;
	unsigned int capabilities[13];

	for (int i = 0; i < 13; i++)
		operations[i] = i;
	UNTOUCH(capabilities);
	DO(cudaDeviceGetHostAtomicCapabilities(capabilities, operations, 13, 0));
	SHOW_BYTES(capabilities, sizeof(capabilities));
	UNTOUCH(capabilities);
	DO(cudaDeviceGetHostAtomicCapabilities(capabilities, operations, 0, 0));
	DO(cudaDeviceGetHostAtomicCapabilities(capabilities, operations, 1, 1000));
	DO(cudaDeviceGetHostAtomicCapabilities(capabilities, &bad, 1, 0));
	SHOW_BYTES(capabilities, sizeof(capabilities));
}

CASE(host_atomics_from_nowhere)
{
	unsigned int capability = UNTOUCHED_INT;

	DO(cudaDeviceGetHostAtomicCapabilities(&capability, NULL, 1, 0));
	SHOW(capability);
}

CASE(host_atomics_to_nowhere)
{
	enum cudaAtomicOperation operation = cudaAtomicOperationCAS;

	DO(cudaDeviceGetHostAtomicCapabilities(NULL, &operation, 1, 0));
}

CASE(p2p_attributes_with_one_device)
{
	int value = UNTOUCHED_INT;

	for (int i = 0; i <= 6; i++) {
		conf_print("attribute %d", i);
		DO(cudaDeviceGetP2PAttribute(&value, i, 0, 0));
	}
	DO(cudaDeviceGetP2PAttribute(&value, cudaDevP2PAttrAccessSupported, 0, 1000));
	DO(cudaDeviceGetP2PAttribute(&value, cudaDevP2PAttrAccessSupported, -1, 0));
	SHOW(value);
}

CASE_TWO_DEVICES(p2p_attributes)
{
	for (int i = 0; i <= 6; i++) {
		int value = UNTOUCHED_INT;

		conf_print("attribute %d", i);
		DO(cudaDeviceGetP2PAttribute(&value, i, 0, 1));
		SHOW(value);
	}
}

/* -- textures -- */

static void show_width(int x, int y, int z, int w, enum cudaChannelFormatKind f)
{
	struct cudaChannelFormatDesc desc = { x, y, z, w, f };
	size_t width = UNTOUCHED_64;

	conf_print("channels %d %d %d %d of kind %d", x, y, z, w, (int)f);
	DO(cudaDeviceGetTexture1DLinearMaxWidth(&width, &desc, 0));
	SHOW(width);
}

CASE(texture_1d_linear_width)
{
	show_width(8, 0, 0, 0, cudaChannelFormatKindUnsigned);
	show_width(8, 8, 0, 0, cudaChannelFormatKindSigned);
	show_width(16, 0, 0, 0, cudaChannelFormatKindFloat);
	show_width(32, 0, 0, 0, cudaChannelFormatKindFloat);
	show_width(32, 32, 0, 0, cudaChannelFormatKindFloat);
	show_width(32, 32, 32, 32, cudaChannelFormatKindFloat);
}

CASE(texture_1d_linear_width_of_no_format)
{
	show_width(32, 32, 32, 0, cudaChannelFormatKindFloat);
	show_width(0, 0, 0, 0, cudaChannelFormatKindFloat);
	show_width(8, 16, 0, 0, cudaChannelFormatKindUnsigned);
	show_width(32, 0, 0, 0, cudaChannelFormatKindNone);
	show_width(64, 0, 0, 0, cudaChannelFormatKindFloat);
}

CASE(texture_1d_linear_width_bad_arguments)
{
	struct cudaChannelFormatDesc desc = { 32, 0, 0, 0, cudaChannelFormatKindFloat };
	size_t width = UNTOUCHED_64;

	DO(cudaDeviceGetTexture1DLinearMaxWidth(&width, &desc, 1000));
	DO(cudaDeviceGetTexture1DLinearMaxWidth(&width, &desc, -1));
	SHOW(width);
}

CASE(texture_1d_linear_width_to_nowhere)
{
	struct cudaChannelFormatDesc desc = { 32, 0, 0, 0, cudaChannelFormatKindFloat };

	DO(cudaDeviceGetTexture1DLinearMaxWidth(NULL, &desc, 0));
}

CASE(texture_1d_linear_width_from_nowhere)
{
	size_t width = UNTOUCHED_64;

	DO(cudaDeviceGetTexture1DLinearMaxWidth(&width, NULL, 0));
	SHOW(width);
}

/* -- notifications -- */

static void on_notice(cudaAsyncNotificationInfo_t *info, void *data,
		      cudaAsyncCallbackHandle_t handle)
{
	(void)info, (void)data, (void)handle;
}

CASE(notification)
{
	cudaAsyncCallbackHandle_t handle = UNTOUCHED;

	if (DO(cudaDeviceRegisterAsyncNotification(0, on_notice, NULL, &handle)) == cudaSuccess) {
		SHOW(handle);
		DO(cudaDeviceUnregisterAsyncNotification(0, handle));
	}
}

CASE(notification_bad_arguments)
{
	cudaAsyncCallbackHandle_t handle = UNTOUCHED;

	DO(cudaDeviceRegisterAsyncNotification(1000, on_notice, NULL, &handle));
	DO(cudaDeviceRegisterAsyncNotification(-1, on_notice, NULL, &handle));
	DO(cudaDeviceRegisterAsyncNotification(0, NULL, NULL, &handle));
	SHOW(handle);
}

CASE(notification_to_nowhere)
{
	DO(cudaDeviceRegisterAsyncNotification(0, on_notice, NULL, NULL));
}

CASE(notification_that_is_none)
{
	DO(cudaDeviceUnregisterAsyncNotification(1000, NULL));
	DO(cudaDeviceUnregisterAsyncNotification(0, NULL));
}

/* -- foreign synchronisation -- */

CASE(nvscisync_of_no_device)
{
	char list[64];

	DO(cudaDeviceGetNvSciSyncAttributes(list, 1000, 1));
}

CASE(nvscisync_without_a_list)
{
	DO(cudaDeviceGetNvSciSyncAttributes(NULL, 0, 1));
	DO(cudaDeviceGetNvSciSyncAttributes(NULL, 0, 0));
	DO(cudaDeviceGetNvSciSyncAttributes(NULL, 0, 8));
}

CASE(synchronize_at_first)
{
	DO(cudaDeviceSynchronize());
	DO(cudaDeviceSynchronize());
}

CASE(synchronize_waits)
{
	unsigned int *p = NULL;

	conf_register();
	NEED(cudaMalloc((void **)&p, 256));
	for (int i = 0; i < 4; i++) {
		unsigned int n = 64, value = 0x11111111u * (unsigned int)i;

		NEED(LAUNCH(kernel_fill, DIM(1), DIM(64), ARGS(&p, &n, &value)));
	}
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(p, 256);
}
