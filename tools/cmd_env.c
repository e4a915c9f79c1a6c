/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace env`: the variables that bring the preload library into every program that is started
 * with them. Each CUDA program then is a flight recorder of its own.
 */
#include "cmd.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "curtrace/event.h"
#include "libraries.h"
#include "options.h"
#include "record_layers.h"
#include "util/message.h"
#include "util/xalloc.h"

static const char usage[] =
	"Usage: curtrace env [OPTION]...\n"
	"\n"
	"Prints the variables by which every CUDA program that is started with them records\n"
	"its last calls: eval \"$(curtrace env)\". `curtrace recover' makes a trace of what\n"
	"such a program has left, `curtrace stop' and `start' switch one that runs.\n"
	"\n"
	"      --shell SHELL       sh (the default), fish, or docker: lines for --env-file,\n"
	"                          and for systemd's EnvironmentFile\n"
	"      --static            runtimes that are linked into programs, too (LD_AUDIT)\n"
	"      --idle              nothing is recorded until `curtrace start -p PID' asks;\n"
	"                          a call costs one test until then\n"
	"      --layers LAYERS     as of `curtrace record'; the runtime is always one\n"
	"      --off               take back what an earlier `env' has set in this shell\n"
	"\n"
	"Exit status: 0; 2 if the libraries are not there, or on wrong usage.\n";

enum shell {
	SHELL_SH,
	SHELL_FISH,
	SHELL_DOCKER
};

static const char *const shells[] = { "sh", "fish", "docker" };

struct printing {
	enum shell shell;
	bool off;
};

/* In quotes of the shell, where only few characters mean something. */
static void print_quoted(enum shell shell, const char *value)
{
	putchar('\'');
	for (; *value; value++) {
		if (shell == SHELL_SH && *value == '\'')
			fputs("'\\'", stdout);
		else if (shell == SHELL_FISH && (*value == '\'' || *value == '\\'))
			putchar('\\');
		putchar(*value);
	}
	putchar('\'');
}

/* `value` NULL or empty: without the variable, which only a shell that has it needs to be told. */
static void print_variable(const struct printing *p, const char *name, const char *value)
{
	if (!value || !*value) {
		if (getenv(name) && p->shell != SHELL_DOCKER)
			printf(p->shell == SHELL_SH ? "unset %s\n" : "set -e %s\n", name);
		return;
	}
	if (p->shell == SHELL_DOCKER) {
		printf("%s=%s\n", name, value);
		return;
	}
	printf(p->shell == SHELL_SH ? "export %s=" : "set -gx %s ", name);
	print_quoted(p->shell, value);
	putchar('\n');
}

/*
 * The list that the variable holds, with `library` in front, once, or nowhere: so that it can be
 * asked for again. What is preloaded here is not there in a container.
 */
static void print_list(const struct printing *p, const char *name, const char *separators,
		       const char *library, bool with)
{
	const char *old = p->shell == SHELL_DOCKER ? NULL : getenv(name);
	char *list = libraries_list(old, separators, library, with);

	print_variable(p, name, list);
	free(list);
}

/* What another one has set there is his. */
static void print_idle(const struct printing *p, bool idle)
{
	const char *old = getenv("CURTRACE");

	if (idle || (old && !strcmp(old, "idle")))
		print_variable(p, "CURTRACE", idle ? "idle" : NULL);
}

/* `layers` 0: not asked for. */
static int print(const struct printing *p, bool redirect, bool idle, unsigned int layers)
{
	static struct libraries l; /* large, and there is one */
	char why[256];

	if (!libraries_find(&l, false, why, sizeof(why))) {
		ut_warn("%s", why);
		return CMD_ERROR;
	}
	if (redirect && access(l.agent, R_OK)) {
		ut_warn("%s is not there", l.agent);
		return CMD_ERROR;
	}
	print_list(p, "LD_PRELOAD", " :", l.shim, !p->off);
	print_list(p, "LD_AUDIT", ":", l.agent, redirect);
	print_idle(p, idle);
	print_variable(p, "CURTRACE_STATIC", redirect ? "on" : NULL);
	print_variable(p, "CURTRACE_LAYERS", layers ? record_layers_text(layers) : NULL);
	return fflush(stdout) ? CMD_ERROR : CMD_OK;
}

enum {
	OPTION_SHELL = CMD_LONG,
	OPTION_STATIC,
	OPTION_LAYERS,
	OPTION_IDLE,
	OPTION_OFF
};

static const struct cmd_option options[] = {
	{ OPTION_SHELL, "shell", true },   { OPTION_STATIC, "static", false },
	{ OPTION_LAYERS, "layers", true }, { OPTION_IDLE, "idle", false },
	{ OPTION_OFF, "off", false },      { 0 },
};

static const struct cmd_words words[] = {
	{ "shell", "docker fish sh" },
	{ 0 },
};

static bool take_shell(const char *name, enum shell *shell)
{
	for (unsigned int i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (!strcmp(name, shells[i])) {
			*shell = (enum shell)i;
			return true;
		}
	}
	ut_warn("--shell %s: sh, fish or docker", name);
	return false;
}

/* Only a session's page of switches leaves functions out, and there is none yet. */
static bool take_layers(const char *text, unsigned int *layers)
{
	*layers = RECORD_LAYERS_DEFAULT;
	if (!record_layers_parse(text, layers))
		return false;
	if (*layers & 1u << CT_LAYER_RUNTIME)
		return true;
	ut_warn("--layers %s: a program that records by itself records the runtime's calls", text);
	return false;
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	struct printing p = { .shell = SHELL_SH };
	bool redirect = false, idle = false, sound = true;
	unsigned int layers = 0;
	int which;

	while (sound && (which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == CMD_ARGS_OPERAND)
			ut_warn("env: `%s' is not an option", args.value);
		sound = which >= 0;
		if (which == OPTION_SHELL)
			sound = take_shell(args.value, &p.shell);
		else if (which == OPTION_LAYERS)
			sound = take_layers(args.value, &layers);
		redirect |= which == OPTION_STATIC;
		idle |= which == OPTION_IDLE;
		p.off |= which == OPTION_OFF;
	}
	if (sound && p.off && (redirect || idle || layers || p.shell == SHELL_DOCKER)) {
		ut_warn("env: --off takes back what is set in a shell; nothing else goes with it");
		sound = false;
	}
	return sound ? print(&p, redirect, idle, layers) : CMD_ERROR;
}

const struct cmd cmd_env = {
	.name = "env",
	.synopsis = "print variables that make every program a flight recorder",
	.usage = usage,
	.options = options,
	.words = words,
	.operand = CMD_NO_OPERAND,
	.run = run,
};
