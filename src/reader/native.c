/* SPDX-License-Identifier: Apache-2.0 */
/* The native form of a trace (.ctr). */
#include "reader/native.h"

#include <stdlib.h>

#include "reader/arguments.h"
#include "reader/nvtx.h"
#include "util/xalloc.h"

static void name_frames(struct rd_trace *trace, struct rd_native *native)
{
	for (size_t i = 0; i < native->nprocesses; i++)
		rd_stacks_name(&native->stacks, (uint32_t)i, &native->processes[i].places);
	trace->header.frames = native->stacks.list;
	trace->header.nframes = (uint32_t)native->stacks.count;
}

/*
 * The whole file is read once here, so that the header is final before the first event: the JSON
 * writer puts counters and warnings in front of the events.
 */
static bool native_open(struct rd_trace *trace)
{
	struct rd_native *native = ut_xcalloc(1, sizeof(*native));

	trace->state = native;
	if (!rd_index(trace, native))
		return false;
	rd_clock_fit(&native->clock);
	rd_definitions_sort(&native->definitions);
	for (size_t i = 0; i < native->nprocesses; i++)
		rd_places_finish(&native->processes[i].places);
	name_frames(trace, native);
	rd_header_finish(trace, native);
	rd_merge_begin(trace, native);
	return true;
}

/* Control records that are no events are passed over. */
static bool native_next(struct rd_trace *trace, struct ct_event *event)
{
	struct rd_native *native = trace->state;
	struct rd_ring *ring;

	if (trace->want & RD_WANT_RANGES && !trace->ordinal && !native->ranges &&
	    native->definitions.kinds & 1u << CTR_DEF_NVTX_DOMAIN)
		native->ranges = rd_ranges_find(trace);
	while ((ring = rd_merge_next(trace, native))) {
		if (rd_decode(trace, native, ring, event))
			return true;
	}
	return false;
}

static const struct rd_function *native_functions(const struct rd_trace *trace, size_t *count)
{
	const struct rd_native *native = trace->state;

	return rd_api_functions(native->api, count);
}

static void native_close(struct rd_trace *trace)
{
	struct rd_native *native = trace->state;
	size_t i;

	if (!native)
		return;
	for (i = 0; i < native->nrings; i++)
		rd_ring_free(native->rings[i]);
	for (i = 0; i < native->nprocesses; i++) {
		rd_places_free(&native->processes[i].places);
	}
	free(native->rings);
	free(native->processes);
	free(native->heap);
	free(native->shapes);
	ut_map_free(&native->ring_index);
	rd_definitions_free(&native->definitions);
	rd_stacks_free(&native->stacks);
	rd_ranges_free(native->ranges);
	rd_clock_free(&native->clock);
	rd_api_free(native->api);
	free(native);
}

const struct rd_form rd_native_form = {
	.open = native_open,
	.next = native_next,
	.functions = native_functions,
	.close = native_close,
};
