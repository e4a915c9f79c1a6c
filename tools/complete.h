/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion of command lines, for shells: the commands' own tables are the one place where their
 * options are listed, so the shell's script asks the tool.
 */
#ifndef TOOLS_COMPLETE_H
#define TOOLS_COMPLETE_H

/* curtrace --complete WORD..., the words behind `curtrace` up to the cursor. */
#define COMPLETE_OPTION "--complete"

/*
 * Prints what the last word, which may be empty, may become, a line each; or one of:
 *
 *	:files		names of files
 *	:folders	names of folders
 *	:program N	a program and its arguments, from the word with this number (from 0) on
 */
int complete(int argc, char **argv);

#endif
