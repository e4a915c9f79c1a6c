/* SPDX-License-Identifier: Apache-2.0 */
/* How long things took in each of several runs, by keys: "app/1 step", "app/1 cudaMemcpyAsync". */
#ifndef DIFF_TIMES_H
#define DIFF_TIMES_H

#include <stddef.h>

#include "analysis/diff/policy.h"
#include "analysis/diff/side.h"
#include "util/arena.h"

struct df_timed {
	const char *key;
	const char *role, *subject; /* parts of the key: a lane, "step" or a shape */
	double share;               /* of the time of all that is timed; of a step: 1 */
	double *medians;            /* ns, of each run that has it */
	size_t count, capacity;
};

struct df_times {
	struct df_timed *list; /* in the order of keys */
	size_t count, capacity;
	unsigned int runs;
	struct ut_arena strings;
};

/* Adds a run; its lanes go by the roles that they have in `like`, the first run of a comparison. */
void df_times_add(struct df_times *times, struct df_side *like, struct df_side *run,
		  const struct df_policy *policy);
struct df_timed *df_times_find(const struct df_times *times, const char *key);
/* The one of that key, made if it is not there. */
struct df_timed *df_times_at(struct df_times *times, const char *role, const char *subject);
void df_timed_add(struct df_timed *timed, double median);
void df_times_free(struct df_times *times);

#endif
