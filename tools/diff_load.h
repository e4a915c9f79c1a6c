/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to diff and baseline: what is named on the command line, as sides of a comparison. A run
 * is a trace; a folder stands for all traces in it.
 */
#ifndef TOOLS_DIFF_LOAD_H
#define TOOLS_DIFF_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/diff/baseline.h"
#include "analysis/diff/policy.h"
#include "analysis/diff/side.h"

struct diff_runs { /* all zero: none */
	char **paths;
	size_t count, capacity;
	struct df_side **sides; /* of diff_load: as many */
};

/* A trace, or those (no baselines) of a folder in the order of names. False: message printed. */
bool diff_runs_add(struct diff_runs *runs, const char *command, const char *operand);

/* Loads all of both, each in a thread of its own. False: a message was printed. */
bool diff_load(struct diff_runs *a, struct diff_runs *b, const struct df_load *load,
	       struct df_dictionary *dictionary);

void diff_runs_free(struct diff_runs *runs);

/*
 * The baseline at `path`, a file or a folder of them, of which the one for `environment` is taken.
 * NULL: a message was printed.
 */
struct df_baseline *diff_baseline(const char *command, const char *path,
				  const struct df_environment *environment,
				  struct df_dictionary *dictionary);
/* Whether `path` is a baseline, or a folder that holds some. */
bool diff_is_baseline(const char *path);
/* Where the baseline of this environment lies in a folder, to be freed. */
char *diff_baseline_path(const char *folder, const struct df_environment *environment);
bool diff_is_folder(const char *path);

/* A file, or the name of one that is installed; NULL: message printed. */
struct df_policy *diff_policy(const char *command, const char *name);

/* FIRST..LAST, from 1. */
bool diff_steps(const char *text, struct df_load *load);

#endif
