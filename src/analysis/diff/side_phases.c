/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls of a side are of its steady state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes.h"
#include "analysis/diff/side_own.h"
#include "util/range_name.h"
#include "util/xalloc.h"

/* ---- a range that is asked for --------------------------------------------------------------- */

bool df_range_begin(struct df_range *range, const char *name, char *why, size_t size)
{
	*range = (struct df_range){ .wanted = name };
	if (!name || !strcmp(name, "cuda-profiler"))
		return true;
	if (!strncmp(name, "nvtx:", 5) && name[5]) {
		range->named = name + 5;
		return true;
	}
	snprintf(why, size, "not a range: %s", name);
	return false;
}

/* Of a range that is open, what its end has too. */
struct df_open {
	enum ct_range ends;
	uint32_t process, tid;
	uint64_t id;
	int32_t level;
};

static struct df_open end_of(const struct ct_event *event)
{
	bool nests = event->range == CT_RANGE_PUSH || event->range == CT_RANGE_POP;

	return (struct df_open){
		.ends = nests ? CT_RANGE_POP : CT_RANGE_END,
		.process = event->process,
		.tid = nests ? event->tid : 0,
		.id = event->range_id, /* domains have levels of their own */
		.level = nests ? event->result : 0,
	};
}

static bool is_same(const struct df_open *a, const struct df_open *b)
{
	return a->ends == b->ends && a->process == b->process && a->tid == b->tid &&
	       a->id == b->id && a->level == b->level;
}

void df_range_see(struct df_range *range, const struct ct_event *event)
{
	bool begins = event->range == CT_RANGE_PUSH || event->range == CT_RANGE_START;
	struct df_open open = end_of(event);
	size_t i = 0;

	if (!range->named || event->range <= CT_RANGE_MARK)
		return;
	while (i < range->nopen && !is_same(&range->open[i], &open))
		i++;
	if (i < range->nopen)
		range->open[i] = range->open[--range->nopen];
	if (begins && ut_range_is(range->named, event->range_domain, event->range_name)) {
		ut_grow(&range->open, &range->open_capacity, range->nopen, sizeof(*range->open));
		range->open[range->nopen++] = open;
		range->found = true;
	}
	range->inside = range->nopen > 0;
}

static struct df_span *span_of(struct df_range *range, uint32_t lane)
{
	while (range->count <= lane) {
		ut_grow(&range->spans, &range->capacity, range->count, sizeof(*range->spans));
		range->spans[range->count++] = (struct df_span){ 0 };
	}
	return &range->spans[lane];
}

/* The mark itself is not of the range. Where there are several, from the first to the last. */
void df_range_add(struct df_range *range, const struct df_walk *walk, size_t index)
{
	struct df_span *span;

	if (!range->wanted)
		return;
	if (!range->named && !strcmp(walk->event.name, "cudaProfilerStart")) {
		range->inside = range->found = true;
		return;
	}
	if (!range->named && !strcmp(walk->event.name, "cudaProfilerStop"))
		range->inside = false;
	if (!range->inside)
		return;
	span = span_of(range, walk->lane);
	if (!span->any)
		span->first = index;
	span->any = true;
	span->last = index + 1;
}

void df_range_end(struct df_range *range)
{
	free(range->spans);
	range->spans = NULL;
	free(range->open);
	range->open = NULL;
}

/* ---- phases -------------------------------------------------------------------------------- */

static void by_range(struct df_lane *lane, const struct df_span *span)
{
	size_t first = span ? span->first : 0, last = span ? span->last : 0;

	lane->phase[DF_STARTUP] = 0;
	lane->phase[DF_WARMUP] = lane->phase[DF_STEADY] = first;
	lane->phase[DF_TEARDOWN] = last;
	lane->phase[DF_PHASES] = lane->ncalls;
	lane->steady_known = true;
}

static void find(struct df_lane *lane, const struct df_dictionary *dictionary)
{
	struct df_sequence sequence = {
		.calls = lane->calls,
		.count = lane->ncalls,
		.dictionary = dictionary,
	};

	df_phases(&sequence, &lane->period);
	memcpy(lane->phase, sequence.phase, sizeof(lane->phase));
}

/* Steps count from 1 in the steady state; what is before is warm-up, what is behind teardown. */
static void cut_steps(struct df_lane *lane, const struct df_load *load)
{
	size_t first = lane->phase[DF_STEADY], last = lane->phase[DF_TEARDOWN], steps;

	if (!load->last_step || !lane->period || last <= first)
		return;
	steps = (last - first) / lane->period;
	if (load->last_step < steps)
		lane->phase[DF_TEARDOWN] = first + load->last_step * lane->period;
	if (load->first_step > steps)
		lane->phase[DF_STEADY] = lane->phase[DF_TEARDOWN];
	else if (load->first_step > 1)
		lane->phase[DF_STEADY] = first + (load->first_step - 1) * lane->period;
	lane->steady_known = true;
}

void df_side_phases(struct df_side *side, const struct df_load *load, const struct df_range *range)
{
	for (size_t i = 0; i < side->nlanes; i++) {
		struct df_lane *lane = &side->lanes[i];

		if (range->wanted) {
			by_range(lane,
				 i < range->count && range->spans[i].any ? &range->spans[i] : NULL);
			continue;
		}
		find(lane, side->dictionary);
		cut_steps(lane, load);
	}
}
