/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often each duration occurred, in constant memory: every octave of nanoseconds is cut into 64
 * equal buckets. Below 128 ns a bucket is one value; above, it is at most a 64th of its values wide
 * and stands for its middle, so that a percentile is off by less than 0.8 %. Octaves that nothing
 * falls into take no memory; a function's calls fall into a handful (512 bytes each).
 */
#ifndef ANALYSIS_STATISTICS_HISTOGRAM_H
#define ANALYSIS_STATISTICS_HISTOGRAM_H

#include <stdint.h>

#include "util/xalloc.h"

#define AN_HISTOGRAM_BITS    6
#define AN_HISTOGRAM_BUCKETS (1u << AN_HISTOGRAM_BITS)
#define AN_HISTOGRAM_OCTAVES (64 - AN_HISTOGRAM_BITS + 1)

struct an_histogram { /* all zero: empty */
	uint64_t *octaves[AN_HISTOGRAM_OCTAVES];
	uint64_t count;
};

/* Inline: this is done for every call of a trace, up to three times. */
static inline void an_histogram_add(struct an_histogram *h, uint64_t value)
{
	unsigned int octave = 0, shift = 0;

	if (value >= AN_HISTOGRAM_BUCKETS) {
		shift = 63 - (unsigned int)__builtin_clzll(value) - AN_HISTOGRAM_BITS;
		octave = shift + 1;
	}
	if (__builtin_expect(!h->octaves[octave], 0))
		h->octaves[octave] = ut_xcalloc(AN_HISTOGRAM_BUCKETS, sizeof(*h->octaves[octave]));
	h->octaves[octave][value >> shift & (AN_HISTOGRAM_BUCKETS - 1)]++;
	h->count++;
}

/*
 * The smallest duration (as far as its bucket tells) that at least `percent` of a hundred do not
 * exceed; 0 of none.
 */
uint64_t an_histogram_percentile(const struct an_histogram *h, double percent);

void an_histogram_free(struct an_histogram *h);

#endif
