/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults and delays to be injected, in strace's words:
 *
 *	SET[:error=ERROR][:when=FIRST[..LAST][+[STEP]]][:delay_enter=TIME][:delay_exit=TIME]
 *
 * ERROR is a name or a number.
 *
 * SET is a selection of functions (util/selector.h). A rule with an error is for those of them that
 * answer with it. Of several rules the last that is for a function holds.
 */
#ifndef COLLECT_INJECT_H
#define COLLECT_INJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "curtrace/trace_format.h"

struct rd_api;

/* All zero: nothing is injected. */
struct col_inject {
	char *text; /* the expressions, with blanks between them; NULL: none */
	struct ctr_inject table;
};

/* False, with one line in `why`: it is not written as above, or no function is meant. */
bool col_inject_add(struct col_inject *inject, const struct rd_api *api, const char *expression,
		    char *why, size_t size);

/*
 * Writes the file by which processes learn of the rules, and lets the functions of `left_out` that
 * have one through their gates. 0 or a negative errno.
 */
int col_inject_ask(int dirfd, const struct col_inject *inject,
		   uint8_t left_out[CTR_SWITCH_FUNCTIONS / 8]);

void col_inject_free(struct col_inject *inject);

#endif
