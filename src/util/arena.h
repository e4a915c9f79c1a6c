/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A heap of things that all die together: allocation moves a pointer, freeing is one call. Never
 * returns NULL (util/xalloc.h).
 */
#ifndef UTIL_ARENA_H
#define UTIL_ARENA_H

#include <stddef.h>

struct ut_arena_block;

struct ut_arena { /* all zero: empty */
	struct ut_arena_block *blocks;
	size_t used; /* of the first block */
};

void *ut_arena_alloc(struct ut_arena *arena, size_t size);
/* `length` bytes and a NUL behind them. */
char *ut_arena_copy(struct ut_arena *arena, const char *text, size_t length);
char *ut_arena_strdup(struct ut_arena *arena, const char *text);
char *ut_arena_printf(struct ut_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Forgets everything but keeps a block for what comes. */
void ut_arena_reset(struct ut_arena *arena);
void ut_arena_free(struct ut_arena *arena);

#endif
