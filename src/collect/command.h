/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command line as one text, for the header of a trace.
 */
#ifndef COLLECT_COMMAND_H
#define COLLECT_COMMAND_H

/*
 * Quoted for a shell. A trace is handed around, a password is not: what mask.h says becomes ***. To
 * be freed.
 */
char *col_command_text(char *const *argv);

/* Replaces what is not valid UTF-8, or would act on a terminal, by question marks. */
void col_make_text(char *text);

#endif
