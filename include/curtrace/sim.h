/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels of the simulated driver. A kernel runs as a C function: one given to
 * curtrace_sim_kernel(), or one that any loaded object exports as curtrace_sim__NAME, where NAME is
 * the kernel's (mangled) name. It is called once per launch, on the thread that serves the stream.
 * Device memory is ordinary memory, so the pointers among the parameters can be followed.
 *
 * A program finds the functions below by dlsym on dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD),
 * and so needs not be linked with the simulated driver.
 */
#ifndef CURTRACE_SIM_H
#define CURTRACE_SIM_H

#ifdef __cplusplus
extern "C" {
#endif

struct curtrace_sim_launch {
	const char *name;
	unsigned int grid[3];
	unsigned int block[3];
	unsigned int cluster[3];
	unsigned long long shared_bytes;
	void *stream; /* CUstream */
	int device;
};

/* params[i] points to a copy of the kernel's i-th parameter. */
typedef void (*curtrace_sim_function)(const struct curtrace_sim_launch *launch, void **params);

/* fn runs for each kernel of this name from now on; NULL takes it back. */
void curtrace_sim_kernel(const char *name, curtrace_sim_function fn);

/* For a kernel: its launch fails with this CUresult (700, 719, ...), as by a fault on a device. */
void curtrace_sim_fault(const struct curtrace_sim_launch *launch, int error);

/* For a kernel: where a variable of its own module is on its device; NULL if there is none. */
void *curtrace_sim_variable(const struct curtrace_sim_launch *launch, const char *name);

/* For a kernel: sets the value that a conditional node of a graph looks at. */
void curtrace_sim_conditional(unsigned long long handle, unsigned int value);

#ifdef __cplusplus
}
#endif

#endif /* CURTRACE_SIM_H */
