/* SPDX-License-Identifier: Apache-2.0 */
/* Domain device for programs of CUDA 11 and 12. */
#include <string.h>

#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/device_properties.h"

/*
 * Until 12 the device was chosen here and its context came with the first call that needs one.
 * Programs rely on it: one that selects each device in turn to ask about it must not take memory
 * on all of them.
 */
cudaError_t rt_cudaSetDevice_v11(int device)
{
	cudaError_t error = rt_check_device(device);

	return error == cudaSuccess ? rt_select_device(device) : error;
}

/* 12's library has 11's form under the plain name: its headers call the other one. */
cudaError_t rt_cudaGetDeviceProperties_v12(struct cudaDeviceProp_v11 *prop, int device)
{
	const struct cudaDeviceProp_v12 *found;
	cudaError_t error;

	if (prop == NULL)
		return cudaErrorInvalidValue;
	error = rt_device_properties_v12(device, &found);
	if (error == cudaSuccess)
		rt_copy_properties(prop, &found->base, sizeof(*prop));
	return error;
}

cudaError_t rt_cudaGetDeviceProperties_v2_v12(struct cudaDeviceProp_v12 *prop, int device)
{
	const struct cudaDeviceProp_v12 *found;
	cudaError_t error;

	if (prop == NULL)
		return cudaErrorInvalidValue;
	error = rt_device_properties_v12(device, &found);
	if (error == cudaSuccess)
		rt_copy_properties(prop, found, sizeof(*prop));
	return error;
}

/* What counts for the choice is in 11's form. */
cudaError_t rt_cudaChooseDevice_v12(int *device, const struct cudaDeviceProp_v11 *prop)
{
	struct cudaDeviceProp wanted = { .name = "" };

	if (prop == NULL)
		return cudaErrorInvalidValue;
	memcpy(wanted.name, prop->name, sizeof(wanted.name));
	wanted.totalGlobalMem = prop->totalGlobalMem;
	wanted.major = prop->major;
	wanted.minor = prop->minor;
	return rt_cudaChooseDevice(device, &wanted);
}
