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
	char *role;     /* "static-runtime", "shared-runtime", "driver", "driver-function" */
	char *abi;      /* "13"; "" */
	char *why;      /* it is not covered; "" */
	char *function; /* that was not known; "" */
	bool covered;
};

struct col_runtimes {
	struct col_runtime *list;
	size_t count, capacity;
};

/* Takes in those among whole definitions. */
void col_runtimes_take(struct col_runtimes *r, const char *defs, size_t size);

/* Of each that is not covered. When all is taken in: it says whether the driver is seen. */
void col_runtimes_warn(const struct col_runtimes *r, struct col_warnings *warnings);

/* What a warning ends with: "" or what is in the trace instead of an object's runtime calls. */
const char *col_runtimes_instead(const struct col_runtimes *r);

/* Whether the object was told of: covered, or warned of already. */
bool col_runtimes_know(const struct col_runtimes *r, const char *path);

/* "/opt/app (static-runtime, CUDA 13), ..." of those that are covered, to be freed; or NULL. */
char *col_runtimes_text(const struct col_runtimes *r);

void col_runtimes_free(struct col_runtimes *r);

#endif
