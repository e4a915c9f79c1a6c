/* SPDX-License-Identifier: Apache-2.0 */
/* External memory and semaphores. */
#define _GNU_SOURCE /* memfd_create */
#include "conformance.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver/cuda_abi.h"
#include "driver/cuda_abi_pool.h"

/* A file that is of no graphics driver. */
static int wrong_file(void)
{
	return open("/dev/null", O_RDWR);
}

static void import_memory(int type, int fd, unsigned long long size, unsigned int flags)
{
	struct cudaExternalMemoryHandleDesc desc = {
		.type = (enum cudaExternalMemoryHandleType)type,
		.handle = { .fd = fd },
		.size = size,
		.flags = flags,
	};
	cudaExternalMemory_t memory = UNTOUCHED;

	conf_print("type %d, %s file, size %llu, flags %#x", type, fd < 0 ? "no" : "a", size,
		   flags);
	DO(cudaImportExternalMemory(&memory, &desc));
	SHOW(memory);
}

CASE(memory_of_wrong_file)
{
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, wrong_file(), 4096, 0);
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, memfd_create("m", 0), 4096, 0);
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, -1, 4096, 0);
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, 9999, 4096, 0);
}

CASE(memory_of_no_size)
{
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, wrong_file(), 0, 0);
}

CASE(memory_flags)
{
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, wrong_file(), 4096,
		      cudaExternalMemoryDedicated);
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, wrong_file(), 4096, 2);
	import_memory(cudaExternalMemoryHandleTypeOpaqueFd, wrong_file(), 4096, 0x80000000u);
}

CASE(memory_types)
{
	import_memory(0, wrong_file(), 4096, 0);
	import_memory(9, wrong_file(), 4096, 0);
	import_memory(1000, wrong_file(), 4096, 0);
	import_memory(-1, wrong_file(), 4096, 0);
}

CASE(memory_types_of_windows)
{
	for (int type = cudaExternalMemoryHandleTypeOpaqueWin32;
	     type <= cudaExternalMemoryHandleTypeD3D11ResourceKmt; type++)
		import_memory(type, 0, 4096, 0);
}

CASE(memory_of_nothing)
{
	cudaExternalMemory_t memory = UNTOUCHED;

	NEED(cudaFree(0));
	DO(cudaImportExternalMemory(&memory, NULL));
	SHOW(memory);
}

CASE(memory_to_nowhere)
{
	struct cudaExternalMemoryHandleDesc desc = {
		.type = cudaExternalMemoryHandleTypeOpaqueFd,
		.handle = { .fd = wrong_file() },
		.size = 4096,
	};

	DO(cudaImportExternalMemory(NULL, &desc));
}

CASE(memory_null_handle)
{
	struct cudaExternalMemoryBufferDesc desc = { .size = 4096 };
	void *p = UNTOUCHED;

	NEED(cudaFree(0));
	DO(cudaDestroyExternalMemory(NULL));
	DO(cudaExternalMemoryGetMappedBuffer(&p, NULL, &desc));
	SHOW(p);
}

CASE(memory_null_mipmap_handle)
{
	struct cudaExternalMemoryMipmappedArrayDesc desc = {
		.formatDesc = { 32, 0, 0, 0, cudaChannelFormatKindFloat },
		.extent = { 64, 64, 0 },
		.numLevels = 1,
	};
	cudaMipmappedArray_t mipmap = UNTOUCHED;

	NEED(cudaFree(0));
	DO(cudaExternalMemoryGetMappedMipmappedArray(&mipmap, NULL, &desc));
	SHOW(mipmap);
	desc.formatDesc.x = 7;
	DO(cudaExternalMemoryGetMappedMipmappedArray(&mipmap, NULL, &desc));
}

CASE(mipmap_of_nothing)
{
	cudaMipmappedArray_t mipmap = UNTOUCHED;

	NEED(cudaFree(0));
	DO(cudaExternalMemoryGetMappedMipmappedArray(&mipmap, NULL, NULL));
}

CASE(buffer_of_nothing)
{
	void *p = UNTOUCHED;

	NEED(cudaFree(0));
	DO(cudaExternalMemoryGetMappedBuffer(&p, NULL, NULL));
}

CASE(buffer_to_nowhere)
{
	struct cudaExternalMemoryBufferDesc desc = { .size = 4096 };

	NEED(cudaFree(0));
	DO(cudaExternalMemoryGetMappedBuffer(NULL, NULL, &desc));
}

/* Semaphores. */

static void import_semaphore(int type, int fd, unsigned int flags)
{
	struct cudaExternalSemaphoreHandleDesc desc = {
		.type = (enum cudaExternalSemaphoreHandleType)type,
		.handle = { .fd = fd },
		.flags = flags,
	};
	cudaExternalSemaphore_t semaphore = UNTOUCHED;

	conf_print("type %d, %s file, flags %#x", type, fd < 0 ? "no" : "a", flags);
	DO(cudaImportExternalSemaphore(&semaphore, &desc));
	SHOW(semaphore);
}

CASE(semaphore_of_wrong_file)
{
	import_semaphore(cudaExternalSemaphoreHandleTypeOpaqueFd, wrong_file(), 0);
	import_semaphore(cudaExternalSemaphoreHandleTypeOpaqueFd, -1, 0);
	import_semaphore(cudaExternalSemaphoreHandleTypeTimelineSemaphoreFd, wrong_file(), 0);
	import_semaphore(cudaExternalSemaphoreHandleTypeTimelineSemaphoreFd, -1, 0);
	import_semaphore(cudaExternalSemaphoreHandleTypeOpaqueFd, wrong_file(), 1);
	import_semaphore(cudaExternalSemaphoreHandleTypeOpaqueFd, wrong_file(), 0x80000000u);
}

CASE(semaphore_types)
{
	import_semaphore(0, wrong_file(), 0);
	import_semaphore(11, wrong_file(), 0);
	import_semaphore(1000, wrong_file(), 0);
	import_semaphore(-1, wrong_file(), 0);
}

CASE(semaphore_types_of_windows)
{
	static const int types[] = { 2, 3, 4, 5, 7, 8, 10 };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		import_semaphore(types[i], 0, 0);
}

CASE(semaphore_of_nothing)
{
	cudaExternalSemaphore_t semaphore = UNTOUCHED;

	NEED(cudaFree(0));
	DO(cudaImportExternalSemaphore(&semaphore, NULL));
	SHOW(semaphore);
}

CASE(semaphore_to_nowhere)
{
	struct cudaExternalSemaphoreHandleDesc desc = {
		.type = cudaExternalSemaphoreHandleTypeOpaqueFd,
		.handle = { .fd = wrong_file() },
	};

	DO(cudaImportExternalSemaphore(NULL, &desc));
}

CASE(semaphore_null_handle)
{
	NEED(cudaFree(0));
	DO(cudaDestroyExternalSemaphore(NULL));
}

CASE(signal_none)
{
	NEED(cudaFree(0));
	DO(cudaSignalExternalSemaphoresAsync(NULL, NULL, 0, NULL));
	DO(cudaWaitExternalSemaphoresAsync(NULL, NULL, 0, NULL));
	DO(cudaDeviceSynchronize());
}

CASE(signal_null_arrays)
{
	NEED(cudaFree(0));
	DO(cudaSignalExternalSemaphoresAsync(NULL, NULL, 1, NULL));
	DO(cudaWaitExternalSemaphoresAsync(NULL, NULL, 1, NULL));
}

CASE(signal_null_semaphore)
{
	struct cudaExternalSemaphoreSignalParams params = { .flags = 0 };
	cudaExternalSemaphore_t none = NULL;

	NEED(cudaFree(0));
	DO(cudaSignalExternalSemaphoresAsync(&none, &params, 1, NULL));
}

CASE(wait_null_semaphore)
{
	struct cudaExternalSemaphoreWaitParams params = { .flags = 0 };
	cudaExternalSemaphore_t none = NULL;

	NEED(cudaFree(0));
	DO(cudaWaitExternalSemaphoresAsync(&none, &params, 1, NULL));
}

CASE(signal_in_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaSignalExternalSemaphoresAsync(NULL, NULL, 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

/* A file of the driver's own. */

#define GRANULE ((size_t)2 << 20)

static void *driver_function(const char *name)
{
	enum cudaDriverEntryPointQueryResult result;
	void *function = NULL;

	NEED(cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &result));
	return function;
}

/* Physical memory as a file; -1 without. */
static int exported_memory(void)
{
	CUmemAllocationProp prop = {
		.type = CU_MEM_ALLOCATION_TYPE_PINNED,
		.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
		.location = { .type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0 },
	};
	CUmemGenericAllocationHandle handle = 0;
	CUresult (*create)(CUmemGenericAllocationHandle *, size_t, const CUmemAllocationProp *,
			   unsigned long long);
	CUresult (*export)(void *, CUmemGenericAllocationHandle, CUmemAllocationHandleType,
			   unsigned long long);
	int fd = -1;

	NEED(cudaFree(0));
	create = (__typeof__(create))driver_function("cuMemCreate");
	export = (__typeof__(export))driver_function("cuMemExportToShareableHandle");
	if (create == NULL || export == NULL) {
		conf_print("no entry points");
		return -1;
	}
	if (create(&handle, GRANULE, &prop, 0) != CUDA_SUCCESS ||
	    export(&fd, handle, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0) != CUDA_SUCCESS)
		conf_print("no memory to export");
	return fd;
}

static void map_buffer(cudaExternalMemory_t memory, unsigned long long offset,
		       unsigned long long size, unsigned int flags)
{
	struct cudaExternalMemoryBufferDesc desc = {
		.offset = offset,
		.size = size,
		.flags = flags,
	};
	void *p = UNTOUCHED;

	conf_print("offset %llu, size %llu, flags %#x", offset, size, flags);
	if (DO(cudaExternalMemoryGetMappedBuffer(&p, memory, &desc)) != cudaSuccess) {
		SHOW(p);
		return;
	}
	DO(cudaMemset(p, 0x11, 64));
	SHOW_DEVICE(p, 64);
	DO(cudaFree(p));
}

static cudaExternalMemory_t import_exported(void)
{
	struct cudaExternalMemoryHandleDesc desc = {
		.type = cudaExternalMemoryHandleTypeOpaqueFd,
		.handle = { .fd = exported_memory() },
		.size = GRANULE,
	};
	cudaExternalMemory_t memory = NULL;

	DO(cudaImportExternalMemory(&memory, &desc));
	return memory;
}

CASE(memory_of_driver)
{
	cudaExternalMemory_t memory = import_exported();

	SHOW(memory);
	if (memory == NULL)
		return;
	map_buffer(memory, 0, GRANULE, 0);
	map_buffer(memory, 65536, 65536, 0);
	DO(cudaDestroyExternalMemory(memory));
}

CASE(memory_of_driver_bad_buffers)
{
	cudaExternalMemory_t memory = import_exported();

	if (memory == NULL)
		return;
	map_buffer(memory, 0, 0, 0);
	map_buffer(memory, 0, 2 * GRANULE, 0);
	map_buffer(memory, GRANULE, 65536, 0);
	map_buffer(memory, 0, GRANULE, 1);
	DO(cudaDestroyExternalMemory(memory));
}
