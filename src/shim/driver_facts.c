/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of programs that call the driver themselves, told as the runtime tells of those that it
 * makes ready. Asked of the driver's own functions: the runtime need not have loaded it.
 */
#include <dlfcn.h>
#include <stddef.h>

#include "driver/cuda_abi.h"
#include "hook/driver_lookup.h"
#include "hook/driver_names.h"
#include "runtime/introspect.h"
#include "shim/observe.h"

typedef CUresult (*ask_attribute)(int *value, CUdevice_attribute attribute, CUdevice device);

static int attribute(CUdevice_attribute which, CUdevice device)
{
	ask_attribute ask = (ask_attribute)hook_driver_original("cuDeviceGetAttribute");
	int value = 0;

	return ask && ask(&value, which, device) == CUDA_SUCCESS ? value : 0;
}

static void tell_versions(void)
{
	CUresult (*ask)(int *) = (CUresult(*)(int *))hook_driver_original("cuDriverGetVersion");
	int version = 0;
	Dl_info info;

	if (ask && ask(&version) == CUDA_SUCCESS && dladdr((const void *)ask, &info) != 0)
		shim_observer.driver(0, version, info.dli_fname);
}

void hook_host_device(CUdevice device)
{
	CUresult (*ask_name)(char *, int, CUdevice) =
		(CUresult(*)(char *, int, CUdevice))hook_driver_original("cuDeviceGetName");
	CUresult (*ask_memory)(size_t *, CUdevice) =
		(CUresult(*)(size_t *, CUdevice))hook_driver_original("cuDeviceTotalMem_v2");
	char name[256] = "";
	struct rt_device_facts facts = { .ordinal = device, .name = name };

	if (!ask_name || ask_name(name, (int)sizeof(name), device) != CUDA_SUCCESS)
		return;
	if (ask_memory)
		ask_memory(&facts.total_memory, device);
#define TAKE(field, which) facts.field = attribute(CU_DEVICE_ATTRIBUTE_##which, device)
	TAKE(compute_major, COMPUTE_CAPABILITY_MAJOR);
	TAKE(compute_minor, COMPUTE_CAPABILITY_MINOR);
	TAKE(multiprocessors, MULTIPROCESSOR_COUNT);
	TAKE(warp_size, WARP_SIZE);
	TAKE(max_threads_per_block, MAX_THREADS_PER_BLOCK);
	TAKE(max_threads_per_multiprocessor, MAX_THREADS_PER_MULTIPROCESSOR);
	TAKE(registers_per_block, MAX_REGISTERS_PER_BLOCK);
	TAKE(registers_per_multiprocessor, MAX_REGISTERS_PER_MULTIPROCESSOR);
#undef TAKE
	facts.shared_per_block =
		(size_t)attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, device);
	facts.shared_per_block_optin =
		(size_t)attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, device);
	facts.shared_per_multiprocessor =
		(size_t)attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, device);
	tell_versions();
	shim_observer.device(&facts);
}
