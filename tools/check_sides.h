/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sides of a check: what is run for each, in which environment, and the proof that it ran with
 * the runtime that it stands for.
 */
#ifndef TOOLS_CHECK_SIDES_H
#define TOOLS_CHECK_SIDES_H

#include <stdbool.h>

#include "check_state.h"
#include "libraries.h"

/* Files of the first runs, which prove and are not compared. */
struct check_probe {
	char witness[PATH_MAX]; /* what the reference's run wrote */
	char trace[PATH_MAX];   /* what ours left */
	struct check_run runs[2];
	char err[PATH_MAX]; /* standard error of ours */
};

/* CHECK_SAME: the sides are filled in. Else c->why says what is wrong. */
enum check_status check_sides_make(struct check *c, const char *folder);

void check_sides_free(struct check *c);

/* A side for the first run, with what makes it prove something; its env and argv are to be freed
 * with check_side_free. */
struct check_side check_side_probe(const struct check *c, enum check_side_id id,
				   const struct check_probe *probe);

void check_side_free(struct check_side *side);

/*
 * Reads what the first runs left into c->proof. CHECK_SAME: the two can be compared. Else c->why
 * says why not.
 */
enum check_status check_prove(struct check *c, const struct check_probe *probe);

#endif
