/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texture objects. The runtime says with a read mode whether integers are read as they are or as
 * fractions of one; the driver has a flag for the former. Which read modes and filters go with a
 * format is checked here, since the runtime has error codes for it that the driver does not.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/resource_desc.h"

/* How elements of a format may be read. */
enum reading {
	READS_SMALL_INT, /* 8 or 16 bits: as they are, or as fractions */
	READS_INT,       /* 32 bits: as they are */
	READS_FLOAT,     /* as they are */
	READS_FRACTION,  /* stored as fractions, also when compressed */
	READS_VIEW,      /* compressed through a view: as the view says */
	READS_NONE,
};

static enum reading reading_of_format(CUarray_format format)
{
	switch (format) {
	case CU_AD_FORMAT_UNSIGNED_INT8:
	case CU_AD_FORMAT_UNSIGNED_INT16:
	case CU_AD_FORMAT_SIGNED_INT8:
	case CU_AD_FORMAT_SIGNED_INT16:
		return READS_SMALL_INT;
	case CU_AD_FORMAT_UNSIGNED_INT32:
	case CU_AD_FORMAT_SIGNED_INT32:
		return READS_INT;
	case CU_AD_FORMAT_HALF:
	case CU_AD_FORMAT_FLOAT:
		return READS_FLOAT;
	case CU_AD_FORMAT_UNORM_INT_101010_2:
		return READS_FRACTION;
	default:
		break;
	}
	if (format >= CU_AD_FORMAT_UNORM_INT8X1 && format <= CU_AD_FORMAT_SNORM_INT16X4)
		return READS_FRACTION;
	if (format >= CU_AD_FORMAT_BC1_UNORM && format <= CU_AD_FORMAT_BC7_UNORM_SRGB)
		return READS_FRACTION;
	return READS_NONE;
}

/* A view gives elements another format: a compressed one lies in an array of 32-bit integers. */
static enum reading reading_of_view(enum cudaResourceViewFormat format)
{
	if (format >= cudaResViewFormatUnsignedChar1 && format <= cudaResViewFormatSignedShort4)
		return READS_SMALL_INT;
	if (format >= cudaResViewFormatUnsignedInt1 && format <= cudaResViewFormatSignedInt4)
		return READS_INT;
	if (format >= cudaResViewFormatHalf1 && format <= cudaResViewFormatFloat4)
		return READS_FLOAT;
	return READS_VIEW;
}

static cudaError_t reading_of(const CUDA_RESOURCE_DESC *resource, enum cudaResourceViewFormat view,
			      enum reading *reading)
{
	CUarray_format format;
	cudaError_t error;

	if (view != cudaResViewFormatNone) {
		*reading = reading_of_view(view);
		return cudaSuccess;
	}
	error = rt_resource_format(resource, &format);
	if (error == cudaSuccess)
		*reading = reading_of_format(format);
	return error;
}

/* Filtering between levels does not count: it blends what each level gave. */
static bool is_filtered(const struct cudaTextureDesc *t)
{
	return t->filterMode == cudaFilterModeLinear;
}

/* Checks read mode and filter, and tells whether the driver must leave integers as they are. */
static cudaError_t check_reading(enum reading reading, const struct cudaTextureDesc *t,
				 bool *as_integer)
{
	bool normalized = t->readMode == cudaReadModeNormalizedFloat;

	*as_integer = false;
	switch (reading) {
	case READS_SMALL_INT:
		*as_integer = !normalized;
		return !normalized && is_filtered(t) ? cudaErrorInvalidFilterSetting : cudaSuccess;
	case READS_INT:
		*as_integer = true;
		if (is_filtered(t))
			return cudaErrorInvalidFilterSetting;
		return normalized ? cudaErrorInvalidNormSetting : cudaSuccess;
	case READS_FLOAT:
		return normalized ? cudaErrorInvalidNormSetting : cudaSuccess;
	case READS_FRACTION:
		return normalized ? cudaSuccess : cudaErrorInvalidNormSetting;
	case READS_VIEW:
		return cudaSuccess;
	case READS_NONE:
		break;
	}
	return cudaErrorInvalidValue;
}

static void texture_to_driver(const struct cudaTextureDesc *t, bool as_integer,
			      CUDA_TEXTURE_DESC *d)
{
	memset(d, 0, sizeof(*d));
	for (int i = 0; i < 3; i++)
		d->addressMode[i] = (CUaddress_mode)t->addressMode[i];
	d->filterMode = (CUfilter_mode)t->filterMode;
	d->flags = (as_integer ? CU_TRSF_READ_AS_INTEGER : 0u) |
		   (t->normalizedCoords ? CU_TRSF_NORMALIZED_COORDINATES : 0u) |
		   (t->sRGB ? CU_TRSF_SRGB : 0u) |
		   (t->disableTrilinearOptimization ? CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION : 0u) |
		   (t->seamlessCubemap ? CU_TRSF_SEAMLESS_CUBEMAP : 0u);
	d->maxAnisotropy = t->maxAnisotropy;
	d->mipmapFilterMode = (CUfilter_mode)t->mipmapFilterMode;
	d->mipmapLevelBias = t->mipmapLevelBias;
	d->minMipmapLevelClamp = t->minMipmapLevelClamp;
	d->maxMipmapLevelClamp = t->maxMipmapLevelClamp;
	memcpy(d->borderColor, t->borderColor, sizeof(d->borderColor));
}

static void texture_from_driver(const CUDA_TEXTURE_DESC *d, enum cudaTextureReadMode read_mode,
				struct cudaTextureDesc *t)
{
	memset(t, 0, sizeof(*t));
	for (int i = 0; i < 3; i++)
		t->addressMode[i] = (enum cudaTextureAddressMode)d->addressMode[i];
	t->filterMode = (enum cudaTextureFilterMode)d->filterMode;
	t->readMode = read_mode;
	t->sRGB = (d->flags & CU_TRSF_SRGB) != 0;
	t->normalizedCoords = (d->flags & CU_TRSF_NORMALIZED_COORDINATES) != 0;
	t->disableTrilinearOptimization = (d->flags & CU_TRSF_DISABLE_TRILINEAR_OPTIMIZATION) != 0;
	t->seamlessCubemap = (d->flags & CU_TRSF_SEAMLESS_CUBEMAP) != 0;
	t->maxAnisotropy = d->maxAnisotropy;
	t->mipmapFilterMode = (enum cudaTextureFilterMode)d->mipmapFilterMode;
	t->mipmapLevelBias = d->mipmapLevelBias;
	t->minMipmapLevelClamp = d->minMipmapLevelClamp;
	t->maxMipmapLevelClamp = d->maxMipmapLevelClamp;
	memcpy(t->borderColor, d->borderColor, sizeof(t->borderColor));
}

cudaError_t rt_cudaCreateTextureObject(cudaTextureObject_t *pTexObject,
				       const struct cudaResourceDesc *pResDesc,
				       const struct cudaTextureDesc *pTexDesc,
				       const struct cudaResourceViewDesc *pResViewDesc)
{
	enum cudaResourceViewFormat view = cudaResViewFormatNone;
	CUDA_RESOURCE_DESC resource;
	CUDA_TEXTURE_DESC texture;
	enum reading reading;
	bool as_integer;
	cudaError_t error;

	if (pTexObject == NULL || pResDesc == NULL)
		return cudaErrorInvalidValue;
	/* As NVIDIA's library answers. */
	if (pTexDesc == NULL)
		return cudaErrorInvalidResourceHandle;
	if (pResViewDesc != NULL)
		view = pResViewDesc->format;
	error = rt_resource_to_driver(pResDesc, &resource);
	if (error == cudaSuccess)
		error = reading_of(&resource, view, &reading);
	if (error == cudaSuccess)
		error = check_reading(reading, pTexDesc, &as_integer);
	if (error != cudaSuccess)
		return error;
	texture_to_driver(pTexDesc, as_integer, &texture);
	/* The two interfaces' views are alike, field by field (112 bytes in both). */
	return (cudaError_t)drv.cuTexObjectCreate(pTexObject, &resource, &texture,
						  (const CUDA_RESOURCE_VIEW_DESC *)pResViewDesc);
}

cudaError_t rt_cudaGetTextureObjectResourceDesc(struct cudaResourceDesc *pResDesc,
						cudaTextureObject_t texObject)
{
	CUDA_RESOURCE_DESC resource;
	CUresult r;

	if (pResDesc == NULL)
		return cudaErrorInvalidValue;
	r = drv.cuTexObjectGetResourceDesc(&resource, texObject);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return rt_resource_from_driver(&resource, pResDesc);
}

/* Nobody is obliged to want the view; of a texture without one all is zero. */
cudaError_t rt_cudaGetTextureObjectResourceViewDesc(struct cudaResourceViewDesc *pResViewDesc,
						    cudaTextureObject_t texObject)
{
	CUDA_RESOURCE_VIEW_DESC view = { .format = CU_RES_VIEW_FORMAT_NONE };
	CUresult r = drv.cuTexObjectGetResourceViewDesc(&view, texObject);

	if (r == CUDA_SUCCESS && pResViewDesc != NULL)
		memcpy(pResViewDesc, &view, sizeof(view));
	return (cudaError_t)r;
}

/* The read mode that cudaCreateTextureObject was given, as far as the driver kept it. */
static cudaError_t find_read_mode(cudaTextureObject_t object, unsigned int flags,
				  enum cudaTextureReadMode *mode)
{
	CUDA_RESOURCE_DESC resource;
	/* The driver says that there is no view by a success, and writes nothing. */
	CUDA_RESOURCE_VIEW_DESC view = { .format = CU_RES_VIEW_FORMAT_NONE };
	enum reading reading;
	CUresult r = drv.cuTexObjectGetResourceDesc(&resource, object);
	cudaError_t error;

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	r = drv.cuTexObjectGetResourceViewDesc(&view, object);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	error = reading_of(&resource, (enum cudaResourceViewFormat)view.format, &reading);
	if (error != cudaSuccess)
		return error;
	*mode = cudaReadModeElementType;
	if (reading == READS_FRACTION || reading == READS_VIEW ||
	    (reading == READS_SMALL_INT && !(flags & CU_TRSF_READ_AS_INTEGER)))
		*mode = cudaReadModeNormalizedFloat;
	return cudaSuccess;
}

cudaError_t rt_cudaGetTextureObjectTextureDesc(struct cudaTextureDesc *pTexDesc,
					       cudaTextureObject_t texObject)
{
	/* The driver does not give the border's colour back: it is none then, not what lay here. */
	CUDA_TEXTURE_DESC texture = { .flags = 0 };
	enum cudaTextureReadMode mode;
	cudaError_t error;

	/* As NVIDIA's library answers. */
	if (pTexDesc == NULL)
		return cudaErrorInvalidResourceHandle;
	error = (cudaError_t)drv.cuTexObjectGetTextureDesc(&texture, texObject);
	if (error == cudaSuccess)
		error = find_read_mode(texObject, texture.flags, &mode);
	if (error == cudaSuccess)
		texture_from_driver(&texture, mode, pTexDesc);
	return error;
}
