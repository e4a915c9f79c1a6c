/* SPDX-License-Identifier: Apache-2.0 */
/* Device memory that only grows. */
#include <stdlib.h>

#include "analysis/findings_catalogue.h"

#define BUCKETS 64

/*
 * A process's live device memory over time: in each stretch of time the most that was live
 * behind an allocation. When the stretches are used up they become twice as long, so that a run
 * of any length has its 32 to 64. Frees alone say nothing: at its end a program gives everything
 * back.
 */
struct growth {
	uint64_t allocations;
	uint64_t live, most;
	bool fell; /* once an allocation found much less live than there had been */
	uint64_t first_ns, width_ns, last_ns;
	uint64_t buckets[BUCKETS];
	uint64_t ordinal; /* of the allocation that made it most, and who made it */
	uint32_t function, spot;
};

struct growths {
	struct an_array list; /* struct growth, by process */
};

static bool is_on_device(enum an_memory memory)
{
	return memory == AN_MEMORY_DEVICE || memory == AN_MEMORY_POOL ||
	       memory == AN_MEMORY_MANAGED || memory == AN_MEMORY_ARRAY;
}

static uint64_t *bucket_at(struct growth *g, uint64_t ns)
{
	uint64_t at = ns > g->first_ns ? (ns - g->first_ns) / g->width_ns : 0;

	for (; at >= BUCKETS; at /= 2) {
		for (unsigned int i = 0; i < BUCKETS / 2; i++)
			g->buckets[i] = g->buckets[2 * i] > g->buckets[2 * i + 1]
						? g->buckets[2 * i]
						: g->buckets[2 * i + 1];
		memset(g->buckets + BUCKETS / 2, 0, sizeof(g->buckets) / 2);
		g->width_ns *= 2;
	}
	return &g->buckets[at];
}

static void grow(struct growth *g, const struct an_seen *seen)
{
	uint64_t *bucket;

	if (!g->allocations++) {
		g->first_ns = seen->event->start_ns;
		g->width_ns = 1000;
	}
	g->live += seen->effect->bytes;
	g->last_ns = seen->event->start_ns;
	if (g->live < g->most - g->most / 100 * AN_FELL_PERCENT)
		g->fell = true;
	if (g->live > g->most) {
		g->most = g->live;
		g->ordinal = seen->event->ordinal;
		g->function = seen->event->function;
		g->spot = an_seen_spot(seen);
	}
	bucket = bucket_at(g, seen->event->start_ns);
	if (g->live > *bucket)
		*bucket = g->live;
}

static void see_memory(void *own, const struct an_seen *seen)
{
	struct growths *growths = own;
	struct growth *g = an_array_at(&growths->list, seen->event->process, sizeof(*g));
	const struct an_allocation *gone;

	if (!seen->effect->known)
		return;
	if (seen->effect->kind == AN_EFFECT_ALLOC) {
		if (is_on_device(seen->effect->memory))
			grow(g, seen);
		return;
	}
	if (seen->effect->kind == AN_EFFECT_RESET) {
		g->live = 0;
		return;
	}
	gone = an_state_find(seen->state, seen->event->process, seen->effect->at);
	if (gone && gone->address == seen->effect->at && is_on_device(gone->memory))
		g->live -= gone->bytes < g->live ? gone->bytes : g->live;
}

/* The most that was live up to so many quarters of the time from the first allocation on. */
static uint64_t most_until(const struct growth *g, uint64_t span, unsigned int quarters)
{
	uint64_t end = span / 4 * quarters / g->width_ns, most = 0;

	for (unsigned int i = 0; i < BUCKETS && (i < end || quarters == 4); i++) {
		if (g->buckets[i] > most)
			most = g->buckets[i];
	}
	return most;
}

static bool only_grows(const struct growth *g, uint64_t span)
{
	uint64_t most[5] = { 0 };

	if (g->allocations < AN_LOOP_CALLS || g->fell || span < 4 * g->width_ns)
		return false;
	for (unsigned int i = 1; i <= 4; i++) {
		most[i] = most_until(g, span, i);
		if (most[i] <= most[i - 1])
			return false;
	}
	return (most[4] - most[1]) / 10 >= most[4] / 100;
}

static void memory_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct growths *growths = own;
	struct growth *list = growths->list.data;
	uint64_t last = an_statistics_run(s)->last_ns;
	struct an_finding *finding;

	for (uint32_t i = 0; i < growths->list.capacity; i++) {
		const struct growth *g = &list[i];
		uint64_t span = last - g->first_ns;

		if (!g->allocations || !only_grows(g, span))
			continue;
		finding = an_found(finder,
				   "device memory only grows, to %s: from %s in the first "
				   "quarter, by %s%s",
				   an_said_bytes(finder, g->most),
				   an_said_bytes(finder, most_until(g, span, 1)),
				   an_said_function(finder, g->function),
				   an_said_place(finder, g->spot));
		finding->count = g->allocations;
		finding->bytes = g->most;
		an_found_on(finder, finding, g->allocations, g->ordinal, g->function, g->spot,
			    "live after each quarter of the time: %s, %s, %s, %s; %s allocations",
			    an_said_bytes(finder, most_until(g, span, 1)),
			    an_said_bytes(finder, most_until(g, span, 2)),
			    an_said_bytes(finder, most_until(g, span, 3)),
			    an_said_bytes(finder, most_until(g, span, 4)),
			    an_said_count(finder, g->allocations));
	}
}

static void free_growths(void *own)
{
	free(((struct growths *)own)->list.data);
}

const struct an_detector an_find_memory_grows = {
	.kind = {
		.code = "memory-only-grows",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"live device memory that rises in each quarter of the "
			"time, by a tenth or more from the first on, in "
			AN_TEXT(AN_LOOP_CALLS) " allocations or more, and never "
			"falls by " AN_TEXT(AN_FELL_PERCENT) " %",
		.advice =
			"`curtrace mem` shows who holds it: what is still needed, "
			"and what was forgotten",
	},
	.sees = AN_SEES(AN_EFFECT_ALLOC) | AN_SEES(AN_EFFECT_FREE) | AN_SEES(AN_EFFECT_RESET),
	.size = sizeof(struct growths),
	.see = see_memory,
	.end = memory_end,
	.free = free_growths,
};
