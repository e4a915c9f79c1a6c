/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace recover`: a trace from what a killed `record`, or a program that recorded by itself,
 * has left in a session's folder.
 */
#include "cmd.h"

#include "options.h"
#include "recovering.h"
#include "util/message.h"

static const char usage[] =
	"Usage: curtrace recover [OPTION]... FOLDER\n"
	"\n"
	"Makes a trace of a session's folder that nobody collects any more: of a `curtrace\n"
	"record' that was killed, or of a program that was run with the preload library\n"
	"alone. Every call that had returned is in it. The folder stays as it is; `print'\n"
	"and `info' take it in the place of a trace, too.\n"
	"\n"
	"  -o, --output FILE       the trace, as of `curtrace record'. Without it:\n"
	"                          curtrace.json, the one before becomes .old\n"
	"      --remove            remove the folder when the trace is whole\n"
	"\n"
	"Exit status: 0; 2 if there is no trace.\n";

enum {
	OPTION_REMOVE = CMD_LONG
};

static const struct cmd_option options[] = {
	{ 'o', "output", true },
	{ OPTION_REMOVE, "remove", false },
	{ 0 },
};

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct recovering r; /* large, and there is one */
	int which;

	r.output = (struct output){ .form = OUTPUT_JSON, .fd = -1, .spool_fd = -1 };
	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == CMD_ARGS_BAD)
			return CMD_ERROR;
		if (which == 'o') {
			r.pattern = args.value;
			if (!output_form_of(r.pattern, &r.output.form)) {
				ut_warn("-o %s: a trace's name ends in .json, .json.gz or .ctr",
					r.pattern);
				return CMD_ERROR;
			}
		}
		r.remove |= which == OPTION_REMOVE;
		if (which == CMD_ARGS_OPERAND && r.folder) {
			ut_warn("recover: one folder at a time, not also `%s'", args.value);
			return CMD_ERROR;
		}
		if (which == CMD_ARGS_OPERAND)
			r.folder = args.value;
	}
	if (!r.folder) {
		ut_warn("recover: no folder given (`curtrace help recover')");
		return CMD_ERROR;
	}
	return recovering_run(&r);
}

const struct cmd cmd_recover = {
	.name = "recover",
	.synopsis = "make a trace of what a killed recording has left",
	.usage = usage,
	.options = options,
	.operand = CMD_FOLDER,
	.run = run,
};
