/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gates of the entry points (see record.h): whose they are, and cudaProfilerStart and Stop,
 * which change them from within. A fork inherits what rec_gates_open mapped.
 */
#ifndef RECORD_GATES_H
#define RECORD_GATES_H

#include <stdbool.h>

#include "curtrace/trace_format.h"
#include "record/record.h"

/*
 * Puts the session's gates in the place of ours. A session without them records everything. Under
 * the session lock, as rec_gates_fill.
 */
void rec_gates_open(int folder);

/* Gates of our own, all alike. */
void rec_gates_fill(enum ctr_gate gate);

/* For a session of the process's own: all is recorded, or nothing, until somebody else says so. */
void rec_gates_create(int folder, bool off);

/* In a forked child whose kernel wipes no pages. */
void rec_gates_forget(void);

/* cudaProfilerStart (`begin`) or Stop has succeeded. Twice in a row is as good as once. */
void rec_range(bool begin);

/*
 * Whether the session records within ranges of a name only: a look at the page, which may not be
 * the session's yet.
 */
static inline bool rec_range_by_name(void)
{
	return rec_state() == REC_UNDECIDED ||
	       (rec_gates.page.state & CTR_SWITCH_RANGES && rec_gates.page.range[0]);
}

/* The name, from the session; NULL: it does not. Opens the session. */
const char *rec_range_name(void);

/* So many more ranges of that name are open in the process. */
void rec_range_count(int more);

#endif
