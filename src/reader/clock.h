/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns a record's counter into wall-clock time. Samples of the same instant on several clocks
 * are collected while the trace is indexed; the fit through them is continuous, never runs
 * backwards (so calls that nest keep nesting) and is computed in exact integers.
 */
#ifndef READER_CLOCK_H
#define READER_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

struct rd_knot {
	uint64_t counter;
	uint64_t monotonic_ns;
};

/*
 * The line between two neighbouring knots, for conversions without a division: for a counter that
 * lies `run` behind `begin` it is whole * run + part * run / length, rounded down.
 */
struct rd_line {
	uint64_t begin, length; /* length 0: no counter lies on it */
	uint64_t begin_ns;      /* CLOCK_REALTIME */
	uint64_t whole, part;   /* what rises over `length`: whole * length + part */
	uint64_t part_share;    /* part / length, in 2^-64 and rounded down */
};

struct rd_clock {                         /* all zero: no samples */
	struct ctr_clock_sample *samples; /* of the CPU's counter, until the fit is made */
	size_t nsamples, samples_capacity;
	struct rd_knot *knots;
	size_t nknots;
	size_t last; /* segment that was used last */
	struct rd_line line;
	bool has_offset;
	int64_t offset;             /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	uint64_t last_monotonic_ns; /* of the latest sample of either clock */
};

void rd_clock_add(struct rd_clock *clock, uint32_t kind, const struct ctr_clock_sample *sample);

/* After the last sample, before the first conversion. */
void rd_clock_fit(struct rd_clock *clock);

/* False: times of the CPU's counter are in unknown units, for want of samples. */
bool rd_clock_is_known(const struct rd_clock *clock);

/* The conversion in full; the counters that follow are expected on the same line. */
uint64_t rd_clock_convert(struct rd_clock *clock, uint32_t kind, uint64_t counter);

/* CLOCK_REALTIME in ns of a counter of the clock `kind` (enum ctr_clock). */
static inline uint64_t rd_clock_ns(struct rd_clock *clock, uint32_t kind, uint64_t counter)
{
	const struct rd_line *line = &clock->line;
	uint64_t run = counter - line->begin, quotient;

	if (kind != CTR_CLOCK_TSC || run >= line->length)
		return rd_clock_convert(clock, kind, counter);
	/* The share was rounded down: the quotient is right or one too small. */
	quotient = (uint64_t)((unsigned __int128)run * line->part_share >> 64);
	quotient += line->part * run - quotient * line->length >= line->length;
	return line->begin_ns + line->whole * run + quotient;
}

/* CLOCK_REALTIME in ns of the latest sample; 0 if there is none. */
uint64_t rd_clock_last_ns(const struct rd_clock *clock);

void rd_clock_free(struct rd_clock *clock);

#endif
