/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the runs to the verdict, and the numbers and words that it is told in.
 */
#ifndef TOOLS_CHECK_VERDICT_H
#define TOOLS_CHECK_VERDICT_H

#include <stddef.h>

#include "check_state.h"

struct check_times {
	double median, least, most;
};

/* Of a side's runs, of which there is at least one. */
struct check_times check_wall(const struct check_side *side);
struct check_times check_cpu(const struct check_side *side);

/*
 * Compares every side with the reference: fills in c->results, c->status and c->sentence. Returns 0
 * or a negative errno, as check_compare.
 */
int check_judge(struct check *c);

/* The sentence for a check that came to no comparison: c->why. */
void check_judge_failed(struct check *c);

/* "exit status 0", "killed by signal 9 (Killed)", …; returns `text`. */
const char *check_outcome_text(const struct check_outcome *outcome, char *text, size_t size);

/* Seconds as "1.23 s", "12.3 ms"; returns `text`. */
const char *check_time_text(double seconds, char *text, size_t size);

/* "NVIDIA's runtime", or what stands for it. */
const char *check_reference_text(const struct check *c);

const char *check_status_name(enum check_status status);

#endif
