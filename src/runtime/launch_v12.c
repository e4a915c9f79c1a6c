/* SPDX-License-Identifier: Apache-2.0 */
/* Domain launch for programs of CUDA 11 and 12. */
#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/kernel.h"

/* Shared memory is 32 bits wide in the driver, as in every launch. */
static cudaError_t to_driver(const struct cudaLaunchParams_v12 *launch, CUDA_LAUNCH_PARAMS *d)
{
	CUfunction unused;
	CUkernel kernel;
	cudaError_t error = rt_kernel_find(launch->func, &kernel, &unused);

	if (error != cudaSuccess)
		return error;
	*d = (CUDA_LAUNCH_PARAMS){
		.function = (CUfunction)kernel,
		.gridDimX = launch->gridDim.x,
		.gridDimY = launch->gridDim.y,
		.gridDimZ = launch->gridDim.z,
		.blockDimX = launch->blockDim.x,
		.blockDimY = launch->blockDim.y,
		.blockDimZ = launch->blockDim.z,
		.sharedMemBytes = (unsigned int)launch->sharedMem,
		.hStream = launch->stream,
		.kernelParams = launch->args,
	};
	return cudaSuccess;
}

/*
 * One grid on each of several devices. The driver knows the rules (a stream that was created, one
 * grid for a device, grids and kernels alike) and answers 1 for a list that is longer than there
 * are devices, which is all that must be known before the list is read.
 */
cudaError_t rt_cudaLaunchCooperativeKernelMultiDevice_v12(
	struct cudaLaunchParams_v12 *launchParamsList, unsigned int numDevices, unsigned int flags)
{
	CUDA_LAUNCH_PARAMS launches[RT_MAX_DEVICES];
	int count = 0;
	cudaError_t error = rt_device_count(&count);

	if (error != cudaSuccess)
		return error;
	if (launchParamsList == NULL || numDevices == 0 || numDevices > (unsigned int)count ||
	    numDevices > RT_MAX_DEVICES)
		return cudaErrorInvalidValue;
	for (unsigned int i = 0; i < numDevices && error == cudaSuccess; i++)
		error = to_driver(&launchParamsList[i], &launches[i]);
	if (error != cudaSuccess)
		return error;
	error = (cudaError_t)drv.cuLaunchCooperativeKernelMultiDevice(launches, numDevices, flags);
	for (unsigned int i = 0; i < numDevices && error == cudaSuccess; i++)
		rt_kernel_note(launchParamsList[i].func);
	return error;
}
