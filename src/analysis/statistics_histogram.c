/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles from buckets. */
#include "analysis/statistics_histogram.h"

#include <stdlib.h>

/* The middle of a bucket; below two octaves it has one value only. */
static uint64_t middle(unsigned int octave, unsigned int bucket)
{
	unsigned int shift = octave ? octave - 1 : 0;
	uint64_t lowest = octave ? (uint64_t)(AN_HISTOGRAM_BUCKETS + bucket) << shift : bucket;

	return lowest + (((uint64_t)1 << shift) - 1) / 2;
}

uint64_t an_histogram_percentile(const struct an_histogram *h, double percent)
{
	double exact = (double)h->count * percent / 100;
	uint64_t rank = (uint64_t)exact, seen = 0;

	rank += (double)rank < exact;
	for (unsigned int octave = 0; octave < AN_HISTOGRAM_OCTAVES; octave++) {
		for (unsigned int i = 0; h->octaves[octave] && i < AN_HISTOGRAM_BUCKETS; i++) {
			seen += h->octaves[octave][i];
			if (seen && seen >= rank)
				return middle(octave, i);
		}
	}
	return 0;
}

void an_histogram_free(struct an_histogram *h)
{
	for (unsigned int octave = 0; octave < AN_HISTOGRAM_OCTAVES; octave++)
		free(h->octaves[octave]);
	*h = (struct an_histogram){ .count = 0 };
}
