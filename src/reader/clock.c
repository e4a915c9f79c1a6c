/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fit from counter to time.
 *
 * Time is CLOCK_MONOTONIC plus one offset to CLOCK_REALTIME for the whole trace: somebody setting
 * the wall clock during the run must not tear it apart. A sample is some 50 ns wrong, and far more
 * if its taker was preempted in the middle, so samples that lie close together are not joined one
 * by one: of each stretch of time the sample in the middle of the residuals becomes a knot.
 */
#include "reader/clock.h"

#include <stdlib.h>

#include "util/xalloc.h"

/* Stretches are as long as this, but never so short that there are more than MAX_STRETCHES. */
#define STRETCH_NS    20000000u
#define MAX_STRETCHES 1024u

/* Above this a sample is nonsense; below, products with a 64-bit counter fit into 128 bits. */
#define LIMIT ((uint64_t)INT64_MAX)

void rd_clock_add(struct rd_clock *clock, uint32_t kind, const struct ctr_clock_sample *sample)
{
	if (sample->counter > LIMIT || sample->monotonic_ns > LIMIT ||
	    sample->realtime_ns > LIMIT || !sample->realtime_ns)
		return;
	if (!clock->has_offset) {
		clock->has_offset = true;
		clock->offset = (int64_t)sample->realtime_ns - (int64_t)sample->monotonic_ns;
	}
	if (sample->monotonic_ns > clock->last_monotonic_ns)
		clock->last_monotonic_ns = sample->monotonic_ns;
	if (kind != CTR_CLOCK_TSC)
		return;
	ut_grow(&clock->samples, &clock->samples_capacity, clock->nsamples,
		sizeof(*clock->samples));
	clock->samples[clock->nsamples++] = *sample;
}

/* ---- the fit ------------------------------------------------------------------------------- */

struct residual {
	__int128 error;
	size_t sample;
};

static int compare_counters(const void *a, const void *b)
{
	const struct ctr_clock_sample *x = a, *y = b;

	return x->counter < y->counter ? -1 : x->counter > y->counter;
}

static int compare_residuals(const void *a, const void *b)
{
	const struct residual *x = a, *y = b;

	if (x->error != y->error)
		return x->error < y->error ? -1 : 1;
	return x->sample < y->sample ? -1 : 1;
}

/* The sample in [begin, end) whose distance from the straight line over everything is median. */
static size_t middle_sample(const struct rd_clock *clock, struct residual *room, size_t begin,
			    size_t end)
{
	const struct ctr_clock_sample *first = clock->samples;
	const struct ctr_clock_sample *last = first + clock->nsamples - 1;
	__int128 rise = (__int128)last->monotonic_ns - first->monotonic_ns;
	__int128 run = (__int128)last->counter - first->counter;
	size_t i;

	for (i = begin; i < end; i++) {
		const struct ctr_clock_sample *s = first + i;
		__int128 line = run ? ((__int128)s->counter - first->counter) * rise / run : 0;

		room[i - begin].error = (__int128)s->monotonic_ns - first->monotonic_ns - line;
		room[i - begin].sample = i;
	}
	qsort(room, end - begin, sizeof(*room), compare_residuals);
	return room[(end - begin) / 2].sample;
}

/* Length of a stretch, in counts. At least two stretches, for one knot gives no rate. */
static uint64_t stretch_counts(const struct rd_clock *clock)
{
	const struct ctr_clock_sample *first = clock->samples;
	const struct ctr_clock_sample *last = first + clock->nsamples - 1;
	uint64_t counts = last->counter - first->counter;
	uint64_t ns = last->monotonic_ns > first->monotonic_ns
			      ? last->monotonic_ns - first->monotonic_ns
			      : 1;
	unsigned __int128 stretch = (unsigned __int128)counts * STRETCH_NS / ns;

	if (stretch < counts / MAX_STRETCHES)
		stretch = counts / MAX_STRETCHES;
	if (stretch > counts / 2)
		stretch = counts / 2;
	return stretch ? (uint64_t)stretch : 1;
}

/* Both coordinates of the knots rise; a sample that would break that is left out. */
static void add_knot(struct rd_clock *clock, const struct ctr_clock_sample *sample)
{
	struct rd_knot *last = clock->nknots ? &clock->knots[clock->nknots - 1] : NULL;

	if (last && (sample->counter <= last->counter || sample->monotonic_ns < last->monotonic_ns))
		return;
	clock->knots[clock->nknots++] = (struct rd_knot){
		.counter = sample->counter,
		.monotonic_ns = sample->monotonic_ns,
	};
}

void rd_clock_fit(struct rd_clock *clock)
{
	struct residual *room;
	uint64_t stretch;
	size_t begin, end;

	if (!clock->nsamples)
		return;
	qsort(clock->samples, clock->nsamples, sizeof(*clock->samples), compare_counters);
	stretch = stretch_counts(clock);
	clock->knots = ut_xcalloc(clock->nsamples, sizeof(*clock->knots));
	room = ut_xcalloc(clock->nsamples, sizeof(*room));
	for (begin = 0; begin < clock->nsamples; begin = end) {
		for (end = begin + 1; end < clock->nsamples; end++) {
			if (clock->samples[end].counter - clock->samples[begin].counter >= stretch)
				break;
		}
		add_knot(clock, &clock->samples[middle_sample(clock, room, begin, end)]);
	}
	free(room);
	free(clock->samples);
	clock->samples = NULL;
	clock->nsamples = clock->samples_capacity = 0;
}

bool rd_clock_is_known(const struct rd_clock *clock)
{
	return clock->nknots >= 2 &&
	       clock->knots[clock->nknots - 1].monotonic_ns > clock->knots[0].monotonic_ns;
}

/* ---- conversion ---------------------------------------------------------------------------- */

/* The segment that `counter` lies in; the outermost ones reach on beyond the knots. */
static size_t find_segment(struct rd_clock *clock, uint64_t counter)
{
	size_t low = 0, high = clock->nknots - 2, middle;
	const struct rd_knot *at = &clock->knots[clock->last];

	/* Records come nearly in order: mostly it is the segment of the last one. */
	if (counter >= at[0].counter && counter < at[1].counter)
		return clock->last;
	while (low < high) {
		middle = low + (high - low + 1) / 2;
		if (clock->knots[middle].counter <= counter)
			low = middle;
		else
			high = middle - 1;
	}
	return clock->last = low;
}

static __int128 monotonic_of(struct rd_clock *clock, uint64_t counter)
{
	const struct rd_knot *a, *b;
	__int128 product, run, quotient;

	if (clock->nknots == 0)
		return counter;
	if (clock->nknots == 1)
		return (__int128)clock->knots[0].monotonic_ns + counter - clock->knots[0].counter;
	a = &clock->knots[find_segment(clock, counter)];
	b = a + 1;
	run = (__int128)b->counter - a->counter;
	product = ((__int128)counter - a->counter) * ((__int128)b->monotonic_ns - a->monotonic_ns);
	/* Rounds down on both sides of the knot, or the fit would have a flat step there. */
	quotient = product / run;
	if (product % run < 0)
		quotient--;
	return quotient + a->monotonic_ns;
}

static uint64_t to_realtime(const struct rd_clock *clock, __int128 monotonic)
{
	__int128 ns = monotonic + clock->offset;

	return ns < 0 ? 0 : ns > INT64_MAX ? INT64_MAX : (uint64_t)ns;
}

/* So that the next counter of the same segment, if it is one between two knots, is quick. */
static void draw_line(struct rd_clock *clock)
{
	const struct rd_knot *a = &clock->knots[clock->last], *b = a + 1;
	uint64_t length = b->counter - a->counter, rise = b->monotonic_ns - a->monotonic_ns;
	__int128 begin = (__int128)a->monotonic_ns + clock->offset;

	clock->line.length = 0;
	/* What is outside of this is set to the nearest that is inside. */
	if (begin < 0 || begin + rise > INT64_MAX)
		return;
	clock->line = (struct rd_line){
		.begin = a->counter,
		.length = length,
		.begin_ns = (uint64_t)begin,
		.whole = rise / length,
		.part = rise % length,
		.part_share = (uint64_t)(((unsigned __int128)(rise % length) << 64) / length),
	};
}

uint64_t rd_clock_convert(struct rd_clock *clock, uint32_t kind, uint64_t counter)
{
	size_t segment = clock->last;
	uint64_t ns = to_realtime(clock, kind == CTR_CLOCK_TSC ? monotonic_of(clock, counter)
							       : (__int128)counter);

	if (clock->nknots >= 2 && (clock->last != segment || !clock->line.length))
		draw_line(clock);
	return ns;
}

uint64_t rd_clock_last_ns(const struct rd_clock *clock)
{
	return clock->has_offset ? to_realtime(clock, clock->last_monotonic_ns) : 0;
}

void rd_clock_free(struct rd_clock *clock)
{
	free(clock->samples);
	free(clock->knots);
	*clock = (struct rd_clock){ 0 };
}
