/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the analysis: how findings are made.
 *
 * To add one: a struct an_detector in findings_<subject>.c and its line in findings_catalogue.c.
 * What follows from the sums needs `end` alone; what follows from the order of calls names in
 * `sees` which calls it wants to be shown, and keeps what it needs of them in its own `size`
 * bytes (zeros at the beginning). `see` is called within the one pass over the trace: what it
 * costs, every `stat` of a trace of ten million events pays. A test with a trace that has the
 * finding, and with the nearest one that must not have it, goes into
 * tests/unit/analysis/check_findings.c.
 */
#ifndef ANALYSIS_FINDINGS_DETECT_H
#define ANALYSIS_FINDINGS_DETECT_H

#include "analysis/findings.h"
#include "analysis/state.h"
#include "analysis/statistics.h"
#include "analysis/statistics_array.h"
#include "analysis/statistics_keys.h"
#include "util/arena.h"

/* A call as the detectors are shown it. */
struct an_seen {
	const struct ct_event *event;
	const struct an_effect *effect;
	struct an_state *state; /* as it was before the call */
	struct an_keys *keys;
	struct an_thread *thread;
	enum an_direction direction; /* of a copy, worked out */
	unsigned int traffic;        /* index of an_statistics_traffic, AN_TRAFFICS: none */
	uint64_t ns;                 /* 0 if it had not returned */
	uint32_t range;              /* of a range that has ended, its number; else 0 */
};

/* Calls of one function, at least AN_REPEATS_MIN, with no other one of their thread between. */
#define AN_REPEATS_MIN 64
struct an_repeats {
	uint32_t function;
	uint64_t count, ns;
	uint64_t ordinal; /* of the first; where it was called from */
	uint32_t spot;
};

/* What a detector wants to see: effects by kind, and the last one are the repetitions. */
#define AN_SEES(effect) (1u << (effect))
#define AN_SEES_REPEATS (1u << AN_EFFECTS)
#define AN_SEES_WORK                                                                             \
	(AN_SEES(AN_EFFECT_LAUNCH) | AN_SEES(AN_EFFECT_GRAPH_LAUNCH) | AN_SEES(AN_EFFECT_COPY) | \
	 AN_SEES(AN_EFFECT_SET))

struct an_finder; /* where findings are put */

struct an_detector {
	struct an_finding_kind kind;
	unsigned int sees;
	size_t size;
	void (*see)(void *own, const struct an_seen *seen);
	void (*repeats)(void *own, const struct an_repeats *repeats);
	void (*end)(void *own, const struct an_statistics *s, struct an_finder *finder);
	void (*free)(void *own); /* or NULL */
};

extern const struct an_detector *const an_detectors[];
extern const size_t an_detector_count;

/* ---- for `see` ------------------------------------------------------------------------------ */

static inline uint32_t an_seen_spot(const struct an_seen *seen)
{
	return an_spots_number(&seen->keys->spots, seen->event);
}

/* The number, from 1, of the call's place and function together: one line of a program. */
struct an_lines {
	struct ut_map index;
	struct an_array list; /* of struct an_line, by number */
	uint32_t count;
};
struct an_line {
	uint32_t function, spot, process;
	uint64_t ordinal;   /* of the first call */
	uint64_t counts[6]; /* what the detector counts there */
};
struct an_line *an_line_at(struct an_lines *lines, const struct an_seen *seen);
void an_lines_free(struct an_lines *lines);

/* ---- for `end` ------------------------------------------------------------------------------ */

/* A new finding of the detector whose `end` runs. The headline as by printf, numbers with units: */
struct an_finding *an_found(struct an_finder *finder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* One thing that it rests on, an example of which is event `ordinal` (0: none) at `spot` (0). */
void an_found_on(struct an_finder *finder, struct an_finding *finding, uint64_t count,
		 uint64_t ordinal, uint32_t function, uint32_t spot, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* Texts that live as long as the findings: a count, a time, bytes, a share of the run. */
const char *an_said_count(struct an_finder *finder, uint64_t count);
const char *an_said_time(struct an_finder *finder, uint64_t ns);
const char *an_said_bytes(struct an_finder *finder, uint64_t bytes);
const char *an_said_share(struct an_finder *finder, uint64_t ns);
/* " at step (app+0x1234)", or nothing if the place is not known. */
const char *an_said_place(struct an_finder *finder, uint32_t spot);
const char *an_said_function(struct an_finder *finder, uint32_t function);
/* "s" unless there is one of them. */
const char *an_plural(uint64_t count);

/* From the first call to the last one: what times are compared with. */
uint64_t an_run_ns(const struct an_statistics *s);

/* ---- for the statistics --------------------------------------------------------------------- */

struct an_findings;

struct an_findings *an_findings_new(void);
void an_findings_see(struct an_findings *f, const struct an_seen *seen);
void an_findings_repeats(struct an_findings *f, const struct an_repeats *repeats);
void an_findings_end(struct an_findings *f, const struct an_statistics *s);
const struct an_finding *an_findings_get(const struct an_findings *f, size_t *count);
void an_findings_free(struct an_findings *f);

/* The name of a function by its number, as the trace has it. */
const char *an_statistics_function_name(const struct an_statistics *s, uint32_t function);

/*
 * Whether every call of the process that could have made its memory known was recorded: from its
 * start on, with arguments, and none was lost.
 */
bool an_statistics_saw_all(const struct an_statistics *s, uint32_t process);

#endif
