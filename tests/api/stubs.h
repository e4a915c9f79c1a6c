/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What host compilers make of a translation unit with device code: by hand in stubs_unit.c, which
 * stubs.test compiles as each of them would have it; and from source in stubs_unit.cu. By hand
 * CUDA_MAJOR says which runtime; besides
 *
 *	STUBS_CLANG	as clang: a kernel is known by its stub; no managed variables
 *	STUBS_NO_END	as clang before CUDA 10.1: nobody says that the registration has ended
 *	STUBS_HANDLE	as nvcc 12.8 and later: launches by the handle of a kernel
 *	CUDA_API_PER_THREAD_DEFAULT_STREAM
 *			as nvcc -default-stream per-thread
 *
 * A kernel `scale` writes four numbers: its second argument times the constant `factor`, then its
 * own grid, block and dynamic shared memory. Each of its threads counts in `counter`. `raise`,
 * which has no arguments, adds one to the managed variable `level`.
 */
#ifndef API_STUBS_H
#define API_STUBS_H

#include <stddef.h>

#include "curtrace/sim.h"

/* Compilers of CUDA have their own. */
#ifndef __CUDACC__
#if CUDA_MAJOR == 11
#include "api/cudart_11.h"
#else
#include "api/cudart_12.h"
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A unit as main sees it. */
struct stubs_unit {
	void (*scale)(int *out, int by, dim3 grid, dim3 block, size_t shared, cudaStream_t stream);
	/* scale<<<...>>>(out, f()), where f launches too. */
	void (*scale_nested)(int *out, int (*f)(void), dim3 grid);
	void (*set_factor)(int factor);
	unsigned int (*counter)(void);
	/* NULL as clang. */
	void (*raise)(void);
	int *(*level)(void);
};

extern const struct stubs_unit stubs_first, stubs_second, stubs_plugin;

/* What the first unit's constructor saw of a launch before the second registered; 0: nothing. */
extern int stubs_early;

/* What the kernels do over the simulated driver, given the names of their variables. */
void stubs_simulate_scale(const struct curtrace_sim_launch *launch, void **params,
			  const char *factor, const char *counter);
void stubs_simulate_raise(const struct curtrace_sim_launch *launch, const char *level);

#ifdef __cplusplus
}
#endif

#endif
