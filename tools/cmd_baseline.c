/* SPDX-License-Identifier: Apache-2.0 */
/* curtrace baseline: what a program does, and what of it varies, learned from several runs. */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline.h"
#include "diff_load.h"
#include "options.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/units.h"
#include "util/xalloc.h"

static const char usage[] =
	"Usage: curtrace baseline [OPTION]... -o FILE|FOLDER RUN...\n"
	"\n"
	"Learns from several runs of a program, three or more, what it does and what of that\n"
	"varies from run to run, and writes a small file for `curtrace diff' to compare later\n"
	"runs with. RUN is a trace or a folder of traces. In a FOLDER the file is named after the\n"
	"GPU and the version of CUDA, so that it can hold one for each.\n"
	"\n"
	"  -o, --output PATH     the baseline, or an existing folder\n"
	"  -u, --update          add the runs to those that the baseline was learned from\n"
	"  -p, --policy POLICY   what counts: default, pytorch, nccl, tensorrt or a FILE\n"
	"      --range RANGE     what counts is in this range: nvtx:NAME or cuda-profiler\n"
	"      --steps M..N      what counts are these iterations of the steady state\n"
	"  -q, --quiet           nothing on standard error but errors\n"
	"\n"
	"Exit status: 0; 2 if something could not be read or written, on too few runs, or on\n"
	"wrong usage.\n";

enum {
	OPTION_RANGE = CMD_LONG,
	OPTION_STEPS
};

static const struct cmd_option options[] = {
	{ 'o', "output", true },
	{ 'u', "update", false },
	{ 'p', "policy", true },
	{ OPTION_RANGE, "range", true },
	{ OPTION_STEPS, "steps", true },
	{ 'q', "quiet", false },
	{ 0 },
};

static const struct cmd_words words[] = {
	{ "policy", "default pytorch nccl tensorrt" },
	{ "range", "nvtx: cuda-profiler" },
	{ 0 },
};

struct command {
	struct diff_runs runs;
	struct df_load load;
	const char *output, *policy;
	bool update, quiet;
	struct df_dictionary *dictionary;
};

/* ---- command line ---------------------------------------------------------------------------- */

static bool take_option(struct command *c, const struct cmd_args *args, int which)
{
	switch (which) {
	case CMD_ARGS_OPERAND:
		return diff_runs_add(&c->runs, "baseline", args->value);
	case 'o':
		c->output = args->value;
		return true;
	case 'u':
		c->update = true;
		return true;
	case 'p':
		c->policy = args->value;
		return true;
	case OPTION_RANGE:
		c->load.range = args->value;
		return true;
	case OPTION_STEPS:
		if (diff_steps(args->value, &c->load))
			return true;
		ut_warn("baseline: --steps: the first and the last of some, as 10..20, not `%s'",
			args->value);
		return false;
	case 'q':
		c->quiet = true;
		ut_progress_quiet();
		return true;
	default:
		return false;
	}
}

static bool is_complete(const struct command *c)
{
	if (!c->output)
		ut_warn("baseline: -o is missing (see `curtrace help baseline')");
	else if (!c->runs.count)
		ut_warn("baseline: no run was named (see `curtrace help baseline')");
	else
		return true;
	return false;
}

/* ---- learning -------------------------------------------------------------------------------- */

static void report(const struct command *c, const struct df_baseline *baseline, const char *path)
{
	size_t counts[DF_UNSTABLE + 1] = { 0 };
	char calls[UT_UNITS_MAX];
	uint64_t all = 0;

	if (c->quiet)
		return;
	for (size_t i = 0; i < baseline->noises.count; i++)
		counts[baseline->noises.list[i].variation]++;
	for (size_t i = 0; i < baseline->side->nlanes; i++)
		all += baseline->side->lanes[i].ncalls;
	ut_warn("%s: %u runs, the one kept has %s calls in %zu lanes; %zu things range, %zu are "
		"unstable, all else is exact",
		path, baseline->runs, ut_units_count(calls, all), baseline->side->nlanes,
		counts[DF_RANGING], counts[DF_UNSTABLE]);
}

static bool learn(struct command *c, const struct df_policy *policy,
		  const struct df_baseline *before, const char *path)
{
	struct df_baseline *baseline;
	char why[512];
	bool good;

	baseline =
		df_baseline_learn(c->runs.sides, c->runs.count, policy, before, why, sizeof(why));
	if (!baseline) {
		ut_warn("baseline: %s", why);
		return false;
	}
	good = df_baseline_write(baseline, path, why, sizeof(why));
	if (good)
		report(c, baseline, path);
	else
		ut_warn("baseline: %s: %s", path, why);
	df_baseline_free(baseline);
	return good;
}

/* With --update: to what lies there. */
static bool learn_at(struct command *c, const struct df_policy *policy, const char *path)
{
	struct df_baseline *before = NULL;
	bool good;

	if (c->update) {
		before = diff_baseline("baseline", path, NULL, c->dictionary);
		if (!before)
			return false;
	}
	good = learn(c, policy, before, path);
	df_baseline_free(before);
	return good;
}

static bool load_and_learn(struct command *c)
{
	struct df_policy *policy = diff_policy("baseline", c->policy ? c->policy : "default");
	struct diff_runs none = { .count = 0 };
	char *path = NULL;
	bool good = policy && diff_load(&c->runs, &none, &c->load, c->dictionary);

	if (good) {
		path = diff_is_folder(c->output)
			       ? diff_baseline_path(c->output, &c->runs.sides[0]->environment)
			       : ut_xstrdup(c->output);
		good = learn_at(c, policy, path);
	}
	free(path);
	diff_runs_free(&none);
	df_policy_free(policy);
	return good;
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct command c;
	int which;
	bool good = true;

	while (good && (which = cmd_args_next(&args)) != CMD_ARGS_END)
		good = take_option(&c, &args, which);
	c.dictionary = df_dictionary_new();
	good = good && is_complete(&c) && load_and_learn(&c);
	diff_runs_free(&c.runs);
	df_dictionary_free(c.dictionary);
	return good ? CMD_OK : CMD_ERROR;
}

const struct cmd cmd_baseline = {
	.name = "baseline",
	.synopsis = "learn from several runs what a program does and what varies",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
