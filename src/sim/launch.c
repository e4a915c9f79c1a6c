/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel launches on streams.
 */
#include "sim/launch.h"

#include <stdlib.h>
#include <string.h>

#include "sim/graph.h"

/* A kernel runs where its stream is; a function only in the context it belongs to. */
CUresult sim_launch(CUcontext ctx, CUstream handle, bool per_thread,
		    const struct sim_launch *launch)
{
	struct sim_kernel_op *op;
	CUstream stream;
	CUresult error;

	sim_kernel_look(launch->function);
	error = sim_stream_find(ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (stream->capture && !sim_capture_valid(stream->capture))
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	error = sim_kernel_prepare(stream->ctx, launch, &op);
	if (error != CUDA_SUCCESS) {
		/* A launch that fails spoils the capture it was meant for. */
		if (stream->capture)
			sim_capture_invalidate(stream->capture);
		return error;
	}
	/* Without a C function there is nothing to do; a graph looks again at each run. */
	if (!op->run && !stream->capture)
		op->op.run = NULL;
	return sim_submit(stream, &op->op);
}

static CUresult launch_kernel(struct sim_call *call, bool per_thread, CUfunction function,
			      unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
			      unsigned int block_x, unsigned int block_y, unsigned int block_z,
			      unsigned int shared, CUstream stream, void **params, void **extra)
{
	struct sim_launch launch = {
		.function = function,
		.grid = { grid_x, grid_y, grid_z },
		.block = { block_x, block_y, block_z },
		.shared = shared,
		.params = params,
		.extra = extra,
	};

	return sim_launch(call->ctx, stream, per_thread, &launch);
}

SIM_TWINS(ptsz, SIM_CTX, cuLaunchKernel, launch_kernel,
	  (CUfunction function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
	   unsigned int block_x, unsigned int block_y, unsigned int block_z, unsigned int shared,
	   CUstream stream, void **params, void **extra),
	  function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared, stream, params,
	  extra)

/* The same as a launch with the attribute. */
static CUresult launch_cooperative(struct sim_call *call, bool per_thread, CUfunction function,
				   unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
				   unsigned int block_x, unsigned int block_y, unsigned int block_z,
				   unsigned int shared, CUstream stream, void **params)
{
	CUlaunchAttribute cooperative = { .id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE,
					  .value.cooperative = 1 };
	struct sim_launch launch = {
		.function = function,
		.grid = { grid_x, grid_y, grid_z },
		.block = { block_x, block_y, block_z },
		.shared = shared,
		.params = params,
		.attributes = &cooperative,
		.attribute_count = 1,
	};

	return sim_launch(call->ctx, stream, per_thread, &launch);
}

SIM_TWINS(ptsz, SIM_CTX, cuLaunchCooperativeKernel, launch_cooperative,
	  (CUfunction function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
	   unsigned int block_x, unsigned int block_y, unsigned int block_z, unsigned int shared,
	   CUstream stream, void **params),
	  function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared, stream, params)

/* An event that a launch is to record: behind the kernel here, which is when it is surely over. */
static CUevent event_of(const CUlaunchAttribute *attribute)
{
	if (attribute->id == CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT)
		return attribute->value.programmaticEvent.event;
	if (attribute->id == CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT)
		return attribute->value.launchCompletionEvent.event;
	return NULL;
}

/* Recording outside of a capture needs no node, and can have none; times are not to be had. */
static CUresult check_event(CUevent event, int flags, bool capturing)
{
	if (flags & ~CU_EVENT_RECORD_EXTERNAL)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(event, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	if (flags && !capturing)
		return CUDA_ERROR_ILLEGAL_STATE;
	return event->flags & CU_EVENT_DISABLE_TIMING ? CUDA_SUCCESS : CUDA_ERROR_NOT_SUPPORTED;
}

static bool is_window_ok(const CUaccessPolicyWindow *window)
{
	return window->num_bytes <= (size_t)sim_device_limit(
					    CU_DEVICE_ATTRIBUTE_MAX_ACCESS_POLICY_WINDOW_SIZE) &&
	       window->hitRatio >= 0 && window->hitRatio <= 1 &&
	       window->missProp != CU_ACCESS_PROPERTY_PERSISTING;
}

/* The values alone; what they mean for this kernel is looked at with its shape. */
static bool is_value_ok(const CUlaunchAttribute *attribute)
{
	const CUlaunchAttributeValue *value = &attribute->value;
	unsigned int domains =
		(unsigned int)sim_device_limit(CU_DEVICE_ATTRIBUTE_MEM_SYNC_DOMAIN_COUNT);

	switch ((int)attribute->id) {
	case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
		return is_window_ok(&value->accessPolicyWindow);
	case CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE:
		return (unsigned int)value->clusterSchedulingPolicyPreference <=
		       CU_CLUSTER_SCHEDULING_POLICY_LOAD_BALANCING;
	case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
		return (unsigned int)value->memSyncDomain <= CU_LAUNCH_MEM_SYNC_DOMAIN_REMOTE;
	case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
		return value->memSyncDomainMap.default_ < domains &&
		       value->memSyncDomainMap.remote < domains;
	case CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
		return value->sharedMemCarveout <= 100;
	case CU_LAUNCH_ATTRIBUTE_NVLINK_UTIL_CENTRIC_SCHEDULING:
		return value->nvlinkUtilCentricScheduling <= 1;
	default:
		return true;
	}
}

static CUresult check_attribute(const CUlaunchAttribute *attribute, bool capturing)
{
	const CUlaunchAttributeValue *value = &attribute->value;

	switch ((int)attribute->id) {
	case CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_EVENT:
		return check_event(value->programmaticEvent.event, value->programmaticEvent.flags,
				   capturing);
	case CU_LAUNCH_ATTRIBUTE_LAUNCH_COMPLETION_EVENT:
		return check_event(value->launchCompletionEvent.event,
				   value->launchCompletionEvent.flags, capturing);
	case CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE:
		/* A launch that is no node. */
		return capturing ? CUDA_SUCCESS : CUDA_ERROR_NOT_SUPPORTED;
	case CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY:
	case CU_LAUNCH_ATTRIBUTE_NVLINK_UTIL_CENTRIC_SCHEDULING - 1:
		/* Of streams only, and of none. */
		return CUDA_ERROR_INVALID_VALUE;
	default:
		if ((unsigned int)attribute->id >
		    CU_LAUNCH_ATTRIBUTE_NVLINK_UTIL_CENTRIC_SCHEDULING)
			return CUDA_ERROR_INVALID_VALUE;
		return is_value_ok(attribute) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
	}
}

/* A preference is for a multiple of the cluster that there is. */
static CUresult check_preferred(const CUlaunchConfig *config)
{
	const CUlaunchAttribute *preferred = NULL, *cluster = NULL;

	for (unsigned int i = 0; i < config->numAttrs; i++) {
		if (config->attrs[i].id == CU_LAUNCH_ATTRIBUTE_PREFERRED_CLUSTER_DIMENSION)
			preferred = &config->attrs[i];
		if (config->attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
			cluster = &config->attrs[i];
	}
	if (preferred && preferred->value.preferredClusterDim.x && !cluster)
		return CUDA_ERROR_INVALID_CLUSTER_SIZE;
	return CUDA_SUCCESS;
}

static CUresult check_attributes(CUcontext ctx, bool per_thread, const CUlaunchConfig *config)
{
	CUstream stream = NULL;
	CUresult error = CUDA_SUCCESS;
	bool capturing;

	if (config->numAttrs)
		error = sim_stream_find(ctx, config->hStream, per_thread, &stream);
	capturing = stream && stream->capture;
	for (unsigned int i = 0; i < config->numAttrs && error == CUDA_SUCCESS; i++)
		error = check_attribute(&config->attrs[i], capturing);
	return error == CUDA_SUCCESS ? check_preferred(config) : error;
}

/* After the launch, on the same stream: an earlier record would be a lie. */
static CUresult record_events(CUcontext ctx, bool per_thread, const CUlaunchConfig *config)
{
	for (unsigned int i = 0; i < config->numAttrs; i++) {
		CUevent event = event_of(&config->attrs[i]);
		CUstream stream;
		CUresult error;

		if (!event)
			continue;
		error = sim_stream_find(ctx, config->hStream, per_thread, &stream);
		if (error == CUDA_SUCCESS && stream->capture)
			error = sim_capture_record(stream, event, 0);
		else if (error == CUDA_SUCCESS)
			error = sim_event_record(stream, event);
		if (error != CUDA_SUCCESS)
			return error;
	}
	return CUDA_SUCCESS;
}

/* Grid and block lie one after the other in the structure. */
static CUresult launch_ex(struct sim_call *call, bool per_thread, const CUlaunchConfig *config,
			  CUfunction function, void **params, void **extra)
{
	struct sim_launch launch = { .function = function, .params = params, .extra = extra };
	CUresult error;

	if (!config || (config->numAttrs && !config->attrs))
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(launch.grid, &config->gridDimX, sizeof(launch.grid));
	memcpy(launch.block, &config->blockDimX, sizeof(launch.block));
	launch.shared = config->sharedMemBytes;
	launch.attributes = config->attrs;
	launch.attribute_count = config->numAttrs;
	error = check_attributes(call->ctx, per_thread, config);
	if (error == CUDA_SUCCESS)
		error = sim_launch(call->ctx, config->hStream, per_thread, &launch);
	if (error == CUDA_SUCCESS && config->numAttrs)
		error = record_events(call->ctx, per_thread, config);
	return error;
}

SIM_TWINS(ptsz, SIM_CTX, cuLaunchKernelEx, launch_ex,
	  (const CUlaunchConfig *config, CUfunction function, void **params, void **extra), config,
	  function, params, extra)

/* The launches must be of streams that were created, and no two on one device. */
static CUresult check_multi(const CUDA_LAUNCH_PARAMS *list, unsigned int count)
{
	bool captured = false;

	for (unsigned int i = 0; i < count; i++) {
		CUstream stream = list[i].hStream;

		if (!stream || stream == CU_STREAM_LEGACY || stream == CU_STREAM_PER_THREAD ||
		    !sim_handle_ok(stream, SIM_H_STREAM))
			return CUDA_ERROR_INVALID_HANDLE;
		if (!stream->ctx->alive)
			return CUDA_ERROR_CONTEXT_IS_DESTROYED;
		if (stream->ctx->sticky != CUDA_SUCCESS)
			return stream->ctx->sticky;
		for (unsigned int k = 0; k < i; k++)
			if (list[k].hStream->ctx->device == stream->ctx->device)
				return CUDA_ERROR_INVALID_VALUE;
		captured |= stream->capture != NULL;
		if (stream->capture)
			sim_capture_invalidate(stream->capture);
	}
	return captured ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS;
}

static CUresult launch_one(const CUDA_LAUNCH_PARAMS *params)
{
	CUlaunchAttribute cooperative = { .id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE,
					  .value.cooperative = 1 };
	struct sim_launch launch = { .function = params->function,
				     .shared = params->sharedMemBytes,
				     .params = params->kernelParams,
				     .attributes = &cooperative,
				     .attribute_count = 1 };

	memcpy(launch.grid, &params->gridDimX, sizeof(launch.grid));
	memcpy(launch.block, &params->blockDimX, sizeof(launch.block));
	return sim_launch(params->hStream->ctx, params->hStream, false, &launch);
}

/*
 * One grid on each of several devices, which may synchronise with one another. The contexts are
 * those of the streams: none need be current.
 */
CUresult cuLaunchCooperativeKernelMultiDevice(CUDA_LAUNCH_PARAMS *list, unsigned int count,
					      unsigned int flags)
{
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!list || !count || count > (unsigned int)sim_settings.devices || flags > 3)
		return CUDA_ERROR_INVALID_VALUE;
	error = check_multi(list, count);
	for (unsigned int i = 0; i < count && error == CUDA_SUCCESS; i++)
		error = launch_one(&list[i]);
	return error;
}
