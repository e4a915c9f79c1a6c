/* SPDX-License-Identifier: Apache-2.0 */
/* A heap of things that all die together. */
#include "util/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"
#include "util/xalloc.h"

/* Holds the texts of some hundred events; a larger thing gets a block of its own size. */
#define BLOCK_SIZE ((size_t)16384)

/* The newest block stands first; only in it is there room. */
struct ut_arena_block {
	struct ut_arena_block *next;
	size_t size;
	_Alignas(max_align_t) char data[];
};

static void add_block(struct ut_arena *arena, size_t size)
{
	struct ut_arena_block *block;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	block = ut_xmalloc(sizeof(*block) + size);
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->used = 0;
}

/* What is left of a block that is too small is given up: a few bytes of many. */
void *ut_arena_alloc(struct ut_arena *arena, size_t size)
{
	void *result;

	if (size > SIZE_MAX / 2)
		ut_die(2, "out of memory");
	size = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (!arena->blocks || arena->blocks->size - arena->used < size)
		add_block(arena, size);
	result = arena->blocks->data + arena->used;
	arena->used += size;
	return result;
}

char *ut_arena_copy(struct ut_arena *arena, const char *text, size_t length)
{
	char *copy = ut_arena_alloc(arena, length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *ut_arena_strdup(struct ut_arena *arena, const char *text)
{
	return ut_arena_copy(arena, text, strlen(text));
}

/* Printed twice: the first time to learn the length. */
char *ut_arena_printf(struct ut_arena *arena, const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = ut_arena_alloc(arena, (size_t)length + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}

/* The block that stays is the oldest: the one that was large enough for most uses. */
void ut_arena_reset(struct ut_arena *arena)
{
	struct ut_arena_block *block;

	while (arena->blocks && arena->blocks->next) {
		block = arena->blocks;
		arena->blocks = block->next;
		free(block);
	}
	arena->used = 0;
}

void ut_arena_free(struct ut_arena *arena)
{
	ut_arena_reset(arena);
	free(arena->blocks);
	arena->blocks = NULL;
}
