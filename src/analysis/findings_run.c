/* SPDX-License-Identifier: Apache-2.0 */
/* What a whole run is like. */
#include <stdlib.h>

#include "analysis/findings_catalogue.h"

/* ---- everything on the legacy stream ------------------------------------------------------- */

/* Of a process: launches and asynchronous copies, and how many on the legacy default stream. */
struct work {
	uint64_t all, legacy;
	uint64_t copies;  /* of them, between host and device */
	uint64_t ordinal; /* of the first */
	uint32_t function, spot;
};

struct works {
	struct an_array list; /* struct work, by process */
};

#define IS_LEGACY(stream) ((stream) <= 1)

static void see_work(void *own, const struct an_seen *seen)
{
	struct works *works = own;
	const struct an_effect *effect = seen->effect;
	struct work *work;

	if (!effect->known || !effect->has_stream)
		return;
	work = an_array_at(&works->list, seen->event->process, sizeof(*work));
	if (!work->all++) {
		work->ordinal = seen->event->ordinal;
		work->function = seen->event->function;
		work->spot = an_seen_spot(seen);
	}
	work->legacy += IS_LEGACY(effect->stream);
	work->copies += effect->kind == AN_EFFECT_COPY;
}

static void legacy_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct works *works = own;
	const struct work *list = works->list.data;
	struct an_finding *finding;

	if (an_statistics_header(s)->lacks & CT_LACKS_ARGUMENTS)
		return;
	for (uint32_t i = 0; i < works->list.capacity; i++) {
		const struct work *work = &list[i];

		if (work->all < AN_LEGACY_WORK || work->legacy < work->all)
			continue;
		finding = an_found(finder,
				   "all %s launches and asynchronous copies go to the legacy "
				   "default stream",
				   an_said_count(finder, work->all));
		finding->count = work->all;
		an_found_on(finder, finding, work->all, work->ordinal, work->function, work->spot,
			    "%s of them copies; the first is %s%s",
			    an_said_count(finder, work->copies),
			    an_said_function(finder, work->function),
			    an_said_place(finder, work->spot));
	}
}

static void free_works(void *own)
{
	free(((struct works *)own)->list.data);
}

const struct an_detector an_find_legacy_stream = {
	.kind = {
		.code = "legacy-stream-only",
		.severity = AN_SEVERITY_NOTE,
		.looks_for =
			AN_TEXT(AN_LEGACY_WORK) " launches and asynchronous copies "
			"or more of a process, all on the legacy default stream",
		.advice =
			"work on it waits for all other streams and never "
			"overlaps: streams of one's own, or --default-stream "
			"per-thread",
	},
	.sees = AN_SEES_WORK,
	.size = sizeof(struct works),
	.see = see_work,
	.end = legacy_end,
	.free = free_works,
};

/* ---- one function has most of the time ------------------------------------------------------- */

static void dominant_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	const struct an_run *run = an_statistics_run(s);
	const struct an_tally *most = NULL;
	struct an_tally *const *functions;
	struct an_finding *finding;
	size_t n;

	(void)own;
	functions = an_statistics_functions(s, &n);
	for (size_t i = 0; i < n; i++) {
		if (!most || functions[i]->total_ns > most->total_ns)
			most = functions[i];
	}
	if (run->calls < AN_ENOUGH_CALLS || n < 2 || most->calls < 2 ||
	    most->total_ns * 100 < run->calls_ns * AN_DOMINANT_PERCENT)
		return;
	finding = an_found(finder,
			   "%s has %u%% of all time in calls: %s in %s calls, %s of the run",
			   most->name, (unsigned int)(most->total_ns * 100 / run->calls_ns),
			   an_said_time(finder, most->total_ns), an_said_count(finder, most->calls),
			   an_said_share(finder, most->total_ns));
	finding->count = most->calls;
	finding->ns = most->total_ns;
	an_found_on(finder, finding, most->calls, most->max_ordinal, most->parts[0], 0,
		    "%s: %s on average, half of them up to %s, the longest %s", most->name,
		    an_said_time(finder, an_tally_mean_ns(most)),
		    an_said_time(finder, an_tally_percentile_ns(most, 50)),
		    an_said_time(finder, most->max_ns));
}

const struct an_detector an_find_dominant_call = {
	.kind = {
		.code = "dominant-call",
		.severity = AN_SEVERITY_NOTE,
		.looks_for =
			"one function with " AN_TEXT(AN_DOMINANT_PERCENT) " % or "
			"more of the time in calls",
		.advice =
			"`curtrace stat --by caller -e FUNCTION` shows where it is "
			"called from",
	},
	.end = dominant_end,
};

/* ---- one long call --------------------------------------------------------------------------- */

static void long_call_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	const struct an_run *run = an_statistics_run(s);
	const struct an_call *call = &run->longest;
	bool is_first = run->longest_number <= AN_FIRST_CALLS;
	struct an_finding *finding;

	(void)own;
	if (run->calls < AN_ENOUGH_CALLS || !call->function ||
	    call->ns * 100 < an_run_ns(s) * AN_LONG_CALL_PERCENT)
		return;
	finding = an_found(finder, "one call took %s, %s of the run: %s%s%s",
			   an_said_time(finder, call->ns), an_said_share(finder, call->ns),
			   an_said_function(finder, call->function),
			   an_said_place(finder, call->spot),
			   is_first ? ", among the first: it makes the context" : "");
	finding->count = 1;
	finding->ns = call->ns;
	an_found_on(finder, finding, 1, call->ordinal, call->function, call->spot,
		    "%s%s: call number %s of its process", an_said_function(finder, call->function),
		    an_said_place(finder, call->spot), an_said_count(finder, run->longest_number));
}

const struct an_detector an_find_long_call = {
	.kind = {
		.code = "long-call",
		.severity = AN_SEVERITY_NOTE,
		.looks_for =
			"one call, no wait, that took " AN_TEXT(AN_LONG_CALL_PERCENT)
			" % or more of the run",
		.advice =
			"making a context and loading code take long once: at the "
			"start, or CUDA_MODULE_LOADING=LAZY",
	},
	.end = long_call_end,
};
