/* SPDX-License-Identifier: Apache-2.0 */
/* The loop around a place, without folding the whole. */
#include "analysis/diff/fold.h"

/* Periods that are tried, and the longest. */
#define TRIES            64
#define FURTHEST         ((size_t)1 << 14)
#define LEAST_ITERATIONS 3

/* What repeats with this period about numbers `at` and `at + period`, which are equal. */
static struct df_around extend(const uint32_t *sequence, size_t length, size_t at, size_t period)
{
	struct df_around around = { at, at + period, period };

	while (around.begin && sequence[around.begin - 1] == sequence[around.begin - 1 + period])
		around.begin--;
	while (around.end < length && sequence[around.end] == sequence[around.end - period])
		around.end++;
	return around;
}

bool df_loop_around(const uint32_t *sequence, size_t length, size_t at, struct df_around *around)
{
	int tries = 0;

	if (at >= length)
		return false;
	for (size_t period = 1; period < FURTHEST && tries < TRIES; period++) {
		size_t from = at;

		if (at + period >= length && at < period)
			return false;
		if (at + period >= length || sequence[at + period] != sequence[at]) {
			if (at < period || sequence[at - period] != sequence[at])
				continue;
			from = at - period;
		}
		tries++;
		*around = extend(sequence, length, from, period);
		if ((around->end - around->begin) / period >= LEAST_ITERATIONS)
			return true;
	}
	return false;
}
