/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of kernels: registration, resolution at first use, and what to call a kernel that the
 * driver speaks of.
 */
#include "runtime/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/entry.h"
#include "runtime/kernel_params.h"
#include "runtime/report.h"

struct rt_address_map rt_kernels;

static struct rt_kernel *spare;

/* Under the lock, as all that follows up to rt_kernel_register(). */
static struct rt_kernel *new_kernel(void)
{
	struct rt_kernel *kernel = spare;

	if (kernel == NULL)
		return calloc(1, sizeof(*kernel));
	spare = kernel->next_spare;
	*kernel = (struct rt_kernel){ 0 };
	return kernel;
}

static void give_back(struct rt_kernel *kernel)
{
	__atomic_store_n(&kernel->handle, NULL, __ATOMIC_RELEASE);
	rt_kernel_params_forget(kernel);
	free(kernel->name);
	kernel->next_spare = spare;
	spare = kernel;
}

static void drop_key_of(const void *key, void *value, void *kernel)
{
	if (value == kernel)
		rt_address_drop(&rt_kernels, key);
}

/* No source is left, or the handle is void. */
static void forget(struct rt_kernel *kernel)
{
	if (kernel->has_old_handles) {
		rt_address_each(&rt_kernels, drop_key_of, kernel);
	} else {
		rt_address_drop(&rt_kernels, kernel->stub ? kernel->stub : kernel->key);
		if (kernel->handle != NULL && kernel->handle != kernel->key)
			rt_address_drop(&rt_kernels, kernel->handle);
	}
	give_back(kernel);
}

/*
 * The handle's key stays: launches through it that were compiled into a stub (its first call asks
 * for the handle and keeps it) go on after the image is gone, and then mean another source.
 */
static void change_source(struct rt_kernel *kernel, struct rt_kernel_source *source)
{
	kernel->source = source;
	kernel->reported = false;
	if (kernel->handle == NULL)
		return;
	rt_kernel_params_forget(kernel);
	kernel->has_old_handles = true;
	__atomic_store_n(&kernel->handle, NULL, __ATOMIC_RELEASE);
}

static struct rt_kernel *kernel_of_stub(const void *stub)
{
	struct rt_kernel *kernel = rt_address_find(&rt_kernels, stub);

	if (kernel != NULL && kernel->stub == stub)
		return kernel;
	/* A stub may lie where a handle once was. */
	if (kernel != NULL && kernel->stub == NULL)
		forget(kernel);
	kernel = new_kernel();
	if (kernel == NULL)
		return NULL;
	kernel->stub = stub;
	if (rt_address_put(&rt_kernels, stub, kernel))
		return kernel;
	give_back(kernel);
	return NULL;
}

/* The first that is registered counts, as with NVIDIA's library, and the others if it goes. */
static void add_source(struct rt_kernel *kernel, struct rt_kernel_source *source)
{
	struct rt_kernel_source **link = &kernel->source;

	if (*link == NULL) {
		change_source(kernel, source);
		return;
	}
	while (*link != NULL)
		link = &(*link)->newer;
	*link = source;
}

/* Without memory the kernel stays unknown, and its launch fails. */
void rt_kernel_register(struct rt_image *image, const void *stub, const char *name)
{
	struct rt_kernel_source *source = calloc(1, sizeof(*source));
	struct rt_kernel *kernel = source ? kernel_of_stub(stub) : NULL;

	if (kernel == NULL) {
		free(source);
		return;
	}
	*source = (struct rt_kernel_source){
		.image = image,
		.name = name,
		.kernel = kernel,
		.next_of_image = image->kernels,
	};
	image->kernels = source;
	add_source(kernel, source);
}

static void forget_source(struct rt_kernel_source *source)
{
	struct rt_kernel *kernel = source->kernel;
	struct rt_kernel_source **link = &kernel->source;

	if (kernel->source == source) {
		if (source->newer == NULL)
			forget(kernel);
		else
			change_source(kernel, source->newer);
		return;
	}
	while (*link != source)
		link = &(*link)->newer;
	*link = source->newer;
}

void rt_kernels_forget_image(struct rt_image *image)
{
	while (image->kernels != NULL) {
		struct rt_kernel_source *source = image->kernels;

		image->kernels = source->next_of_image;
		forget_source(source);
		free(source);
	}
}

static void forget_if_function(const void *key, void *value, void *unused)
{
	struct rt_kernel *kernel = value;

	(void)key, (void)unused;
	if (kernel->is_function)
		forget(kernel);
}

/* A CUfunction belongs to a context. Its address may be that of another one after a reset. */
void rt_kernels_forget_functions(void)
{
	rt_address_each(&rt_kernels, forget_if_function, NULL);
}

static void forget_if_of_library(const void *key, void *value, void *library)
{
	struct rt_kernel *kernel = value;

	(void)key;
	if (kernel->stub == NULL && kernel->library == library)
		forget(kernel);
}

void rt_kernels_forget_library(CUlibrary library)
{
	if (library == NULL)
		return;
	rt_registry_lock();
	rt_address_each(&rt_kernels, forget_if_of_library, library);
	rt_registry_unlock();
}

/*
 * An image that holds no code for this device gives a library without kernels; the driver says
 * what is wrong with it (209) when it is to be loaded. Otherwise the image lacks the kernel.
 */
static cudaError_t missing_kernel(CUlibrary library)
{
	unsigned int count = 0;
	CUmodule module;
	CUresult r;

	if (drv.cuLibraryGetKernelCount(&count, library) != CUDA_SUCCESS || count > 0)
		return cudaErrorSymbolNotFound;
	r = drv.cuLibraryGetModule(&module, library);
	return r == CUDA_SUCCESS ? cudaErrorSymbolNotFound : (cudaError_t)r;
}

/*
 * Asks the driver for the source's kernel. The lock is released meanwhile; the source and
 * its image cannot go before rt_image_done().
 */
static cudaError_t resolve(struct rt_kernel_source *source, CUkernel *handle)
{
	struct rt_image *image = source->image;
	cudaError_t error = rt_image_use(image);

	if (error != cudaSuccess)
		return error;
	rt_registry_unlock();
	error = (cudaError_t)drv.cuLibraryGetKernel(handle, image->library, source->name);
	if (error == cudaErrorSymbolNotFound)
		error = missing_kernel(image->library);
	if (error == cudaSuccess) {
		rt_report_kernel(source->kernel->stub, source->name);
		rt_report_kernel(*handle, source->name);
	}
	rt_registry_lock();
	rt_image_done(image);
	return error;
}

/* What the driver gave is kept unless the source has changed while the lock was open. */
static bool keep(const void *stub, const struct rt_kernel_source *source, CUkernel handle)
{
	struct rt_kernel *kernel = rt_address_find(&rt_kernels, stub);

	if (kernel == NULL || kernel->source != source)
		return false;
	kernel->reported = true;
	/* The map's old entry, if any, was of a library that is gone. */
	rt_address_put(&rt_kernels, handle, kernel);
	/* Pairs with the acquire in rt_kernel_ready(): the driver made the kernel before this. */
	__atomic_store_n(&kernel->handle, handle, __ATOMIC_RELEASE);
	return true;
}

/* Under the lock. cudaErrorInvalidResourceHandle: not known here. */
static cudaError_t find_locked(const void *func, CUkernel *handle)
{
	for (;;) {
		struct rt_kernel *kernel = rt_address_find(&rt_kernels, func);
		struct rt_kernel_source *source;
		cudaError_t error;

		if (kernel == NULL)
			return cudaErrorInvalidResourceHandle;
		*handle = kernel->handle;
		if (*handle != NULL)
			return cudaSuccess;
		source = kernel->source;
		func = kernel->stub;
		error = resolve(source, handle);
		if (error != cudaSuccess || keep(func, source, *handle))
			return error;
	}
}

cudaError_t rt_kernel_find(const void *func, CUkernel *kernel, CUfunction *function)
{
	cudaError_t error;

	*function = NULL;
	*kernel = rt_kernel_ready(func);
	if (*kernel != NULL)
		return cudaSuccess;
	if (func == NULL)
		return cudaErrorInvalidDeviceFunction;
	rt_registry_lock();
	error = find_locked(func, kernel);
	rt_registry_unlock();
	if (error != cudaErrorInvalidResourceHandle)
		return error;
	*kernel = (CUkernel)func;
	return cudaSuccess;
}

bool rt_kernel_is_stub(const void *stub)
{
	const struct rt_kernel *kernel;
	bool is_stub;

	rt_registry_lock();
	kernel = rt_address_find(&rt_kernels, stub);
	is_stub = kernel != NULL && kernel->stub == stub && stub != NULL;
	rt_registry_unlock();
	return is_stub;
}

cudaError_t rt_kernel_find_stub(const void *stub, CUkernel *kernel)
{
	CUfunction unused;

	if (!rt_kernel_is_stub(stub))
		return cudaErrorInvalidDeviceFunction;
	return rt_kernel_find(stub, kernel, &unused);
}

/*
 * NVIDIA's library answers 400 where the driver would say 1 (an address), 0 (a CUfunction) or we
 * 209 (no code for this device): it takes whatever it cannot resolve for a handle, and has the
 * driver check that.
 */
cudaError_t rt_kernel_find_for_node(const void *func, CUkernel *kernel)
{
	CUfunction function;
	cudaError_t error = rt_kernel_find(func, kernel, &function);

	if (error == cudaErrorNoKernelImageForDevice)
		return cudaErrorInvalidResourceHandle;
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuKernelGetFunction(&function, *kernel);
}

/*
 * As NVIDIA's library on an H200: 98 (NULL here) for kernels of cudaLibraryGetKernel, of the
 * driver's libraries and of other runtimes; success for a module's function, which has no kernel.
 */
const void *rt_kernel_host_stub(CUfunction func, CUkernel kern)
{
	const struct rt_kernel *kernel;
	const void *stub;

	if (kern == NULL)
		return func;
	rt_registry_lock();
	kernel = rt_address_find(&rt_kernels, kern);
	stub = kernel ? kernel->stub : NULL;
	rt_registry_unlock();
	return stub;
}

/* The driver tells its two kinds of handles apart: 400 for the other kind, as for any address. */
static const char *name_of(const void *handle, bool *is_function, CUlibrary *library)
{
	const char *name = NULL;

	*is_function = drv.cuKernelGetName(&name, (CUkernel)handle) != CUDA_SUCCESS;
	if (*is_function)
		return drv.cuFuncGetName(&name, (CUfunction)handle) == CUDA_SUCCESS ? name : NULL;
	if (drv.cuKernelGetLibrary(library, (CUkernel)handle) != CUDA_SUCCESS)
		*library = NULL;
	return name;
}

/* False: no memory, or another thread was first. */
static bool add_handle(const void *handle, const char *name, bool is_function, CUlibrary library)
{
	struct rt_kernel *kernel;

	if (rt_address_find(&rt_kernels, handle) != NULL)
		return false;
	kernel = new_kernel();
	if (kernel == NULL)
		return false;
	kernel->key = handle;
	kernel->library = library;
	kernel->is_function = is_function;
	/* A copy: the program may unload the name's owner through the driver, unseen by us. */
	kernel->name = strdup(name);
	__atomic_store_n(&kernel->handle, (CUkernel)handle, __ATOMIC_RELEASE);
	if (rt_address_put(&rt_kernels, handle, kernel))
		return true;
	give_back(kernel);
	return false;
}

void rt_kernel_note(const void *handle)
{
	CUlibrary library = NULL;
	bool is_function;
	const char *name;
	bool is_new;

	if (rt_address_find(&rt_kernels, handle) != NULL)
		return;
	name = name_of(handle, &is_function, &library);
	if (name == NULL)
		return;
	rt_registry_lock();
	is_new = add_handle(handle, name, is_function, library);
	rt_registry_unlock();
	if (is_new)
		rt_report_kernel(handle, name);
}

static void repeat(const void *key, void *value, void *unused)
{
	const struct rt_kernel *kernel = value;
	const char *name = kernel->name;

	(void)unused;
	if (kernel->stub != NULL && kernel->reported)
		name = kernel->source->name;
	if (name != NULL)
		rt_report_kernel(key, name);
}

/* The observer runs under the lock here, which keeps the names where they are: see introspect.h. */
void rt_repeat_kernels(void)
{
	rt_registry_lock();
	rt_address_each(&rt_kernels, repeat, NULL);
	rt_registry_unlock();
}
