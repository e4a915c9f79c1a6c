/* SPDX-License-Identifier: Apache-2.0 */
/* The tool: finds the command and hands over. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "complete.h"
#include "util/message.h"
#include "util/similar.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

const struct cmd *const cmd_all[] = {
	&cmd_record, &cmd_print,  &cmd_stat,    &cmd_mem,   &cmd_diff, &cmd_baseline,
	&cmd_info,   &cmd_export, &cmd_merge,   &cmd_start, &cmd_stop, &cmd_snapshot,
	&cmd_env,    &cmd_check,  &cmd_recover, NULL,
};

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; cmd_all[i]; i++) {
		if (!strcmp(cmd_all[i]->name, name))
			return cmd_all[i];
	}
	return NULL;
}

/*
 * Where the caller closed a standard stream, the next file to be opened would be taken for it, and
 * what we say would be written into a trace. What stands there instead answers as a closed one
 * does, and is closed for the programs that we run.
 */
static void hold_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	}
}

/* What was only asked to be told must have arrived. */
static int told(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return CMD_OK;
	ut_warn("cannot write: %s", strerror(errno));
	return CMD_ERROR;
}

/* Asked for, it goes to stdout; as an answer to a wrong call, to stderr with status 2. */
static int print_usage(FILE *out)
{
	fputs("Usage: curtrace COMMAND [ARGUMENT...]\n"
	      "\n"
	      "Records what a program asks of the CUDA runtime, and shows it.\n"
	      "\n",
	      out);
	for (size_t i = 0; cmd_all[i]; i++)
		fprintf(out, "  %-8s %s\n", cmd_all[i]->name, cmd_all[i]->synopsis);
	fputs("  help     tell about a command: curtrace help COMMAND\n"
	      "\n"
	      "Commands that read take a trace, - for standard input, -- PROGRAM to record one\n"
	      "first, or nothing: the last recording.\n"
	      "\n"
	      "Options: --help, --version. Every command also takes --help; `man curtrace' and\n"
	      "`man curtrace-COMMAND' tell more.\n",
	      out);
	return out == stdout ? told() : CMD_ERROR;
}

static int unknown(const char *name)
{
	struct ut_similar similar = { .word = name };

	for (size_t i = 0; cmd_all[i]; i++)
		ut_similar_offer(&similar, cmd_all[i]->name);
	ut_similar_offer(&similar, "help");
	if (similar.best)
		ut_warn("`%s' is not a command (did you mean %s?)", name, similar.best);
	else if (*name == '-')
		ut_warn("unknown option: %s (see `curtrace help')", name);
	else
		ut_warn("`%s' is not a command (see `curtrace help')", name);
	return CMD_ERROR;
}

static int help(int argc, char **argv)
{
	const struct cmd *command;

	if (argc < 2)
		return print_usage(stdout);
	command = cmd_find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	fputs(command->usage, stdout);
	return told();
}

static void bear(int number)
{
	(void)number;
}

/*
 * A file that grows past the user's limit is an error with a name, not the end of us. A handler,
 * since programs that are run must not inherit it; who ignores the signal is left alone.
 */
static void bear_file_limits(void)
{
	struct sigaction old, action = { .sa_handler = bear, .sa_flags = SA_RESTART };

	if (!sigaction(SIGXFSZ, NULL, &old) && old.sa_handler == SIG_DFL)
		sigaction(SIGXFSZ, &action, NULL);
}

int main(int argc, char **argv)
{
	const struct cmd *command;

	hold_streams();
	bear_file_limits();
	if (argc < 2)
		return print_usage(stderr);
	if (!strcmp(argv[1], "--version")) {
		puts("curtrace " PACKAGE_VERSION);
		return told();
	}
	if (!strcmp(argv[1], COMPLETE_OPTION))
		return complete(argc - 2, argv + 2);
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(argc - 1, argv + 1);
	command = cmd_find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	/* Behind the command only the first word counts: what follows may be the traced
	 * program's own. */
	if (argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"))) {
		fputs(command->usage, stdout);
		return told();
	}
	return command->run(argc - 1, argv + 1);
}
