/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user of the CUDA runtime, compiled into a program or a library, for each way to come by the
 * functions: linked (LINKED), or through a handle (else). `bytes` tells its calls from others'.
 */
#include <dlfcn.h>
#include <stddef.h>

#include "reach.h"

#ifdef LINKED
int cudaMalloc(void **address, size_t bytes);
int cudaFree(void *address);

int reach(const char *runtime, size_t bytes)
{
	void *address = NULL;
	int status = cudaMalloc(&address, bytes);

	(void)runtime;
	return status ? status : cudaFree(address);
}
#else
int reach(const char *runtime, size_t bytes)
{
	void *library = dlopen(runtime, RTLD_NOW | RTLD_LOCAL), *address = NULL;
	int (*allocate)(void **, size_t), (*release)(void *), status;

	if (!library)
		return -1;
	*(void **)&allocate = dlsym(library, "cudaMalloc");
	*(void **)&release = dlsym(library, "cudaFree");
	if (!allocate || !release)
		return -2;
	status = allocate(&address, bytes);
	return status ? status : release(address);
}
#endif
