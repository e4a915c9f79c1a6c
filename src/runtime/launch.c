/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain launch, and the launch that compiled stubs make. All launches are the driver's; its
 * answers are NVIDIA's runtime's too (an H200 answered 1 for a grid or block that is empty or too
 * large and for too much shared memory, 720 for a cooperative grid that does not fit, 400 for an
 * address that is no kernel). Shared memory is 32 bits wide in the driver: 4 GiB is 0 there,
 * and succeeds with NVIDIA's runtime as well.
 */
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/kernel.h"

#define likely(x) __builtin_expect(!!(x), 1)

static inline CUresult launch(CUkernel kernel, dim3 grid, dim3 block, void **args, size_t shared,
			      cudaStream_t stream)
{
	return drv.cuLaunchKernel((CUfunction)kernel, grid.x, grid.y, grid.z, block.x, block.y,
				  block.z, (unsigned int)shared, stream, args, NULL);
}

/* A handle that the driver took, and that we had not seen: it gets its name in the records. */
static cudaError_t note_if_new(cudaError_t error, const void *func)
{
	if (error == cudaSuccess)
		rt_kernel_note(func);
	return error;
}

/* First use of a stub, or a handle. Out of line, and the launch passed on as it came. */
static __attribute__((noinline)) cudaError_t launch_first(const void *func, dim3 grid, dim3 block,
							  void **args, size_t shared,
							  cudaStream_t stream)
{
	CUfunction unused;
	CUkernel kernel;
	cudaError_t error = rt_kernel_find(func, &kernel, &unused);

	if (error != cudaSuccess)
		return error;
	error = (cudaError_t)launch(kernel, grid, block, args, shared, stream);
	return note_if_new(error, func);
}

cudaError_t rt_cudaLaunchKernel(const void *func, dim3 gridDim, dim3 blockDim, void **args,
				size_t sharedMem, cudaStream_t stream)
{
	CUkernel kernel = rt_kernel_ready(func);

	if (likely(kernel != NULL))
		return (cudaError_t)launch(kernel, gridDim, blockDim, args, sharedMem, stream);
	return launch_first(func, gridDim, blockDim, args, sharedMem, stream);
}

/*
 * The handle is nearly always a kernel of the driver's, which needs no look at it. The driver
 * answers 400 to what it is not: the stub's address that __cudaGetKernel gave out when it failed,
 * or a kernel whose image was closed while another one has the same stub.
 */
cudaError_t rt___cudaLaunchKernel(cudaKernel_t kernel, dim3 gridDim, dim3 blockDim, void **args,
				  size_t sharedMem, cudaStream_t stream)
{
	CUresult r;

	if (kernel == NULL)
		return cudaErrorInvalidDeviceFunction;
	r = launch(kernel, gridDim, blockDim, args, sharedMem, stream);
	if (likely(r != CUDA_ERROR_INVALID_HANDLE))
		return (cudaError_t)r;
	if (rt_kernel_ready(kernel) == kernel)
		return (cudaError_t)r;
	return launch_first(kernel, gridDim, blockDim, args, sharedMem, stream);
}

cudaError_t rt_cudaLaunchCooperativeKernel(const void *func, dim3 gridDim, dim3 blockDim,
					   void **args, size_t sharedMem, cudaStream_t stream)
{
	CUfunction unused;
	CUkernel kernel;
	cudaError_t error = rt_kernel_find(func, &kernel, &unused);

	if (error != cudaSuccess)
		return error;
	error = (cudaError_t)drv.cuLaunchCooperativeKernel((CUfunction)kernel, gridDim.x, gridDim.y,
							   gridDim.z, blockDim.x, blockDim.y,
							   blockDim.z, (unsigned int)sharedMem,
							   stream, args);
	return note_if_new(error, func);
}

/*
 * The two configurations differ in one member, shared memory of 64 and of 32 bits with padding
 * behind it, which on a little-endian machine the driver reads as the lower half. NVIDIA's library
 * crashes for a NULL configuration; ours says what is wrong.
 */
static cudaError_t launch_ex(const cudaLaunchConfig_t *config, const void *func, void **args,
			     CUresult (*launch_function)(const CUlaunchConfig *, CUfunction,
							 void **, void **))
{
	const CUlaunchConfig *drivers = (const CUlaunchConfig *)config;
	CUfunction unused;
	CUkernel kernel;
	cudaError_t error;

	if (config == NULL)
		return cudaErrorInvalidValue;
	kernel = rt_kernel_ready(func);
	if (likely(kernel != NULL))
		return (cudaError_t)launch_function(drivers, (CUfunction)kernel, args, NULL);
	error = rt_kernel_find(func, &kernel, &unused);
	if (error != cudaSuccess)
		return error;
	error = (cudaError_t)launch_function(drivers, (CUfunction)kernel, args, NULL);
	return note_if_new(error, func);
}

cudaError_t rt_cudaLaunchKernelExC(const cudaLaunchConfig_t *config, const void *func, void **args)
{
	return launch_ex(config, func, args, drv.cuLaunchKernelEx);
}

cudaError_t rt_cudaLaunchKernelExC_ptsz(const cudaLaunchConfig_t *config, const void *func,
					void **args)
{
	return launch_ex(config, func, args, drv.cuLaunchKernelEx_ptsz);
}
