/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: created ones, the legacy default stream of a context, and the default stream that each
 * thread has in each context.
 */
#include "sim/op.h"

#include <stdlib.h>
#include <string.h>

#include "sim/capture.h"

/* NVIDIA's driver gives the first numbers to a context's own streams. */
#define FIRST_LEGACY 7
static unsigned long long last_id = 15;

static unsigned long long new_id(enum sim_stream_kind kind)
{
	static bool legacy;

	if (kind != SIM_STREAM_LEGACY || legacy)
		return ++last_id;
	legacy = true;
	return FIRST_LEGACY;
}

static int clamp_priority(int priority)
{
	if (priority > SIM_LEAST_PRIORITY)
		return SIM_LEAST_PRIORITY;
	return priority < SIM_GREATEST_PRIORITY ? SIM_GREATEST_PRIORITY : priority;
}

static void set_defaults(CUstream stream, enum sim_stream_kind kind, unsigned int flags,
			 int priority)
{
	stream->kind = kind;
	stream->flags = flags;
	stream->priority = clamp_priority(priority);
	stream->id = new_id(kind);
	/* What NVIDIA's driver answers before one is set; none of the enumerators. */
	stream->sync_policy.syncPolicy = (CUsynchronizationPolicy)-1;
	stream->mem_sync_domain_map.memSyncDomainMap.remote = 1;
}

static CUstream new_stream(CUcontext ctx, enum sim_stream_kind kind, unsigned int flags,
			   int priority)
{
	CUstream stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	if (!sim_handle_add(stream, SIM_H_STREAM)) {
		free(stream);
		return NULL;
	}
	stream->refs = 1;
	stream->ctx = ctx;
	set_defaults(stream, kind, flags, priority);
	pthread_cond_init(&stream->work, NULL);
	stream->ctx_next = ctx->streams;
	ctx->streams = stream;
	return stream;
}

void sim_stream_hold(CUstream stream)
{
	stream->refs++;
}

/* A stream with queued work has a worker, which holds it: the last one out finds it empty. */
void sim_stream_drop(CUstream stream)
{
	if (--stream->refs)
		return;
	for (CUstream *link = &stream->ctx->streams; *link; link = &(*link)->ctx_next)
		if (*link == stream) {
			*link = stream->ctx_next;
			break;
		}
	pthread_cond_destroy(&stream->work);
	free(stream);
}

void sim_stream_end(CUstream stream)
{
	if (stream->destroyed)
		return;
	if (stream->capture)
		sim_capture_stream_end(stream);
	sim_handle_remove(stream);
	stream->destroyed = true;
	pthread_cond_signal(&stream->work);
	sim_notify();
	sim_stream_drop(stream);
}

static CUresult find_default(CUcontext ctx, bool per_thread, CUstream *stream)
{
	if (!ctx)
		return CUDA_ERROR_INVALID_CONTEXT;
	*stream = per_thread ? sim_thread_stream(ctx) : ctx->legacy;
	if (*stream)
		return CUDA_SUCCESS;
	*stream = new_stream(ctx, per_thread ? SIM_STREAM_THREAD : SIM_STREAM_LEGACY, 0, 0);
	if (!*stream)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (!per_thread)
		ctx->legacy = *stream;
	else if (!sim_thread_add_stream(*stream))
		return CUDA_ERROR_OUT_OF_MEMORY;
	return CUDA_SUCCESS;
}

CUresult sim_stream_find(CUcontext ctx, CUstream handle, bool per_thread, CUstream *stream)
{
	if (!handle)
		handle = per_thread ? CU_STREAM_PER_THREAD : CU_STREAM_LEGACY;
	if (handle == CU_STREAM_LEGACY || handle == CU_STREAM_PER_THREAD)
		return find_default(ctx, handle == CU_STREAM_PER_THREAD, stream);
	if (!sim_handle_ok(handle, SIM_H_STREAM))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!handle->ctx->alive)
		return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	*stream = handle;
	return CUDA_SUCCESS;
}

/* In a broken context there is a new stream too, beside the error. */
static CUresult create(CUcontext ctx, CUstream *out, unsigned int flags, int priority)
{
	if (!out || (flags & ~(unsigned int)CU_STREAM_NON_BLOCKING))
		return CUDA_ERROR_INVALID_VALUE;
	*out = new_stream(ctx, SIM_STREAM_USER, flags, priority);
	return *out ? ctx->sticky : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuStreamCreate(CUstream *stream, unsigned int flags)
{
	SIM_ENTER(SIM_CURRENT);
	return create(call.ctx, stream, flags, 0);
}

CUresult cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority)
{
	SIM_ENTER(SIM_CURRENT);
	return create(call.ctx, stream, flags, priority);
}

/* Returns at once; what is queued still runs. The default streams are not to be destroyed. */
CUresult cuStreamDestroy_v2(CUstream stream)
{
	SIM_ENTER(SIM_CURRENT);
	if (!sim_handle_ok(stream, SIM_H_STREAM) || stream->kind != SIM_STREAM_USER)
		return CUDA_ERROR_INVALID_HANDLE;
	if (call.ctx->sticky != CUDA_SUCCESS)
		return call.ctx->sticky;
	sim_stream_end(stream);
	return CUDA_SUCCESS;
}

/* A capture forbids looking at streams, be they part of it or (by the thread's mode) not. */
static CUresult check_captures(CUstream stream)
{
	if (!sim_captures)
		return CUDA_SUCCESS;
	if (stream->capture)
		return sim_capture_misuse(stream);
	if (stream->kind == SIM_STREAM_LEGACY && sim_capture_legacy(stream->ctx) != CUDA_SUCCESS)
		return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
	return sim_capture_unsafe();
}

static CUresult query(struct sim_call *call, bool per_thread, CUstream handle)
{
	CUstream stream;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error == CUDA_SUCCESS)
		error = check_captures(stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (stream->ctx->sticky != CUDA_SUCCESS)
		return stream->ctx->sticky;
	if (!sim_stream_idle(stream))
		return CUDA_ERROR_NOT_READY;
	/* The legacy stream stands for the blocking ones too. */
	if (stream->kind == SIM_STREAM_LEGACY)
		for (CUstream other = stream->ctx->streams; other; other = other->ctx_next)
			if (sim_stream_blocking(other) && !sim_stream_idle(other))
				return CUDA_ERROR_NOT_READY;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamQuery, query, (CUstream stream), stream)

/* Waiting on the legacy stream waits for the blocking ones too, as an operation on it would. */
static CUresult synchronize(struct sim_call *call, bool per_thread, CUstream handle)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error == CUDA_SUCCESS)
		error = check_captures(stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (stream->kind != SIM_STREAM_LEGACY)
		return sim_stream_wait(stream);
	op = sim_op_new(SIM_OP_EMPTY);
	return op ? sim_submit_wait(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamSynchronize, synchronize, (CUstream stream), stream)

/* To ask about a stream in capture spoils the capture. */
static CUresult find_uncaptured(struct sim_call *call, bool per_thread, CUstream handle,
				CUstream *stream)
{
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, stream);

	if (error == CUDA_SUCCESS && (*stream)->capture)
		error = sim_capture_misuse(*stream);
	return error;
}

/* Other questions do no harm, and are refused only when the capture was spoilt before. */
static CUresult find_unspoilt(struct sim_call *call, bool per_thread, CUstream handle,
			      CUstream *stream)
{
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, stream);

	if (error == CUDA_SUCCESS && (*stream)->capture && (*stream)->capture->invalid)
		return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
	return error;
}

static CUresult get_flags(struct sim_call *call, bool per_thread, CUstream handle,
			  unsigned int *flags)
{
	CUstream stream;
	CUresult error = find_uncaptured(call, per_thread, handle, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!flags)
		return CUDA_ERROR_INVALID_VALUE;
	*flags = stream->flags;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetFlags, get_flags, (CUstream stream, unsigned int *flags),
	  stream, flags)

static CUresult get_priority(struct sim_call *call, bool per_thread, CUstream handle, int *priority)
{
	CUstream stream;
	CUresult error = find_unspoilt(call, per_thread, handle, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!priority)
		return CUDA_ERROR_INVALID_VALUE;
	*priority = stream->priority;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetPriority, get_priority, (CUstream stream, int *priority),
	  stream, priority)

static CUresult get_id(struct sim_call *call, bool per_thread, CUstream handle,
		       unsigned long long *id)
{
	CUstream stream;
	CUresult error = find_uncaptured(call, per_thread, handle, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!id)
		return CUDA_ERROR_INVALID_VALUE;
	*id = stream->id;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetId, get_id, (CUstream stream, unsigned long long *id), stream,
	  id)

static CUresult get_ctx(struct sim_call *call, bool per_thread, CUstream handle, CUcontext *ctx)
{
	CUstream stream;
	CUresult error = find_unspoilt(call, per_thread, handle, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!ctx)
		return CUDA_ERROR_INVALID_VALUE;
	*ctx = stream->ctx;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetCtx, get_ctx, (CUstream stream, CUcontext *ctx), stream, ctx)

/* There are no green contexts here. */
static CUresult get_ctx_v2(struct sim_call *call, bool per_thread, CUstream handle, CUcontext *ctx,
			   CUgreenCtx *green)
{
	if (green)
		*green = NULL;
	return get_ctx(call, per_thread, handle, ctx);
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetCtx_v2, get_ctx_v2,
	  (CUstream stream, CUcontext *ctx, CUgreenCtx *green), stream, ctx, green)

static CUresult get_device(struct sim_call *call, bool per_thread, CUstream handle,
			   CUdevice *device)
{
	CUstream stream;
	CUresult error = find_uncaptured(call, per_thread, handle, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!device)
		return CUDA_ERROR_INVALID_VALUE;
	*device = stream->ctx->device->ordinal;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetDevice, get_device, (CUstream stream, CUdevice *device), stream,
	  device)

/* Where an attribute is kept, and how many bytes of the value it has; NULL: no stream has it. */
static void *attribute(CUstream stream, CUstreamAttrID id, size_t *size)
{
	switch ((int)id) {
	case CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW:
		*size = sizeof(stream->access_window.accessPolicyWindow);
		return &stream->access_window;
	case CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY:
		*size = sizeof(stream->sync_policy.syncPolicy);
		return &stream->sync_policy;
	case CU_LAUNCH_ATTRIBUTE_PRIORITY:
		*size = sizeof(stream->priority);
		return &stream->priority;
	case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP:
		*size = sizeof(stream->mem_sync_domain_map.memSyncDomainMap);
		return &stream->mem_sync_domain_map;
	case CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN:
		*size = sizeof(stream->mem_sync_domain.memSyncDomain);
		return &stream->mem_sync_domain;
	default:
		return NULL;
	}
}

static CUresult get_attribute(struct sim_call *call, bool per_thread, CUstream handle,
			      CUstreamAttrID id, CUstreamAttrValue *value)
{
	CUstream stream;
	size_t size = 0;
	const void *kept;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	kept = attribute(stream, id, &size);
	if (!kept || !value)
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(value, kept, size);
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamGetAttribute, get_attribute,
	  (CUstream stream, CUstreamAttrID id, CUstreamAttrValue *value), stream, id, value)

#define DOMAINS 4

/* What misses can be anything but persisting, even what does not exist. */
static bool window_ok(const CUaccessPolicyWindow *window)
{
	int most = sim_device_limit(CU_DEVICE_ATTRIBUTE_MAX_ACCESS_POLICY_WINDOW_SIZE);

	return window->hitRatio >= 0 && window->hitRatio <= 1 &&
	       window->missProp != CU_ACCESS_PROPERTY_PERSISTING &&
	       window->num_bytes <= (size_t)most;
}

static bool value_ok(CUstreamAttrID id, const CUstreamAttrValue *value)
{
	if (id == CU_LAUNCH_ATTRIBUTE_SYNCHRONIZATION_POLICY)
		return value->syncPolicy >= CU_SYNC_POLICY_AUTO &&
		       value->syncPolicy <= CU_SYNC_POLICY_BLOCKING_SYNC;
	if (id == CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW)
		return window_ok(&value->accessPolicyWindow);
	if (id == CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN_MAP)
		return value->memSyncDomainMap.default_ < DOMAINS &&
		       value->memSyncDomainMap.remote < DOMAINS;
	if (id == CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN)
		return (unsigned int)value->memSyncDomain <= CU_LAUNCH_MEM_SYNC_DOMAIN_REMOTE;
	return true;
}

static CUresult set_attribute(struct sim_call *call, bool per_thread, CUstream handle,
			      CUstreamAttrID id, const CUstreamAttrValue *value)
{
	CUstream stream;
	size_t size = 0;
	void *kept;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	kept = attribute(stream, id, &size);
	if (!kept || !value || !value_ok(id, value))
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(kept, value, size);
	stream->priority = clamp_priority(stream->priority);
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamSetAttribute, set_attribute,
	  (CUstream stream, CUstreamAttrID id, const CUstreamAttrValue *value), stream, id, value)

static CUresult copy_attributes(struct sim_call *call, bool per_thread, CUstream to, CUstream from)
{
	CUstream target, source;
	CUresult error = sim_stream_find(call->ctx, to, per_thread, &target);

	if (error == CUDA_SUCCESS)
		error = sim_stream_find(call->ctx, from, per_thread, &source);
	if (error != CUDA_SUCCESS)
		return error;
	target->access_window = source->access_window;
	target->sync_policy = source->sync_policy;
	target->priority = source->priority;
	target->mem_sync_domain = source->mem_sync_domain;
	target->mem_sync_domain_map = source->mem_sync_domain_map;
	return CUDA_SUCCESS;
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamCopyAttributes, copy_attributes, (CUstream to, CUstream from), to,
	  from)
