/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the comparison: how a report is made of what was found. */
#ifndef DIFF_REPORT_OWN_H
#define DIFF_REPORT_OWN_H

#include "analysis/diff/compare_own.h"

struct df_report_own {
	struct df_report report; /* first: it is what others have a pointer to */
	struct ut_arena strings;
	size_t notes_capacity;
};

void df_report_note(struct df_report_own *report, const char *note);
/* Keys, items in their order, the share that was gated, verdicts. */
void df_report_fill(struct df_report_own *report, struct df_comparison *c);

#endif
