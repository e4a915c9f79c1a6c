/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device code for the cases, as PTX text, so that no compiler for it is needed, and what a program
 * compiled with nvcc brings along: the host functions that stand for kernels and the variables.
 */
#ifndef CONFORMANCE_KERNELS_H
#define CONFORMANCE_KERNELS_H

#include <stddef.h>

#include "api/cudart.h"
#include "curtrace/sim.h"
#include "fatbin_image.h"

/*
 * The image that conf_register() registers. Each kernel is named by its host function, as in a
 * program: kernel_fill stands for the kernel "fill".
 */
void kernel_empty(void);       /* () */
void kernel_fill(void);        /* (u32 *p, u32 n, u32 value): p[i] = value, one block is enough */
void kernel_increment(void);   /* (u32 *p, u32 n): p[i]++ */
void kernel_copy(void);        /* (u32 *to, const u32 *from, u32 n) */
void kernel_wait(void);        /* (volatile u32 *flag): until *flag is not 0, at most about 5 s */
void kernel_scalars(void);     /* (u64 *out, u8, u16, u32, u64, f32, f64): out[0..5] */
void kernel_bounded(void);     /* (): at most 64 threads in a block */
void kernel_clustered(void);   /* (): clusters of 2, 1, 1 */
void kernel_shared_mem(void);  /* (u32 *out): 4096 bytes of static shared memory */
void kernel_add_counter(void); /* (u32 n): counter += n, by one thread */
void kernel_read_konst(void);  /* (u32 *out): out[0..3] = konst */
void kernel_bad_address(void); /* (): writes to an address that is nowhere, error 700 */
void kernel_trap(void);        /* (): stops, error 719 */

/* The host side of the image's variables. */
extern unsigned int counter;   /* .global .u32 counter = 7 */
extern unsigned int table[16]; /* .global .u32 table[16], all 0 */
extern unsigned int konst[4];  /* .const .u32 konst[4] = 1, 2, 3, 4 */
extern unsigned int *managed;  /* .managed .u32 managed = 5, of an image of its own */

/* The text of the first image, for library calls. */
extern const char conf_ptx[];

/* Registers the first image, if this process has not yet; no driver call is made by that. */
void conf_register(void);

/* Registers the image with the managed variable; *handle for __cudaInitModule if wanted. */
void conf_register_managed(void ***handle);

/* A fat binary's wrapper around a PTX text, for __cudaRegisterFatBinary; never freed. */
void *conf_fatbin(const char *ptx);
/* The same around any image: kind 1 is PTX, 2 an ELF, for the architecture sm (90). */
void *conf_fatbin_of(int kind, int sm, const void *image, size_t size);

/* DIM(8), DIM(8, 2): a size; what is left out is 1. ARGS(&p, &n): a kernel's arguments. */
#define DIM(...)            ((dim3){ DIM_3(__VA_ARGS__, 1, 1, 1) })
#define DIM_3(x, y, z, ...) (x), (y), (z)
#define ARGS(...)           ((void *[]){ __VA_ARGS__ })

/*
 * What <<<grid, block, shared, stream>>> becomes: push, pop, launch by the kernel's handle. In the
 * header, so that it goes to the twin in files that are compiled for it.
 */
static inline cudaError_t conf_launch(const void *stub, dim3 grid, dim3 block, void **args,
				      size_t shared, cudaStream_t stream)
{
	cudaKernel_t kernel = NULL;
	cudaError_t error;

	if (__cudaPushCallConfiguration(grid, block, shared, stream) != 0)
		return cudaErrorMissingConfiguration;
	error = __cudaGetKernel(&kernel, stub);
	if (error == cudaSuccess)
		error = __cudaPopCallConfiguration(&grid, &block, &shared, &stream);
	if (error == cudaSuccess)
		error = __cudaLaunchKernel(kernel, grid, block, args, shared, stream);
	return error;
}

/* On the default stream, without dynamic shared memory. */
#define LAUNCH(stub, grid, block, args) \
	conf_launch((const void *)(stub), (grid), (block), (args), 0, NULL)

/* The C function that runs in a kernel's place over the simulated driver; found by its name. */
#define SIM_KERNEL(name)                                                  \
	__attribute__((visibility("default"))) void curtrace_sim__##name( \
		const struct curtrace_sim_launch *launch, void **params); \
	void curtrace_sim__##name(const struct curtrace_sim_launch *launch, void **params)
#define PARAM(type, i) (*(type *)params[i])

/* For such functions: curtrace_sim_variable and curtrace_sim_fault. */
void *conf_sim_variable(const struct curtrace_sim_launch *launch, const char *name);
void conf_sim_fault(const struct curtrace_sim_launch *launch, int error);

/*
 * Keeps a stream busy until conf_release(): a kernel waits for a word of mapped host memory. Needs
 * conf_register().
 */
struct conf_busy {
	volatile unsigned int *flag; /* on the host */
	cudaStream_t stream;
};
void conf_occupy(struct conf_busy *busy, cudaStream_t stream);
void conf_release(struct conf_busy *busy); /* and waits until the stream has done it */

#endif
