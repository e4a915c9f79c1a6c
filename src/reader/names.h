/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers the different names of functions in the order in which they are met. */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"

struct rd_name {
	const char *text;
	size_t length;
};

struct rd_names { /* all zero: empty */
	struct rd_name *list;
	size_t count, capacity;
	uint32_t *slots; /* a hash table of numbers, 0: free */
	size_t nslots;   /* a power of two, or 0 */
	struct ut_arena strings;
};

/* The number of `name`, from 1; a name that was not met before gets the next one. */
uint32_t rd_names_number(struct rd_names *names, const char *name);

/* NULL: no such number. */
const char *rd_names_text(const struct rd_names *names, uint32_t number);

void rd_names_free(struct rd_names *names);

#endif
