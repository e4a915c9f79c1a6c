/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong in the program, and what is missing in the trace. */
#include <stdlib.h>

#include "analysis/findings_catalogue.h"

/* ---- failed calls -------------------------------------------------------------------------- */

static int more_failures(const void *left, const void *right)
{
	const struct an_failure *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->ordinal < b->ordinal ? -1 : 1;
}

static const char *status_of(const struct an_failure *failure, struct an_finder *finder)
{
	if (failure->result_name)
		return failure->result_name;
	return failure->result < 0 ? "?" : an_said_count(finder, (uint64_t)failure->result);
}

static void failed_calls_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	uint64_t failed = an_statistics_run(s)->failed;
	const struct an_failure *all;
	struct an_failure *sorted;
	struct an_finding *finding;
	size_t n;

	(void)own;
	all = an_statistics_failures(s, &n);
	if (!failed)
		return;
	sorted = ut_xmalloc(n * sizeof(*sorted));
	memcpy(sorted, all, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), more_failures);
	finding = an_found(finder, "%s call%s failed: %s (%s)%s%s", an_said_count(finder, failed),
			   an_plural(failed), an_said_function(finder, sorted[0].function),
			   status_of(&sorted[0], finder), an_said_place(finder, sorted[0].spot),
			   sorted[0].count < failed ? " and others" : "");
	finding->count = failed;
	for (size_t i = 0; i < n && sorted[i].count; i++)
		an_found_on(finder, finding, sorted[i].count, sorted[i].ordinal, sorted[i].function,
			    sorted[i].spot, "%s: %s, %s time%s%s",
			    an_said_function(finder, sorted[i].function),
			    status_of(&sorted[i], finder), an_said_count(finder, sorted[i].count),
			    an_plural(sorted[i].count), an_said_place(finder, sorted[i].spot));
	free(sorted);
}

const struct an_detector an_find_failed_calls = {
	.kind = {
		.code = "failed-calls",
		.severity = AN_SEVERITY_TROUBLE,
		.looks_for =
			"any call that failed, unless its answer is an expected "
			"one (NotReady) or the failure was cleared and the call "
			"made again",
		.advice =
			"`curtrace print -f` shows them with their arguments; what "
			"follows a failed call may rest on it",
	},
	.end = failed_calls_end,
};

/* ---- calls that are not in the trace -------------------------------------------------------- */

/* The counters of the header know of calls that left no record of their loss. */
static void lost_calls_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	const struct ct_header *header = an_statistics_header(s);
	const struct an_run *run = an_statistics_run(s);
	uint64_t lost = header->lost > run->lost ? header->lost : run->lost;
	struct an_finding *finding;

	(void)own;
	if (lost <= run->older)
		return;
	lost -= run->older;
	finding = an_found(finder, "%s call%s not in the trace: all numbers here are too low",
			   an_said_count(finder, lost), lost == 1 ? " is" : "s are");
	finding->count = lost;
	/* Of a process that has lost some it is not told how many of them were older. */
	for (unsigned int i = 0; i < header->nprocesses && !run->older; i++) {
		const struct ct_process_info *process = &header->processes[i];

		if (process->lost)
			an_found_on(finder, finding, process->lost, 0, 0, 0,
				    "process %u (%s): %s of %s calls", process->pid,
				    process->name ? process->name : "",
				    an_said_count(finder, process->lost),
				    an_said_count(finder, process->calls));
	}
}

const struct an_detector an_find_lost_calls = {
	.kind = {
		.code = "lost-calls",
		.severity = AN_SEVERITY_TROUBLE,
		.looks_for =
			"calls that were made and could not be recorded",
		.advice =
			"`curtrace info` tells the causes; larger rings (record "
			"--buffer) or --overflow=block lose nothing",
	},
	.end = lost_calls_end,
};

/* What was asked for: the trace is of the end of the run. */
static void older_calls_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	const struct an_run *run = an_statistics_run(s);
	struct an_finding *finding;

	(void)own;
	if (!run->older)
		return;
	finding = an_found(finder, "%s older call%s not kept: all numbers here are of the newest",
			   an_said_count(finder, run->older), run->older == 1 ? " was" : "s were");
	finding->count = run->older;
}

const struct an_detector an_find_older_calls = {
	.kind = {
		.code = "older-calls",
		.severity = AN_SEVERITY_NOTE,
		.looks_for =
			"calls that a flight recorder has given up for newer ones",
		.advice =
			"record --flight=TIME keeps more; of --overflow=overwrite "
			"--buffer has larger rings",
	},
	.end = older_calls_end,
};

/* ---- calls that had not returned ------------------------------------------------------------ */

static void unreturned_calls_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	const struct an_run *run = an_statistics_run(s);
	const struct an_call *call = &run->unreturned;
	struct an_finding *finding;

	(void)own;
	if (!run->in_flight)
		return;
	finding = an_found(finder, "%s call%s had not returned at the end: %s%s, after %s%s",
			   an_said_count(finder, run->in_flight), an_plural(run->in_flight),
			   an_said_function(finder, call->function),
			   an_said_place(finder, call->spot), an_said_time(finder, call->ns),
			   run->in_flight > 1 ? ", and others" : "");
	finding->count = run->in_flight;
	finding->ns = call->ns;
	an_found_on(finder, finding, run->in_flight, call->ordinal, call->function, call->spot,
		    "%s%s: %s until the end of what is known",
		    an_said_function(finder, call->function), an_said_place(finder, call->spot),
		    an_said_time(finder, call->ns));
}

const struct an_detector an_find_unreturned_calls = {
	.kind = {
		.code = "unreturned-calls",
		.severity = AN_SEVERITY_TROUBLE,
		.looks_for =
			"calls that the program ended in, or was left in by a jump",
		.advice =
			"the program was killed or crashed in them, or waits there "
			"for ever; the last calls of the thread say for what",
	},
	.end = unreturned_calls_end,
};

/* ---- what recording cost -------------------------------------------------------------------- */

static void recorder_waited_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	const struct an_run *run = an_statistics_run(s);
	struct an_finding *finding;

	(void)own;
	if (!run->waited || run->waited_ns * 100 < an_run_ns(s) * AN_WORTH_PERCENT)
		return;
	finding = an_found(finder,
			   "%s call%s waited for room in the ring: up to %s of their time is "
			   "the recording's",
			   an_said_count(finder, run->waited), an_plural(run->waited),
			   an_said_time(finder, run->waited_ns));
	finding->count = run->waited;
	finding->ns = run->waited_ns;
}

const struct an_detector an_find_recorder_waited = {
	.kind = {
		.code = "recorder-waited",
		.severity = AN_SEVERITY_NOTE,
		.looks_for =
			"calls that waited for room in the ring, if they took "
			AN_TEXT(AN_WORTH_PERCENT) " % of the run or more",
		.advice =
			"larger rings: record --buffer=1M",
	},
	.end = recorder_waited_end,
};
