/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace recover`: a trace from what a killed `record`, or a program that recorded by itself,
 * has left in a session's folder.
 */
#include "cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect/convert.h"
#include "collect/recover.h"
#include "collect/session.h"
#include "config.h"
#include "options.h"
#include "output.h"
#include "reader/reader.h"
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

struct recovering {
	const char *folder;
	const char *pattern; /* NULL: the default trace */
	bool remove;
	struct output output;
	char why[PATH_MAX + 256];
};

/* What a person wants to know at once: whether something is missing. */
static void say_counts(const char *path)
{
	struct rd_error error;
	struct rd_trace *trace = rd_open(path, &error);
	const struct ct_header *header;

	if (!trace)
		return;
	header = rd_header(trace);
	fprintf(stderr,
		"curtrace: %" PRIu64 " calls made = %" PRIu64 " written + %" PRIu64
		" lost + %" PRIu64 " in flight\n",
		header->calls, header->recorded - header->in_flight, header->lost,
		header->in_flight);
	for (unsigned int i = 0; i < header->nwarnings; i++)
		ut_warn("warning: %s", header->warnings[i].text);
	rd_close(trace);
}

/* The output is locked and open. */
static bool make_trace(struct recovering *r)
{
	struct output *o = &r->output;

	if (col_recover(r->folder, o->spool_fd, o->folder, PACKAGE_VERSION, r->why,
			sizeof(r->why))) {
		ut_warn("%s: %s", r->folder, r->why);
		return false;
	}
	say_counts(o->spool);
	if (o->form != OUTPUT_NATIVE && !col_convert(o->spool, o->fd, o->form == OUTPUT_JSON_GZ,
						     false, r->why, sizeof(r->why))) {
		ut_warn("%s was not written: %s", o->path, r->why);
		return false;
	}
	if (r->why[0] && o->form != OUTPUT_NATIVE)
		ut_warn("%s holds %s", o->path, r->why);
	if (output_commit(o, r->why, sizeof(r->why)))
		return true;
	ut_warn("%s was not written: %s", o->path, r->why);
	return false;
}

/* The lock is taken once more, so that nobody's session goes away under them. */
static void remove_folder(const char *folder)
{
	struct col_session session;

	if (!col_session_open(&session, folder))
		col_session_close(&session, true);
}

static int recover(struct recovering *r)
{
	char path[PATH_MAX];
	bool done;

	r->output.keep_old = !r->pattern;
	r->output.recovering = true;
	if (!output_expand(r->pattern ? r->pattern : CMD_DEFAULT_TRACE, getpid(), path,
			   sizeof(path), r->why, sizeof(r->why)) ||
	    !output_open(&r->output, path, r->why, sizeof(r->why))) {
		ut_warn("%s", r->why);
		return CMD_ERROR;
	}
	done = make_trace(r);
	output_remove_spool(&r->output);
	output_close(&r->output);
	if (!done)
		return CMD_ERROR;
	fprintf(stderr, "curtrace: trace: %s\n", path);
	if (r->remove)
		remove_folder(r->folder);
	return CMD_OK;
}

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
	return recover(&r);
}

const struct cmd cmd_recover = {
	.name = "recover",
	.synopsis = "make a trace of what a killed recording has left",
	.usage = usage,
	.options = options,
	.operand = CMD_FOLDER,
	.run = run,
};
