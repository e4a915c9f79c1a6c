/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain error: the thread's last error, and what codes are called.
 *
 * Names are the enumerators, which scripts/gen-api takes from cudart_abi_error.h. Descriptions of
 * the codes that the driver shares are the driver's at run time; the others are worded here. None
 * of these calls initialises the driver: programs print errors in places where that would be wrong
 * (a child after fork, an exit handler).
 */
#include <stddef.h>

#include "runtime/calls.h"
#include "runtime/entry.h"

__thread cudaError_t rt_last_error __attribute__((tls_model("initial-exec")));

struct error_text {
	int code;
	const char *text;
};

/* NULL: not a code. A switch, which the compiler turns into a search: names are many. */
static const char *name_of(int code)
{
	switch (code) {
#define ERROR_NAME(enumerator) \
	case enumerator:       \
		return #enumerator;
#include "runtime/error_names.h"
#undef ERROR_NAME
	default:
		return NULL;
	}
}

/* What the runtime alone reports, or reports before there is a driver to ask. */
static const struct error_text descriptions[] = {
	{ cudaSuccess, "success" },
	{ cudaErrorInvalidValue, "an argument is not valid" },
	{ cudaErrorMemoryAllocation, "not enough memory" },
	{ cudaErrorInitializationError, "CUDA could not be initialised in this process" },
	{ cudaErrorCudartUnloading, "the driver is shutting down" },
	{ cudaErrorInvalidConfiguration, "launch configuration is not valid" },
	{ cudaErrorInvalidPitchValue, "pitch is smaller than the width, or too large" },
	{ cudaErrorInvalidSymbol, "not a device symbol" },
	{ cudaErrorInvalidHostPointer, "not a valid host pointer" },
	{ cudaErrorInvalidDevicePointer, "not a valid device pointer" },
	{ cudaErrorInvalidTexture, "not a valid texture" },
	{ cudaErrorInvalidTextureBinding, "texture is not bound rightly" },
	{ cudaErrorInvalidChannelDescriptor, "no array format has these channels" },
	{ cudaErrorInvalidMemcpyDirection, "copy direction is not valid here" },
	{ cudaErrorAddressOfConstant, "address of constant memory was taken" },
	{ cudaErrorTextureFetchFailed, "texture fetch failed" },
	{ cudaErrorTextureNotBound, "texture is not bound" },
	{ cudaErrorSynchronizationError, "synchronisation failed" },
	{ cudaErrorInvalidFilterSetting, "linear filtering does not fit this texture" },
	{ cudaErrorInvalidNormSetting, "read mode does not fit this texture" },
	{ cudaErrorMixedDeviceExecution, "device and emulation code were mixed" },
	{ cudaErrorNotYetImplemented, "not implemented" },
	{ cudaErrorMemoryValueTooLarge, "memory value is too large" },
	{ cudaErrorStubLibrary, "the CUDA driver is the toolkit's stub: it runs nothing" },
	{ cudaErrorInsufficientDriver,
	  "no CUDA driver, or one older than this CUDA version needs" },
	{ cudaErrorCallRequiresNewerDriver, "this call needs a newer CUDA driver" },
	{ cudaErrorInvalidSurface, "not a valid surface" },
	{ cudaErrorDuplicateVariableName, "a device variable's name is used twice" },
	{ cudaErrorDuplicateTextureName, "a texture's name is used twice" },
	{ cudaErrorDuplicateSurfaceName, "a surface's name is used twice" },
	{ cudaErrorDevicesUnavailable, "all devices are busy or unavailable" },
	{ cudaErrorIncompatibleDriverContext,
	  "the current context is not one the runtime can use" },
	{ cudaErrorMissingConfiguration, "no launch configuration was pushed" },
	{ cudaErrorPriorLaunchFailure, "an earlier launch failed" },
	{ cudaErrorLaunchMaxDepthExceeded, "launches from the device are nested too deep" },
	{ cudaErrorLaunchFileScopedTex, "device-side launch uses a file-scoped texture" },
	{ cudaErrorLaunchFileScopedSurf, "device-side launch uses a file-scoped surface" },
	{ cudaErrorSyncDepthExceeded, "synchronisation on the device is nested too deep" },
	{ cudaErrorLaunchPendingCountExceeded, "too many launches are pending on the device" },
	{ cudaErrorInvalidDeviceFunction, "not a device function" },
	{ cudaErrorNoDevice, "no CUDA device" },
	{ cudaErrorInvalidDevice, "no such device" },
	{ cudaErrorSoftwareValidityNotEstablished, "the software's validity was not established" },
	{ cudaErrorStartupFailure, "the runtime could not start" },
	{ cudaErrorNotReady, "not finished yet" },
	{ cudaErrorNotSupported, "not supported" },
	{ cudaErrorApiFailureBase, "not a code that any call returns" },
};

static const char *description_of(int code)
{
	for (size_t i = 0; i < sizeof(descriptions) / sizeof(descriptions[0]); i++) {
		if (descriptions[i].code == code)
			return descriptions[i].text;
	}
	return NULL;
}

/* The answer to both questions for a code without a name (202, 916, 12345). */
static const char unknown[] = "not an error code of the CUDA runtime";

const char *rt_cudaGetErrorName(cudaError_t error)
{
	const char *name = name_of((int)error);

	return name != NULL ? name : unknown;
}

const char *rt_cudaGetErrorString(cudaError_t error)
{
	const char *name = name_of((int)error);
	const char *text = NULL;

	if (name == NULL)
		return unknown;
	/* Before the driver is loaded this is its stand-in, which fails. */
	if (drv.cuGetErrorString((CUresult)error, &text) == CUDA_SUCCESS && text != NULL)
		return text;
	text = description_of((int)error);
	return text != NULL ? text : name;
}

/*
 * What is wrong with the driver file, which no call can mend: none, the toolkit's stub, too old.
 * NVIDIA's library answers that to both questions below, as often as they are asked and before
 * any other call. No cuInit, for the reason that the head of this file gives.
 */
static cudaError_t unusable_driver(void)
{
	static int usable; /* known to be: threads that race store the same */
	int answer;

	if (__builtin_expect(__atomic_load_n(&usable, __ATOMIC_RELAXED), 1))
		return cudaSuccess;
	answer = drv_open();
	if (answer == DRV_OK && drv_version() < DRV_MIN_VERSION)
		answer = DRV_INSUFFICIENT;
	if (answer == DRV_OK)
		__atomic_store_n(&usable, 1, __ATOMIC_RELAXED);
	return (cudaError_t)answer;
}

cudaError_t rt_cudaGetLastError(void)
{
	cudaError_t unusable = unusable_driver();
	cudaError_t error = rt_last_error;

	rt_last_error = cudaSuccess;
	return unusable != cudaSuccess ? unusable : error;
}

cudaError_t rt_cudaPeekAtLastError(void)
{
	cudaError_t unusable = unusable_driver();

	return unusable != cudaSuccess ? unusable : rt_last_error;
}
