/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of it: two sides, a policy and what is known to vary give a report. */
#ifndef DIFF_COMPARE_H
#define DIFF_COMPARE_H

#include "analysis/diff/report.h"

struct df_policy;
struct df_baseline;

struct df_options {
	const struct df_policy *policy;
	const struct df_baseline *baseline; /* what is known to vary, or NULL */
	enum df_phase from, to;             /* phases that gate; both 0: the policy says it */
	bool all_phases;                    /* all of them gate */
	bool force;                         /* compare what is not comparable */
	uint64_t limit;                     /* of alignment's cost, see align.h */
};

/*
 * `a`, `b`: the runs of each side, na and nb of them; calls are compared between the first of each,
 * time over all. The report is freed with df_report_free, the sides stay.
 */
struct df_report *df_compare(struct df_side **a, size_t na, struct df_side **b, size_t nb,
			     const struct df_options *options);
void df_report_free(struct df_report *report);

#endif
