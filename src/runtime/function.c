/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain function: attributes of kernels. The driver keeps them by kernel and device; the
 * device is the current context's. A CUfunction is refused with 400, as by NVIDIA's library:
 * these calls take what is no stub for a kernel.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/context.h"
#include "runtime/entry.h"
#include "runtime/kernel.h"

/* Where an attribute goes in struct cudaFuncAttributes. */
struct field {
	CUfunction_attribute attribute;
	unsigned short offset, size;
};

#define FIELD(member, name)                                              \
	{                                                                \
		.attribute = CU_FUNC_ATTRIBUTE_##name,                   \
		.offset = offsetof(struct cudaFuncAttributes, member),   \
		.size = sizeof(((struct cudaFuncAttributes *)0)->member) \
	}

static const struct field fields[] = {
	FIELD(sharedSizeBytes, SHARED_SIZE_BYTES),
	FIELD(constSizeBytes, CONST_SIZE_BYTES),
	FIELD(localSizeBytes, LOCAL_SIZE_BYTES),
	FIELD(maxThreadsPerBlock, MAX_THREADS_PER_BLOCK),
	FIELD(numRegs, NUM_REGS),
	FIELD(ptxVersion, PTX_VERSION),
	FIELD(binaryVersion, BINARY_VERSION),
	FIELD(cacheModeCA, CACHE_MODE_CA),
	FIELD(maxDynamicSharedSizeBytes, MAX_DYNAMIC_SHARED_SIZE_BYTES),
	FIELD(preferredShmemCarveout, PREFERRED_SHARED_MEMORY_CARVEOUT),
	FIELD(clusterDimMustBeSet, CLUSTER_SIZE_MUST_BE_SET),
	FIELD(requiredClusterWidth, REQUIRED_CLUSTER_WIDTH),
	FIELD(requiredClusterHeight, REQUIRED_CLUSTER_HEIGHT),
	FIELD(requiredClusterDepth, REQUIRED_CLUSTER_DEPTH),
	FIELD(clusterSchedulingPolicyPreference, CLUSTER_SCHEDULING_POLICY_PREFERENCE),
	FIELD(nonPortableClusterSizeAllowed, NON_PORTABLE_CLUSTER_SIZE_ALLOWED),
};

/* The kernel, and the device whose attributes of it are meant. */
static cudaError_t find(const void *func, CUkernel *kernel, int *device)
{
	CUfunction unused;
	cudaError_t error = rt_kernel_find(func, kernel, &unused);

	return error == cudaSuccess ? rt_current_device(device) : error;
}

static void store(struct cudaFuncAttributes *attributes, const struct field *field, int value)
{
	char *to = (char *)attributes + field->offset;

	if (field->size == sizeof(size_t))
		*(size_t *)(void *)to = (unsigned int)value;
	else
		*(int *)(void *)to = value;
}

/* Nothing is written unless everything could be read (seen with NVIDIA's library). */
cudaError_t rt_cudaFuncGetAttributes(struct cudaFuncAttributes *attr, const void *func)
{
	struct cudaFuncAttributes attributes = { 0 };
	CUkernel kernel;
	int device;
	cudaError_t error;

	if (attr == NULL)
		return cudaErrorInvalidValue;
	error = find(func, &kernel, &device);
	for (size_t i = 0; error == cudaSuccess && i < sizeof(fields) / sizeof(fields[0]); i++) {
		int value = 0;

		error = (cudaError_t)drv.cuKernelGetAttribute(&value, fields[i].attribute, kernel,
							      device);
		store(&attributes, &fields[i], value);
	}
	/* What is reserved for later members stays as it was. */
	if (error == cudaSuccess)
		memcpy(attr, &attributes, offsetof(struct cudaFuncAttributes, reserved));
	return error;
}

cudaError_t rt_cudaFuncGetName(const char **name, const void *func)
{
	CUfunction unused;
	CUkernel kernel;
	cudaError_t error;

	if (name == NULL)
		return cudaErrorInvalidValue;
	error = rt_kernel_find(func, &kernel, &unused);
	return error == cudaSuccess ? (cudaError_t)drv.cuKernelGetName(name, kernel) : error;
}

cudaError_t rt_cudaFuncGetParamInfo(const void *func, size_t paramIndex, size_t *paramOffset,
				    size_t *paramSize)
{
	CUfunction unused;
	CUkernel kernel;
	cudaError_t error = rt_kernel_find(func, &kernel, &unused);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuKernelGetParamInfo(kernel, paramIndex, paramOffset, paramSize);
}

/* Looked at before the kernel and the device are. */
static bool can_be_set(enum cudaFuncAttribute attribute)
{
	return attribute >= cudaFuncAttributeMaxDynamicSharedMemorySize &&
	       attribute < cudaFuncAttributeMax;
}

cudaError_t rt_cudaFuncSetAttribute(const void *func, enum cudaFuncAttribute attr, int value)
{
	CUkernel kernel;
	int device;
	cudaError_t error;

	if (!can_be_set(attr))
		return cudaErrorInvalidValue;
	error = find(func, &kernel, &device);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuKernelSetAttribute((CUfunction_attribute)attr, value, kernel,
						     device);
}

cudaError_t rt_cudaFuncSetCacheConfig(const void *func, enum cudaFuncCache cacheConfig)
{
	CUkernel kernel;
	int device;
	cudaError_t error = find(func, &kernel, &device);

	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuKernelSetCacheConfig(kernel, (CUfunc_cache)cacheConfig, device);
}

/* Has no form for kernels in the driver, nor an effect on any device that CUDA 13 supports. */
cudaError_t rt_cudaFuncSetSharedMemConfig(const void *func, enum cudaSharedMemConfig config)
{
	CUfunction function;
	CUkernel kernel;
	cudaError_t error = rt_kernel_find(func, &kernel, &function);

	if (error == cudaSuccess)
		error = (cudaError_t)drv.cuKernelGetFunction(&function, kernel);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuFuncSetSharedMemConfig(function, (CUsharedconfig)config);
}

/* Stubs alone have a symbol: 98 for handles. NULL to store the answer in is no error (H200). */
cudaError_t rt_cudaGetFuncBySymbol(cudaFunction_t *functionPtr, const void *symbolPtr)
{
	CUkernel kernel;
	cudaError_t error = rt_kernel_find_stub(symbolPtr, &kernel);

	if (error != cudaSuccess || functionPtr == NULL)
		return error;
	error = (cudaError_t)drv.cuKernelGetFunction(functionPtr, kernel);
	if (error == cudaSuccess)
		rt_kernel_note(*functionPtr);
	return error;
}

cudaError_t rt_cudaGetKernel(cudaKernel_t *kernelPtr, const void *entryFuncAddr)
{
	CUkernel kernel;
	cudaError_t error;

	if (kernelPtr == NULL)
		return cudaErrorInvalidValue;
	error = rt_kernel_find_stub(entryFuncAddr, &kernel);
	if (error == cudaSuccess)
		*kernelPtr = kernel;
	return error;
}

cudaError_t rt_cudaKernelSetAttributeForDevice(cudaKernel_t kernel, enum cudaFuncAttribute attr,
					       int value, int device)
{
	if (!can_be_set(attr))
		return cudaErrorInvalidValue;
	return (cudaError_t)drv.cuKernelSetAttribute((CUfunction_attribute)attr, value, kernel,
						     device);
}
