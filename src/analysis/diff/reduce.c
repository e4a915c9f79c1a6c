/* SPDX-License-Identifier: Apache-2.0 */
/* The lanes of both sides in pairs, without the calls that the policy leaves out. */
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/compare_own.h"
#include "util/xalloc.h"

bool df_phase_gates(const struct df_comparison *c, enum df_phase phase)
{
	const struct df_options *options = c->options;

	if (options->all_phases)
		return true;
	if (!options->from && !options->to)
		return phase >= c->policy->from && phase <= c->policy->to;
	return phase >= options->from && phase <= options->to;
}

/* ---- what is left out ---------------------------------------------------------------------- */

/* Asked once for each shape: 0 not yet, 1 stays, 2 goes. */
struct asked {
	unsigned char *answers;
	size_t capacity;
};

static const char *kernel_of(const char *shape)
{
	const char *blank = shape ? strchr(shape, ' ') : NULL;

	return blank ? blank + 1 : NULL;
}

static bool goes(const struct df_policy *policy, const struct df_dictionary *dictionary,
		 struct asked *asked, const char *role, uint32_t shape)
{
	size_t had = asked->capacity;
	const char *function;

	if (shape >= had) {
		ut_grow(&asked->answers, &asked->capacity, shape, 1);
		memset(asked->answers + had, 0, asked->capacity - had);
	}
	if (!asked->answers[shape]) {
		function = df_dictionary_shape_function(dictionary, shape);
		asked->answers[shape] =
			function && df_policy_leaves_out(
					    policy, function,
					    kernel_of(df_dictionary_shape_text(dictionary, shape)),
					    role)
				? 2
				: 1;
	}
	return asked->answers[shape] == 2;
}

/* Boundaries of phases go with the calls that stay. */
static void leave_out(struct df_reduced *r, const struct df_comparison *c,
		      const struct df_dictionary *dictionary, const char *role)
{
	const struct df_lane *lane = r->lane;
	struct asked asked = { 0 };
	size_t kept = 0;
	unsigned int phase = 0;

	r->own = ut_xmalloc((lane->ncalls + 1) * sizeof(*r->own));
	for (size_t i = 0; i <= lane->ncalls; i++) {
		while (phase <= DF_PHASES && lane->phase[phase] <= i)
			r->sequence.phase[phase++] = kept;
		if (i < lane->ncalls &&
		    !goes(c->policy, dictionary, &asked, role, lane->calls[i].shape))
			r->own[kept++] = lane->calls[i];
	}
	for (; phase <= DF_PHASES; phase++)
		r->sequence.phase[phase] = kept;
	free(asked.answers);
	r->sequence.calls = r->own;
	r->sequence.count = kept;
}

static bool has_steady(const struct df_sequence *sequence)
{
	return sequence->phase[DF_STEADY] < sequence->phase[DF_TEARDOWN];
}

static void reduce(struct df_reduced *r, const struct df_comparison *c, const struct df_side *side,
		   size_t lane, const char *role)
{
	r->lane = &side->lanes[lane];
	r->period = r->lane->period;
	r->sequence.dictionary = side->dictionary;
	leave_out(r, c, side->dictionary, role);
	if (r->sequence.count == r->lane->ncalls) {
		free(r->own);
		r->own = NULL;
		r->sequence.calls = r->lane->calls;
	} else if (!r->lane->steady_known) {
		/* Polls hide a loop. */
		df_phases(&r->sequence, &r->period);
	}
}

/* A lane in which no loop was found, on either side, is looked at as a whole. */
static void settle_phases(struct df_both *both)
{
	struct df_reduced *sides[] = { &both->a, &both->b };
	bool any = false;

	for (int i = 0; i < 2; i++)
		any |= sides[i]->lane &&
		       (has_steady(&sides[i]->sequence) || sides[i]->lane->steady_known);
	for (int i = 0; i < 2 && !any; i++) {
		struct df_sequence *sequence = &sides[i]->sequence;

		for (unsigned int p = 0; p <= DF_PHASES; p++)
			sequence->phase[p] = p > DF_STEADY ? sequence->count : 0;
	}
}

void df_reduce(struct df_comparison *c)
{
	struct df_pair *pairs = df_roles(c->a, c->b, &c->nboth);

	c->both = ut_xcalloc(c->nboth + 1, sizeof(*c->both));
	for (size_t i = 0; i < c->nboth; i++) {
		struct df_both *both = &c->both[i];
		const struct df_pair *pair = &pairs[i];

		both->known_by = pair->known_by;
		both->process_a = both->process_b = UINT32_MAX;
		both->role = pair->a != DF_NO_LANE ? c->a->lanes[pair->a].role
						   : c->b->lanes[pair->b].role;
		if (pair->a != DF_NO_LANE) {
			reduce(&both->a, c, c->a, pair->a, both->role);
			both->process_a = both->a.lane->process;
		}
		if (pair->b != DF_NO_LANE) {
			reduce(&both->b, c, c->b, pair->b, both->role);
			both->process_b = both->b.lane->process;
		}
		settle_phases(both);
	}
	free(pairs);
}

/* ---- counts -------------------------------------------------------------------------------- */

static void count(struct df_reduced *r)
{
	const struct df_sequence *sequence = &r->sequence;
	uint32_t most = 0;

	for (size_t i = 0; i < sequence->count; i++)
		most = sequence->calls[i].shape > most ? sequence->calls[i].shape : most;
	r->nshapes = (size_t)most + 1;
	for (int i = 0; i < 2; i++)
		r->counts[i] = ut_xcalloc(r->nshapes, sizeof(uint32_t));
	for (size_t i = 0; i < sequence->count; i++) {
		bool steady = i >= sequence->phase[DF_STEADY] && i < sequence->phase[DF_TEARDOWN];

		r->counts[steady][sequence->calls[i].shape]++;
	}
}

uint64_t df_reduced_count(struct df_reduced *reduced, bool steady, uint32_t shape)
{
	if (!reduced->lane)
		return 0;
	if (!reduced->counts[0])
		count(reduced);
	return shape < reduced->nshapes ? reduced->counts[steady][shape] : 0;
}

/* ---- end ----------------------------------------------------------------------------------- */

static void free_side(struct df_reduced *r)
{
	free(r->own);
	free(r->counts[0]);
	free(r->counts[1]);
}

void df_reduced_free(struct df_comparison *c)
{
	for (size_t i = 0; i < c->nboth; i++) {
		free_side(&c->both[i].a);
		free_side(&c->both[i].b);
		df_changes_free(&c->both[i].changes);
	}
	free(c->both);
}
