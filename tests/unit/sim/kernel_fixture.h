/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device image for the suites that load and launch: PTX with a few kernels and variables, and
 * helpers around the usual calls.
 */
#ifndef SIM_KERNEL_FIXTURE_H
#define SIM_KERNEL_FIXTURE_H

#include "sim_fixture.h"

#define FIXTURE_PTX                                                                                \
	".version 9.0\n.target sm_90\n.address_size 64\n"                                          \
	".visible .global .align 4 .u32 counter = 7;\n"                                            \
	".visible .const .align 4 .f32 factor = 0f40400000;\n"                                     \
	".visible .global .attribute(.managed) .align 4 .u32 shared_word = 5;\n"                   \
	".visible .entry add(.param .u64 add_0, .param .u32 add_1) { ret; }\n"                     \
	".visible .entry other(.param .u64 other_0, .param .u32 other_1) { ret; }\n"               \
	".visible .entry nothing() { ret; }\n"                                                     \
	".visible .entry small(.param .u64 small_0) .maxntid 64, 1, 1 { ret; }\n"                  \
	".visible .entry paired(.param .u64 paired_0) .explicitcluster .reqnctapercluster 2, 1, 1" \
	" { ret; }\n"

static inline CUlibrary load_library(void)
{
	CUlibrary library;

	OK(cuLibraryLoadData(&library, FIXTURE_PTX, NULL, NULL, 0, NULL, NULL, 0));
	return library;
}

static inline CUkernel kernel_named(CUlibrary library, const char *name)
{
	CUkernel kernel;

	OK(cuLibraryGetKernel(&kernel, library, name));
	return kernel;
}

static inline CUfunction function_of(CUkernel kernel)
{
	CUfunction function;

	OK(cuKernelGetFunction(&function, kernel));
	return function;
}

/* A launch of one thread. */
static inline CUresult launch_one(CUfunction function, CUstream stream, void **params)
{
	return cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, stream, params, NULL);
}

static inline CUstream new_stream(void)
{
	CUstream stream;

	OK(cuStreamCreate(&stream, 0));
	return stream;
}

#endif /* SIM_KERNEL_FIXTURE_H */
