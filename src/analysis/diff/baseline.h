/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of a program from several runs of it: one run's calls in full, folded, what varied
 * among the runs, and how long things took in each. Small enough for a git repository: a JSON file
 * (docs/DIFF.md), or a folder of them, one for each kind of GPU and version of CUDA.
 */
#ifndef DIFF_BASELINE_H
#define DIFF_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/diff/noise.h"
#include "analysis/diff/policy.h"
#include "analysis/diff/side.h"
#include "analysis/diff/times.h"

/* Of the file's form: its member "curtrace_baseline". */
#define DF_BASELINE_VERSION 1
/* Fewer runs cannot tell what varies. */
#define DF_BASELINE_RUNS 3

struct df_baseline {
	struct df_side *side; /* a run that stands for all; not for df_side_free */
	unsigned int runs;
	const char *policy; /* that it was learned with: "default 1" */
	const char *path;   /* or NULL */
	struct df_noises noises;
	struct df_times times;
	void *own;
};

/*
 * Learns from runs, which stay the caller's and must live as long. `before`: what was learned
 * earlier of the same program, which is added to, or NULL. NULL with a line in `why`: too few runs,
 * or the runs are of different programs or machines.
 */
struct df_baseline *df_baseline_learn(struct df_side **runs, size_t count,
				      const struct df_policy *policy,
				      const struct df_baseline *before, char *why, size_t size);

bool df_baseline_write(const struct df_baseline *baseline, const char *path, char *why,
		       size_t size);
struct df_baseline *df_baseline_load(const char *path, struct df_dictionary *dictionary, char *why,
				     size_t size);
void df_baseline_free(struct df_baseline *baseline);

/* Whether a file begins as a baseline does. */
bool df_baseline_is(const char *path);
/* The name of a side's file in a folder of baselines: "nvidia-h200-cuda13.0.json". */
void df_baseline_name(const struct df_environment *environment, char *name, size_t size);

/* What df_side_describe would say of calls, where a side is a baseline's too. */
const struct df_description *df_describe(struct df_side *side, const uint64_t *ordinals,
					 size_t count);

#endif
