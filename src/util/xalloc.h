/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation for the tools: never NULL, out of memory ends the tool with a message. Not for
 * anything that runs in the traced process, which must live on without memory.
 */
#ifndef UTIL_XALLOC_H
#define UTIL_XALLOC_H

#include <stddef.h>

void *ut_xmalloc(size_t size);
void *ut_xcalloc(size_t count, size_t size);
void *ut_xrealloc(void *block, size_t size);
char *ut_xstrdup(const char *text);

/*
 * Makes room for one more element in an array that grows: `*array` of `*capacity` elements of
 * `size` bytes has room for element number `count` afterwards.
 */
void ut_grow(void *array, size_t *capacity, size_t count, size_t size);

#endif
