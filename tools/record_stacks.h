/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --stacks, --stack-depth and --python of `curtrace record`: which calls are recorded with the
 * stack that led to them.
 */
#ifndef TOOLS_RECORD_STACKS_H
#define TOOLS_RECORD_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/stacks.h"

struct col_settings;

struct record_stacks { /* all zero: none */
	bool wanted;
	bool python;            /* Python is asked to tell where its functions are */
	const char *expression; /* NULL: all calls */
	uint32_t depth;         /* 0: the default */
	uint8_t functions[COL_STACKS_FUNCTIONS];
};

/* False: not a depth, and a message was printed. */
bool record_stacks_depth(struct record_stacks *s, const char *text);

/*
 * Looks the functions up in this installation and fills in the settings, which point into *s.
 * False: it cannot be, and a message was printed.
 */
bool record_stacks_resolve(struct record_stacks *s, struct col_settings *settings);

/* Into our own environment, which the program inherits. */
void record_stacks_into_environment(const struct record_stacks *s);

#endif
