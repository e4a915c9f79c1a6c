/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace export`: a trace in another form, or without what strangers need not know.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "options.h"
#include "util/message.h"

static const char usage[] =
	"Usage: curtrace export -f FORM [-o FILE] [OPTION]... " SOURCE_OPERANDS "\n"
	"\n"
	"Writes a trace in another form, for other tools (docs/EXPORT.md).\n"
	"\n" SOURCE_USAGE "\n"
	"  -f, --format FORM       json: Perfetto, chrome://tracing, HTA, TraceLens\n"
	"                          json=full: the same and everything else, so that ctr can be\n"
	"                          made of it again\n"
	"                          ctr: curtrace's own, of a native trace or of json=full\n"
	"                          pftrace: Perfetto's own: exact, compact, opens when cut off\n"
	"                          ndjson, csv: a flat row a call: DuckDB, Spark, pandas\n"
	"                          sqlite: a database with the tables of Nsight Systems\n"
	"                          folded, speedscope: stacks and what they came to\n"
	"  -o, --output FILE       where to; - or none: standard output. Without -f the form\n"
	"                          follows from the name's ending, and .gz behind it compresses\n"
	"      --weight WHAT       of folded, speedscope: time, calls, bytes (copied and set)\n"
	"                          or allocated\n"
	"      --redact            replace names by hashes and addresses by numbers in order of\n"
	"                          their appearance; leave out host, command and what else\n"
	"                          tells where the trace comes from (curtrace-export(1))\n"
	"  -q, --quiet             nothing on standard error but errors\n"
	"      --sim               run PROGRAM on the simulated driver: no GPU is needed\n"
	"\n"
	"Exit status: 0; 1 if TRACE is cut off or corrupt: what is sound was written; 2 if\n"
	"nothing could be read or written, or on wrong usage. With -- PROGRAM: the program's.\n";

enum {
	OPTION_REDACT = CMD_LONG,
	OPTION_WEIGHT
};

static const struct cmd_option options[] = {
	{ 'f', "format", true },           { 'o', "output", true },
	{ OPTION_WEIGHT, "weight", true }, { OPTION_REDACT, "redact", false },
	SOURCE_OPTIONS_BUT_OUTPUT,         { 0 },
};

/* FILE would be replaced when the trace has been read; but who names one file twice errs. */
static bool is_input(const struct exporting *e)
{
	struct stat to, from;

	return !stat(e->to, &to) && !stat(e->source.path, &from) && to.st_dev == from.st_dev &&
	       to.st_ino == from.st_ino;
}

static bool write_file(struct exporting *e, bool *damaged)
{
	struct output *o = &e->output;
	bool done;

	if (is_input(e)) {
		snprintf(e->why, sizeof(e->why), "it is the trace itself");
		return false;
	}
	o->form = OUTPUT_NATIVE; /* whatever it is: no second file beside it */
	if (!output_open(o, e->to, e->why, sizeof(e->why)))
		return false;
	done = export_write(e, o->fd, o->folder, damaged) &&
	       output_commit(o, e->why, sizeof(e->why));
	output_close(o);
	return done;
}

/* ---- standard output ----------------------------------------------------------------------- */

static bool copy_to_stdout(struct exporting *e, int fd)
{
	static char buffer[1 << 16];
	ssize_t n, done, part;
	off_t at = 0;

	while ((n = pread(fd, buffer, sizeof(buffer), at)) > 0) {
		for (done = 0; done < n; done += part) {
			part = write(STDOUT_FILENO, buffer + done, (size_t)(n - done));
			if (part < 0 && errno == EINTR)
				part = 0;
			if (part < 0)
				break;
		}
		if (done < n)
			break;
		at += n;
	}
	if (n)
		snprintf(e->why, sizeof(e->why), "%s", strerror(errno));
	return !n;
}

/* A form whose writer goes back in its file gets one without a name. */
static bool write_through_file(struct exporting *e, bool *damaged)
{
	const char *folder = getenv("TMPDIR");
	char name[PATH_MAX];
	bool done = false;
	int fd = -1;

	folder = folder && *folder ? folder : "/tmp";
	if (snprintf(name, sizeof(name), "%s/curtrace-XXXXXX", folder) < (int)sizeof(name))
		fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		snprintf(e->why, sizeof(e->why), "no room for it in %s: %s", folder,
			 strerror(errno));
		return false;
	}
	unlink(name);
	done = export_write(e, fd, folder, damaged) && copy_to_stdout(e, fd);
	close(fd);
	return done;
}

static bool write_stdout(struct exporting *e, bool *damaged)
{
	if (e->form == EXPORT_NATIVE || (e->format && e->format->seeks))
		return write_through_file(e, damaged);
	return export_write(e, STDOUT_FILENO, ".", damaged);
}

/* ---- the command --------------------------------------------------------------------------- */

static int export(struct exporting *e)
{
	bool to_stdout = !strcmp(e->to, "-"), damaged = false, done;

	if (!export_check_source(e))
		return CMD_ERROR;
	done = to_stdout ? write_stdout(e, &damaged) : write_file(e, &damaged);
	if (!done) {
		ut_warn("%s was not written: %s", to_stdout ? "standard output" : e->to, e->why);
		return CMD_ERROR;
	}
	if (damaged)
		ut_warn("%s is cut off or corrupt: what is sound was written", e->source.name);
	return damaged ? CMD_DAMAGED : CMD_OK;
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct exporting e; /* large, and there is one */
	int which;

	e.output = (struct output){ .fd = -1, .spool_fd = -1 };
	e.source.no_report = true;
	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == 'f')
			e.form_name = args.value;
		else if (which == 'o')
			e.to = args.value;
		else if (which == OPTION_WEIGHT)
			e.weight_name = args.value;
		else if (which == OPTION_REDACT)
			e.redact = true;
		else if (source_take(&e.source, &args, which) != SOURCE_TAKEN)
			return CMD_ERROR;
	}
	if (!export_choose(&e))
		return CMD_ERROR;
	if (e.format && e.format->weighs)
		e.source.stacks = true;
	if (!source_find(&e.source))
		return source_failed(&e.source);
	return source_close(&e.source, NULL, export(&e));
}

static const struct cmd_words words[] = {
	{ "format", "json json=full ctr pftrace ndjson csv sqlite folded speedscope" },
	{ "weight", "time calls bytes allocated" },
	{ 0 },
};

const struct cmd cmd_export = {
	.name = "export",
	.synopsis = "write a trace in another form, or redacted",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
