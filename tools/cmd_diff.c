/* SPDX-License-Identifier: Apache-2.0 */
/* curtrace diff: what a program does otherwise than it did. */
#include "cmd.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline.h"
#include "analysis/diff/compare.h"
#include "diff.h"
#include "diff_load.h"
#include "options.h"
#include "show.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/xalloc.h"
#include "write/text.h"

static const char usage[] =
	"Usage: curtrace diff [OPTION]... A B\n"
	"\n"
	"Compares two runs of a program: which calls came, went, moved, have other arguments or\n"
	"results, and what became of memory and time. Two runs that do the same are the same,\n"
	"whatever their threads, addresses and times were.\n"
	"\n"
	"A is a trace, a folder of traces (several runs), a baseline (`curtrace baseline') or a\n"
	"folder of baselines; B is a trace or a folder of them.\n"
	"\n"
	"  -p, --policy POLICY   what counts: default, pytorch, nccl, tensorrt or a FILE\n"
	"  -b, --baseline FILE   what is known to vary, or a folder: the baseline that fits\n"
	"      --run-a TRACE     a further run of A, for the times\n"
	"      --run-b TRACE     a further run of B\n"
	"      --fail-on WHAT    exit with 1 for any difference that counts (the default), or\n"
	"                        for a regression: not for what is faster, smaller or\n"
	"                        succeeds now\n"
	"      --range RANGE     what counts is in this range: nvtx:NAME or cuda-profiler\n"
	"      --steps M..N      what counts are these iterations of the steady state\n"
	"      --all-phases      start-up, warm-up and teardown count too\n"
	"      --identities      pointers differ by which allocation they point to, and where\n"
	"      --force           compare what is not comparable\n"
	"  -f, --format FORMAT   text, json, junit, github or folded; FORMAT=FILE besides\n"
	"      --weight WHAT     folded stacks weigh calls (the default) or time\n"
	"  -n, --top N           so many items of each kind (10), or all\n"
	"      --explain ITEM    one item: its number or key, with the calls around it\n"
	"  -o, --output FILE     write the report to FILE (-: standard output)\n"
	"  -q, --quiet           nothing on standard error but errors\n"
	"\n"
	"Exit status: 0 the same; 1 different; 2 nothing could be read, or on wrong usage; 3 not\n"
	"comparable: calls were lost, a trace is cut off, or too little is known.\n";

enum {
	OPTION_RUN_A = CMD_LONG,
	OPTION_RUN_B,
	OPTION_FAIL_ON,
	OPTION_RANGE,
	OPTION_STEPS,
	OPTION_ALL_PHASES,
	OPTION_IDENTITIES,
	OPTION_FORCE,
	OPTION_WEIGHT,
	OPTION_EXPLAIN
};

static const struct cmd_option options[] = {
	{ 'p', "policy", true },
	{ 'b', "baseline", true },
	{ OPTION_RUN_A, "run-a", true },
	{ OPTION_RUN_B, "run-b", true },
	{ OPTION_FAIL_ON, "fail-on", true },
	{ OPTION_RANGE, "range", true },
	{ OPTION_STEPS, "steps", true },
	{ OPTION_ALL_PHASES, "all-phases", false },
	{ OPTION_IDENTITIES, "identities", false },
	{ OPTION_FORCE, "force", false },
	{ 'f', "format", true },
	{ OPTION_WEIGHT, "weight", true },
	{ 'n', "top", true },
	{ OPTION_EXPLAIN, "explain", true },
	{ 'o', "output", true },
	{ 'q', "quiet", false },
	{ 0 },
};

static const struct cmd_words words[] = {
	{ "policy", "default pytorch nccl tensorrt" },
	{ "fail-on", "any regression" },
	{ "range", "nvtx: cuda-profiler" },
	{ "format", "text json junit github folded" },
	{ "weight", "calls time" },
	{ "top", "all" },
	{ 0 },
};

static const char *const formats[DIFF_FORMATS] = { "text", "json", "junit", "github", "folded" };

struct command {
	struct diff diff;
	struct diff_outputs outputs;
	const char *output, *policy, *baseline;
	const char *operands[2];
	unsigned int noperands;
	struct diff_runs runs[2];
	struct df_load load;
	struct df_options options;
	bool is_baseline;     /* A is one */
	struct wr_text typed; /* those options that decide what is compared */
};

/* ---- command line ---------------------------------------------------------------------------- */

static bool refuse(const char *option, const char *value, const char *wanted)
{
	ut_warn("diff: %s: %s, not `%s'", option, wanted, value);
	return false;
}

static bool take_format(struct command *c, const char *value)
{
	size_t length = strcspn(value, "=");

	for (unsigned int i = 0; i < DIFF_FORMATS; i++) {
		if (strlen(formats[i]) != length || strncmp(formats[i], value, length) != 0)
			continue;
		if (!value[length])
			c->outputs.format = (enum diff_format)i;
		else if (!value[length + 1])
			break;
		else
			c->outputs.files[i] = value + length + 1;
		return true;
	}
	return refuse("--format", value, "text, json, junit, github or folded, or FORMAT=FILE");
}

/* One of two words. */
static bool take_word(const char *option, const char *value, const char *first, const char *second,
		      bool *is_second)
{
	char wanted[64];

	*is_second = !strcmp(value, second);
	if (*is_second || !strcmp(value, first))
		return true;
	snprintf(wanted, sizeof(wanted), "%s or %s", first, second);
	return refuse(option, value, wanted);
}

static bool take_top(struct command *c, const struct cmd_args *args)
{
	unsigned long long number = DIFF_TOP_ALL;

	if (strcmp(args->value, "all") != 0 && !cmd_number(args, "--top", SIZE_MAX - 1, &number))
		return false;
	c->diff.top = (size_t)number;
	return true;
}

static bool take_operand(struct command *c, const char *operand)
{
	if (c->noperands == 2) {
		ut_warn("diff: two are compared, and `%s' is the third", operand);
		return false;
	}
	c->operands[c->noperands++] = operand;
	return true;
}

/* What the lines that say how to look further have to repeat. */
static void note_typed(struct command *c, const char *option, const char *value)
{
	wr_text_raw(&c->typed, option, strlen(option));
	if (value)
		wr_text_raw(&c->typed, value, strlen(value));
}

static bool take_compared(struct command *c, int which, const char *value)
{
	switch (which) {
	case 'p':
		c->policy = value;
		note_typed(c, " -p ", value);
		return true;
	case 'b':
		c->baseline = value;
		note_typed(c, " -b ", value);
		return true;
	case OPTION_RANGE:
		c->load.range = value;
		note_typed(c, " --range ", value);
		return true;
	case OPTION_STEPS:
		note_typed(c, " --steps ", value);
		return diff_steps(value, &c->load) ||
		       refuse("--steps", value, "the first and the last of some, as 10..20");
	case OPTION_ALL_PHASES:
		c->options.all_phases = true;
		note_typed(c, " --all-phases", NULL);
		return true;
	case OPTION_IDENTITIES:
		c->load.identities = true;
		note_typed(c, " --identities", NULL);
		return true;
	case OPTION_FORCE:
		c->options.force = true;
		note_typed(c, " --force", NULL);
		return true;
	case OPTION_RUN_A:
	case OPTION_RUN_B:
		note_typed(c, which == OPTION_RUN_A ? " --run-a " : " --run-b ", value);
		return diff_runs_add(&c->runs[which == OPTION_RUN_B], "diff", value);
	default:
		return false;
	}
}

static bool take_option(struct command *c, const struct cmd_args *args, int which)
{
	bool second;

	switch (which) {
	case CMD_ARGS_BAD:
		return false;
	case CMD_ARGS_OPERAND:
		return take_operand(c, args->value);
	case OPTION_FAIL_ON:
		if (!take_word("--fail-on", args->value, "any", "regression", &second))
			return false;
		c->diff.fail_on = second ? DIFF_FAIL_REGRESSION : DIFF_FAIL_ANY;
		return true;
	case OPTION_WEIGHT:
		return take_word("--weight", args->value, "calls", "time", &c->diff.by_time);
	case 'f':
		return take_format(c, args->value);
	case 'n':
		return take_top(c, args);
	case OPTION_EXPLAIN:
		c->diff.explain = args->value;
		return true;
	case 'o':
		c->output = args->value;
		return true;
	case 'q':
		ut_progress_quiet();
		return true;
	default:
		return take_compared(c, which, args->value);
	}
}

/* ---- both sides ------------------------------------------------------------------------------ */

static int compare(struct command *c)
{
	struct df_side *learned = c->is_baseline ? c->options.baseline->side : NULL;
	struct df_report *report;
	int status;

	report = df_compare(learned ? &learned : c->runs[0].sides, learned ? 1 : c->runs[0].count,
			    c->runs[1].sides, c->runs[1].count, &c->options);
	c->diff.report = report;
	status = diff_print(&c->diff, &c->outputs) ? diff_status(&c->diff) : CMD_ERROR;
	df_report_free(report);
	return status;
}

static bool is_complete(struct command *c)
{
	if (c->noperands != 2) {
		ut_warn("diff: two are compared: A and B (see `curtrace help diff')");
		return false;
	}
	c->diff.operand_a = c->operands[0];
	c->diff.operand_b = c->operands[1];
	wr_text_char(&c->typed, '\0');
	c->diff.options = c->typed.data;
	return true;
}

/* What is named by itself stands before further runs of it. */
static bool find_runs(struct command *c, unsigned int side)
{
	struct diff_runs runs = { .count = 0 }, further = c->runs[side];
	bool good = diff_runs_add(&runs, "diff", c->operands[side]);

	for (size_t i = 0; i < further.count; i++)
		diff_runs_add(&runs, "diff", further.paths[i]);
	diff_runs_free(&further);
	c->runs[side] = runs;
	return good;
}

/* A baseline in A's place has the calls of its first run. */
static bool find_baseline(struct command *c, struct df_dictionary *dictionary,
			  struct df_baseline **baseline)
{
	const char *path = c->is_baseline ? c->operands[0] : c->baseline;

	if (!path)
		return true;
	*baseline = diff_baseline("diff", path, &c->runs[1].sides[0]->environment, dictionary);
	c->options.baseline = *baseline;
	return *baseline;
}

static bool find_all(struct command *c)
{
	c->is_baseline = diff_is_baseline(c->operands[0]);
	if (c->is_baseline && (c->baseline || c->runs[0].count)) {
		ut_warn("diff: %s is a baseline: it stands alone, without -b and --run-a",
			c->operands[0]);
		return false;
	}
	return (c->is_baseline || find_runs(c, 0)) && find_runs(c, 1);
}

static int load_and_compare(struct command *c)
{
	struct df_baseline *baseline = NULL;
	struct df_dictionary *dictionary = df_dictionary_new();
	struct df_policy *policy = diff_policy("diff", c->policy ? c->policy : "default");
	int status = CMD_ERROR;

	c->options.policy = policy;
	if (policy && find_all(c) && diff_load(&c->runs[0], &c->runs[1], &c->load, dictionary) &&
	    find_baseline(c, dictionary, &baseline) && diff_lead(c->output))
		status = compare(c);
	diff_runs_free(&c->runs[0]);
	diff_runs_free(&c->runs[1]);
	df_baseline_free(baseline);
	df_policy_free(policy);
	df_dictionary_free(dictionary);
	return status;
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct command c = { .diff.top = 10 };
	int which, status = CMD_ERROR;
	bool good = true;

	while (good && (which = cmd_args_next(&args)) != CMD_ARGS_END)
		good = take_option(&c, &args, which);
	/* A pager that was left ends this quietly, also where a parent ignores the signal. */
	signal(SIGPIPE, SIG_DFL);
	if (good && is_complete(&c))
		status = load_and_compare(&c);
	wr_text_free(&c.typed);
	return status;
}

const struct cmd cmd_diff = {
	.name = "diff",
	.synopsis = "compare two runs: what came, went, moved or changed",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
