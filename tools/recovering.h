/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a trace of a session's folder: what `curtrace recover' and `curtrace snapshot' do.
 */
#ifndef TOOLS_RECOVERING_H
#define TOOLS_RECOVERING_H

#include <limits.h>
#include <stdbool.h>

#include "output.h"

struct recovering {
	const char *folder;
	const char *pattern; /* NULL: the default trace */
	bool live;           /* the session goes on: what it holds now */
	bool remove;
	struct output output; /* .form is set first */
	char why[PATH_MAX + 256];
};

/* Returns the exit status; what there is to say was printed. */
int recovering_run(struct recovering *r);

#endif
