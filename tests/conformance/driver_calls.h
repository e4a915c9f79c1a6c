/* SPDX-License-Identifier: Apache-2.0 */
/* For cases that act as another user of the driver in the process, behind the runtime's back. */
#ifndef CONFORMANCE_DRIVER_CALLS_H
#define CONFORMANCE_DRIVER_CALLS_H

#include <dlfcn.h>

#include "conformance.h"
#include "driver/cuda_abi.h"

/* The driver's own function, without the runtime's knowledge. */
static inline void *conf_driver(const char *name)
{
	void *library = dlopen("libcuda.so.1", RTLD_NOW);
	void *function = library != NULL ? dlsym(library, name) : NULL;

	if (function == NULL)
		conf_print("the driver has no %s", name);
	return function;
}

/* Declares a pointer to it under its own name. */
#define DRIVER(result, name, ...) \
	result (*name)(__VA_ARGS__) = (result(*)(__VA_ARGS__))conf_driver(#name)

#endif
