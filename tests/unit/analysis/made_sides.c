/* SPDX-License-Identifier: Apache-2.0 */
/* They are built as those of a baseline are: calls are known by their texts. */
#include "unit/analysis/made_sides.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/diff/baseline_own.h"
#include "analysis/statistics_hash.h"
#include "util/xalloc.h"

/* A lane's calls have ordinals from 1 + lane * SPAN on. */
#define SPAN 1000000u

static struct df_baseline_own *own_of(struct df_side *side)
{
	return side->own;
}

struct df_side *made_side(struct df_dictionary *dictionary, unsigned int nlanes)
{
	struct df_baseline_own *own = ut_xcalloc(1, sizeof(*own));
	struct df_side *side = &own->side;

	side->own = own;
	side->summary = side->complete = true;
	side->path = side->command = "app";
	side->dictionary = dictionary;
	side->environment =
		(struct df_environment){ .gpus = "GPU", .driver = "580.1", .runtime = "13.0" };
	side->nprocesses = 1;
	side->processes = ut_xcalloc(1, sizeof(*side->processes));
	side->processes[0] = (struct df_process){ .name = "app", .pid = 100 };
	side->memory = ut_xcalloc(1, sizeof(*side->memory));
	side->nlanes = nlanes;
	side->lanes = ut_xcalloc(nlanes + 1, sizeof(*side->lanes));
	own->numbers = ut_xcalloc(nlanes + 1, sizeof(uint32_t *));
	for (unsigned int i = 0; i < nlanes; i++) {
		side->lanes[i] = (struct df_lane){ .thread = i + 1,
						   .name = "",
						   .first_ordinal = 1 + i * SPAN };
		side->lanes[i].role = ut_arena_printf(&own->strings, "app/%u", i + 1);
	}
	return side;
}

void made_name(struct df_side *side, unsigned int lane, const char *name)
{
	side->lanes[lane].name = name;
	side->lanes[lane].role =
		ut_arena_printf(&own_of(side)->strings, "app/%u %s", lane + 1, name);
}

/* A launch's shape has the kernel in it, as its argument `func`. */
static const char *shape_of(struct ut_arena *strings, const struct df_description *call)
{
	const char *function = ut_arena_copy(strings, call->text, strcspn(call->text, "("));

	for (size_t i = 0; i < call->nargs; i++) {
		if (!strcmp(call->names[i], "func"))
			return ut_arena_printf(strings, "%s %s", function, call->values[i]);
	}
	return function;
}

void made_call(struct df_side *side, unsigned int lane, const char *text, unsigned int times)
{
	struct df_baseline_own *own = own_of(side);
	struct df_lane *to = &side->lanes[lane];
	struct df_description call = { 0 };
	size_t count = to->ncalls + times;

	own->calls = ut_xrealloc(own->calls, (own->ncalls + 1) * sizeof(*own->calls));
	df_text_apart(&own->strings, ut_arena_strdup(&own->strings, text), &call);
	own->calls[own->ncalls] = call;
	to->calls = ut_xrealloc(to->calls, (count + 1) * sizeof(*to->calls));
	own->numbers[lane] = ut_xrealloc(own->numbers[lane], (count + 1) * sizeof(uint32_t));
	for (; to->ncalls < count; to->ncalls++) {
		own->numbers[lane][to->ncalls] = (uint32_t)own->ncalls;
		to->calls[to->ncalls] = (struct df_call){
			.token = df_dictionary_token(side->dictionary, an_hash_text(text)),
			.shape = df_dictionary_shape(side->dictionary,
						     shape_of(&own->strings, &call)),
			.ordinal = (uint32_t)to->ncalls,
			.duration = 1000,
		};
	}
	own->ncalls++;
	made_steady(side, lane, 0, 0, 0);
}

void made_steady(struct df_side *side, unsigned int lane, size_t first, size_t last, size_t period)
{
	struct df_lane *to = &side->lanes[lane];

	to->phase[DF_STARTUP] = 0;
	to->phase[DF_WARMUP] = to->phase[DF_STEADY] = last ? first : to->ncalls;
	to->phase[DF_TEARDOWN] = last ? last : to->ncalls;
	to->phase[DF_PHASES] = to->ncalls;
	to->period = period;
	to->steady_known = last;
}

void made_free(struct df_side *side)
{
	df_baseline_own_free(side->own);
}
