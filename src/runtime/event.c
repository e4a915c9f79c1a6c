/* SPDX-License-Identifier: Apache-2.0 */
/* Domain event, as far as a call is more than the driver's: events are the driver's own. */
#include "runtime/calls.h"
#include "runtime/entry.h"

cudaError_t rt_cudaEventCreate(cudaEvent_t *event)
{
	return (cudaError_t)drv.cuEventCreate(event, CU_EVENT_DEFAULT);
}
