/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the analysis: arrays by number that grow as numbers are met, with zeros. */
#ifndef ANALYSIS_STATISTICS_ARRAY_H
#define ANALYSIS_STATISTICS_ARRAY_H

#include <stddef.h>
#include <string.h>

#include "util/xalloc.h"

struct an_array { /* all zero: empty */
	void *data;
	size_t capacity;
};

/* Element `index`, of `size` bytes each. Valid until the next an_array_at. */
static inline void *an_array_at(struct an_array *array, size_t index, size_t size)
{
	size_t had = array->capacity;

	if (__builtin_expect(index >= had, 0)) {
		ut_grow(&array->data, &array->capacity, index, size);
		memset((char *)array->data + had * size, 0, (array->capacity - had) * size);
	}
	return (char *)array->data + index * size;
}

#endif
