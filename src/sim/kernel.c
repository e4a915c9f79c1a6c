/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CUkernel: a kernel of a library, in no context in particular. Its attributes are kept for each
 * device and hold for functions that did not get their own.
 */
#include "sim/code.h"

/* Loads the library into the context, if it was not yet there. */
CUresult cuKernelGetFunction(CUfunction *function, CUkernel kernel)
{
	CUmodule module;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!function)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	error = sim_module_get(kernel->library, call.ctx, &module);
	if (error != CUDA_SUCCESS)
		return error;
	*function = &module->functions[kernel - kernel->library->kernels];
	return CUDA_SUCCESS;
}

CUresult cuKernelGetLibrary(CUlibrary *library, CUkernel kernel)
{
	SIM_ENTER(SIM_INIT);
	if (!library)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	*library = kernel->library;
	return CUDA_SUCCESS;
}

CUresult cuKernelGetName(const char **name, CUkernel kernel)
{
	SIM_ENTER(SIM_INIT);
	if (!name || !kernel)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	*name = kernel->info->name;
	return CUDA_SUCCESS;
}

/*
 * Needs a context, though a kernel has none, and takes NULL for an invalid value: both as seen on
 * R580.
 */
CUresult cuKernelGetParamInfo(CUkernel kernel, size_t index, size_t *offset, size_t *size)
{
	SIM_ENTER(SIM_CTX);
	if (!kernel || !offset)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	if (index >= kernel->info->nparams)
		return CUDA_ERROR_INVALID_VALUE;
	*offset = kernel->info->params[index].offset;
	if (size)
		*size = kernel->info->params[index].size;
	return CUDA_SUCCESS;
}

CUresult cuKernelGetAttribute(int *value, CUfunction_attribute attribute, CUkernel kernel,
			      CUdevice dev)
{
	const struct sim_kernel_settings *settings;

	SIM_ENTER(SIM_INIT);
	if (!value || (unsigned int)attribute >= CU_FUNC_ATTRIBUTE_MAX)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	settings = &kernel->settings[dev];
	if (settings->set & 1u << attribute)
		*value = settings->value[attribute];
	else
		*value = sim_attribute_default(kernel->info, attribute);
	return CUDA_SUCCESS;
}

/* Also for functions that exist already, unless they were given their own value. */
CUresult cuKernelSetAttribute(CUfunction_attribute attribute, int value, CUkernel kernel,
			      CUdevice dev)
{
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	error = sim_attribute_check(kernel->info, attribute, value);
	if (error != CUDA_SUCCESS)
		return error;
	kernel->settings[dev].set |= 1u << attribute;
	kernel->settings[dev].value[attribute] = value;
	return CUDA_SUCCESS;
}

/* What it does to a multiprocessor's shared memory shows in the occupancy. */
CUresult cuKernelSetCacheConfig(CUkernel kernel, CUfunc_cache config, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_handle_ok(kernel, SIM_H_KERNEL))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if ((unsigned int)config > CU_FUNC_CACHE_PREFER_EQUAL)
		return CUDA_ERROR_INVALID_VALUE;
	kernel->settings[dev].cache = config;
	return CUDA_SUCCESS;
}
