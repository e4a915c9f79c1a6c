/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphics resources, whichever interface they come from: mapping, unmapping and access. There is
 * no graphics interface that could use a resource meanwhile, so mapping orders nothing.
 *
 * A resource dies with its context. One that a reset or a destroyed context left behind is an
 * invalid handle; its arrays stay with it, the driver's other memory is gone already.
 */
#include "sim/graphics.h"

#include <stdlib.h>

#include "sim/array.h"
#include "sim/memory.h"
#include "sim/op.h"

CUgraphicsResource sim_graphics_new(CUcontext ctx, enum sim_graphics_kind kind)
{
	CUgraphicsResource resource = calloc(1, sizeof(*resource));

	if (!resource)
		return NULL;
	if (!sim_handle_add(resource, SIM_H_GRAPHICS)) {
		free(resource);
		return NULL;
	}
	resource->kind = kind;
	resource->ctx = ctx;
	resource->generation = ctx->generation;
	return resource;
}

/* A kind of memory that cuMemFree does not take. */
CUresult sim_graphics_add_buffer(CUgraphicsResource resource, size_t size)
{
	CUcontext ctx = resource->ctx;
	struct sim_alloc *memory;
	CUresult error = sim_memory_new(&memory, ctx->device, ctx, size, SIM_M_GLOBAL);

	if (error != CUDA_SUCCESS)
		return error;
	resource->buffer = memory->start;
	resource->size = size;
	return CUDA_SUCCESS;
}

CUresult sim_graphics_add_image(CUgraphicsResource resource, const CUDA_ARRAY3D_DESCRIPTOR *desc,
				unsigned int levels)
{
	CUresult error = sim_mipmap_new(resource->ctx, &resource->images[resource->image_count],
					desc, levels);

	if (error == CUDA_SUCCESS)
		resource->image_count++;
	return error;
}

static bool context_lives(const struct CUgraphicsResource_st *resource)
{
	return resource->ctx->alive && resource->ctx->generation == resource->generation;
}

void sim_graphics_delete(CUgraphicsResource resource)
{
	if (resource->buffer && context_lives(resource))
		sim_memory_free(sim_memory_find(resource->buffer));
	/* The program may have destroyed a mapped array, which it must not. */
	for (unsigned int i = 0; i < resource->image_count; i++)
		if (sim_handle_ok(resource->images[i], SIM_H_MIPMAP))
			sim_mipmap_delete(resource->images[i]);
	if (resource->whole && sim_handle_ok(resource->whole, SIM_H_MIPMAP))
		sim_mipmap_delete(resource->whole);
	sim_handle_remove(resource);
	free(resource);
}

bool sim_graphics_flags_ok(unsigned int flags, unsigned int more)
{
	return (flags & ~more) <= CU_GRAPHICS_REGISTER_FLAGS_WRITE_DISCARD;
}

CUresult sim_graphics_check(CUcontext ctx, CUgraphicsResource resource)
{
	if (!resource || !sim_handle_ok(resource, SIM_H_GRAPHICS) || !context_lives(resource))
		return CUDA_ERROR_INVALID_HANDLE;
	return resource->ctx == ctx ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult cuGraphicsUnregisterResource(CUgraphicsResource resource)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = sim_graphics_check(call.ctx, resource);
	if (error != CUDA_SUCCESS)
		return error;
	/* A frame goes back to its stream in another way, as long as it is connected. */
	if (resource->acquired_by && sim_handle_ok(resource->acquired_by, SIM_H_EGL_CONNECTION))
		return CUDA_ERROR_INVALID_HANDLE;
	sim_graphics_delete(resource);
	return CUDA_SUCCESS;
}

CUresult cuGraphicsResourceSetMapFlags_v2(CUgraphicsResource resource, unsigned int flags)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = sim_graphics_check(call.ctx, resource);
	if (error != CUDA_SUCCESS)
		return error;
	if (flags > CU_GRAPHICS_MAP_RESOURCE_FLAGS_WRITE_DISCARD)
		return CUDA_ERROR_INVALID_VALUE;
	if (resource->mapped)
		return CUDA_ERROR_ALREADY_MAPPED;
	resource->map_flags = flags;
	return CUDA_SUCCESS;
}

/* All or none: nothing changes before every one has been looked at. */
static CUresult check_all(CUcontext ctx, unsigned int count, CUgraphicsResource *resources,
			  bool mapped)
{
	if (!count || !resources)
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < count; i++) {
		CUresult error = sim_graphics_check(ctx, resources[i]);

		if (error != CUDA_SUCCESS)
			return error;
		if (resources[i]->kind == SIM_G_EGL)
			return CUDA_ERROR_INVALID_HANDLE;
		if (resources[i]->mapped != mapped)
			return mapped ? CUDA_ERROR_NOT_MAPPED : CUDA_ERROR_ALREADY_MAPPED;
		for (unsigned int j = 0; j < i; j++)
			if (resources[j] == resources[i])
				return CUDA_ERROR_INVALID_HANDLE;
	}
	return CUDA_SUCCESS;
}

static CUresult change(struct sim_call *call, bool per_thread, unsigned int count,
		       CUgraphicsResource *resources, CUstream handle, bool map)
{
	CUstream stream;
	CUresult error = check_all(call->ctx, count, resources, !map);

	if (error == CUDA_SUCCESS)
		error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (stream->capture)
		return sim_capture_misuse(stream);
	for (unsigned int i = 0; i < count; i++)
		resources[i]->mapped = map;
	return CUDA_SUCCESS;
}

static CUresult map(struct sim_call *call, bool per_thread, unsigned int count,
		    CUgraphicsResource *resources, CUstream stream)
{
	return change(call, per_thread, count, resources, stream, true);
}

static CUresult unmap(struct sim_call *call, bool per_thread, unsigned int count,
		      CUgraphicsResource *resources, CUstream stream)
{
	return change(call, per_thread, count, resources, stream, false);
}

SIM_TWINS(ptsz, SIM_CTX, cuGraphicsMapResources, map,
	  (unsigned int count, CUgraphicsResource *resources, CUstream stream), count, resources,
	  stream)
SIM_TWINS(ptsz, SIM_CTX, cuGraphicsUnmapResources, unmap,
	  (unsigned int count, CUgraphicsResource *resources, CUstream stream), count, resources,
	  stream)

/* What the three ways of access have in common: first whether it is mapped, then as what. */
static CUresult check_access(CUcontext ctx, CUgraphicsResource resource,
			     enum sim_graphics_kind kind)
{
	CUresult error = sim_graphics_check(ctx, resource);

	if (error != CUDA_SUCCESS)
		return error;
	if (!resource->mapped && resource->kind != SIM_G_EGL)
		return CUDA_ERROR_NOT_MAPPED;
	if (resource->kind == kind)
		return CUDA_SUCCESS;
	return kind == SIM_G_BUFFER ? CUDA_ERROR_NOT_MAPPED_AS_POINTER
				    : CUDA_ERROR_NOT_MAPPED_AS_ARRAY;
}

CUresult cuGraphicsResourceGetMappedPointer_v2(CUdeviceptr *dptr, size_t *size,
					       CUgraphicsResource resource)
{
	CUresult error;

	/* Needs no context but the resource's own. */
	SIM_ENTER(SIM_INIT);
	if (dptr)
		*dptr = 0;
	if (size)
		*size = 0;
	error = check_access(call.ctx, resource, SIM_G_BUFFER);
	if (error != CUDA_SUCCESS)
		return error;
	if (dptr)
		*dptr = resource->buffer;
	if (size)
		*size = resource->size;
	return CUDA_SUCCESS;
}

CUresult cuGraphicsSubResourceGetMappedArray(CUarray *array, CUgraphicsResource resource,
					     unsigned int index, unsigned int level)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = check_access(call.ctx, resource, SIM_G_IMAGE);
	if (error != CUDA_SUCCESS)
		return error;
	if (!array || index >= resource->image_count ||
	    !sim_handle_ok(resource->images[index], SIM_H_MIPMAP) ||
	    level >= resource->images[index]->count)
		return CUDA_ERROR_INVALID_VALUE;
	*array = resource->images[index]->levels[level];
	return CUDA_SUCCESS;
}

CUresult cuGraphicsResourceGetMappedMipmappedArray(CUmipmappedArray *mipmap,
						   CUgraphicsResource resource)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = check_access(call.ctx, resource, SIM_G_IMAGE);
	if (error != CUDA_SUCCESS)
		return error;
	if (!mipmap)
		return CUDA_ERROR_INVALID_VALUE;
	*mipmap = resource->whole ? resource->whole : resource->images[0];
	return CUDA_SUCCESS;
}
