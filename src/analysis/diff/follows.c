/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pointers are known by the size of what they point into: an allocation that became larger shows in
 * each call that uses it. One difference it is, that of the allocation.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/canon.h"
#include "analysis/diff/compare_own.h"

/* Memory of a kind that is of another size now. */
struct sizes {
	uint64_t before, after;
};

static bool take_sizes(const struct df_item *item, struct sizes *sizes)
{
	size_t kind;

	if (item->what != DF_ARGUMENT || !item->before || !item->after)
		return false;
	kind = strcspn(item->before, "0123456789");
	return !strncmp(item->before, item->after, kind) &&
	       df_memory_bytes(item->before, &sizes->before) &&
	       df_memory_bytes(item->after, &sizes->after);
}

static bool allocates(const struct df_found *found, const struct sizes *sizes)
{
	const struct df_item *item = &found->item;
	char *end;

	return item->what == DF_ARGUMENT && found->effects & 1u << AN_EFFECT_ALLOC &&
	       item->before && item->after && strtoull(item->before, &end, 10) == sizes->before &&
	       !*end && strtoull(item->after, &end, 10) == sizes->after && !*end;
}

static bool follows(const struct df_comparison *c, const struct df_found *found)
{
	struct sizes sizes;

	if (!take_sizes(&found->item, &sizes))
		return false;
	for (size_t i = 0; i < c->nfound; i++) {
		if (c->found[i].both != DF_NO_LANE && c->found[i].process == found->process &&
		    allocates(&c->found[i], &sizes))
			return true;
	}
	return false;
}

void df_follow_sizes(struct df_comparison *c)
{
	for (size_t i = 0; i < c->nfound; i++) {
		struct df_found *found = &c->found[i];

		if (found->both == DF_NO_LANE || found->item.weight != DF_GATES ||
		    !follows(c, found))
			continue;
		found->item.weight = DF_ADVICE;
		found->item.why = "follows from the allocation's size";
	}
}
