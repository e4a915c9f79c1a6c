/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every entry point with nothing but zeros: as a process's first call (does it make a context?),
 * and with a context. Generated from src/api/cudart.tbl, so that none is forgotten.
 */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include <dlfcn.h>

#include "driver/cuda_abi.h"

/* Asked of the driver itself, and only if the runtime has loaded it. */
static void show_context(void)
{
	void *library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
	CUresult (*get_current)(CUcontext *) =
		library != NULL ? (CUresult(*)(CUcontext *))dlsym(library, "cuCtxGetCurrent")
				: NULL;
	CUcontext current = NULL;

	/* Not told: whether the driver is initialised, which NVIDIA's library does earlier. */
	if (get_current == NULL || get_current(&current) != CUDA_SUCCESS)
		current = NULL;
	conf_print("  a context is current: %s", current != NULL ? "yes" : "no");
}

#define ZERO_CASE(function, text, call)    \
	CASE(function)                     \
	{                                  \
		conf_before();             \
		conf_called(text, (call)); \
		show_context();            \
		NEED(cudaFree(NULL));      \
		conf_before();             \
		conf_called(text, (call)); \
	}
#include "zero_cases.h"
