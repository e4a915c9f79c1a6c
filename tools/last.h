/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which trace a reading command opens when none is named: the last recording's. `record` leaves its
 * name in $XDG_STATE_HOME/curtrace/last (~/.local/state if the variable is not set), one for each
 * user. A curtrace.json in the working folder comes first unless the last recording is newer.
 */
#ifndef TOOLS_LAST_H
#define TOOLS_LAST_H

#include <stddef.h>

/* A trace was written to `path`. What cannot be noted is not: it is a convenience. */
void last_note(const char *path);

/* CMD_DEFAULT_TRACE, or the absolute path of the last recording, in `path`. */
void last_find(char *path, size_t size);

#endif
