/* SPDX-License-Identifier: Apache-2.0 */
/* What stubs_unit.cu needs of CUDA's headers, for a clang that is given none. */
#ifndef API_STUBS_CLANG_H
#define API_STUBS_CLANG_H

#include <stddef.h>

#define __CUDACC__   1
#define __device__   __attribute__((device))
#define __global__   __attribute__((global))
#define __constant__ __attribute__((constant))
#define __host__     __attribute__((host))
extern "C" {
typedef struct CUstream_st *cudaStream_t;
typedef int cudaError_t;
struct dim3 {
	unsigned int x, y, z;
	__host__ __device__ dim3(unsigned int a, unsigned int b, unsigned int c) : x(a), y(b), z(c)
	{
	}
};
unsigned int __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared = 0,
					 cudaStream_t stream = 0);
cudaError_t cudaLaunchKernel(const void *kernel, dim3 grid, dim3 block, void **args, size_t shared,
			     cudaStream_t stream);
cudaError_t cudaMemcpyToSymbol(const void *symbol, const void *from, size_t count, size_t offset,
			       int kind);
cudaError_t cudaMemcpyFromSymbol(void *to, const void *symbol, size_t count, size_t offset,
				 int kind);
cudaError_t cudaMalloc(void **p, size_t size);
cudaError_t cudaMemcpy(void *to, const void *from, size_t count, int kind);
}
#define cudaSuccess            0
#define cudaMemcpyHostToDevice 1
#define cudaMemcpyDeviceToHost 2
#define GRID                   __nvvm_read_ptx_sreg_nctaid_x()
#define BLOCK                  __nvvm_read_ptx_sreg_ntid_x()
#define COUNT(p)               __nvvm_atom_add_gen_i((int *)(p), 1)

#endif
