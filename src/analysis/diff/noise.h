/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known to vary among runs of one program. Each thing that may differ has a name (an
 * atom); one that never differed among the runs that were looked at is exact, and is not kept.
 */
#ifndef DIFF_NOISE_H
#define DIFF_NOISE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/arena.h"

enum df_variation {
	DF_EXACT = 0, /* it did not differ */
	DF_RANGING,   /* low to high */
	DF_UNSTABLE   /* anything */
};

struct df_noise {
	const char *atom;
	enum df_variation variation;
	double low, high;
};

struct df_noises {
	struct df_noise *list; /* in the order of atoms, once df_noises_sort was called */
	size_t count, capacity;
	struct ut_arena strings;
};

/* Notes that an atom varied; without numbers (has_values false) it is unstable. */
void df_noises_note(struct df_noises *noises, const char *atom, bool has_values, double a,
		    double b);
void df_noises_add(struct df_noises *noises, const struct df_noise *noise);
/* Merges what was noted of each atom. */
void df_noises_sort(struct df_noises *noises);
const struct df_noise *df_noises_find(const struct df_noises *noises, const char *atom);
/*
 * Whether a value is what the runs (so many) let expect. Of few runs, the next one is often outside
 * of what they spanned: the fewer, the wider the range is taken.
 */
bool df_noise_covers(const struct df_noise *noise, unsigned int runs, double value);
void df_noises_free(struct df_noises *noises);

#endif
