/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenGL. There is none: without CURTRACE_SIM_GL=1 nothing can be registered, as without a display.
 * With it every name but 0 is the name of an object, of a shape that depends on it.
 *  - A buffer has 4096 bytes times its name, at most 1 MiB.
 *  - An image is 64 by 64 with four channels of 8 bits. Textures have all levels (7) but the
 *    rectangle, which has one, like a renderbuffer. 3D: 16 deep. 2D array: four layers. Cube: six
 *    faces. Layers and faces are arrays of their own, besides the array of them all.
 *  - OpenGL draws on device 0.
 * The calls of CUDA 2 know a buffer by its name instead of a resource, in each context.
 */
#include <stdlib.h>

#include "sim/array.h"
#include "sim/graphics.h"
#include "sim/op.h"

#define PAGE       ((size_t)4096)
#define MOST_PAGES 256
#define SIDE       64
#define LAYERS     4
#define FACES      6
#define DEPTH      16
#define ALL_LEVELS 7
#define IMAGE_FLAGS \
	(CU_GRAPHICS_REGISTER_FLAGS_SURFACE_LDST | CU_GRAPHICS_REGISTER_FLAGS_TEXTURE_GATHER)
#define TEXTURE_2D   0x0de1
#define TEXTURE_3D   0x806f
#define RECTANGLE    0x84f5
#define CUBE         0x8513
#define ARRAY_2D     0x8c1a
#define RENDERBUFFER 0x8d41

static CUresult add_buffer(CUcontext ctx, CUgraphicsResource *out, unsigned int name)
{
	CUgraphicsResource resource = sim_graphics_new(ctx, SIM_G_BUFFER);
	CUresult error;

	if (!resource)
		return CUDA_ERROR_OUT_OF_MEMORY;
	error = sim_graphics_add_buffer(resource, PAGE * (name < MOST_PAGES ? name : MOST_PAGES));
	if (error != CUDA_SUCCESS)
		sim_graphics_delete(resource);
	else
		*out = resource;
	return error;
}

CUresult cuGraphicsGLRegisterBuffer(CUgraphicsResource *resource, unsigned int name,
				    unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	if (!resource || !sim_graphics_flags_ok(flags, 0))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_settings.gl)
		return CUDA_ERROR_OPERATING_SYSTEM;
	if (!name)
		return CUDA_ERROR_INVALID_HANDLE;
	return add_buffer(call.ctx, resource, name);
}

/* What is registered by target: so many images of this shape, and the array of them all. */
static const struct shape {
	unsigned int target, images, depth, levels, whole;
} shapes[] = {
	{ TEXTURE_2D, 1, 0, ALL_LEVELS, 0 },
	{ TEXTURE_3D, 1, DEPTH, ALL_LEVELS, 0 },
	{ RECTANGLE, 1, 0, 1, 0 },
	{ RENDERBUFFER, 1, 0, 1, 0 },
	{ ARRAY_2D, LAYERS, 0, ALL_LEVELS, CUDA_ARRAY3D_LAYERED },
	{ CUBE, FACES, 0, ALL_LEVELS, CUDA_ARRAY3D_CUBEMAP },
};

static const struct shape *shape_of(unsigned int target)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].target == target)
			return &shapes[i];
	return NULL;
}

static CUresult add_images(CUgraphicsResource resource, const struct shape *shape,
			   unsigned int array_flags)
{
	CUDA_ARRAY3D_DESCRIPTOR desc = {
		.Width = SIDE,
		.Height = SIDE,
		.Depth = shape->depth,
		.Format = CU_AD_FORMAT_UNSIGNED_INT8,
		.NumChannels = 4,
		.Flags = array_flags,
	};
	CUresult error = CUDA_SUCCESS;

	for (unsigned int i = 0; i < shape->images && error == CUDA_SUCCESS; i++)
		error = sim_graphics_add_image(resource, &desc, shape->levels);
	if (error != CUDA_SUCCESS || !shape->whole)
		return error;
	desc.Depth = shape->images;
	desc.Flags |= shape->whole;
	return sim_mipmap_new(resource->ctx, &resource->whole, &desc, shape->levels);
}

CUresult cuGraphicsGLRegisterImage(CUgraphicsResource *out, unsigned int name, unsigned int target,
				   unsigned int flags)
{
	const struct shape *shape = shape_of(target);
	unsigned int array_flags = 0;
	CUgraphicsResource resource;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!out || !shape || !sim_graphics_flags_ok(flags, IMAGE_FLAGS))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_settings.gl)
		return CUDA_ERROR_OPERATING_SYSTEM;
	if (!name)
		return CUDA_ERROR_INVALID_HANDLE;
	resource = sim_graphics_new(call.ctx, SIM_G_IMAGE);
	if (!resource)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (flags & CU_GRAPHICS_REGISTER_FLAGS_SURFACE_LDST)
		array_flags |= CUDA_ARRAY3D_SURFACE_LDST;
	if (flags & CU_GRAPHICS_REGISTER_FLAGS_TEXTURE_GATHER)
		array_flags |= CUDA_ARRAY3D_TEXTURE_GATHER;
	error = add_images(resource, shape, array_flags);
	if (error != CUDA_SUCCESS)
		sim_graphics_delete(resource);
	else
		*out = resource;
	return error;
}

static CUresult devices(unsigned int *count, CUdevice *list, unsigned int room,
			CUGLDeviceList which)
{
	if (!sim_settings.gl)
		return CUDA_ERROR_OPERATING_SYSTEM;
	if (!count || (room && !list) || which < CU_GL_DEVICE_LIST_ALL ||
	    which > CU_GL_DEVICE_LIST_NEXT_FRAME)
		return CUDA_ERROR_INVALID_VALUE;
	*count = 1;
	if (room)
		list[0] = 0;
	return CUDA_SUCCESS;
}

CUresult cuGLGetDevices(unsigned int *count, CUdevice *list, unsigned int room,
			CUGLDeviceList which)
{
	SIM_ENTER(SIM_INIT);
	return devices(count, list, room, which);
}

CUresult cuGLGetDevices_v2(unsigned int *count, CUdevice *list, unsigned int room,
			   CUGLDeviceList which)
{
	SIM_ENTER(SIM_INIT);
	return devices(count, list, room, which);
}

CUresult cuGLCtxCreate_v2(CUcontext *ctx, unsigned int flags, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return sim_context_create(ctx, flags, dev);
}

CUresult cuGLInit(void)
{
	SIM_ENTER(SIM_CTX);
	return CUDA_SUCCESS;
}

/* The buffers of the calls of CUDA 2, of all contexts. */
struct named {
	unsigned int name;
	CUgraphicsResource resource;
	struct named *next;
};

static struct named *named;

/* Drops on its way what contexts that ended have left. */
static struct named **find(CUcontext ctx, unsigned int name)
{
	struct named **link = &named;

	while (*link) {
		struct named *item = *link;
		CUresult state = sim_graphics_check(ctx, item->resource);

		if (state == CUDA_ERROR_INVALID_HANDLE) {
			*link = item->next;
			sim_graphics_delete(item->resource);
			free(item);
			continue;
		}
		if (state == CUDA_SUCCESS && item->name == name)
			break;
		link = &item->next;
	}
	return link;
}

CUresult cuGLRegisterBufferObject(unsigned int name)
{
	struct named *item;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!sim_settings.gl)
		return CUDA_ERROR_OPERATING_SYSTEM;
	if (!name)
		return CUDA_ERROR_INVALID_VALUE;
	if (*find(call.ctx, name))
		return CUDA_ERROR_ALREADY_MAPPED;
	item = calloc(1, sizeof(*item));
	if (!item)
		return CUDA_ERROR_OUT_OF_MEMORY;
	error = add_buffer(call.ctx, &item->resource, name);
	if (error != CUDA_SUCCESS) {
		free(item);
		return error;
	}
	item->name = name;
	item->next = named;
	named = item;
	return CUDA_SUCCESS;
}

CUresult cuGLUnregisterBufferObject(unsigned int name)
{
	struct named **link, *item;

	SIM_ENTER(SIM_CTX);
	link = find(call.ctx, name);
	item = *link;
	if (!item)
		return CUDA_ERROR_INVALID_VALUE;
	*link = item->next;
	sim_graphics_delete(item->resource);
	free(item);
	return CUDA_SUCCESS;
}

CUresult cuGLSetBufferObjectMapFlags(unsigned int name, unsigned int flags)
{
	struct named *item;

	SIM_ENTER(SIM_CTX);
	item = *find(call.ctx, name);
	if (!item)
		return CUDA_ERROR_INVALID_VALUE;
	if (item->resource->mapped)
		return CUDA_ERROR_ALREADY_MAPPED;
	if (flags > CU_GL_MAP_RESOURCE_FLAGS_WRITE_DISCARD)
		return CUDA_ERROR_INVALID_VALUE;
	item->resource->map_flags = flags;
	return CUDA_SUCCESS;
}

static CUresult map_async(struct sim_call *call, bool per_thread, CUdeviceptr *dptr, size_t *size,
			  unsigned int name, CUstream handle)
{
	struct named *item = *find(call->ctx, name);
	CUstream stream;
	CUresult error;

	if (dptr)
		*dptr = 0;
	if (size)
		*size = 0;
	if (!item)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (item->resource->mapped)
		return CUDA_ERROR_MAP_FAILED;
	item->resource->mapped = true;
	if (dptr)
		*dptr = item->resource->buffer;
	if (size)
		*size = item->resource->size;
	return CUDA_SUCCESS;
}

static CUresult map(struct sim_call *call, bool per_thread, CUdeviceptr *dptr, size_t *size,
		    unsigned int name)
{
	return map_async(call, per_thread, dptr, size, name, NULL);
}

SIM_TWINS(ptds, SIM_CTX, cuGLMapBufferObject_v2, map,
	  (CUdeviceptr * dptr, size_t *size, unsigned int name), dptr, size, name)
SIM_TWINS(ptsz, SIM_CTX, cuGLMapBufferObjectAsync_v2, map_async,
	  (CUdeviceptr * dptr, size_t *size, unsigned int name, CUstream stream), dptr, size, name,
	  stream)

static CUresult unmap(CUcontext ctx, unsigned int name, CUstream handle)
{
	struct named *item = *find(ctx, name);
	CUstream stream;
	CUresult error;

	if (!item || !item->resource->mapped)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(ctx, handle, false, &stream);
	if (error == CUDA_SUCCESS)
		item->resource->mapped = false;
	return error;
}

CUresult cuGLUnmapBufferObject(unsigned int name)
{
	SIM_ENTER(SIM_CTX);
	return unmap(call.ctx, name, NULL);
}

CUresult cuGLUnmapBufferObjectAsync(unsigned int name, CUstream stream)
{
	SIM_ENTER(SIM_CTX);
	return unmap(call.ctx, name, stream);
}
