/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the analysis: tallies by the numbers of groups, crossed or not. */
#ifndef ANALYSIS_STATISTICS_TALLY_H
#define ANALYSIS_STATISTICS_TALLY_H

#include "analysis/findings_detect.h"

struct an_table {
	enum an_group by[AN_MAX_BY];
	unsigned int nby;
	bool is_wide; /* a call and one within it may both be in a tally: its time counts once */
	struct an_array tallies;        /* struct an_tally *, by number */
	struct ut_map pairs[AN_MAX_BY]; /* of crossed groups: number so far and the next one's */
	uint32_t npairs;
	struct an_tally **list; /* those that there are, with an_table_finish */
	size_t count;
};

void an_table_begin(struct an_table *table, const enum an_group *by, unsigned int nby);

/* The tally that the call belongs to; NULL: none. */
struct an_tally *an_table_at(struct an_table *table, const struct an_seen *seen);

/* The same of a table by function alone, which every call is counted in. */
static inline struct an_tally *an_table_at_function(struct an_table *table,
						    const struct an_seen *seen)
{
	struct an_tally *const *all = table->tallies.data;
	uint32_t function = seen->event->function;

	if (function < table->tallies.capacity && all[function])
		return all[function];
	return an_table_at(table, seen);
}

/* Counts the call; its time too if it is not within another one that counts. */
void an_tally_add(struct an_tally *tally, const struct an_seen *seen, bool with_time);

void an_table_finish(struct an_table *table, struct an_keys *keys);
void an_table_free(struct an_table *table);

#endif
