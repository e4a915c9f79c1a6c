/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where pushed ranges end, for those who must know at their beginning: a pass over the trace before
 * the pass. Memory: 16 bytes for each push and pop, and the ranges that are open. Pushes and pops
 * are joined by their level in their thread and domain, as some may not have been recorded.
 */
#include <stdio.h>
#include <stdlib.h>

#include "reader/nvtx.h"
#include "util/map.h"
#include "util/xalloc.h"

/* Of a push, where it was popped; of a pop whose push is there, its own end; or 0. */
struct end {
	uint64_t ns;
	uint32_t pop_ns; /* how long the pop took */
	bool popped;     /* and not only over */
};

struct open_range {
	size_t number;
	uint64_t domain;
	int32_t level;
};

struct thread {
	struct open_range *open;
	size_t nopen, capacity;
};

struct rd_ranges {
	struct end *ends;
	size_t count, capacity;
	size_t next; /* the main pass's */
	struct ut_map index;
	struct thread *threads;
	size_t nthreads, threads_capacity;
};

static struct thread *thread_of(struct rd_ranges *r, const struct ct_event *event)
{
	uint64_t key = (uint64_t)event->pid << 32 | event->tid;
	uint32_t *known = ut_map_get(&r->index, key);

	if (known)
		return &r->threads[*known];
	ut_grow(&r->threads, &r->threads_capacity, r->nthreads, sizeof(*r->threads));
	r->threads[r->nthreads] = (struct thread){ 0 };
	ut_map_put(&r->index, key, (uint32_t)r->nthreads);
	return &r->threads[r->nthreads++];
}

static void forget(struct thread *t, size_t i)
{
	for (t->nopen--; i < t->nopen; i++)
		t->open[i] = t->open[i + 1];
}

/* Ranges of the domain that are not further out than `level` are over: nobody saw their pops. */
static void cut(struct rd_ranges *r, struct thread *t, const struct ct_event *event, int32_t level)
{
	for (size_t i = t->nopen; level >= 0 && i-- > 0;) {
		if (t->open[i].domain != event->range_id || t->open[i].level < level)
			continue;
		r->ends[t->open[i].number].ns = event->start_ns;
		forget(t, i);
	}
}

static void pushed(struct rd_ranges *r, const struct ct_event *event, size_t number)
{
	struct thread *t = thread_of(r, event);

	cut(r, t, event, event->result);
	ut_grow(&t->open, &t->capacity, t->nopen, sizeof(*t->open));
	t->open[t->nopen++] = (struct open_range){ .number = number,
						   .domain = event->range_id,
						   .level = event->result };
}

static void popped(struct rd_ranges *r, const struct ct_event *event, size_t number)
{
	struct thread *t = thread_of(r, event);
	size_t i = t->nopen;

	if (event->result >= 0)
		cut(r, t, event, event->result + 1), i = t->nopen;
	while (i > 0 && t->open[i - 1].domain != event->range_id)
		i--;
	if (!i-- || t->open[i].level != event->result)
		return;
	r->ends[number] = (struct end){ .ns = event->end_ns, .popped = true };
	r->ends[t->open[i].number] = (struct end){
		.ns = event->end_ns,
		.pop_ns = (uint32_t)(event->end_ns - event->start_ns),
		.popped = true,
	};
	forget(t, i);
}

static void take(struct rd_ranges *r, const struct ct_event *event)
{
	if (event->range != CT_RANGE_PUSH && event->range != CT_RANGE_POP)
		return;
	ut_grow(&r->ends, &r->capacity, r->count, sizeof(*r->ends));
	r->ends[r->count] = (struct end){ 0 };
	if (event->range == CT_RANGE_PUSH)
		pushed(r, event, r->count);
	else
		popped(r, event, r->count);
	r->count++;
}

struct rd_ranges *rd_ranges_find(const struct rd_trace *trace)
{
	struct ct_event *event;
	struct rd_ranges *r;
	struct rd_trace *again;
	struct rd_error error;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", trace->fd);
	again = rd_open(path, &error);
	if (!again)
		return NULL;
	rd_want(again, 0);
	r = ut_xcalloc(1, sizeof(*r));
	event = ut_xmalloc(sizeof(*event));
	while (rd_next(again, event))
		take(r, event);
	free(event);
	rd_close(again);
	return r;
}

void rd_ranges_next(struct rd_ranges *r, struct ct_event *event, uint64_t process_ends_ns)
{
	const struct end *end = r->next < r->count ? &r->ends[r->next++] : NULL;

	if (end && end->ns) {
		event->range_end_ns = end->ns;
		event->range_pop_ns = end->pop_ns;
		if (end->popped)
			return;
	} else if (event->range == CT_RANGE_PUSH) {
		event->range_end_ns = process_ends_ns > event->end_ns ? process_ends_ns
								      : event->end_ns;
	}
	event->flags |= CT_EVENT_OPEN;
}

void rd_ranges_free(struct rd_ranges *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nthreads; i++)
		free(r->threads[i].open);
	free(r->threads);
	free(r->ends);
	ut_map_free(&r->index);
	free(r);
}
