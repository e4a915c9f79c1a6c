/* SPDX-License-Identifier: Apache-2.0 */
/* Domain gl: the buffer object calls of CUDA 2, and the hint that became cudaSetDevice. */
#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/entry.h"

/* What the driver says where there is no OpenGL in this thread; success where there is. */
static CUresult look_for_gl(void)
{
	CUdevice devices[RT_MAX_DEVICES];
	unsigned int count;

	return drv.cuGLGetDevices(&count, devices, RT_MAX_DEVICES, CU_GL_DEVICE_LIST_ALL);
}

/* NVIDIA's library has made the context by the time it finds no OpenGL, and ours leaves it too. */
cudaError_t rt_cudaGLSetGLDevice(int device)
{
	cudaError_t error = rt_check_device(device);
	unsigned int flags;
	int active = 0;

	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuDevicePrimaryCtxGetState(device, &flags, &active);
	if (error != cudaSuccess)
		return error;
	if (active)
		return cudaErrorSetOnActiveProcess;
	error = rt_bind_device(device);
	if (error != cudaSuccess)
		return error;
	return look_for_gl() == CUDA_SUCCESS ? cudaSuccess : cudaErrorDevicesUnavailable;
}

/* A list that is none is refused before there is a context, and whether or not there is OpenGL. */
cudaError_t rt_cudaGLGetDevices(unsigned int *pCudaDeviceCount, int *pCudaDevices,
				unsigned int cudaDeviceCount, enum cudaGLDeviceList deviceList)
{
	cudaError_t error;

	if (deviceList < cudaGLDeviceListAll || deviceList > cudaGLDeviceListNextFrame)
		return cudaErrorInvalidValue;
	error = rt_enter_context();
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuGLGetDevices(pCudaDeviceCount, pCudaDevices, cudaDeviceCount,
					       (CUGLDeviceList)deviceList);
}

/* The driver, which does not know the buffer, would not tell that there can be none. */
cudaError_t rt_cudaGLUnregisterBufferObject(GLuint bufObj)
{
	CUresult r = drv.cuGLUnregisterBufferObject(bufObj);
	CUresult gl = r == CUDA_ERROR_INVALID_VALUE ? look_for_gl() : CUDA_SUCCESS;

	return (cudaError_t)(gl != CUDA_SUCCESS ? gl : r);
}

/* The driver also tells the size, for which the runtime's call has no place. */
cudaError_t rt_cudaGLMapBufferObject(void **devPtr, GLuint bufObj)
{
	size_t size;

	if (devPtr == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuGLMapBufferObject((CUdeviceptr *)devPtr, &size, bufObj);
}

cudaError_t rt_cudaGLMapBufferObjectAsync(void **devPtr, GLuint bufObj, cudaStream_t stream)
{
	size_t size;

	if (devPtr == NULL)
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuGLMapBufferObjectAsync((CUdeviceptr *)devPtr, &size, bufObj,
							 stream);
}
