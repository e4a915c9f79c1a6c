/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: sums of each process. Which calls are behind them, the other levels tell. */
#include <inttypes.h>
#include <stdlib.h>

#include "analysis/diff/compare_own.h"
#include "util/units.h"

/* The process of B that a process of A is: that of most lanes, which is to say of the first. */
static uint32_t other_process(const struct df_comparison *c, uint32_t process)
{
	for (size_t i = 0; i < c->nboth; i++) {
		if (c->both[i].process_a == process && c->both[i].process_b != UINT32_MAX)
			return c->both[i].process_b;
	}
	return UINT32_MAX;
}

struct amounts {
	struct df_comparison *c;
	uint32_t process;
	const char *role;
};

static void compare(const struct amounts *amounts, enum df_quantity quantity, const char *kind,
		    const char *what, bool bytes, uint64_t a, uint64_t b)
{
	struct df_comparison *c = amounts->c;
	char was[UT_UNITS_MAX], is[UT_UNITS_MAX], by[UT_UNITS_MAX];
	struct df_found *found;

	if (a == b || c->policy->amounts[quantity].setting == DF_SET_OFF)
		return;
	found = df_find(c, DF_MEMORY, DF_BYTES, DF_NO_LANE);
	found->process = amounts->process;
	found->quantity = quantity;
	found->item.role = amounts->role;
	found->item.phase = DF_STEADY;
	found->item.value_a = (double)a;
	found->item.value_b = (double)b;
	found->subject = ut_arena_printf(c->strings, "%s%s%s", kind, *kind ? " " : "", what);
	(bytes ? ut_units_bytes : ut_units_count)(was, a);
	(bytes ? ut_units_bytes : ut_units_count)(is, b);
	(bytes ? ut_units_bytes : ut_units_count)(by, a < b ? b - a : a - b);
	found->item.before = ut_arena_strdup(c->strings, was);
	found->item.after = ut_arena_strdup(c->strings, is);
	found->item.text = ut_arena_printf(c->strings, "%s: %s, was %s (%c%s)", found->subject, is,
					   was, a < b ? '+' : '-', by);
	found->within = df_within(&c->policy->amounts[quantity].within, (double)a, (double)b);
	found->atoms = ut_arena_alloc(c->strings, 2 * sizeof(*found->atoms));
	found->atoms[0] =
		ut_arena_printf(c->strings, "memory %s %s", amounts->role, found->subject);
	found->atoms[1] = NULL;
}

static void compare_memory(const struct amounts *amounts, const struct df_memory *a,
			   const struct df_memory *b)
{
	for (unsigned int i = AN_MEMORY_NONE + 1; i < AN_MEMORIES; i++) {
		const char *kind = an_memory_name(i);

		if (i == AN_MEMORY_BORROWED)
			continue;
		compare(amounts, DF_PEAK, kind, "memory at the most", true, a->peak[i], b->peak[i]);
		compare(amounts, DF_LEAKED, kind, "memory held at the end", true, a->leaked[i],
			b->leaked[i]);
		compare(amounts, DF_SEGMENTS, kind, "memory: allocations", false, a->allocations[i],
			b->allocations[i]);
		compare(amounts, DF_SEGMENTS, kind, "memory: frees", false, a->frees[i],
			b->frees[i]);
	}
	for (unsigned int i = 0; i < AN_DIRECTIONS; i++) {
		const char *direction = an_direction_name(i);

		compare(amounts, DF_TRAFFIC, direction, "copied", true, a->copied[i], b->copied[i]);
		compare(amounts, DF_TRAFFIC, direction, "copies", false, a->copies[i],
			b->copies[i]);
	}
	compare(amounts, DF_PAGEABLE, "", "asynchronous copies with pageable memory", false,
		a->pageable_async, b->pageable_async);
}

void df_level_memory(struct df_comparison *c)
{
	if (!c->a->memory || !c->b->memory || c->policy->levels[DF_MEMORY] == DF_SET_OFF)
		return;
	for (uint32_t i = 0; i < c->a->nprocesses; i++) {
		struct amounts amounts = { c, i, c->a->processes[i].name };
		uint32_t other = other_process(c, i);

		if (other < c->b->nprocesses)
			compare_memory(&amounts, &c->a->memory[i], &c->b->memory[other]);
	}
}
