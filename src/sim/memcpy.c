/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copy functions: each describes its copy as a box of bytes and hands it to sim_copy.
 */
#include "sim/copy.h"

#include "sim/array.h"
#include "sim/graph.h"
#include "sim/memory.h"

static CUDA_MEMCPY3D line(size_t bytes)
{
	return (CUDA_MEMCPY3D){ .WidthInBytes = bytes, .Height = 1, .Depth = 1 };
}

static void from(CUDA_MEMCPY3D *copy, CUmemorytype type, uintptr_t address)
{
	copy->srcMemoryType = type;
	if (type == CU_MEMORYTYPE_HOST)
		copy->srcHost = (const void *)address;
	else
		copy->srcDevice = address;
}

static void to(CUDA_MEMCPY3D *copy, CUmemorytype type, uintptr_t address)
{
	copy->dstMemoryType = type;
	if (type == CU_MEMORYTYPE_HOST)
		copy->dstHost = (void *)address;
	else
		copy->dstDevice = address;
}

static CUresult linear(struct sim_call *call, bool per_thread, CUmemorytype dst_type, uintptr_t dst,
		       CUmemorytype src_type, uintptr_t src, size_t bytes, CUstream stream,
		       bool async)
{
	CUDA_MEMCPY3D copy = line(bytes);

	from(&copy, src_type, src);
	to(&copy, dst_type, dst);
	return sim_copy(call, per_thread, stream, &copy, async);
}

static CUresult any_to_any(struct sim_call *call, bool pt, CUdeviceptr dst, CUdeviceptr src,
			   size_t bytes)
{
	return linear(call, pt, CU_MEMORYTYPE_UNIFIED, dst, CU_MEMORYTYPE_UNIFIED, src, bytes, NULL,
		      false);
}

static CUresult any_to_any_async(struct sim_call *call, bool pt, CUdeviceptr dst, CUdeviceptr src,
				 size_t bytes, CUstream stream)
{
	return linear(call, pt, CU_MEMORYTYPE_UNIFIED, dst, CU_MEMORYTYPE_UNIFIED, src, bytes,
		      stream, true);
}

static CUresult htod(struct sim_call *call, bool pt, CUdeviceptr dst, const void *src, size_t bytes)
{
	return linear(call, pt, CU_MEMORYTYPE_DEVICE, dst, CU_MEMORYTYPE_HOST, (uintptr_t)src,
		      bytes, NULL, false);
}

static CUresult htod_async(struct sim_call *call, bool pt, CUdeviceptr dst, const void *src,
			   size_t bytes, CUstream stream)
{
	return linear(call, pt, CU_MEMORYTYPE_DEVICE, dst, CU_MEMORYTYPE_HOST, (uintptr_t)src,
		      bytes, stream, true);
}

static CUresult dtoh(struct sim_call *call, bool pt, void *dst, CUdeviceptr src, size_t bytes)
{
	return linear(call, pt, CU_MEMORYTYPE_HOST, (uintptr_t)dst, CU_MEMORYTYPE_DEVICE, src,
		      bytes, NULL, false);
}

static CUresult dtoh_async(struct sim_call *call, bool pt, void *dst, CUdeviceptr src, size_t bytes,
			   CUstream stream)
{
	return linear(call, pt, CU_MEMORYTYPE_HOST, (uintptr_t)dst, CU_MEMORYTYPE_DEVICE, src,
		      bytes, stream, true);
}

/* Between two places on the device the host does not wait, as little as for the async form. */
static CUresult dtod(struct sim_call *call, bool pt, CUdeviceptr dst, CUdeviceptr src, size_t bytes)
{
	return linear(call, pt, CU_MEMORYTYPE_DEVICE, dst, CU_MEMORYTYPE_DEVICE, src, bytes, NULL,
		      true);
}

static CUresult dtod_async(struct sim_call *call, bool pt, CUdeviceptr dst, CUdeviceptr src,
			   size_t bytes, CUstream stream)
{
	return linear(call, pt, CU_MEMORYTYPE_DEVICE, dst, CU_MEMORYTYPE_DEVICE, src, bytes, stream,
		      true);
}

SIM_TWINS(ptds, SIM_CTX, cuMemcpy, any_to_any, (CUdeviceptr dst, CUdeviceptr src, size_t bytes),
	  dst, src, bytes)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyAsync, any_to_any_async,
	  (CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream), dst, src, bytes,
	  stream)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyHtoD_v2, htod, (CUdeviceptr dst, const void *src, size_t bytes),
	  dst, src, bytes)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyHtoDAsync_v2, htod_async,
	  (CUdeviceptr dst, const void *src, size_t bytes, CUstream stream), dst, src, bytes,
	  stream)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyDtoH_v2, dtoh, (void *dst, CUdeviceptr src, size_t bytes), dst,
	  src, bytes)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyDtoHAsync_v2, dtoh_async,
	  (void *dst, CUdeviceptr src, size_t bytes, CUstream stream), dst, src, bytes, stream)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyDtoD_v2, dtod, (CUdeviceptr dst, CUdeviceptr src, size_t bytes),
	  dst, src, bytes)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyDtoDAsync_v2, dtod_async,
	  (CUdeviceptr dst, CUdeviceptr src, size_t bytes, CUstream stream), dst, src, bytes,
	  stream)

/* The contexts say which devices take part; a NULL one is taken for the current. */
static bool contexts_ok(CUcontext a, CUcontext b)
{
	return (!a || sim_handle_ok(a, SIM_H_CONTEXT)) && (!b || sim_handle_ok(b, SIM_H_CONTEXT));
}

/* A graph has no node for copies between devices: a capture ends at the first. */
static bool is_capturing(struct sim_call *call, bool pt, CUstream stream)
{
	CUstream found;

	if (sim_stream_find(call->ctx, stream, pt, &found) != CUDA_SUCCESS || !found->capture)
		return false;
	sim_capture_invalidate(found->capture);
	return true;
}

static CUresult peer_async(struct sim_call *call, bool pt, CUdeviceptr dst, CUcontext dst_ctx,
			   CUdeviceptr src, CUcontext src_ctx, size_t bytes, CUstream stream)
{
	if (!contexts_ok(dst_ctx, src_ctx))
		return CUDA_ERROR_INVALID_CONTEXT;
	if (is_capturing(call, pt, stream))
		return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
	return dtod_async(call, pt, dst, src, bytes, stream);
}

static CUresult peer(struct sim_call *call, bool pt, CUdeviceptr dst, CUcontext dst_ctx,
		     CUdeviceptr src, CUcontext src_ctx, size_t bytes)
{
	return peer_async(call, pt, dst, dst_ctx, src, src_ctx, bytes, NULL);
}

SIM_TWINS(ptds, SIM_CTX, cuMemcpyPeer, peer,
	  (CUdeviceptr dst, CUcontext dst_ctx, CUdeviceptr src, CUcontext src_ctx, size_t bytes),
	  dst, dst_ctx, src, src_ctx, bytes)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyPeerAsync, peer_async,
	  (CUdeviceptr dst, CUcontext dst_ctx, CUdeviceptr src, CUcontext src_ctx, size_t bytes,
	   CUstream stream),
	  dst, dst_ctx, src, src_ctx, bytes, stream)

static CUresult flat(struct sim_call *call, bool pt, const CUDA_MEMCPY2D *copy, CUstream stream,
		     bool async)
{
	CUDA_MEMCPY3D box;

	if (!copy)
		return CUDA_ERROR_INVALID_VALUE;
	box = (CUDA_MEMCPY3D){
		.srcXInBytes = copy->srcXInBytes,
		.srcY = copy->srcY,
		.srcMemoryType = copy->srcMemoryType,
		.srcHost = copy->srcHost,
		.srcDevice = copy->srcDevice,
		.srcArray = copy->srcArray,
		.srcPitch = copy->srcPitch,
		.dstXInBytes = copy->dstXInBytes,
		.dstY = copy->dstY,
		.dstMemoryType = copy->dstMemoryType,
		.dstHost = copy->dstHost,
		.dstDevice = copy->dstDevice,
		.dstArray = copy->dstArray,
		.dstPitch = copy->dstPitch,
		.WidthInBytes = copy->WidthInBytes,
		.Height = copy->Height,
		.Depth = 1,
	};
	return sim_copy(call, pt, stream, &box, async);
}

static CUresult flat_wait(struct sim_call *call, bool pt, const CUDA_MEMCPY2D *copy)
{
	return flat(call, pt, copy, NULL, false);
}

static CUresult flat_async(struct sim_call *call, bool pt, const CUDA_MEMCPY2D *copy,
			   CUstream stream)
{
	return flat(call, pt, copy, stream, true);
}

SIM_TWINS(ptds, SIM_CTX, cuMemcpy2D_v2, flat_wait, (const CUDA_MEMCPY2D *copy), copy)
SIM_TWINS(ptds, SIM_CTX, cuMemcpy2DUnaligned_v2, flat_wait, (const CUDA_MEMCPY2D *copy), copy)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpy2DAsync_v2, flat_async,
	  (const CUDA_MEMCPY2D *copy, CUstream stream), copy, stream)

static CUresult box_wait(struct sim_call *call, bool pt, const CUDA_MEMCPY3D *copy)
{
	return copy ? sim_copy(call, pt, NULL, copy, false) : CUDA_ERROR_INVALID_VALUE;
}

static CUresult box_async(struct sim_call *call, bool pt, const CUDA_MEMCPY3D *copy,
			  CUstream stream)
{
	return copy ? sim_copy(call, pt, stream, copy, true) : CUDA_ERROR_INVALID_VALUE;
}

SIM_TWINS(ptds, SIM_CTX, cuMemcpy3D_v2, box_wait, (const CUDA_MEMCPY3D *copy), copy)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpy3DAsync_v2, box_async,
	  (const CUDA_MEMCPY3D *copy, CUstream stream), copy, stream)

/* The same box with two contexts, which stand where CUDA_MEMCPY3D has its reserved pointers. */
static CUresult box_peer_async(struct sim_call *call, bool pt, const CUDA_MEMCPY3D_PEER *copy,
			       CUstream stream)
{
	CUDA_MEMCPY3D box;

	if (!copy)
		return CUDA_ERROR_INVALID_VALUE;
	if (!contexts_ok(copy->srcContext, copy->dstContext))
		return CUDA_ERROR_INVALID_CONTEXT;
	if (is_capturing(call, pt, stream))
		return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
	box = (CUDA_MEMCPY3D){
		.srcXInBytes = copy->srcXInBytes,
		.srcY = copy->srcY,
		.srcZ = copy->srcZ,
		.srcMemoryType = copy->srcMemoryType,
		.srcHost = copy->srcHost,
		.srcDevice = copy->srcDevice,
		.srcArray = copy->srcArray,
		.srcPitch = copy->srcPitch,
		.srcHeight = copy->srcHeight,
		.dstXInBytes = copy->dstXInBytes,
		.dstY = copy->dstY,
		.dstZ = copy->dstZ,
		.dstMemoryType = copy->dstMemoryType,
		.dstHost = copy->dstHost,
		.dstDevice = copy->dstDevice,
		.dstArray = copy->dstArray,
		.dstPitch = copy->dstPitch,
		.dstHeight = copy->dstHeight,
		.WidthInBytes = copy->WidthInBytes,
		.Height = copy->Height,
		.Depth = copy->Depth,
	};
	return sim_copy(call, pt, stream, &box, true);
}

static CUresult box_peer(struct sim_call *call, bool pt, const CUDA_MEMCPY3D_PEER *copy)
{
	return box_peer_async(call, pt, copy, NULL);
}

SIM_TWINS(ptds, SIM_CTX, cuMemcpy3DPeer, box_peer, (const CUDA_MEMCPY3D_PEER *copy), copy)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpy3DPeerAsync, box_peer_async,
	  (const CUDA_MEMCPY3D_PEER *copy, CUstream stream), copy, stream)

/* Lines in arrays: offset is in bytes and the line may not leave its row. */
static CUresult array_line(struct sim_call *call, bool pt, CUarray dst_array, size_t dst_offset,
			   CUarray src_array, size_t src_offset, CUDA_MEMCPY3D copy,
			   CUstream stream, bool async)
{
	if (dst_array) {
		copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
		copy.dstArray = dst_array;
		copy.dstXInBytes = dst_offset;
	}
	if (src_array) {
		copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
		copy.srcArray = src_array;
		copy.srcXInBytes = src_offset;
	}
	return sim_copy(call, pt, stream, &copy, async);
}

static CUresult dtoa(struct sim_call *call, bool pt, CUarray dst, size_t offset, CUdeviceptr src,
		     size_t bytes)
{
	CUDA_MEMCPY3D copy = line(bytes);

	from(&copy, CU_MEMORYTYPE_DEVICE, src);
	return array_line(call, pt, dst, offset, NULL, 0, copy, NULL, true);
}

static CUresult atod(struct sim_call *call, bool pt, CUdeviceptr dst, CUarray src, size_t offset,
		     size_t bytes)
{
	CUDA_MEMCPY3D copy = line(bytes);

	to(&copy, CU_MEMORYTYPE_DEVICE, dst);
	return array_line(call, pt, NULL, 0, src, offset, copy, NULL, true);
}

static CUresult htoa_async(struct sim_call *call, bool pt, CUarray dst, size_t offset,
			   const void *src, size_t bytes, CUstream stream)
{
	CUDA_MEMCPY3D copy = line(bytes);

	from(&copy, CU_MEMORYTYPE_HOST, (uintptr_t)src);
	return array_line(call, pt, dst, offset, NULL, 0, copy, stream, true);
}

static CUresult htoa(struct sim_call *call, bool pt, CUarray dst, size_t offset, const void *src,
		     size_t bytes)
{
	CUDA_MEMCPY3D copy = line(bytes);

	from(&copy, CU_MEMORYTYPE_HOST, (uintptr_t)src);
	return array_line(call, pt, dst, offset, NULL, 0, copy, NULL, false);
}

static CUresult atoh_async(struct sim_call *call, bool pt, void *dst, CUarray src, size_t offset,
			   size_t bytes, CUstream stream)
{
	CUDA_MEMCPY3D copy = line(bytes);

	to(&copy, CU_MEMORYTYPE_HOST, (uintptr_t)dst);
	return array_line(call, pt, NULL, 0, src, offset, copy, stream, true);
}

static CUresult atoh(struct sim_call *call, bool pt, void *dst, CUarray src, size_t offset,
		     size_t bytes)
{
	CUDA_MEMCPY3D copy = line(bytes);

	to(&copy, CU_MEMORYTYPE_HOST, (uintptr_t)dst);
	return array_line(call, pt, NULL, 0, src, offset, copy, NULL, false);
}

static CUresult atoa(struct sim_call *call, bool pt, CUarray dst, size_t dst_offset, CUarray src,
		     size_t src_offset, size_t bytes)
{
	return array_line(call, pt, dst, dst_offset, src, src_offset, line(bytes), NULL, true);
}

SIM_TWINS(ptds, SIM_CTX, cuMemcpyDtoA_v2, dtoa,
	  (CUarray dst, size_t offset, CUdeviceptr src, size_t bytes), dst, offset, src, bytes)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyAtoD_v2, atod,
	  (CUdeviceptr dst, CUarray src, size_t offset, size_t bytes), dst, src, offset, bytes)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyHtoA_v2, htoa,
	  (CUarray dst, size_t offset, const void *src, size_t bytes), dst, offset, src, bytes)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyAtoH_v2, atoh,
	  (void *dst, CUarray src, size_t offset, size_t bytes), dst, src, offset, bytes)
SIM_TWINS(ptds, SIM_CTX, cuMemcpyAtoA_v2, atoa,
	  (CUarray dst, size_t dst_offset, CUarray src, size_t src_offset, size_t bytes), dst,
	  dst_offset, src, src_offset, bytes)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyHtoAAsync_v2, htoa_async,
	  (CUarray dst, size_t offset, const void *src, size_t bytes, CUstream stream), dst, offset,
	  src, bytes, stream)
SIM_TWINS(ptsz, SIM_CTX, cuMemcpyAtoHAsync_v2, atoh_async,
	  (void *dst, CUarray src, size_t offset, size_t bytes, CUstream stream), dst, src, offset,
	  bytes, stream)
