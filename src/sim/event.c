/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: places in a stream's work that can be waited for and timed.
 */
#include "sim/op.h"

#include <stdlib.h>

#include "sim/graph.h"

#define EVENT_FLAGS (CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING | CU_EVENT_INTERPROCESS)

CUevent sim_event_new(CUcontext ctx, unsigned int flags)
{
	CUevent event = calloc(1, sizeof(*event));

	if (!event || !sim_handle_add(event, SIM_H_EVENT)) {
		free(event);
		return NULL;
	}
	event->ctx = ctx;
	event->flags = flags;
	return event;
}

CUresult cuEventCreate(CUevent *event, unsigned int flags)
{
	CUevent made;

	SIM_ENTER(SIM_CTX);
	/* An event for other processes cannot keep time. */
	if (!event || (flags & ~(unsigned int)EVENT_FLAGS) ||
	    ((flags & CU_EVENT_INTERPROCESS) && !(flags & CU_EVENT_DISABLE_TIMING)))
		return CUDA_ERROR_INVALID_VALUE;
	made = sim_event_new(call.ctx, flags);
	if (!made)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*event = made;
	return CUDA_SUCCESS;
}

static void set_record(CUevent event, struct sim_record *record)
{
	if (record)
		sim_record_hold(record);
	if (event->record)
		sim_record_drop(event->record);
	event->record = record;
}

/* What still waits for the event's recording goes on doing so. */
CUresult cuEventDestroy_v2(CUevent event)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_handle_ok(event, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	if (event->ctx->sticky != CUDA_SUCCESS)
		return event->ctx->sticky;
	if (event->capture)
		sim_capture_event_forget(event);
	sim_handle_remove(event);
	set_record(event, NULL);
	free(event);
	return CUDA_SUCCESS;
}

struct sim_op *sim_record_op(CUevent event)
{
	struct sim_op *op = sim_op_new(SIM_OP_RECORD);

	if (op)
		op->event.event = event;
	return op;
}

struct sim_op *sim_wait_op(CUevent event)
{
	struct sim_op *op = sim_op_new(SIM_OP_WAIT);

	if (op)
		op->event.event = event;
	return op;
}

CUresult sim_event_record(CUstream stream, CUevent event)
{
	struct sim_op *op = sim_record_op(event);

	if (op)
		op->event.record = sim_record_new();
	if (!op || !op->event.record) {
		if (op)
			sim_op_drop(op);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	if (event->capture)
		sim_capture_event_forget(event);
	if (event->shared)
		sim_shared_record(event, op->event.record);
	/* Set before it is submitted: on an idle stream it is done at once. */
	set_record(event, op->event.record);
	return sim_submit(stream, op);
}

static CUresult record(struct sim_call *call, bool per_thread, CUevent event, CUstream handle,
		       unsigned int flags)
{
	CUstream stream;
	CUresult error;

	/* What stands for a sync object of EGL is signalled there. */
	if (!sim_handle_ok(event, SIM_H_EVENT) || event->imported)
		return CUDA_ERROR_INVALID_HANDLE;
	if (flags & ~(unsigned int)CU_EVENT_RECORD_EXTERNAL)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (event->ctx != stream->ctx)
		return CUDA_ERROR_INVALID_HANDLE;
	if (stream->capture)
		return sim_capture_record(stream, event, flags);
	/* External recordings are for graphs. */
	if (flags)
		return CUDA_ERROR_ILLEGAL_STATE;
	return sim_event_record(stream, event);
}

static CUresult record_plain(struct sim_call *call, bool per_thread, CUevent event, CUstream stream)
{
	return record(call, per_thread, event, stream, CU_EVENT_RECORD_DEFAULT);
}

SIM_TWINS(ptsz, SIM_CTX, cuEventRecord, record_plain, (CUevent event, CUstream stream), event,
	  stream)
SIM_TWINS(ptsz, SIM_CTX, cuEventRecordWithFlags, record,
	  (CUevent event, CUstream stream, unsigned int flags), event, stream, flags)

static CUresult wait_event(struct sim_call *call, bool per_thread, CUstream handle, CUevent event,
			   unsigned int flags)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error;

	if (flags & ~(unsigned int)CU_EVENT_WAIT_EXTERNAL)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_handle_ok(event, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (stream->capture || event->capture)
		return sim_capture_wait(stream, event, flags);
	if (flags)
		return CUDA_ERROR_ILLEGAL_STATE;
	op = event->shared ? sim_shared_wait_op(event->shared) : sim_wait_op(event);
	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (event->shared)
		return sim_submit(stream, op);
	op->event.record = event->record;
	if (event->record)
		sim_record_hold(event->record);
	return sim_submit(stream, op);
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamWaitEvent, wait_event,
	  (CUstream stream, CUevent event, unsigned int flags), stream, event, flags)

/* Looking at an event: forbidden for a captured one, and by a capture for others. */
static CUresult look_at(CUevent event)
{
	if (!sim_handle_ok(event, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!event->ctx->alive)
		return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	if (event->capture)
		return sim_capture_event_use(event);
	return sim_captures ? sim_capture_unsafe() : CUDA_SUCCESS;
}

CUresult cuEventQuery(CUevent event)
{
	CUresult error;

	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	error = look_at(event);
	if (error != CUDA_SUCCESS)
		return error;
	if (event->ctx->sticky != CUDA_SUCCESS)
		return event->ctx->sticky;
	if (event->shared)
		return sim_shared_pending(event->shared) ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS;
	return !event->record || event->record->done ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

CUresult cuEventSynchronize(CUevent event)
{
	CUcontext ctx;
	CUresult error;

	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	error = look_at(event);
	if (error != CUDA_SUCCESS)
		return error;
	/* The event may be destroyed during the wait; contexts are not freed. */
	ctx = event->ctx;
	while (event->shared && sim_shared_pending(event->shared)) {
		sim_wait_briefly(200);
		if (!sim_handle_ok(event, SIM_H_EVENT))
			return ctx->sticky;
	}
	if (event->record)
		sim_record_wait(event->record);
	return ctx->sticky;
}

/* INVALID_HANDLE where there is nothing to subtract. */
static CUresult elapsed(float *milliseconds, CUevent start, CUevent end)
{
	if (!milliseconds || !sim_handle_ok(start, SIM_H_EVENT) || !sim_handle_ok(end, SIM_H_EVENT))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!start->ctx->alive || !end->ctx->alive)
		return CUDA_ERROR_CONTEXT_IS_DESTROYED;
	/* Recorded in a capture last. The question alone does not harm one that is under way. */
	if (start->capture || end->capture) {
		if (sim_capture_valid(start->capture ? start->capture : end->capture))
			return CUDA_ERROR_CAPTURED_EVENT;
		return CUDA_ERROR_INVALID_VALUE;
	}
	if (((start->flags | end->flags) & CU_EVENT_DISABLE_TIMING) || !start->record ||
	    !end->record || start->ctx->device != end->ctx->device)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!start->record->done || !end->record->done)
		return CUDA_ERROR_NOT_READY;
	*milliseconds =
		(float)((double)((int64_t)end->record->time - (int64_t)start->record->time) / 1e6);
	return CUDA_SUCCESS;
}

CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end)
{
	CUresult error;

	SIM_ENTER(SIM_INIT);
	error = elapsed(milliseconds, start, end);
	if (error == CUDA_SUCCESS && start->ctx->sticky != CUDA_SUCCESS)
		return start->ctx->sticky;
	return error;
}

/*
 * Differs from the older form in nothing that is modelled: it need not tell of a fault that nobody
 * has asked about, but on an H100 it does.
 */
CUresult cuEventElapsedTime_v2(float *milliseconds, CUevent start, CUevent end)
{
	return cuEventElapsedTime(milliseconds, start, end);
}

void sim_event_record_now(CUevent event)
{
	struct sim_record *record;

	sim_lock();
	record = sim_handle_ok(event, SIM_H_EVENT) ? sim_record_new() : NULL;
	if (record) {
		sim_record_done(record);
		set_record(event, record);
		sim_record_drop(record);
	}
	sim_unlock();
}

void sim_event_wait_now(CUevent event)
{
	sim_lock();
	if (sim_handle_ok(event, SIM_H_EVENT) && event->record)
		sim_record_wait(event->record);
	sim_unlock();
}
