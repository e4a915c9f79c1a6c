/* SPDX-License-Identifier: Apache-2.0 */
/*
 * -e of `curtrace record`: which functions are recorded.
 */
#ifndef TOOLS_RECORD_SELECT_H
#define TOOLS_RECORD_SELECT_H

#include <stdbool.h>

#include "collect/select.h"

/* So many -e are taken. */
#define RECORD_SELECT_MAX 64

struct record_select {
	const char *expressions[RECORD_SELECT_MAX];
	unsigned int count;
	struct col_selection selection;
};

/* False: there are too many, and a message was printed. */
bool record_select_add(struct record_select *s, const char *expression);

/*
 * Makes the selection of the expressions and the functions of this installation. False: it cannot
 * be made, and a message was printed.
 */
bool record_select_resolve(struct record_select *s);

#endif
