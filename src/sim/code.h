/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device code in the simulated driver. A library is a loaded image; a module is the library in one
 * context: it has the functions that can be launched there and memory for the variables. What
 * cuModuleLoadData gives is the module of a library of its own, which nobody else sees. A CUkernel
 * belongs to the library; a CUfunction is that kernel in one context.
 */
#ifndef SIM_CODE_H
#define SIM_CODE_H

#include "curtrace/sim.h"
#include "sim/image.h"
#include "sim/sim.h"

/* Attributes that were set; the others are the image's. */
struct sim_kernel_settings {
	unsigned int set; /* bit i: attribute i */
	int value[CU_FUNC_ATTRIBUTE_MAX];
	CUfunc_cache cache;
};

struct CUkern_st {
	CUlibrary library;
	const struct sim_image_kernel *info;
	struct sim_kernel_settings settings[SIM_MAX_DEVICES];
	/* The C function that stands for it; see sim_kernel_function. */
	curtrace_sim_function function;
	unsigned long long found_at; /* the state of the list of loaded objects then; 0: never */
	bool told;                   /* that there is no such function */
};

struct CUfunc_st {
	CUmodule module;
	CUkernel kernel;
	struct sim_kernel_settings settings;
	/* For the interface of before CUDA 4, which builds a launch up call by call. */
	unsigned int block[3];
	unsigned int shared;
	unsigned char *params;
	unsigned int params_size;
};

struct CUmod_st {
	CUcontext ctx;
	CUlibrary library;
	CUfunction functions;   /* one for each kernel, in the image's order */
	CUdeviceptr *variables; /* addresses of the image's variables; 0 for managed ones */
	CUmodule next;          /* the same library in another context */
};

struct CUlib_st {
	struct sim_image *image; /* NULL: result says why */
	CUresult result;         /* what look-ups answer, if not 0 */
	bool private;            /* behind a module that cuModuleLoad* made */
	CUkernel kernels;        /* one for each of the image's */
	CUmodule modules;
	CUdeviceptr *managed; /* the image's managed variables, the same in all contexts */
	CUlibrary next;
};

/* library.c */
struct sim_source {
	const void *data;
	size_t size; /* 0: not known */
};
CUresult sim_library_load(const struct sim_source *source, bool private, CUlibrary *library);
CUresult sim_library_file(const char *path, struct sim_source *source);
void sim_library_unload(CUlibrary library);
CUkernel sim_library_kernel(CUlibrary library, const char *name);

/* module.c: the library in ctx, loaded there if it is not yet. */
CUresult sim_module_get(CUlibrary library, CUcontext ctx, CUmodule *module);
void sim_module_unload(CUmodule module);
CUresult sim_managed_make(CUlibrary library); /* its managed variables, if not yet made */
void sim_managed_free(CUlibrary library);
CUresult sim_module_variable(CUmodule module, const char *name, CUdeviceptr *address, size_t *size);

/*
 * function.c: what the CUfunction argument of a launch or an occupancy query names, which may be a
 * CUkernel (other calls take no kernels). ctx is where it is to run. INVALID_HANDLE for neither,
 * or for a function of another context.
 */
CUresult sim_function_find(CUfunction handle, CUcontext ctx, CUfunction *function);
/* The cache configuration in force. */
CUfunc_cache sim_function_cache(CUfunction function);
int sim_function_attribute(CUfunction function, CUfunction_attribute attribute);
CUresult sim_attribute_check(const struct sim_image_kernel *info, CUfunction_attribute attribute,
			     int value);
int sim_attribute_default(const struct sim_image_kernel *info, CUfunction_attribute attribute);

/* occupancy.c: blocks of this size that a multiprocessor holds at once; 0: not even one. */
int sim_occupancy(CUfunction function, unsigned int threads, size_t dynamic);

/*
 * sim_kernel.c: the C function for a kernel, NULL without one. Looking for it may take the dynamic
 * loader's lock, which a thread can hold that waits for ours (a constructor that calls CUDA): so
 * the lock is released meanwhile, and handles must be looked up again afterwards.
 */
void sim_kernel_look(CUfunction handle);
/* As found by the last sim_kernel_look. */
curtrace_sim_function sim_kernel_function(CUkernel kernel);
/* The one registered now; takes the lock itself. */
curtrace_sim_function sim_kernel_registered(const char *name);

#endif /* SIM_CODE_H */
