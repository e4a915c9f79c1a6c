/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepares kernels: the checks that a launch undergoes, the copy of its parameters, and the call of
 * the C function that stands for the kernel.
 */
#include "sim/launch.h"

#include <stdlib.h>
#include <string.h>

/* What the C function sees; the rest is for the functions below. */
struct running {
	struct curtrace_sim_launch launch;
	CUcontext ctx;
	CUfunction function; /* may be gone: the program unloaded it under way */
};

__attribute__((visibility("default"))) void curtrace_sim_fault(
	const struct curtrace_sim_launch *launch, int error)
{
	const struct running *running = (const struct running *)launch;

	sim_lock();
	sim_context_fault(running->ctx, (CUresult)error);
	sim_unlock();
}

__attribute__((visibility("default"))) void *curtrace_sim_variable(
	const struct curtrace_sim_launch *launch, const char *name)
{
	CUfunction function = ((const struct running *)launch)->function;
	CUdeviceptr address = 0;

	sim_lock();
	if (sim_handle_ok(function, SIM_H_FUNCTION))
		sim_module_variable(function->module, name, &address, NULL);
	sim_unlock();
	return (void *)address;
}

/* Each run has its own copy of the parameters: as on a device, a kernel may write to them. */
static void run(struct sim_op *op, CUstream stream)
{
	const struct sim_kernel_op *kernel = sim_kernel_of(op);
	struct running running = {
		.launch = { .name = kernel->name,
			    .shared_bytes = kernel->shared,
			    .stream = stream,
			    .device = kernel->ctx->device->ordinal },
		.ctx = kernel->ctx,
		.function = kernel->function,
	};
	void *params[kernel->param_count + 1];
	unsigned char *block = malloc(kernel->param_size + 1);

	curtrace_sim_function function = sim_kernel_registered(kernel->name);

	if (!function)
		function = kernel->run;
	if (!function || !block) {
		free(block);
		return;
	}
	memcpy(running.launch.grid, kernel->grid, sizeof(kernel->grid));
	memcpy(running.launch.block, kernel->block, sizeof(kernel->block));
	memcpy(running.launch.cluster, kernel->cluster, sizeof(kernel->cluster));
	memcpy(block, kernel->block_of_params, kernel->param_size);
	for (unsigned int i = 0; i < kernel->param_count; i++)
		params[i] = block + kernel->param_offsets[i];
	params[kernel->param_count] = NULL;
	function(&running.launch, params);
	free(block);
}

/* With the lock, as all of these; the C function has long returned. */
static void release(struct sim_op *op)
{
	struct sim_kernel_op *kernel = sim_kernel_of(op);

	free(kernel->name);
	free(kernel->attributes);
	free(kernel->params);
	free(kernel->param_offsets);
	free(kernel->block_of_params);
	free(kernel);
}

/* The last of several counts. */
static const CUlaunchAttribute *attribute(const struct sim_launch *launch, CUlaunchAttributeID id)
{
	for (unsigned int i = launch->attribute_count; i-- > 0;)
		if (launch->attributes[i].id == id)
			return &launch->attributes[i];
	return NULL;
}

static bool is_cooperative(const struct sim_launch *launch)
{
	const CUlaunchAttribute *wanted = attribute(launch, CU_LAUNCH_ATTRIBUTE_COOPERATIVE);

	return wanted && wanted->value.cooperative;
}

/*
 * 1 for what no launch of this kernel could have, 701 for what only the registers forbid: the
 * launch bounds are told apart from those on an H200 too.
 */
static CUresult check_shape(CUfunction function, const struct sim_launch *launch)
{
	static const CUdevice_attribute grid_limits[] = { CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X,
							  CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y,
							  CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z };
	static const CUdevice_attribute block_limits[] = { CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X,
							   CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y,
							   CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z };
	const struct sim_image_kernel *info = function->kernel->info;
	unsigned long long threads = 1;

	for (int i = 0; i < 3; i++) {
		if (!launch->grid[i] || !launch->block[i] ||
		    launch->grid[i] > (unsigned int)sim_device_limit(grid_limits[i]) ||
		    launch->block[i] > (unsigned int)sim_device_limit(block_limits[i]))
			return CUDA_ERROR_INVALID_VALUE;
		if (info->req_block[0] && launch->block[i] != info->req_block[i])
			return CUDA_ERROR_INVALID_VALUE;
		threads *= launch->block[i];
	}
	if (threads > (unsigned int)sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK) ||
	    (info->max_threads && threads > info->max_threads))
		return CUDA_ERROR_INVALID_VALUE;
	if (launch->shared > (unsigned int)sim_function_attribute(
				     function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES))
		return is_cooperative(launch) ? CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE
					      : CUDA_ERROR_INVALID_VALUE;
	if (!sim_occupancy(function, (unsigned int)threads, launch->shared))
		return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
	return CUDA_SUCCESS;
}

/* The cluster shape: as compiled in or set for the function, else the launch's attribute. */
static CUresult check_cluster(CUfunction function, const struct sim_launch *launch,
			      unsigned int cluster[3])
{
	const CUlaunchAttribute *wanted = attribute(launch, CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);
	unsigned int most = sim_function_attribute(
				    function, CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED)
				    ? 16
				    : 8;
	unsigned long long size = 1;

	for (int i = 0; i < 3; i++)
		cluster[i] = (unsigned int)sim_function_attribute(
			function, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH + (unsigned int)i);
	/* All zero is what a node without a cluster reads back as. */
	if (wanted && !wanted->value.clusterDim.x && !wanted->value.clusterDim.y &&
	    !wanted->value.clusterDim.z)
		wanted = NULL;
	if (wanted) {
		const unsigned int *dim = &wanted->value.clusterDim.x;

		if (cluster[0] && memcmp(cluster, dim, 3 * sizeof(*dim)) != 0)
			return CUDA_ERROR_INVALID_CLUSTER_SIZE;
		memcpy(cluster, dim, 3 * sizeof(*dim));
	}
	if (!wanted && !cluster[0]) {
		cluster[0] = cluster[1] = cluster[2] = 1;
		return function->kernel->info->cluster_must_be_set ? CUDA_ERROR_INVALID_CLUSTER_SIZE
								   : CUDA_SUCCESS;
	}
	for (int i = 0; i < 3; i++) {
		if (!cluster[i] || launch->grid[i] % cluster[i])
			return CUDA_ERROR_INVALID_CLUSTER_SIZE;
		size *= cluster[i];
	}
	return size > most ? CUDA_ERROR_INVALID_CLUSTER_SIZE : CUDA_SUCCESS;
}

/* All blocks of a cooperative launch must be on the device at once. */
static CUresult check_cooperative(CUfunction function, const struct sim_launch *launch)
{
	unsigned long long blocks, room;

	if (!is_cooperative(launch))
		return CUDA_SUCCESS;
	blocks = (unsigned long long)launch->grid[0] * launch->grid[1] * launch->grid[2];
	room = (unsigned long long)sim_occupancy(
		       function, launch->block[0] * launch->block[1] * launch->block[2],
		       launch->shared) *
	       (unsigned int)sim_device_limit(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
	return blocks > room ? CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE : CUDA_SUCCESS;
}

static void set_extra(struct sim_kernel_op *op, size_t size)
{
	op->extra_size = size;
	op->extra[0] = CU_LAUNCH_PARAM_BUFFER_POINTER;
	op->extra[1] = op->block_of_params;
	op->extra[2] = CU_LAUNCH_PARAM_BUFFER_SIZE;
	op->extra[3] = &op->extra_size;
	op->extra[4] = CU_LAUNCH_PARAM_END;
}

/* The parameters packed in one buffer, between CU_LAUNCH_PARAM_* keys. */
static CUresult read_extra(void **extra, struct sim_kernel_op *op)
{
	const void *buffer = NULL;
	size_t size = 0;

	for (; *extra != CU_LAUNCH_PARAM_END; extra += 2) {
		if (*extra == CU_LAUNCH_PARAM_BUFFER_POINTER)
			buffer = extra[1];
		else if (*extra == CU_LAUNCH_PARAM_BUFFER_SIZE && extra[1])
			size = *(const size_t *)extra[1];
		else
			return CUDA_ERROR_INVALID_VALUE;
	}
	if (!buffer && op->param_size)
		return CUDA_ERROR_INVALID_VALUE;
	/* Too much is refused in these words by NVIDIA's R580, too little is not. */
	if (size > op->param_size)
		return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
	if (size)
		memcpy(op->block_of_params, buffer, size);
	set_extra(op, size);
	return CUDA_SUCCESS;
}

/* One block as the device would see it, and pointers into it for reading back. */
static bool make_params(struct sim_kernel_op *op, const struct sim_image_kernel *info)
{
	op->param_count = info->nparams;
	op->param_size = info->param_size;
	op->params = calloc(info->nparams + 1, sizeof(*op->params));
	op->param_offsets = calloc(info->nparams + 1, sizeof(*op->param_offsets));
	op->block_of_params = calloc(1, info->param_size + 1);
	if (!op->params || !op->param_offsets || !op->block_of_params)
		return false;
	for (unsigned int i = 0; i < info->nparams; i++) {
		op->param_offsets[i] = info->params[i].offset;
		op->params[i] = op->block_of_params + info->params[i].offset;
	}
	return true;
}

/* The values are the caller's again when the call returns. */
static CUresult copy_params(struct sim_kernel_op *op, const struct sim_image_kernel *info,
			    const struct sim_launch *launch)
{
	if (launch->params && launch->extra)
		return CUDA_ERROR_INVALID_VALUE;
	if (!make_params(op, info))
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (launch->extra)
		return read_extra(launch->extra, op);
	if (!launch->params)
		return info->nparams ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
	for (unsigned int i = 0; i < info->nparams; i++) {
		if (!launch->params[i])
			return CUDA_ERROR_INVALID_VALUE;
		memcpy(op->params[i], launch->params[i], info->params[i].size);
	}
	return CUDA_SUCCESS;
}

/* All are kept as given, for reading back and for launches of graphs. */
static CUresult copy_attributes(struct sim_kernel_op *op, const CUlaunchAttribute *attributes,
				unsigned int count)
{
	if (!count)
		return CUDA_SUCCESS;
	op->attributes = malloc(count * sizeof(*attributes));
	if (!op->attributes)
		return CUDA_ERROR_OUT_OF_MEMORY;
	memcpy(op->attributes, attributes, count * sizeof(*attributes));
	op->attribute_count = count;
	return CUDA_SUCCESS;
}

static struct sim_kernel_op *new_op(CUcontext ctx, CUfunction function, CUkernel kernel,
				    const char *name)
{
	struct sim_kernel_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->op.kind = SIM_OP_KERNEL;
	op->op.refs = 1;
	op->op.run = run;
	op->op.release = release;
	op->ctx = ctx;
	op->function = function;
	op->kernel = kernel;
	op->name = strdup(name);
	if (!op->name) {
		free(op);
		return NULL;
	}
	return op;
}

/*
 * The handle comes first of all, then the shape, then what depends on it: a launch of no function
 * with no grid answers 400.
 */
static CUresult check(CUfunction function, const struct sim_launch *launch, unsigned int cluster[3])
{
	CUresult error = check_shape(function, launch);

	if (error == CUDA_SUCCESS)
		error = check_cluster(function, launch, cluster);
	if (error == CUDA_SUCCESS)
		error = check_cooperative(function, launch);
	return error;
}

CUresult sim_kernel_prepare(CUcontext ctx, const struct sim_launch *launch,
			    struct sim_kernel_op **out)
{
	const struct sim_image_kernel *info;
	struct sim_kernel_op *op;
	CUfunction function;
	unsigned int cluster[3];
	CUresult error = sim_function_find(launch->function, ctx, &function);

	if (error == CUDA_SUCCESS)
		error = check(function, launch, cluster);
	if (error != CUDA_SUCCESS)
		return error;
	info = function->kernel->info;
	op = new_op(ctx, function, function->module->library->private ? NULL : function->kernel,
		    info->name);
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->run = sim_kernel_function(function->kernel);
	memcpy(op->grid, launch->grid, sizeof(op->grid));
	memcpy(op->block, launch->block, sizeof(op->block));
	memcpy(op->cluster, cluster, sizeof(op->cluster));
	op->shared = launch->shared;
	error = copy_params(op, info, launch);
	if (error == CUDA_SUCCESS)
		error = copy_attributes(op, launch->attributes, launch->attribute_count);
	if (error != CUDA_SUCCESS) {
		sim_op_drop(&op->op);
		return error;
	}
	*out = op;
	return CUDA_SUCCESS;
}

CUresult sim_kernel_copy(const struct sim_kernel_op *from, const CUlaunchAttribute *attributes,
			 unsigned int count, struct sim_kernel_op **out)
{
	struct sim_kernel_op *op = new_op(from->ctx, from->function, from->kernel, from->name);

	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	op->run = from->run;
	memcpy(op->grid, from->grid, sizeof(op->grid));
	memcpy(op->block, from->block, sizeof(op->block));
	memcpy(op->cluster, from->cluster, sizeof(op->cluster));
	for (unsigned int i = 0; i < count; i++)
		if (attributes[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION &&
		    attributes[i].value.clusterDim.x)
			memcpy(op->cluster, &attributes[i].value.clusterDim, sizeof(op->cluster));
	op->shared = from->shared;
	op->captured = from->captured;
	op->param_count = from->param_count;
	op->param_size = from->param_size;
	op->params = calloc(from->param_count + 1, sizeof(*op->params));
	op->param_offsets = calloc(from->param_count + 1, sizeof(*op->param_offsets));
	op->block_of_params = calloc(1, from->param_size + 1);
	if (!op->params || !op->param_offsets || !op->block_of_params ||
	    copy_attributes(op, attributes, count) != CUDA_SUCCESS) {
		sim_op_drop(&op->op);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	memcpy(op->block_of_params, from->block_of_params, from->param_size);
	if (from->extra[0])
		set_extra(op, from->extra_size);
	for (unsigned int i = 0; i < op->param_count; i++) {
		op->param_offsets[i] = from->param_offsets[i];
		op->params[i] = op->block_of_params + op->param_offsets[i];
	}
	*out = op;
	return CUDA_SUCCESS;
}
