/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user of the CUDA driver, compiled into a program or a library, for each way to come by the
 * functions: linked (LINKED), by handle (HANDLE), or as runtimes do it: one function by handle, the
 * others through it (else). With RUNTIME it is what a runtime does for its user's two calls.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "reach.h"

typedef unsigned long long address;

#ifdef LINKED

int cuInit(unsigned int flags);
int cuDevicePrimaryCtxRetain(void **context, int device);
int cuCtxSetCurrent(void *context);
int cuMemAlloc_v2(address *at, size_t bytes);
int cuMemFree_v2(address at);

#else

static int (*cuInit)(unsigned int flags);
static int (*cuDevicePrimaryCtxRetain)(void **context, int device);
static int (*cuCtxSetCurrent)(void *context);
static int (*cuMemAlloc_v2)(address *at, size_t bytes);
static int (*cuMemFree_v2)(address at);

/* Nothing of ours knows that this is one of the driver's. */
static void *look_up(void *library, const char *name, const char *symbol)
{
#ifdef HANDLE
	(void)name;
	return dlsym(library, symbol);
#else
	int (*ask)(const char *, void **, int, unsigned long long, void *);
	void *found = NULL;
	int status;

	(void)symbol;
	*(void **)&ask = dlsym(library, "cuGetProcAddress_v2");
	if (!ask || ask(name, &found, 12000, 0, &status))
		return NULL;
	return found;
#endif
}

static int find_driver(void)
{
	void *library = dlopen("libcuda.so.1", RTLD_NOW);

	if (!library)
		return -1;
	*(void **)&cuInit = look_up(library, "cuInit", "cuInit");
	*(void **)&cuDevicePrimaryCtxRetain =
		look_up(library, "cuDevicePrimaryCtxRetain", "cuDevicePrimaryCtxRetain");
	*(void **)&cuCtxSetCurrent = look_up(library, "cuCtxSetCurrent", "cuCtxSetCurrent");
	*(void **)&cuMemAlloc_v2 = look_up(library, "cuMemAlloc", "cuMemAlloc_v2");
	*(void **)&cuMemFree_v2 = look_up(library, "cuMemFree", "cuMemFree_v2");
	return cuInit && cuDevicePrimaryCtxRetain && cuCtxSetCurrent && cuMemAlloc_v2 &&
			       cuMemFree_v2
		       ? 0
		       : -2;
}
#endif

static int make_context(void)
{
	void *context;
	int status;

#ifndef LINKED
	status = find_driver();
	if (status)
		return status;
#endif
	status = cuInit(0);
	if (!status)
		status = cuDevicePrimaryCtxRetain(&context, 0);
	return status ? status : cuCtxSetCurrent(context);
}

#ifdef RUNTIME

int cudaMalloc(void **at, size_t bytes);
int cudaFree(void *at);

__attribute__((aligned(16))) int cudaMalloc(void **at, size_t bytes)
{
	address found = 0;
	int status = make_context();

	if (!status)
		status = cuMemAlloc_v2(&found, bytes);
	memcpy(at, &found, sizeof(found));
	return status;
}

__attribute__((aligned(16))) int cudaFree(void *at)
{
	return cuMemFree_v2((address)(size_t)at);
}

#else

int reach(const char *runtime, size_t bytes)
{
	address at = 0;
	int status = make_context();

	(void)runtime;
	if (!status)
		status = cuMemAlloc_v2(&at, bytes);
	return status ? status : cuMemFree_v2(at);
}

#endif
