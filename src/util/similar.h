/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean ...?": which of the words that there are was meant by one that there is not. */
#ifndef UTIL_SIMILAR_H
#define UTIL_SIMILAR_H

#include <stddef.h>

/* The best of the words that were offered so far; all zero but for `word` at the beginning. */
struct ut_similar {
	const char *word; /* as it was written */
	const char *best; /* NULL: a third of its letters or more would be others in all of them */
	size_t distance;
};

/* `candidate` must live as long as its result is used. */
void ut_similar_offer(struct ut_similar *s, const char *candidate);

#endif
