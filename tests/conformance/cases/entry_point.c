/* SPDX-License-Identifier: Apache-2.0 */
/* Driver entry points and export tables. */
#include "conformance.h"

#include <dlfcn.h>

typedef enum cudaDriverEntryPointQueryResult found_t;

/* Whether the driver exports the function under this very name. */
static bool is_drivers(void *function, const char *name)
{
	void *library = dlopen("libcuda.so.1", RTLD_NOW);

	return function != NULL && library != NULL && dlsym(library, name) == function;
}

static void ask(const char *symbol, unsigned long long flags)
{
	void *function = UNTOUCHED;
	found_t found;

	UNTOUCH(found);
	conf_print("%s with flags %llu", symbol, flags);
	DO(cudaGetDriverEntryPoint(symbol, &function, flags, &found));
	SHOW(function);
	SHOW(found);
}

static void ask_version(const char *symbol, unsigned int version)
{
	void *function = UNTOUCHED;
	found_t found;

	UNTOUCH(found);
	conf_print("%s of version %u", symbol, version);
	DO(cudaGetDriverEntryPointByVersion(symbol, &function, version, cudaEnableDefault, &found));
	SHOW(function);
	SHOW(found);
}

CASE(found)
{
	ask("cuMemAlloc", cudaEnableDefault);
	ask("cuInit", cudaEnableLegacyStream);
	ask("cuMemcpyAsync", cudaEnablePerThreadDefaultStream);
}

CASE(not_found)
{
	ask("cuNoSuchFunction", cudaEnableDefault);
	ask("cudaMalloc", cudaEnableDefault);
	ask("cuMemAlloc_v2", cudaEnableDefault);
	ask("", cudaEnableDefault);
	ask("malloc", cudaEnableDefault);
}

CASE(flags)
{
	ask("cuMemcpyAsync", 3);
	ask("cuMemcpyAsync", 4);
	ask("cuMemcpyAsync", 8);
	ask("cuMemcpyAsync", 1ull << 32);
	ask("cuNoSuchFunction", 8);
}

CASE(versions)
{
	ask_version("cuMemAlloc", 13000);
	ask_version("cuMemAlloc", 12000);
	ask_version("cuMemAlloc", 3020);
	ask_version("cuMemAlloc", 1000);
	ask_version("cuMemAlloc", 0);
}

CASE(versions_of_the_first_form)
{
	ask_version("cuMemAlloc", 3010);
	ask_version("cuMemAlloc", 2000);
}

CASE(versions_out_of_range)
{
	ask_version("cuMemAlloc", 99999);
	ask_version("cuMemAlloc", 0x80000000u);
	ask_version("cuMemAlloc", ~0u);
	ask_version("cuNoSuchFunction", 99999);
}

CASE(versions_of_newer_functions)
{
	ask_version("cuGraphCreate", 9000);
	ask_version("cuGraphCreate", 10000);
	ask_version("cuLaunchKernelEx", 11050);
	ask_version("cuLaunchKernelEx", 11060);
	ask_version("cuMemcpyBatchAsync", 12070);
	ask_version("cuMemcpyBatchAsync", 12080);
	ask_version("cuStreamGetCaptureInfo", 10010);
	ask_version("cuNoSuchFunction", 12000);
}

CASE(without_a_place_for_the_status)
{
	void *function = UNTOUCHED;

	DO(cudaGetDriverEntryPoint("cuMemAlloc", &function, cudaEnableDefault, NULL));
	SHOW(function);
	function = UNTOUCHED;
	DO(cudaGetDriverEntryPoint("cuNoSuchFunction", &function, cudaEnableDefault, NULL));
	SHOW(function);
	function = UNTOUCHED;
	DO(cudaGetDriverEntryPointByVersion("cuMemAlloc", &function, 12000, 0, NULL));
	SHOW(function);
	function = UNTOUCHED;
	DO(cudaGetDriverEntryPointByVersion("cuMemAlloc", &function, 1000, 0, NULL));
	SHOW(function);
	function = UNTOUCHED;
	DO(cudaGetDriverEntryPointByVersion("cuNoSuchFunction", &function, 12000, 0, NULL));
	SHOW(function);
}

CASE(without_a_symbol)
{
	void *function = UNTOUCHED;
	found_t found;

	UNTOUCH(found);
	DO(cudaGetDriverEntryPoint(NULL, &function, cudaEnableDefault, &found));
	SHOW(function);
	SHOW(found);
}

CASE(without_a_place)
{
	found_t found;

	UNTOUCH(found);
	DO(cudaGetDriverEntryPoint("cuMemAlloc", NULL, cudaEnableDefault, &found));
	SHOW(found);
}

CASE(by_version_without_a_symbol)
{
	void *function = UNTOUCHED;
	found_t found;

	UNTOUCH(found);
	DO(cudaGetDriverEntryPointByVersion(NULL, &function, 13000, cudaEnableDefault, &found));
	SHOW(function);
	SHOW(found);
}

CASE(by_version_without_a_place)
{
	found_t found;

	UNTOUCH(found);
	DO(cudaGetDriverEntryPointByVersion("cuMemAlloc", NULL, 13000, cudaEnableDefault, &found));
	SHOW(found);
}

CASE(which_function)
{
	void *function = NULL;
	found_t found;

	DO(cudaGetDriverEntryPoint("cuMemAlloc", &function, cudaEnableDefault, &found));
	SHOW_IF(is_drivers(function, "cuMemAlloc_v2"));
	DO(cudaGetDriverEntryPoint("cuMemcpyAsync", &function, cudaEnableDefault, &found));
	SHOW_IF(is_drivers(function, "cuMemcpyAsync"));
	SHOW_IF(is_drivers(function, "cuMemcpyAsync_ptsz"));
	DO(cudaGetDriverEntryPoint("cuMemcpyAsync", &function, cudaEnableLegacyStream, &found));
	SHOW_IF(is_drivers(function, "cuMemcpyAsync"));
	DO(cudaGetDriverEntryPoint("cuMemcpyAsync", &function, cudaEnablePerThreadDefaultStream,
				   &found));
	SHOW_IF(is_drivers(function, "cuMemcpyAsync_ptsz"));
	DO(cudaGetDriverEntryPointByVersion("cuMemcpyAsync", &function, 12000, cudaEnableDefault,
					    &found));
	SHOW_IF(is_drivers(function, "cuMemcpyAsync"));
	SHOW_IF(is_drivers(function, "cuMemcpyAsync_ptsz"));
}

CASE_ALONE(the_function_works)
{
	int (*alloc)(unsigned long long *, size_t) = NULL;
	int (*get_device)(int *) = NULL;
	unsigned long long address = 0;
	void *function = NULL;
	found_t found;
	int device = UNTOUCHED_INT;

	NEED(cudaGetDriverEntryPoint("cuCtxGetDevice", &function, cudaEnableDefault, &found));
	memcpy(&get_device, &function, sizeof(function));
	if (get_device != NULL)
		SHOW(get_device(&device));
	NEED(cudaFree(NULL));
	if (get_device != NULL)
		SHOW(get_device(&device));
	SHOW(device);
	NEED(cudaGetDriverEntryPoint("cuMemAlloc", &function, cudaEnableDefault, &found));
	memcpy(&alloc, &function, sizeof(function));
	if (alloc != NULL)
		SHOW(alloc(&address, 64));
	SHOW_IF(address != 0);
	DO(cudaMemset((void *)address, 0x21, 64));
	SHOW_DEVICE((void *)address, 64);
	DO(cudaFree((void *)address));
}

static void look_up(const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *function = NULL;
		found_t found = -1;
		cudaError_t error =
			cudaGetDriverEntryPointByVersion(names[i], &function, 12000, 0, &found);

		conf_print("%s: %s, status %d, %s", names[i], conf_error_name(error), (int)found,
			   function != NULL ? "set" : "null");
	}
}

CASE(what_programs_look_up)
{
	static const char *const names[] = {
		"cuGetErrorString",
		"cuGetErrorName",
		"cuDeviceGet",
		"cuDeviceGetAttribute",
		"cuDeviceGetUuid",
		"cuCtxGetCurrent",
		"cuCtxSetCurrent",
		"cuCtxCreate",
		"cuDevicePrimaryCtxRetain",
		"cuDevicePrimaryCtxGetState",
		"cuMemGetAddressRange",
		"cuPointerGetAttribute",
		"cuLaunchKernel",
		"cuLaunchKernelEx",
		"cuModuleLoadData",
		"cuStreamWriteValue32",
		"cuGetProcAddress",
		"cuFuncSetAttribute",
		"cuGraphExecKernelNodeSetParams",
		"cuOccupancyMaxActiveClusters",
	};

	look_up(names, sizeof(names) / sizeof(names[0]));
}

CASE(what_programs_look_up_for_mapped_memory)
{
	static const char *const names[] = {
		"cuMemCreate",    "cuMemMap",          "cuMemAddressReserve",
		"cuMemSetAccess", "cuMulticastCreate", "cuTensorMapEncodeTiled",
	};

	look_up(names, sizeof(names) / sizeof(names[0]));
}

CASE(during_capture)
{
	enum cudaStreamCaptureStatus status = 0;
	cudaStream_t stream = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	ask("cuMemAlloc", cudaEnableDefault);
	ask_version("cuMemAlloc", 12000);
	NEED(cudaStreamIsCapturing(stream, &status));
	SHOW(status);
}

CASE(export_table_unknown)
{
	static const cudaUUID_t id = { "no such table.." };
	const void *table = UNTOUCHED;

	DO(cudaGetExportTable(&table, &id));
	SHOW(table);
}

CASE(export_table_without_a_place)
{
	static const cudaUUID_t id = { "no such table.." };

	DO(cudaGetExportTable(NULL, &id));
}

CASE(export_table_without_an_id)
{
	const void *table = UNTOUCHED;

	DO(cudaGetExportTable(&table, NULL));
	SHOW(table);
}
