/* SPDX-License-Identifier: Apache-2.0 */
/* The same thing asked, or said, over and over. */
#include <stdlib.h>

#include "analysis/findings_catalogue.h"

/* ---- polling ------------------------------------------------------------------------------- */

/* What a function's unwelcome answers took, as far as its average tells. */
static uint64_t part_ns(const struct an_tally *tally, uint64_t calls)
{
	return an_tally_mean_ns(tally) * calls;
}

static void polling_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct an_tally *const *functions;
	const struct an_function *known;
	struct an_finding *finding;
	uint64_t ns;
	size_t n;

	(void)own;
	functions = an_statistics_functions(s, &n);
	for (size_t i = 0; i < n; i++) {
		const struct an_tally *f = functions[i];

		known = f->expected >= AN_POLLS ? an_function(f->name) : NULL;
		if (!known || !known->is_query)
			continue;
		ns = part_ns(f, f->expected);
		finding = an_found(finder, "%s is polled: %s of %s answers were `not yet', %s",
				   f->name, an_said_count(finder, f->expected),
				   an_said_count(finder, f->calls), an_said_time(finder, ns));
		finding->count = f->expected;
		finding->ns = ns;
		an_found_on(finder, finding, f->expected, f->first_ordinal, f->parts[0],
			    f->first_spot, "%s, first%s: %s per call on average", f->name,
			    an_said_place(finder, f->first_spot),
			    an_said_time(finder, an_tally_mean_ns(f)));
	}
}

const struct an_detector an_find_polling = {
	.kind = {
		.code = "polling",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"a query that was answered `not yet' " AN_TEXT(AN_POLLS) " "
			"times or more",
		.advice =
			"cudaEventSynchronize with a cudaEventBlockingSync event "
			"leaves the processor to others, cudaLaunchHostFunc calls "
			"back",
	},
	.end = polling_end,
};

/* ---- loops that ask for the last error alone ------------------------------------------------- */

struct error_loops {
	struct an_array list; /* struct an_repeats, by function; summed up */
};

static void see_repeats(void *own, const struct an_repeats *repeats)
{
	struct error_loops *loops = own;
	struct an_repeats *sum = an_array_at(&loops->list, repeats->function, sizeof(*sum));

	if (!sum->count)
		*sum = *repeats;
	else
		sum->count += repeats->count, sum->ns += repeats->ns;
}

static bool asks_for_error(const char *name)
{
	return !strcmp(name, "cudaGetLastError") || !strcmp(name, "cudaPeekAtLastError");
}

static void error_polling_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct error_loops *loops = own;
	const struct an_repeats *list = loops->list.data;
	struct an_finding *finding;

	(void)s;
	for (uint32_t i = 0; i < loops->list.capacity; i++) {
		const struct an_repeats *r = &list[i];

		if (r->count < AN_POLLS || !asks_for_error(an_said_function(finder, i)))
			continue;
		finding = an_found(finder,
				   "%s is asked in loops with no other call between: %s times, "
				   "%s%s",
				   an_said_function(finder, i), an_said_count(finder, r->count),
				   an_said_time(finder, r->ns), an_said_place(finder, r->spot));
		finding->count = r->count;
		finding->ns = r->ns;
		an_found_on(finder, finding, r->count, r->ordinal, i, r->spot,
			    "%s%s: in rows of " AN_TEXT(AN_REPEATS_MIN) " or more",
			    an_said_function(finder, i), an_said_place(finder, r->spot));
	}
}

static void free_error_loops(void *own)
{
	free(((struct error_loops *)own)->list.data);
}

const struct an_detector an_find_error_polling = {
	.kind = {
		.code = "error-polling",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"cudaGetLastError or cudaPeekAtLastError " AN_TEXT(AN_POLLS)
			" times or more, in rows of " AN_TEXT(AN_REPEATS_MIN) " or "
			"more with no other call of the thread between",
		.advice =
			"the last error changes with calls, not with time: to see "
			"that the GPU is done, cudaEventQuery or a wait",
	},
	.sees = AN_SEES_REPEATS,
	.size = sizeof(struct error_loops),
	.repeats = see_repeats,
	.end = error_polling_end,
	.free = free_error_loops,
};

/* ---- cudaSetDevice to where the thread is ---------------------------------------------------- */

struct same_device {
	uint64_t all, same, ns;
	struct an_lines lines; /* counts[0] */
};

/* A thread begins on device 0: choosing that is one of them from the first time on. */
static void see_set_device(void *own, const struct an_seen *seen)
{
	struct same_device *d = own;

	if (!seen->effect->known)
		return;
	d->all++;
	if (seen->effect->device != seen->thread->device)
		return;
	d->same++;
	d->ns += seen->ns;
	an_line_at(&d->lines, seen)->counts[0]++;
}

static void same_device_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct same_device *d = own;
	struct an_line *most = NULL;
	struct an_finding *finding;

	(void)s;
	if (d->same < AN_POLLS || d->same * 2 < d->all)
		return;
	for (uint32_t i = 1; i <= d->lines.count; i++) {
		struct an_line *line = an_array_at(&d->lines.list, i, sizeof(*line));

		if (!most || line->counts[0] > most->counts[0])
			most = line;
	}
	finding = an_found(finder,
			   "%s of %s device settings chose the device that was current: %s%s",
			   an_said_count(finder, d->same), an_said_count(finder, d->all),
			   an_said_time(finder, d->ns), an_said_place(finder, most->spot));
	finding->count = d->same;
	finding->ns = d->ns;
	an_found_on(finder, finding, most->counts[0], most->ordinal, most->function, most->spot,
		    "%s%s: %s of them", an_said_function(finder, most->function),
		    an_said_place(finder, most->spot), an_said_count(finder, most->counts[0]));
}

static void free_same_device(void *own)
{
	an_lines_free(&((struct same_device *)own)->lines);
}

const struct an_detector an_find_same_device = {
	.kind = {
		.code = "repeated-set-device",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			AN_TEXT(AN_POLLS) " calls or more, and half of all, that "
			"set the device which the thread has current",
		.advice =
			"the current device stays until the thread sets another one",
	},
	.sees = AN_SEES(AN_EFFECT_SET_DEVICE),
	.size = sizeof(struct same_device),
	.see = see_set_device,
	.end = same_device_end,
	.free = free_same_device,
};

/* ---- questions whose answer never changes --------------------------------------------------- */

static const char *const constants[] = {
	"cudaGetDeviceProperties",
	"cudaGetDeviceProperties_v2",
	"cudaDeviceGetAttribute",
	"cudaGetDeviceCount",
	"cudaDriverGetVersion",
	"cudaRuntimeGetVersion",
	"cudaDeviceCanAccessPeer",
	"cudaFuncGetAttributes",
	"cudaOccupancyMaxActiveBlocksPerMultiprocessor",
	"cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags",
};

static void same_question_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct an_finding *finding;

	(void)own;
	for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
		const struct an_tally *f = an_statistics_named(s, constants[i]);

		if (!f || f->calls < AN_POLLS ||
		    f->total_ns * 100 < an_run_ns(s) * AN_WORTH_PERCENT)
			continue;
		finding = an_found(finder,
				   "%s is asked %s times, %s (%s of the run); its answers do not "
				   "change",
				   f->name, an_said_count(finder, f->calls),
				   an_said_time(finder, f->total_ns),
				   an_said_share(finder, f->total_ns));
		finding->count = f->calls;
		finding->ns = f->total_ns;
		an_found_on(finder, finding, f->calls, f->first_ordinal, f->parts[0], f->first_spot,
			    "%s, first%s", f->name, an_said_place(finder, f->first_spot));
	}
}

const struct an_detector an_find_same_question = {
	.kind = {
		.code = "repeated-question",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"properties, versions, attributes or occupancies asked for "
			AN_TEXT(AN_POLLS) " times or more, for "
			AN_TEXT(AN_WORTH_PERCENT) " % of the run",
		.advice =
			"ask once and keep the answer",
	},
	.end = same_question_end,
};
