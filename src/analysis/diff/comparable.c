/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether two runs can be compared, level by level: what a program calls does not depend on the
 * driver's patch level, how long it takes does; with another GPU libraries choose other kernels and
 * allocators other sizes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"

static void add_note(struct df_comparable *comparable, const char *note)
{
	if (comparable->nnotes < DF_MOST_NOTES)
		comparable->notes[comparable->nnotes++] = note;
}

/* The first reason is the one that is told. */
static void forbid(struct df_comparable *comparable, enum df_level level, const char *why)
{
	if (!comparable->why[level])
		comparable->why[level] = why;
}

static void forbid_all(struct df_comparable *comparable, const char *why)
{
	for (unsigned int i = 0; i < DF_LEVELS; i++)
		forbid(comparable, i, why);
}

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

static const char *other(struct ut_arena *strings, const char *what, const char *a, const char *b)
{
	return ut_arena_printf(strings, "another %s: %s, was %s", what, b, a);
}

/* The first number of a version. */
static bool same_major(const char *a, const char *b)
{
	return a && b && strtoul(a, NULL, 10) == strtoul(b, NULL, 10);
}

static void see_environment(struct ut_arena *strings, const struct df_environment *a,
			    const struct df_environment *b, struct df_comparable *comparable)
{
	const char *why;

	if (differ(a->gpus, b->gpus))
		forbid_all(comparable, other(strings, "GPU", a->gpus, b->gpus));
	if (differ(a->runtime, b->runtime)) {
		why = other(strings, "version of CUDA", a->runtime, b->runtime);
		if (same_major(a->runtime, b->runtime))
			forbid(comparable, DF_TIME, why);
		else
			forbid_all(comparable, why);
		add_note(comparable, why);
	}
	if (differ(a->driver, b->driver)) {
		why = other(strings, "driver", a->driver, b->driver);
		forbid(comparable, DF_TIME, why);
		if (!same_major(a->driver, b->driver))
			forbid(comparable, DF_KERNELS, why);
		add_note(comparable, why);
	}
	if (differ(a->clocks, b->clocks)) {
		why = other(strings, "clock of the GPU", a->clocks, b->clocks);
		forbid(comparable, DF_TIME, why);
		add_note(comparable, why);
	}
	if (differ(a->curtrace, b->curtrace))
		add_note(comparable, other(strings, "curtrace", a->curtrace, b->curtrace));
}

/* Of older traces, and of baselines of them, nothing is said: they are of the runtime alone. */
static bool has_driver(const struct df_side *side)
{
	const char *layers = side->environment.layers;

	return side->source || (layers && strstr(layers, "driver"));
}

/* Where nobody calls the driver it does not matter whether that would have been recorded. */
static void see_layers(struct ut_arena *strings, const struct df_side *a, const struct df_side *b,
		       struct df_comparable *comparable)
{
	if (has_driver(a) != has_driver(b) && (a->calls_driver || b->calls_driver))
		forbid_all(comparable,
			   ut_arena_printf(strings,
					   "the driver's calls were recorded of %s alone (record "
					   "--layers=-driver leaves them out)",
					   has_driver(a) ? "A" : "B"));
}

/* What touches the whole of a trace; losses of single threads are seen to where these differ. */
static void see_side(struct ut_arena *strings, const struct df_side *side, const char *name,
		     struct df_comparable *comparable)
{
	uint64_t of_lanes = 0;

	for (size_t i = 0; i < side->nlanes; i++)
		of_lanes += side->lanes[i].losses;
	if (!side->complete)
		forbid_all(comparable, ut_arena_printf(strings, "the trace of %s is cut off%s%s",
						       name, side->damage ? ": " : "",
						       side->damage ? side->damage : ""));
	if (side->lost > of_lanes)
		forbid_all(comparable, ut_arena_printf(strings,
						       "%" PRIu64 " calls of %s are lost, of which "
						       "threads is not known",
						       side->lost, name));
	else if (side->lost || of_lanes)
		add_note(comparable,
			 ut_arena_printf(strings, "%" PRIu64 " calls of %s are lost",
					 side->lost > of_lanes ? side->lost : of_lanes, name));
	if (side->in_flight)
		add_note(comparable,
			 ut_arena_printf(strings, "%" PRIu64 " calls of %s had not returned",
					 side->in_flight, name));
	if (side->source)
		add_note(comparable, ut_arena_printf(strings, "%s is a trace of %s: it tells less",
						     name, side->source));
}

void df_comparable(struct ut_arena *strings, const struct df_side *a, const struct df_side *b,
		   struct df_comparable *comparable)
{
	*comparable = (struct df_comparable){ 0 };
	see_side(strings, a, "A", comparable);
	see_side(strings, b, "B", comparable);
	see_environment(strings, &a->environment, &b->environment, comparable);
	see_layers(strings, a, b, comparable);
}
