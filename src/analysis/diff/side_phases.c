/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls of a side are of its steady state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/changes.h"
#include "analysis/diff/side_own.h"
#include "util/xalloc.h"

/* ---- a range that is asked for --------------------------------------------------------------- */

bool df_range_begin(struct df_range *range, const char *name, char *why, size_t size)
{
	*range = (struct df_range){ .wanted = name };
	if (!name || !strcmp(name, "cuda-profiler"))
		return true;
	if (!strncmp(name, "nvtx:", 5))
		snprintf(why, size,
			 "a trace of runtime calls holds no NVTX ranges: %s; "
			 "cudaProfilerStart and cudaProfilerStop mark one as well",
			 name);
	else
		snprintf(why, size, "not a range: %s", name);
	return false;
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
	if (!strcmp(walk->event.name, "cudaProfilerStart")) {
		range->inside = range->found = true;
		return;
	}
	if (!strcmp(walk->event.name, "cudaProfilerStop"))
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
