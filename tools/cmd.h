/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of the tool: one file cmd_NAME.c exports one of these, and the table in curtrace.c
 * lists it.
 */
#ifndef TOOLS_CMD_H
#define TOOLS_CMD_H

#include "options.h"

/* What a command's operand is: for completion. */
enum cmd_operand {
	CMD_TRACE = 0, /* source.h: a file, or -- and a program */
	CMD_PROGRAM,   /* a program and its arguments: what stands behind is not ours */
	CMD_FOLDER,
	CMD_NO_OPERAND
};

/* Words that an option takes, for completion: { "overflow", "block drop overwrite" }. */
struct cmd_words {
	const char *option; /* NULL ends a table */
	const char *words;
};

struct cmd {
	const char *name;
	const char *synopsis; /* one line for the list of commands */
	const char *usage;    /* what `curtrace help NAME` prints, ending with a newline */
	const struct cmd_option *options;
	const struct cmd_words *words; /* NULL: none */
	enum cmd_operand operand;
	/* argv[0] is the command's name. Returns the exit status, but for record always: */
	int (*run)(int argc, char **argv);
};

/* Exit statuses of the commands that read. */
enum cmd_status {
	CMD_OK = 0,
	CMD_DAMAGED = 1, /* the trace is cut off or corrupt: what is sound was shown */
	CMD_ERROR = 2    /* wrong usage, or nothing could be read */
};

/* What every reading command opens when no file is named. */
#define CMD_DEFAULT_TRACE "curtrace.json"

/* In the order in which a user meets them; NULL at the end. */
extern const struct cmd *const cmd_all[];

/* NULL: there is none. */
const struct cmd *cmd_find(const char *name);

extern const struct cmd cmd_record;
extern const struct cmd cmd_print;
extern const struct cmd cmd_stat;
extern const struct cmd cmd_info;
extern const struct cmd cmd_mem;
extern const struct cmd cmd_diff;
extern const struct cmd cmd_baseline;
extern const struct cmd cmd_check;
extern const struct cmd cmd_export;
extern const struct cmd cmd_merge;
extern const struct cmd cmd_start;
extern const struct cmd cmd_stop;
extern const struct cmd cmd_snapshot;
extern const struct cmd cmd_env;
extern const struct cmd cmd_recover;

#endif
