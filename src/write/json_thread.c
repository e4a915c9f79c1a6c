/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a JSON trace: the text that names them in each line, and what of them is open. */
#include <stdlib.h>

#include "util/xalloc.h"
#include "write/json_internal.h"

static void begin_thread(struct wr_thread *thread, uint32_t pid, uint32_t tid)
{
	char *at = thread->place;

	thread->pid = pid;
	thread->tid = tid;
	thread->nopen = 0;
	at = stpcpy(at, ",\"pid\":");
	at += ut_format_u64(at, wr_json_id(pid));
	at = stpcpy(at, ",\"tid\":");
	at += ut_format_u64(at, wr_json_id(tid));
	at = stpcpy(at, ",\"ts\":");
	thread->length = (uint32_t)(at - thread->place);
}

static uint32_t find_thread(struct wr_json *json, uint32_t pid, uint32_t tid)
{
	uint64_t key = (uint64_t)pid << 32 | tid;
	uint32_t *known = ut_map_get(&json->thread_index, key);

	if (known)
		return *known;
	ut_grow(&json->threads, &json->threads_capacity, json->nthreads, sizeof(*json->threads));
	begin_thread(&json->threads[json->nthreads], pid, tid);
	ut_map_put(&json->thread_index, key, (uint32_t)json->nthreads);
	return (uint32_t)json->nthreads++;
}

struct wr_thread *wr_json_thread(struct wr_json *json, const struct ct_event *event)
{
	uint32_t *recent =
		&json->recent[event->tid % (sizeof(json->recent) / sizeof(json->recent[0]))];

	if (*recent >= json->nthreads || json->threads[*recent].tid != event->tid ||
	    json->threads[*recent].pid != event->pid)
		*recent = find_thread(json, event->pid, event->tid);
	return &json->threads[*recent];
}

/*
 * The reader nests the calls of a ring; but a number is given to one thread after the other, and
 * to one process in each of two namespaces.
 */
uint64_t wr_json_nest(struct wr_thread *thread, uint64_t start_ns, uint64_t end_ns)
{
	if (end_ns < start_ns)
		end_ns = start_ns;
	while (thread->nopen && thread->open_ends[thread->nopen - 1] <= start_ns)
		thread->nopen--;
	if (thread->nopen && end_ns > thread->open_ends[thread->nopen - 1])
		end_ns = thread->open_ends[thread->nopen - 1];
	if (thread->nopen < WR_NESTING)
		thread->open_ends[thread->nopen++] = end_ns;
	return end_ns;
}

void wr_json_threads_free(struct wr_json *json)
{
	ut_map_free(&json->thread_index);
	free(json->threads);
}
