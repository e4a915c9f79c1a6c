/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the comparison: what is found before it is decided what it weighs. */
#ifndef DIFF_COMPARE_OWN_H
#define DIFF_COMPARE_OWN_H

#include "analysis/diff/baseline.h"
#include "analysis/diff/changes.h"
#include "analysis/diff/compare.h"
#include "analysis/diff/policy.h"
#include "analysis/diff/roles.h"
#include "analysis/diff/times.h"
#include "util/arena.h"

/* A lane as it is compared: without what the policy leaves out. */
struct df_reduced {
	const struct df_lane *lane; /* NULL: this side has none */
	struct df_sequence sequence;
	struct df_call *own; /* its calls, if some were left out */
	size_t period;
	uint32_t *counts[2]; /* calls by shape: around the steady state, and in it */
	size_t nshapes;
};

struct df_both {
	struct df_reduced a, b;
	const char *role; /* A's, or B's if it alone has the lane */
	uint32_t process_a, process_b;
	enum df_known_by known_by;
	struct df_changes changes;
};

/* Something that differs. */
struct df_found {
	struct df_item item; /* but for key and weight */
	size_t both;         /* index into df_comparison.both; DF_NO_LANE: of no lane */
	uint32_t process;    /* of A */
	size_t change;       /* index into df_both.changes; DF_NO_LANE: of none */
	const char *subject; /* what the key ends in: "cudaMalloc size" */
	const char *function, *kernel, *module;
	unsigned int effects;      /* of its calls, by 1 << enum an_effect_kind */
	bool fails;                /* newly: B has an error that A has not */
	bool in_pool;              /* may have gone to another lane of this name */
	bool within;               /* what changed is within a tolerance */
	enum df_quantity quantity; /* at level memory without a lane */
	const char **atoms; /* what must vary by itself for this to be noise, NULL at the end */
	uint32_t *shapes;   /* of each atom, 0: none */
};

struct df_comparison {
	struct df_side *a, *b;
	const struct df_options *options;
	const struct df_policy *policy;
	struct df_both *both;
	size_t nboth;
	struct df_found *found;
	size_t nfound, capacity;
	const char *time_why;     /* no verdict on time, because */
	struct ut_arena *strings; /* the report's */
};

/* ---- reduce.c: what is compared ------------------------------------------------------------- */

/* Pairs of lanes of c->a and c->b, what the policy leaves out taken out. */
void df_reduce(struct df_comparison *c);
void df_reduced_free(struct df_comparison *c);
/* Of calls of a lane, in its steady state or around it. */
uint64_t df_reduced_count(struct df_reduced *reduced, bool steady, uint32_t shape);
/* Whether calls of a phase gate. */
bool df_phase_gates(const struct df_comparison *c, enum df_phase phase);

/* ---- levels ---------------------------------------------------------------------------------- */

/* A new one, zero but for its lane and level. Valid until the next. */
struct df_found *df_find(struct df_comparison *c, enum df_level level, enum df_what what,
			 size_t both);
/* Structure, order, results, kernels. */
void df_level_calls(struct df_comparison *c);
/* What a change of calls becomes: levels_describe.c */
void df_level_change(struct df_comparison *c, size_t both, const struct df_change *change,
		     const struct df_description *a, size_t na, const struct df_description *b,
		     size_t nb);
void df_level_memory(struct df_comparison *c);
/* After the weights: what went in one lane and came in another becomes one. */
void df_level_moves(struct df_comparison *c);
/* After the weights of all others: what it finds has its own. */
void df_level_time(struct df_comparison *c, const struct df_times *a, const struct df_times *b);

/* ---- atoms.c --------------------------------------------------------------------------------- */

/* "calls app/1 steady cudaMalloc": something of a lane that may vary by itself. */
const char *df_atom(struct df_comparison *c, const char *kind, size_t both, bool steady,
		    const char *what);
/* The numbers behind atom `atom`; false: it has none. */
bool df_atom_values(struct df_comparison *c, const struct df_found *found, size_t atom, double *a,
		    double *b);
/* Whether what is known to vary explains it; *why: in words. */
bool df_is_noise(struct df_comparison *c, const struct df_found *found, const char **why);

/* ---- weigh.c --------------------------------------------------------------------------------- */

void df_weigh(struct df_comparison *c);
/* Uses of an allocation of another size are no differences of their own: follows.c */
void df_follow_sizes(struct df_comparison *c);

/* ---- comparable.c ---------------------------------------------------------------------------- */

#define DF_MOST_NOTES 16

/* Why a level cannot be compared at all, NULL: it can; notes for a reader are added. */
struct df_comparable {
	const char *why[DF_LEVELS];
	const char *notes[DF_MOST_NOTES];
	size_t nnotes;
};
void df_comparable(struct ut_arena *strings, const struct df_side *a, const struct df_side *b,
		   struct df_comparable *comparable);

#endif
