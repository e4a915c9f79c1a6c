/* SPDX-License-Identifier: Apache-2.0 */
/* Failures, and which of them did not matter. */
#include "analysis/statistics_retry.h"

#include <stdlib.h>

#include "analysis/statistics_hash.h"

static struct an_failure *failure_of(struct an_failures *failures, uint32_t function,
				     int32_t result)
{
	uint64_t key = (uint64_t)function << 32 | (uint32_t)result;
	uint32_t *known = ut_map_get(&failures->index, key);

	if (known)
		return &failures->list[*known];
	ut_grow(&failures->list, &failures->capacity, failures->count, sizeof(*failures->list));
	ut_map_put(&failures->index, key, (uint32_t)failures->count);
	failures->list[failures->count] = (struct an_failure){
		.function = function,
		.result = result,
	};
	return &failures->list[failures->count++];
}

/* One that was pending already long ago makes room. */
static void remember(const struct an_seen *seen, struct an_tally *const counted_in[4])
{
	struct an_thread *thread = seen->thread;
	struct an_pending *pending;

	if (thread->npending == AN_PENDING) {
		memmove(thread->pending, thread->pending + 1,
			(AN_PENDING - 1) * sizeof(thread->pending[0]));
		thread->npending--;
	}
	pending = &thread->pending[thread->npending++];
	*pending = (struct an_pending){
		.function = seen->event->function,
		.result = seen->event->result,
		.call = thread->calls,
		.ordinal = seen->event->ordinal,
	};
	memcpy(pending->counted_in, counted_in, sizeof(pending->counted_in));
}

void an_failures_add(struct an_failures *failures, const struct an_seen *seen,
		     struct an_tally *const counted_in[4])
{
	const struct ct_event *event = seen->event;
	struct an_failure *failure = failure_of(failures, event->function, event->result);

	if (!failure->result_name && event->result_name)
		failure->result_name = ut_arena_strdup(&failures->strings, event->result_name);
	failure->last_ordinal = event->ordinal;
	failure->last_spot = an_seen_spot(seen);
	if (!failure->count++) {
		failure->ordinal = failure->last_ordinal;
		failure->spot = failure->last_spot;
	}
	remember(seen, counted_in);
}

/* An example that was none is replaced by the latest. */
static void take_back(struct an_failures *failures, const struct an_pending *pending)
{
	struct an_failure *failure = failure_of(failures, pending->function, pending->result);

	failure->count--;
	failure->retried++;
	if (failure->ordinal == pending->ordinal) {
		failure->ordinal = failure->last_ordinal;
		failure->spot = failure->last_spot;
	}
	for (unsigned int i = 0; i < 4 && pending->counted_in[i]; i++) {
		pending->counted_in[i]->failed--;
		pending->counted_in[i]->retried++;
	}
}

static bool clears(const char *name)
{
	return !strcmp(name, "cudaGetLastError");
}

unsigned int an_failures_settle(struct an_failures *failures, const struct an_seen *seen)
{
	struct an_thread *thread = seen->thread;
	const unsigned int bad = CT_EVENT_FAILED | CT_EVENT_EXPECTED | CT_EVENT_IN_FLIGHT;
	bool worked = !(seen->event->flags & bad), is_clearing = clears(seen->event->name);
	unsigned int kept = 0, retried = 0;

	for (unsigned int i = 0; i < thread->npending; i++) {
		struct an_pending *pending = &thread->pending[i];

		pending->cleared |= is_clearing;
		if (thread->calls - pending->call > AN_RETRY_CALLS)
			continue;
		if (worked && pending->cleared && pending->function == seen->event->function) {
			take_back(failures, pending);
			retried++;
		} else {
			thread->pending[kept++] = *pending;
		}
	}
	thread->npending = kept;
	return retried;
}

void an_failures_free(struct an_failures *failures)
{
	free(failures->list);
	ut_map_free(&failures->index);
	ut_arena_free(&failures->strings);
}
