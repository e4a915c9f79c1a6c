/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays and mipmapped arrays: handles are the driver's, only descriptors need translating. One
 * driver call makes arrays of one, two and three dimensions: a height or depth of 0 says which.
 */
#include <stdbool.h>
#include <stddef.h>

#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/channel_format.h"

struct cudaChannelFormatDesc rt_cudaCreateChannelDesc(int x, int y, int z, int w,
						      enum cudaChannelFormatKind f)
{
	return (struct cudaChannelFormatDesc){ .x = x, .y = y, .z = z, .w = w, .f = f };
}

/*
 * Depth counts layers or faces where the flags say so. Shapes that cannot be are refused here, so
 * that the answer is 1 whatever the driver would call them.
 */
static bool shape_is_valid(struct cudaExtent e, unsigned int flags)
{
	bool layered = flags & cudaArrayLayered;

	if (e.width == 0)
		return false;
	if (flags & cudaArrayCubemap) {
		if (e.width != e.height)
			return false;
		return layered ? e.depth != 0 && e.depth % 6 == 0 : e.depth == 6;
	}
	if (layered)
		return e.depth != 0;
	return e.height != 0 || e.depth == 0;
}

static cudaError_t describe(const struct cudaChannelFormatDesc *desc, struct cudaExtent extent,
			    unsigned int flags, CUDA_ARRAY3D_DESCRIPTOR *d)
{
	if (!shape_is_valid(extent, flags))
		return cudaErrorInvalidValue;
	*d = (CUDA_ARRAY3D_DESCRIPTOR){
		.Width = extent.width,
		.Height = extent.height,
		.Depth = extent.depth,
		.Flags = flags, /* the same bits in both interfaces */
	};
	return rt_channel_to_format(desc, &d->Format, &d->NumChannels);
}

/* Whatever fails, the handle is null then, not what it was. */
cudaError_t rt_cudaMalloc3DArray(cudaArray_t *array, const struct cudaChannelFormatDesc *desc,
				 struct cudaExtent extent, unsigned int flags)
{
	CUDA_ARRAY3D_DESCRIPTOR d;
	cudaError_t error;

	if (array == NULL)
		return cudaErrorInvalidValue;
	*array = NULL;
	if (desc == NULL)
		return cudaErrorInvalidValue;
	error = describe(desc, extent, flags, &d);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuArray3DCreate((CUarray *)array, &d);
}

/* A flag that needs a depth (layers, a cube's faces) is refused here, for there is none. */
cudaError_t rt_cudaMallocArray(cudaArray_t *array, const struct cudaChannelFormatDesc *desc,
			       size_t width, size_t height, unsigned int flags)
{
	struct cudaExtent extent = { .width = width, .height = height };

	return rt_cudaMalloc3DArray(array, desc, extent, flags);
}

cudaError_t rt_cudaMallocMipmappedArray(cudaMipmappedArray_t *mipmappedArray,
					const struct cudaChannelFormatDesc *desc,
					struct cudaExtent extent, unsigned int numLevels,
					unsigned int flags)
{
	CUDA_ARRAY3D_DESCRIPTOR d;
	cudaError_t error;

	if (mipmappedArray == NULL)
		return cudaErrorInvalidValue;
	*mipmappedArray = NULL;
	if (desc == NULL)
		return cudaErrorInvalidValue;
	error = describe(desc, extent, flags, &d);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuMipmappedArrayCreate((CUmipmappedArray *)mipmappedArray, &d,
						       numLevels);
}

/* Releasing none is a success: seen on an H200 for arrays, and taken to hold for mipmaps. */
cudaError_t rt_cudaFreeArray(cudaArray_t array)
{
	if (array == NULL)
		return cudaSuccess;
	return (cudaError_t)drv.cuArrayDestroy((CUarray)array);
}

cudaError_t rt_cudaFreeMipmappedArray(cudaMipmappedArray_t mipmappedArray)
{
	if (mipmappedArray == NULL)
		return cudaSuccess;
	return (cudaError_t)drv.cuMipmappedArrayDestroy((CUmipmappedArray)mipmappedArray);
}

cudaError_t rt_cudaGetChannelDesc(struct cudaChannelFormatDesc *desc, cudaArray_const_t array)
{
	CUDA_ARRAY3D_DESCRIPTOR d;
	CUresult r;

	if (desc == NULL)
		return cudaErrorInvalidValue;
	r = drv.cuArray3DGetDescriptor(&d, (CUarray)array);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	return rt_channel_from_format(d.Format, d.NumChannels, desc);
}

/* Each output may be left out; those that are asked for are zero if the call fails. */
cudaError_t rt_cudaArrayGetInfo(struct cudaChannelFormatDesc *desc, struct cudaExtent *extent,
				unsigned int *flags, cudaArray_t array)
{
	CUDA_ARRAY3D_DESCRIPTOR d;
	CUresult r;

	if (desc != NULL)
		*desc = (struct cudaChannelFormatDesc){ .x = 0 };
	if (extent != NULL)
		*extent = (struct cudaExtent){ .width = 0 };
	if (flags != NULL)
		*flags = 0;
	r = drv.cuArray3DGetDescriptor(&d, (CUarray)array);
	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	if (desc != NULL) {
		cudaError_t error = rt_channel_from_format(d.Format, d.NumChannels, desc);

		if (error != cudaSuccess)
			return error;
	}
	if (extent != NULL)
		*extent = (struct cudaExtent){ d.Width, d.Height, d.Depth };
	if (flags != NULL)
		*flags = d.Flags;
	return cudaSuccess;
}

/* What the driver does not answer is zero, here and below: it writes nothing when it fails. */
cudaError_t rt_cudaArrayGetMemoryRequirements(struct cudaArrayMemoryRequirements *requirements,
					      cudaArray_t array, int device)
{
	if (requirements == NULL)
		return cudaErrorInvalidValue;
	*requirements = (struct cudaArrayMemoryRequirements){ .size = 0 };
	return (cudaError_t)drv.cuArrayGetMemoryRequirements(
		(CUDA_ARRAY_MEMORY_REQUIREMENTS *)requirements, (CUarray)array, device);
}

cudaError_t rt_cudaMipmappedArrayGetMemoryRequirements(
	struct cudaArrayMemoryRequirements *requirements, cudaMipmappedArray_t mipmap, int device)
{
	if (requirements == NULL)
		return cudaErrorInvalidValue;
	*requirements = (struct cudaArrayMemoryRequirements){ .size = 0 };
	return (cudaError_t)drv.cuMipmappedArrayGetMemoryRequirements(
		(CUDA_ARRAY_MEMORY_REQUIREMENTS *)requirements, (CUmipmappedArray)mipmap, device);
}

cudaError_t rt_cudaArrayGetSparseProperties(struct cudaArraySparseProperties *properties,
					    cudaArray_t array)
{
	if (properties == NULL)
		return cudaErrorInvalidValue;
	*properties = (struct cudaArraySparseProperties){ .flags = 0 };
	return (cudaError_t)drv.cuArrayGetSparseProperties(
		(CUDA_ARRAY_SPARSE_PROPERTIES *)properties, (CUarray)array);
}

cudaError_t rt_cudaMipmappedArrayGetSparseProperties(struct cudaArraySparseProperties *properties,
						     cudaMipmappedArray_t mipmap)
{
	if (properties == NULL)
		return cudaErrorInvalidValue;
	*properties = (struct cudaArraySparseProperties){ .flags = 0 };
	return (cudaError_t)drv.cuMipmappedArrayGetSparseProperties(
		(CUDA_ARRAY_SPARSE_PROPERTIES *)properties, (CUmipmappedArray)mipmap);
}
