/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texture and surface objects: what they were made of, for reading back. No kernel samples here.
 */
#include "sim/array.h"
#include "sim/memory.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

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

/*
 * Element formats and widths that no texture has are refused when it is made. How much memory there
 * is behind the address is the kernel's affair.
 */
static bool linear_ok(const CUDA_RESOURCE_DESC *desc)
{
	size_t element = sim_array_element(desc->res.linear.format, desc->res.linear.numChannels);
	size_t size = desc->res.linear.sizeInBytes;

	return element &&
	       size / element <= (size_t)sim_device_limit(
					 CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_LINEAR_WIDTH) &&
	       aligned(desc->res.linear.devPtr, CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT) &&
	       sim_memory_ok(desc->res.linear.devPtr, 1, SIM_AS_DEVICE);
}

static bool pitch_ok(const CUDA_RESOURCE_DESC *desc)
{
	size_t element = sim_array_element(desc->res.pitch2D.format, desc->res.pitch2D.numChannels);

	return element &&
	       desc->res.pitch2D.width <=
		       (size_t)sim_device_limit(
			       CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_LINEAR_WIDTH) &&
	       desc->res.pitch2D.height <=
		       (size_t)sim_device_limit(
			       CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_LINEAR_HEIGHT) &&
	       aligned(desc->res.pitch2D.pitchInBytes,
		       CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT) &&
	       aligned(desc->res.pitch2D.devPtr, CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT) &&
	       sim_memory_ok(desc->res.pitch2D.devPtr, 1, SIM_AS_DEVICE);
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

static bool is_cubemap(const CUDA_RESOURCE_DESC *resource)
{
	unsigned int flags = 0;

	if (resource->resType == CU_RESOURCE_TYPE_ARRAY)
		flags = resource->res.array.hArray->desc.Flags;
	else if (resource->resType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY)
		flags = resource->res.mipmap.hMipmappedArray->desc.Flags;
	return flags & CUDA_ARRAY3D_CUBEMAP;
}

static bool texture_ok(const CUDA_RESOURCE_DESC *resource, const CUDA_TEXTURE_DESC *desc)
{
	if ((desc->flags & CU_TRSF_SEAMLESS_CUBEMAP) && !is_cubemap(resource))
		return false;
	for (int i = 0; i < 3; i++)
		if ((unsigned int)desc->addressMode[i] > CU_TR_ADDRESS_MODE_BORDER)
			return false;
	return (unsigned int)desc->filterMode <= CU_TR_FILTER_MODE_LINEAR &&
	       (unsigned int)desc->mipmapFilterMode <= CU_TR_FILTER_MODE_LINEAR;
}

/* Bytes of an element as a view's format has it; a compressed one's is a block. */
static size_t view_element(CUresourceViewFormat format)
{
	static const unsigned char plain[] = { 1, 2, 4,  1, 2, 4,  2, 4, 8, 2, 4, 8,
					       4, 8, 16, 4, 8, 16, 2, 4, 8, 4, 8, 16 };
	unsigned int i = (unsigned int)format - CU_RES_VIEW_FORMAT_UINT_1X8;

	if (format < CU_RES_VIEW_FORMAT_UNSIGNED_BC1)
		return plain[i];
	return format == CU_RES_VIEW_FORMAT_UNSIGNED_BC1 ||
			       format == CU_RES_VIEW_FORMAT_UNSIGNED_BC4 ||
			       format == CU_RES_VIEW_FORMAT_SIGNED_BC4
		       ? 8
		       : 16;
}

/*
 * A view looks at an array with other eyes: its elements are of the same size, and there are as
 * many of them, or a compressed one for each four by four. At plain memory there is no other look:
 * views of that are not looked at. The level it begins with counts, the last one does not.
 */
static bool view_ok(const CUDA_RESOURCE_DESC *resource, const CUDA_RESOURCE_VIEW_DESC *view)
{
	unsigned int edge = view->format >= CU_RES_VIEW_FORMAT_UNSIGNED_BC1 ? 4 : 1;
	const CUDA_ARRAY3D_DESCRIPTOR *array;

	if (resource->resType == CU_RESOURCE_TYPE_ARRAY)
		array = &resource->res.array.hArray->desc;
	else if (resource->resType == CU_RESOURCE_TYPE_MIPMAPPED_ARRAY)
		array = &resource->res.mipmap.hMipmappedArray->desc;
	else
		return true;
	return view->format > CU_RES_VIEW_FORMAT_NONE &&
	       view->format <= CU_RES_VIEW_FORMAT_UNSIGNED_BC7 &&
	       view_element(view->format) == sim_array_element(array->Format, array->NumChannels) &&
	       view->width == array->Width * edge && view->height == array->Height * edge &&
	       view->firstMipmapLevel <= view->lastMipmapLevel;
}

/* Kept word for word, but the border's colour is never told again. */
CUresult cuTexObjectCreate(CUtexObject *object, const CUDA_RESOURCE_DESC *resource,
			   const CUDA_TEXTURE_DESC *texture, const CUDA_RESOURCE_VIEW_DESC *view)
{
	struct texture *made;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!object || !resource || !texture || !resource_ok(resource) ||
	    !texture_ok(resource, texture))
		return CUDA_ERROR_INVALID_VALUE;
	if (view && !view_ok(resource, view)) {
		/* This one is found late. */
		if (view->format == CU_RES_VIEW_FORMAT_NONE)
			*object = 0;
		return CUDA_ERROR_INVALID_VALUE;
	}
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
	if (!object)
		return CUDA_SUCCESS;
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
	float border[4];

	SIM_ENTER(SIM_CTX);
	texture = texture_of(object);
	if (!texture || !desc)
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(border, desc->borderColor, sizeof(border));
	*desc = texture->texture;
	memcpy(desc->borderColor, border, sizeof(border));
	return CUDA_SUCCESS;
}

/* Of a texture without a view nothing is written. */
CUresult cuTexObjectGetResourceViewDesc(CUDA_RESOURCE_VIEW_DESC *desc, CUtexObject object)
{
	const struct texture *texture;

	SIM_ENTER(SIM_CTX);
	texture = texture_of(object);
	if (!texture || !desc)
		return CUDA_ERROR_INVALID_VALUE;
	if (texture->has_view)
		*desc = texture->view;
	return CUDA_SUCCESS;
}

/* Whether the array was made for it shows when a kernel writes to it. */
CUresult cuSurfObjectCreate(CUsurfObject *object, const CUDA_RESOURCE_DESC *resource)
{
	struct surface *made;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!object || !resource || resource->resType != CU_RESOURCE_TYPE_ARRAY ||
	    !resource_ok(resource))
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
	if (!object)
		return CUDA_SUCCESS;
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
