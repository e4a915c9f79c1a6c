/* SPDX-License-Identifier: Apache-2.0 */
/* Differences and what is known to vary. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"

const char *df_atom(struct df_comparison *c, const char *kind, size_t both, bool steady,
		    const char *what)
{
	return ut_arena_printf(c->strings, "%s %s %s%s%s", kind, c->both[both].role,
			       steady ? "steady" : "around", *what ? " " : "", what);
}

/* Sums over a process have their values with them, calls are counted; the rest has none. */
bool df_atom_values(struct df_comparison *c, const struct df_found *found, size_t atom, double *a,
		    double *b)
{
	struct df_both *both;
	bool steady = found->item.phase == DF_STEADY;

	*a = *b = 0;
	if (found->both == DF_NO_LANE) {
		*a = found->item.value_a;
		*b = found->item.value_b;
		return true;
	}
	if (!found->shapes[atom])
		return false;
	both = &c->both[found->both];
	*a = (double)df_reduced_count(&both->a, steady, found->shapes[atom]);
	*b = (double)df_reduced_count(&both->b, steady, found->shapes[atom]);
	return true;
}

/*
 * A lane whose calls come in another order in each run, such as a worker that takes what there is
 * to do: of calls that were never seen to vary, only the number is exact.
 */
static bool is_loose(struct df_comparison *c, const struct df_found *found)
{
	const char *atom;

	if (found->both == DF_NO_LANE)
		return false;
	atom = df_atom(c, "loose", found->both, found->item.phase == DF_STEADY, "");
	return df_noises_find(&c->options->baseline->noises, atom);
}

static bool is_expected(struct df_comparison *c, const struct df_found *found, size_t atom,
			const char **why)
{
	const struct df_baseline *baseline = c->options->baseline;
	const struct df_noise *noise = df_noises_find(&baseline->noises, found->atoms[atom]);
	double a, b;
	bool counted = df_atom_values(c, found, atom, &a, &b);

	if (!noise) {
		*why = "has another place in each of the baseline's runs";
		return counted && a == b && is_loose(c, found);
	}
	if (noise->variation == DF_UNSTABLE || !counted) {
		*why = "differs among the baseline's runs";
		return true;
	}
	*why = ut_arena_printf(c->strings, "%.0f to %.0f in the baseline's %u runs", noise->low,
			       noise->high, baseline->runs);
	return df_noise_covers(noise, baseline->runs, b);
}

bool df_is_noise(struct df_comparison *c, const struct df_found *found, const char **why)
{
	*why = NULL;
	if (!c->options->baseline || !found->atoms || !found->atoms[0])
		return false;
	for (size_t i = 0; found->atoms[i]; i++) {
		if (!is_expected(c, found, i, why))
			return false;
	}
	return true;
}
