/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace snapshot': a trace of what a flight recorder holds, while the program goes on.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "cmd.h"
#include "options.h"
#include "recovering.h"
#include "session_find.h"
#include "util/message.h"

static const char usage[] =
	"Usage: curtrace snapshot [-p PID] [-o FILE]\n"
	"\n"
	"Makes a trace of the last calls of a program that records by itself, as `curtrace\n"
	"env' arranges, or under `curtrace record' with --flight or --overflow overwrite. The\n"
	"program goes on.\n"
	"Calls that had been overwritten by newer ones are counted as lost.\n"
	"\n"
	"  -p, --pid PID      a process of the session; without it there must be one session\n"
	"                     only, with a process that runs\n"
	"  -o, --output FILE  the trace, as of `curtrace record'. Without it: the next one of\n"
	"                     `curtrace record --flight'; else curtrace.json, the one before\n"
	"                     becomes .old\n"
	"\n"
	"Exit status: 0; 2 if there is no trace.\n";

static const struct cmd_option options[] = {
	{ .id = 'p', .name = "pid", .has_value = true },
	{ .id = 'o', .name = "output", .has_value = true },
	{ 0 },
};

static bool find(unsigned long long pid, char *folder, size_t folder_size)
{
	char text[24], why[PATH_MAX + 256];
	bool found;

	snprintf(text, sizeof(text), "%llu", pid);
	found = pid ? session_of_pid(text, folder, folder_size, why, sizeof(why))
		    : session_only_live(folder, folder_size, why, sizeof(why));
	if (!found)
		ut_warn("%s", why);
	return found;
}

/* Its recorder makes it: the calls are in files of its own. */
static int ask(const char *folder, const char *pattern)
{
	char name[PATH_MAX] = "", path[PATH_MAX] = "", text[PATH_MAX + 256];

	if (pattern && !output_expand(pattern, getpid(), name, sizeof(name), text, sizeof(text))) {
		ut_warn("%s", text);
		return CMD_ERROR;
	}
	/* The recorder has another working folder. */
	if (*name && (*name == '/' || getcwd(path, sizeof(path))))
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s%s",
			 *name == '/' ? "" : "/", name);
	if (!ask_for_trace(folder, path, text, sizeof(text))) {
		ut_warn("%s", text);
		return CMD_ERROR;
	}
	fprintf(stderr, "curtrace: trace: %s\n", text);
	return CMD_OK;
}

/* Through /proc/PID/root it is there as long as the process is. */
static int say_dead(const char *folder)
{
	char *path = realpath(folder, NULL);

	ut_warn("its `curtrace record --flight' was killed: `curtrace recover %s' makes a trace of "
		"what it has left",
		path ? path : folder);
	free(path);
	return CMD_ERROR;
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct recovering r; /* large, and there is one */
	static char folder[PATH_MAX];
	unsigned long long pid = 0;
	int which;

	r.live = true;
	r.output = (struct output){ .form = OUTPUT_JSON, .fd = -1, .spool_fd = -1 };
	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == CMD_ARGS_OPERAND)
			ut_warn("snapshot: the process comes behind -p, not `%s'", args.value);
		if (which == CMD_ARGS_OPERAND || which == CMD_ARGS_BAD)
			return CMD_ERROR;
		if (which == 'p' && !cmd_number(&args, "-p", INT_MAX, &pid))
			return CMD_ERROR;
		if (which != 'o')
			continue;
		r.pattern = args.value;
		if (!output_form_of(r.pattern, &r.output.form)) {
			ut_warn("-o %s: a trace's name ends in .json, .json.gz or .ctr", r.pattern);
			return CMD_ERROR;
		}
	}
	if (!find(pid, folder, sizeof(folder)))
		return CMD_ERROR;
	if (ask_is_heard(folder))
		return session_is_collected(folder) ? ask(folder, r.pattern) : say_dead(folder);
	r.folder = folder;
	return recovering_run(&r);
}

const struct cmd cmd_snapshot = {
	.name = "snapshot",
	.synopsis = "a trace of the last calls of a program that goes on",
	.usage = usage,
	.options = options,
	.operand = CMD_NO_OPERAND,
	.run = run,
};
