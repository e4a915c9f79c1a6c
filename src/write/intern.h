/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers for texts: 1, 2, ... in order of appearance. Private to src/write. */
#ifndef WRITE_INTERN_H
#define WRITE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/map.h"

struct wr_intern_slot {
	uint64_t hash;
	const char *text; /* NULL: free */
	size_t length;
	uint32_t number;
};

#define WR_INTERN_RECENT 512u /* a power of two */

struct wr_intern { /* all zero: empty */
	struct {
		const char *text; /* that lasts */
		uint32_t number;
	} recent[WR_INTERN_RECENT];
	struct ut_map pointers; /* of texts that last: their address stands for them */
	struct wr_intern_slot *slots;
	size_t capacity;
	uint32_t count;
	uint32_t limit; /* 0: none. What comes when so many are there gets the number 0 */
	struct ut_arena texts;
};

/* The number of a text that lasts, if it was asked for lately; else 0. */
static inline uint32_t wr_intern_recent(const struct wr_intern *in, const char *text)
{
	uint64_t hash = (uint64_t)(uintptr_t)text * 0x9e3779b97f4a7c15u;
	size_t at = hash >> 32 & (WR_INTERN_RECENT - 1);

	return in->recent[at].text == text ? in->recent[at].number : 0;
}

/*
 * The number of `text`. `lasting`: it lives as long as the table and is never changed, as
 * ct_event.lasting says. *is_new: nobody has asked for it before.
 */
uint32_t wr_intern(struct wr_intern *in, const char *text, bool lasting, bool *is_new);
/* The table's own copy of a text that it has. */
const char *wr_intern_text(const struct wr_intern *in, const char *text);
void wr_intern_free(struct wr_intern *in);

#endif
