/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the analysis: failures by function and status, and which of them were cleared and
 * retried: after the failed call its thread asked cudaGetLastError, and then, within
 * AN_RETRY_CALLS calls of that thread, the same function worked. Allocators that give back what
 * they cache and try again do that; it is counted apart, for nobody has to hear of it.
 */
#ifndef ANALYSIS_STATISTICS_RETRY_H
#define ANALYSIS_STATISTICS_RETRY_H

#include "analysis/findings_detect.h"

#define AN_RETRY_CALLS 64

struct an_failures { /* all zero: none */
	struct an_failure *list;
	size_t count, capacity;
	struct ut_map index;
	struct ut_arena strings;
};

/* A call that failed, and was counted in those tallies (NULL: none further). */
void an_failures_add(struct an_failures *failures, const struct an_seen *seen,
		     struct an_tally *const counted_in[4]);

/*
 * Any other call of a thread that has failures pending. Returns how many of them this has made
 * retried ones, after correcting the tallies.
 */
unsigned int an_failures_settle(struct an_failures *failures, const struct an_seen *seen);

void an_failures_free(struct an_failures *failures);

#endif
