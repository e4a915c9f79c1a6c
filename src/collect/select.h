/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which functions are recorded: expressions as util/selector.h has them, looked up among the
 * functions that there are.
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
