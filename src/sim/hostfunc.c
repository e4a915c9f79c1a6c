/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of the application that run in stream order on the worker's thread.
 */
#include "sim/op.h"

#include <stdlib.h>

/*
 * fn may take as long as it likes and may wait for other threads of the application. It may not
 * call the driver: sim_enter refuses while in_callback is set.
 */
void sim_call_host(CUhostFn fn, void *data)
{
	struct sim_thread *thread = sim_thread();
	bool outer = thread->in_callback;

	thread->in_callback = true;
	fn(data);
	thread->in_callback = outer;
}

static void run(struct sim_op *op, CUstream stream)
{
	(void)stream;
	sim_call_host(op->host.fn, op->host.userData);
}

struct sim_op *sim_host_op(CUhostFn fn, void *data)
{
	struct sim_op *op = sim_op_new(SIM_OP_HOST);

	if (op) {
		op->host = (CUDA_HOST_NODE_PARAMS){ .fn = fn, .userData = data };
		op->run = run;
	}
	return op;
}

static CUresult launch(struct sim_call *call, bool per_thread, CUstream handle, CUhostFn fn,
		       void *data)
{
	CUstream stream;
	struct sim_op *op;
	CUresult error;

	if (!fn)
		return CUDA_ERROR_INVALID_VALUE;
	error = call->ctx->sticky;
	if (error == CUDA_SUCCESS)
		error = sim_stream_find(call->ctx, handle, per_thread, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	op = sim_host_op(fn, data);
	return op ? sim_submit(stream, op) : CUDA_ERROR_OUT_OF_MEMORY;
}

SIM_TWINS(ptsz, SIM_CURRENT, cuLaunchHostFunc, launch, (CUstream stream, CUhostFn fn, void *data),
	  stream, fn, data)

/* The older kind of callback: it is told the handle too. After a fault it is not called. */
struct callback {
	struct sim_op op;
	CUstreamCallback function;
	CUstream handle;
	void *data;
};

static void run_callback(struct sim_op *op, CUstream stream)
{
	struct callback *callback = (struct callback *)op;
	struct sim_thread *thread = sim_thread();
	bool broken;

	sim_lock();
	broken = stream->ctx->sticky != CUDA_SUCCESS;
	sim_unlock();
	if (broken)
		return;
	thread->in_callback = true;
	callback->function(callback->handle, CUDA_SUCCESS, callback->data);
	thread->in_callback = false;
}

static CUresult add_callback(struct sim_call *call, bool per_thread, CUstream handle,
			     CUstreamCallback function, void *data, unsigned int flags)
{
	CUstream stream;
	struct callback *callback;
	CUresult error = sim_stream_find(call->ctx, handle, per_thread, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	if (!function || flags)
		return CUDA_ERROR_INVALID_VALUE;
	if (stream->capture)
		return sim_capture_misuse(stream);
	callback = calloc(1, sizeof(*callback));
	if (!callback)
		return CUDA_ERROR_OUT_OF_MEMORY;
	*callback = (struct callback){
		.op = { .kind = SIM_OP_OTHER, .refs = 1, .run = run_callback },
		.function = function,
		.handle = handle,
		.data = data,
	};
	return sim_submit(stream, &callback->op);
}

SIM_TWINS(ptsz, SIM_CTX, cuStreamAddCallback, add_callback,
	  (CUstream stream, CUstreamCallback function, void *data, unsigned int flags), stream,
	  function, data, flags)
