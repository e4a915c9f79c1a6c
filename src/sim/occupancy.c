/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many blocks of a kernel a multiprocessor holds, by the published rules of compute capability
 * 9.0: 64 warps and 32 blocks, 65536 registers given out to warps in units of 256 in four equal
 * parts, 228 KiB of shared memory in units of 128 bytes of which each block costs 1 KiB extra.
 */
#include "sim/launch.h"

#include <string.h>

#define WARP          32
#define REGISTER_UNIT 256
#define PARTS         4
#define SHARED_UNIT   128

static int limit(CUdevice_attribute attribute)
{
	return sim_device_limit(attribute);
}

static size_t round_up(size_t value, size_t unit)
{
	return (value + unit - 1) / unit * unit;
}

/* Each part gives whole warps, and a block may spread over the parts. */
static int by_registers(unsigned int registers, unsigned int warps)
{
	size_t per_warp = round_up((size_t)registers * WARP, REGISTER_UNIT);
	size_t in_part =
		(size_t)limit(CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR) / PARTS;

	if (!per_warp)
		return limit(CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR);
	return (int)(in_part / per_warp * PARTS / warps);
}

/* What the system keeps of each block counts here. */
static size_t shared_of_block(const struct sim_image_kernel *info, size_t dynamic)
{
	return round_up(info->static_shared + dynamic +
				(size_t)limit(CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK),
			SHARED_UNIT);
}

/*
 * The part of a multiprocessor's memory that is shared memory comes in steps: the least that holds
 * what the function's preference asks for, and one block in any case.
 */
static size_t carveout(CUfunction function, size_t block)
{
	static const size_t steps[] = { 8, 16, 32, 64, 100, 132, 164, 196, 228 };
	int percent = sim_function_attribute(function,
					     CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT);
	size_t most = (size_t)limit(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR);
	size_t wanted = most;

	if (percent >= 0)
		wanted = most * (size_t)percent / 100;
	else if (sim_function_cache(function) == CU_FUNC_CACHE_PREFER_L1)
		wanted = 0;
	if (wanted < block)
		wanted = block;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i] * 1024 >= wanted)
			return steps[i] * 1024;
	return most;
}

static int by_shared(CUfunction function, size_t dynamic)
{
	size_t block = shared_of_block(function->kernel->info, dynamic);

	return (int)(carveout(function, block) / block);
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

int sim_occupancy(CUfunction function, unsigned int threads, size_t dynamic)
{
	const struct sim_image_kernel *info = function->kernel->info;
	unsigned int warps = (threads + WARP - 1) / WARP;
	int blocks = limit(CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR);

	/* The kernel's own bounds are for launches: an H200 tells what it holds beyond them. */
	if (!warps || threads > (unsigned int)limit(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK))
		return 0;
	blocks = least(blocks, limit(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR) / WARP /
				       (int)warps);
	blocks = least(blocks, by_registers(info->regs, warps));
	return least(blocks, by_shared(function, dynamic));
}

/*
 * As sim_occupancy, for a caller who may ask for more shared memory than a launch could have. Only
 * an int of it counts: 4 GiB are nothing, and so is what is negative.
 */
static int occupancy(CUfunction function, int threads, size_t wanted)
{
	size_t dynamic = (int)wanted > 0 ? (size_t)(int)wanted : 0;
	int most =
		sim_function_attribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
	int usual = sim_attribute_default(function->kernel->info,
					  CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);

	if (dynamic > (size_t)(most > usual ? most : usual))
		return 0;
	return sim_occupancy(function, (unsigned int)threads, dynamic);
}

/* A block that is too large is none at all, not an error. */
static CUresult max_active(CUcontext ctx, int *blocks, CUfunction handle, int threads,
			   size_t dynamic, unsigned int flags)
{
	CUfunction function;
	CUresult error;

	if (!blocks || threads <= 0 || flags & ~(unsigned int)CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_function_find(handle, ctx, &function);
	if (error == CUDA_SUCCESS)
		*blocks = occupancy(function, threads, dynamic);
	return error;
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction function, int threads,
						     size_t dynamic)
{
	SIM_ENTER(SIM_CTX);
	return max_active(call.ctx, blocks, function, threads, dynamic, 0);
}

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, CUfunction function,
							      int threads, size_t dynamic,
							      unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	return max_active(call.ctx, blocks, function, threads, dynamic, flags);
}

/* The caller's function tells the shared memory for a block size: called without the lock. */
static size_t dynamic_for(CUoccupancyB2DSize tell, size_t dynamic, int threads)
{
	if (!tell)
		return dynamic;
	sim_unlock();
	dynamic = tell(threads);
	sim_lock();
	return dynamic;
}

/* Of all block sizes the one that fills the multiprocessor best; the larger of equals. */
static CUresult potential(CUcontext ctx, int *grid, int *block, CUfunction handle,
			  CUoccupancyB2DSize tell, size_t dynamic, int most, unsigned int flags)
{
	int best = 0, best_threads = 0;
	CUfunction function;
	CUresult error;

	if (!grid || !block || flags & ~(unsigned int)CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_function_find(handle, ctx, &function);
	if (error != CUDA_SUCCESS)
		return error;
	*block = 0;
	if (most <= 0 ||
	    most > sim_function_attribute(function, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK))
		most = sim_function_attribute(function, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
	for (int threads = (most + WARP - 1) / WARP * WARP; threads > 0; threads -= WARP) {
		int size = least(threads, most);
		size_t shared = dynamic_for(tell, dynamic, size);
		int blocks;

		error = sim_function_find(handle, ctx, &function);
		if (error != CUDA_SUCCESS)
			return error;
		blocks = occupancy(function, size, shared);
		if (blocks * size > best_threads) {
			best_threads = blocks * size;
			best = blocks;
			*block = size;
		}
	}
	*grid = best * limit(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
	return CUDA_SUCCESS;
}

CUresult cuOccupancyMaxPotentialBlockSize(int *grid, int *block, CUfunction function,
					  CUoccupancyB2DSize tell, size_t dynamic, int most)
{
	SIM_ENTER(SIM_CTX);
	return potential(call.ctx, grid, block, function, tell, dynamic, most, 0);
}

CUresult cuOccupancyMaxPotentialBlockSizeWithFlags(int *grid, int *block, CUfunction function,
						   CUoccupancyB2DSize tell, size_t dynamic,
						   int most, unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	return potential(call.ctx, grid, block, function, tell, dynamic, most, flags);
}

CUresult cuOccupancyAvailableDynamicSMemPerBlock(size_t *dynamic, CUfunction handle, int blocks,
						 int threads)
{
	size_t room = (size_t)limit(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR);
	size_t most;
	CUfunction function;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!dynamic || blocks <= 0 || threads <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_function_find(handle, call.ctx, &function);
	if (error != CUDA_SUCCESS)
		return error;
	if (blocks > sim_occupancy(function, (unsigned int)threads, 0))
		return CUDA_ERROR_INVALID_VALUE;
	/* What the system takes of each block is not counted here, in NVIDIA's driver either. */
	room = room / (size_t)blocks / SHARED_UNIT * SHARED_UNIT -
	       function->kernel->info->static_shared;
	most = (size_t)sim_function_attribute(function,
					      CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
	*dynamic = room < most ? room : most;
	return CUDA_SUCCESS;
}

static unsigned int most_in_cluster(CUfunction function)
{
	return sim_function_attribute(function, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED)
		       ? 16
		       : 8;
}

/* The cluster, by attribute or as compiled in; all 0 without. */
static const unsigned int *cluster_dim(CUfunction function, const CUlaunchConfig *config)
{
	const unsigned int *dim = function->kernel->info->cluster;

	for (unsigned int i = 0; i < config->numAttrs; i++)
		if (config->attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
			dim = &config->attrs[i].value.clusterDim.x;
	return dim;
}

static unsigned int cluster_of(CUfunction function, const CUlaunchConfig *config)
{
	const unsigned int *dim = cluster_dim(function, config);

	return dim[0] * dim[1] * dim[2];
}

/* A kernel that may have a cluster of any size is told that one that is too large does not fit. */
static bool cluster_fits(CUfunction function, const CUlaunchConfig *config)
{
	const unsigned int *dim = cluster_dim(function, config);
	const unsigned int *fixed = function->kernel->info->cluster;
	const unsigned int *grid = &config->gridDimX;

	if (cluster_of(function, config) == 0)
		return true;
	for (int i = 0; i < 3; i++)
		if (grid[i] % dim[i] || (fixed[0] && dim[i] != fixed[i]))
			return false;
	return most_in_cluster(function) > 8 || cluster_of(function, config) <= 8;
}

/* A cluster that no launch could have is the only error that is not about the arguments. */
static CUresult check_config(CUcontext ctx, const int *out, CUfunction handle,
			     const CUlaunchConfig *config, CUfunction *function)
{
	CUresult error;

	if (!out || !config || (config->numAttrs && !config->attrs))
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_function_find(handle, ctx, function);
	if (error != CUDA_SUCCESS)
		return error;
	if (!config->gridDimX || !config->gridDimY || !config->gridDimZ || !config->blockDimX ||
	    !config->blockDimY || !config->blockDimZ)
		return CUDA_ERROR_INVALID_VALUE;
	return cluster_fits(*function, config) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CLUSTER_SIZE;
}

/* How many of the configuration's blocks a multiprocessor holds. */
static int blocks_of(CUfunction function, const CUlaunchConfig *config)
{
	unsigned int threads = config->blockDimX * config->blockDimY * config->blockDimZ;

	return occupancy(function, (int)threads, config->sharedMemBytes);
}

CUresult cuOccupancyMaxPotentialClusterSize(int *size, CUfunction handle,
					    const CUlaunchConfig *config)
{
	CUfunction function;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	error = check_config(call.ctx, size, handle, config, &function);
	if (error == CUDA_SUCCESS)
		*size = blocks_of(function, config) ? (int)most_in_cluster(function) : 0;
	return error;
}

/*
 * The blocks of a cluster must lie in one group of multiprocessors, so the larger it is, the more
 * of the 132 are left over. These numbers and the most blocks of clusters on a multiprocessor were
 * found by asking an H200.
 */
static int usable(int size, int blocks)
{
	int spread = blocks >= 8 ? 4 : 0;

	if (size <= 2)
		return limit(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
	if (size <= 4)
		return 124;
	return size <= 8 ? 120 + spread : 112 + spread;
}

CUresult cuOccupancyMaxActiveClusters(int *clusters, CUfunction handle,
				      const CUlaunchConfig *config)
{
	CUfunction function;
	CUresult error;
	int size, blocks;

	SIM_ENTER(SIM_CTX);
	error = check_config(call.ctx, clusters, handle, config, &function);
	if (error != CUDA_SUCCESS)
		return error;
	size = (int)cluster_of(function, config);
	blocks = least(blocks_of(function, config), 8);
	*clusters = size && size <= (int)most_in_cluster(function)
			    ? blocks * usable(size, blocks) / size
			    : 0;
	return CUDA_SUCCESS;
}
