/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts: the primary one of each device, created ones, and what is set on them. Which context is
 * current is thread.c's matter.
 *
 * A context's struct is never freed. That way the handle of a destroyed one, or of a primary one
 * that was released or reset and is still current somewhere, answers CONTEXT_IS_DESTROYED as
 * NVIDIA's does; and the primary context of a device has one address for ever.
 */
#include "sim/sim.h"

#include <stdlib.h>

#include "sim/memory.h"
#include "sim/op.h"

#define API_VERSION 3020

static CUcontext contexts;
static unsigned long long last_id;

CUcontext sim_context_first(void)
{
	return contexts;
}

CUresult sim_context_usable(CUcontext ctx)
{
	if (!ctx)
		return CUDA_ERROR_INVALID_CONTEXT;
	return ctx->alive ? CUDA_SUCCESS : CUDA_ERROR_CONTEXT_IS_DESTROYED;
}

void sim_context_fault(CUcontext ctx, CUresult error)
{
	if (ctx->sticky == CUDA_SUCCESS)
		ctx->sticky = error;
	/* The process gets no other context either, on whichever device. */
	for (int i = 0; i < SIM_MAX_DEVICES; i++) {
		if (sim_devices[i].lost == CUDA_SUCCESS)
			sim_devices[i].lost = error;
	}
	sim_notify();
}

static void start(CUcontext ctx)
{
	ctx->id = ++last_id;
	ctx->alive = true;
	ctx->sticky = CUDA_SUCCESS;
	ctx->version = API_VERSION;
	ctx->cache_config = CU_FUNC_CACHE_PREFER_NONE;
	ctx->peers = 0;
	/* Access to what a primary context held before went with it. */
	for (CUcontext other = sim_context_first(); ctx->is_primary && other; other = other->next)
		other->peers &= ~(1U << ctx->device->ordinal);
	sim_context_set_limits(ctx);
}

static CUcontext new_context(struct sim_device *device)
{
	CUcontext ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return NULL;
	if (!sim_handle_add(ctx, SIM_H_CONTEXT)) {
		free(ctx);
		return NULL;
	}
	ctx->device = device;
	ctx->next = contexts;
	contexts = ctx;
	return ctx;
}

/*
 * Ends a context: no new work comes in, what is queued runs to its end (or is skipped if the
 * context has an error), then streams and memory go. Releases the lock while it waits.
 */
static void end(CUcontext ctx)
{
	ctx->alive = false;
	sim_notify();
	sim_context_wait(ctx);
	sim_module_context_end(ctx);
	while (ctx->streams) {
		CUstream stream = ctx->streams;

		ctx->streams = stream->ctx_next;
		stream->ctx_next = NULL;
		sim_stream_end(stream);
	}
	ctx->legacy = NULL;
	sim_memory_context_end(ctx);
	ctx->generation++;
	ctx->retained = 0;
}

static bool flags_ok(unsigned int flags)
{
	unsigned int schedule = flags & CU_CTX_SCHED_MASK;

	return !(flags & ~(unsigned int)CU_CTX_FLAGS_MASK) && schedule != 3 && schedule < 5;
}

static CUcontext primary(CUdevice dev)
{
	if (!sim_devices[dev].primary) {
		CUcontext ctx = new_context(&sim_devices[dev]);

		if (ctx)
			ctx->is_primary = true;
		sim_devices[dev].primary = ctx;
	}
	return sim_devices[dev].primary;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *ctx, CUdevice dev)
{
	CUcontext found;

	SIM_ENTER(SIM_INIT);
	if (!ctx)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	found = primary(dev);
	if (!found)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (!found->alive) {
		if (found->device->lost != CUDA_SUCCESS)
			return found->device->lost;
		start(found);
	}
	found->retained++;
	*ctx = found;
	return CUDA_SUCCESS;
}

static CUresult release(CUdevice dev)
{
	CUcontext ctx;

	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	ctx = sim_devices[dev].primary;
	if (!ctx || !ctx->retained)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (--ctx->retained == 0)
		end(ctx);
	return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return release(dev);
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return release(dev);
}

static CUresult reset(CUdevice dev)
{
	CUcontext ctx;

	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	ctx = sim_devices[dev].primary;
	if (ctx && ctx->alive)
		end(ctx);
	if (ctx)
		ctx->flags = 0;
	return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxReset(CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return reset(dev);
}

CUresult cuDevicePrimaryCtxReset_v2(CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return reset(dev);
}

static CUresult set_primary_flags(CUdevice dev, unsigned int flags)
{
	CUcontext ctx;

	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	/* CU_CTX_MAP_HOST, which GetFlags shows, is none that may be set here. */
	if (!flags_ok(flags) || (flags & CU_CTX_MAP_HOST))
		return CUDA_ERROR_INVALID_VALUE;
	ctx = primary(dev);
	if (!ctx)
		return CUDA_ERROR_OUT_OF_MEMORY;
	ctx->flags = flags;
	return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxSetFlags(CUdevice dev, unsigned int flags)
{
	SIM_ENTER(SIM_INIT);
	return set_primary_flags(dev, flags);
}

CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice dev, unsigned int flags)
{
	SIM_ENTER(SIM_INIT);
	return set_primary_flags(dev, flags);
}

CUresult cuDevicePrimaryCtxGetState(CUdevice dev, unsigned int *flags, int *active)
{
	CUcontext ctx;

	SIM_ENTER(SIM_INIT);
	if (!flags || !active)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	ctx = sim_devices[dev].primary;
	*flags = ctx ? ctx->flags : 0;
	*active = ctx && ctx->alive;
	return CUDA_SUCCESS;
}

CUresult sim_context_create(CUcontext *out, unsigned int flags, CUdevice dev)
{
	CUcontext ctx;

	if (!out || !flags_ok(flags))
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (sim_devices[dev].lost != CUDA_SUCCESS)
		return sim_devices[dev].lost;
	ctx = new_context(&sim_devices[dev]);
	if (!ctx || !sim_context_push(ctx))
		return CUDA_ERROR_OUT_OF_MEMORY;
	start(ctx);
	ctx->flags = flags;
	*out = ctx;
	return CUDA_SUCCESS;
}

CUresult cuCtxCreate_v2(CUcontext *ctx, unsigned int flags, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return sim_context_create(ctx, flags, dev);
}

CUresult cuCtxCreate_v3(CUcontext *ctx, CUexecAffinityParam *params, int count, unsigned int flags,
			CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (params || count)
		return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
	return sim_context_create(ctx, flags, dev);
}

CUresult cuCtxCreate_v4(CUcontext *ctx, CUctxCreateParams *params, unsigned int flags, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (params && params->numExecAffinityParams)
		return CUDA_ERROR_UNSUPPORTED_EXEC_AFFINITY;
	return sim_context_create(ctx, flags, dev);
}

CUresult cuCtxDestroy_v2(CUcontext ctx)
{
	SIM_ENTER(SIM_INIT);
	if (!ctx)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(ctx, SIM_H_CONTEXT) || ctx->is_primary)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (!ctx->alive)
		return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	end(ctx);
	if (sim_context_current() == ctx)
		sim_context_pop();
	return CUDA_SUCCESS;
}

/* Attach and detach are from a time when contexts were counted; both do next to nothing now. */
CUresult cuCtxAttach(CUcontext *ctx, unsigned int flags)
{
	SIM_ENTER(SIM_CURRENT);
	if (!ctx || flags)
		return CUDA_ERROR_INVALID_VALUE;
	*ctx = call.ctx;
	return CUDA_SUCCESS;
}

CUresult cuCtxDetach(CUcontext ctx)
{
	SIM_ENTER(SIM_INIT);
	return sim_handle_ok(ctx, SIM_H_CONTEXT) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult cuCtxPushCurrent_v2(CUcontext ctx)
{
	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	if (!ctx)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(ctx, SIM_H_CONTEXT))
		return CUDA_ERROR_INVALID_CONTEXT;
	return sim_context_push(ctx) ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuCtxPopCurrent_v2(CUcontext *ctx)
{
	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	if (!call.ctx)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (ctx)
		*ctx = call.ctx;
	sim_context_pop();
	return CUDA_SUCCESS;
}

/*
 * Replaces the top of the stack; NULL takes it away. Not from a host function, whose thread has no
 * context: NVIDIA's runtime answers 800 there even for a set of no bytes.
 */
CUresult cuCtxSetCurrent(CUcontext ctx)
{
	SIM_ENTER(SIM_INIT);
	if (ctx && !sim_handle_ok(ctx, SIM_H_CONTEXT))
		return CUDA_ERROR_INVALID_CONTEXT;
	sim_context_pop();
	if (ctx && !sim_context_push(ctx))
		return CUDA_ERROR_OUT_OF_MEMORY;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext *ctx)
{
	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	if (!ctx)
		return CUDA_ERROR_INVALID_VALUE;
	*ctx = call.ctx;
	return CUDA_SUCCESS;
}

/* Also of a context that is destroyed: cuCtxGetDevice and cuCtxGetFlags still answer. */
static CUresult get_device(CUcontext ctx, CUdevice *device)
{
	if (!device)
		return CUDA_ERROR_INVALID_VALUE;
	if (!ctx)
		return CUDA_ERROR_INVALID_CONTEXT;
	*device = ctx->device->ordinal;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetDevice(CUdevice *device)
{
	SIM_ENTER(SIM_INIT);
	return get_device(call.ctx, device);
}

CUresult cuCtxGetDevice_v2(CUdevice *device, CUcontext ctx)
{
	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	if (ctx && !sim_handle_ok(ctx, SIM_H_CONTEXT))
		return CUDA_ERROR_INVALID_CONTEXT;
	return get_device(ctx ? ctx : call.ctx, device);
}

CUresult cuCtxGetFlags(unsigned int *flags)
{
	SIM_ENTER(SIM_INIT);
	if (!call.ctx)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (!flags)
		return CUDA_ERROR_INVALID_VALUE;
	/* Only of a primary one does it tell that host memory is mapped. */
	*flags = call.ctx->flags | (call.ctx->is_primary ? CU_CTX_MAP_HOST : 0);
	return CUDA_SUCCESS;
}

CUresult cuCtxSetFlags(unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	if (!flags_ok(flags))
		return CUDA_ERROR_INVALID_VALUE;
	call.ctx->flags = flags & ~(unsigned int)CU_CTX_MAP_HOST;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetId(CUcontext ctx, unsigned long long *id)
{
	SIM_ENTER(SIM_INIT);
	if (!ctx)
		ctx = call.ctx;
	if (!sim_handle_ok(ctx, SIM_H_CONTEXT))
		return CUDA_ERROR_INVALID_CONTEXT;
	if (!ctx->alive)
		return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	if (!id)
		return CUDA_ERROR_INVALID_VALUE;
	*id = ctx->id;
	return CUDA_SUCCESS;
}

CUresult cuCtxGetApiVersion(CUcontext ctx, unsigned int *version)
{
	SIM_ENTER(SIM_INIT);
	if (!ctx)
		ctx = call.ctx;
	if (!sim_handle_ok(ctx, SIM_H_CONTEXT) || !ctx->alive)
		return CUDA_ERROR_INVALID_CONTEXT;
	if (!version)
		return CUDA_ERROR_INVALID_VALUE;
	*version = ctx->version;
	return CUDA_SUCCESS;
}

static CUresult synchronize(CUcontext ctx)
{
	CUresult error = sim_context_usable(ctx);

	if (error == CUDA_SUCCESS && sim_captures)
		error = sim_capture_context(ctx);
	if (error != CUDA_SUCCESS)
		return error;
	return sim_context_wait(ctx);
}

CUresult cuCtxSynchronize(void)
{
	SIM_ENTER(SIM_CTX);
	return synchronize(call.ctx);
}

CUresult cuCtxSynchronize_v2(CUcontext ctx)
{
	SIM_ENTER(SIM_INIT);
	if (ctx && !sim_handle_ok(ctx, SIM_H_CONTEXT))
		return CUDA_ERROR_INVALID_CONTEXT;
	return synchronize(ctx ? ctx : call.ctx);
}
