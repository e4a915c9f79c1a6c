/* SPDX-License-Identifier: Apache-2.0 */
/* -e inject= of `curtrace record`: faults and delays. */
#ifndef TOOLS_RECORD_INJECT_H
#define TOOLS_RECORD_INJECT_H

#include <stdbool.h>

#include "collect/inject.h"

/* So many are taken. */
#define RECORD_INJECT_MAX 64

struct record_inject {
	const char *expressions[RECORD_INJECT_MAX];
	unsigned int count;
	struct col_inject rules;
};

/* Whether the value of a -e is one; it is then taken. False in `good`: a message was printed. */
bool record_inject_take(struct record_inject *r, const char *value, bool *good);

/*
 * Makes the rules of the expressions and the functions of this installation. False: they cannot be
 * made, and a message was printed.
 */
bool record_inject_resolve(struct record_inject *r);

#endif
