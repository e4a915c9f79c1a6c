/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session folder that nobody collects any more (its collector was killed, or it never had one,
 * because a traced process made it as a flight recorder), turned into a native trace.
 */
#ifndef COLLECT_RECOVER_H
#define COLLECT_RECOVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the trace of the session in `folder` to the empty file `fd`, which lies in
 * `output_folder`: what the dead collector had written, then what is still in the rings. Nothing in
 * the folder is changed, so that it can be done again. `own_modules`: as in col_end_info.
 * Returns 0, or a negative errno and one line for a person in `why`: -EBUSY if a collector is at
 * work there.
 */
int col_recover(const char *folder, int fd, const char *output_folder, const char *tool_version,
		const char *own_modules, char *why, size_t size);

/*
 * The same of a session whose processes go on: what its rings hold at this instant. Only where they
 * are overwritten is that a whole trace's worth; -EBUSY if a collector drains them.
 */
int col_snapshot(const char *folder, int fd, const char *output_folder, const char *tool_version,
		 const char *own_modules, char *why, size_t size);

struct col_session;

/* What the session's collector had written is another recording's by now, or lost. */
bool col_spools_taken_over(const struct col_session *session);

#endif
