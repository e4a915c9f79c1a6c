/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches of copies. The copies of a batch may run in any order; here they run in the given one.
 */
#include "sim/array.h"
#include "sim/copy.h"

static bool order_ok(unsigned int order)
{
	return order >= CU_MEMCPY_SRC_ACCESS_ORDER_STREAM &&
	       order <= CU_MEMCPY_SRC_ACCESS_ORDER_ANY;
}

/* Hints of where the memory is are not believed, but they must make sense. */
static bool hint_ok(const CUmemLocation *hint)
{
	if (hint->type == CU_MEM_LOCATION_TYPE_DEVICE)
		return sim_device_ok(hint->id);
	return (unsigned int)hint->type <= CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT;
}

static bool flags_ok(unsigned int flags)
{
	return !(flags & ~(unsigned int)CU_MEMCPY_FLAG_PREFER_OVERLAP_WITH_COMPUTE);
}

static bool attribute_ok(const CUmemcpyAttributes *attribute)
{
	return order_ok(attribute->srcAccessOrder) && hint_ok(&attribute->srcLocHint) &&
	       hint_ok(&attribute->dstLocHint) && flags_ok(attribute->flags);
}

/* Attributes i are for the copies from indices[i] to the next one's start. */
static bool attributes_ok(const CUmemcpyAttributes *list, const size_t *indices, size_t number,
			  size_t count)
{
	if (!list || !indices || !number || number > count || indices[0] != 0)
		return false;
	for (size_t i = 0; i < number; i++) {
		if (!attribute_ok(&list[i]))
			return false;
		if (indices[i] >= count || (i && indices[i] <= indices[i - 1]))
			return false;
	}
	return true;
}

/* Neither form takes the legacy stream; a capture takes neither, and goes on. */
static CUresult find_stream(struct sim_call *call, bool per_thread, CUstream handle,
			    CUstream *stream)
{
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, stream);

	if (error == CUDA_SUCCESS && (*stream)->kind == SIM_STREAM_LEGACY)
		return CUDA_ERROR_INVALID_VALUE;
	if (error == CUDA_SUCCESS && (*stream)->capture)
		return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
	return error;
}

static CUresult batch(struct sim_call *call, bool per_thread, CUdeviceptr *dsts, CUdeviceptr *srcs,
		      size_t *sizes, size_t count, CUmemcpyAttributes *attributes, size_t *indices,
		      size_t number, size_t *failed, CUstream handle)
{
	CUstream stream;
	CUresult error = find_stream(call, per_thread, handle, &stream);

	/* The one stream for whose sake nothing is told (H100). */
	if (failed && (handle || per_thread))
		*failed = SIZE_MAX;
	if (error != CUDA_SUCCESS)
		return error;
	if (!dsts || !srcs || !sizes || !count ||
	    !attributes_ok(attributes, indices, number, count))
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++) {
		CUDA_MEMCPY3D copy = {
			.srcMemoryType = CU_MEMORYTYPE_UNIFIED,
			.srcDevice = srcs[i],
			.dstMemoryType = CU_MEMORYTYPE_UNIFIED,
			.dstDevice = dsts[i],
			.WidthInBytes = sizes[i],
			.Height = 1,
			.Depth = 1,
		};

		error = sizes[i] ? sim_copy(call, per_thread, handle, &copy, true)
				 : CUDA_ERROR_INVALID_VALUE;
		if (error != CUDA_SUCCESS) {
			if (failed)
				*failed = i;
			return error;
		}
	}
	return CUDA_SUCCESS;
}

static CUresult batch_v2(struct sim_call *call, bool per_thread, CUdeviceptr *dsts,
			 CUdeviceptr *srcs, size_t *sizes, size_t count,
			 CUmemcpyAttributes *attributes, size_t *indices, size_t number,
			 CUstream stream)
{
	return batch(call, per_thread, dsts, srcs, sizes, count, attributes, indices, number, NULL,
		     stream);
}

SIM_TWINS(ptsz, SIM_CTX, cuMemcpyBatchAsync, batch,
	  (CUdeviceptr * dsts, CUdeviceptr *srcs, size_t *sizes, size_t count,
	   CUmemcpyAttributes *attributes, size_t *indices, size_t number, size_t *failed,
	   CUstream stream),
	  dsts, srcs, sizes, count, attributes, indices, number, failed, stream)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyBatchAsync_v2, batch_v2,
	  (CUdeviceptr * dsts, CUdeviceptr *srcs, size_t *sizes, size_t count,
	   CUmemcpyAttributes *attributes, size_t *indices, size_t number, CUstream stream),
	  dsts, srcs, sizes, count, attributes, indices, number, stream)

/*
 * A box is measured in elements of the array that takes part, or in bytes between two pointers. A
 * row length of 0 stands for the box's own.
 */
static size_t element_of(const CUDA_MEMCPY3D_BATCH_OP *op)
{
	const CUmemcpy3DOperand *sides[] = { &op->src, &op->dst };

	for (int i = 0; i < 2; i++) {
		CUarray array = sides[i]->op.array.array;

		if (sides[i]->type == CU_MEMCPY_OPERAND_TYPE_ARRAY &&
		    sim_handle_ok(array, SIM_H_ARRAY))
			return array->element;
	}
	return 1;
}

static void set_source(CUDA_MEMCPY3D *copy, const CUmemcpy3DOperand *side, size_t element)
{
	if (side->type == CU_MEMCPY_OPERAND_TYPE_ARRAY) {
		copy->srcMemoryType = CU_MEMORYTYPE_ARRAY;
		copy->srcArray = side->op.array.array;
		copy->srcXInBytes = side->op.array.offset.x * element;
		copy->srcY = side->op.array.offset.y;
		copy->srcZ = side->op.array.offset.z;
	} else {
		copy->srcMemoryType = CU_MEMORYTYPE_UNIFIED;
		copy->srcDevice = side->op.ptr.ptr;
		copy->srcPitch = side->op.ptr.rowLength * element;
		copy->srcHeight = side->op.ptr.layerHeight;
	}
}

static void set_destination(CUDA_MEMCPY3D *copy, const CUmemcpy3DOperand *side, size_t element)
{
	if (side->type == CU_MEMCPY_OPERAND_TYPE_ARRAY) {
		copy->dstMemoryType = CU_MEMORYTYPE_ARRAY;
		copy->dstArray = side->op.array.array;
		copy->dstXInBytes = side->op.array.offset.x * element;
		copy->dstY = side->op.array.offset.y;
		copy->dstZ = side->op.array.offset.z;
	} else {
		copy->dstMemoryType = CU_MEMORYTYPE_UNIFIED;
		copy->dstDevice = side->op.ptr.ptr;
		copy->dstPitch = side->op.ptr.rowLength * element;
		copy->dstHeight = side->op.ptr.layerHeight;
	}
}

/* Rows and layers may lie further apart than the box needs, but not closer. */
static bool operand_ok(const CUmemcpy3DOperand *side, const CUextent3D *extent)
{
	size_t row = side->op.ptr.rowLength, height = side->op.ptr.layerHeight;

	if (side->type == CU_MEMCPY_OPERAND_TYPE_ARRAY)
		return true;
	return side->type == CU_MEMCPY_OPERAND_TYPE_POINTER && (!row || row >= extent->width) &&
	       (!height || height >= extent->height);
}

/* Unlike elsewhere a copy of nothing is an error. */
static bool op_ok(const CUDA_MEMCPY3D_BATCH_OP *op)
{
	const CUextent3D *extent = &op->extent;

	return order_ok(op->srcAccessOrder) && flags_ok(op->flags) &&
	       operand_ok(&op->src, extent) && operand_ok(&op->dst, extent) && extent->width &&
	       extent->height && extent->depth;
}

static CUresult copy_box(struct sim_call *call, bool per_thread, const CUDA_MEMCPY3D_BATCH_OP *op,
			 CUstream stream)
{
	size_t element = element_of(op);
	CUDA_MEMCPY3D copy = {
		.WidthInBytes = op->extent.width * element,
		.Height = op->extent.height,
		.Depth = op->extent.depth,
	};

	set_source(&copy, &op->src, element);
	set_destination(&copy, &op->dst, element);
	return sim_copy(call, per_thread, stream, &copy, true);
}

/* A box that cannot be is told of by its index; one that lies outside its memory is not (H100). */
static CUresult boxes(struct sim_call *call, bool per_thread, size_t count,
		      CUDA_MEMCPY3D_BATCH_OP *list, size_t *failed, unsigned long long flags,
		      CUstream handle)
{
	CUstream stream;
	CUresult error = find_stream(call, per_thread, handle, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (failed)
		*failed = SIZE_MAX;
	if (!count || !list || flags)
		return CUDA_ERROR_INVALID_VALUE;
	for (size_t i = 0; i < count; i++) {
		if (op_ok(&list[i]))
			continue;
		if (failed)
			*failed = i;
		return CUDA_ERROR_INVALID_VALUE;
	}
	for (size_t i = 0; i < count && error == CUDA_SUCCESS; i++)
		error = copy_box(call, per_thread, &list[i], handle);
	return error;
}

static CUresult boxes_v2(struct sim_call *call, bool per_thread, size_t count,
			 CUDA_MEMCPY3D_BATCH_OP *list, unsigned long long flags, CUstream stream)
{
	return boxes(call, per_thread, count, list, NULL, flags, stream);
}

SIM_TWINS(ptsz, SIM_CTX, cuMemcpy3DBatchAsync, boxes,
	  (size_t count, CUDA_MEMCPY3D_BATCH_OP *list, size_t *failed, unsigned long long flags,
	   CUstream stream),
	  count, list, failed, flags, stream)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpy3DBatchAsync_v2, boxes_v2,
	  (size_t count, CUDA_MEMCPY3D_BATCH_OP *list, unsigned long long flags, CUstream stream),
	  count, list, flags, stream)
