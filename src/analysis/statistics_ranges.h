/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the analysis: NVTX's ranges as rows. A range counts when it ends, with the time from
 * its push to its pop, and what was launched, copied and set in its thread meanwhile.
 */
#ifndef ANALYSIS_STATISTICS_RANGES_H
#define ANALYSIS_STATISTICS_RANGES_H

#include "analysis/statistics_tally.h"

struct an_open_range {
	uint64_t start_ns;
	uint64_t id; /* of START: the range's; of PUSH: the domain's */
	int32_t level;
	uint32_t name;  /* number in an_keys.ranges */
	uint32_t owner; /* number of the thread; 0: of START */
	uint32_t process;
	uint64_t launches, bytes;
};

struct an_ranges { /* all zero: none */
	struct an_open_range *open;
	size_t nopen, capacity;
};

/* A call of NVTX: into `table` if a range has ended. */
void an_ranges_see(struct an_ranges *ranges, struct an_table *table, struct an_seen *seen);

/* Another call, which is within the thread's open ranges. */
void an_ranges_count(struct an_ranges *ranges, const struct an_seen *seen);

#endif
