/* SPDX-License-Identifier: Apache-2.0 */
/* Places in programs. */
#include "analysis/statistics_spots.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

/* By the address where there is one; a JSON trace has the module and the offset in it instead. */
static uint64_t key_of(const struct ct_event *event)
{
	uint64_t place;

	if (event->caller)
		place = event->caller;
	else if (event->lasting)
		place = an_hash_mix((uint64_t)(uintptr_t)event->caller_module,
				    event->caller_offset);
	else
		place = an_hash_mix(an_hash_text(event->caller_module), event->caller_offset);
	return an_hash_mix(place, event->process);
}

static const char *keep(struct an_spots *spots, const char *text)
{
	return text ? rd_names_text(&spots->texts, rd_names_number(&spots->texts, text)) : NULL;
}

static uint32_t add(struct an_spots *spots, const struct ct_event *event, uint64_t key)
{
	ut_grow(&spots->list, &spots->capacity, spots->count, sizeof(*spots->list));
	spots->list[spots->count++] = (struct an_spot){
		.process = event->process,
		.address = event->caller,
		.module = keep(spots, event->caller_module),
		.offset = event->caller_offset,
		.function = keep(spots, event->caller_function),
		.function_offset = event->caller_function_offset,
	};
	ut_map_put(&spots->index, key, (uint32_t)spots->count);
	return (uint32_t)spots->count;
}

uint32_t an_spots_number(struct an_spots *spots, const struct ct_event *event)
{
	uint64_t key;
	uint32_t *known;

	if (!event->caller && !event->caller_module)
		return 0;
	key = key_of(event);
	known = ut_map_get(&spots->index, key);
	return known ? *known : add(spots, event, key);
}

const struct an_spot *an_spots_get(const struct an_spots *spots, uint32_t number)
{
	return number && number <= spots->count ? &spots->list[number - 1] : NULL;
}

char *an_spot_text(const struct an_spot *spot, char *text, size_t size)
{
	const char *slash = spot && spot->module ? strrchr(spot->module, '/') : NULL;
	char place[320] = "";

	if (!spot)
		snprintf(place, sizeof(place), "%s", "");
	else if (spot->module)
		snprintf(place, sizeof(place), "%s+0x%" PRIx64, slash ? slash + 1 : spot->module,
			 spot->offset);
	else if (spot->address)
		snprintf(place, sizeof(place), "0x%" PRIx64, spot->address);
	if (spot && spot->function)
		snprintf(text, size, "%s (%s)", spot->function, place);
	else
		snprintf(text, size, "%s", place);
	return text;
}

void an_spots_free(struct an_spots *spots)
{
	free(spots->list);
	ut_map_free(&spots->index);
	rd_names_free(&spots->texts);
}
