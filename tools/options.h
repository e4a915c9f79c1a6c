/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines: short and long options from a table, `--name value` and `--name=value`, bundles
 * (-vo FILE), `--`.
 *
 *	static const struct cmd_option options[] = {
 *		{'o', "output", true},
 *		{CMD_LONG, "sim", false},
 *		{0}};
 *	struct cmd_args args = {.argc = argc, .argv = argv, .options = options};
 *	while ((which = cmd_args_next(&args)) != CMD_ARGS_END)
 *		switch (which) ...
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>

/* First id of an option that has no letter; give further ones CMD_LONG + 1, … */
#define CMD_LONG 256

#define CMD_ARGS_END     (-1)
#define CMD_ARGS_BAD     (-2) /* a message was printed: the command ends with CMD_ERROR */
#define CMD_ARGS_OPERAND (-3) /* args->value is one that is not an option */

#define CMD_MAY_HAVE_VALUE 2 /* of a long option: --name or --name=value, not --name value */

struct cmd_option {
	int id; /* its letter, or CMD_LONG + n; 0 ends a table */
	const char *name;
	unsigned int has_value; /* false, true, or CMD_MAY_HAVE_VALUE: with = or none */
};

struct cmd_args {
	int argc; /* set these before the first call; argv[0] is the command */
	char **argv;
	const struct cmd_option *options;
	bool stop_at_operand; /* the first operand and what follows is not looked at: see `next` */
	int next;             /* first element of argv that was not looked at */
	char *value;
	char *bundle; /* rest of a bundle of letters */
	bool only_operands;
};

/* The id of the next option, or one of CMD_ARGS_*. */
int cmd_args_next(struct cmd_args *args);

/* A whole number from 0 to `limit`; otherwise prints a message and is false. */
bool cmd_number(const struct cmd_args *args, const char *option, unsigned long long limit,
		unsigned long long *number);

#endif
