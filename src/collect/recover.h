/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session folder that nobody collects any more (its collector was killed, or it never had one,
 * because a traced process made it as a flight recorder), turned into a native trace.
 */
#ifndef COLLECT_RECOVER_H
#define COLLECT_RECOVER_H

#include <stddef.h>

/*
 * Writes the trace of the session in `folder` to the empty file `fd`, which lies in
 * `output_folder`: what the dead collector had written, then what is still in the rings. Nothing in
 * the folder is changed, so that it can be done again. Returns 0, or a negative errno and one line
 * for a person in `why`: -EBUSY if a collector is at work there.
 */
int col_recover(const char *folder, int fd, const char *output_folder, const char *tool_version,
		char *why, size_t size);

#endif
