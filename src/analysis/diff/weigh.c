/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a difference weighs. What is decided first stands: what was learned to vary; what the policy
 * tolerates; a rule; what one run cannot know; where in the run it is.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"

#define OUTSIDE        "outside of the steady state"
#define MEMORY_EFFECTS (1u << AN_EFFECT_ALLOC | 1u << AN_EFFECT_FREE)

static void decide(struct df_found *found, enum df_weight weight, const char *why)
{
	found->item.weight = weight;
	found->item.why = why;
}

static enum df_weight weight_of(enum df_setting setting)
{
	return setting == DF_SET_ON ? DF_GATES : setting == DF_SET_ADVICE ? DF_ADVICE : DF_IGNORED;
}

static struct df_question question_of(const struct df_found *found)
{
	return (struct df_question){
		.level = found->item.level,
		.function = found->function,
		.kernel = found->kernel,
		.module = found->module,
		.lane = found->item.role,
		.argument = found->item.argument,
	};
}

/* ---- tolerances ---------------------------------------------------------------------------- */

/* The first number of a value, in its unit: "device 4 MiB" is 4194304. */
static bool number_in(const char *text, double *number)
{
	static const char *const units[] = { " KiB", " MiB", " GiB" };
	double factor = 1;
	char *end;

	text = strpbrk(text, "0123456789");
	if (!text)
		return false;
	*number = strtod(text, &end);
	for (size_t i = 0; i < 3; i++) {
		factor *= 1024;
		if (!strncmp(end, units[i], 4))
			*number *= factor;
	}
	return true;
}

static bool value_is_within(const struct df_comparison *c, const struct df_found *found)
{
	struct df_question question = question_of(found);
	const struct df_rule *rule = df_policy_value(c->policy, &question);
	double a, b;

	return rule && found->item.argument && found->item.before && found->item.after &&
	       number_in(found->item.before, &a) && number_in(found->item.after, &b) &&
	       df_within(&rule->value, a, b);
}

/* Of calls that came and went: how many there are of each is what a rule tolerates. */
static bool count_is_within(struct df_comparison *c, const struct df_found *found)
{
	enum df_what what = found->item.what;

	if (found->both == DF_NO_LANE || !found->shapes || !found->shapes[0] ||
	    (what != DF_CAME && what != DF_WENT && what != DF_COUNT))
		return false;
	for (size_t i = 0; found->atoms[i]; i++) {
		const char *text = df_dictionary_shape_text(c->a->dictionary, found->shapes[i]);
		struct df_question question = question_of(found);
		const struct df_rule *rule;
		double a, b;

		question.function =
			df_dictionary_shape_function(c->a->dictionary, found->shapes[i]);
		question.kernel = text && strchr(text, ' ') ? strchr(text, ' ') + 1 : NULL;
		rule = df_policy_count(c->policy, &question);
		if (!rule || !df_atom_values(c, found, i, &a, &b) || !df_within(&rule->count, a, b))
			return false;
	}
	return true;
}

/* ---- pools --------------------------------------------------------------------------------- */

/* Names that differ in their numbers only. */
static bool is_alike(const char *a, const char *b)
{
	while (*a || *b) {
		if (*a >= '0' && *a <= '9')
			a++;
		else if (*b >= '0' && *b <= '9')
			b++;
		else if (*a++ != *b++)
			return false;
	}
	return true;
}

static const struct df_lane *lane_of(const struct df_both *both)
{
	return both->a.lane ? both->a.lane : both->b.lane;
}

static bool is_of_pool(const struct df_comparison *c, size_t one, size_t other)
{
	const struct df_both *a = &c->both[one], *b = &c->both[other];
	bool same = a->process_a == b->process_a ||
		    (a->process_b == b->process_b && a->process_b != UINT32_MAX);

	return same && lane_of(a)->thread > 1 && lane_of(b)->thread > 1 &&
	       is_alike(lane_of(a)->name, lane_of(b)->name);
}

static bool pool_is_even(struct df_comparison *c, size_t lane, uint32_t shape, bool *alone)
{
	uint64_t a = 0, b = 0;

	for (size_t i = 0; i < c->nboth; i++) {
		if (i != lane && !is_of_pool(c, lane, i))
			continue;
		*alone &= i == lane;
		for (int steady = 0; steady < 2; steady++) {
			a += df_reduced_count(&c->both[i].a, steady, shape);
			b += df_reduced_count(&c->both[i].b, steady, shape);
		}
	}
	return a == b;
}

/* All that came or went in this thread went or came in others of its name. */
static bool moved_in_pool(struct df_comparison *c, const struct df_found *found)
{
	const struct df_both *both;
	bool alone = true;

	if (!found->in_pool || found->both == DF_NO_LANE)
		return false;
	both = &c->both[found->both];
	if (found->item.what == DF_LANE) {
		const struct df_sequence *sequence = both->a.lane ? &both->a.sequence
								  : &both->b.sequence;

		for (size_t i = 0; i < sequence->count; i++) {
			if (!pool_is_even(c, found->both, sequence->calls[i].shape, &alone))
				return false;
		}
		return !alone;
	}
	for (size_t i = 0; found->atoms[i]; i++) {
		if (!found->shapes[i] || !pool_is_even(c, found->both, found->shapes[i], &alone))
			return false;
	}
	return !alone;
}

/* ---- weights ------------------------------------------------------------------------------- */

static bool has_losses(const struct df_both *both)
{
	return (both->a.lane && both->a.lane->losses) || (both->b.lane && both->b.lane->losses);
}

/* Calls were lost in the lane, or in one of the process: what is missing may be one of them. */
static bool is_lossy(const struct df_comparison *c, const struct df_found *found)
{
	if (c->options->force)
		return false;
	if (found->both != DF_NO_LANE)
		return has_losses(&c->both[found->both]);
	for (size_t i = 0; i < c->nboth; i++) {
		if (c->both[i].process_a == found->process && has_losses(&c->both[i]))
			return true;
	}
	return false;
}

static void weigh_amount(const struct df_comparison *c, struct df_found *found)
{
	const struct df_amount *amount = &c->policy->amounts[found->quantity];

	if (found->within)
		decide(found, DF_IGNORED, "within the policy's tolerance");
	else if (c->a->lost || c->b->lost)
		decide(found, DF_ADVICE, "calls were lost: what is missing may be one of them");
	else if (amount->setting != DF_SET_ON)
		decide(found, weight_of(amount->setting), "the policy does not let it gate");
	else if (amount->alone != DF_SET_ON && !c->options->baseline)
		decide(found, weight_of(amount->alone), "one run cannot know it: learn a baseline");
}

/* What only the place in the run, and what it is, decides. */
static void weigh_call(struct df_comparison *c, struct df_found *found)
{
	const struct df_policy *policy = c->policy;

	if (found->item.what == DF_VARIANT && policy->variants != DF_SET_ON)
		decide(found, weight_of(policy->variants),
		       "another variant of the same routine: a heuristic's choice");
	else if (!df_phase_gates(c, found->item.phase) && !found->fails)
		decide(found, weight_of(policy->outside), OUTSIDE);
	else if (!c->options->baseline && policy->pools != DF_SET_ON && moved_in_pool(c, found))
		decide(found, weight_of(policy->pools),
		       "moved between threads of one name: one run cannot know whether it stays");
}

static void weigh(struct df_comparison *c, struct df_found *found)
{
	struct df_question question = question_of(found);
	const struct df_rule *rule = df_policy_weight(c->policy, &question);
	enum df_setting level = c->policy->levels[found->item.level];
	const char *why;

	decide(found, DF_GATES, NULL);
	if (level == DF_SET_OFF)
		decide(found, DF_IGNORED, "the policy does not look at this level");
	else if (df_is_noise(c, found, &why))
		decide(found, DF_IGNORED, why);
	else if (is_lossy(c, found))
		decide(found, DF_ADVICE, "calls were lost where it is");
	else if (value_is_within(c, found) || count_is_within(c, found))
		decide(found, DF_IGNORED, "within the policy's tolerance");
	else if (rule)
		decide(found, rule->weight, rule->why ? rule->why : "a rule of the policy");
	else if (level == DF_SET_ADVICE)
		decide(found, DF_ADVICE, "the policy does not let this level gate");
	else if (found->both == DF_NO_LANE)
		weigh_amount(c, found);
	else
		weigh_call(c, found);
}

/* ---- what follows from what ---------------------------------------------------------------- */

static unsigned int effects_behind(enum df_quantity quantity)
{
	return quantity == DF_TRAFFIC || quantity == DF_PAGEABLE ? 1u << AN_EFFECT_COPY
								 : MEMORY_EFFECTS;
}

/*
 * Allocations are made at the beginning and given back at the end: where a process holds more than
 * it did, the calls that say why count wherever they are.
 */
static void take_calls_behind(struct df_comparison *c, const struct df_found *amount)
{
	for (size_t i = 0; i < c->nfound; i++) {
		struct df_found *found = &c->found[i];

		if (found->both == DF_NO_LANE || found->process != amount->process ||
		    found->item.weight != DF_ADVICE || !(found->effects & MEMORY_EFFECTS) ||
		    found->item.what == DF_MOVED || df_phase_gates(c, found->item.phase) ||
		    is_lossy(c, found) || !found->item.why || strcmp(found->item.why, OUTSIDE) != 0)
			continue;
		found->item.level = DF_MEMORY;
		decide(found, DF_GATES, NULL);
	}
}

/* A sum that calls explain is no difference of its own. */
static void explain_amount(struct df_comparison *c, struct df_found *amount)
{
	unsigned int effects = effects_behind(amount->quantity);

	for (size_t i = 0; i < c->nfound; i++) {
		const struct df_found *found = &c->found[i];

		if (found->both == DF_NO_LANE || found->process != amount->process ||
		    found->item.weight != DF_GATES || !(found->effects & effects) ||
		    found->item.what == DF_MOVED)
			continue;
		decide(amount, DF_ADVICE, "follows from the calls that differ");
		return;
	}
}

void df_weigh(struct df_comparison *c)
{
	for (size_t i = 0; i < c->nfound; i++)
		weigh(c, &c->found[i]);
	for (size_t i = 0; i < c->nfound; i++) {
		const struct df_found *found = &c->found[i];

		if (found->both == DF_NO_LANE && found->item.weight == DF_GATES &&
		    (found->quantity == DF_PEAK || found->quantity == DF_LEAKED))
			take_calls_behind(c, found);
	}
	df_follow_sizes(c);
	for (size_t i = 0; i < c->nfound; i++) {
		if (c->found[i].both == DF_NO_LANE && c->found[i].item.weight == DF_GATES &&
		    c->found[i].item.level == DF_MEMORY)
			explain_amount(c, &c->found[i]);
	}
}
