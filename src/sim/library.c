/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries: images loaded for no context in particular, their kernels and variables.
 */
#include "sim/code.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static CUlibrary libraries;

/* All simulated devices are of one architecture. */
static int architecture(void)
{
	return sim_device_limit(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) * 10 +
	       sim_device_limit(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
}

/* Handles exist from the start, so that a kernel is the same each time it is asked for. */
static CUresult make_kernels(CUlibrary library)
{
	uint32_t count = library->image ? library->image->nkernels : 0;

	library->kernels = calloc(count ? count : 1, sizeof(*library->kernels));
	if (!library->kernels)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		library->kernels[i].library = library;
		library->kernels[i].info = &library->image->kernels[i];
		if (!sim_handle_add(&library->kernels[i], SIM_H_KERNEL))
			return CUDA_ERROR_OUT_OF_MEMORY;
	}
	return CUDA_SUCCESS;
}

/* Also of a library that was loaded only in part. */
static void free_library(CUlibrary library)
{
	uint32_t count = library->image && library->kernels ? library->image->nkernels : 0;

	while (library->modules)
		sim_module_unload(library->modules);
	for (uint32_t i = 0; i < count; i++)
		sim_handle_remove(&library->kernels[i]);
	sim_handle_remove(library);
	sim_managed_free(library);
	free(library->kernels);
	sim_image_free(library->image);
	free(library);
}

/* Most faults of an image are held back until something is looked up in the library. */
static CUresult read_image(CUlibrary library, const struct sim_source *source)
{
	int result = source->size ? sim_image_parse_sized(source->data, source->size,
							  architecture(), &library->image)
				  : sim_image_parse(source->data, architecture(), &library->image);

	library->result = (CUresult)result;
	if (result == SIM_IMAGE_OK) {
		if (library->image->no_code)
			library->result = CUDA_ERROR_NO_BINARY_FOR_GPU;
		return CUDA_SUCCESS;
	}
	if (!library->private)
		result = sim_image_library_result(source->data, result);
	return (CUresult)result;
}

/*
 * For a library nothing need be current: the image is read for the architecture, not for a device.
 */
CUresult sim_library_load(const struct sim_source *source, bool private, CUlibrary *out)
{
	CUlibrary library = calloc(1, sizeof(*library));
	CUresult error = CUDA_ERROR_OUT_OF_MEMORY;

	if (!library || (!private && !sim_handle_add(library, SIM_H_LIBRARY))) {
		free(library);
		return error;
	}
	library->private = private;
	error = read_image(library, source);
	if (error == CUDA_SUCCESS && private)
		error = library->result;
	if (error == CUDA_SUCCESS)
		error = make_kernels(library);
	if (error != CUDA_SUCCESS) {
		free_library(library);
		return error;
	}
	library->next = libraries;
	libraries = library;
	*out = library;
	return CUDA_SUCCESS;
}

void sim_library_unload(CUlibrary library)
{
	CUlibrary *link = &libraries;

	while (*link && *link != library)
		link = &(*link)->next;
	if (*link)
		*link = library->next;
	free_library(library);
}

/*
 * The modules of a context go with it, and with them those libraries that were no more than the
 * back of a module.
 */
void sim_module_context_end(CUcontext ctx)
{
	CUlibrary library = libraries;

	while (library) {
		CUlibrary next = library->next;
		CUmodule module = library->modules;

		while (module && module->ctx != ctx)
			module = module->next;
		if (module && library->private)
			sim_library_unload(library);
		else if (module)
			sim_module_unload(module);
		library = next;
	}
}

/* Images have few kernels, and each is looked up once: no table is needed. */
CUkernel sim_library_kernel(CUlibrary library, const char *name)
{
	for (uint32_t i = 0; library->image && i < library->image->nkernels; i++)
		if (strcmp(library->image->kernels[i].name, name) == 0)
			return &library->kernels[i];
	return NULL;
}

/*
 * Maps a file; the caller unmaps. What is empty is no image; a directory is for a driver on an
 * H200 a file that is larger than memory.
 */
CUresult sim_library_file(const char *path, struct sim_source *source)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	CUresult error = CUDA_SUCCESS;
	void *data;

	if (fd < 0)
		return CUDA_ERROR_FILE_NOT_FOUND;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		error = CUDA_ERROR_OUT_OF_MEMORY;
	} else if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		error = CUDA_ERROR_INVALID_IMAGE;
	} else {
		data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			error = CUDA_ERROR_OPERATING_SYSTEM;
		*source = (struct sim_source){ data, (size_t)status.st_size };
	}
	close(fd);
	return error;
}

static CUresult check_options(const CUjit_option *jit_options, void *const *jit_values,
			      unsigned int jit_count, const CUlibraryOption *options,
			      unsigned int count)
{
	if ((jit_count && (!jit_options || !jit_values)) || (count && !options))
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < jit_count; i++)
		if ((unsigned int)jit_options[i] >= CU_JIT_NUM_OPTIONS)
			return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < count; i++)
		if ((unsigned int)options[i] >= CU_LIBRARY_NUM_OPTIONS)
			return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

CUresult cuLibraryLoadData(CUlibrary *library, const void *code, CUjit_option *jit_options,
			   void **jit_values, unsigned int jit_count, CUlibraryOption *options,
			   void **values, unsigned int count)
{
	struct sim_source source = { code, 0 };
	CUresult error;

	SIM_ENTER(SIM_INIT);
	(void)values;
	if (!library || !code)
		return CUDA_ERROR_INVALID_VALUE;
	error = check_options(jit_options, jit_values, jit_count, options, count);
	if (error != CUDA_SUCCESS)
		return error;
	return sim_library_load(&source, false, library);
}

CUresult cuLibraryLoadFromFile(CUlibrary *library, const char *path, CUjit_option *jit_options,
			       void **jit_values, unsigned int jit_count, CUlibraryOption *options,
			       void **values, unsigned int count)
{
	struct sim_source source;
	CUresult error;

	SIM_ENTER(SIM_INIT);
	(void)values;
	if (!library || !path || !*path)
		return CUDA_ERROR_INVALID_VALUE;
	error = check_options(jit_options, jit_values, jit_count, options, count);
	if (error == CUDA_SUCCESS)
		error = sim_library_file(path, &source);
	if (error != CUDA_SUCCESS)
		return error;
	error = sim_library_load(&source, false, library);
	munmap((void *)source.data, source.size);
	return error;
}

/* Launches under way have copies of all they need. */
CUresult cuLibraryUnload(CUlibrary library)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	sim_library_unload(library);
	return CUDA_SUCCESS;
}

/* The result of a bad image comes here at the latest, for whatever name. */
CUresult cuLibraryGetKernel(CUkernel *kernel, CUlibrary library, const char *name)
{
	CUkernel found;

	SIM_ENTER(SIM_INIT);
	if (!kernel || !name)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (library->result != CUDA_SUCCESS)
		return library->result;
	found = sim_library_kernel(library, name);
	if (!found)
		return CUDA_ERROR_NOT_FOUND;
	*kernel = found;
	return CUDA_SUCCESS;
}

CUresult cuLibraryGetKernelCount(unsigned int *count, CUlibrary library)
{
	SIM_ENTER(SIM_INIT);
	if (!count)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	*count = library->image ? library->image->nkernels : 0;
	return CUDA_SUCCESS;
}

CUresult cuLibraryEnumerateKernels(CUkernel *kernels, unsigned int room, CUlibrary library)
{
	SIM_ENTER(SIM_INIT);
	if (!kernels)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	for (uint32_t i = 0; library->image && i < library->image->nkernels && i < room; i++)
		kernels[i] = &library->kernels[i];
	return CUDA_SUCCESS;
}

CUresult cuLibraryGetModule(CUmodule *module, CUlibrary library)
{
	SIM_ENTER(SIM_CTX);
	if (!module)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	return sim_module_get(library, call.ctx, module);
}

CUresult cuLibraryGetGlobal(CUdeviceptr *address, size_t *size, CUlibrary library, const char *name)
{
	CUmodule module;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!name || (!address && !size))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	error = sim_module_get(library, call.ctx, &module);
	if (error != CUDA_SUCCESS)
		return error;
	/* A name that is there is one of another kind. */
	if (!*name || sim_library_kernel(library, name))
		return CUDA_ERROR_INVALID_VALUE;
	return sim_module_variable(module, name, address, size);
}

/* A managed variable has one address for all contexts, and needs none. */
CUresult cuLibraryGetManaged(CUdeviceptr *address, size_t *size, CUlibrary library,
			     const char *name)
{
	const struct sim_image_global *global;
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!name || (!address && !size))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (library->result != CUDA_SUCCESS)
		return library->result;
	error = sim_managed_make(library);
	if (error != CUDA_SUCCESS)
		return error;
	global = sim_image_find_global(library->image, name);
	if (!global || !global->is_managed)
		return CUDA_ERROR_NOT_FOUND;
	if (address)
		*address = library->managed[global - library->image->globals];
	if (size)
		*size = global->size;
	return CUDA_SUCCESS;
}

/* Tables of unified functions come with an option of the load that no known program gives. */
CUresult cuLibraryGetUnifiedFunction(void **function, CUlibrary library, const char *symbol)
{
	SIM_ENTER(SIM_INIT);
	if (!function || !symbol)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(library, SIM_H_LIBRARY))
		return CUDA_ERROR_INVALID_HANDLE;
	return CUDA_ERROR_INVALID_VALUE;
}
