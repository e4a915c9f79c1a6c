/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches of copies. The driver refuses the legacy default stream for them, and so do both forms of
 * the runtime's calls: stream 0 is not the per-thread stream here even in a program compiled for
 * that (seen on an H200). That stream has to be named.
 */
#include "driver/driver.h"
#include "runtime/calls.h"

cudaError_t rt_cudaMemcpyBatchAsync(void *const *dsts, const void *const *srcs, const size_t *sizes,
				    size_t count, struct cudaMemcpyAttributes *attrs,
				    size_t *attrsIdxs, size_t numAttrs, cudaStream_t stream)
{
	return (cudaError_t)drv.cuMemcpyBatchAsync((CUdeviceptr *)dsts, (CUdeviceptr *)srcs,
						   (size_t *)sizes, count,
						   (CUmemcpyAttributes *)attrs, attrsIdxs, numAttrs,
						   stream);
}

cudaError_t rt_cudaMemcpyBatchAsync_ptsz(void *const *dsts, const void *const *srcs,
					 const size_t *sizes, size_t count,
					 struct cudaMemcpyAttributes *attrs, size_t *attrsIdxs,
					 size_t numAttrs, cudaStream_t stream)
{
	return rt_cudaMemcpyBatchAsync(dsts, srcs, sizes, count, attrs, attrsIdxs, numAttrs,
				       stream);
}

cudaError_t rt_cudaMemcpy3DBatchAsync(size_t numOps, struct cudaMemcpy3DBatchOp *opList,
				      unsigned long long flags, cudaStream_t stream)
{
	return (cudaError_t)drv.cuMemcpy3DBatchAsync(numOps, (CUDA_MEMCPY3D_BATCH_OP *)opList,
						     flags, stream);
}

cudaError_t rt_cudaMemcpy3DBatchAsync_ptsz(size_t numOps, struct cudaMemcpy3DBatchOp *opList,
					   unsigned long long flags, cudaStream_t stream)
{
	return rt_cudaMemcpy3DBatchAsync(numOps, opList, flags, stream);
}

/* CUDA 12 had the index of the copy that failed, too; the driver of 13 still tells it. */
cudaError_t rt_cudaMemcpyBatchAsync_v12_ptsz(void **dsts, void **srcs, size_t *sizes, size_t count,
					     struct cudaMemcpyAttributes *attrs, size_t *attrsIdxs,
					     size_t numAttrs, size_t *failIdx, cudaStream_t stream)
{
	return (cudaError_t)drv.cuMemcpyBatchAsync_v12080((CUdeviceptr *)dsts, (CUdeviceptr *)srcs,
							  sizes, count, (CUmemcpyAttributes *)attrs,
							  attrsIdxs, numAttrs, failIdx, stream);
}

cudaError_t rt_cudaMemcpy3DBatchAsync_v12_ptsz(size_t numOps, struct cudaMemcpy3DBatchOp *opList,
					       size_t *failIdx, unsigned long long flags,
					       cudaStream_t stream)
{
	return (cudaError_t)drv.cuMemcpy3DBatchAsync_v12080(
		numOps, (CUDA_MEMCPY3D_BATCH_OP *)opList, failIdx, flags, stream);
}
