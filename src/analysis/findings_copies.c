/* SPDX-License-Identifier: Apache-2.0 */
/* Copies between host and device that could be quicker, or out of the way. */
#include <stdlib.h>

#include "analysis/findings_catalogue.h"

/* What is counted of a line of the program that copies. */
enum {
	COPIES,
	COPIES_NS,
	COPIES_BYTES
};

struct copies {
	struct an_lines lines;
};

static bool crosses(const struct an_seen *seen)
{
	return seen->direction == AN_HOST_TO_DEVICE || seen->direction == AN_DEVICE_TO_HOST;
}

static void count_copy(struct copies *copies, const struct an_seen *seen)
{
	struct an_line *line = an_line_at(&copies->lines, seen);

	line->counts[COPIES]++;
	line->counts[COPIES_NS] += seen->ns;
	line->counts[COPIES_BYTES] += seen->effect->bytes;
}

static void free_copies(void *own)
{
	an_lines_free(&((struct copies *)own)->lines);
}

/* Sums over the lines that `wanted` takes (NULL: all); the one with most bytes in *most. */
static void sum_lines(struct copies *copies,
		      bool (*wanted)(const struct an_line *, const struct an_statistics *),
		      const struct an_statistics *s, struct an_line *sum, struct an_line **most)
{
	*sum = (struct an_line){ 0 };
	*most = NULL;
	for (uint32_t i = 1; i <= copies->lines.count; i++) {
		struct an_line *line = an_array_at(&copies->lines.list, i, sizeof(*line));

		if (wanted && !wanted(line, s))
			continue;
		for (unsigned int j = 0; j <= COPIES_BYTES; j++)
			sum->counts[j] += line->counts[j];
		if (!*most || line->counts[COPIES_BYTES] > (*most)->counts[COPIES_BYTES])
			*most = line;
	}
}

static void tell_lines(struct copies *copies,
		       bool (*wanted)(const struct an_line *, const struct an_statistics *),
		       const struct an_statistics *s, struct an_finder *finder,
		       struct an_finding *finding)
{
	for (uint32_t i = 1; i <= copies->lines.count; i++) {
		struct an_line *line = an_array_at(&copies->lines.list, i, sizeof(*line));

		if (wanted && !wanted(line, s))
			continue;
		an_found_on(finder, finding, line->counts[COPIES], line->ordinal, line->function,
			    line->spot, "%s%s: %s times, %s, %s",
			    an_said_function(finder, line->function),
			    an_said_place(finder, line->spot),
			    an_said_count(finder, line->counts[COPIES]),
			    an_said_bytes(finder, line->counts[COPIES_BYTES]),
			    an_said_time(finder, line->counts[COPIES_NS]));
	}
}

static void take_sums(struct an_finding *finding, const struct an_line *sum)
{
	finding->count = sum->counts[COPIES];
	finding->ns = sum->counts[COPIES_NS];
	finding->bytes = sum->counts[COPIES_BYTES];
}

/* ---- blocking copies ----------------------------------------------------------------------- */

static void see_blocking(void *own, const struct an_seen *seen)
{
	if (seen->effect->known && !seen->effect->asynchronous && crosses(seen))
		count_copy(own, seen);
}

static void blocking_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct an_finding *finding;
	struct an_line sum, *most;

	sum_lines(own, NULL, s, &sum, &most);
	if (sum.counts[COPIES] < AN_LOOP_CALLS ||
	    sum.counts[COPIES_NS] * 100 < an_run_ns(s) * AN_WORTH_PERCENT)
		return;
	finding = an_found(finder,
			   "%s blocking copies moved %s in %s (%s of the run), most by %s%s",
			   an_said_count(finder, sum.counts[COPIES]),
			   an_said_bytes(finder, sum.counts[COPIES_BYTES]),
			   an_said_time(finder, sum.counts[COPIES_NS]),
			   an_said_share(finder, sum.counts[COPIES_NS]),
			   an_said_function(finder, most->function),
			   an_said_place(finder, most->spot));
	take_sums(finding, &sum);
	tell_lines(own, NULL, s, finder, finding);
}

const struct an_detector an_find_blocking_copies = {
	.kind = {
		.code = "blocking-copies",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			AN_TEXT(AN_LOOP_CALLS) " copies or more between host and "
			"device that the host waited for, for "
			AN_TEXT(AN_WORTH_PERCENT) " % of the run or more",
		.advice =
			"cudaMemcpyAsync on a stream, from and to pinned memory, "
			"lets host and GPU work meanwhile",
	},
	.sees = AN_SEES(AN_EFFECT_COPY),
	.size = sizeof(struct copies),
	.see = see_blocking,
	.end = blocking_end,
	.free = free_copies,
};

/* ---- pageable memory in an asynchronous copy ------------------------------------------------ */

static void see_pageable(void *own, const struct an_seen *seen)
{
	const struct an_effect *effect = seen->effect;
	bool from_host = seen->direction == AN_HOST_TO_DEVICE;
	enum an_place place = from_host ? effect->from_place : effect->to_place;
	uint64_t host = from_host ? effect->from : effect->to;

	if (!effect->known || !effect->asynchronous || !crosses(seen) ||
	    place != AN_PLACE_ADDRESS || !host)
		return;
	if (!an_state_find(seen->state, seen->event->process, host))
		count_copy(own, seen);
}

static bool is_certain(const struct an_line *line, const struct an_statistics *s)
{
	return an_statistics_saw_all(s, line->process);
}

static void pageable_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct an_finding *finding;
	struct an_line sum, *most;

	sum_lines(own, is_certain, s, &sum, &most);
	if (!sum.counts[COPIES])
		return;
	finding = an_found(finder, "%s asynchronous cop%s of pageable memory (%s): %s%s%s",
			   an_said_count(finder, sum.counts[COPIES]),
			   sum.counts[COPIES] == 1 ? "y" : "ies",
			   an_said_bytes(finder, sum.counts[COPIES_BYTES]),
			   an_said_function(finder, most->function),
			   an_said_place(finder, most->spot),
			   most->counts[COPIES] < sum.counts[COPIES] ? " and others" : "");
	take_sums(finding, &sum);
	tell_lines(own, is_certain, s, finder, finding);
}

const struct an_detector an_find_pageable_copies = {
	.kind = {
		.code = "pageable-async-copy",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			"any asynchronous copy whose host memory lies in no "
			"pinned, registered or managed allocation of the trace; "
			"told only of processes that were recorded from their "
			"start with nothing left out or lost",
		.advice =
			"the driver copies such memory through a buffer of its own "
			"first, and the call may block: cudaMallocHost or "
			"cudaHostRegister",
	},
	.sees = AN_SEES(AN_EFFECT_COPY),
	.size = sizeof(struct copies),
	.see = see_pageable,
	.end = pageable_end,
	.free = free_copies,
};

/* ---- copies split small --------------------------------------------------------------------- */

/* A run of them: one thread's, in one direction, with no launch or wait of its between. */
struct run {
	uint64_t turns; /* the thread's, to see whether something came between */
	enum an_direction direction;
	uint64_t length;
	uint64_t bytes, ns; /* of those before AN_SMALL_RUN was reached */
	uint64_t to, from;  /* where one that goes on would begin */
	uint64_t continued;
};

struct small_copies {
	struct an_lines lines; /* COPIES, COPIES_NS, COPIES_BYTES */
	struct an_array runs;  /* struct run, by thread */
	uint64_t continued;    /* copies that go on where the one before ended */
	uint64_t nruns;
};

/* Those that began the run are counted with the one that makes it one. */
static void count_small(struct small_copies *small, struct run *run, const struct an_seen *seen)
{
	struct an_line *line = an_line_at(&small->lines, seen);

	line->counts[COPIES] += run->length == AN_SMALL_RUN ? AN_SMALL_RUN : 1;
	line->counts[COPIES_NS] += run->ns;
	line->counts[COPIES_BYTES] += run->bytes;
	small->continued += run->continued;
	small->nruns += run->length == AN_SMALL_RUN;
	run->ns = run->bytes = run->continued = 0;
}

static void see_small(void *own, const struct an_seen *seen)
{
	struct small_copies *small = own;
	const struct an_effect *effect = seen->effect;
	struct run *run = an_array_at(&small->runs, seen->thread->number, sizeof(*run));

	if (!effect->known || !effect->bytes_known || effect->bytes > AN_SMALL_COPY ||
	    !crosses(seen)) {
		run->length = 0;
		return;
	}
	/* A blocking copy waits itself, which ends no run. */
	if (run->direction != seen->direction || seen->thread->turns != run->turns)
		*run = (struct run){ .direction = seen->direction };
	run->turns = seen->thread->turns + !effect->asynchronous;
	run->continued += run->length && effect->to == run->to && effect->from == run->from;
	run->length++;
	run->bytes += effect->bytes;
	run->ns += seen->ns;
	run->to = effect->to + effect->bytes;
	run->from = effect->from + effect->bytes;
	if (run->length >= AN_SMALL_RUN)
		count_small(small, run, seen);
}

static void small_end(void *own, const struct an_statistics *s, struct an_finder *finder)
{
	struct small_copies *small = own;
	struct copies *copies = own;
	struct an_finding *finding;
	struct an_line sum, *most;

	sum_lines(copies, NULL, s, &sum, &most);
	if (sum.counts[COPIES] < AN_SMALL_COPIES)
		return;
	finding = an_found(finder, "%s small copies follow one another, %s on average%s: %s%s",
			   an_said_count(finder, sum.counts[COPIES]),
			   an_said_bytes(finder, sum.counts[COPIES_BYTES] / sum.counts[COPIES]),
			   small->continued * 2 > sum.counts[COPIES]
				   ? ", mostly of memory that lies together"
				   : "",
			   an_said_function(finder, most->function),
			   an_said_place(finder, most->spot));
	take_sums(finding, &sum);
	tell_lines(copies, NULL, s, finder, finding);
	an_found_on(finder, finding, small->nruns, 0, 0, 0,
		    "%s runs of copies without a launch or a "
		    "wait between; %s copies go on where the one before ended",
		    an_said_count(finder, small->nruns), an_said_count(finder, small->continued));
}

static void free_small(void *own)
{
	struct small_copies *small = own;

	an_lines_free(&small->lines);
	free(small->runs.data);
}

const struct an_detector an_find_small_copies = {
	.kind = {
		.code = "small-copies",
		.severity = AN_SEVERITY_ADVICE,
		.looks_for =
			AN_TEXT(AN_SMALL_COPIES) " copies or more of at most "
			AN_TEXT(AN_SMALL_COPY) " bytes, in runs of "
			AN_TEXT(AN_SMALL_RUN) " or more of one direction with no "
			"launch or wait of the thread between",
		.advice =
			"each copy costs microseconds before its first byte: "
			"gather them in one buffer, or cudaMemcpy2DAsync, "
			"cudaMemcpyBatchAsync",
	},
	.sees = AN_SEES(AN_EFFECT_COPY),
	.size = sizeof(struct small_copies),
	.see = see_small,
	.end = small_end,
	.free = free_small,
};
