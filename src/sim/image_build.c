/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists inside a struct sim_image: growing, merging, finding, freeing.  They are plain arrays
 * searched from the front: images have tens of kernels, a few have some thousands, and who looks
 * names up often keeps an index of his own.
 */
#include "sim/image_build.h"

#include <stdlib.h>
#include <string.h>

struct sim_image *sim_image_new(void)
{
	return calloc(1, sizeof(struct sim_image));
}

/* Both allow an element that was moved away, which is all zero. */
static void free_kernel(struct sim_image_kernel *kernel)
{
	free(kernel->name);
	free(kernel->params);
}

static void free_global(struct sim_image_global *global)
{
	free(global->name);
	free(global->init);
}

void sim_image_clear(struct sim_image *image)
{
	for (uint32_t i = 0; i < image->nkernels; i++)
		free_kernel(&image->kernels[i]);
	for (uint32_t i = 0; i < image->nglobals; i++)
		free_global(&image->globals[i]);
	free(image->kernels);
	free(image->globals);
	*image = (struct sim_image){ 0 };
}

void sim_image_free(struct sim_image *image)
{
	if (!image)
		return;
	sim_image_clear(image);
	free(image);
}

/*
 * Room for one more element.  The capacity is not stored: it is always the power of two at or
 * above the count, so there is something to do only when the count is 0 or a power of two.
 */
static void *grow(void *array, uint32_t count, size_t element)
{
	if (count & (count - 1))
		return array;
	if (count > UINT32_MAX / 4)
		return NULL;
	return realloc(array, (count ? (size_t)count * 2 : 1) * element);
}

/* Names come with a length: those of PTX end where the next token begins. */
static char *copy_name(const char *name, size_t length)
{
	char *copy = malloc(length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, name, length);
	copy[length] = '\0';
	return copy;
}

struct sim_image_kernel *sim_image_add_kernel(struct sim_image *image, const char *name,
					      size_t length)
{
	struct sim_image_kernel *kernel;
	void *array = grow(image->kernels, image->nkernels, sizeof(*kernel));
	char *copy;

	if (!array)
		return NULL;
	image->kernels = array;
	copy = copy_name(name, length);
	if (!copy)
		return NULL;
	kernel = &image->kernels[image->nkernels++];
	*kernel = (struct sim_image_kernel){ .name = copy };
	return kernel;
}

struct sim_image_global *sim_image_add_global(struct sim_image *image, const char *name,
					      size_t length)
{
	struct sim_image_global *global;
	void *array = grow(image->globals, image->nglobals, sizeof(*global));
	char *copy;

	if (!array)
		return NULL;
	image->globals = array;
	copy = copy_name(name, length);
	if (!copy)
		return NULL;
	global = &image->globals[image->nglobals++];
	*global = (struct sim_image_global){ .name = copy, .align = 1 };
	return global;
}

/*
 * Cubins write out the zeros of variables that share a section with others; to the simulator
 * they are as zero as those without bytes.
 */
static bool all_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

int sim_image_set_init(struct sim_image_global *global, const void *bytes, size_t size)
{
	if (all_zero(bytes, size))
		return SIM_IMAGE_OK;
	/* A header that claims more than this is damaged, whatever memory there may be. */
	if (size > global->size || global->size > SIM_IMAGE_INIT_LIMIT)
		return SIM_IMAGE_NO_MEMORY;
	global->init = calloc(1, global->size);
	if (!global->init)
		return SIM_IMAGE_NO_MEMORY;
	memcpy(global->init, bytes, size);
	return SIM_IMAGE_OK;
}

void sim_image_drop_kernel(struct sim_image *image)
{
	free_kernel(&image->kernels[--image->nkernels]);
}

void sim_image_reverse_kernels(struct sim_image *image)
{
	for (uint32_t i = 0; i < image->nkernels / 2; i++) {
		struct sim_image_kernel *low = &image->kernels[i];
		struct sim_image_kernel *high = &image->kernels[image->nkernels - 1 - i];
		struct sim_image_kernel swap = *low;

		*low = *high;
		*high = swap;
	}
}

/*
 * Takes a kernel over, with all it points to.  What is left behind is zero, so that the source
 * can be freed as usual.  move_global is its twin.
 */
static int move_kernel(struct sim_image *into, struct sim_image_kernel *kernel)
{
	void *array = grow(into->kernels, into->nkernels, sizeof(*kernel));

	if (!array)
		return SIM_IMAGE_NO_MEMORY;
	into->kernels = array;
	into->kernels[into->nkernels++] = *kernel;
	*kernel = (struct sim_image_kernel){ 0 };
	return SIM_IMAGE_OK;
}

static int move_global(struct sim_image *into, struct sim_image_global *global)
{
	void *array = grow(into->globals, into->nglobals, sizeof(*global));

	if (!array)
		return SIM_IMAGE_NO_MEMORY;
	into->globals = array;
	into->globals[into->nglobals++] = *global;
	*global = (struct sim_image_global){ 0 };
	return SIM_IMAGE_OK;
}

int sim_image_merge(struct sim_image *into, struct sim_image *from)
{
	int rc = SIM_IMAGE_OK;

	for (uint32_t i = 0; i < from->nkernels && !rc; i++)
		if (!sim_image_find_kernel(into, from->kernels[i].name))
			rc = move_kernel(into, &from->kernels[i]);
	for (uint32_t i = 0; i < from->nglobals && !rc; i++)
		if (!sim_image_find_global(into, from->globals[i].name))
			rc = move_global(into, &from->globals[i]);
	into->const_size += from->const_size;
	into->from_ptx |= from->from_ptx;
	/* One module has one constant bank, and the driver tells its size for each kernel. */
	for (uint32_t i = 0; i < into->nkernels; i++)
		into->kernels[i].const_size = into->const_size;
	return rc;
}

const struct sim_image_kernel *sim_image_find_kernel(const struct sim_image *image,
						     const char *name)
{
	for (uint32_t i = 0; i < image->nkernels; i++)
		if (!strcmp(image->kernels[i].name, name))
			return &image->kernels[i];
	return NULL;
}

const struct sim_image_global *sim_image_find_global(const struct sim_image *image,
						     const char *name)
{
	for (uint32_t i = 0; i < image->nglobals; i++)
		if (!strcmp(image->globals[i].name, name))
			return &image->globals[i];
	return NULL;
}
