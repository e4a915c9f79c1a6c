/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which functions are recorded, in strace's words:
 *
 *	[trace=][!]ELEMENT[,ELEMENT]...
 *
 *	cudaMalloc	a function, by the name with or without _ptsz, _ptds
 *	%memory		all of a domain, as `curtrace info --coverage` and traces have it
 *	cuda*Async	a pattern as a shell has it: * ? [abc]
 *	/Host|Managed	an extended regular expression, found anywhere in the name
 *	?cudaNew	the same without the ?, and nothing if there is no such function
 *	all, none
 *
 * A ! at the beginning is for all elements: everything but these. A ! before a later element takes
 * it out of what the elements before it gave. Further expressions add to the ones before them;
 * one that begins with ! takes out of them.
 */
#ifndef COLLECT_SELECT_H
#define COLLECT_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

struct rd_api;

/* All zero: no expression was given, and everything is recorded. */
struct col_selection {
	char *text; /* the expressions, with blanks between them; NULL: none */
	uint8_t left_out[CTR_SWITCH_FUNCTIONS / 8];
	unsigned int names; /* of functions that are recorded */
	unsigned int all;   /* of functions that there are */
};

/* False, with one line in `why`: it names something that there is not. */
bool col_select(struct col_selection *s, const struct rd_api *api, const char *expression,
		char *why, size_t size);

void col_selection_free(struct col_selection *s);

#endif
