/* SPDX-License-Identifier: Apache-2.0 */
/* Domain library, as far as a call is more than the driver's: kernels get their names known. */
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/kernel.h"

cudaError_t rt_cudaLibraryGetKernel(cudaKernel_t *pKernel, cudaLibrary_t library, const char *name)
{
	CUresult r = drv.cuLibraryGetKernel(pKernel, library, name);

	if (r == CUDA_SUCCESS)
		rt_kernel_note(*pKernel);
	return (cudaError_t)r;
}

/* Before the driver: another thread may get the same handle for a new kernel right after it. */
cudaError_t rt_cudaLibraryUnload(cudaLibrary_t library)
{
	rt_kernels_forget_library(library);
	return (cudaError_t)drv.cuLibraryUnload(library);
}
