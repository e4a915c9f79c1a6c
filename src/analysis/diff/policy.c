/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says of a call, an argument, a level. */
#include "analysis/diff/policy.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/effect.h"
#include "util/xalloc.h"

static const char *const level_names[DF_LEVELS] = {
	[DF_STRUCTURE] = "structure", [DF_ORDER] = "order",   [DF_RESULTS] = "results",
	[DF_KERNELS] = "kernels",     [DF_MEMORY] = "memory", [DF_TIME] = "time",
};

static const char *const phase_names[DF_PHASES] = {
	[DF_STARTUP] = "start-up",
	[DF_WARMUP] = "warm-up",
	[DF_STEADY] = "steady",
	[DF_TEARDOWN] = "teardown",
};

static unsigned int index_of(const char *const *names, unsigned int count, const char *name)
{
	unsigned int i = 0;

	while (i < count && (!name || strcmp(names[i], name)))
		i++;
	return i;
}

const char *df_level_name(enum df_level level)
{
	return level_names[level];
}

enum df_level df_level_of(const char *name)
{
	return index_of(level_names, DF_LEVELS, name);
}

const char *df_phase_name(enum df_phase phase)
{
	return phase_names[phase];
}

enum df_phase df_phase_of(const char *name)
{
	return index_of(phase_names, DF_PHASES, name);
}

/*
 * Of the amounts, traffic follows from the calls and leaks from the program; how high memory stood
 * when two threads met, and how many segments an allocator took, are other matters.
 */
struct df_policy *df_policy_new(void)
{
	struct df_policy *policy = ut_xcalloc(1, sizeof(*policy));

	policy->name = "built-in";
	policy->version = 1;
	for (unsigned int i = 0; i < DF_LEVELS; i++)
		policy->levels[i] = DF_SET_ON;
	policy->from = policy->to = DF_STEADY;
	policy->outside = DF_SET_ADVICE;
	policy->variants = DF_SET_ADVICE;
	policy->pools = DF_SET_ADVICE;
	for (unsigned int i = 0; i < DF_QUANTITIES; i++)
		policy->amounts[i] = (struct df_amount){ DF_SET_ON, DF_SET_ON, { 0, 0 } };
	policy->amounts[DF_PEAK].within.relative = 0.02;
	policy->amounts[DF_SEGMENTS].alone = DF_SET_ADVICE;
	policy->time_threshold = 0.05;
	policy->time_floor = 1000;
	policy->time_share = 0.02;
	policy->least = 0.1;
	return policy;
}

void df_policy_free(struct df_policy *policy)
{
	if (!policy)
		return;
	free(policy->rules);
	ut_arena_free(&policy->strings);
	free(policy);
}

/* What is not known is not what a list asks for. */
static bool matches(const char **patterns, const char *text)
{
	if (!patterns)
		return true;
	for (; text && *patterns; patterns++) {
		if (!fnmatch(*patterns, text, 0))
			return true;
	}
	return false;
}

static bool is_about_call(const struct df_rule *rule, const char *function, const char *kernel,
			  const char *lane)
{
	const struct an_function *known;

	if (!matches(rule->kernel, kernel) || !matches(rule->lane, lane))
		return false;
	if (!rule->function && !rule->domain)
		return true;
	known = function ? an_function(function) : NULL;
	return matches(rule->domain, known ? known->domain : NULL) &&
	       (matches(rule->function, function) ||
		(known && matches(rule->function, known->name)));
}

static bool is_about(const struct df_rule *rule, const struct df_question *question)
{
	if (rule->has_levels && !rule->levels[question->level])
		return false;
	if (rule->argument && !matches(rule->argument, question->argument))
		return false;
	return matches(rule->module, question->module) &&
	       is_about_call(rule, question->function, question->kernel, question->lane);
}

/*
 * Only a rule about the call as such: who called, and what an argument was, is not known before
 * calls are compared.
 */
bool df_policy_leaves_out(const struct df_policy *policy, const char *function, const char *kernel,
			  const char *lane)
{
	bool out = false;

	for (size_t i = 0; i < policy->nrules; i++) {
		const struct df_rule *rule = &policy->rules[i];

		if (rule->has_weight && !rule->argument && !rule->module && !rule->has_levels &&
		    is_about_call(rule, function, kernel, lane))
			out = rule->weight == DF_IGNORED;
	}
	return out;
}

/* Whether a rule says what is asked for. */
typedef bool says(const struct df_rule *rule);

static bool says_weight(const struct df_rule *rule)
{
	return rule->has_weight;
}

static bool says_count(const struct df_rule *rule)
{
	return rule->has_count;
}

static bool says_value(const struct df_rule *rule)
{
	return rule->has_value;
}

static bool says_time(const struct df_rule *rule)
{
	return rule->has_time;
}

static const struct df_rule *last_rule(const struct df_policy *policy,
				       const struct df_question *question, says *says_it)
{
	for (size_t i = policy->nrules; i-- > 0;) {
		if (says_it(&policy->rules[i]) && is_about(&policy->rules[i], question))
			return &policy->rules[i];
	}
	return NULL;
}

const struct df_rule *df_policy_weight(const struct df_policy *policy,
				       const struct df_question *question)
{
	return last_rule(policy, question, says_weight);
}

const struct df_rule *df_policy_count(const struct df_policy *policy,
				      const struct df_question *question)
{
	return last_rule(policy, question, says_count);
}

const struct df_rule *df_policy_value(const struct df_policy *policy,
				      const struct df_question *question)
{
	return last_rule(policy, question, says_value);
}

const struct df_rule *df_policy_time(const struct df_policy *policy,
				     const struct df_question *question)
{
	return last_rule(policy, question, says_time);
}

bool df_within(const struct df_tolerance *tolerance, double before, double after)
{
	double change = fabs(after - before);

	return change <= tolerance->absolute || change <= tolerance->relative * fabs(before);
}
