/* SPDX-License-Identifier: Apache-2.0 */
/* Domain event, as far as a call is more than the driver's: events are the driver's own. */
#include "runtime/calls.h"
#include "runtime/entry.h"

cudaError_t rt_cudaEventCreate(cudaEvent_t *event)
{
	return (cudaError_t)drv.cuEventCreate(event, CU_EVENT_DEFAULT);
}

/*
 * The driver's older function, which also looks for faults of the work that is pending; the newer
 * one is documented to be for the times alone.
 */
cudaError_t rt_cudaEventElapsedTime_v12(float *ms, cudaEvent_t start, cudaEvent_t end)
{
	return (cudaError_t)drv.cuEventElapsedTime_v2000(ms, start, end);
}
