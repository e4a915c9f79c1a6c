/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of boxes of memory and arrays: translation of their descriptions, and the calls. */
#include "runtime/memcpy_3d.h"

#include <stddef.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/channel_format.h"
#include "runtime/context.h"

/* One side of a copy as the runtime describes it. */
struct place {
	cudaArray_t array;
	struct cudaPos pos;
	struct cudaPitchedPtr ptr;
};

/*
 * One side as the driver describes it: both halves of CUDA_MEMCPY3D and of its peer form look like
 * this, so one function fills in each of the four.
 */
struct side {
	size_t x, y, z, lod;
	CUmemorytype type;
	const void *host;
	CUdeviceptr device;
	CUarray array;
	void *context;
	size_t pitch, height;
};

#define DST_HALF offsetof(CUDA_MEMCPY3D, dstXInBytes)

_Static_assert(sizeof(struct side) == DST_HALF, "the halves of a copy are alike");
_Static_assert(offsetof(struct side, type) == offsetof(CUDA_MEMCPY3D, srcMemoryType), "half");
_Static_assert(offsetof(struct side, array) == offsetof(CUDA_MEMCPY3D, srcArray), "half");
_Static_assert(offsetof(struct side, height) == offsetof(CUDA_MEMCPY3D, srcHeight), "half");
_Static_assert(DST_HALF + sizeof(struct side) == offsetof(CUDA_MEMCPY3D, WidthInBytes), "half");
_Static_assert(DST_HALF == offsetof(CUDA_MEMCPY3D_PEER, dstXInBytes) &&
		       sizeof(CUDA_MEMCPY3D) == sizeof(CUDA_MEMCPY3D_PEER),
	       "the peer form is alike");

/*
 * 'Default' leaves each side to the driver, which tells host from device memory by the address:
 * all devices that a driver of today serves share one address space with the host.
 */
bool rt_copy_types(enum cudaMemcpyKind kind, CUmemorytype *src, CUmemorytype *dst)
{
	static const struct {
		CUmemorytype src, dst;
	} types[] = {
		[cudaMemcpyHostToHost] = { CU_MEMORYTYPE_HOST, CU_MEMORYTYPE_HOST },
		[cudaMemcpyHostToDevice] = { CU_MEMORYTYPE_HOST, CU_MEMORYTYPE_DEVICE },
		[cudaMemcpyDeviceToHost] = { CU_MEMORYTYPE_DEVICE, CU_MEMORYTYPE_HOST },
		[cudaMemcpyDeviceToDevice] = { CU_MEMORYTYPE_DEVICE, CU_MEMORYTYPE_DEVICE },
		[cudaMemcpyDefault] = { CU_MEMORYTYPE_UNIFIED, CU_MEMORYTYPE_UNIFIED },
	};

	if ((unsigned int)kind > cudaMemcpyDefault)
		return false;
	*src = types[kind].src;
	*dst = types[kind].dst;
	return true;
}

cudaError_t rt_array_texel(CUarray array, struct rt_texel *texel)
{
	CUDA_ARRAY3D_DESCRIPTOR d;
	CUresult r = drv.cuArray3DGetDescriptor(&d, array);

	if (r != CUDA_SUCCESS)
		return (cudaError_t)r;
	texel->size = rt_format_element_size(d.Format, d.NumChannels, &texel->block);
	return texel->size != 0 ? cudaSuccess : cudaErrorInvalidValue;
}

/* The unit in which a copy counts: the arrays' element (two arrays must agree), else the byte. */
static cudaError_t copy_unit(CUarray src, CUarray dst, struct rt_texel *unit)
{
	struct rt_texel other;
	cudaError_t error;

	*unit = (struct rt_texel){ .size = 1, .block = 1 };
	if (src != NULL) {
		error = rt_array_texel(src, unit);
		if (error != cudaSuccess)
			return error;
	}
	if (dst == NULL)
		return cudaSuccess;
	error = rt_array_texel(dst, &other);
	if (error != cudaSuccess)
		return error;
	if (src != NULL && (other.size != unit->size || other.block != unit->block))
		return cudaErrorInvalidValue;
	*unit = other;
	return cudaSuccess;
}

/* An edge of less than a block is a block of its own in memory. */
static size_t blocks(size_t texels, unsigned int block)
{
	return texels / block + (texels % block != 0);
}

/*
 * Rows of a pointer's side must lie apart by a pitch that they fit into, unless there is only one
 * row. NVIDIA's library on an H200 answers 12 here, and leaves the single row to the driver. With
 * an array it compares elements to bytes: what that lets pass, the driver refuses.
 */
static bool rows_fit(const struct cudaPitchedPtr *ptr, struct cudaExtent extent)
{
	if ((extent.height > 1 || extent.depth > 1) && extent.width > ptr->pitch)
		return false;
	return extent.depth <= 1 || extent.height <= ptr->ysize;
}

/* Writes half of a copy whose extent is set already. */
static cudaError_t set_side(CUDA_MEMCPY3D *copy, size_t half, const struct place *from,
			    CUmemorytype type, const struct rt_texel *unit,
			    struct cudaExtent extent)
{
	struct side s = {
		.x = from->pos.x / unit->block * unit->size,
		.y = from->pos.y / unit->block,
		.z = from->pos.z,
	};

	if (from->array != NULL) {
		/* A kind that calls an array host memory matters in a source only, on an H200. */
		if (type == CU_MEMORYTYPE_HOST && half != DST_HALF)
			return cudaErrorInvalidValue;
		s.type = CU_MEMORYTYPE_ARRAY;
		s.array = (CUarray)from->array;
	} else {
		if (!rows_fit(&from->ptr, extent))
			return cudaErrorInvalidPitchValue;
		s.type = type;
		if (type == CU_MEMORYTYPE_HOST)
			s.host = from->ptr.ptr;
		else
			s.device = (CUdeviceptr)from->ptr.ptr;
		s.pitch = from->ptr.pitch;
		s.height = from->ptr.ysize;
	}
	memcpy((char *)copy + half, &s, sizeof(s));
	return cudaSuccess;
}

/* Either an array or a pointer, not both and not neither. */
static bool is_one_thing(const struct place *place)
{
	return (place->array != NULL) != (place->ptr.ptr != NULL);
}

static cudaError_t translate(const struct place *src, CUmemorytype src_type,
			     const struct place *dst, CUmemorytype dst_type,
			     struct cudaExtent extent, CUDA_MEMCPY3D *copy)
{
	struct rt_texel unit;
	cudaError_t error = copy_unit((CUarray)src->array, (CUarray)dst->array, &unit);

	if (error != cudaSuccess)
		return error;
	memset(copy, 0, sizeof(*copy));
	copy->WidthInBytes = blocks(extent.width, unit.block) * unit.size;
	copy->Height = blocks(extent.height, unit.block);
	copy->Depth = extent.depth;
	error = set_side(copy, 0, src, src_type, &unit, extent);
	if (error == cudaSuccess)
		error = set_side(copy, DST_HALF, dst, dst_type, &unit, extent);
	return error;
}

cudaError_t rt_memcpy3d_to_driver(const struct cudaMemcpy3DParms *p, CUDA_MEMCPY3D *copy)
{
	struct place src = { p->srcArray, p->srcPos, p->srcPtr };
	struct place dst = { p->dstArray, p->dstPos, p->dstPtr };
	CUmemorytype src_type, dst_type;

	if (!rt_copy_types(p->kind, &src_type, &dst_type))
		return cudaErrorInvalidMemcpyDirection;
	if (!is_one_thing(&src) || !is_one_thing(&dst))
		return cudaErrorInvalidValue;
	return translate(&src, src_type, &dst, dst_type, p->extent, copy);
}

/* A device's primary context; 101 for a device that is none, before anything is retained. */
static cudaError_t context_of(int device, CUcontext *context)
{
	cudaError_t error = rt_check_device(device);

	return error == cudaSuccess ? rt_primary_context(device, context) : error;
}

cudaError_t rt_memcpy3d_peer_to_driver(const struct cudaMemcpy3DPeerParms *p,
				       CUDA_MEMCPY3D_PEER *copy)
{
	struct place src = { p->srcArray, p->srcPos, p->srcPtr };
	struct place dst = { p->dstArray, p->dstPos, p->dstPtr };
	CUDA_MEMCPY3D plain;
	cudaError_t error;

	if (!is_one_thing(&src) || !is_one_thing(&dst))
		return cudaErrorInvalidValue;
	error = translate(&src, CU_MEMORYTYPE_DEVICE, &dst, CU_MEMORYTYPE_DEVICE, p->extent,
			  &plain);
	if (error != cudaSuccess)
		return error;
	memcpy(copy, &plain, sizeof(*copy));
	error = context_of(p->srcDevice, &copy->srcContext);
	if (error == cudaSuccess)
		error = context_of(p->dstDevice, &copy->dstContext);
	return error;
}

/*
 * The runtime's view of half a copy. What the driver does not keep (a pointer's xsize, how much of
 * the last block of a compressed array was meant) cannot be had back.
 */
static struct place get_side(const CUDA_MEMCPY3D *copy, size_t half, const struct rt_texel *unit)
{
	struct place to = { .array = NULL };
	struct side s;

	memcpy(&s, (const char *)copy + half, sizeof(s));
	to.pos = (struct cudaPos){
		.x = s.x / unit->size * unit->block,
		.y = s.y * unit->block,
		.z = s.z,
	};
	if (s.type == CU_MEMORYTYPE_ARRAY) {
		to.array = (cudaArray_t)s.array;
		return to;
	}
	to.ptr.ptr = s.type == CU_MEMORYTYPE_HOST ? (void *)s.host : (void *)s.device;
	to.ptr.pitch = s.pitch;
	to.ptr.ysize = s.height;
	return to;
}

/*
 * A copy by address alone keeps its kind: NVIDIA's library on an H200 reads a captured
 * cudaMemcpyDefault back as that. With an array on the other side it can be nothing else either.
 */
static cudaError_t kind_of(CUmemorytype src, CUmemorytype dst, enum cudaMemcpyKind *kind)
{
	bool from_device = src == CU_MEMORYTYPE_DEVICE || src == CU_MEMORYTYPE_ARRAY;
	bool to_device = dst == CU_MEMORYTYPE_DEVICE || dst == CU_MEMORYTYPE_ARRAY;
	bool from_address = src == CU_MEMORYTYPE_UNIFIED;
	bool to_address = dst == CU_MEMORYTYPE_UNIFIED;

	if (from_address || to_address) {
		if (!(from_address || src == CU_MEMORYTYPE_ARRAY) ||
		    !(to_address || dst == CU_MEMORYTYPE_ARRAY))
			return cudaErrorUnknown;
		*kind = cudaMemcpyDefault;
		return cudaSuccess;
	}
	if ((!from_device && src != CU_MEMORYTYPE_HOST) ||
	    (!to_device && dst != CU_MEMORYTYPE_HOST))
		return cudaErrorUnknown;
	if (from_device)
		*kind = to_device ? cudaMemcpyDeviceToDevice : cudaMemcpyDeviceToHost;
	else
		*kind = to_device ? cudaMemcpyHostToDevice : cudaMemcpyHostToHost;
	return cudaSuccess;
}

cudaError_t rt_memcpy3d_from_driver(const CUDA_MEMCPY3D *copy, struct cudaMemcpy3DParms *p)
{
	bool src_array = copy->srcMemoryType == CU_MEMORYTYPE_ARRAY;
	bool dst_array = copy->dstMemoryType == CU_MEMORYTYPE_ARRAY;
	struct place src, dst;
	struct rt_texel unit;
	enum cudaMemcpyKind kind;
	cudaError_t error = kind_of(copy->srcMemoryType, copy->dstMemoryType, &kind);

	if (error == cudaSuccess)
		error = copy_unit(src_array ? copy->srcArray : NULL,
				  dst_array ? copy->dstArray : NULL, &unit);
	if (error != cudaSuccess)
		return error;
	src = get_side(copy, 0, &unit);
	dst = get_side(copy, DST_HALF, &unit);
	*p = (struct cudaMemcpy3DParms){
		.srcArray = src.array,
		.srcPos = src.pos,
		.srcPtr = src.ptr,
		.dstArray = dst.array,
		.dstPos = dst.pos,
		.dstPtr = dst.ptr,
		.extent = {
			.width = copy->WidthInBytes / unit.size * unit.block,
			.height = copy->Height * unit.block,
			.depth = copy->Depth,
		},
		.kind = kind,
	};
	return cudaSuccess;
}

static cudaError_t copy_3d(const struct cudaMemcpy3DParms *p, struct rt_copy_mode mode)
{
	CUDA_MEMCPY3D copy;
	cudaError_t error;

	if (p == NULL)
		return cudaErrorInvalidValue;
	/* Before all other checks: a description that is all zero succeeds on an H200. */
	if (rt_extent_is_empty(p->extent))
		return cudaSuccess;
	error = rt_memcpy3d_to_driver(p, &copy);
	return error == cudaSuccess ? rt_copy_box(&copy, mode) : error;
}

cudaError_t rt_cudaMemcpy3D(const struct cudaMemcpy3DParms *p)
{
	return copy_3d(p, RT_COPY_SYNC);
}

cudaError_t rt_cudaMemcpy3D_ptds(const struct cudaMemcpy3DParms *p)
{
	return copy_3d(p, RT_COPY_PTDS);
}

cudaError_t rt_cudaMemcpy3DAsync(const struct cudaMemcpy3DParms *p, cudaStream_t stream)
{
	return copy_3d(p, RT_COPY_ASYNC(stream));
}
