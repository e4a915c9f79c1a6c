/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/diff/side_own.h"

#include <stdio.h>
#include <string.h>

bool df_walk_begin(struct df_walk *walk, const char *path, unsigned int want, bool identities,
		   char *why, size_t size)
{
	struct rd_error error;

	memset(walk, 0, sizeof(*walk));
	walk->trace = rd_open(path, &error);
	if (!walk->trace) {
		snprintf(why, size, "%s: %s", path, error.text);
		return false;
	}
	rd_want(walk->trace, want);
	walk->header = rd_header(walk->trace);
	walk->canon = df_canon_new(identities);
	df_lanes_begin(&walk->lanes, walk->header);
	return true;
}

/*
 * Ranges and marks are the program's words about its work and no part of it; what the runtime asks
 * of the driver follows from what the program asks of the runtime.
 */
static bool is_passed_over(const struct ct_event *event)
{
	return event->type == CT_EVENT_THREAD || event->layer == CT_LAYER_NVTX ||
	       event->flags & CT_EVENT_INTERNAL;
}

bool df_walk_next(struct df_walk *walk)
{
	const char *known_as;

	do {
		if (!rd_next(walk->trace, &walk->event))
			return false;
		if (walk->range && walk->event.layer == CT_LAYER_NVTX)
			df_range_see(walk->range, &walk->event);
	} while (is_passed_over(&walk->event));
	walk->lane = df_lanes_of(&walk->lanes, &walk->event, &known_as);
	if (known_as)
		df_canon_lane(walk->canon, walk->lane, known_as);
	if (walk->event.type == CT_EVENT_CALL)
		df_canon_take(walk->canon, walk->lane, &walk->event, &walk->call, &walk->effect,
			      &walk->change);
	return true;
}

void df_walk_end(struct df_walk *walk)
{
	df_canon_free(walk->canon);
	df_lanes_end(&walk->lanes);
	rd_close(walk->trace);
}
