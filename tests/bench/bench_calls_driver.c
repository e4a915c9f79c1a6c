/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Yardsticks: calls of the driver, which cost the same with any runtime. They tell what of a call's
 * time is the driver's, and which of two ways to ask it is the shorter one. A runtime launches by
 * CUkernel or by CUfunction, for example.
 */
#include "bench_calls.h"

#include "driver/cuda_abi.h"

static struct {
	CUresult (*get_current)(CUcontext *context);
	CUresult (*set_current)(CUcontext context);
	CUresult (*context_id)(CUcontext context, unsigned long long *id);
	CUresult (*get_device)(CUdevice *device);
	CUresult (*launch)(CUfunction function, unsigned int grid_x, unsigned int grid_y,
			   unsigned int grid_z, unsigned int block_x, unsigned int block_y,
			   unsigned int block_z, unsigned int shared, CUstream stream, void **args,
			   void **extra);
	CUresult (*function_of)(CUfunction *function, CUkernel kernel);
	CUresult (*kernel_attribute)(int *value, CUfunction_attribute attribute, CUkernel kernel,
				     CUdevice device);
	CUresult (*function_attribute)(int *value, CUfunction_attribute attribute,
				       CUfunction function);
	CUresult (*occupancy)(int *blocks, CUfunction function, int threads, size_t shared);
	CUresult (*event_query)(CUevent event);
	CUresult (*stream_query)(CUstream stream);
	CUresult (*stream_capturing)(CUstream stream, CUstreamCaptureStatus *status);
	CUresult (*pointer_attribute)(void *value, CUpointer_attribute attribute,
				      CUdeviceptr pointer);
} driver;

static CUcontext context;
static CUfunction function;
static int zero;
static void *args[] = { (void *)&bench.device, (void *)&zero };

/* As of CUDA 12: since 13 cuCtxGetDevice takes a context too. */
static void get(const char *name, void *to)
{
	enum cudaDriverEntryPointQueryResult found;

	bench_check(cudaGetDriverEntryPointByVersion(name, (void **)to, 12040, cudaEnableDefault,
						     &found),
		    name);
	bench_check(found, name);
}

void bench_setup_driver(void)
{
	get("cuCtxGetCurrent", &driver.get_current);
	get("cuCtxSetCurrent", &driver.set_current);
	get("cuCtxGetId", &driver.context_id);
	get("cuCtxGetDevice", &driver.get_device);
	get("cuLaunchKernel", &driver.launch);
	get("cuKernelGetFunction", &driver.function_of);
	get("cuKernelGetAttribute", &driver.kernel_attribute);
	get("cuFuncGetAttribute", &driver.function_attribute);
	get("cuOccupancyMaxActiveBlocksPerMultiprocessor", &driver.occupancy);
	get("cuEventQuery", &driver.event_query);
	get("cuStreamQuery", &driver.stream_query);
	get("cuStreamIsCapturing", &driver.stream_capturing);
	get("cuPointerGetAttribute", &driver.pointer_attribute);
	bench_check(driver.get_current(&context), "cuCtxGetCurrent");
	bench_check(driver.function_of(&function, (CUkernel)bench.by_handle),
		    "cuKernelGetFunction");
}

#define CALLS(name, ...)                             \
	void bench_##name(long n)                    \
	{                                            \
		for (long i = 0; i < n; i++) {       \
			bench_failed |= __VA_ARGS__; \
		}                                    \
	}

static CUcontext got;
static CUfunction got_function;
static unsigned long long id;
static int number;
static unsigned int type;
static CUstreamCaptureStatus status;

#define LAUNCH(what) \
	driver.launch((CUfunction)(what), 1, 1, 1, 1, 1, 1, 0, bench.stream, args, NULL)

CALLS(get_current, driver.get_current(&got))
CALLS(set_current, driver.set_current(context))
CALLS(context_id, driver.context_id(NULL, &id))
CALLS(get_device, driver.get_device(&number))
CALLS(launch_kernel, LAUNCH(bench.by_handle))
CALLS(launch_function, LAUNCH(function))
CALLS(function_of, driver.function_of(&got_function, (CUkernel)bench.by_handle))
CALLS(kernel_attribute,
      driver.kernel_attribute(&number, CU_FUNC_ATTRIBUTE_NUM_REGS, (CUkernel)bench.by_handle, 0))
CALLS(function_attribute, driver.function_attribute(&number, CU_FUNC_ATTRIBUTE_NUM_REGS, function))
CALLS(occupancy_kernel, driver.occupancy(&number, (CUfunction)bench.by_handle, 256, 0))
CALLS(occupancy_function, driver.occupancy(&number, function, 256, 0))
CALLS(event_query, driver.event_query(bench.event))
CALLS(stream_query, driver.stream_query(bench.stream))
CALLS(stream_capturing, driver.stream_capturing(bench.stream, &status))
CALLS(pointer_type,
      driver.pointer_attribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, (CUdeviceptr)bench.device))
