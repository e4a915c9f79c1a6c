/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every reading command takes as its trace:
 *
 *	curtrace COMMAND [OPTION...] [TRACE | - | -- PROGRAM [ARGUMENT...]]
 *
 * TRACE is a file (.ctr, .json, .json.gz) or the folder of a session that nobody collects; `-` is
 * standard input; without any it is the last recording (last.h). PROGRAM is run and recorded as by
 * `curtrace record`, but into a file without a name; its input and output are its own, and the
 * report goes to standard error, as perf stat has it, unless -o names a file.
 *
 *	struct source source = { 0 };
 *	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
 *		switch (source_take(&source, &args, which)) {
 *		case SOURCE_BAD:
 *			return CMD_ERROR;
 *		case SOURCE_NOT_MINE:
 *			... the command's own options
 *		case SOURCE_TAKEN:
 *			break;
 *		}
 *	}
 *	trace = source_open(&source);
 *	if (!trace)
 *		return source_failed(&source);
 *	... write to stdout: it is the report's, wherever that goes
 *	return source_close(&source, trace, CMD_OK);
 */
#ifndef TOOLS_SOURCE_H
#define TOOLS_SOURCE_H

#include <limits.h>
#include <stdbool.h>

#include "cmd.h"
#include "options.h"
#include "reader/reader.h"

/* Lines of a command's table of options, and of its usage. Ids from SOURCE_SIM on are ours. */
enum {
	SOURCE_SIM = CMD_LONG + 1000
};

/* clang-format off */
#define SOURCE_OPTIONS { 'o', "output", true }, SOURCE_OPTIONS_BUT_OUTPUT
#define SOURCE_OPTIONS_BUT_OUTPUT { 'q', "quiet", false }, { SOURCE_SIM, "sim", false }
#define SOURCE_OPERANDS "[TRACE | - | -- PROGRAM [ARGUMENT]...]"
#define SOURCE_USAGE \
	"TRACE is a file (.ctr, .json, .json.gz) or a session's folder, - standard input;\n" \
	"without one it is the last recording. Behind -- a PROGRAM is run and recorded: its\n" \
	"output is its own, and the report goes to standard error.\n"
#define SOURCE_OPTIONS_USAGE \
	"  -o, --output FILE    write the report to FILE (-: standard output)\n" \
	"  -q, --quiet          nothing on standard error but errors\n" \
	"      --sim            run PROGRAM on the simulated driver: no GPU is needed\n"
#define SOURCE_STATUS_USAGE \
	"Exit status: 0; 1 if the trace is cut off or corrupt (what is sound was shown); 2 if\n" \
	"nothing could be read, or on wrong usage. With -- PROGRAM: its own, as of record.\n"
/* clang-format on */

struct source {
	/* From the command line. A command may also set these itself before source_open. */
	const char *operand; /* file, folder, "-"; NULL: none */
	char **command;      /* behind --, NULL at the end; or NULL */
	const char *output;  /* of -o; or NULL */
	bool quiet;
	bool simulate;
	bool no_report; /* for commands that write files: stdout stays what it is */
	bool stacks;    /* record PROGRAM's calls with their stacks: for commands that show them */
	/*
	 * While PROGRAM runs and is recorded: called now and then with the native trace that grows,
	 * stdout being the report's; or NULL.
	 */
	void (*watch)(int fd, void *data);
	void *watch_data;
	/* From source_find. */
	const char *name;    /* for messages */
	char path[PATH_MAX]; /* a regular file that can be opened, as often as is wanted */
	int fd;              /* behind `path` if that has no name of its own, else -1 */
	int report_fd;
	int ended;  /* how PROGRAM ended, as waitpid gives it */
	int status; /* why there is nothing, for source_failed */
	bool is_led;
	bool recorded; /* by running PROGRAM */
};

enum source_taken {
	SOURCE_NOT_MINE,
	SOURCE_TAKEN,
	SOURCE_BAD /* wrong usage, and a message was printed */
};

/*
 * Looks at what cmd_args_next gave: operands, what stands behind --, and SOURCE_OPTIONS. A command
 * whose own -o is something else keeps it from us.
 */
enum source_taken source_take(struct source *s, struct cmd_args *args, int which);

/*
 * Finds the trace, which may take a program's whole run, so that s->path can be opened by rd_open;
 * and leads stdout to where the report goes. False: it cannot be had, a message was printed.
 */
bool source_find(struct source *s);

/*
 * For commands that find what they read otherwise: only leads stdout to where the report goes.
 * False: it cannot be written, and a message was printed.
 */
bool source_lead(struct source *s);

/* source_find and rd_open. NULL: a message was printed. */
struct rd_trace *source_open(struct source *s);

/* What to exit with where the two above failed. */
int source_failed(struct source *s);

/*
 * Ends a command that has read all of a trace: flushes stdout, says where the trace is damaged,
 * closes it (NULL: there is none, or the command has closed it). Returns the exit status: what goes
 * wrong here, else `status`, which the command made of what it found; PROGRAM's own if there is one
 * (by a signal: this does not return), as long as `status` is not CMD_ERROR.
 */
int source_close(struct source *s, struct rd_trace *trace, int status);

/* For commands of several traces: one of them. "-" is standard input. NULL: message printed. */
struct rd_trace *source_open_one(const char *path);

#endif
