/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands that print share: opening the trace, text that a terminal can be shown, and
 * whether colours are wanted.
 */
#ifndef TOOLS_SHOW_H
#define TOOLS_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "reader/reader.h"

/*
 * Opens `path` (NULL: CMD_DEFAULT_TRACE), a trace or the folder of a session that nobody collects;
 * prints why not and returns NULL if it cannot.
 */
struct rd_trace *show_open(const char *path);

/*
 * Ends a command that has read all of a trace: flushes stdout, says where the trace is damaged,
 * closes it. Returns the exit status.
 */
int show_close(struct rd_trace *trace, const char *path);

/* Text of the traced program: what could act on a terminal is shown as \x1b, \n. */
void show_text(FILE *out, const char *text);
/* The same in double quotes, with quotes and backslashes escaped. */
void show_quoted(FILE *out, const char *text);

/* stdout is a terminal that shows colours, and NO_COLOR is not set. */
bool show_colours(void);

/* The last component of a path. */
const char *show_basename(const char *path);

#endif
