/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the nvcc programs of this directory. They print results only, nothing that depends on
 * address, time or device, so that one expected output serves a GPU and the simulated driver.
 * For the latter each kernel has a C function beside it, SIM_KERNEL(name).
 */
#ifndef GPU_COMMON_H
#define GPU_COMMON_H

#include <stdio.h>
#include <stdlib.h>

#include <cuda_runtime.h>

#include "curtrace/sim.h"

#define CHECK(call) check_((call), #call, __LINE__)

static inline void check_(cudaError_t error, const char *what, int line)
{
	if (error == cudaSuccess)
		return;
	fprintf(stderr, "line %d: %s: %s\n", line, what, cudaGetErrorName(error));
	exit(1);
}

/* Prints what a call that is meant to fail answered, and what it left as last error. */
#define SHOW(call)                                                                     \
	do {                                                                           \
		cudaError_t returned = (call), peeked = cudaPeekAtLastError(),         \
			    taken = cudaGetLastError();                                \
		printf("%s: returned %s, peek %s, get %s, get %s\n", #call,            \
		       cudaGetErrorName(returned), cudaGetErrorName(peeked),           \
		       cudaGetErrorName(taken), cudaGetErrorName(cudaGetLastError())); \
	} while (0)

#define SIM_KERNEL(name)                                                             \
	extern "C" __attribute__((visibility("default"))) void curtrace_sim__##name( \
		const struct curtrace_sim_launch *launch, void **params)

/* Parameter `index` of a simulated kernel, and its number of threads along x. */
#define SIM_PARAM(type, index) (*(type *)params[index])
#define SIM_THREADS            (launch->grid[0] * launch->block[0])

#endif
