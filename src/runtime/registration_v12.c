/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain registration for programs of CUDA 11: references to textures and surfaces. Texture
 * objects have taken their place, and the calls that bind them are answered `not supported': a
 * program that has some is made known to the observer, so that nobody has to guess why.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "runtime/calls.h"
#include "runtime/image.h"
#include "runtime/report.h"

struct reference {
	const struct rt_image *image;
	const void *key;
	const char *name; /* in the image's shared object */
	bool is_surface;
	struct reference *next;
};

/* Under the registry's lock. */
static struct reference *references;

/* Kept for rt_introspect_repeat() alone: without memory, a forked child does not tell of it. */
static void keep(void **handle, const void *key, const char *name, bool is_surface)
{
	struct reference *reference = malloc(sizeof(*reference));

	if (reference == NULL)
		return;
	*reference = (struct reference){ .key = key, .name = name, .is_surface = is_surface };
	rt_registry_lock();
	reference->image = rt_image_of(handle);
	if (reference->image != NULL) {
		reference->next = references;
		references = reference;
	}
	rt_registry_unlock();
	if (reference->image == NULL)
		free(reference);
}

static void register_reference(void **handle, const void *key, const char *name, bool is_surface)
{
	if (name == NULL)
		return;
	keep(handle, key, name, is_surface);
	rt_report_reference(key, name, is_surface);
}

void rt___cudaRegisterTexture_v11(void **fatCubinHandle, const struct textureReference *hostVar,
				  const void **deviceAddress, const char *deviceName, int dim,
				  int norm, int ext)
{
	(void)deviceAddress, (void)dim, (void)norm, (void)ext;
	register_reference(fatCubinHandle, hostVar, deviceName, false);
}

void rt___cudaRegisterSurface_v11(void **fatCubinHandle, const struct surfaceReference *hostVar,
				  const void **deviceAddress, const char *deviceName, int dim,
				  int ext)
{
	(void)deviceAddress, (void)dim, (void)ext;
	register_reference(fatCubinHandle, hostVar, deviceName, true);
}

void rt_references_forget_image(const struct rt_image *image)
{
	struct reference **at = &references;

	while (*at != NULL) {
		struct reference *reference = *at;

		if (reference->image == image) {
			*at = reference->next;
			free(reference);
		} else {
			at = &reference->next;
		}
	}
}

/* The observer runs under the lock here, which keeps the names where they are: see introspect.h. */
void rt_repeat_references(void)
{
	rt_registry_lock();
	for (const struct reference *r = references; r != NULL; r = r->next)
		rt_report_reference(r->key, r->name, r->is_surface);
	rt_registry_unlock();
}
