/* SPDX-License-Identifier: Apache-2.0 */
/* Domain device: selection, flags, reset, and what can be asked of a device. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/channel_format.h"
#include "runtime/context.h"
#include "runtime/device_properties.h"
#include "runtime/entry.h"

/* In a child of an initialised process too, whose driver refuses everything. */
cudaError_t rt_cudaGetDeviceCount(int *count)
{
	int number = 0;
	cudaError_t error = rt_device_count(&number);

	if (error != cudaSuccess)
		return error;
	if (count == NULL)
		return cudaErrorInvalidValue;
	*count = number;
	return number > 0 ? cudaSuccess : cudaErrorNoDevice;
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
	error = rt_device_count(&count);
	if (error != cudaSuccess)
		return error;
	if (len > count || len > RT_MAX_DEVICES)
		return cudaErrorInvalidValue;
	for (int i = 0; i < len; i++) {
		error = rt_check_device(device_arr[i]);
		if (error != cudaSuccess)
			return error;
	}
	rt_set_valid_devices(device_arr, len);
	return cudaSuccess;
}

/*
 * What cudaSetDeviceFlags may be told: one way of waiting, or none for the driver's choice. Of the
 * rest NVIDIA's library on an H200 takes two bits that the runtime has no name for (in the driver
 * they ask for dumps of a faulty GPU), without effect.
 */
static bool are_device_flags(unsigned int flags)
{
	unsigned int schedule = flags & cudaDeviceScheduleMask;

	return (flags & ~(unsigned int)cudaDeviceMask) == 0 && (schedule & (schedule - 1)) == 0;
}

/* Mapping host memory is always on: the driver takes no such flag. */
static cudaError_t set_flags(int device, unsigned int flags)
{
	const unsigned int without_effect = cudaDeviceMapHost | CU_CTX_COREDUMP_ENABLE |
					    CU_CTX_USER_COREDUMP_ENABLE;

	return (cudaError_t)drv.cuDevicePrimaryCtxSetFlags(device, flags & ~without_effect);
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
	error = set_flags(device, flags);
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
	/* Of a primary context the driver itself tells that host memory is mapped. */
	if (current != NULL)
		return (cudaError_t)drv.cuCtxGetFlags(flags);
	error = rt_current_device(&device);
	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuDevicePrimaryCtxGetState(device, flags, &active);
	if (error == cudaSuccess)
		*flags |= cudaDeviceMapHost;
	return error;
}

/*
 * Makes the context without making it current; but with flags for the device NVIDIA's library on an
 * H200 leaves it current, even if it refuses them.
 */
cudaError_t rt_cudaInitDevice(int device, unsigned int deviceFlags, unsigned int flags)
{
	CUcontext context;
	cudaError_t error = rt_check_device(device);

	if (error != cudaSuccess)
		return error;
	if ((flags & cudaInitDeviceFlagsAreValid) == 0)
		return rt_primary_context(device, &context);
	error = rt_bind_device(device);
	if (error != cudaSuccess)
		return error;
	return are_device_flags(deviceFlags) ? set_flags(device, deviceFlags)
					     : cudaErrorInvalidValue;
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
	if (error != cudaSuccess)
		return error;
	/* One that was reset behind our back must become usable again. */
	return active || rt_has_primary(device) ? rt_reset_primary(device) : cudaSuccess;
}

/* What an administrator may change while a process runs; all else stays what it is. */
static bool may_change(CUdevice_attribute attribute)
{
	switch (attribute) {
	case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
	case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
	case CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT:
	case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE:
	case CU_DEVICE_ATTRIBUTE_MPS_ENABLED:
		return true;
	default:
		return false;
	}
}

#define ANSWERED (1ull << 32)

/* ANSWERED and the value. Threads that race store the same. */
static uint64_t answers[RT_MAX_DEVICES][CU_DEVICE_ATTRIBUTE_MAX];

static __attribute__((noinline)) cudaError_t ask(int *value, CUdevice_attribute attribute,
						 int device, uint64_t *answer)
{
	CUresult r = drv.cuDeviceGetAttribute(value, attribute, device);

	if (r == CUDA_SUCCESS && !may_change(attribute))
		__atomic_store_n(answer, ANSWERED | (uint32_t)*value, __ATOMIC_RELAXED);
	return (cudaError_t)r;
}

/*
 * Programs ask in loops (grid sizes by the number of multiprocessors), so that each answer is kept.
 * Whatever is not a plain question is the driver's to refuse.
 */
cudaError_t rt_cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device)
{
	CUdevice_attribute attribute = (CUdevice_attribute)attr;
	uint64_t answer;

	if (__builtin_expect(value == NULL || (unsigned int)device >= RT_MAX_DEVICES ||
				     (unsigned int)attribute >= CU_DEVICE_ATTRIBUTE_MAX,
			     0))
		return (cudaError_t)drv.cuDeviceGetAttribute(value, attribute, device);
	answer = __atomic_load_n(&answers[device][attribute], __ATOMIC_RELAXED);
	if (__builtin_expect(answer == 0, 0))
		return ask(value, attribute, device, &answers[device][attribute]);
	*value = (int)(uint32_t)answer;
	return cudaSuccess;
}

cudaError_t rt_cudaGetDeviceProperties(struct cudaDeviceProp *prop, int device)
{
	return prop != NULL ? rt_device_properties(device, prop) : cudaErrorInvalidValue;
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
