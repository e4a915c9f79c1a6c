/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unit of stubs_unit.c as source, for compilers of CUDA. clang needs no toolkit for it. What has a
 * name of its own in C is given the unit's, for that is how the host sees it too.
 */
#ifdef __clang__
#include "stubs_clang.h"
#else
#define GRID     gridDim.x
#define BLOCK    blockDim.x
#define COUNT(p) atomicAdd(p, 1u)
#define MANAGED  1
#endif

#include <stdlib.h>

#include "stubs.h"

#define PASTE_(a, b) a##_##b
#define PASTE(a, b)  PASTE_(a, b)
#define OWN(name)    PASTE(name, UNIT)
#define TEXT_OF(x)   #x
#define TEXT(x)      TEXT_OF(x)

static __device__ unsigned int shared_memory()
{
	unsigned int size;

	asm("mov.u32 %0, %%dynamic_smem_size;" : "=r"(size));
	return size;
}

extern "C" {
__constant__ int OWN(factor) = FACTOR;
__device__ unsigned int OWN(counter);
#ifdef MANAGED
__managed__ int OWN(level) = 40;
#endif

__global__ void OWN(scale)(int *out, int by)
{
	out[0] = by * OWN(factor);
	out[1] = (int)GRID;
	out[2] = (int)BLOCK;
	out[3] = (int)shared_memory();
	COUNT(&OWN(counter));
}

#ifdef MANAGED
__global__ void OWN(raise)()
{
	++OWN(level);
}
#endif

/* The kernels over the simulated driver. */
__attribute__((visibility("default"))) void PASTE(curtrace_sim_, OWN(scale))(
	const struct curtrace_sim_launch *launch, void **params)
{
	stubs_simulate_scale(launch, params, TEXT(OWN(factor)), TEXT(OWN(counter)));
}

#ifdef MANAGED
__attribute__((visibility("default"))) void PASTE(curtrace_sim_, OWN(raise))(
	const struct curtrace_sim_launch *launch, void **params)
{
	(void)params;
	stubs_simulate_raise(launch, TEXT(OWN(level)));
}
#endif
}

#ifdef STUBS_FIRST
int stubs_early;

static struct early {
	early()
	{
		int *out = NULL, back = -1;

		if (getenv("STUBS_EARLY") == NULL || cudaMalloc((void **)&out, 16) != cudaSuccess)
			return;
		OWN(scale)<<<dim3(1, 1, 1), dim3(1, 1, 1)>>>(out, 100);
		if (cudaMemcpy(&back, out, sizeof(back), cudaMemcpyDeviceToHost) == cudaSuccess)
			stubs_early = back;
	}
} early_object;
#endif

static void run_scale(int *out, int by, dim3 grid, dim3 block, size_t shared, cudaStream_t stream)
{
	OWN(scale)<<<grid, block, shared, stream>>>(out, by);
}

static void run_scale_nested(int *out, int (*f)(void), dim3 grid)
{
	OWN(scale)<<<grid, dim3(1, 1, 1)>>>(out, f());
}

static void set_factor(int value)
{
	(void)cudaMemcpyToSymbol((const void *)&OWN(factor), &value, sizeof(value), 0,
				 cudaMemcpyHostToDevice);
}

static unsigned int get_counter(void)
{
	unsigned int value = 0;

	(void)cudaMemcpyFromSymbol(&value, (const void *)&OWN(counter), sizeof(value), 0,
				   cudaMemcpyDeviceToHost);
	return value;
}

#ifdef MANAGED
static void run_raise(void)
{
	OWN(raise)<<<dim3(1, 1, 1), dim3(1, 1, 1)>>>();
}

static int *get_level(void)
{
	return &OWN(level);
}
#endif

/* clang would take a constant along to the device, and its functions with it. */
#if !defined(__clang__) || !defined(__CUDA_ARCH__)
extern "C" __attribute__((visibility("default"))) const struct stubs_unit UNIT = {
	run_scale,  run_scale_nested, set_factor, get_counter,
#ifdef MANAGED
	run_raise,  get_level,
#else
	NULL,	    NULL,
#endif
};
#endif
