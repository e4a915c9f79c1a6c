/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulated driver keeps for each thread: the stack of contexts, the mode in which it
 * takes part in captures, and its per-thread default streams.
 */
#include "sim/sim.h"

#include <stdlib.h>

#include "sim/op.h"

static __thread struct sim_thread self;
static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

struct sim_thread *sim_thread(void)
{
	return &self;
}

/* Runs when the thread ends, with the key's value: its struct. The process may be ending too. */
static void thread_end(void *value)
{
	struct sim_thread *thread = value;

	sim_lock();
	for (unsigned int i = 0; i < thread->stream_count; i++) {
		sim_stream_end(thread->streams[i]);
		sim_stream_drop(thread->streams[i]);
	}
	thread->stream_count = 0;
	sim_unlock();
	free(thread->streams);
	free(thread->stack);
	thread->streams = NULL;
	thread->stack = NULL;
	thread->depth = thread->room = 0;
}

static void make_key(void)
{
	pthread_key_create(&key, thread_end);
}

void sim_thread_register(void)
{
	if (self.registered)
		return;
	pthread_once(&key_once, make_key);
	self.registered = pthread_setspecific(key, &self) == 0;
}

CUcontext sim_context_current(void)
{
	return self.depth ? self.stack[self.depth - 1] : NULL;
}

bool sim_context_push(CUcontext ctx)
{
	if (self.depth == self.room) {
		unsigned int room = self.room ? 2 * self.room : 8;
		CUcontext *stack = realloc(self.stack, room * sizeof(*stack));

		if (!stack)
			return false;
		self.stack = stack;
		self.room = room;
		sim_thread_register();
	}
	self.stack[self.depth++] = ctx;
	return true;
}

void sim_context_pop(void)
{
	if (self.depth)
		self.depth--;
}

/* Those that went with their context are forgotten on the way. */
CUstream sim_thread_stream(CUcontext ctx)
{
	for (unsigned int i = 0; i < self.stream_count;) {
		CUstream stream = self.streams[i];

		if (stream->destroyed) {
			self.streams[i] = self.streams[--self.stream_count];
			sim_stream_drop(stream);
		} else if (stream->ctx == ctx) {
			return stream;
		} else {
			i++;
		}
	}
	return NULL;
}

bool sim_thread_add_stream(CUstream stream)
{
	CUstream *streams = realloc(self.streams, (self.stream_count + 1) * sizeof(*streams));

	if (!streams)
		return false;
	streams[self.stream_count++] = stream;
	self.streams = streams;
	sim_stream_hold(stream);
	sim_thread_register();
	return true;
}
