/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes of the command that run without our library: what started them has cleared the
 * environment (sudo, env -i, a job system), or they are not run by a loader that heeds it. Looked
 * for now and then in /proc, so that one which is gone quickly may be missed; nothing is traced.
 */
#ifndef COLLECT_OUTSIDERS_H
#define COLLECT_OUTSIDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/warnings.h"

enum col_outsider_kind {
	COL_OUTSIDER_NOT = 0,     /* has the library, as far as can be seen */
	COL_OUTSIDER_ENVIRONMENT, /* LD_PRELOAD is not in its environment */
	COL_OUTSIDER_RIGHTS,      /* of somebody else: its loader heeds no LD_PRELOAD */
	COL_OUTSIDER_STATIC       /* has no loader */
};

struct col_outsider {
	uint32_t pid;
	enum col_outsider_kind kind;
	/* It shows no environment, and may have none yet; 0: it has been judged. */
	uint64_t unsure_until_ns;
	bool uses_cuda; /* the driver, a runtime or a device was seen in its memory */
	char *program;  /* path of its file; of one that may not be looked at, its name */
};

struct col_outsiders {
	struct col_outsider *list; /* every process seen, those with the library too */
	size_t count;
	size_t capacity;
	uint64_t next_ns;
};

/*
 * Looks at `root` and what it has started, unless the last look was just now. `library` is the path
 * that LD_PRELOAD must have.
 */
void col_outsiders_look(struct col_outsiders *o, uint32_t root, const char *library);

/* Warns of those that used CUDA, and of all if no call was seen otherwise. */
void col_outsiders_explain(const struct col_outsiders *o, bool no_calls, struct col_warnings *w);

void col_outsiders_free(struct col_outsiders *o);

#endif
