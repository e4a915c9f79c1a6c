/* SPDX-License-Identifier: Apache-2.0 */
/* What is known to vary among runs of one program. */
#include "analysis/diff/noise.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* A range wider than this part of its upper end says nothing of the next run. */
#define WIDEST 0.5

void df_noises_add(struct df_noises *noises, const struct df_noise *noise)
{
	ut_grow(&noises->list, &noises->capacity, noises->count, sizeof(*noises->list));
	noises->list[noises->count] = *noise;
	noises->list[noises->count++].atom = ut_arena_strdup(&noises->strings, noise->atom);
}

void df_noises_note(struct df_noises *noises, const char *atom, bool has_values, double a, double b)
{
	struct df_noise noise = {
		.atom = atom,
		.variation = has_values ? DF_RANGING : DF_UNSTABLE,
		.low = a < b ? a : b,
		.high = a > b ? a : b,
	};

	df_noises_add(noises, &noise);
}

static int by_atom(const void *left, const void *right)
{
	const struct df_noise *a = left, *b = right;

	return strcmp(a->atom, b->atom);
}

static void merge(struct df_noise *into, const struct df_noise *noise)
{
	if (noise->variation > into->variation)
		into->variation = noise->variation;
	if (noise->low < into->low)
		into->low = noise->low;
	if (noise->high > into->high)
		into->high = noise->high;
}

void df_noises_sort(struct df_noises *noises)
{
	size_t kept = 0;

	if (!noises->count)
		return;
	qsort(noises->list, noises->count, sizeof(*noises->list), by_atom);
	for (size_t i = 1; i < noises->count; i++) {
		if (!strcmp(noises->list[kept].atom, noises->list[i].atom))
			merge(&noises->list[kept], &noises->list[i]);
		else
			noises->list[++kept] = noises->list[i];
	}
	noises->count = kept + 1;
	/* What was seen with another value each time, far apart, has no range. */
	for (size_t i = 0; i < noises->count; i++) {
		struct df_noise *noise = &noises->list[i];

		if (noise->high - noise->low > WIDEST * noise->high && noise->high > 4)
			noise->variation = DF_UNSTABLE;
	}
}

const struct df_noise *df_noises_find(const struct df_noises *noises, const char *atom)
{
	struct df_noise key = { .atom = atom };

	if (!noises->count)
		return NULL;
	return bsearch(&key, noises->list, noises->count, sizeof(*noises->list), by_atom);
}

/* A number that was the same in all runs stays exact, also if its calls had no fixed place. */
bool df_noise_covers(const struct df_noise *noise, unsigned int runs, double value)
{
	double spread = noise->high - noise->low, margin;

	if (noise->variation == DF_UNSTABLE)
		return true;
	margin = runs < 5 ? 3 * spread : runs < 10 ? 2 * spread : spread;
	return value >= noise->low - margin && value <= noise->high + margin;
}

void df_noises_free(struct df_noises *noises)
{
	free(noises->list);
	ut_arena_free(&noises->strings);
	*noises = (struct df_noises){ 0 };
}
