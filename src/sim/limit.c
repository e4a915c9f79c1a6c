/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be set on a context: limits, cache and bank preferences. None of it changes how anything
 * runs here; it is kept within the bounds that an H200 has.
 */
#include "sim/op.h"

/* The limits of a new context, and how each may be changed. */
static const struct limit {
	size_t initial, least, step, most;
	CUresult get, set;
} limits[SIM_LIMITS] = {
	[CU_LIMIT_STACK_SIZE] = { .initial = 1024, .step = 16, .most = 524272 },
	[CU_LIMIT_PRINTF_FIFO_SIZE] = { .initial = 8650752, .least = 524288, .most = SIZE_MAX },
	[CU_LIMIT_MALLOC_HEAP_SIZE] = { .initial = 8388608, .least = 4194304, .most = SIZE_MAX },
	[CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH] = { .get = CUDA_ERROR_UNSUPPORTED_LIMIT,
					      .set = CUDA_ERROR_UNSUPPORTED_LIMIT },
	[CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT] = { .initial = 2048,
							.least = 32,
							.most = 599186 },
	[CU_LIMIT_MAX_L2_FETCH_GRANULARITY] = { .initial = 64, .most = 128 },
	[CU_LIMIT_PERSISTING_L2_CACHE_SIZE] = { .initial = 11796480,
						.step = 3932160,
						.most = 39321600 },
	[CU_LIMIT_SHMEM_SIZE] = { .initial = 232448, .set = CUDA_ERROR_NOT_PERMITTED },
	[CU_LIMIT_CIG_ENABLED] = { .set = CUDA_ERROR_NOT_PERMITTED },
	[CU_LIMIT_CIG_SHMEM_FALLBACK_ENABLED] = { .get = CUDA_ERROR_UNSUPPORTED_LIMIT,
						  .set = CUDA_ERROR_UNSUPPORTED_LIMIT },
};

void sim_context_set_limits(CUcontext ctx)
{
	for (int i = 0; i < SIM_LIMITS; i++)
		ctx->limits[i] = limits[i].initial;
}

CUresult cuCtxGetLimit(size_t *value, CUlimit limit)
{
	SIM_ENTER(SIM_CTX);
	if (!value || (int)limit < 0 || limit >= CU_LIMIT_MAX)
		return CUDA_ERROR_INVALID_VALUE;
	if (limits[limit].get != CUDA_SUCCESS)
		return limits[limit].get;
	*value = call.ctx->limits[limit];
	return CUDA_SUCCESS;
}

/* Too small is rounded up; too large is cut by some and refused by others. */
CUresult cuCtxSetLimit(CUlimit limit, size_t value)
{
	SIM_ENTER(SIM_CTX | SIM_UNCAPTURED);
	if ((int)limit < 0 || limit >= CU_LIMIT_MAX)
		return CUDA_ERROR_INVALID_VALUE;
	if (limits[limit].set != CUDA_SUCCESS)
		return limits[limit].set;
	if (value > limits[limit].most) {
		if (limit != CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT)
			return CUDA_ERROR_INVALID_VALUE;
		value = limits[limit].most;
	}
	if (value < limits[limit].least)
		value = limits[limit].least;
	if (limits[limit].step != 0)
		value = (value + limits[limit].step - 1) / limits[limit].step * limits[limit].step;
	call.ctx->limits[limit] = value;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetCacheConfig(CUfunc_cache *config)
{
	SIM_ENTER(SIM_CTX);
	if (!config)
		return CUDA_ERROR_INVALID_VALUE;
	*config = call.ctx->cache_config;
	return CUDA_SUCCESS;
}

CUresult cuCtxSetCacheConfig(CUfunc_cache config)
{
	SIM_ENTER(SIM_CTX);
	if ((unsigned int)config > CU_FUNC_CACHE_PREFER_EQUAL)
		return CUDA_ERROR_INVALID_VALUE;
	call.ctx->cache_config = config;
	return CUDA_SUCCESS;
}

/* The banks of this architecture cannot be set: four bytes whatever was asked for. */
CUresult cuCtxGetSharedMemConfig(CUsharedconfig *config)
{
	SIM_ENTER(SIM_CTX);
	if (!config)
		return CUDA_ERROR_INVALID_VALUE;
	*config = CU_SHARED_MEM_CONFIG_FOUR_BYTE_BANK_SIZE;
	return CUDA_SUCCESS;
}

CUresult cuCtxSetSharedMemConfig(CUsharedconfig config)
{
	SIM_ENTER(SIM_CTX);
	if ((unsigned int)config > CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE)
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest)
{
	SIM_ENTER(SIM_CTX);
	if (least)
		*least = SIM_LEAST_PRIORITY;
	if (greatest)
		*greatest = SIM_GREATEST_PRIORITY;
	return CUDA_SUCCESS;
}

CUresult cuCtxResetPersistingL2Cache(void)
{
	SIM_ENTER(SIM_CTX);
	return CUDA_SUCCESS;
}

CUresult cuCtxGetExecAffinity(CUexecAffinityParam *affinity, CUexecAffinityType type)
{
	SIM_ENTER(SIM_CTX);
	if (!affinity || type != CU_EXEC_AFFINITY_TYPE_SM_COUNT)
		return CUDA_ERROR_INVALID_VALUE;
	return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
}
