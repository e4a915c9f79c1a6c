/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the readers of cubins and PTX fill in a struct sim_image.  Private to the image part of
 * the simulator; its users include image.h alone.
 */
#ifndef SIM_IMAGE_BUILD_H
#define SIM_IMAGE_BUILD_H

#include "sim/image.h"

/* An empty image, or NULL without memory. */
struct sim_image *sim_image_new(void);

/* Frees what the image holds; it is then as new. */
void sim_image_clear(struct sim_image *image);

/*
 * Append a zeroed kernel or variable with a copy of the name; NULL without memory.  The result
 * stays valid until the next one is appended.
 */
struct sim_image_kernel *sim_image_add_kernel(struct sim_image *image, const char *name,
					      size_t length);
struct sim_image_global *sim_image_add_global(struct sim_image *image, const char *name,
					      size_t length);

/* Initial bytes of one variable that are kept; no sound image has as many. */
#define SIM_IMAGE_INIT_LIMIT ((uint64_t)1 << 30)

/*
 * Gives the variable its initial bytes: a copy of these, zeros behind them up to its size.  None
 * are kept where all are zero.
 */
int sim_image_set_init(struct sim_image_global *global, const void *bytes, size_t size);

/* Takes back the kernel appended last. */
void sim_image_drop_kernel(struct sim_image *image);

/* Kernels in the opposite order. */
void sim_image_reverse_kernels(struct sim_image *image);

/*
 * Moves what from holds into into, as a linker would: of two definitions of one name the first
 * is kept.  from is left empty and still wants freeing.
 */
int sim_image_merge(struct sim_image *into, struct sim_image *from);

/* How many bytes from address on can be read, by the process's own map; 0 for none. */
size_t sim_image_readable(const void *address);

#endif
