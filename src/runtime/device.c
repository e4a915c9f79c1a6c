/* SPDX-License-Identifier: Apache-2.0 */
/* Domain device: selection, flags, reset, and what can be asked of a device. */
#include <stdbool.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/channel_format.h"
#include "runtime/context.h"
#include "runtime/device_properties.h"
#include "runtime/entry.h"

cudaError_t rt_cudaGetDeviceCount(int *count)
{
	CUresult r = drv.cuDeviceGetCount(count);

	if (r == CUDA_SUCCESS && *count == 0)
		return cudaErrorNoDevice;
	return (cudaError_t)r;
}

cudaError_t rt_cudaGetDevice(int *device)
{
	if (device == NULL)
		return cudaErrorInvalidValue;
	return rt_current_device(device);
}

cudaError_t rt_cudaSetDevice(int device)
{
	cudaError_t error = rt_check_device(device);

	return error == cudaSuccess ? rt_bind_device(device) : error;
}

cudaError_t rt_cudaSetValidDevices(int *device_arr, int len)
{
	cudaError_t error;
	int count;

	if (len < 0 || (device_arr == NULL && len > 0))
		return cudaErrorInvalidValue;
	error = (cudaError_t)drv.cuDeviceGetCount(&count);
	if (error != cudaSuccess)
		return error;
	if (len > count || len > RT_MAX_DEVICES)
		return cudaErrorInvalidValue;
	for (int i = 0; i < len; i++) {
		error = rt_check_device(device_arr[i]);
		if (error != cudaSuccess)
			return error;
	}
	return rt_set_valid_devices(device_arr, len);
}

/* The scheduling bits name one way of waiting, or none for the driver's choice. */
static bool are_device_flags(unsigned int flags)
{
	unsigned int schedule = flags & cudaDeviceScheduleMask;

	return (flags & ~(unsigned int)cudaDeviceMask) == 0 && (schedule & (schedule - 1)) == 0;
}

cudaError_t rt_cudaSetDeviceFlags(unsigned int flags)
{
	CUcontext current = NULL;
	cudaError_t error;
	int device;

	if (!are_device_flags(flags))
		return cudaErrorInvalidValue;
	error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	/* A context of the program's own keeps the flags that it was made with. */
	if (current != NULL && !rt_current_is_primary(current))
		return cudaErrorIncompatibleDriverContext;
	error = rt_current_device(&device);
	if (error != cudaSuccess)
		return error;
	/* Mapping host memory is always on: the driver takes no such flag. */
	error = (cudaError_t)drv.cuDevicePrimaryCtxSetFlags(device, flags & ~cudaDeviceMapHost);
	return error == cudaSuccess ? rt_bind_device(device) : error;
}

cudaError_t rt_cudaGetDeviceFlags(unsigned int *flags)
{
	CUcontext current = NULL;
	cudaError_t error;
	int device, active;

	if (flags == NULL)
		return cudaErrorInvalidValue;
	error = (cudaError_t)drv.cuCtxGetCurrent(&current);
	if (error != cudaSuccess)
		return error;
	if (current != NULL) {
		error = (cudaError_t)drv.cuCtxGetFlags(flags);
	} else {
		error = rt_current_device(&device);
		if (error == cudaSuccess)
			error = (cudaError_t)drv.cuDevicePrimaryCtxGetState(device, flags, &active);
	}
	/* NVIDIA's library on an H200 answers 0x8 before anything was set, 0xa after Yield. */
	if (error == cudaSuccess)
		*flags |= cudaDeviceMapHost;
	return error;
}

cudaError_t rt_cudaInitDevice(int device, unsigned int deviceFlags, unsigned int flags)
{
	CUcontext context;
	cudaError_t error = rt_check_device(device);

	if (error != cudaSuccess)
		return error;
	if ((flags & ~(unsigned int)cudaInitDeviceFlagsAreValid) != 0)
		return cudaErrorInvalidValue;
	if (flags & cudaInitDeviceFlagsAreValid) {
		if (!are_device_flags(deviceFlags))
			return cudaErrorInvalidValue;
		error = (cudaError_t)drv.cuDevicePrimaryCtxSetFlags(
			device, deviceFlags & ~cudaDeviceMapHost);
		if (error != cudaSuccess)
			return error;
	}
	return rt_primary_context(device, &context);
}

cudaError_t rt_cudaDeviceReset(void)
{
	CUcontext current = NULL;
	unsigned int flags;
	int device, active = 0;
	cudaError_t error = (cudaError_t)drv.cuCtxGetCurrent(&current);

	if (error != cudaSuccess)
		return error;
	/* A context of the program's own is left alone: success, and it stays current. */
	if (current != NULL && !rt_current_is_primary(current))
		return cudaSuccess;
	error = rt_current_device(&device);
	if (error != cudaSuccess)
		return error;
	error = (cudaError_t)drv.cuDevicePrimaryCtxGetState(device, &flags, &active);
	if (error != cudaSuccess || !active)
		return error;
	return rt_reset_primary(device);
}

cudaError_t rt_cudaGetDeviceProperties(struct cudaDeviceProp *prop, int device)
{
	cudaError_t error;

	if (prop == NULL)
		return cudaErrorInvalidValue;
	error = rt_check_device(device);
	return error == cudaSuccess ? rt_device_properties(device, prop) : error;
}

/* How many of the wanted properties the device has; unset ones (zero, "", -1) do not count. */
static int rank(const struct cudaDeviceProp *wanted, const struct cudaDeviceProp *has)
{
	int matches = 0;

	if (wanted->name[0] != '\0' && strncmp(wanted->name, has->name, sizeof(has->name)) == 0)
		matches++;
	if (wanted->major != -1 && has->major >= wanted->major)
		matches++;
	if (wanted->minor != -1 && has->major == wanted->major && has->minor >= wanted->minor)
		matches++;
	if (wanted->totalGlobalMem != 0 && has->totalGlobalMem >= wanted->totalGlobalMem)
		matches++;
	return matches;
}

cudaError_t rt_cudaChooseDevice(int *device, const struct cudaDeviceProp *prop)
{
	int count, best = -1;
	cudaError_t error;

	if (device == NULL || prop == NULL)
		return cudaErrorInvalidValue;
	error = rt_cudaGetDeviceCount(&count);
	for (int i = 0; error == cudaSuccess && i < count && i < RT_MAX_DEVICES; i++) {
		struct cudaDeviceProp has;
		int matches;

		error = rt_device_properties(i, &has);
		if (error != cudaSuccess)
			break;
		matches = rank(prop, &has);
		if (matches > best) {
			best = matches;
			*device = i;
		}
	}
	return error;
}

cudaError_t rt_cudaDeviceGetTexture1DLinearMaxWidth(size_t *maxWidthInElements,
						    const struct cudaChannelFormatDesc *fmtDesc,
						    int device)
{
	CUarray_format format;
	unsigned int channels;
	cudaError_t error;

	if (maxWidthInElements == NULL || fmtDesc == NULL)
		return cudaErrorInvalidValue;
	error = rt_check_device(device);
	if (error == cudaSuccess)
		error = rt_channel_to_format(fmtDesc, &format, &channels);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuDeviceGetTexture1DLinearMaxWidth(maxWidthInElements, format,
								   channels, device);
}
