/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a session that somebody cuts off while they are mapped here. The touch that would be a
 * SIGBUS finds zeros, and the mapping is known to be broken.
 */
#ifndef COLLECT_GUARD_H
#define COLLECT_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct col_guard {
	struct col_guard *next;
	char *at;
	size_t size;
	bool broken;
};

/* Takes a mapping under guard. To be given back with col_unguard before it is unmapped. */
struct col_guard *col_guard(void *at, size_t size);
void col_unguard(struct col_guard *guard);

#endif
