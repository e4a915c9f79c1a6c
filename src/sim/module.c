/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modules: a library in one context, with memory for its variables.
 */
#include "sim/code.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/memory.h"

/* Registers and parameters of a module's functions; none is handed out yet. */
static CUresult make_functions(CUmodule module)
{
	uint32_t count = module->library->image->nkernels;

	module->functions = calloc(count ? count : 1, sizeof(*module->functions));
	if (!module->functions)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		module->functions[i].module = module;
		module->functions[i].kernel = &module->library->kernels[i];
		if (!sim_handle_add(&module->functions[i], SIM_H_FUNCTION))
			return CUDA_ERROR_OUT_OF_MEMORY;
	}
	return CUDA_SUCCESS;
}

/* ctx is NULL for a managed variable, which no context owns. */
static CUresult make_variable(CUcontext ctx, const struct sim_image_global *global,
			      CUdeviceptr *address)
{
	struct sim_device *device = ctx ? ctx->device : &sim_devices[0];
	size_t size = global->size ? global->size : 1;
	struct sim_alloc *alloc;
	CUresult error;

	error = sim_memory_new(&alloc, device, ctx, size,
			       global->is_managed ? SIM_M_MANAGED : SIM_M_GLOBAL);
	if (error != CUDA_SUCCESS)
		return error;
	alloc->variable = global->is_managed;
	if (global->is_managed)
		alloc->attach = CU_MEM_ATTACH_GLOBAL;
	if (global->init)
		memcpy((void *)alloc->start, global->init, global->size);
	else
		memset((void *)alloc->start, 0, size);
	*address = alloc->start;
	return CUDA_SUCCESS;
}

CUresult sim_managed_make(CUlibrary library)
{
	const struct sim_image *image = library->image;

	if (library->managed)
		return CUDA_SUCCESS;
	library->managed = calloc(image->nglobals + 1, sizeof(*library->managed));
	if (!library->managed)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (uint32_t i = 0; i < image->nglobals; i++) {
		CUresult error;

		if (!image->globals[i].is_managed)
			continue;
		error = make_variable(NULL, &image->globals[i], &library->managed[i]);
		if (error != CUDA_SUCCESS)
			return error;
	}
	return CUDA_SUCCESS;
}

/* All at once: lazy loading would show in nothing but the memory in use. */
static CUresult make_variables(CUmodule module)
{
	const struct sim_image *image = module->library->image;

	module->variables = calloc(image->nglobals + 1, sizeof(*module->variables));
	if (!module->variables)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (uint32_t i = 0; i < image->nglobals; i++) {
		CUresult error;

		if (image->globals[i].is_managed)
			continue;
		error = make_variable(module->ctx, &image->globals[i], &module->variables[i]);
		if (error != CUDA_SUCCESS)
			return error;
	}
	return sim_managed_make(module->library);
}

/* By address, since the end of a context may have freed the memory before. */
static void free_variables(CUdeviceptr *variables, uint32_t count)
{
	for (uint32_t i = 0; variables && i < count; i++) {
		struct sim_alloc *alloc = variables[i] ? sim_memory_find(variables[i]) : NULL;

		if (alloc)
			sim_memory_free(alloc);
	}
	free(variables);
}

void sim_managed_free(CUlibrary library)
{
	free_variables(library->managed, library->image ? library->image->nglobals : 0);
	library->managed = NULL;
}

void sim_module_unload(CUmodule module)
{
	CUlibrary library = module->library;
	CUmodule *link = &library->modules;

	while (*link && *link != module)
		link = &(*link)->next;
	if (*link)
		*link = module->next;
	sim_handle_remove(module);
	for (uint32_t i = 0; module->functions && i < library->image->nkernels; i++) {
		sim_handle_remove(&module->functions[i]);
		free(module->functions[i].params);
	}
	free(module->functions);
	free_variables(module->variables, library->image->nglobals);
	free(module);
}

/* The first thing that needs the library in a context loads it there. */
CUresult sim_module_get(CUlibrary library, CUcontext ctx, CUmodule *out)
{
	CUmodule module = library->modules;
	CUresult error = library->result;

	if (error != CUDA_SUCCESS)
		return error;
	while (module && module->ctx != ctx)
		module = module->next;
	if (!module) {
		module = calloc(1, sizeof(*module));
		if (!module)
			return CUDA_ERROR_OUT_OF_MEMORY;
		module->ctx = ctx;
		module->library = library;
		module->next = library->modules;
		library->modules = module;
		if (!sim_handle_add(module, SIM_H_MODULE))
			error = CUDA_ERROR_OUT_OF_MEMORY;
		if (error == CUDA_SUCCESS)
			error = make_functions(module);
		if (error == CUDA_SUCCESS)
			error = make_variables(module);
		if (error != CUDA_SUCCESS) {
			sim_module_unload(module);
			return error;
		}
	}
	*out = module;
	return CUDA_SUCCESS;
}

/* A managed variable is found among the others too, as on R580. */
CUresult sim_module_variable(CUmodule module, const char *name, CUdeviceptr *address, size_t *size)
{
	const struct sim_image *image = module->library->image;
	const struct sim_image_global *global = sim_image_find_global(image, name);
	size_t i;

	if (!global)
		return CUDA_ERROR_NOT_FOUND;
	i = (size_t)(global - image->globals);
	if (address)
		*address = global->is_managed ? module->library->managed[i] : module->variables[i];
	if (size)
		*size = global->size;
	return CUDA_SUCCESS;
}

static CUresult load(CUcontext ctx, const struct sim_source *source, CUmodule *module)
{
	CUlibrary library;
	CUresult error = sim_library_load(source, true, &library);

	if (error != CUDA_SUCCESS)
		return error;
	error = sim_module_get(library, ctx, module);
	if (error != CUDA_SUCCESS)
		sim_library_unload(library);
	return error;
}

CUresult cuModuleLoadData(CUmodule *module, const void *image)
{
	struct sim_source source = { image, 0 };

	SIM_ENTER(SIM_CTX);
	if (!module || !image)
		return CUDA_ERROR_INVALID_VALUE;
	return load(call.ctx, &source, module);
}

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count,
			    CUjit_option *options, void **values)
{
	struct sim_source source = { image, 0 };

	SIM_ENTER(SIM_CTX);
	if (!module || !image || (count && (!options || !values)))
		return CUDA_ERROR_INVALID_VALUE;
	return load(call.ctx, &source, module);
}

CUresult cuModuleLoadFatBinary(CUmodule *module, const void *image)
{
	struct sim_source source = { image, 0 };

	SIM_ENTER(SIM_CTX);
	if (!module || !image)
		return CUDA_ERROR_INVALID_VALUE;
	return load(call.ctx, &source, module);
}

CUresult cuModuleLoad(CUmodule *module, const char *path)
{
	struct sim_source source;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!module || !path)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_library_file(path, &source);
	if (error != CUDA_SUCCESS)
		return error;
	error = load(call.ctx, &source, module);
	munmap((void *)source.data, source.size);
	return error;
}

/* The module of a library goes with the library only. */
CUresult cuModuleUnload(CUmodule module)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!module->library->private)
		return CUDA_ERROR_NOT_PERMITTED;
	sim_library_unload(module->library);
	return CUDA_SUCCESS;
}

/* The module may be another context's than the current one, whose function it then is. */
CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
	CUkernel kernel;

	SIM_ENTER(SIM_CTX);
	if (!function || !name)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	kernel = sim_library_kernel(module->library, name);
	if (!kernel)
		return CUDA_ERROR_NOT_FOUND;
	*function = &module->functions[kernel - module->library->kernels];
	return CUDA_SUCCESS;
}

CUresult cuModuleGetGlobal_v2(CUdeviceptr *address, size_t *size, CUmodule module, const char *name)
{
	SIM_ENTER(SIM_CTX);
	if (!name || (!address && !size))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	return sim_module_variable(module, name, address, size);
}

CUresult cuModuleGetFunctionCount(unsigned int *count, CUmodule module)
{
	SIM_ENTER(SIM_CTX);
	if (!count)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	*count = module->library->image->nkernels;
	return CUDA_SUCCESS;
}

CUresult cuModuleEnumerateFunctions(CUfunction *functions, unsigned int room, CUmodule module)
{
	SIM_ENTER(SIM_CTX);
	if (!functions && room)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	for (uint32_t i = 0; i < module->library->image->nkernels && i < room; i++)
		functions[i] = &module->functions[i];
	return CUDA_SUCCESS;
}

/* Texture and surface references are not in any image of this architecture. */
CUresult cuModuleGetTexRef(CUtexref *reference, CUmodule module, const char *name)
{
	SIM_ENTER(SIM_CTX);
	if (!reference || !name)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	return CUDA_ERROR_NOT_FOUND;
}

CUresult cuModuleGetSurfRef(CUsurfref *reference, CUmodule module, const char *name)
{
	SIM_ENTER(SIM_CTX);
	if (!reference || !name)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(module, SIM_H_MODULE))
		return CUDA_ERROR_INVALID_HANDLE;
	return CUDA_ERROR_NOT_FOUND;
}

CUresult cuModuleGetLoadingMode(CUmoduleLoadingMode *mode)
{
	const char *wanted = getenv("CUDA_MODULE_LOADING");

	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	if (!mode)
		return CUDA_ERROR_INVALID_VALUE;
	*mode = wanted && strcmp(wanted, "EAGER") == 0 ? CU_MODULE_EAGER_LOADING
						       : CU_MODULE_LAZY_LOADING;
	return CUDA_SUCCESS;
}
