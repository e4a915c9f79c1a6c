/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and descriptions of the driver's errors. The names are the enumerators; the descriptions
 * are our own words.
 */
#include "sim/sim.h"

struct error {
	CUresult code;
	const char *name;
	const char *text;
};

#define E(name, text)             \
	{                         \
		name, #name, text \
	}

/* Sorted by code. */
static const struct error errors[] = {
	E(CUDA_SUCCESS, "success"),
	E(CUDA_ERROR_INVALID_VALUE, "a value is not allowed here"),
	E(CUDA_ERROR_OUT_OF_MEMORY, "not enough memory"),
	E(CUDA_ERROR_NOT_INITIALIZED, "the driver is not initialized"),
	E(CUDA_ERROR_DEINITIALIZED, "the driver is shutting down"),
	E(CUDA_ERROR_PROFILER_DISABLED, "profiling is off while a tool collects"),
	E(CUDA_ERROR_PROFILER_NOT_INITIALIZED, "the profiler is not initialized"),
	E(CUDA_ERROR_PROFILER_ALREADY_STARTED, "the profiler was started already"),
	E(CUDA_ERROR_PROFILER_ALREADY_STOPPED, "the profiler was stopped already"),
	E(CUDA_ERROR_STUB_LIBRARY, "this libcuda is a stub"),
	E(CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER, "the call needs a newer driver"),
	E(CUDA_ERROR_DEVICE_UNAVAILABLE, "the device is not available"),
	E(CUDA_ERROR_NO_DEVICE, "there is no device"),
	E(CUDA_ERROR_INVALID_DEVICE, "there is no such device"),
	E(CUDA_ERROR_DEVICE_NOT_LICENSED, "the device has no licence"),
	E(CUDA_ERROR_INVALID_IMAGE, "the image is not valid"),
	E(CUDA_ERROR_INVALID_CONTEXT, "there is no valid context"),
	E(CUDA_ERROR_CONTEXT_ALREADY_CURRENT, "the context is current already"),
	E(CUDA_ERROR_MAP_FAILED, "mapping failed"),
	E(CUDA_ERROR_UNMAP_FAILED, "unmapping failed"),
	E(CUDA_ERROR_ARRAY_IS_MAPPED, "the array is mapped"),
	E(CUDA_ERROR_ALREADY_MAPPED, "the resource is mapped already"),
	E(CUDA_ERROR_NO_BINARY_FOR_GPU, "the image holds no code for this device"),
	E(CUDA_ERROR_ALREADY_ACQUIRED, "the resource was acquired already"),
	E(CUDA_ERROR_NOT_MAPPED, "the resource is not mapped"),
	E(CUDA_ERROR_NOT_MAPPED_AS_ARRAY, "the resource is not mapped as an array"),
	E(CUDA_ERROR_NOT_MAPPED_AS_POINTER, "the resource is not mapped as a pointer"),
	E(CUDA_ERROR_ECC_UNCORRECTABLE, "memory error that could not be corrected"),
	E(CUDA_ERROR_UNSUPPORTED_LIMIT, "the device has no such limit"),
	E(CUDA_ERROR_CONTEXT_ALREADY_IN_USE, "the context is in use by another thread"),
	E(CUDA_ERROR_PEER_ACCESS_UNSUPPORTED, "these devices cannot reach each other's memory"),
	E(CUDA_ERROR_INVALID_PTX, "the PTX did not compile"),
	E(CUDA_ERROR_INVALID_GRAPHICS_CONTEXT, "the graphics context is not valid"),
	E(CUDA_ERROR_NVLINK_UNCORRECTABLE, "NVLink error that could not be corrected"),
	E(CUDA_ERROR_JIT_COMPILER_NOT_FOUND, "the PTX compiler was not found"),
	E(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "the PTX is of a newer version"),
	E(CUDA_ERROR_JIT_COMPILATION_DISABLED, "compiling PTX is switched off"),
	E(CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY, "the device has no such affinity"),
	E(CUDA_ERROR_UNSUPPORTED_DEVSIDE_SYNC, "device code synchronizes in a way not supported"),
	E(CUDA_ERROR_CONTAINED, "an error was contained on the device"),
	E(CUDA_ERROR_INVALID_SOURCE, "the device code is not valid"),
	E(CUDA_ERROR_FILE_NOT_FOUND, "the file was not found"),
	E(CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND, "a shared object lacks a symbol"),
	E(CUDA_ERROR_SHARED_OBJECT_INIT_FAILED, "a shared object could not be loaded"),
	E(CUDA_ERROR_OPERATING_SYSTEM, "the operating system refused"),
	E(CUDA_ERROR_INVALID_HANDLE, "the handle is not valid"),
	E(CUDA_ERROR_ILLEGAL_STATE, "the resource is in the wrong state"),
	E(CUDA_ERROR_LOSSY_QUERY, "the answer would leave something out"),
	E(CUDA_ERROR_NOT_FOUND, "the name was not found"),
	E(CUDA_ERROR_NOT_READY, "the work is not done yet"),
	E(CUDA_ERROR_ILLEGAL_ADDRESS, "a kernel used an address it may not"),
	E(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "the launch needs more than the device has"),
	E(CUDA_ERROR_LAUNCH_TIMEOUT, "a kernel ran for too long"),
	E(CUDA_ERROR_LAUNCH_INCOMPATIBLE_TEXTURING, "the launch mixes texturing modes"),
	E(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, "peer access is on already"),
	E(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, "peer access is not on"),
	E(CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE, "the primary context is in use"),
	E(CUDA_ERROR_CONTEXT_IS_DESTROYED, "the context was destroyed"),
	E(CUDA_ERROR_ASSERT, "an assertion failed in a kernel"),
	E(CUDA_ERROR_TOO_MANY_PEERS, "no more peers are possible"),
	E(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, "the memory is registered already"),
	E(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, "the memory is not registered"),
	E(CUDA_ERROR_HARDWARE_STACK_ERROR, "a kernel damaged its call stack"),
	E(CUDA_ERROR_ILLEGAL_INSTRUCTION, "a kernel met an illegal instruction"),
	E(CUDA_ERROR_MISALIGNED_ADDRESS, "a kernel used a misaligned address"),
	E(CUDA_ERROR_INVALID_ADDRESS_SPACE, "a kernel used an address of the wrong space"),
	E(CUDA_ERROR_INVALID_PC, "a kernel jumped out of its code"),
	E(CUDA_ERROR_LAUNCH_FAILED, "a kernel failed"),
	E(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, "too many blocks for a cooperative launch"),
	E(CUDA_ERROR_TENSOR_MEMORY_LEAK, "a kernel did not free its tensor memory"),
	E(CUDA_ERROR_NOT_PERMITTED, "the call is not permitted here"),
	E(CUDA_ERROR_NOT_SUPPORTED, "not supported"),
	E(CUDA_ERROR_SYSTEM_NOT_READY, "the system is not ready"),
	E(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, "driver and display driver do not match"),
	E(CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE, "no forward compatibility on this device"),
	E(CUDA_ERROR_MPS_CONNECTION_FAILED, "no connection to MPS"),
	E(CUDA_ERROR_MPS_RPC_FAILURE, "a call to MPS failed"),
	E(CUDA_ERROR_MPS_SERVER_NOT_READY, "the MPS server is not ready"),
	E(CUDA_ERROR_MPS_MAX_CLIENTS_REACHED, "MPS takes no more clients"),
	E(CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED, "MPS takes no more connections"),
	E(CUDA_ERROR_MPS_CLIENT_TERMINATED, "MPS ended this client"),
	E(CUDA_ERROR_CDP_NOT_SUPPORTED, "kernels cannot launch kernels here"),
	E(CUDA_ERROR_CDP_VERSION_MISMATCH, "versions of kernel launching kernels differ"),
	E(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "not allowed while a stream captures"),
	E(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "an earlier error spoilt the capture"),
	E(CUDA_ERROR_STREAM_CAPTURE_MERGE, "this would join two captures"),
	E(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "the capture did not begin on this stream"),
	E(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "a forked stream was not joined"),
	E(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "a captured stream depends on other work"),
	E(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "the legacy stream would join the capture"),
	E(CUDA_ERROR_CAPTURED_EVENT, "the event was recorded in a capture"),
	E(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "another thread began the capture"),
	E(CUDA_ERROR_TIMEOUT, "the time ran out"),
	E(CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, "the graph cannot be updated like this"),
	E(CUDA_ERROR_EXTERNAL_DEVICE, "a device outside of CUDA failed"),
	E(CUDA_ERROR_INVALID_CLUSTER_SIZE, "the cluster size is not possible"),
	E(CUDA_ERROR_FUNCTION_NOT_LOADED, "the function is not loaded"),
	E(CUDA_ERROR_INVALID_RESOURCE_TYPE, "the resource is of the wrong type"),
	E(CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION, "the resources cannot be divided like this"),
	E(CUDA_ERROR_KEY_ROTATION, "the key was replaced"),
	E(CUDA_ERROR_UNKNOWN, "unknown error"),
};

static const struct error *find(CUresult code)
{
	size_t low = 0, high = sizeof(errors) / sizeof(*errors);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (errors[middle].code == code)
			return &errors[middle];
		if (errors[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Both work before cuInit and after a fork. NVIDIA's crash without a place for the answer. */
CUresult cuGetErrorName(CUresult error, const char **name)
{
	const struct error *found = find(error);

	if (!name)
		return CUDA_ERROR_INVALID_VALUE;
	*name = found ? found->name : NULL;
	return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorString(CUresult error, const char **text)
{
	const struct error *found = find(error);

	if (!text)
		return CUDA_ERROR_INVALID_VALUE;
	*text = found ? found->text : NULL;
	return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
