/* SPDX-License-Identifier: Apache-2.0 */
/* `curtrace merge`: traces of several processes, ranks or tools as one. */
#include "cmd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "options.h"
#include "show.h"
#include "util/message.h"
#include "util/progress.h"
#include "util/quantity.h"
#include "util/xalloc.h"

static const char usage[] =
	"Usage: curtrace merge [OPTION]... -o FILE TRACE|FOLDER...\n"
	"       curtrace merge --manifest FOLDER\n"
	"\n"
	"Makes one trace of several, in order of time and in constant memory. TRACE is any that\n"
	"curtrace reads (.ctr, .json, .json.gz, one of Kineto or Nsight Systems); FOLDER is where\n"
	"the ranks of one job have left theirs (see curtrace-record(1)).\n"
	"\n"
	"  -o, --output FILE       the merged trace: .json, .json.gz, or a name that `curtrace\n"
	"                          export' knows; -: JSON on standard output\n"
	"      --align HOW         the clocks of the traces:\n"
	"                          realtime       as their hosts kept them (the default)\n"
	"                          start          all traces begin together\n"
	"                          offset=F:NS    besides, trace F is NS nanoseconds later\n"
	"      --rank LIST         only these ranks: 0,3-5\n"
	"      --from TIME         only calls that end after TIME (2s, 100ms), which counts from\n"
	"                          the start of the merged trace\n"
	"      --to TIME           only calls that begin before TIME\n"
	"      --manifest          write FOLDER/manifest.json, which lists all ranks' traces\n"
	"  -q, --quiet             nothing on standard error but errors\n"
	"\n"
	"Process and thread ids that two traces use become different ones; rank, host and what\n"
	"the id was are kept for each process. What an input lost or lacks is said of the whole.\n"
	"\n"
	"Exit status: 0; 1 if a trace is cut off, corrupt or missing: what is sound was written;\n"
	"2 if nothing could be read or written, or on wrong usage.\n";

enum {
	OPTION_ALIGN = CMD_LONG,
	OPTION_RANK,
	OPTION_FROM,
	OPTION_TO,
	OPTION_MANIFEST
};

static const struct cmd_option options[] = {
	{ 'o', "output", true },
	{ 'q', "quiet", false },
	{ OPTION_ALIGN, "align", true },
	{ OPTION_RANK, "rank", true },
	{ OPTION_FROM, "from", true },
	{ OPTION_TO, "to", true },
	{ OPTION_MANIFEST, "manifest", false },
	{ 0 },
};

/* ---- command line -------------------------------------------------------------------------- */

static bool refuse(const char *option, const char *value, const char *wanted)
{
	ut_warn("merge: %s %s: it is %s (see `curtrace help merge')", option, value, wanted);
	return false;
}

/* FILE:NS, where FILE may hold colons. */
static bool take_offset(struct merging *m, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct merge_offset offset;
	char *end;

	if (!colon || colon == text || !colon[1])
		return false;
	errno = 0;
	offset.ns = strtoll(colon + 1, &end, 10);
	if (errno || *end || offset.ns == INT64_MIN)
		return false;
	offset.file = ut_arena_copy(&m->strings, text, (size_t)(colon - text));
	ut_grow(&m->offsets, &m->offsets_capacity, m->noffsets, sizeof(offset));
	m->offsets[m->noffsets++] = offset;
	return true;
}

static bool take_align(struct merging *m, const char *value)
{
	static const char offset[] = "offset=";

	if (!strcmp(value, "realtime"))
		m->align = MERGE_ALIGN_REALTIME;
	else if (!strcmp(value, "start"))
		m->align = MERGE_ALIGN_START;
	else
		return !strncmp(value, offset, sizeof(offset) - 1) &&
		       take_offset(m, value + sizeof(offset) - 1);
	return true;
}

static bool take_option(struct merging *m, int which, const char *value)
{
	switch (which) {
	case 'o':
		m->to = value;
		break;
	case 'q':
		m->quiet = true;
		ut_progress_quiet();
		break;
	case OPTION_MANIFEST:
		m->write_manifest = true;
		break;
	case OPTION_ALIGN:
		return take_align(m, value) ||
		       refuse("--align", value, "realtime, start or offset=FILE:NANOSECONDS");
	case OPTION_RANK:
		return merge_ranks_parse(m, value) || refuse("--rank", value, "a list as 0,3-5");
	case OPTION_FROM:
		return ut_quantity_time(value, &m->from_ns) || refuse("--from", value, "a time");
	case OPTION_TO:
		return ut_quantity_time(value, &m->to_ns) || refuse("--to", value, "a time");
	default: /* an operand */
		ut_grow(&m->operands, &m->operands_capacity, m->noperands, sizeof(*m->operands));
		m->operands[m->noperands++] = value;
	}
	return true;
}

/*
 * No native trace: in one, every process's times are those of one machine's counter, and its
 * numbers are those that one collector gave.
 */
static bool choose_form(struct merging *m)
{
	enum output_form form;

	if (!strcmp(m->to, "-"))
		return true;
	if (output_form_of(m->to, &form)) {
		m->gz = form == OUTPUT_JSON_GZ;
		if (form != OUTPUT_NATIVE)
			return true;
		ut_warn("merge: -o %s: a native trace holds the clock of one recording: merge to "
			".json, .json.gz or .pftrace",
			m->to);
		return false;
	}
	m->format = wr_format_of_file(m->to, &m->gz);
	if (!m->format)
		ut_warn("merge: -o %s: a merged trace's name ends in .json, .json.gz, .pftrace or "
			"another ending of `curtrace export'",
			m->to);
	return m->format;
}

static bool is_complete(const struct merging *m)
{
	if (!m->noperands)
		ut_warn("merge: no trace was named (`curtrace help merge')");
	else if (!m->to && !m->write_manifest)
		ut_warn("merge: -o is missing (`curtrace help merge')");
	else if (m->from_ns >= m->to_ns)
		ut_warn("merge: --from is not before --to");
	else
		return true;
	return false;
}

/* ---- the work ------------------------------------------------------------------------------ */

static void report(const struct merging *m)
{
	if (m->quiet)
		return;
	for (size_t i = 0; i < m->nwarnings; i++)
		ut_warn("%s", m->warnings[i].text);
	if (m->to)
		ut_warn("%zu traces merged; %s", m->nsources, m->clocks);
}

static int merge(struct merging *m)
{
	int status = CMD_OK;

	if (!merge_find(m))
		return CMD_ERROR;
	if (!m->to) {
		report(m);
		return m->nwarnings ? CMD_DAMAGED : CMD_OK;
	}
	if (!merge_open(m, true) || !merge_align(m))
		status = CMD_ERROR;
	else
		status = merge_write(m);
	if (status != CMD_ERROR)
		report(m);
	if (status != CMD_ERROR && m->damaged)
		ut_warn("a trace is cut off or corrupt: what is sound was written");
	merge_close(m);
	return status;
}

static void release(struct merging *m)
{
	free(m->operands);
	free(m->offsets);
	free(m->ranks);
	free(m->sources);
	free(m->inputs);
	free(m->warnings);
	ut_arena_free(&m->strings);
}

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	static struct merging m; /* large, and there is one */
	int which, status = CMD_ERROR;
	bool good = true;

	m.to_ns = UINT64_MAX;
	while (good && (which = cmd_args_next(&args)) != CMD_ARGS_END)
		good = which != CMD_ARGS_BAD && take_option(&m, which, args.value);
	if (good && is_complete(&m) && (!m.to || choose_form(&m)))
		status = merge(&m);
	release(&m);
	return status;
}

static const struct cmd_words words[] = {
	{ "align", "realtime start" },
	{ 0 },
};

const struct cmd cmd_merge = {
	.name = "merge",
	.synopsis = "make one trace of those of several processes or ranks",
	.usage = usage,
	.options = options,
	.words = words,
	.run = run,
};
