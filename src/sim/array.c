/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays and mipmapped arrays: creation, description, and their layout in memory.
 */
#include "sim/array.h"

#include <stdlib.h>

#include "sim/memory.h"
#include "sim/op.h"

#define ROW_ALIGNMENT ((size_t)32)
#define SPARSE_TILE   ((size_t)65536)
/* Depth textures and colour attachments come from graphics interfaces only. */
#define ARRAY_FLAGS                                                                          \
	(CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_SURFACE_LDST | CUDA_ARRAY3D_CUBEMAP |           \
	 CUDA_ARRAY3D_TEXTURE_GATHER | CUDA_ARRAY3D_SPARSE | CUDA_ARRAY3D_DEFERRED_MAPPING | \
	 CUDA_ARRAY3D_VIDEO_ENCODE_DECODE | UNNAMED_FLAG)
/* The driver takes it; no name is known for it. */
#define UNNAMED_FLAG 0x80000000u

/* Block-compressed: four by four elements to a block. */
static bool is_compressed(CUarray_format format)
{
	return format >= CU_AD_FORMAT_BC1_UNORM && format <= CU_AD_FORMAT_BC7_UNORM_SRGB;
}

static size_t block_bytes(CUarray_format format)
{
	switch (format) {
	case CU_AD_FORMAT_BC1_UNORM:
	case CU_AD_FORMAT_BC1_UNORM_SRGB:
	case CU_AD_FORMAT_BC4_UNORM:
	case CU_AD_FORMAT_BC4_SNORM:
		return 8;
	default:
		return 16;
	}
}

/* The formats that fix their channels: 8 or 16 bits, normalized, 1, 2 or 4 of them. */
static size_t normalized_bytes(CUarray_format format)
{
	static const unsigned char bytes[] = { 1, 2, 4, 2, 4, 8 };

	if (format >= CU_AD_FORMAT_UNORM_INT8X1 && format <= CU_AD_FORMAT_SNORM_INT16X4)
		return bytes[((unsigned int)format - CU_AD_FORMAT_UNORM_INT8X1) % 6];
	return format == CU_AD_FORMAT_UNORM_INT_101010_2 ? 4 : 0;
}

static size_t channel_bytes(CUarray_format format)
{
	switch (format) {
	case CU_AD_FORMAT_UNSIGNED_INT8:
	case CU_AD_FORMAT_SIGNED_INT8:
		return 1;
	case CU_AD_FORMAT_UNSIGNED_INT16:
	case CU_AD_FORMAT_SIGNED_INT16:
	case CU_AD_FORMAT_HALF:
		return 2;
	case CU_AD_FORMAT_UNSIGNED_INT32:
	case CU_AD_FORMAT_SIGNED_INT32:
	case CU_AD_FORMAT_FLOAT:
		return 4;
	default:
		return 0;
	}
}

size_t sim_array_element(CUarray_format format, unsigned int channels)
{
	if (is_compressed(format))
		return block_bytes(format);
	if (normalized_bytes(format))
		return normalized_bytes(format);
	/* One byte of brightness; colour is half as many rows more. */
	if (format == CU_AD_FORMAT_NV12)
		return channels == 3 ? 1 : 0;
	if (channels != 1 && channels != 2 && channels != 4)
		return 0;
	return channels * channel_bytes(format);
}

uintptr_t sim_array_base(CUarray array)
{
	return array->memory->start;
}

size_t sim_array_pitch(CUarray array)
{
	return array->row_bytes;
}

size_t sim_array_slice(CUarray array)
{
	return array->row_bytes * array->rows;
}

bool sim_array_fits(CUarray array, size_t x, size_t y, size_t z, size_t width, size_t height,
		    size_t depth)
{
	size_t columns = is_compressed(array->desc.Format) ? (array->desc.Width + 3) / 4
							   : array->desc.Width;
	size_t row = columns * array->element;

	return array->memory && width <= row && x <= row - width && height <= array->rows &&
	       y <= array->rows - height && depth <= array->slices && z <= array->slices - depth;
}

static size_t limit(CUdevice_attribute attribute)
{
	return (size_t)sim_device_limit(attribute);
}

static bool box_ok(const CUDA_ARRAY3D_DESCRIPTOR *d, size_t width, size_t height, size_t depth)
{
	return d->Width <= width && d->Height <= height && d->Depth <= depth;
}

static bool extents_ok(const CUDA_ARRAY3D_DESCRIPTOR *d)
{
	if (d->Flags & CUDA_ARRAY3D_LAYERED)
		return d->Depth <= 2048 &&
		       d->Width <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_LAYERED_WIDTH) &&
		       d->Height <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_LAYERED_HEIGHT);
	if (d->Depth)
		return box_ok(d, limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_WIDTH),
			      limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_HEIGHT),
			      limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_DEPTH)) ||
		       box_ok(d, limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_WIDTH_ALTERNATE),
			      limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_HEIGHT_ALTERNATE),
			      limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE3D_DEPTH_ALTERNATE));
	if (d->Height)
		return d->Width <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_WIDTH) &&
		       d->Height <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_HEIGHT);
	return d->Width <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_WIDTH);
}

static bool shape_ok(const CUDA_ARRAY3D_DESCRIPTOR *d)
{
	bool layered = d->Flags & CUDA_ARRAY3D_LAYERED;

	if (!d->Width || (d->Flags & ~(unsigned int)ARRAY_FLAGS))
		return false;
	if ((d->Flags & CUDA_ARRAY3D_SPARSE) && (d->Flags & CUDA_ARRAY3D_DEFERRED_MAPPING))
		return false;
	/* Gathering is from planes. */
	if ((d->Flags & CUDA_ARRAY3D_TEXTURE_GATHER) && (!d->Height || d->Depth))
		return false;
	if (d->Format == CU_AD_FORMAT_NV12 && !(d->Flags & CUDA_ARRAY3D_VIDEO_ENCODE_DECODE))
		return false;
	if (layered ? !d->Depth : d->Depth && !d->Height)
		return false;
	if (d->Flags & CUDA_ARRAY3D_CUBEMAP) {
		if (d->Width != d->Height || (layered ? d->Depth % 6 : d->Depth != 6))
			return false;
	}
	return extents_ok(d);
}

static size_t at_least_one(size_t value)
{
	return value ? value : 1;
}

static void lay_out(CUarray array)
{
	const CUDA_ARRAY3D_DESCRIPTOR *d = &array->desc;
	size_t columns = d->Width, rows = at_least_one(d->Height);

	if (is_compressed(d->Format)) {
		columns = (columns + 3) / 4;
		rows = (rows + 3) / 4;
	}
	if (d->Format == CU_AD_FORMAT_NV12)
		rows += (rows + 1) / 2;
	array->element = sim_array_element(d->Format, d->NumChannels);
	array->rows = rows;
	array->slices = at_least_one(d->Depth);
	array->row_bytes =
		(columns * array->element + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
}

static CUresult new_array(CUcontext ctx, CUarray *out, const CUDA_ARRAY3D_DESCRIPTOR *desc)
{
	CUarray array;
	CUresult error;

	if (!out || !desc || !shape_ok(desc) || !sim_array_element(desc->Format, desc->NumChannels))
		return CUDA_ERROR_INVALID_VALUE;
	array = calloc(1, sizeof(*array));
	if (!array)
		return CUDA_ERROR_OUT_OF_MEMORY;
	array->desc = *desc;
	array->ctx = ctx;
	lay_out(array);
	error = sim_memory_new(&array->memory, ctx->device, NULL,
			       array->row_bytes * array->rows * array->slices, SIM_M_ARRAY);
	if (error == CUDA_SUCCESS && !sim_handle_add(array, SIM_H_ARRAY)) {
		sim_memory_free(array->memory);
		error = CUDA_ERROR_OUT_OF_MEMORY;
	}
	if (error != CUDA_SUCCESS) {
		free(array);
		return error;
	}
	*out = array;
	return CUDA_SUCCESS;
}

static void delete_array(CUarray array)
{
	sim_handle_remove(array);
	sim_memory_free(array->memory);
	free(array);
}

CUresult cuArrayCreate_v2(CUarray *array, const CUDA_ARRAY_DESCRIPTOR *desc)
{
	CUDA_ARRAY3D_DESCRIPTOR box;

	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!desc)
		return CUDA_ERROR_INVALID_VALUE;
	box = (CUDA_ARRAY3D_DESCRIPTOR){ .Width = desc->Width,
					 .Height = desc->Height,
					 .Format = desc->Format,
					 .NumChannels = desc->NumChannels };
	return new_array(call.ctx, array, &box);
}

CUresult cuArray3DCreate_v2(CUarray *array, const CUDA_ARRAY3D_DESCRIPTOR *desc)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return new_array(call.ctx, array, desc);
}

/* A level of a mipmapped array lives as long as that does. */
CUresult cuArrayDestroy(CUarray array)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!sim_handle_ok(array, SIM_H_ARRAY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (array->mipmap)
		return CUDA_SUCCESS;
	sim_context_wait(array->ctx);
	if (sim_handle_ok(array, SIM_H_ARRAY))
		delete_array(array);
	return CUDA_SUCCESS;
}

CUresult cuArray3DGetDescriptor_v2(CUDA_ARRAY3D_DESCRIPTOR *desc, CUarray array)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(array, SIM_H_ARRAY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!desc)
		return CUDA_ERROR_INVALID_VALUE;
	*desc = array->desc;
	return CUDA_SUCCESS;
}

CUresult cuArrayGetDescriptor_v2(CUDA_ARRAY_DESCRIPTOR *desc, CUarray array)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(array, SIM_H_ARRAY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!desc)
		return CUDA_ERROR_INVALID_VALUE;
	*desc = (CUDA_ARRAY_DESCRIPTOR){ .Width = array->desc.Width,
					 .Height = array->desc.Height,
					 .Format = array->desc.Format,
					 .NumChannels = array->desc.NumChannels };
	return CUDA_SUCCESS;
}

static CUresult requirements(CUDA_ARRAY_MEMORY_REQUIREMENTS *out, unsigned int flags, size_t bytes)
{
	if (!out || !(flags & CUDA_ARRAY3D_DEFERRED_MAPPING))
		return CUDA_ERROR_INVALID_VALUE;
	*out = (CUDA_ARRAY_MEMORY_REQUIREMENTS){
		.size = (bytes + SPARSE_TILE - 1) / SPARSE_TILE * SPARSE_TILE,
		.alignment = SPARSE_TILE,
	};
	return CUDA_SUCCESS;
}

/* No device is wrong here. */
CUresult cuArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS *out, CUarray array,
				      CUdevice device)
{
	SIM_ENTER(SIM_CTX);
	(void)device;
	if (!sim_handle_ok(array, SIM_H_ARRAY))
		return CUDA_ERROR_INVALID_VALUE;
	return requirements(out, array->desc.Flags, array->memory->size);
}

/* A tile is 64 KiB; for two dimensions it is as wide as it is high, or twice as wide. */
static CUresult sparse(CUDA_ARRAY_SPARSE_PROPERTIES *out, const CUDA_ARRAY3D_DESCRIPTOR *desc)
{
	size_t element = sim_array_element(desc->Format, desc->NumChannels);
	unsigned int width = 256, height = 256;

	if (!out || !(desc->Flags & CUDA_ARRAY3D_SPARSE))
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t e = 1; e < element; e *= 2) {
		if (width > height)
			width /= 2;
		else
			height /= 2;
	}
	*out = (CUDA_ARRAY_SPARSE_PROPERTIES){
		.tileExtent = { .width = width, .height = height, .depth = 1 }
	};
	return CUDA_SUCCESS;
}

CUresult cuArrayGetSparseProperties(CUDA_ARRAY_SPARSE_PROPERTIES *out, CUarray array)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(array, SIM_H_ARRAY))
		return CUDA_ERROR_INVALID_VALUE;
	return sparse(out, &array->desc);
}

/* Of the formats here only NV12 has planes, and they are not arrays of their own. */
CUresult cuArrayGetPlane(CUarray *plane, CUarray array, unsigned int index)
{
	SIM_ENTER(SIM_CTX);
	(void)index;
	if (!sim_handle_ok(array, SIM_H_ARRAY))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!plane || array->desc.Format != CU_AD_FORMAT_NV12)
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_NOT_SUPPORTED;
}

static unsigned int most_levels(const CUDA_ARRAY3D_DESCRIPTOR *desc)
{
	size_t most = desc->Width;
	unsigned int levels = 1;

	if (desc->Height > most)
		most = desc->Height;
	if (desc->Depth > most && !(desc->Flags & (CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_CUBEMAP)))
		most = desc->Depth;
	while (most > 1) {
		most /= 2;
		levels++;
	}
	return levels;
}

void sim_mipmap_delete(CUmipmappedArray mipmap)
{
	sim_handle_remove(mipmap);
	for (unsigned int i = 0; i < mipmap->count; i++)
		if (mipmap->levels[i])
			delete_array(mipmap->levels[i]);
	free(mipmap->levels);
	free(mipmap);
}

static size_t halve(size_t value)
{
	return value > 1 ? value / 2 : value;
}

/* Layers and faces are as many on every level. */
static CUresult make_levels(CUmipmappedArray mipmap)
{
	CUDA_ARRAY3D_DESCRIPTOR desc = mipmap->desc;

	for (unsigned int i = 0; i < mipmap->count; i++) {
		CUresult error = new_array(mipmap->ctx, &mipmap->levels[i], &desc);

		if (error != CUDA_SUCCESS)
			return error;
		mipmap->levels[i]->mipmap = mipmap;
		desc.Width = halve(desc.Width);
		desc.Height = halve(desc.Height);
		if (!(desc.Flags & (CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_CUBEMAP)))
			desc.Depth = halve(desc.Depth);
	}
	return CUDA_SUCCESS;
}

/* Lines and planes are smaller here than without levels; of the others nothing is known. */
static bool mipmap_extents_ok(const CUDA_ARRAY3D_DESCRIPTOR *d)
{
	if (d->Depth)
		return true;
	if (!d->Height)
		return d->Width <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE1D_MIPMAPPED_WIDTH);
	return d->Width <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_MIPMAPPED_WIDTH) &&
	       d->Height <= limit(CU_DEVICE_ATTRIBUTE_MAXIMUM_TEXTURE2D_MIPMAPPED_HEIGHT);
}

CUresult sim_mipmap_new(CUcontext ctx, CUmipmappedArray *out, const CUDA_ARRAY3D_DESCRIPTOR *desc,
			unsigned int levels)
{
	CUmipmappedArray mipmap;
	CUresult error;

	if (!out || !desc || !shape_ok(desc) || !mipmap_extents_ok(desc) ||
	    !sim_array_element(desc->Format, desc->NumChannels))
		return CUDA_ERROR_INVALID_VALUE;
	/* Neither no level nor more than there can be are an error. */
	if (!levels)
		levels = 1;
	if (levels > most_levels(desc))
		levels = most_levels(desc);
	mipmap = calloc(1, sizeof(*mipmap));
	if (!mipmap)
		return CUDA_ERROR_OUT_OF_MEMORY;
	mipmap->levels = calloc(levels, sizeof(*mipmap->levels));
	if (!mipmap->levels || !sim_handle_add(mipmap, SIM_H_MIPMAP)) {
		free(mipmap->levels);
		free(mipmap);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	mipmap->ctx = ctx;
	mipmap->desc = *desc;
	mipmap->count = levels;
	error = make_levels(mipmap);
	if (error != CUDA_SUCCESS)
		sim_mipmap_delete(mipmap);
	else
		*out = mipmap;
	return error;
}

CUresult cuMipmappedArrayCreate(CUmipmappedArray *mipmap, const CUDA_ARRAY3D_DESCRIPTOR *desc,
				unsigned int levels)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	return sim_mipmap_new(call.ctx, mipmap, desc, levels);
}

CUresult cuMipmappedArrayGetLevel(CUarray *array, CUmipmappedArray mipmap, unsigned int level)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(mipmap, SIM_H_MIPMAP))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!array || level >= mipmap->count)
		return CUDA_ERROR_INVALID_VALUE;
	*array = mipmap->levels[level];
	return CUDA_SUCCESS;
}

CUresult cuMipmappedArrayDestroy(CUmipmappedArray mipmap)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if (!sim_handle_ok(mipmap, SIM_H_MIPMAP))
		return CUDA_ERROR_INVALID_HANDLE;
	sim_context_wait(mipmap->ctx);
	if (sim_handle_ok(mipmap, SIM_H_MIPMAP))
		sim_mipmap_delete(mipmap);
	return CUDA_SUCCESS;
}

CUresult cuMipmappedArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS *out,
					       CUmipmappedArray mipmap, CUdevice device)
{
	size_t bytes = 0;

	SIM_ENTER(SIM_CTX);
	(void)device;
	if (!sim_handle_ok(mipmap, SIM_H_MIPMAP))
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < mipmap->count; i++)
		bytes += mipmap->levels[i]->memory->size;
	return requirements(out, mipmap->desc.Flags, bytes);
}

CUresult cuMipmappedArrayGetSparseProperties(CUDA_ARRAY_SPARSE_PROPERTIES *out,
					     CUmipmappedArray mipmap)
{
	SIM_ENTER(SIM_CTX);
	if (!sim_handle_ok(mipmap, SIM_H_MIPMAP))
		return CUDA_ERROR_INVALID_VALUE;
	return sparse(out, &mipmap->desc);
}
