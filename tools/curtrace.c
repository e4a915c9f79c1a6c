/* SPDX-License-Identifier: Apache-2.0 */
/* The tool: finds the command and hands over. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "util/message.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* In the order in which a user meets them. */
static const struct cmd *const commands[] = {
	&cmd_record, &cmd_print, &cmd_info,  &cmd_export,
	&cmd_start,  &cmd_stop,  &cmd_check, &cmd_recover,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct cmd *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

/* Asked for, it goes to stdout; as an answer to a wrong call, to stderr with status 2. */
static int print_usage(FILE *out)
{
	fputs("Usage: curtrace COMMAND [ARGUMENT...]\n"
	      "\n"
	      "Records what a program asks of the CUDA runtime, and shows it.\n"
	      "\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->synopsis);
	fputs("  help     tell about a command: curtrace help COMMAND\n"
	      "\n"
	      "Options: --help, --version. Every command also takes --help.\n",
	      out);
	return out == stdout ? CMD_OK : CMD_ERROR;
}

static int unknown(const char *name)
{
	ut_warn("`%s' is not a command (see `curtrace help')", name);
	return CMD_ERROR;
}

static int help(int argc, char **argv)
{
	const struct cmd *command;

	if (argc < 2)
		return print_usage(stdout);
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	fputs(command->usage, stdout);
	return CMD_OK;
}

int main(int argc, char **argv)
{
	const struct cmd *command;

	if (argc < 2)
		return print_usage(stderr);
	if (!strcmp(argv[1], "--version")) {
		puts("curtrace " PACKAGE_VERSION);
		return CMD_OK;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(argc - 1, argv + 1);
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	/* Behind the command only the first word counts: what follows may be the traced
	 * program's own. */
	if (argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"))) {
		fputs(command->usage, stdout);
		return CMD_OK;
	}
	return command->run(argc - 1, argv + 1);
}
