/* SPDX-License-Identifier: Apache-2.0 */
/* What a compiled program registers, for suites that need a kernel or a variable to exist. */
#ifndef RUNTIME_FAKE_IMAGE_H
#define RUNTIME_FAKE_IMAGE_H

#include "runtime/calls.h"
#include "script_driver.h"

#define FAKE_LIBRARY  0x11b000u
#define FAKE_KERNEL   0xbe5e00u
#define FAKE_FUNCTION 0xf00c00u
#define FAKE_GLOBAL   0x70000000u
#define FAKE_MANAGED  0x7a000000u

/* Addresses to register; nothing is ever read or run there. */
static char fake_wrapper[24], fake_stub[16], fake_variable[64];

/* The driver's answers for the image below. */
static inline void fake_driver(void)
{
	script_install();
	script_output(cuLibraryLoadData, 0, FAKE_LIBRARY, sizeof(CUlibrary));
	script_output(cuLibraryGetKernel, 0, FAKE_KERNEL, sizeof(CUkernel));
	script_output(cuLibraryGetKernelCount, 0, 1, sizeof(unsigned int));
	script_output(cuKernelGetFunction, 0, FAKE_FUNCTION, sizeof(CUfunction));
	script_output(cuLibraryGetGlobal, 0, FAKE_GLOBAL, sizeof(CUdeviceptr));
	script_output(cuLibraryGetGlobal, 1, sizeof(fake_variable), sizeof(size_t));
	script_output(cuLibraryGetManaged, 0, FAKE_MANAGED, sizeof(CUdeviceptr));
	script_output(cuLibraryGetManaged, 1, 4, sizeof(size_t));
	script_output(cuModuleGetLoadingMode, 0, CU_MODULE_LAZY_LOADING, sizeof(int));
}

static inline void fake_kernel(void **handle, const char *stub, const char *name)
{
	rt___cudaRegisterFunction(handle, stub, (char *)name, name, -1, NULL, NULL, NULL, NULL,
				  NULL);
}

static inline void fake_global(void **handle, char *host, const char *name, size_t size)
{
	rt___cudaRegisterVar(handle, host, (char *)name, name, 0, size, 0, 0);
}

static inline void fake_managed(void **handle, void **shadow, const char *name)
{
	rt___cudaRegisterManagedVar(handle, shadow, (char *)name, name, 0, 4, 0, 0);
}

/* One image with a kernel and a variable. */
static inline void **fake_image(void)
{
	void **handle = rt___cudaRegisterFatBinary(fake_wrapper);

	fake_kernel(handle, fake_stub, "_Z4fakev");
	fake_global(handle, fake_variable, "fake", sizeof(fake_variable));
	rt___cudaRegisterFatBinaryEnd(handle);
	return handle;
}

#endif
