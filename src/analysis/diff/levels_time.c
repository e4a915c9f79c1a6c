/* SPDX-License-Identifier: Apache-2.0 */
/* Time: what the medians of several runs say. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"
#include "analysis/diff/time.h"
#include "util/units.h"
#include "util/xalloc.h"

static const char *kernel_of(const char *shape)
{
	const char *blank = strchr(shape, ' ');

	return blank ? blank + 1 : NULL;
}

static size_t lane_of_role(const struct df_comparison *c, const char *role)
{
	for (size_t i = 0; i < c->nboth; i++) {
		if (!strcmp(c->both[i].role, role))
			return i;
	}
	return DF_NO_LANE;
}

static const char *function_of(struct df_comparison *c, const char *subject)
{
	return ut_arena_copy(c->strings, subject, strcspn(subject, " "));
}

static double threshold_of(struct df_comparison *c, const struct df_timed *timed)
{
	struct df_question question = { .level = DF_TIME,
					.function = function_of(c, timed->subject),
					.kernel = kernel_of(timed->subject),
					.lane = timed->role };
	const struct df_rule *rule = df_policy_time(c->policy, &question);

	return rule ? rule->time : c->policy->time_threshold;
}

static void tell(struct df_comparison *c, const struct df_timed *timed,
		 const struct df_time_key *key)
{
	struct df_found *found = df_find(c, DF_TIME,
					 key->answer == DF_TIME_SLOWER ? DF_SLOWER : DF_FASTER,
					 lane_of_role(c, timed->role));
	char was[UT_UNITS_MAX], is[UT_UNITS_MAX];
	struct df_question question;
	const struct df_rule *rule;

	ut_units_time(was, (uint64_t)key->median_a);
	ut_units_time(is, (uint64_t)key->median_b);
	found->item.role = ut_arena_strdup(c->strings, timed->role);
	found->item.phase = DF_STEADY;
	found->item.value_a = key->median_a;
	found->item.value_b = key->median_b;
	found->item.share = fmin(1, fabs(key->change) * key->share);
	found->item.before = ut_arena_strdup(c->strings, was);
	found->item.after = ut_arena_strdup(c->strings, is);
	found->subject = ut_arena_strdup(c->strings, timed->subject);
	found->function = function_of(c, timed->subject);
	found->item.text = ut_arena_printf(
		c->strings, "%s takes %s, took %s (%+.1f%%; medians of %zu and %zu runs, p %.3f)",
		strcmp(timed->subject, "step") ? timed->subject : "an iteration of the loop", is,
		was, key->change * 100, key->na, key->nb, key->p);
	question = (struct df_question){ .level = DF_TIME,
					 .function = found->function,
					 .kernel = kernel_of(timed->subject),
					 .lane = timed->role };
	rule = df_policy_weight(c->policy, &question);
	found->item.weight = rule ? rule->weight : DF_GATES;
	found->item.why = rule ? rule->why : NULL;
	if (c->policy->levels[DF_TIME] == DF_SET_ADVICE) {
		found->item.weight = DF_ADVICE;
		found->item.why = "the policy does not let this level gate";
	}
}

/* Only what all runs have is compared. */
static size_t pair_keys(struct df_comparison *c, const struct df_times *a, const struct df_times *b,
			struct df_time_key *keys, const struct df_timed **timed)
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct df_timed *of_a = &a->list[i], *of_b = df_times_find(b, of_a->key);

		if (!of_b || of_a->count < a->runs || of_b->count < b->runs)
			continue;
		timed[n] = of_a;
		keys[n++] = (struct df_time_key){
			.a = of_a->medians,
			.b = of_b->medians,
			.na = of_a->count,
			.nb = of_b->count,
			.share = of_a->share,
			.threshold = threshold_of(c, of_a),
			.floor = c->policy->time_floor,
		};
	}
	return n;
}

void df_level_time(struct df_comparison *c, const struct df_times *a, const struct df_times *b)
{
	struct df_time_key *keys;
	const struct df_timed **timed;
	size_t n, judged = 0;

	if (a->runs < DF_TIME_RUNS || b->runs < DF_TIME_RUNS) {
		c->time_why = ut_arena_printf(
			c->strings, "%u run%s of A, %u of B: time takes at least %d of each",
			a->runs, a->runs == 1 ? "" : "s", b->runs, DF_TIME_RUNS);
		return;
	}
	keys = ut_xcalloc(a->count + 1, sizeof(*keys));
	timed = ut_xcalloc(a->count + 1, sizeof(*timed));
	n = pair_keys(c, a, b, keys, timed);
	df_time_judge(keys, n);
	for (size_t i = 0; i < n; i++) {
		judged += keys[i].answer != DF_TIME_NOT_JUDGED;
		if (keys[i].answer == DF_TIME_SLOWER || keys[i].answer == DF_TIME_FASTER)
			tell(c, timed[i], &keys[i]);
	}
	if (!judged)
		c->time_why = "nothing that takes time is in the steady state of all runs";
	free(keys);
	free(timed);
}
