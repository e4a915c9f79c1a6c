/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace export`: a trace in another form, or without what strangers need not know.
 */
#include "cmd.h"

#include <stdio.h>
#include <string.h>

#include "collect/convert.h"
#include "collect/redact.h"
#include "options.h"
#include "output.h"
#include "util/message.h"

static const char usage[] =
	"Usage: curtrace export [OPTION]... -o FILE [TRACE]\n"
	"\n"
	"Writes TRACE (.ctr, .json, .json.gz; curtrace.json if none is named) to FILE.\n"
	"\n"
	"  -o, --output FILE       its form follows from the name's ending\n"
	"      --format FORM       ctr or json, whatever the name's ending is\n"
	"      --redact            replace names by hashes and addresses by numbers in order of\n"
	"                          their appearance; leave out host, command and what else\n"
	"                          tells where the trace comes from (curtrace-export(1))\n"
	"\n"
	"A native trace (ctr) can only be made of a native one.\n"
	"\n"
	"Exit status: 0; 1 if TRACE is cut off or corrupt: what is sound was written; 2 if\n"
	"nothing could be read or written, or on wrong usage.\n";

struct exporting {
	const char *from;
	const char *to;
	const char *format; /* NULL: as the name says */
	bool redact;
	struct output output;
	char why[PATH_MAX + 256];
};

enum {
	OPTION_FORMAT = CMD_LONG,
	OPTION_REDACT
};

static const struct cmd_option options[] = {
	{ 'o', "output", true },
	{ OPTION_FORMAT, "format", true },
	{ OPTION_REDACT, "redact", false },
	{ 0 },
};

static bool is_native(const char *path)
{
	enum output_form form;

	return output_form_of(path, &form) && form == OUTPUT_NATIVE;
}

/* False: the form cannot be had, and a message was printed. */
static bool choose_form(struct exporting *e)
{
	enum output_form named;
	bool has_ending = output_form_of(e->to, &named);

	if (e->format && strcmp(e->format, "json") && strcmp(e->format, "ctr")) {
		ut_warn("export: --format %s: it is ctr or json", e->format);
		return false;
	}
	if (!e->format && !has_ending) {
		ut_warn("export: -o %s: a trace's name ends in .json, .json.gz or .ctr", e->to);
		return false;
	}
	e->output.form = named;
	if (e->format && !strcmp(e->format, "ctr"))
		e->output.form = OUTPUT_NATIVE;
	else if (e->format && (!has_ending || named == OUTPUT_NATIVE))
		e->output.form = OUTPUT_JSON;
	if (e->output.form == OUTPUT_NATIVE && (!e->redact || !is_native(e->from))) {
		ut_warn(e->redact ? "export: %s: a native trace can only be made of a native one"
				  : "export: %s would be a copy: `--redact' or another form",
			e->redact ? e->from : e->to);
		return false;
	}
	return true;
}

/* The native form is refused if the trace is damaged: its index would be wrong. */
static bool write_output(struct exporting *e, bool *damaged)
{
	struct output *o = &e->output;

	if (o->form == OUTPUT_NATIVE)
		return col_redact_native(e->from, o->fd, o->folder, e->why, sizeof(e->why));
	return col_export(e->from, o->fd, o->form == OUTPUT_JSON_GZ, e->redact, damaged, e->why,
			  sizeof(e->why));
}

static int export(struct exporting *e)
{
	struct output *o = &e->output;
	bool damaged = false, done;

	if (!output_open(o, e->to, e->why, sizeof(e->why))) {
		ut_warn("%s", e->why);
		return CMD_ERROR;
	}
	done = write_output(e, &damaged) && output_commit(o, e->why, sizeof(e->why));
	output_remove_spool(o);
	output_close(o);
	if (!done) {
		ut_warn("%s was not written: %s", e->to, e->why);
		return CMD_ERROR;
	}
	if (damaged)
		ut_warn("%s is cut off or corrupt: what is sound was written", e->from);
	return damaged ? CMD_DAMAGED : CMD_OK;
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct exporting e; /* large, and there is one */
	int which;

	e.output = (struct output){ .fd = -1, .spool_fd = -1 };
	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == CMD_ARGS_BAD)
			return CMD_ERROR;
		if (which == 'o')
			e.to = args.value;
		if (which == OPTION_FORMAT)
			e.format = args.value;
		e.redact |= which == OPTION_REDACT;
		if (which == CMD_ARGS_OPERAND && e.from) {
			ut_warn("export: one trace at a time, not also `%s'", args.value);
			return CMD_ERROR;
		}
		if (which == CMD_ARGS_OPERAND)
			e.from = args.value;
	}
	if (!e.to) {
		ut_warn("export: -o is missing (`curtrace help export')");
		return CMD_ERROR;
	}
	if (!e.from)
		e.from = CMD_DEFAULT_TRACE;
	return choose_form(&e) ? export(&e) : CMD_ERROR;
}

const struct cmd cmd_export = {
	.name = "export",
	.synopsis = "write a trace in another form, or redacted",
	.usage = usage,
	.run = run,
};
