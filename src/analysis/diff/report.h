/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a comparison found, in the order in which a person wants it: a verdict for each level, and
 * the items behind it. Everything that is shown in any form comes from here.
 */
#ifndef DIFF_REPORT_H
#define DIFF_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/diff/side.h"

enum df_level {
	DF_STRUCTURE = 0, /* which calls, how many */
	DF_ORDER,
	DF_RESULTS, /* results and errors */
	DF_KERNELS, /* names, grids, shared memory */
	DF_MEMORY,  /* peak, leaks, traffic, segments */
	DF_TIME,
	DF_LEVELS
};

enum df_verdict {
	DF_SAME = 0,
	DF_DIFFERENT,
	DF_NO_VERDICT,     /* not enough is known: few runs, unstable, ... `why` says what */
	DF_NOT_COMPARABLE, /* another GPU, lost records, ... */
	DF_OFF             /* the policy does not look at it */
};

/* How much an item counts. */
enum df_weight {
	DF_GATES = 0, /* makes the answer `different` */
	DF_ADVICE,    /* shown, does not gate: one run cannot know, or the policy says so */
	DF_IGNORED    /* by policy or learned noise: only counted */
};

enum df_what {
	DF_CAME = 0, /* calls that only B has */
	DF_WENT,     /* calls that only A has */
	DF_MOVED,    /* the same calls elsewhere: swapped, or on another lane */
	DF_ARGUMENT, /* the same call with other arguments */
	DF_RESULT,   /* the same call with another result */
	DF_COUNT,    /* iterations of a loop, or calls of a function */
	DF_KERNEL,   /* another kernel, grid, block or shared memory */
	DF_VARIANT,  /* another variant of the same library routine: heuristic choice */
	DF_LANE,     /* a thread, process or stream that only one side has */
	DF_BYTES,    /* memory: peak, leaks, traffic, segments */
	DF_SLOWER,
	DF_FASTER,
	DF_TOO_DIFFERENT /* alignment gave up: first divergence and counts only */
};

struct df_item {
	/* Stable name for --explain, policies, baselines: "structure:python/1:cudaMalloc". */
	const char *key;
	enum df_level level;
	enum df_what what;
	enum df_weight weight;
	const char *why;  /* of the weight: the rule or the noise that decided; or NULL */
	const char *role; /* of the lane, or NULL */
	enum df_phase phase;
	/* One line: "+ cudaStreamSynchronize(stream#2) at position 9 of the block of 14 calls". */
	const char *text;
	uint64_t times;          /* how often the same change was found */
	size_t block_a, block_b; /* length of the loop's body; 0: in no loop */
	size_t position;         /* in the body, from 1 */
	uint64_t iterations_a, iterations_b;
	uint64_t ordinal_a, ordinal_b; /* of an example; 0: none on that side */
	const char *argument;          /* of DF_ARGUMENT */
	const char *before, *after;    /* values in words, or NULL */
	double value_a, value_b;       /* numbers: counts, bytes, ns */
	double share;       /* of time or bytes that it concerns, 0 to 1: what sorts items */
	const char *caller; /* or NULL */
	const char **stack; /* or NULL */
};

struct df_level_result {
	enum df_verdict verdict;
	const char *why; /* or NULL */
	size_t gating, advice, ignored;
};

struct df_report {
	struct df_side *a, *b;
	struct df_level_result levels[DF_LEVELS];
	enum df_verdict verdict;
	double gated; /* share of the calls that do more than ask, 0 to 1 */
	uint64_t calls_a, calls_b, calls_gated;
	const char *policy; /* name and version */
	const char *baseline;
	unsigned int runs_a, runs_b;
	size_t nitems;
	struct df_item *items; /* what gates first, then by share */
	size_t nnotes;
	/* What a reader must know: another driver, threads matched by content, ... */
	const char **notes;
};

#endif
