/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels by every value that a call may name them with: the host stub's address, which a fat
 * binary registers; a cudaKernel_t; a cudaFunction_t. What is none that we know is passed on to
 * the driver as a kernel, which knows its own handles and answers 400 to anything else.
 */
#ifndef RUNTIME_KERNEL_H
#define RUNTIME_KERNEL_H

#include <stdbool.h>

#include "runtime/address_map.h"
#include "runtime/image.h"

/* One registration of a stub. Several images may register the same one (a stub that the linker
 * unified): the oldest counts while it is there. */
struct rt_kernel_source {
	struct rt_image *image;
	const char *name; /* in the image's shared object */
	struct rt_kernel *kernel;
	struct rt_kernel_source *newer; /* of the same stub */
	struct rt_kernel_source *next_of_image;
};

/* Memory of these is only ever used for these: a reader without the lock may be late. */
struct rt_kernel_params;

struct rt_kernel {
	CUkernel handle;  /* atomic; NULL until first use, and after a change of source */
	const void *stub; /* NULL: known by its handle alone */
	struct rt_kernel_source *source;
	const void *key;                 /* what it is found by if it has no stub */
	char *name;                      /* likewise; a kernel with a stub has its source's */
	CUlibrary library;               /* that a kernel without stub belongs to, or NULL */
	bool is_function;                /* key is a CUfunction */
	bool reported;                   /* a kernel with a stub: its keys were */
	bool has_old_handles;            /* keys of earlier sources lead here */
	struct rt_kernel_params *params; /* atomic; NULL: nobody has asked for them yet */
	struct rt_kernel *next_spare;
};

/* Keys: stubs, kernels that stubs resolved to, handles seen. Hidden, for the inline below. */
extern struct rt_address_map rt_kernels __attribute__((visibility("hidden")));

/*
 * The common case of a launch: a kernel that was used before. NULL: ask rt_kernel_find().
 * No lock: a kernel is not launched while the image that it lies in is being closed.
 */
static inline CUkernel rt_kernel_ready(const void *func)
{
	const struct rt_kernel *kernel =
		(const struct rt_kernel *)rt_address_find(&rt_kernels, func);

	/* Pairs with the release in keep(). */
	return kernel ? __atomic_load_n(&kernel->handle, __ATOMIC_ACQUIRE) : NULL;
}

/*
 * The kernel meant by `func`, for every call that takes one. *function becomes NULL: a driver's
 * structure with both fields takes the kernel then. The driver is initialised; a context is not
 * needed. NULL: 98. A registered kernel whose image cannot be loaded: why. Never an error for an
 * unknown value, see above.
 */
cudaError_t rt_kernel_find(const void *func, CUkernel *kernel, CUfunction *function);

/* The same for registered stubs only: 98 for everything else. */
cudaError_t rt_kernel_find_stub(const void *stub, CUkernel *kernel);

/* The stub is registered: its kernel may or may not exist. */
bool rt_kernel_is_stub(const void *stub);

/*
 * The kernel for a graph node, which takes less than a launch: 400 for what is no kernel, a
 * CUfunction and a stub whose image cannot be used included. Needs a current context.
 */
cudaError_t rt_kernel_find_for_node(const void *func, CUkernel *kernel);

/*
 * What a program gets back for the kernel of a node: the stub that it launches by; a function
 * that belongs to no kernel as it is. NULL: a kernel that no stub here resolved to.
 */
const void *rt_kernel_host_stub(CUfunction func, CUkernel kern);

/*
 * The program uses this handle (CUkernel or CUfunction) that no stub resolved to: remembers and
 * reports it under its name. Only for handles that the driver has just accepted.
 */
void rt_kernel_note(const void *handle);

/* A library is about to be unloaded: its handles may come to mean other kernels. */
void rt_kernels_forget_library(CUlibrary library);

/* Registration. Under the registry's lock, all three. */
void rt_kernel_register(struct rt_image *image, const void *stub, const char *name);
void rt_kernels_forget_image(struct rt_image *image);
void rt_kernels_forget_functions(void);

#endif
