/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of the tool: one file cmd_NAME.c exports one of these, and the table in curtrace.c
 * lists it.
 */
#ifndef TOOLS_CMD_H
#define TOOLS_CMD_H

struct cmd {
	const char *name;
	const char *synopsis; /* one line for the list of commands */
	const char *usage;    /* what `curtrace help NAME` prints, ending with a newline */
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

extern const struct cmd cmd_record;
extern const struct cmd cmd_print;
extern const struct cmd cmd_info;
extern const struct cmd cmd_check;
extern const struct cmd cmd_export;
extern const struct cmd cmd_start;
extern const struct cmd cmd_stop;
extern const struct cmd cmd_recover;

#endif
