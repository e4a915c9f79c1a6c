/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texture and surface objects: what they were made of, for reading back. No kernel samples here.
 */
#include "sim/array.h"
#include "sim/memory.h"
#include "sim/sim.h"

#include <stdlib.h>

struct texture {
	CUDA_RESOURCE_DESC resource;
	CUDA_TEXTURE_DESC texture;
	CUDA_RESOURCE_VIEW_DESC view;
	bool has_view;
};

struct surface {
	CUDA_RESOURCE_DESC resource;
};

/* The numbers that stand for objects are their addresses. */
static struct texture *texture_of(CUtexObject object)
{
	struct texture *texture = (struct texture *)(uintptr_t)object;

	return texture && sim_handle_ok(texture, SIM_H_TEXTURE) ? texture : NULL;
}

static struct surface *surface_of(CUsurfObject object)
{
	struct surface *surface = (struct surface *)(uintptr_t)object;

	return surface && sim_handle_ok(surface, SIM_H_SURFACE) ? surface : NULL;
}

/* Textures begin where the hardware can address them. */
static bool aligned(CUdeviceptr address, CUdevice_attribute attribute)
{
	return address % (unsigned int)sim_device_limit(attribute) == 0;
}

/* Element formats and widths that no texture has are refused when it is made. */
static bool linear_ok(const CUDA_RESOURCE_DESC *desc)
{
	size_t element = sim_array_element(desc->res.linear.format, desc->res.linear.numChannels);
	size_t size = desc->res.linear.sizeInBytes;

	return element && size >= element &&
	       size / element <= (size_t)sim_device_limit(
					 CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH) &&
	       aligned(desc->res.linear.devPtr, CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT) &&
	       sim_memory_ok(desc->res.linear.devPtr, size, SIM_AS_DEVICE);
}

/* The last row need not be followed by its padding. */
static bool pitch_ok(const CUDA_RESOURCE_DESC *desc)
{
	size_t element = sim_array_element(desc->res.pitch2D.format, desc->res.pitch2D.numChannels);
	size_t pitch = desc->res.pitch2D.pitchInBytes;
	size_t rows = desc->res.pitch2D.height;

	return element && rows && desc->res.pitch2D.width &&
	       desc->res.pitch2D.width * element <= pitch &&
	       pitch % (size_t)sim_device_limit(CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT) == 0 &&
	       aligned(desc->res.pitch2D.devPtr, CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT) &&
	       sim_memory_ok(desc->res.pitch2D.devPtr,
			     (rows - 1) * pitch + desc->res.pitch2D.width * element, SIM_AS_DEVICE);
}

static bool resource_ok(const CUDA_RESOURCE_DESC *desc)
{
	if (desc->flags)
		return false;
	switch (desc->resType) {
	case CU_RESOURCE_TYPE_ARRAY:
		return sim_handle_ok(desc->res.array.hArray, SIM_H_ARRAY);
	case CU_RESOURCE_TYPE_MIPMAPPED_ARRAY:
		return sim_handle_ok(desc->res.mipmap.hMipmappedArray, SIM_H_MIPMAP);
	case CU_RESOURCE_TYPE_LINEAR:
		return linear_ok(desc);
	case CU_RESOURCE_TYPE_PITCH2D:
		return pitch_ok(desc);
	default:
		return false;
	}
}

static bool texture_ok(const CUDA_TEXTURE_DESC *desc)
{
	for (int i = 0; i < 3; i++)
		if ((unsigned int)desc->addressMode[i] > CU_TR_ADDRESS_MODE_BORDER)
			return false;
	return (unsigned int)desc->filterMode <= CU_TR_FILTER_MODE_LINEAR &&
	       (unsigned int)desc->mipmapFilterMode <= CU_TR_FILTER_MODE_LINEAR &&
	       desc->maxAnisotropy <= 16;
}

/* A view looks at an array with other eyes: there is none of plain memory. */
static bool view_ok(const CUDA_RESOURCE_DESC *resource, const CUDA_RESOURCE_VIEW_DESC *view)
{
	return (unsigned int)view->format <= CU_RES_VIEW_FORMAT_UNSIGNED_BC7 &&
	       (resource->resType == CU_RESOURCE_TYPE_ARRAY ||
		resource->resType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY);
}

/* Kept word for word, so that reading back gives what was given. */
CUresult cuTexObjectCreate(CUtexObject *object, const CUDA_RESOURCE_DESC *resource,
			   const CUDA_TEXTURE_DESC *texture, const CUDA_RESOURCE_VIEW_DESC *view)
{
	struct texture *made;

	SIM_ENTER(SIM_CTX);
	if (!object || !resource || !texture || !resource_ok(resource) || !texture_ok(texture) ||
	    (view && !view_ok(resource, view)))
		return CUDA_ERROR_INVALID_VALUE;
	made = calloc(1, sizeof(*made));
	if (!made || !sim_handle_add(made, SIM_H_TEXTURE)) {
		free(made);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	made->resource = *resource;
	made->texture = *texture;
	if (view) {
		made->view = *view;
		made->has_view = true;
	}
	*object = (uintptr_t)made;
	return CUDA_SUCCESS;
}

CUresult cuTexObjectDestroy(CUtexObject object)
{
	struct texture *texture;

	SIM_ENTER(SIM_CTX);
	texture = texture_of(object);
	if (!texture)
		return CUDA_ERROR_INVALID_VALUE;
	sim_handle_remove(texture);
	free(texture);
	return CUDA_SUCCESS;
}

CUresult cuTexObjectGetResourceDesc(CUDA_RESOURCE_DESC *desc, CUtexObject object)
{
	const struct texture *texture;

	SIM_ENTER(SIM_CTX);
	texture = texture_of(object);
	if (!texture || !desc)
		return CUDA_ERROR_INVALID_VALUE;
	*desc = texture->resource;
	return CUDA_SUCCESS;
}

CUresult cuTexObjectGetTextureDesc(CUDA_TEXTURE_DESC *desc, CUtexObject object)
{
	const struct texture *texture;

	SIM_ENTER(SIM_CTX);
	texture = texture_of(object);
	if (!texture || !desc)
		return CUDA_ERROR_INVALID_VALUE;
	*desc = texture->texture;
	return CUDA_SUCCESS;
}

CUresult cuTexObjectGetResourceViewDesc(CUDA_RESOURCE_VIEW_DESC *desc, CUtexObject object)
{
	const struct texture *texture;

	SIM_ENTER(SIM_CTX);
	texture = texture_of(object);
	if (!texture || !desc || !texture->has_view)
		return CUDA_ERROR_INVALID_VALUE;
	*desc = texture->view;
	return CUDA_SUCCESS;
}

/* Only an array that was made for it can be written to through a surface. */
CUresult cuSurfObjectCreate(CUsurfObject *object, const CUDA_RESOURCE_DESC *resource)
{
	struct surface *made;

	SIM_ENTER(SIM_CTX);
	if (!object || !resource || resource->resType != CU_RESOURCE_TYPE_ARRAY ||
	    !resource_ok(resource) ||
	    !(resource->res.array.hArray->desc.Flags & CUDA_ARRAY3D_SURFACE_LDST))
		return CUDA_ERROR_INVALID_VALUE;
	made = calloc(1, sizeof(*made));
	if (!made || !sim_handle_add(made, SIM_H_SURFACE)) {
		free(made);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	made->resource = *resource;
	*object = (uintptr_t)made;
	return CUDA_SUCCESS;
}

CUresult cuSurfObjectDestroy(CUsurfObject object)
{
	struct surface *surface;

	SIM_ENTER(SIM_CTX);
	surface = surface_of(object);
	if (!surface)
		return CUDA_ERROR_INVALID_VALUE;
	sim_handle_remove(surface);
	free(surface);
	return CUDA_SUCCESS;
}

CUresult cuSurfObjectGetResourceDesc(CUDA_RESOURCE_DESC *desc, CUsurfObject object)
{
	const struct surface *surface;

	SIM_ENTER(SIM_CTX);
	surface = surface_of(object);
	if (!surface || !desc)
		return CUDA_ERROR_INVALID_VALUE;
	*desc = surface->resource;
	return CUDA_SUCCESS;
}
