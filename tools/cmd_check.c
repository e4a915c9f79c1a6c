/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace check`: does a program do the same with curtrace's runtime as with NVIDIA's?
 *
 * First one run of each shows that the runtimes are what they are taken for. Then the sides take
 * turns, so that what changes on the machine meanwhile changes for both.
 */
#include "cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_state.h"
#include "check_folder.h"
#include "check_report.h"
#include "check_sides.h"
#include "check_verdict.h"
#include "child.h"
#include "launch.h"
#include "util/message.h"

#define SAY(...) snprintf(c->why, sizeof(c->why), __VA_ARGS__)

static const char usage[] =
	"Usage: curtrace check [OPTION]... COMMAND [ARGUMENT]...\n"
	"\n"
	"Runs COMMAND with NVIDIA's CUDA runtime and with curtrace's, in turns, and compares\n"
	"output, exit status and time. Standard input, if it is a file or a pipe, is read once\n"
	"and given to each run. One more run of each goes first: it shows that the program uses\n"
	"a runtime that can be replaced.\n"
	"\n"
	"  -n, --runs N         runs of each that are compared and timed (default 5)\n"
	"      --warmup N       runs of each before those, not compared (default 0)\n"
	"      --runtime FILE   the reference: this libcudart.so.13 instead of the one that the\n"
	"                       loader finds for the program\n"
	"      --recording      a third column: recording on, as `curtrace record' does it\n"
	"      --sim            use the simulated driver for all: no GPU is needed\n"
	"      --stderr         compare standard error too\n"
	"      --ignore-stderr  do not (the default)\n"
	"      --ignore REGEX   leave out lines that match (extended; may be repeated)\n"
	"      --keep DIR       leave the outputs of all runs there\n"
	"      --timeout T      end a run after that: 90 (seconds), 500ms\n"
	"      --json           the result as a JSON object\n"
	"  -q, --quiet          the verdict alone\n"
	"\n"
	"Exit status: 0 same; 1 different; 2 error or wrong usage; 3 not comparable: the program\n"
	"does not use a shared libcudart.so.13, or no line of its output is deterministic.\n";

/* False: c->why says which run could not be made. */
static bool run_once(struct check *c, const struct check_folder *f, const struct check_side *side,
		     const char *out, const char *err, struct check_run *run)
{
	const struct check_job job = {
		.path = side->path,
		.argv = side->argv,
		.env = side->env,
		.in = f->input,
		.out = out,
		.err = err,
		.timeout_ns = c->options.timeout_ns,
	};
	int error = check_run(&job, run);

	if (error == -ENOTTY)
		SAY("%s reads from the terminal, which cannot be given to each run", c->program);
	else if (error)
		SAY("%s could not be run: %s", c->program, strerror(-error));
	return !error;
}

/* The first runs of reference and ours. */
static enum check_status probe(struct check *c, const struct check_folder *f)
{
	struct check_probe p = { .witness = "" };
	char out[PATH_MAX];

	check_folder_private(f, "witness", p.witness);
	check_folder_private(f, "probe.ctr", p.trace);
	if (!check_folder_touch(p.witness)) {
		SAY("%s: %s", p.witness, strerror(errno));
		return CHECK_ERROR;
	}
	for (unsigned int i = 0; i < 2; i++) {
		struct check_side side = check_side_probe(c, i, &p);
		bool good;

		check_folder_output(f, side.name, 0, "out", out);
		check_folder_output(f, side.name, 0, "err", p.err);
		good = run_once(c, f, &side, out, p.err, &p.runs[i]);
		check_side_free(&side);
		if (!good)
			return CHECK_ERROR;
	}
	return check_prove(c, &p);
}

static bool keep_outputs(struct check *c, const struct check_folder *f, struct check_side *side,
			 const char *out, const char *err)
{
	int error = check_files_add(&side->out, out, !f->keeps);

	if (!error)
		error = check_files_add(&side->err, err, !f->keeps);
	if (error)
		SAY("an output cannot be read: %s", strerror(-error));
	return !error;
}

/* `number` 0: a warm-up. */
static bool run_side(struct check *c, const struct check_folder *f, struct check_side *side,
		     unsigned int number)
{
	struct check_run run;
	char out[PATH_MAX], err[PATH_MAX];

	check_folder_output(f, side->name, number, "out", out);
	check_folder_output(f, side->name, number, "err", err);
	if (!run_once(c, f, side, out, err, &run))
		return false;
	if (!number)
		return true;
	side->runs[side->nruns++] = run;
	return keep_outputs(c, f, side, out, err);
}

static bool last_timed_out(const struct check_side *side)
{
	return side->nruns && side->runs[side->nruns - 1].outcome.kind == CHECK_TIMED_OUT;
}

/* After a timeout there is nothing to be learned from waiting for more of them. */
static bool timed_out(const struct check *c)
{
	bool any = false;

	for (unsigned int i = 0; i < c->nsides; i++)
		any |= last_timed_out(&c->sides[i]);
	return any;
}

static bool run_all(struct check *c, const struct check_folder *f)
{
	unsigned int rounds = c->options.warmup + c->options.runs;

	for (unsigned int i = 1; i <= rounds && !timed_out(c); i++) {
		unsigned int number = i > c->options.warmup ? i - c->options.warmup : 0;

		for (unsigned int k = 0; k < c->nsides; k++)
			if (!run_side(c, f, &c->sides[k], number))
				return false;
	}
	return true;
}

static enum check_status compare(struct check *c, const struct check_folder *f)
{
	enum check_status status = probe(c, f);
	int error;

	if (status)
		return status;
	if (!run_all(c, f))
		return CHECK_ERROR;
	if (last_timed_out(&c->sides[CHECK_REFERENCE])) {
		SAY("the program did not end in time (--timeout) with %s", check_reference_text(c));
		return CHECK_NOT_COMPARABLE;
	}
	error = check_judge(c);
	if (!error)
		return c->status;
	SAY("an output cannot be compared: %s", strerror(-error));
	return CHECK_ERROR;
}

static enum check_status prepare(struct check *c, struct check_folder *f)
{
	enum launch_status launch =
		launch_find(c->options.command[0], &c->program, c->why, sizeof(c->why));

	if (launch)
		return launch == LAUNCH_CANNOT_TRACE ? CHECK_NOT_COMPARABLE : CHECK_ERROR;
	if (!check_folder_make(f, c->options.keep, c->why, sizeof(c->why)))
		return CHECK_ERROR;
	return check_sides_make(c, f->private);
}

/* Errors go where all commands tell theirs; a verdict is what was asked for. */
static void tell(struct check *c)
{
	/* Nobody may be reading, and the files are still to be removed. */
	signal(SIGPIPE, SIG_IGN);
	if (c->status == CHECK_ERROR)
		ut_warn("check: %s", c->why);
	if (!c->sentence)
		check_judge_failed(c);
	if (c->options.json)
		check_report_json(c);
	else if (c->status != CHECK_ERROR)
		check_report(c);
}

static int check_program(struct check *c)
{
	struct check_folder folder = { .keeps = false };
	int error = check_signals_begin(), ended_by;

	c->status = CHECK_ERROR;
	if (error)
		SAY("signals cannot be waited for: %s", strerror(-error));
	else
		c->status = prepare(c, &folder);
	if (!c->status)
		c->status = compare(c, &folder);
	ended_by = check_interrupted();
	if (!ended_by)
		tell(c);
	check_folder_remove(&folder);
	check_signals_end();
	if (ended_by)
		return child_exit_like(ended_by);
	return c->status;
}

static int check(int argc, char **argv)
{
	static struct check c; /* large, and there is one */
	int status = CMD_ERROR;

	if (check_options_parse(argc, argv, &c.options)) {
		if (c.options.help) {
			fputs(usage, stdout);
			status = CMD_OK;
		} else {
			check_folder_descriptors();
			status = check_program(&c);
			for (unsigned int i = 0; i < CHECK_SIDES; i++) {
				check_comparison_free(&c.results[i].out);
				check_comparison_free(&c.results[i].err);
			}
			check_sides_free(&c);
		}
	}
	free(c.program);
	free(c.sentence);
	check_options_free(&c.options);
	return status;
}

const struct cmd cmd_check = {
	.name = "check",
	.synopsis = "compare a program with NVIDIA's runtime and with curtrace's",
	.usage = usage,
	.options = check_option_table,
	.operand = CMD_PROGRAM,
	.run = check,
};
