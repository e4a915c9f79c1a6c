/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace record`: runs a program and leaves a trace of its calls.
 *
 * Everything that can go wrong is tried before the program starts: the child is forked and waits
 * while the libraries, the session and the output are made ready. Once it runs, nothing of ours
 * may change what it does: its output, its signals and its end are its own.
 */
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "collect/collector.h"
#include "collect/command.h"
#include "collect/convert.h"
#include "collect/session.h"
#include "collect/summary.h"
#include "config.h"
#include "launch.h"
#include "libraries.h"
#include "output.h"
#include "record_options.h"
#include "util/message.h"

/* Other processes of the command that are just ending get so long after it. */
#define GRACE_US      200000
#define GRACE_STEP_US 2000

static const char usage[] =
	"Usage: curtrace record [OPTION]... COMMAND [ARGUMENT]...\n"
	"\n"
	"Runs COMMAND and records every CUDA runtime call that it and its children make.\n"
	"The exit status is the command's; killed by a signal, record dies of the same.\n"
	"\n"
	"  -o, --output FILE       the trace; its form follows from the name's ending:\n"
	"                          .json, .json.gz or .ctr (native). In the name %p is the\n"
	"                          command's process id, %h the host, %q{VAR} a variable.\n"
	"                          Without it: curtrace.json, the one before becomes .old\n"
	"      --sim               use the simulated driver: no GPU is needed\n"
	"  -q, --quiet             no summary\n"
	"  -e, --trace WHAT        record only these calls: names, %domains, cuda*Async patterns,\n"
	"                          /expressions, separated by commas; ! in front: all but these\n"
	"      --delay TIME        begin to record so long after the start (100ms, 2s)\n"
	"      --duration TIME     record for so long; the program goes on without\n"
	"      --range cuda-profiler\n"
	"                          record between cudaProfilerStart and cudaProfilerStop only\n"
	"      --start-off         record nothing until `curtrace start' asks for it\n"
	"      --stacks[=WHAT]     record calls with their stacks: all, or those that WHAT names\n"
	"                          as -e does, or launch, alloc; `curtrace print -k' shows them\n"
	"      --stack-depth N     at most N frames, the innermost ones (default 64)\n"
	"      --python            stacks with the names of Python's functions (3.12 and later)\n"
	"      --buffer SIZE       ring of each thread (default 256K)\n"
	"      --buffer-total SIZE all rings together (default: half of what is free, at\n"
	"                          most 1G)\n"
	"      --overflow WHAT     when a ring is full: block (the default), drop, or\n"
	"                          overwrite: keep the newest calls of each thread\n"
	"      --block-timeout T   how long a call waits for room at most (default 1s; inf:\n"
	"                          for as long as there is somebody to make room)\n"
	"      --wait-all          go on until every process of the command has ended, and\n"
	"                          not only the command itself; interrupt to end it sooner\n";

struct recording {
	struct record_options options;
	struct libraries libraries;
	struct col_session session;
	struct output output;
	struct child child;
	struct collector collector;
	char *program;
	char why[PATH_MAX + 256];
};

/* The output's name can hold the pid of the child, so that it can only be opened now. */
static bool open_output(struct recording *r)
{
	const char *pattern = r->options.output ? r->options.output : CMD_DEFAULT_TRACE;
	char path[PATH_MAX];

	r->output = (struct output){
		.form = r->options.form,
		.keep_old = !r->options.output,
		.fd = -1,
		.spool_fd = -1,
	};
	return output_expand(pattern, r->child.pid, path, sizeof(path), r->why, sizeof(r->why)) &&
	       output_open(&r->output, path, r->why, sizeof(r->why));
}

/* Who finds the session's folder after everything was killed finds the spool. */
static void link_spool(struct recording *r)
{
	char *absolute = realpath(r->output.spool, NULL);

	if (absolute && symlinkat(absolute, r->session.dirfd, "spool.ctr"))
		ut_warn("%s/spool.ctr cannot be made: the trace cannot be recovered if this tool "
			"is killed",
			r->session.path);
	free(absolute);
}

/* Writes the first chunks: a disk that is full already is noticed here. */
static bool begin_trace(struct recording *r)
{
	char *command = col_command_text(r->options.command);
	const struct col_run_info run = {
		.tool_version = PACKAGE_VERSION,
		.command = command,
		.simulated = r->options.simulate,
		.settings = &r->options.settings,
	};
	int error =
		col_begin(&r->collector, &r->session, r->output.spool_fd, r->output.folder, &run);

	free(command);
	if (error)
		snprintf(r->why, sizeof(r->why), "%s cannot be written: %s", r->output.spool,
			 strerror(-error));
	return !error;
}

/* Everything until the program runs. 0, or the status to exit with. */
static int start(struct recording *r)
{
	int error = col_session_create(&r->session, &r->options.settings);

	if (error) {
		ut_warn("a session's folder cannot be made (last tried %s): %s", r->session.path,
			strerror(-error));
		return CMD_ERROR;
	}
	libraries_into_environment(&r->libraries, r->options.simulate, r->session.path);
	record_stacks_into_environment(&r->options.stacks);
	error = child_prepare(&r->child, r->program, r->options.command);
	if (error) {
		ut_warn("a process cannot be made: %s", strerror(-error));
		col_session_close(&r->session, true);
		return CMD_ERROR;
	}
	if (r->options.wait_all)
		child_adopt(&r->child);
	if (open_output(r) && begin_trace(r)) {
		link_spool(r);
		error = child_go(&r->child);
		if (!error)
			return 0;
		ut_warn("%s: %s", r->program, strerror(error));
		error = error == ENOENT ? LAUNCH_NOT_FOUND : LAUNCH_CANNOT_RUN;
	} else {
		ut_warn("%s", r->why);
		error = CMD_ERROR;
	}
	child_cancel(&r->child);
	col_free(&r->collector);
	output_remove_spool(&r->output);
	output_close(&r->output);
	col_session_close(&r->session, true);
	return error;
}

/* Interrupted, what still runs is left to itself, as without the option. */
static void wait_for_all(struct recording *r)
{
	unsigned int us = col_poll(&r->collector);

	while ((child_others_run(&r->child) ||
		col_others_run(&r->collector, (uint32_t)r->child.pid)) &&
	       !child_interrupted(us))
		us = col_poll(&r->collector);
}

/* Neither our pace nor the grace keeps the program waiting: it has ended when the latter begins. */
static void follow(struct recording *r)
{
	unsigned int us = col_poll(&r->collector);

	while (!child_wait(&r->child, us))
		us = col_poll(&r->collector);
	if (r->options.wait_all)
		wait_for_all(r);
	/* Others in a pipeline end a little later, and their last calls belong to the run. */
	for (unsigned int waited = 0; waited < GRACE_US; waited += GRACE_STEP_US) {
		col_poll(&r->collector);
		if (!col_others_run(&r->collector, (uint32_t)r->child.pid))
			break;
		usleep(GRACE_STEP_US);
	}
}

static void say_where(const struct recording *r, const char *path)
{
	char *const words[] = { (char *)"curtrace", (char *)"print", (char *)path, NULL };
	char *next = col_command_text(words);
	char text[16];
	struct stat st;

	if (!stat(path, &st))
		fprintf(stderr, "curtrace: trace: %s (%s)\n", path,
			col_format_size(text, sizeof(text), (uint64_t)st.st_size));
	/* Never taken by itself: a run on a simulated driver computes nothing. */
	if (!r->options.simulate && (r->collector.stats->no_driver || !libraries_gpu_seen()))
		fprintf(stderr, "curtrace: no NVIDIA driver or device was found here; `curtrace "
				"record --sim` runs a program on a simulated one\n");
	fprintf(stderr, "curtrace: next: %s\n", next);
	free(next);
}

/* The trace gets its final form and name. False: it stays where r->output says. */
static bool finish_output(struct recording *r)
{
	struct output *o = &r->output;

	if (o->form != OUTPUT_NATIVE &&
	    !col_convert(o->spool, o->fd, o->form == OUTPUT_JSON_GZ, r->why, sizeof(r->why))) {
		ut_warn("%s was not written: %s", o->path, r->why);
		return false;
	}
	if (!output_commit(o, r->why, sizeof(r->why))) {
		ut_warn("%s was not written: %s", o->path, r->why);
		return false;
	}
	return true;
}

/*
 * The trace first, then what is to be said about it, then the folder: whatever fails, the spool has
 * been whole before.
 */
static void finish(struct recording *r)
{
	const struct col_end_info end = {
		.exit_status = r->child.status,
		.program = r->program,
		.own_modules = r->libraries.folder,
	};
	struct output *o = &r->output;
	int error = col_finish(&r->collector, &end);

	if (error)
		ut_warn("the end of the trace could not be written: %s", strerror(-error));
	/* From here on the user may lose patience: the spool is whole. */
	child_signals_restore();
	if (!r->options.quiet)
		col_summary(stderr, &r->collector);
	if (finish_output(r)) {
		if (!r->options.quiet)
			say_where(r, o->path);
		output_remove_spool(o);
	} else {
		ut_warn("the native trace was kept as %s: `curtrace print` reads it", o->spool);
		if (o->form == OUTPUT_NATIVE)
			o->temporary[0] = '\0';
	}
	output_close(o);
	col_session_close(&r->session, true);
	col_free(&r->collector);
}

/* Checks in the order of what a user got wrong most likely. */
static int run_program(struct recording *r)
{
	int status = launch_find(r->options.command[0], &r->program, r->why, sizeof(r->why));

	if (status || !libraries_find(&r->libraries, r->options.simulate, r->why, sizeof(r->why))) {
		ut_warn("%s", r->why);
		return status ? status : CMD_ERROR;
	}
	status = start(r);
	if (status)
		return status;
	follow(r);
	finish(r);
	return child_exit_like(r->child.status);
}

static int record(int argc, char **argv)
{
	static struct recording r; /* large, and there is one */
	int status;

	if (!record_options_parse(argc, argv, &r.options))
		return CMD_ERROR;
	if (r.options.help) {
		fputs(usage, stdout);
		return CMD_OK;
	}
	status = run_program(&r);
	free(r.program);
	return status;
}

const struct cmd cmd_record = {
	.name = "record",
	.synopsis = "run a program and record its CUDA calls",
	.usage = usage,
	.run = record,
};
