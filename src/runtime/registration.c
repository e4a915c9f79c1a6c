/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain registration, as far as it registers: what nvcc and clang have a program's constructors
 * and exit handlers call. All of it runs before main, in dlopen, dlclose or exit, and touches no
 * driver (a driver initialised in a parent is dead in its forked children), but for the
 * unloading of what was loaded and __cudaInitModule, which the program calls on first use.
 */
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/image.h"
#include "runtime/kernel.h"
#include "runtime/symbol_table.h"

/* NULL only without memory; the functions below take that. */
void **rt___cudaRegisterFatBinary(void *fatCubin)
{
	return (void **)rt_image_add(fatCubin);
}

/* Not waited for: clang's older versions do not call it, and everything is lazy anyway. */
void rt___cudaRegisterFatBinaryEnd(void **fatCubinHandle)
{
	(void)fatCubinHandle;
}

void rt___cudaUnregisterFatBinary(void **fatCubinHandle)
{
	if (fatCubinHandle != NULL)
		rt_image_remove((struct rt_image *)fatCubinHandle);
}

void rt___cudaRegisterFunction(void **fatCubinHandle, const char *hostFun, char *deviceFun,
			       const char *deviceName, int thread_limit, uint3 *tid, uint3 *bid,
			       dim3 *bDim, dim3 *gDim, int *wSize)
{
	struct rt_image *image;

	/* Compilers pass -1 and NULLs: relics of the first interface, without a meaning now. */
	(void)deviceFun, (void)thread_limit, (void)tid, (void)bid, (void)bDim, (void)gDim;
	(void)wSize;
	rt_registry_lock();
	image = rt_image_of(fatCubinHandle);
	if (image != NULL)
		rt_kernel_register(image, hostFun, deviceName);
	rt_registry_unlock();
}

static void register_variable(void **handle, const void *key, void **shadow, const char *name,
			      size_t size)
{
	struct rt_variable variable = { .key = key, .shadow = shadow, .name = name, .size = size };

	rt_registry_lock();
	variable.image = rt_image_of(handle);
	if (variable.image != NULL)
		rt_variable_register(&variable);
	rt_registry_unlock();
}

/* __device__ and __constant__ variables; the driver knows by itself which of them is which. */
void rt___cudaRegisterVar(void **fatCubinHandle, char *hostVar, char *deviceAddress,
			  const char *deviceName, int ext, size_t size, int constant, int global)
{
	(void)deviceAddress, (void)ext, (void)constant, (void)global;
	register_variable(fatCubinHandle, hostVar, NULL, deviceName, size);
}

void rt___cudaRegisterManagedVar(void **fatCubinHandle, void **hostVarPtrAddress,
				 char *deviceAddress, const char *deviceName, int ext, size_t size,
				 int constant, int global)
{
	(void)deviceAddress, (void)ext, (void)constant, (void)global;
	register_variable(fatCubinHandle, hostVarPtrAddress, hostVarPtrAddress, deviceName, size);
}

/* nvc++ alone emits these two; nvcc and clang have no variables that live on the host. */
void rt___cudaRegisterHostVar(void **fatCubinHandle, const char *deviceName, char *hostVar,
			      size_t size)
{
	(void)fatCubinHandle, (void)deviceName, (void)hostVar, (void)size;
}

void rt___cudaRegisterUnifiedTable(void *table, void *arg1, void *arg2, void *arg3, void *arg4)
{
	(void)table, (void)arg1, (void)arg2, (void)arg3, (void)arg4;
}

/*
 * Once per translation unit, before its first access to a managed variable: the shadow pointers
 * must be right when this returns. 0 has the program ask again at the next access; it goes on
 * through the shadow either way. Without managed variables there is nothing to do, whatever the
 * handle is.
 */
char rt___cudaInitModule(void **fatCubinHandle)
{
	struct rt_image *image;
	cudaError_t error = rt_enter_context();

	if (error != cudaSuccess)
		return 0;
	rt_registry_lock();
	image = rt_image_of(fatCubinHandle);
	if (image == NULL || image->managed == 0) {
		rt_registry_unlock();
		return 1;
	}
	error = rt_image_use(image);
	if (error == cudaSuccess) {
		rt_registry_unlock();
		error = rt_image_set_shadows(image);
		rt_registry_lock();
		rt_image_done(image);
	}
	rt_registry_unlock();
	return error == cudaSuccess;
}

/*
 * What a stub asks at its first launch, to keep the answer for ever: the driver's own handle, as
 * from cudaGetKernel. On failure NVIDIA's library hands the stub's address out as the handle and
 * takes it in __cudaLaunchKernel: a later launch tries again, and fails with the reason.
 */
cudaError_t rt___cudaGetKernel(cudaKernel_t *kernel, const void *hostFun)
{
	CUkernel handle = NULL;
	cudaError_t error;

	if (kernel == NULL)
		return cudaErrorInvalidValue;
	if (hostFun == NULL)
		return cudaErrorInvalidDeviceFunction;
	error = rt_enter_driver();
	if (error == cudaSuccess)
		error = rt_kernel_find_stub(hostFun, &handle);
	*kernel = error == cudaSuccess ? handle : (cudaKernel_t)hostFun;
	return error;
}

/*
 * No public prototype. Asked for names of its own and others NVIDIA's library answered success
 * and wrote to none of its pointers, so its arguments are unknown; no Linux program is known
 * that calls it.
 */
cudaError_t rt___cudaGetProcAddress(const char *symbol, void **pfn, size_t *token)
{
	(void)symbol, (void)pfn, (void)token;
	return cudaSuccess;
}
