/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the analysis: places in programs from which calls were made, each kept once. */
#ifndef ANALYSIS_STATISTICS_SPOTS_H
#define ANALYSIS_STATISTICS_SPOTS_H

#include <stddef.h>

#include "curtrace/event.h"
#include "reader/names.h"
#include "util/map.h"

struct an_spot {
	uint32_t process;
	uint64_t address;   /* 0: not known */
	const char *module; /* path of the mapped file, or NULL */
	uint64_t offset;
	const char *function; /* or NULL */
	uint64_t function_offset;
};

struct an_spots { /* all zero: empty */
	struct an_spot *list;
	size_t count, capacity;
	struct ut_map index;
	struct rd_names texts;
};

/* The number of the place that a call was made from, from 1; 0: the trace does not tell. */
uint32_t an_spots_number(struct an_spots *spots, const struct ct_event *event);

/* NULL: no such number. */
const struct an_spot *an_spots_get(const struct an_spots *spots, uint32_t number);

/* "step (app+0x1234)", "app+0x1234", "0x401234"; "" if it is not known. Returns `text`. */
char *an_spot_text(const struct an_spot *spot, char *text, size_t size);

void an_spots_free(struct an_spots *spots);

#endif
