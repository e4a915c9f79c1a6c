/* SPDX-License-Identifier: Apache-2.0 */
/* Domain function for programs of CUDA 11 and 12. */
#include "runtime/calls.h"
#include "runtime/widen.h"

cudaError_t rt_cudaFuncGetAttributes_v11(struct cudaFuncAttributes_v11 *attr, const void *func)
{
	struct cudaFuncAttributes now;
	cudaError_t error;

	if (attr == NULL)
		return cudaErrorInvalidValue;
	error = rt_cudaFuncGetAttributes(&now, func);
	if (error == cudaSuccess)
		RT_NARROW(attr, &now, preferredShmemCarveout);
	return error;
}

/*
 * For devices without double arithmetic, of which there have been none for long: documented to do
 * nothing on others, so that not even the pointer is looked at.
 */
cudaError_t rt_cudaSetDoubleForDevice_v12(double *d)
{
	(void)d;
	return cudaSuccess;
}

cudaError_t rt_cudaSetDoubleForHost_v12(double *d)
{
	(void)d;
	return cudaSuccess;
}
