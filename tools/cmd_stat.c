/* SPDX-License-Identifier: Apache-2.0 */
/* curtrace stat: what was called, how often, how long, what failed, what moved. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "options.h"
#include "select.h"
#include "source.h"
#include "stat.h"
#include "util/message.h"
#include "util/progress.h"

enum {
	OPTION_FORMAT = CMD_LONG,
	OPTION_FINDINGS,
	OPTION_RATIO
};

static const char usage[] =
	"Usage: curtrace stat [OPTION]... " SOURCE_OPERANDS "\n"
	"\n"
	"What a trace's calls add up to: findings in words, then a table of functions with calls,\n"
	"failures, total time, share, mean, percentiles and the longest.\n"
	"\n"
	"Times are those of the calls of curtrace's runtime in the host's threads: not NVIDIA's\n"
	"runtime's (--nvidia-ratio tells how they were measured to differ), and not the GPU's.\n"
	"\n" SOURCE_USAGE "\n"
	"  -b, --by GROUP       rows by function (default), kernel, direction, stream, thread,\n"
	"                       process, module, caller, domain; up to three with commas between;\n"
	"                       or range: NVTX's ranges, with what was launched and moved in them\n"
	"  -s, --sort COLUMN    total (default), calls, mean, min, p50, p90, p99, max, failures,\n"
	"                       expected, bytes, launches, ratio, name\n"
	"  -n, --top N          so many rows, or all; the default fits the terminal\n"
	"  -w, --wide           names are not cut\n"
	"      --format FORMAT  text, json (everything) or csv (the table)\n"
	"      --findings       only what was found, with what it rests on and what can be done\n"
	"      --nvidia-ratio   a column: its time beside NVIDIA's, as measured\n" SELECT_USAGE
		SOURCE_OPTIONS_USAGE "\n" SOURCE_STATUS_USAGE;

static const struct cmd_option options[] = {
	{ 'b', "by", true },
	{ 's', "sort", true },
	{ 'n', "top", true },
	{ 'w', "wide", false },
	{ OPTION_FORMAT, "format", true },
	{ OPTION_FINDINGS, "findings", false },
	{ OPTION_RATIO, "nvidia-ratio", false },
	SELECT_OPTIONS,
	SOURCE_OPTIONS,
	{ 0 },
};

static const struct cmd_words words[] = {
	{ "by", "function kernel direction stream thread process module caller domain range" },
	{ "sort",
	  "total calls mean min p50 p90 p99 max failures expected bytes launches ratio name" },
	{ "top", "all" },
	{ "format", "text json csv" },
	{ 0 },
};

struct command {
	struct stat stat;
	struct source source;
	struct select_calls select;
};

/* ---- options ------------------------------------------------------------------------------- */

static void say_no_group(const char *word)
{
	char groups[160] = "";
	size_t length = 0;

	for (unsigned int i = 0; i < AN_GROUPS; i++)
		length += (size_t)snprintf(groups + length, sizeof(groups) - length, "%s%s",
					   i ? ", " : "", an_group_name((enum an_group)i));
	ut_warn("stat: --by: there is no group `%s' (%s)", word, groups);
}

static bool take_by(struct stat *stat, const char *list)
{
	char copy[128], *rest = copy, *word;
	bool ranges = false;

	if (strlen(list) >= sizeof(copy)) {
		ut_warn("stat: --by %s is too long", list);
		return false;
	}
	strcpy(copy, list);
	for (stat->nby = 0; (word = strsep(&rest, ",")); stat->nby++) {
		enum an_group group = an_group_of(word);

		if (group == AN_GROUPS || stat->nby == AN_MAX_BY) {
			if (group == AN_GROUPS)
				say_no_group(word);
			else
				ut_warn("stat: --by: `%s' is one group too many", word);
			return false;
		}
		stat->by[stat->nby] = group;
		ranges |= group == AN_BY_RANGE;
	}
	if (ranges && stat->nby > 1)
		ut_warn("stat: --by: ranges stand alone");
	return !ranges || stat->nby == 1;
}

static bool take_sort(struct stat *stat, const char *column)
{
	stat->sort = stat_column_of(column);
	stat->sort_given = true;
	if (stat->sort != STAT_COLUMNS && stat->sort != STAT_SHARE)
		return true;
	if (stat->sort == STAT_SHARE) {
		stat->sort = STAT_TOTAL;
		return true;
	}
	ut_warn("stat: --sort: there is no column `%s'", column);
	return false;
}

static bool take_top(struct stat *stat, const struct cmd_args *args)
{
	unsigned long long number = STAT_TOP_ALL;

	if (strcmp(args->value, "all") != 0 &&
	    !cmd_number(args, "--top", STAT_TOP_ALL - 1, &number))
		return false;
	stat->top = number;
	return true;
}

static bool take_format(struct stat *stat, const char *format)
{
	static const char *const names[] = { "text", "json", "csv" };

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(format, names[i])) {
			stat->format = (enum stat_format)i;
			return true;
		}
	}
	ut_warn("stat: --format: text, json or csv, not `%s'", format);
	return false;
}

/* False: a message was printed. */
static bool take_own(struct stat *stat, const struct cmd_args *args, int which)
{
	switch (which) {
	case 'b':
		return take_by(stat, args->value);
	case 's':
		return take_sort(stat, args->value);
	case 'n':
		return take_top(stat, args);
	case 'w':
		stat->wide = true;
		return true;
	case OPTION_FORMAT:
		return take_format(stat, args->value);
	case OPTION_FINDINGS:
		stat->only_findings = true;
		return true;
	case OPTION_RATIO:
		stat->show_ratio = true;
		return true;
	default:
		return false;
	}
}

static bool take_option(struct command *c, struct cmd_args *args, int which)
{
	switch (source_take(&c->source, args, which)) {
	case SOURCE_TAKEN:
		return true;
	case SOURCE_BAD:
		return false;
	case SOURCE_NOT_MINE:
		break;
	}
	switch (select_take(&c->select, args, which)) {
	case SELECT_TAKEN:
		c->stat.filtered = true;
		return true;
	case SELECT_BAD:
		return false;
	case SELECT_NOT_MINE:
		break;
	}
	return take_own(&c->stat, args, which);
}

/* ---- the pass ------------------------------------------------------------------------------ */

/* Only what is looked at is decoded; a selection may look at anything. */
static struct an_statistics *add_up(struct command *c, struct rd_trace *trace)
{
	struct an_statistics *s = an_statistics_new(rd_header(trace), c->stat.by, c->stat.nby);
	static struct ct_event event;
	bool counted;

	if (!c->stat.filtered)
		rd_want_args_of(trace, an_statistics_wants);
	ut_progress_begin("counting", rd_header(trace)->recorded);
	while (rd_next(trace, &event)) {
		ut_progress_step();
		counted = !c->stat.filtered ||
			  select_event(&c->select, &event, an_statistics_state(s));
		an_statistics_add(s, &event, counted);
	}
	ut_progress_end();
	an_statistics_finish(s);
	return s;
}

static void print(struct stat *stat)
{
	stat_ratios_load(&stat->ratios);
	if (!stat->sort_given && stat->by[0] == AN_BY_DIRECTION)
		stat->sort = STAT_BYTES;
	if (stat->sort == STAT_RATIO)
		stat->show_ratio = true;
	stat_sort(stat);
	switch (stat->format) {
	case STAT_TEXT:
		stat_print_text(stat, stdout);
		break;
	case STAT_JSON:
		stat_print_json(stat, stdout);
		break;
	case STAT_CSV:
		stat_print_csv(stat, stdout);
		break;
	}
	free(stat->rows);
	stat_ratios_free(&stat->ratios);
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct command c = { .stat = { .nby = 1, .top = STAT_TOP_FITS } };
	struct an_statistics *statistics;
	struct rd_trace *trace;
	int which;

	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (!take_option(&c, &args, which))
			return CMD_ERROR;
	}
	trace = source_open(&c.source);
	if (!trace)
		return source_failed(&c.source);
	/* A pager that was left ends this quietly, also where a parent ignores the signal. */
	signal(SIGPIPE, SIG_DFL);
	if (!select_begin(&c.select, "stat", trace))
		return source_close(&c.source, trace, CMD_ERROR);
	statistics = add_up(&c, trace);
	select_end(&c.select, "stat");
	c.stat.statistics = statistics;
	print(&c.stat);
	an_statistics_free(statistics);
	return source_close(&c.source, trace, CMD_OK);
}

const struct cmd cmd_stat = {
	.name = "stat",
	.synopsis = "what was called, how often, how long; what failed, what moved",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
