/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/kernel_params.h"

#include <stdlib.h>

#include "runtime/entry.h"

static struct rt_kernel_params *spare;

/* What a driver that cannot tell has told. */
static struct rt_kernel_params none;

/* The handle that `func` launches, and whether it is a CUfunction. */
struct target {
	void *handle;
	bool is_function;
};

/*
 * A stub, or the handle that it has now: the image is ours, and the handle good while it is there.
 * Not an older handle of the stub's, which may have come to mean anything.
 */
static bool is_ours(const struct rt_kernel *kernel, const void *func, const void *handle)
{
	return kernel->stub != NULL && (func == kernel->stub || func == handle);
}

static struct target target_of(const struct rt_kernel *kernel, const void *func)
{
	void *handle = __atomic_load_n(&kernel->handle, __ATOMIC_ACQUIRE);

	if (kernel->stub != NULL && !is_ours(kernel, func, handle))
		handle = NULL;
	return (struct target){ .handle = handle, .is_function = kernel->is_function };
}

static bool param_size(const struct target *target, size_t index, size_t *size)
{
	size_t offset;
	CUresult r =
		target->is_function
			? drv.cuFuncGetParamInfo((CUfunction)target->handle, index, &offset, size)
			: drv.cuKernelGetParamInfo((CUkernel)target->handle, index, &offset, size);

	return r == CUDA_SUCCESS;
}

/* The driver says where the parameters end by refusing the next one. A kernel has 32764 bytes. */
static void ask(const struct target *target, struct rt_kernel_params *params)
{
	size_t size = 0;

	*params = (struct rt_kernel_params){ .count = 0 };
	while (params->count < UINT16_MAX && param_size(target, params->count, &size)) {
		if (params->count < RT_KERNEL_PARAMS) {
			params->size[params->known++] = (uint32_t)size;
			params->bytes += (uint32_t)size;
		}
		params->count++;
	}
}

/* ---- what is kept, under the registry's lock ------------------------------------------------ */

static struct rt_kernel_params *keep(const struct rt_kernel_params *asked)
{
	struct rt_kernel_params *params = spare;

	if (asked->count == 0)
		return &none;
	if (params == NULL)
		params = malloc(sizeof(*params));
	else
		spare = params->next_spare;
	if (params != NULL)
		*params = *asked;
	return params;
}

void rt_kernel_params_forget(struct rt_kernel *kernel)
{
	struct rt_kernel_params *params = kernel->params;

	__atomic_store_n(&kernel->params, NULL, __ATOMIC_RELEASE);
	if (params == NULL || params == &none)
		return;
	params->next_spare = spare;
	spare = params;
}

/* ---- finding -------------------------------------------------------------------------------- */

const struct rt_kernel_params *rt_kernel_params_ready(const void *func)
{
	const struct rt_kernel *kernel = rt_address_find(&rt_kernels, func);

	/* Pairs with the release in rt_kernel_params_find(). */
	return kernel ? __atomic_load_n(&kernel->params, __ATOMIC_ACQUIRE) : NULL;
}

/* The lock is open while the driver is asked: the kernel may be another one's afterwards. */
const struct rt_kernel_params *rt_kernel_params_find(const void *func)
{
	const struct rt_kernel_params *found = NULL;
	struct target target = { .handle = NULL };
	struct rt_kernel_params asked;
	struct rt_kernel *kernel;

	/* A launch by a handle alone that the driver took at once was not noted. */
	rt_kernel_note(func);
	rt_registry_lock();
	kernel = rt_address_find(&rt_kernels, func);
	if (kernel != NULL)
		target = target_of(kernel, func);
	rt_registry_unlock();
	if (target.handle == NULL)
		return NULL;
	ask(&target, &asked);
	rt_registry_lock();
	kernel = rt_address_find(&rt_kernels, func);
	if (kernel != NULL && target_of(kernel, func).handle == target.handle) {
		if (kernel->params == NULL)
			__atomic_store_n(&kernel->params, keep(&asked), __ATOMIC_RELEASE);
		found = kernel->params;
	}
	rt_registry_unlock();
	return found;
}

bool rt_kernel_params_hold(const void *func, const struct rt_kernel_params *params)
{
	const struct rt_kernel *kernel = rt_address_find(&rt_kernels, func);
	struct target target;
	size_t size = 0;

	if (kernel == NULL)
		return false;
	target = target_of(kernel, func);
	if (target.handle == NULL)
		return false;
	if (kernel->stub != NULL)
		return true;
	for (uint32_t i = 0; i < params->known; i++)
		if (!param_size(&target, i, &size) || size != params->size[i])
			return false;
	return true;
}
