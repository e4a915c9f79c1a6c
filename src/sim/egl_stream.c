/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EGL streams. There is no EGL: every address but NULL is a stream, which comes into being with
 * its consumer. The consumer connects first, then the producer, each to one stream; both may be in
 * one process only.
 *
 * A frame goes round: presented by the producer, acquired by the consumer as a resource, released,
 * and returned to the producer, each step in the order of the one before. Up to eight frames wait
 * to be acquired. A frame that was acquired is not acquired again, as on a stream made without
 * reuse. Present and release wait for what the CUDA stream named with them was given before, so
 * that the other side sees the bytes. Whoever waits in vain gets LAUNCH_TIMEOUT.
 */
#include <stdlib.h>
#include <time.h>

#include "sim/graphics.h"
#include "sim/op.h"

#define MOST_WAITING    8
#define INFINITE        0xffffffffu
#define LONGEST_WAIT_US 100000u

/* Frames in the order in which they came. */
struct frame {
	CUeglFrame frame;
	struct frame *next;
};

struct queue {
	struct frame *first, **last;
	unsigned int count;
};

struct egl_stream {
	const void *token;
	CUeglStreamConnection producer, consumer;
	bool produced; /* had a producer at some time */
	unsigned int width, height;
	struct queue presented, released;
	struct egl_stream *next;
};

/* One end of a stream. */
struct CUeglStreamConnection_st {
	struct egl_stream *stream;
	CUcontext ctx;
};

static struct egl_stream *streams;

static CUresult put(struct queue *queue, const CUeglFrame *frame)
{
	struct frame *item = malloc(sizeof(*item));

	if (!item)
		return CUDA_ERROR_OUT_OF_MEMORY;
	item->frame = *frame;
	item->next = NULL;
	*queue->last = item;
	queue->last = &item->next;
	queue->count++;
	sim_notify();
	return CUDA_SUCCESS;
}

static void take(struct queue *queue, CUeglFrame *frame)
{
	struct frame *item = queue->first;

	*frame = item->frame;
	queue->first = item->next;
	if (!queue->first)
		queue->last = &queue->first;
	queue->count--;
	free(item);
}

static struct egl_stream *find(const void *token)
{
	struct egl_stream *stream = streams;

	while (stream && stream->token != token)
		stream = stream->next;
	return stream;
}

static struct egl_stream *new_stream(const void *token)
{
	struct egl_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->token = token;
	stream->presented.last = &stream->presented.first;
	stream->released.last = &stream->released.first;
	stream->next = streams;
	streams = stream;
	return stream;
}

/* Gone once nobody is connected. */
static void leave(struct egl_stream *stream)
{
	struct egl_stream **link = &streams;
	CUeglFrame frame;

	sim_notify();
	if (stream->producer || stream->consumer)
		return;
	while (*link != stream)
		link = &(*link)->next;
	*link = stream->next;
	while (stream->presented.first)
		take(&stream->presented, &frame);
	while (stream->released.first)
		take(&stream->released, &frame);
	free(stream);
}

static CUeglStreamConnection new_end(struct egl_stream *stream, CUcontext ctx)
{
	CUeglStreamConnection conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	if (!sim_handle_add(conn, SIM_H_EGL_CONNECTION)) {
		free(conn);
		return NULL;
	}
	conn->stream = stream;
	conn->ctx = ctx;
	return conn;
}

static bool is_consumer(const CUeglStreamConnection *conn)
{
	return conn && sim_handle_ok(*conn, SIM_H_EGL_CONNECTION) &&
	       (*conn)->stream->consumer == *conn;
}

static bool is_producer(const CUeglStreamConnection *conn)
{
	return conn && sim_handle_ok(*conn, SIM_H_EGL_CONNECTION) &&
	       (*conn)->stream->producer == *conn;
}

static CUresult connect_consumer(CUcontext ctx, CUeglStreamConnection *conn, const void *token)
{
	struct egl_stream *stream;

	if (!token)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!conn)
		return CUDA_ERROR_INVALID_VALUE;
	if (find(token))
		return CUDA_ERROR_INVALID_HANDLE;
	stream = new_stream(token);
	if (!stream)
		return CUDA_ERROR_OUT_OF_MEMORY;
	stream->consumer = new_end(stream, ctx);
	if (!stream->consumer) {
		leave(stream);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	*conn = stream->consumer;
	return CUDA_SUCCESS;
}

CUresult cuEGLStreamConsumerConnect(CUeglStreamConnection *conn, void *stream)
{
	SIM_ENTER(SIM_CTX);
	return connect_consumer(call.ctx, conn, stream);
}

CUresult cuEGLStreamConsumerConnectWithFlags(CUeglStreamConnection *conn, void *stream,
					     unsigned int flags)
{
	SIM_ENTER(SIM_CTX);
	if (flags > CU_EGL_RESOURCE_LOCATION_VIDMEM)
		return CUDA_ERROR_INVALID_VALUE;
	return connect_consumer(call.ctx, conn, stream);
}

/* Once a producer has left, the stream takes no other one. */
CUresult cuEGLStreamProducerConnect(CUeglStreamConnection *conn, void *token, int width, int height)
{
	struct egl_stream *stream;

	SIM_ENTER(SIM_CTX);
	if (!token)
		return CUDA_ERROR_INVALID_HANDLE;
	if (!conn || width <= 0 || height <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	stream = find(token);
	if (!stream || !stream->consumer || stream->produced)
		return CUDA_ERROR_INVALID_HANDLE;
	stream->producer = new_end(stream, call.ctx);
	if (!stream->producer)
		return CUDA_ERROR_OUT_OF_MEMORY;
	stream->produced = true;
	stream->width = (unsigned int)width;
	stream->height = (unsigned int)height;
	*conn = stream->producer;
	return CUDA_SUCCESS;
}

/* A resource that is still acquired stays usable as one of EGL, and can be unregistered. */
CUresult cuEGLStreamConsumerDisconnect(CUeglStreamConnection *conn)
{
	CUeglStreamConnection own;

	SIM_ENTER(SIM_CTX);
	if (!is_consumer(conn))
		return CUDA_ERROR_INVALID_HANDLE;
	own = *conn;
	own->stream->consumer = NULL;
	leave(own->stream);
	sim_handle_remove(own);
	free(own);
	return CUDA_SUCCESS;
}

CUresult cuEGLStreamProducerDisconnect(CUeglStreamConnection *conn)
{
	CUeglStreamConnection own;

	SIM_ENTER(SIM_CTX);
	if (!is_producer(conn))
		return CUDA_ERROR_INVALID_HANDLE;
	own = *conn;
	own->stream->producer = NULL;
	leave(own->stream);
	sim_handle_remove(own);
	free(own);
	return CUDA_SUCCESS;
}

/* Releases the lock. No stream named: the default one. */
static CUresult wait_for_stream(CUcontext ctx, const CUstream *handle)
{
	CUstream stream;
	CUresult error = sim_stream_find(ctx, handle ? *handle : NULL, false, &stream);

	if (error != CUDA_SUCCESS)
		return error;
	return stream->capture ? sim_capture_misuse(stream) : sim_stream_wait(stream);
}

/* A part of the memory may be shown, but no more than the stream was made for. */
CUresult cuEGLStreamProducerPresentFrame(CUeglStreamConnection *conn, CUeglFrame frame,
					 CUstream *handle)
{
	struct egl_stream *stream;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!is_producer(conn))
		return CUDA_ERROR_INVALID_HANDLE;
	error = sim_egl_frame_check(&frame);
	if (error == CUDA_SUCCESS)
		error = wait_for_stream(call.ctx, handle);
	if (error != CUDA_SUCCESS)
		return error;
	if (!is_producer(conn) || !(*conn)->stream->consumer)
		return CUDA_ERROR_INVALID_HANDLE;
	stream = (*conn)->stream;
	if (frame.width > stream->width || frame.height > stream->height)
		return CUDA_ERROR_INVALID_VALUE;
	if (stream->presented.count == MOST_WAITING)
		return CUDA_ERROR_LAUNCH_TIMEOUT;
	return put(&stream->presented, &frame);
}

CUresult cuEGLStreamProducerReturnFrame(CUeglStreamConnection *conn, CUeglFrame *frame,
					CUstream *handle)
{
	CUstream stream;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!is_producer(conn))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!frame)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call.ctx, handle ? *handle : NULL, false, &stream);
	if (error != CUDA_SUCCESS)
		return error;
	if (!(*conn)->stream->released.count)
		return CUDA_ERROR_LAUNCH_TIMEOUT;
	take(&(*conn)->stream->released, frame);
	return CUDA_SUCCESS;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

/* Until there is a frame to acquire. Either side may leave meanwhile. */
static CUresult wait_for_frame(const CUeglStreamConnection *conn, unsigned int timeout)
{
	uint64_t now = now_us(), end = now + timeout;

	while (is_consumer(conn)) {
		const struct egl_stream *stream = (*conn)->stream;
		uint64_t left = timeout == INFINITE ? LONGEST_WAIT_US : end - now;

		if (stream->presented.count)
			return CUDA_SUCCESS;
		if (stream->produced && !stream->producer)
			return CUDA_ERROR_INVALID_HANDLE;
		if (timeout != INFINITE && now >= end)
			return CUDA_ERROR_LAUNCH_TIMEOUT;
		sim_wait_briefly(left < LONGEST_WAIT_US ? (unsigned int)left : LONGEST_WAIT_US);
		now = now_us();
	}
	return CUDA_ERROR_INVALID_HANDLE;
}

CUresult cuEGLStreamConsumerAcquireFrame(CUeglStreamConnection *conn, CUgraphicsResource *out,
					 CUstream *handle, unsigned int timeout)
{
	CUgraphicsResource resource;
	CUstream stream;
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!is_consumer(conn))
		return CUDA_ERROR_INVALID_HANDLE;
	if (!out)
		return CUDA_ERROR_INVALID_VALUE;
	error = sim_stream_find(call.ctx, handle ? *handle : NULL, false, &stream);
	if (error == CUDA_SUCCESS)
		error = wait_for_frame(conn, timeout);
	if (error != CUDA_SUCCESS)
		return error;
	resource = sim_graphics_new(call.ctx, SIM_G_EGL);
	if (!resource)
		return CUDA_ERROR_OUT_OF_MEMORY;
	take(&(*conn)->stream->presented, &resource->frame);
	resource->acquired_by = *conn;
	*out = resource;
	return CUDA_SUCCESS;
}

CUresult cuEGLStreamConsumerReleaseFrame(CUeglStreamConnection *conn, CUgraphicsResource resource,
					 CUstream *handle)
{
	CUresult error;

	SIM_ENTER(SIM_CTX);
	if (!is_consumer(conn))
		return CUDA_ERROR_INVALID_HANDLE;
	error = wait_for_stream(call.ctx, handle);
	if (error != CUDA_SUCCESS)
		return error;
	if (!is_consumer(conn) || sim_graphics_check(call.ctx, resource) != CUDA_SUCCESS ||
	    resource->acquired_by != *conn)
		return CUDA_ERROR_INVALID_HANDLE;
	error = put(&(*conn)->stream->released, &resource->frame);
	if (error == CUDA_SUCCESS)
		sim_graphics_delete(resource);
	return error;
}
