/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiling is the driver's and its tools'; a program that switches it on says which part of its
 * run matters, which an observer may want to know.
 */
#include "driver/driver.h"
#include "runtime/calls.h"
#include "runtime/report.h"

cudaError_t rt_cudaProfilerStart(void)
{
	CUresult result = drv.cuProfilerStart();

	if (result == CUDA_SUCCESS)
		rt_report_profiling(true);
	return (cudaError_t)result;
}

cudaError_t rt_cudaProfilerStop(void)
{
	CUresult result = drv.cuProfilerStop();

	if (result == CUDA_SUCCESS)
		rt_report_profiling(false);
	return (cudaError_t)result;
}
