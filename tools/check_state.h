/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of `curtrace check` tell each other: the sides that are compared, their runs, and
 * what came out. The reference is the program with NVIDIA's runtime.
 */
#ifndef TOOLS_CHECK_STATE_H
#define TOOLS_CHECK_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check_compare.h"
#include "check_options.h"
#include "check_run.h"

/* Exit statuses. */
enum check_status {
	CHECK_SAME = 0,
	CHECK_DIFFERENT = 1,
	CHECK_ERROR = 2,
	CHECK_NOT_COMPARABLE = 3
};

enum check_side_id {
	CHECK_REFERENCE,
	CHECK_OURS,
	CHECK_RECORDING,
	CHECK_SIDES
};

/* The program in one of the ways in which it is run. */
struct check_side {
	const char *name;  /* of its files, and in JSON */
	const char *label; /* for a person */
	char **env;
	char *path;  /* what is executed */
	char **argv; /* with these arguments */
	struct check_run *runs;
	unsigned int nruns;
	struct check_files out; /* each distinct standard output, in the order of the runs */
	struct check_files err;
};

/* How one side's results compare with the reference's. */
struct check_result {
	bool made;
	bool outcome_differs;
	bool outcome_varies; /* with the reference, and the other side has no outcome of its own */
	struct check_comparison out;
	struct check_comparison err;
	double wall_ratio;
	double cpu_ratio;
};

/* What the first run of each side showed. */
struct check_proof {
	char reference[PATH_MAX + 8]; /* the runtime that it loaded */
	char ours[PATH_MAX + 32];
	uint64_t calls; /* that ours served */
	bool no_driver;
	char **notes;
	size_t nnotes;
};

struct check {
	struct check_options options;
	char *program;
	struct check_side sides[CHECK_SIDES];
	unsigned int nsides;
	struct check_result results[CHECK_SIDES]; /* that of the reference stays empty */
	struct check_proof proof;
	enum check_status status;
	char *sentence;         /* the verdict, one line */
	char why[PATH_MAX * 2]; /* CHECK_ERROR, CHECK_NOT_COMPARABLE: one line */
};

#endif
