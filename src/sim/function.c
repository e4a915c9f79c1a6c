/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CUfunction: a kernel in one context, with its attributes. A launch and an occupancy query take a
 * CUkernel in its place; the functions here do not (as NVIDIA's R580 does).
 */
#include "sim/code.h"

#include <stdlib.h>
#include <string.h>

CUresult sim_function_find(CUfunction handle, CUcontext ctx, CUfunction *function)
{
	CUkernel kernel = (CUkernel)(void *)handle;
	CUmodule module;
	CUresult error;

	if (sim_handle_ok(handle, SIM_H_FUNCTION)) {
		*function = handle;
		return handle->module->ctx == ctx ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
	}
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	error = sim_module_get(kernel->library, ctx, &module);
	if (error == CUDA_SUCCESS)
		*function = &module->functions[kernel - kernel->library->kernels];
	return error;
}

/*
 * The most threads that one block can have, by registers: they are given out to warps in units of
 * 256, and a quarter of them belongs to each of the multiprocessor's four parts.
 */
static int most_threads(const struct sim_image_kernel *info)
{
	unsigned int per_warp = (info->regs * 32 + 255) / 256 * 256;
	int most = sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
	int registers = sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK);
	int bound = per_warp ? registers / 4 / (int)per_warp * 4 * 32 : most;

	if (info->max_threads && (int)info->max_threads < most)
		most = (int)info->max_threads;
	return bound < most ? bound : most;
}

int sim_attribute_default(const struct sim_image_kernel *info, CUfunction_attribute attribute)
{
	switch (attribute) {
	case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
		return most_threads(info);
	case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
		return (int)info->static_shared;
	case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
		return (int)info->const_size;
	case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
		return (int)info->local_size;
	case CU_FUNC_ATTRIBUTE_NUM_REGS:
		return (int)info->regs;
	case CU_FUNC_ATTRIBUTE_PTX_VERSION:
		return info->ptx_version;
	case CU_FUNC_ATTRIBUTE_BINARY_VERSION:
		return info->binary_version;
	case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
		return sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK) -
		       (int)info->static_shared;
	case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		return CU_SHAREDMEM_CARVEOUT_DEFAULT;
	case CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET:
		return info->cluster_must_be_set;
	case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
	case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
	case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
		return (int)info->cluster[attribute - CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH];
	default:
		return 0;
	}
}

/* Set for the function, set for its kernel on this device, compiled in: the first that there is. */
int sim_function_attribute(CUfunction function, CUfunction_attribute attribute)
{
	CUkernel kernel = function->kernel;
	CUdevice dev = function->module->ctx->device->ordinal;

	if (function->settings.set & 1u << attribute)
		return function->settings.value[attribute];
	if (kernel->settings[dev].set & 1u << attribute)
		return kernel->settings[dev].value[attribute];
	return sim_attribute_default(kernel->info, attribute);
}

/* The limits are those at which an H200 began to refuse. */
CUresult sim_attribute_check(const struct sim_image_kernel *info, CUfunction_attribute attribute,
			     int value)
{
	int most;

	switch (attribute) {
	case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
		most = sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN) -
		       (int)info->static_shared;
		return value < 0 || value > most ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
	case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		return value < -1 || value > 100 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
	case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
	case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
	case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
		/* What was compiled in is fixed. */
		if (info->cluster[0])
			most = (int)info->cluster[attribute -
						  CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH];
		else
			most = value;
		return value < 0 || value != most ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
	case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
		return CUDA_SUCCESS;
	case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
		return value < 0 || value > 2 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
	default:
		return CUDA_ERROR_INVALID_VALUE;
	}
}

CUfunc_cache sim_function_cache(CUfunction function)
{
	CUdevice dev = function->module->ctx->device->ordinal;

	if (function->settings.cache != CU_FUNC_CACHE_PREFER_NONE)
		return function->settings.cache;
	return function->kernel->settings[dev].cache;
}

/* Whatever context is current: a function is as good in another, but for launching it. */
static bool is_function(CUfunction function)
{
	return sim_handle_ok(function, SIM_H_FUNCTION);
}

CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function)
{
	SIM_ENTER(SIM_INIT);
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!value || (unsigned int)attribute >= CU_FUNC_ATTRIBUTE_MAX)
		return CUDA_ERROR_INVALID_VALUE;
	*value = sim_function_attribute(function, attribute);
	return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value)
{
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	error = sim_attribute_check(function->kernel->info, attribute, value);
	if (error != CUDA_SUCCESS)
		return error;
	function->settings.set |= 1u << attribute;
	function->settings.value[attribute] = value;
	return CUDA_SUCCESS;
}

CUresult cuFuncSetCacheConfig(CUfunction function, CUfunc_cache config)
{
	SIM_ENTER(SIM_INIT);
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	if ((unsigned int)config > CU_FUNC_CACHE_PREFER_EQUAL)
		return CUDA_ERROR_INVALID_VALUE;
	function->settings.cache = config;
	return CUDA_SUCCESS;
}

/* The banks of this architecture cannot be set. */
CUresult cuFuncSetSharedMemConfig(CUfunction function, CUsharedconfig config)
{
	SIM_ENTER(SIM_INIT);
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	if ((unsigned int)config > CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE)
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

/* NULL is no invalid handle here but an invalid value: so NVIDIA's R580 answers. */
CUresult cuFuncGetName(const char **name, CUfunction function)
{
	SIM_ENTER(SIM_INIT);
	if (!name || !function)
		return CUDA_ERROR_INVALID_VALUE;
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	*name = function->kernel->info->name;
	return CUDA_SUCCESS;
}

CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *size)
{
	const struct sim_image_kernel *info;

	SIM_ENTER(SIM_INIT);
	if (!function || !offset)
		return CUDA_ERROR_INVALID_VALUE;
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	info = function->kernel->info;
	if (index >= info->nparams)
		return CUDA_ERROR_INVALID_VALUE;
	*offset = info->params[index].offset;
	if (size)
		*size = info->params[index].size;
	return CUDA_SUCCESS;
}

CUresult cuFuncGetModule(CUmodule *module, CUfunction function)
{
	SIM_ENTER(SIM_INIT);
	if (!module)
		return CUDA_ERROR_INVALID_VALUE;
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	*module = function->module;
	return CUDA_SUCCESS;
}

/* Everything is loaded as soon as it can be named. */
CUresult cuFuncIsLoaded(CUfunctionLoadingState *state, CUfunction function)
{
	SIM_ENTER(SIM_INIT);
	if (!state)
		return CUDA_ERROR_INVALID_VALUE;
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	*state = CU_FUNCTION_LOADING_STATE_LOADED;
	return CUDA_SUCCESS;
}

CUresult cuFuncLoad(CUfunction function)
{
	SIM_ENTER(SIM_CTX);
	return is_function(function) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

/* The interface of before CUDA 4: shape, shared memory and parameters are set one by one. */
CUresult cuFuncSetBlockShape(CUfunction function, int x, int y, int z)
{
	SIM_ENTER(SIM_CTX);
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	if (x <= 0 || y <= 0 || z <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	function->block[0] = (unsigned int)x;
	function->block[1] = (unsigned int)y;
	function->block[2] = (unsigned int)z;
	return CUDA_SUCCESS;
}

CUresult cuFuncSetSharedSize(CUfunction function, unsigned int bytes)
{
	SIM_ENTER(SIM_CTX);
	if (!is_function(function))
		return CUDA_ERROR_INVALID_HANDLE;
	function->shared = bytes;
	return CUDA_SUCCESS;
}
