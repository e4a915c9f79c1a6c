/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls of a lane are of its steady state. */
#include <stdlib.h>

#include "analysis/diff/changes.h"
#include "analysis/diff/fold.h"
#include "analysis/statistics_hash.h"
#include "util/map.h"
#include "util/xalloc.h"

/* Of an iteration; rows of the same call count once. */
static uint64_t hash_of(const uint32_t *shapes, size_t from, size_t to)
{
	uint64_t hash = 0;

	for (size_t i = from; i < to; i++) {
		if (i == from || shapes[i] != shapes[i - 1])
			hash = an_hash_mix(hash, shapes[i]);
	}
	return hash;
}

/*
 * Iterations at the beginning that are like none of the second half warm up. If none is like
 * another, nothing is known of it.
 */
static size_t warm_up(const uint32_t *shapes, const struct df_steady *steady)
{
	struct ut_map later = { .count = 0 };
	size_t half = steady->count / 2, first = 0;

	for (size_t i = half; i < steady->count; i++)
		ut_map_put(&later, hash_of(shapes, steady->starts[i], steady->starts[i + 1]), 1);
	while (first < half && !ut_map_get(&later, hash_of(shapes, steady->starts[first],
							   steady->starts[first + 1])))
		first++;
	ut_map_free(&later);
	return first == half ? 0 : first;
}

void df_phases(struct df_sequence *sequence, size_t *period)
{
	uint32_t *shapes = ut_xmalloc((sequence->count + 1) * sizeof(*shapes));
	struct df_steady steady;

	for (size_t i = 0; i < sequence->count; i++)
		shapes[i] = sequence->calls[i].shape;
	df_find_steady(shapes, sequence->count, DF_TOLERANCE, &steady);
	*period = steady.period;
	sequence->phase[DF_STARTUP] = 0;
	for (int phase = DF_WARMUP; phase <= DF_PHASES; phase++)
		sequence->phase[phase] = sequence->count;
	if (steady.count) {
		sequence->phase[DF_WARMUP] = steady.starts[0];
		sequence->phase[DF_STEADY] = steady.starts[warm_up(shapes, &steady)];
		sequence->phase[DF_TEARDOWN] = steady.starts[steady.count];
	}
	df_steady_free(&steady);
	free(shapes);
}
