/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launches as they were before CUDA 4: parameters are set one by one at offsets of the function's
 * parameter block, then the function is launched with what was set.
 */
#include "sim/launch.h"

#include <stdlib.h>
#include <string.h>

/* Parameters that are set beyond the size make it grow, which old programs rely on. */
static CUresult set_size(CUcontext ctx, CUfunction handle, unsigned int size)
{
	CUfunction function;
	CUresult error = sim_function_find(handle, ctx, &function);
	unsigned char *params;

	if (error != CUDA_SUCCESS)
		return error;
	if (size > 4096)
		return CUDA_ERROR_INVALID_VALUE;
	params = realloc(function->params, size + 1);
	if (!params)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (size > function->params_size)
		memset(params + function->params_size, 0, size - function->params_size);
	function->params = params;
	function->params_size = size;
	return CUDA_SUCCESS;
}

static CUresult set(CUcontext ctx, CUfunction handle, int offset, const void *data,
		    unsigned int size)
{
	CUfunction function;
	CUresult error = sim_function_find(handle, ctx, &function);

	if (error != CUDA_SUCCESS)
		return error;
	if (offset < 0 || !data)
		return CUDA_ERROR_INVALID_VALUE;
	if ((unsigned int)offset + size > function->params_size)
		error = set_size(ctx, handle, (unsigned int)offset + size);
	if (error == CUDA_SUCCESS)
		memcpy(function->params + offset, data, size);
	return error;
}

CUresult cuParamSetSize(CUfunction function, unsigned int size)
{
	SIM_ENTER(SIM_CTX);
	return set_size(call.ctx, function, size);
}

CUresult cuParamSeti(CUfunction function, int offset, unsigned int value)
{
	SIM_ENTER(SIM_CTX);
	return set(call.ctx, function, offset, &value, sizeof(value));
}

CUresult cuParamSetf(CUfunction function, int offset, float value)
{
	SIM_ENTER(SIM_CTX);
	return set(call.ctx, function, offset, &value, sizeof(value));
}

CUresult cuParamSetv(CUfunction function, int offset, void *data, unsigned int size)
{
	SIM_ENTER(SIM_CTX);
	return set(call.ctx, function, offset, data, size);
}

/* The block that was built up is the packed form of today's launches. */
static CUresult launch(CUcontext ctx, CUfunction handle, int width, int height, CUstream stream)
{
	CUfunction function;
	CUresult error = sim_function_find(handle, ctx, &function);
	size_t size;
	void *extra[5];

	if (error != CUDA_SUCCESS)
		return error;
	if (width <= 0 || height <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	size = function->params_size;
	extra[0] = CU_LAUNCH_PARAM_BUFFER_POINTER;
	extra[1] = function->params;
	extra[2] = CU_LAUNCH_PARAM_BUFFER_SIZE;
	extra[3] = &size;
	extra[4] = CU_LAUNCH_PARAM_END;
	return sim_launch(
		ctx, stream, false,
		&(struct sim_launch){
			.function = handle,
			.grid = { (unsigned int)width, (unsigned int)height, 1 },
			.block = { function->block[0], function->block[1], function->block[2] },
			.shared = function->shared,
			.extra = extra,
		});
}

CUresult cuLaunch(CUfunction function)
{
	SIM_ENTER(SIM_CTX);
	return launch(call.ctx, function, 1, 1, NULL);
}

CUresult cuLaunchGrid(CUfunction function, int width, int height)
{
	SIM_ENTER(SIM_CTX);
	return launch(call.ctx, function, width, height, NULL);
}

CUresult cuLaunchGridAsync(CUfunction function, int width, int height, CUstream stream)
{
	SIM_ENTER(SIM_CTX);
	return launch(call.ctx, function, width, height, stream);
}
