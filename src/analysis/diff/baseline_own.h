/* SPDX-License-Identifier: Apache-2.0 */
/* Private to baselines: a side that a file tells of. */
#ifndef DIFF_BASELINE_OWN_H
#define DIFF_BASELINE_OWN_H

#include "analysis/diff/baseline.h"

struct df_answers;

/* All zero for one that was learned: its side is the first run's. */
struct df_baseline_own {
	struct df_side side;
	struct df_description *calls; /* by their number in the file, from 0 */
	size_t ncalls;
	uint32_t **numbers; /* by lane: its calls as these numbers */
	struct df_answers *answers;
	struct ut_arena strings;
};

void df_baseline_own_free(struct df_baseline_own *own);

/*
 * A call's text taken apart: the names and values of its arguments, the result. What is within a
 * text in quotes may be taken for an argument: it is shown, not compared.
 */
void df_text_apart(struct ut_arena *strings, const char *text, struct df_description *call);

#endif
