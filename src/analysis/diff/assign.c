/* SPDX-License-Identifier: Apache-2.0 */
/* Assignment by shortest augmenting paths, with a price for each row and column. */
#include "analysis/diff/assign.h"

#include <stdlib.h>

#include "util/xalloc.h"

/* Columns and rows count from 1; column 0 is where a new row stands. */
struct work {
	const uint64_t *cost;
	size_t n;
	int64_t *row_price, *column_price, *slack;
	size_t *row_of, *from;
	unsigned char *done;
};

static int64_t reduced(const struct work *w, size_t row, size_t column)
{
	return (int64_t)w->cost[(row - 1) * w->n + column - 1] - w->row_price[row] -
	       w->column_price[column];
}

/* One more column reached; returns it. */
static size_t step(struct work *w, size_t at)
{
	size_t row = w->row_of[at], column, next = 0;
	int64_t least = INT64_MAX;

	w->done[at] = 1;
	for (column = 1; column <= w->n; column++) {
		int64_t slack;

		if (w->done[column])
			continue;
		slack = reduced(w, row, column);
		if (slack < w->slack[column]) {
			w->slack[column] = slack;
			w->from[column] = at;
		}
		if (w->slack[column] < least) {
			least = w->slack[column];
			next = column;
		}
	}
	for (column = 0; column <= w->n; column++) {
		if (w->done[column]) {
			w->row_price[w->row_of[column]] += least;
			w->column_price[column] -= least;
		} else {
			w->slack[column] -= least;
		}
	}
	return next;
}

static void add_row(struct work *w, size_t row)
{
	size_t column, at = 0;

	w->row_of[0] = row;
	for (column = 0; column <= w->n; column++) {
		w->slack[column] = INT64_MAX;
		w->done[column] = 0;
	}
	do
		at = step(w, at);
	while (w->row_of[at]);
	while (at) {
		w->row_of[at] = w->row_of[w->from[at]];
		at = w->from[at];
	}
}

void df_assign(const uint64_t *cost, size_t n, size_t *to)
{
	struct work w = { .cost = cost, .n = n };
	size_t i;

	w.row_price = ut_xcalloc(n + 1, sizeof(*w.row_price));
	w.column_price = ut_xcalloc(n + 1, sizeof(*w.column_price));
	w.slack = ut_xcalloc(n + 1, sizeof(*w.slack));
	w.row_of = ut_xcalloc(n + 1, sizeof(*w.row_of));
	w.from = ut_xcalloc(n + 1, sizeof(*w.from));
	w.done = ut_xcalloc(n + 1, sizeof(*w.done));
	for (i = 1; i <= n; i++)
		add_row(&w, i);
	for (i = 1; i <= n; i++)
		to[w.row_of[i] - 1] = i - 1;
	free(w.row_price);
	free(w.column_price);
	free(w.slack);
	free(w.row_of);
	free(w.from);
	free(w.done);
}

/* Those that change places among each other do so together or not at all. */
static void settle_cycle(const uint64_t *cost, size_t n, size_t *to, size_t first)
{
	uint64_t moved = 0, stayed = 0;
	size_t i = first, next;

	do {
		moved += cost[i * n + to[i]];
		stayed += cost[i * n + i];
		i = to[i];
	} while (i != first);
	if (moved < stayed && moved <= stayed / 2)
		return;
	do {
		next = to[i];
		to[i] = i;
		i = next;
	} while (i != first);
}

void df_assign_near(const uint64_t *cost, size_t n, size_t *to)
{
	unsigned char *seen = ut_xcalloc(n + 1, 1);

	df_assign(cost, n, to);
	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		if (seen[i])
			continue;
		while (!seen[k]) {
			seen[k] = 1;
			k = to[k];
		}
		settle_cycle(cost, n, to, i);
	}
	free(seen);
}
