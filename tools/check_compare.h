/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing two sets of outputs. A line is judged by what it is in all runs of a side: one that
 * varies by itself with the reference says nothing about the other side.
 */
#ifndef TOOLS_CHECK_COMPARE_H
#define TOOLS_CHECK_COMPARE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check_files.h"

/* So many ranges of varying lines are named. */
#define CHECK_RANGES 8

struct check_range {
	uint64_t first, last;
};

/* A line that differs, as both sides have it; texts are excerpts, NULL: no such line. */
struct check_difference {
	bool there;
	uint64_t line;
	char *reference;
	char *other;
	char *other_again; /* another run's, if the line varies on this side alone */
};

struct check_comparison {
	uint64_t lines;     /* of the longest output, without the ignored ones */
	uint64_t same;      /* the same in all runs of both sides */
	uint64_t varying;   /* not deterministic: the reference's own runs differ there */
	uint64_t differing; /* always the one here, always the other there */
	uint64_t unsteady;  /* in an output that is deterministic with the reference alone */
	struct check_range ranges[CHECK_RANGES]; /* of the varying and unsteady ones */
	size_t nranges;
	bool more_ranges;
	struct check_difference first; /* the first that differs or is unsteady */
};

/*
 * Returns 0, or a negative errno if a file cannot be read; -EINTR: check_interrupted. To be freed
 * with check_comparison_free whatever the answer.
 */
int check_compare(const struct check_files *reference, const struct check_files *other,
		  const regex_t *ignore, size_t nignore, struct check_comparison *result);

void check_comparison_free(struct check_comparison *result);

/* Lines that a difference was found in. */
bool check_comparison_differs(const struct check_comparison *c);

/* There are lines, and each of them varies. */
bool check_comparison_says_nothing(const struct check_comparison *c);

#endif
