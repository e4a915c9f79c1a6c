/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions of texture and surface resources, to and from the driver's. */
#include "runtime/resource_desc.h"

#include <string.h>

#include "runtime/channel_format.h"

/* Linear and pitched memory begin alike: an address, then the element. */
#define AT(field) __builtin_offsetof(CUDA_RESOURCE_DESC, field)

_Static_assert(AT(res.linear.format) == AT(res.pitch2D.format) &&
		       AT(res.linear.numChannels) == AT(res.pitch2D.numChannels),
	       "they begin alike");

/* Channels that are no format answer 20 here, before the driver sees anything. */
static cudaError_t linear_to_driver(const struct cudaResourceDesc *resource, CUDA_RESOURCE_DESC *d)
{
	d->res.linear.devPtr = (CUdeviceptr)resource->res.linear.devPtr;
	d->res.linear.sizeInBytes = resource->res.linear.sizeInBytes;
	return rt_channel_to_format(&resource->res.linear.desc, &d->res.linear.format,
				    &d->res.linear.numChannels);
}

static cudaError_t pitch_to_driver(const struct cudaResourceDesc *resource, CUDA_RESOURCE_DESC *d)
{
	d->res.pitch2D.devPtr = (CUdeviceptr)resource->res.pitch2D.devPtr;
	d->res.pitch2D.width = resource->res.pitch2D.width;
	d->res.pitch2D.height = resource->res.pitch2D.height;
	d->res.pitch2D.pitchInBytes = resource->res.pitch2D.pitchInBytes;
	return rt_channel_to_format(&resource->res.pitch2D.desc, &d->res.pitch2D.format,
				    &d->res.pitch2D.numChannels);
}

/*
 * All of the structure is written: the driver wants its reserved words to be zero, and its flags,
 * which the runtime's flags do not become: NVIDIA's library ignores those.
 */
cudaError_t rt_resource_to_driver(const struct cudaResourceDesc *resource, CUDA_RESOURCE_DESC *d)
{
	memset(d, 0, sizeof(*d));
	d->resType = (CUresourcetype)resource->resType;
	switch (resource->resType) {
	case cudaResourceTypeArray:
		d->res.array.hArray = (CUarray)resource->res.array.array;
		return d->res.array.hArray != NULL ? cudaSuccess : cudaErrorInvalidResourceHandle;
	case cudaResourceTypeMipmappedArray:
		d->res.mipmap.hMipmappedArray = (CUmipmappedArray)resource->res.mipmap.mipmap;
		return cudaSuccess;
	case cudaResourceTypeLinear:
		return linear_to_driver(resource, d);
	case cudaResourceTypePitch2D:
		return pitch_to_driver(resource, d);
	}
	return cudaErrorInvalidValue;
}

static cudaError_t linear_from_driver(const CUDA_RESOURCE_DESC *d,
				      struct cudaResourceDesc *resource)
{
	resource->res.linear.devPtr = (void *)d->res.linear.devPtr;
	resource->res.linear.sizeInBytes = d->res.linear.sizeInBytes;
	return rt_channel_from_format(d->res.linear.format, d->res.linear.numChannels,
				      &resource->res.linear.desc);
}

static cudaError_t pitch_from_driver(const CUDA_RESOURCE_DESC *d, struct cudaResourceDesc *resource)
{
	resource->res.pitch2D.devPtr = (void *)d->res.pitch2D.devPtr;
	resource->res.pitch2D.width = d->res.pitch2D.width;
	resource->res.pitch2D.height = d->res.pitch2D.height;
	resource->res.pitch2D.pitchInBytes = d->res.pitch2D.pitchInBytes;
	return rt_channel_from_format(d->res.pitch2D.format, d->res.pitch2D.numChannels,
				      &resource->res.pitch2D.desc);
}

cudaError_t rt_resource_from_driver(const CUDA_RESOURCE_DESC *d, struct cudaResourceDesc *resource)
{
	memset(resource, 0, sizeof(*resource));
	resource->resType = (enum cudaResourceType)d->resType;
	resource->flags = d->flags;
	switch (d->resType) {
	case CU_RESOURCE_TYPE_ARRAY:
		resource->res.array.array = (cudaArray_t)d->res.array.hArray;
		return cudaSuccess;
	case CU_RESOURCE_TYPE_MIPMAPPED_ARRAY:
		resource->res.mipmap.mipmap = (cudaMipmappedArray_t)d->res.mipmap.hMipmappedArray;
		return cudaSuccess;
	case CU_RESOURCE_TYPE_LINEAR:
		return linear_from_driver(d, resource);
	case CU_RESOURCE_TYPE_PITCH2D:
		return pitch_from_driver(d, resource);
	}
	/* A newer driver's sort of resource, made through the driver by somebody else. */
	return cudaErrorUnknown;
}

cudaError_t rt_resource_format(const CUDA_RESOURCE_DESC *d, CUarray_format *format)
{
	CUDA_ARRAY3D_DESCRIPTOR a;
	CUarray array;
	CUresult r;

	switch (d->resType) {
	case CU_RESOURCE_TYPE_LINEAR:
	case CU_RESOURCE_TYPE_PITCH2D:
		*format = d->res.linear.format;
		return cudaSuccess;
	case CU_RESOURCE_TYPE_MIPMAPPED_ARRAY:
		/* All levels are of one format; the first is always there. */
		r = drv.cuMipmappedArrayGetLevel(&array, d->res.mipmap.hMipmappedArray, 0);
		if (r != CUDA_SUCCESS)
			return (cudaError_t)r;
		break;
	default:
		array = d->res.array.hArray;
	}
	r = drv.cuArray3DGetDescriptor(&a, array);
	if (r == CUDA_SUCCESS)
		*format = a.Format;
	return (cudaError_t)r;
}
