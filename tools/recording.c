/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running and recording a program.
 *
 * Everything that can go wrong is tried before the program starts: the child is forked and waits
 * while the libraries, the session and the output are made ready. Once it runs, nothing of ours
 * may change what it does: its output, its signals and its end are its own.
 */
#include "recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "collect/command.h"
#include "collect/convert.h"
#include "collect/summary.h"
#include "config.h"
#include "last.h"
#include "launch.h"
#include "record_rank.h"
#include "util/message.h"
#include "util/progress.h"

/* Other processes of the command that are just ending get so long after it. */
#define GRACE_US      200000
#define GRACE_STEP_US 2000

/* The output's name can hold the pid of the child, so that it can only be opened now. */
static bool open_output(struct recording *r)
{
	char pattern[PATH_MAX], path[PATH_MAX];

	if (r->unnamed_folder) {
		r->output = (struct output){ .form = OUTPUT_NATIVE, .fd = -1 };
		r->output.spool_fd = r->unnamed_fd;
		snprintf(r->output.folder, sizeof(r->output.folder), "%s", r->unnamed_folder);
		snprintf(r->output.spool, sizeof(r->output.spool), "a file in %s",
			 r->unnamed_folder);
		return true;
	}
	r->output = (struct output){
		/* A flight recorder's spool lies beside the traces that are made of it. */
		.form = r->options.flight.wanted ? OUTPUT_JSON : r->options.form,
		.keep_old = !r->options.output,
		.fd = -1,
		.spool_fd = -1,
	};
	if (!record_rank_pattern(r->options.output, pattern, sizeof(pattern))) {
		snprintf(r->why, sizeof(r->why), "-o: %s", strerror(ENAMETOOLONG));
		return false;
	}
	return output_expand(pattern, r->child.pid, path, sizeof(path), r->why, sizeof(r->why)) &&
	       output_open(&r->output, path, r->why, sizeof(r->why));
}

/* Who finds the session's folder after everything was killed finds the spool. */
static void link_spool(struct recording *r)
{
	char *absolute;

	if (r->unnamed_folder)
		return;
	absolute = realpath(r->output.spool, NULL);
	if (absolute && symlinkat(absolute, r->session.dirfd, "spool.ctr"))
		ut_warn("%s/spool.ctr cannot be made: the trace cannot be recovered if this tool "
			"is killed",
			r->session.path);
	free(absolute);
}

/* A file without a name is its maker's to close. */
static void release_output(struct recording *r)
{
	if (r->unnamed_folder)
		return;
	if (r->options.flight.wanted)
		col_flight_end(&r->flight);
	output_remove_spool(&r->output);
	output_close(&r->output);
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
		.flight = r->options.flight.wanted ? &r->flight : NULL,
	};
	int fd = r->output.spool_fd, error;

	if (run.flight)
		fd = col_flight_begin(&r->flight, &r->session, r->output.spool, fd,
				      r->output.folder, r->options.flight.keep_ns);
	error = fd < 0 ? fd : col_begin(&r->collector, &r->session, fd, r->output.folder, &run);
	free(command);
	if (error)
		snprintf(r->why, sizeof(r->why), "%s cannot be written: %s", r->output.spool,
			 strerror(-error));
	return !error;
}

/* With a name, and made at the end: what a manifest of ranks can tell of. */
static bool is_one_trace(const struct recording *r)
{
	return !r->unnamed_folder && !r->options.flight.wanted;
}

/* Everything until the program runs. 0, or the status to exit with. */
static int start(struct recording *r)
{
	int error = col_session_create(&r->session, &r->options.settings);

	if (error) {
		ut_warn("a session's folder cannot be made%s%s: %s%s",
			*r->session.path ? " at " : "", r->session.path, strerror(-error),
			error == -EFBIG ? " (`ulimit -f' must allow it)" : "");
		return CMD_ERROR;
	}
	libraries_into_environment(&r->libraries, r->options.simulate, !r->options.keep_static,
				   r->session.path);
	record_layers_into_environment(r->options.layers);
	if (r->options.layers & 1u << CT_LAYER_NVTX || r->options.settings.range)
		libraries_nvtx_into_environment(&r->libraries, r->options.torch);
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
		dumps_begin(r);
		if (is_one_trace(r))
			record_rank_note(r, false);
		error = child_go(&r->child);
		if (!error)
			return 0;
		if (is_one_trace(r))
			record_rank_forget(r);
		ut_warn("%s: %s", r->program, strerror(error));
		error = error == ENOENT ? LAUNCH_NOT_FOUND : LAUNCH_CANNOT_RUN;
	} else {
		ut_warn("%s", r->why);
		error = CMD_ERROR;
	}
	child_cancel(&r->child);
	col_free(&r->collector);
	release_output(r);
	col_session_close(&r->session, true);
	return error;
}

/* Returns how many microseconds may pass until the next time. */
static unsigned int look(struct recording *r)
{
	return dumps_poll(r, col_poll(&r->collector));
}

/* Interrupted, what still runs is left to itself, as without the option. */
static void wait_for_all(struct recording *r)
{
	unsigned int us = look(r);

	while ((child_others_run(&r->child) ||
		col_others_run(&r->collector, (uint32_t)r->child.pid)) &&
	       !child_interrupted(&r->child, us))
		us = look(r);
}

/* Neither our pace nor the grace keeps the program waiting: it has ended when the latter begins. */
static void follow(struct recording *r)
{
	unsigned int us = look(r);

	while (!child_wait(&r->child, us)) {
		us = look(r);
		col_outsiders_look(&r->collector.outsiders, (uint32_t)r->child.pid,
				   r->libraries.shim);
		if (r->watch)
			r->watch(r->watch_data);
	}
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

static void say_no_gpu(const struct recording *r)
{
	/* Never taken by itself: a run on a simulated driver computes nothing. */
	if (!r->options.simulate && (r->collector.stats->no_driver || !libraries_gpu_seen()))
		fprintf(stderr, "curtrace: no NVIDIA driver or device was found here; `curtrace "
				"record --sim` runs a program on a simulated one\n");
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
	say_no_gpu(r);
	fprintf(stderr, "curtrace: next: %s\n", next);
	free(next);
}

/* The trace gets its final form and name. False: it stays where r->output says. */
static bool finish_output(struct recording *r)
{
	struct output *o = &r->output;

	if (o->form != OUTPUT_NATIVE)
		output_keep_spool(o);
	if (o->form != OUTPUT_NATIVE && !col_convert(o->spool, o->fd, o->form == OUTPUT_JSON_GZ,
						     r->options.full, r->why, sizeof(r->why))) {
		ut_warn("%s was not written: %s", o->path, r->why);
		return false;
	}
	if (r->why[0] && o->form != OUTPUT_NATIVE)
		ut_warn("%s holds %s", o->path, r->why);
	if (!output_commit(o, r->why, sizeof(r->why))) {
		ut_warn("%s was not written: %s", o->path, r->why);
		return false;
	}
	return true;
}

static void leave_trace(struct recording *r)
{
	struct output *o = &r->output;

	if (finish_output(r)) {
		last_note(o->path);
		record_rank_note(r, true);
		if (!r->options.quiet)
			say_where(r, o->path);
		output_remove_spool(o);
	} else {
		if (output_keep_spool(o))
			ut_warn("the native trace was kept as %s: `curtrace print` reads it",
				o->spool);
		else
			ut_warn("its file %s was removed and cannot be made again: %s", o->spool,
				strerror(errno));
		if (o->form == OUTPUT_NATIVE)
			o->temporary[0] = '\0';
	}
	output_close(o);
}

/* A trace that found no room is made of what is there, when there is some. */
static void finish_flight(struct recording *r)
{
	bool done = dumps_finish(r);

	child_signals_restore();
	if (done)
		release_output(r);
	else
		output_close(&r->output);
	if (!done)
		ut_warn("what it is made of was kept: `curtrace recover %s'", r->session.path);
	col_session_close(&r->session, done);
	col_free(&r->collector);
}

/*
 * The trace first, then what is to be said about it, then the folder: whatever fails, the spool has
 * been whole before. Where a report follows, it tells the counts.
 */
static void finish(struct recording *r)
{
	const struct col_end_info end = {
		.exit_status = r->child.status,
		.program = r->program,
		.own_modules = r->libraries.folder,
	};
	int error;

	if (r->options.flight.wanted) {
		finish_flight(r);
		return;
	}
	error = col_finish(&r->collector, &end);
	if (error)
		ut_warn("the end of the trace could not be written: %s", strerror(-error));
	/* From here on the user may lose patience: the spool is whole. */
	child_signals_restore();
	if (!r->unnamed_folder) {
		if (!r->options.quiet)
			col_summary(stderr, &r->collector);
		leave_trace(r);
	} else if (!r->options.quiet) {
		col_summary_warnings(stderr, &r->collector);
		say_no_gpu(r);
	}
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
	return 0;
}

int recording_run(struct recording *r)
{
	int status;

	if (r->options.quiet)
		ut_progress_quiet();
	status = run_program(r);
	free(r->program);
	r->program = NULL;
	return status;
}
