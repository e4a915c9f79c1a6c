/* SPDX-License-Identifier: Apache-2.0 */
/* Live bytes over time, in so many pieces of equal length. */
#include <stdlib.h>
#include <string.h>

#include "analysis/memory.h"
#include "util/xalloc.h"

struct an_timeline {
	uint64_t first_ns, step;
	size_t count, at;
	struct an_instant *instants;
};

struct an_timeline *an_timeline_new(uint64_t first_ns, uint64_t last_ns, size_t count)
{
	struct an_timeline *line = ut_xcalloc(1, sizeof(*line));

	line->first_ns = first_ns;
	line->count = count ? count : 1;
	line->step = (last_ns > first_ns ? last_ns - first_ns : 1) / line->count + 1;
	line->instants = ut_xcalloc(line->count, sizeof(*line->instants));
	line->instants[0].ns = first_ns;
	return line;
}

/* A piece begins with what the one before has ended with. */
static void begin_next(struct an_timeline *line)
{
	const struct an_instant *last = &line->instants[line->at++];
	struct an_instant *next = &line->instants[line->at];

	*next = *last;
	next->ns = line->first_ns + line->at * line->step;
	next->device_most = next->host_most = 0;
	for (int memory = 0; memory < AN_MEMORIES; memory++) {
		if (an_memory_is_device(memory))
			next->device_most += last->bytes[memory];
		else if (an_memory_is_host(memory))
			next->host_most += last->bytes[memory];
	}
}

void an_timeline_add(struct an_timeline *line, const struct an_usage *usage, uint64_t ns)
{
	const struct an_kind *kinds = an_usage_kinds(usage);
	uint64_t piece = ns > line->first_ns ? (ns - line->first_ns) / line->step : 0;
	struct an_instant *now;

	while (line->at < piece && line->at + 1 < line->count)
		begin_next(line);
	now = &line->instants[line->at];
	for (int memory = 0; memory < AN_MEMORIES; memory++)
		now->bytes[memory] = kinds[memory].live_bytes;
	if (an_usage_device_memory(usage)->live_bytes > now->device_most)
		now->device_most = an_usage_device_memory(usage)->live_bytes;
	if (an_usage_host_memory(usage)->live_bytes > now->host_most)
		now->host_most = an_usage_host_memory(usage)->live_bytes;
}

const struct an_instant *an_timeline_finish(struct an_timeline *line, size_t *count)
{
	while (line->at + 1 < line->count)
		begin_next(line);
	*count = line->count;
	return line->instants;
}

void an_timeline_free(struct an_timeline *line)
{
	if (!line)
		return;
	free(line->instants);
	free(line);
}
