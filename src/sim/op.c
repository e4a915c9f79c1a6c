/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations, recordings, and the order in which they run. Each stream has a queue and, once it has
 * had something to wait for, a worker thread that runs the queue's head when everything that the
 * head depends on is done.
 *
 * Dependencies are fixed when an operation is submitted: what the legacy stream waits for and what
 * waits for it, and the recordings of events. So a cycle cannot arise, and a worker never holds
 * anything while it waits.
 */
#include "sim/op.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct sim_op *sim_op_new(enum sim_op_kind kind)
{
	struct sim_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->kind = kind;
	op->refs = 1;
	return op;
}

void sim_op_hold(struct sim_op *op)
{
	op->refs++;
}

static void drop_deps(struct sim_op *op)
{
	for (unsigned int i = 0; i < op->dep_count; i++) {
		if (op->deps[i].stream)
			sim_stream_drop(op->deps[i].stream);
		if (op->deps[i].record)
			sim_record_drop(op->deps[i].record);
	}
	free(op->deps);
	op->deps = NULL;
	op->dep_count = 0;
}

void sim_op_drop(struct sim_op *op)
{
	if (--op->refs)
		return;
	drop_deps(op);
	if ((op->kind == SIM_OP_RECORD || op->kind == SIM_OP_WAIT) && op->event.record)
		sim_record_drop(op->event.record);
	free(op->staged);
	if (op->release)
		op->release(op);
	else
		free(op);
}

struct sim_record *sim_record_new(void)
{
	struct sim_record *record = calloc(1, sizeof(*record));

	if (record)
		record->refs = 1;
	return record;
}

void sim_record_hold(struct sim_record *record)
{
	record->refs++;
}

void sim_record_drop(struct sim_record *record)
{
	if (--record->refs == 0)
		free(record);
}

void sim_record_done(struct sim_record *record)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	record->time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	record->done = true;
	if (record->shared)
		sim_shared_done(record);
	sim_notify();
}

void sim_record_wait(struct sim_record *record)
{
	sim_record_hold(record);
	while (!record->done)
		sim_wait();
	sim_record_drop(record);
}

static bool dep_done(const struct sim_dep *dep)
{
	return dep->record ? dep->record->done : dep->stream->done >= dep->ticket;
}

static bool deps_done(const struct sim_op *op)
{
	for (unsigned int i = 0; i < op->dep_count; i++)
		if (!dep_done(&op->deps[i]))
			return false;
	return true;
}

static bool add_dep(struct sim_op *op, CUstream stream, struct sim_record *record)
{
	struct sim_dep dep = { .stream = stream, .record = record };
	struct sim_dep *deps;

	dep.ticket = stream ? stream->submitted : 0;
	if (dep_done(&dep))
		return true;
	deps = realloc(op->deps, (op->dep_count + 1) * sizeof(*deps));
	if (!deps)
		return false;
	op->deps = deps;
	op->deps[op->dep_count++] = dep;
	if (stream)
		sim_stream_hold(stream);
	if (record)
		sim_record_hold(record);
	return true;
}

bool sim_stream_blocking(const struct CUstream_st *stream)
{
	return stream->kind != SIM_STREAM_LEGACY && !(stream->flags & CU_STREAM_NON_BLOCKING);
}

/* The legacy stream waits for all blocking streams of its context, and they wait for it. */
static bool add_deps(CUstream stream, struct sim_op *op)
{
	if (stream->kind == SIM_STREAM_LEGACY) {
		for (CUstream other = stream->ctx->streams; other; other = other->ctx_next)
			if (sim_stream_blocking(other) && !add_dep(op, other, NULL))
				return false;
	} else if (sim_stream_blocking(stream) && stream->ctx->legacy) {
		if (!add_dep(op, stream->ctx->legacy, NULL))
			return false;
	}
	return op->kind != SIM_OP_WAIT || !op->event.record || add_dep(op, NULL, op->event.record);
}

/* The head is done: it leaves the queue. */
static void complete_head(CUstream stream)
{
	struct sim_op *op = stream->head;

	stream->head = op->next;
	if (!stream->head)
		stream->tail = NULL;
	stream->done = op->ticket;
	stream->running = false;
	if (op->kind == SIM_OP_RECORD && op->event.record)
		sim_record_done(op->event.record);
	else
		sim_notify();
	sim_op_drop(op);
	if (stream->head || stream->destroyed)
		pthread_cond_signal(&stream->work);
}

/*
 * Runs the head, whose dependencies are done. After a fault nothing of the context runs any more,
 * but the old kind of callback does: it is told of the error.
 */
static void run_head(CUstream stream)
{
	struct sim_op *op = stream->head;

	stream->running = true;
	if (op->run && (stream->ctx->sticky == CUDA_SUCCESS || op->kind == SIM_OP_OTHER)) {
		sim_unlock();
		op->run(op, stream);
		sim_lock();
	}
	complete_head(stream);
}

static void *work(void *argument)
{
	CUstream stream = argument;
	sigset_t all;

	/* Signals are for the application's threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	sim_thread()->is_worker = true;
	sim_lock();
	for (;;) {
		if (!stream->head || stream->running) {
			if (stream->destroyed && !stream->head)
				break;
			sim_wait_on(&stream->work);
		} else if (!deps_done(stream->head)) {
			sim_wait();
		} else {
			run_head(stream);
		}
	}
	stream->has_worker = false;
	sim_stream_drop(stream);
	sim_unlock();
	return NULL;
}

static bool start_worker(CUstream stream)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool started;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sim_stream_hold(stream);
	started = pthread_create(&thread, &attributes, work, stream) == 0;
	pthread_attr_destroy(&attributes);
	if (!started)
		sim_stream_drop(stream);
	stream->has_worker = started;
	return started;
}

static void append(CUstream stream, struct sim_op *op)
{
	op->ticket = ++stream->submitted;
	op->next = NULL;
	if (stream->tail)
		stream->tail->next = op;
	else
		stream->head = op;
	stream->tail = op;
}

/*
 * here: the operation may run on the calling thread if nothing stands before it. The stream is held
 * meanwhile: another thread may destroy it.
 */
static CUresult enqueue(CUstream stream, struct sim_op *op, bool here, uint64_t *ticket)
{
	if (!add_deps(stream, op)) {
		sim_op_drop(op);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	here = (here || op->brief || !op->run) && !stream->head && !op->dep_count;
	if (!here && !stream->has_worker && !start_worker(stream)) {
		sim_op_drop(op);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	append(stream, op);
	*ticket = op->ticket;
	if (here) {
		sim_stream_hold(stream);
		run_head(stream);
		sim_stream_drop(stream);
	} else {
		pthread_cond_signal(&stream->work);
	}
	return CUDA_SUCCESS;
}

/* What a stream that does not capture may not do because another one captures. */
static CUresult check_captures(CUstream stream)
{
	if (sim_captures && stream->kind == SIM_STREAM_LEGACY)
		return sim_capture_legacy(stream->ctx);
	return CUDA_SUCCESS;
}

CUresult sim_submit(CUstream stream, struct sim_op *op)
{
	uint64_t ticket;
	CUresult error;

	if (stream->capture)
		return sim_capture_add(stream, op);
	error = check_captures(stream);
	if (error != CUDA_SUCCESS) {
		sim_op_drop(op);
		return error;
	}
	return enqueue(stream, op, false, &ticket);
}

static CUresult wait_for(CUstream stream, uint64_t ticket)
{
	CUcontext ctx = stream->ctx;

	if (stream->done < ticket) {
		sim_stream_hold(stream);
		while (stream->done < ticket)
			sim_wait();
		sim_stream_drop(stream);
	}
	return ctx->sticky;
}

CUresult sim_submit_wait(CUstream stream, struct sim_op *op)
{
	uint64_t ticket;
	CUresult error;

	if (stream->capture)
		error = sim_capture_misuse(stream);
	else
		error = check_captures(stream);
	if (error != CUDA_SUCCESS) {
		sim_op_drop(op);
		return error;
	}
	sim_stream_hold(stream);
	error = enqueue(stream, op, true, &ticket);
	if (error == CUDA_SUCCESS)
		error = wait_for(stream, ticket);
	sim_stream_drop(stream);
	return error;
}

CUresult sim_stream_wait(CUstream stream)
{
	return wait_for(stream, stream->submitted);
}

bool sim_stream_idle(CUstream stream)
{
	return stream->done == stream->submitted;
}

/*
 * Waits for what was submitted before the call. An operation without work, with the streams as they
 * are now for its dependencies, remembers that while streams come and go.
 */
CUresult sim_context_wait(CUcontext ctx)
{
	struct sim_op *op = sim_op_new(SIM_OP_EMPTY);
	CUresult error = CUDA_SUCCESS;

	if (!op)
		return CUDA_ERROR_OUT_OF_MEMORY;
	for (CUstream stream = ctx->streams; stream; stream = stream->ctx_next)
		if (!add_dep(op, stream, NULL))
			error = CUDA_ERROR_OUT_OF_MEMORY;
	while (!deps_done(op))
		sim_wait();
	sim_op_drop(op);
	return error != CUDA_SUCCESS ? error : ctx->sticky;
}
