/* SPDX-License-Identifier: Apache-2.0 */
/* Words that are like another one. */
#include "util/similar.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Words longer than this are compared with nothing. */
#define LONGEST 128

static bool is_same(char a, char b)
{
	return !strncasecmp(&a, &b, 1);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Letters to be added, removed or changed, and neighbours to be swapped, to make one word of the
 * other; cases do not count. Row i of the table is about the first i letters of `a`.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1], length = strlen(b);
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *free_row;

	if (length > LONGEST)
		return SIZE_MAX;
	for (size_t k = 0; k <= length; k++)
		last[k] = k;
	for (size_t i = 1; a[i - 1]; i++) {
		row[0] = i;
		for (size_t k = 1; k <= length; k++) {
			row[k] = smaller(last[k], row[k - 1]) + 1;
			row[k] = smaller(row[k], last[k - 1] + !is_same(a[i - 1], b[k - 1]));
			if (i > 1 && k > 1 && is_same(a[i - 1], b[k - 2]) &&
			    is_same(a[i - 2], b[k - 1]))
				row[k] = smaller(row[k], before[k - 2] + 1);
		}
		free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[length];
}

void ut_similar_offer(struct ut_similar *s, const char *candidate)
{
	size_t d = distance(s->word, candidate);

	if (d >= (s->best ? s->distance : strlen(s->word) / 3 + 1))
		return;
	s->distance = d;
	s->best = candidate;
}
