/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registered fat binaries: what the constructors of programs and shared objects hand over, loaded
 * when something in them is first used. One lock, the registry's, guards images and the tables of
 * kernels and variables; it is never held while the driver is called, because a thread inside the
 * driver may wait for the loader, whose lock a thread that registers holds.
 */
#ifndef RUNTIME_IMAGE_H
#define RUNTIME_IMAGE_H

#include <stdbool.h>

#include "driver/driver.h"
#include "runtime/cudart_abi.h"

struct rt_kernel_source;
struct rt_variable;

/*
 * Its address is the program's handle. Programs of old toolkits read through the handle at exit,
 * up to 0x58 bytes: the size is kept at that at least.
 */
struct rt_image {
	void *wrapper;     /* what the driver is given: __fatBinC_Wrapper_t * */
	CUlibrary library; /* valid in state LOADED */
	enum {
		RT_IMAGE_UNLOADED,
		RT_IMAGE_LOADING,
		RT_IMAGE_LOADED
	} state;
	unsigned int users; /* threads that work on it without the lock */
	/* How often the shadows of managed variables were to be filled, and were. */
	unsigned int shadows_wanted, shadows_done;
	struct rt_kernel_source *kernels;
	struct rt_variable *variables;
	unsigned int managed; /* how many of the variables are managed */
	struct rt_image *next, *previous;
	unsigned char readable[0x58];
};

void rt_registry_lock(void);
void rt_registry_unlock(void);

/* Registration and its end (dlclose, or the process's end); see registration.c. */
struct rt_image *rt_image_add(void *wrapper);
void rt_image_remove(struct rt_image *image);

/* registration_v12.c: the image's references to textures are gone. Under the lock. */
void rt_references_forget_image(const struct rt_image *image);

/* NULL for what is no handle of ours. Under the lock. */
struct rt_image *rt_image_of(void **handle);

/*
 * Makes image->library valid and keeps the image from being removed until rt_image_done().
 * Needs an initialised driver and the lock, which is released meanwhile. On failure there is
 * nothing to be done about: no rt_image_done().
 */
cudaError_t rt_image_use(struct rt_image *image);
void rt_image_done(struct rt_image *image);

/* The image got a managed variable. Under the lock. */
void rt_image_has_managed(struct rt_image *image);

/*
 * Fills the shadow pointers of the image's managed variables. Needs a current context; the image
 * is in use (rt_image_use), the lock is not held.
 */
cudaError_t rt_image_set_shadows(struct rt_image *image);

/*
 * A context was made ready: loads what must be there before its first use, that is images with
 * managed variables, and all with CUDA_MODULE_LOADING=EAGER. An image that cannot be loaded
 * fails when it is used. Cheap when there is nothing to do.
 */
cudaError_t rt_images_prepare_context(void);

/* There may be something to do for it. */
bool rt_images_unprepared(void);

/* A device was reset: what belonged to its context is to be asked for again. */
void rt_images_context_reset(void);

#endif
