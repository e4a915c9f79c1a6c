/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands that print share: the end of a trace, text that a terminal can be shown, and
 * whether colours are wanted.
 */
#ifndef TOOLS_SHOW_H
#define TOOLS_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "reader/reader.h"
#include "write/text.h"

/*
 * Ends a command that has read all of a trace: flushes stdout, says where the trace is damaged,
 * closes it. Returns the exit status.
 */
int show_close(struct rd_trace *trace, const char *path);

/* One line: what is wrong with the trace of this name, and at which offset. */
void show_complaint(const char *name, const struct rd_error *error);

/*
 * One line that says what a trace of another tool does not hold, so that nobody takes it for not
 * having happened; nothing of a trace of curtrace's own.
 */
void show_missing(FILE *out, const struct ct_header *header);

/* Text of the traced program: what could act on a terminal is shown as \x1b, \n. */
void show_text(FILE *out, const char *text);
/* The same in double quotes, with quotes and backslashes escaped. */
void show_quoted(FILE *out, const char *text);
/* The same, behind what is in a line. */
void show_into(struct wr_text *out, const char *text);
void show_quoted_into(struct wr_text *out, const char *text);

/* stdout is a terminal that shows colours, and NO_COLOR is not set. */
bool show_colours(void);

/* The last component of a path. */
const char *show_basename(const char *path);

#endif
