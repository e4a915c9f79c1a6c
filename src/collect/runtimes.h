/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects of the traced processes that bring a CUDA runtime of their own, as those processes tell
 * of them (CTR_DEF_MODULE): whose calls are in the trace all the same, and whose are not.
 */
#ifndef COLLECT_RUNTIMES_H
#define COLLECT_RUNTIMES_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/warnings.h"

struct col_runtime {
	char *path;
	char *role; /* "static-runtime", "shared-runtime" */
	char *abi;  /* "13"; "" */
	bool covered;
};

struct col_runtimes {
	struct col_runtime *list;
	size_t count, capacity;
};

/* Takes in those among whole definitions; warns of each that is not covered. */
void col_runtimes_take(struct col_runtimes *r, const char *defs, size_t size,
		       struct col_warnings *warnings);

/* Whether the object was told of: covered, or warned of already. */
bool col_runtimes_know(const struct col_runtimes *r, const char *path);

/* "/opt/app (static-runtime, CUDA 13), ..." of those that are covered, to be freed; or NULL. */
char *col_runtimes_text(const struct col_runtimes *r);

void col_runtimes_free(struct col_runtimes *r);

#endif
