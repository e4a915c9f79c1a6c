/* SPDX-License-Identifier: Apache-2.0 */
/* The k-way merge: a heap of traces by the start of their next event. */
#include <stdlib.h>
#include <string.h>

#include "analysis/merge_internal.h"
#include "util/heap.h"
#include "util/xalloc.h"

/* Of those that start together the one of the trace that was named first. */
static bool is_before(const struct an_merge_source *a, const struct an_merge_source *b)
{
	if (a->event.start_ns != b->event.start_ns)
		return a->event.start_ns < b->event.start_ns;
	return a < b;
}

UT_HEAP_SIFT_DOWN(sift_down, struct an_merge_source, is_before)

/* ---- one source ---------------------------------------------------------------------------- */

/* From the trace's own ids and times to those of the merged trace. */
static void change_event(const struct an_merge *merge, const struct an_merge_source *source,
			 struct ct_event *event)
{
	uint32_t process = event->process, shift = 0;

	if (process < source->header->nprocesses)
		shift = source->pid_shifts[process];
	event->process = source->first_process + process;
	if (event->process >= merge->header.nprocesses)
		event->process = 0;
	event->pid = an_merge_shift(event->pid, shift);
	event->tid = an_merge_shift(event->tid, shift);
	event->start_ns += (uint64_t)source->input->shift_ns;
	event->end_ns += (uint64_t)source->input->shift_ns;
	if (event->range_end_ns)
		event->range_end_ns += (uint64_t)source->input->shift_ns;
	if (event->stack)
		event->stack += source->first_frame;
}

/* Names of threads are wanted however long before the window a thread has begun. */
static bool is_wanted(const struct an_merge *merge, const struct ct_event *event)
{
	return event->type == CT_EVENT_THREAD || event->end_ns >= merge->from_ns;
}

static void count(struct an_merge *merge, const struct ct_event *event)
{
	if (event->type != CT_EVENT_CALL || event->process >= merge->seen->nprocesses)
		return;
	merge->seen->calls[event->process]++;
	merge->seen->in_flight[event->process] += (event->flags & CT_EVENT_IN_FLIGHT) != 0;
}

/* The source's next event within the window; false: there are no more. */
static bool advance(struct an_merge *merge, struct an_merge_source *source)
{
	while (rd_next(source->input->trace, &source->event)) {
		change_event(merge, source, &source->event);
		if (source->event.start_ns >= merge->to_ns)
			return false;
		if (is_wanted(merge, &source->event))
			return true;
	}
	return false;
}

static void note_damage(struct an_merge *merge, const struct an_merge_source *source)
{
	const struct rd_error *damage = rd_damage(source->input->trace);

	if (damage)
		merge->seen->damage[source - merge->sources] = *damage;
}

/* ---- all of them --------------------------------------------------------------------------- */

static struct an_merge_seen *make_seen(size_t ninputs, size_t nprocesses)
{
	struct an_merge_seen *seen = ut_xcalloc(1, sizeof(*seen));

	seen->ninputs = ninputs;
	seen->nprocesses = nprocesses;
	seen->damage = ut_xcalloc(ninputs + 1, sizeof(*seen->damage));
	seen->calls = ut_xcalloc(nprocesses + 1, sizeof(*seen->calls));
	seen->in_flight = ut_xcalloc(nprocesses + 1, sizeof(*seen->in_flight));
	return seen;
}

static uint64_t add_clamped(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

struct an_merge *an_merge_open(const struct an_merge_input *inputs, size_t ninputs,
			       const struct an_merge_options *options)
{
	struct an_merge *merge = ut_xcalloc(1, sizeof(*merge));

	merge->options = *options;
	merge->sources = ut_xcalloc(ninputs, sizeof(*merge->sources));
	merge->heap = ut_xcalloc(ninputs, sizeof(struct an_merge_source *));
	merge->nsources = ninputs;
	for (size_t i = 0; i < ninputs; i++) {
		merge->sources[i].input = &inputs[i];
		merge->sources[i].header = rd_header(inputs[i].trace);
	}
	an_merge_ids(merge);
	an_merge_make_header(merge);
	merge->from_ns = options->from_ns
				 ? add_clamped(merge->header.start_realtime_ns, options->from_ns)
				 : 0;
	merge->to_ns = add_clamped(merge->header.start_realtime_ns, options->to_ns);
	merge->seen = make_seen(ninputs, merge->header.nprocesses);
	for (size_t i = 0; i < ninputs; i++) {
		if (advance(merge, &merge->sources[i]))
			merge->heap[merge->nheap++] = &merge->sources[i];
		else
			note_damage(merge, &merge->sources[i]);
	}
	for (size_t i = merge->nheap / 2; i-- > 0;)
		sift_down(merge->heap, merge->nheap, i);
	return merge;
}

const struct ct_header *an_merge_header(const struct an_merge *merge)
{
	return &merge->header;
}

/* What was handed out last is still in use until here. */
static void pass_on(struct an_merge *merge)
{
	if (!advance(merge, merge->heap[0])) {
		note_damage(merge, merge->heap[0]);
		merge->heap[0] = merge->heap[--merge->nheap];
	}
	if (merge->nheap)
		sift_down(merge->heap, merge->nheap, 0);
}

const struct ct_event *an_merge_next(struct an_merge *merge)
{
	struct ct_event *event;

	if (merge->delivered)
		pass_on(merge);
	merge->delivered = merge->nheap > 0;
	if (!merge->nheap)
		return NULL;
	event = &merge->heap[0]->event;
	event->ordinal = ++merge->ordinal;
	count(merge, event);
	return event;
}

struct an_merge_seen *an_merge_take_seen(struct an_merge *merge)
{
	struct an_merge_seen *seen = merge->seen;

	merge->seen = NULL;
	return seen;
}

void an_merge_seen_free(struct an_merge_seen *seen)
{
	if (!seen)
		return;
	free(seen->damage);
	free(seen->calls);
	free(seen->in_flight);
	free(seen);
}

void an_merge_close(struct an_merge *merge)
{
	an_merge_seen_free(merge->seen);
	ut_arena_free(&merge->strings);
	free(merge->sources);
	free(merge->heap);
	free(merge);
}
