/* SPDX-License-Identifier: Apache-2.0 */
#include "write/threads.h"

#include <stdlib.h>

#include "util/xalloc.h"

#define RECENT (sizeof(((struct wr_threads *)0)->recent) / sizeof(uint32_t))

static uint32_t number_of(struct wr_threads *threads, const struct ct_event *event)
{
	uint64_t key = (uint64_t)event->process << 32 | event->tid;
	uint32_t *known = ut_map_get(&threads->index, key);

	if (known)
		return *known;
	ut_grow(&threads->list, &threads->capacity, threads->count, sizeof(*threads->list));
	threads->list[threads->count] = (struct wr_thread){
		.process = event->process,
		.tid = event->tid,
	};
	ut_map_put(&threads->index, key, (uint32_t)threads->count);
	return (uint32_t)threads->count++;
}

struct wr_thread *wr_threads_get(struct wr_threads *threads, const struct ct_event *event)
{
	uint32_t *recent = &threads->recent[event->tid % RECENT];
	struct wr_thread *thread = *recent ? &threads->list[*recent - 1] : NULL;

	if (thread && thread->tid == event->tid && thread->process == event->process)
		return thread;
	*recent = 1 + number_of(threads, event);
	return &threads->list[*recent - 1];
}

const struct wr_open *wr_thread_ended(struct wr_thread *thread, uint64_t now)
{
	if (!thread->nopen || thread->open[thread->nopen - 1].end_ns > now)
		return NULL;
	return &thread->open[--thread->nopen];
}

void wr_thread_begin(struct wr_thread *thread, const struct ct_event *event, uint32_t node)
{
	struct wr_open *outer = thread->nopen ? &thread->open[thread->nopen - 1] : NULL;
	uint64_t end_ns = event->end_ns > event->start_ns ? event->end_ns : event->start_ns;

	if (outer && end_ns > outer->end_ns)
		end_ns = outer->end_ns;
	if (outer)
		outer->inner_ns += end_ns - event->start_ns;
	ut_grow(&thread->open, &thread->capacity, thread->nopen, sizeof(*thread->open));
	thread->open[thread->nopen++] = (struct wr_open){
		.start_ns = event->start_ns,
		.end_ns = end_ns,
		.node = node,
	};
}

void wr_threads_free(struct wr_threads *threads)
{
	for (size_t i = 0; i < threads->count; i++)
		free(threads->list[i].open);
	free(threads->list);
	ut_map_free(&threads->index);
	*threads = (struct wr_threads){ .count = 0 };
}
