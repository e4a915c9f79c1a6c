/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation for the tools that never returns NULL. */
#include "util/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"

/* The status that the commands give to what they could not do at all. */
static void out_of_memory(void)
{
	ut_die(2, "out of memory");
}

void *ut_xmalloc(size_t size)
{
	void *block = malloc(size ? size : 1);

	if (!block)
		out_of_memory();
	return block;
}

void *ut_xcalloc(size_t count, size_t size)
{
	/* calloc(0) may be NULL without being out of memory. */
	void *block = calloc(count ? count : 1, size ? size : 1);

	if (!block)
		out_of_memory();
	return block;
}

void *ut_xrealloc(void *block, size_t size)
{
	block = realloc(block, size ? size : 1);
	if (!block)
		out_of_memory();
	return block;
}

char *ut_xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(ut_xmalloc(size), text, size);
}

void ut_grow(void *array, size_t *capacity, size_t count, size_t size)
{
	void *block;
	size_t wanted;

	if (count < *capacity)
		return;
	wanted = *capacity < 8 ? 8 : *capacity * 2;
	if (wanted <= count)
		wanted = count + 1;
	if (wanted > SIZE_MAX / size)
		out_of_memory();
	/* `array` is the address of a pointer to some type: copied, for it may not be aliased. */
	memcpy(&block, array, sizeof(block));
	block = ut_xrealloc(block, wanted * size);
	memcpy(array, &block, sizeof(block));
	*capacity = wanted;
}
