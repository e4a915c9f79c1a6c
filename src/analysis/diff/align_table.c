/* SPDX-License-Identifier: Apache-2.0 */
/*
 * D. S. Hirschberg's way to a longest common subsequence in linear space (1975): the longer side is
 * halved, rows of the table from both ends say where the shorter one is to be cut.
 */
#include "analysis/diff/align_internal.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* A side that is cut in halves, and one that gives the columns. */
struct sides {
	const uint32_t *halved, *columns;
	uint64_t *halved_bits, *columns_bits;
};

/* row[i]: length of the longest common subsequence of all rows with the first i columns. */
static void fill(const uint32_t *rows, size_t nrows, const uint32_t *columns, size_t ncolumns,
		 uint32_t *row)
{
	memset(row, 0, (ncolumns + 1) * sizeof(*row));
	for (size_t i = 0; i < nrows; i++) {
		uint32_t diagonal = 0;

		for (size_t j = 0; j < ncolumns; j++) {
			uint32_t above = row[j + 1], best = above > row[j] ? above : row[j];

			row[j + 1] = rows[i] == columns[j] ? diagonal + 1 : best;
			diagonal = above;
		}
	}
}

/* The same from the ends: row[i] is of the last i columns. */
static void fill_back(const uint32_t *rows, size_t nrows, const uint32_t *columns, size_t ncolumns,
		      uint32_t *row)
{
	memset(row, 0, (ncolumns + 1) * sizeof(*row));
	for (size_t i = nrows; i--;) {
		uint32_t diagonal = 0;

		for (size_t j = 0; j < ncolumns; j++) {
			uint32_t above = row[j + 1], best = above > row[j] ? above : row[j];

			row[j + 1] = rows[i] == columns[ncolumns - 1 - j] ? diagonal + 1 : best;
			diagonal = above;
		}
	}
}

/* Of several best cuts the first: what is equal then stands together, towards the end. */
static size_t best_cut(const uint32_t *row, const uint32_t *back, size_t ncolumns)
{
	size_t best = 0;

	for (size_t i = 1; i <= ncolumns; i++) {
		if (row[i] + back[ncolumns - i] > row[best] + back[ncolumns - best])
			best = i;
	}
	return best;
}

static void place_one(const struct sides *sides, size_t row, size_t from, size_t to)
{
	size_t at = to;

	while (at > from && sides->columns[at - 1] != sides->halved[row])
		at--;
	if (at == from)
		al_set(sides->halved_bits, row, row + 1);
	else
		al_set(sides->columns_bits, from, at - 1);
	al_set(sides->columns_bits, at, to);
}

static void halve(const struct sides *sides, size_t row0, size_t row1, size_t from, size_t to,
		  uint32_t *room)
{
	size_t middle = row0 + (row1 - row0) / 2, columns = to - from, cut;
	uint32_t *back = room + columns + 1;

	if (row0 == row1 || from == to) {
		al_set(sides->halved_bits, row0, row1);
		al_set(sides->columns_bits, from, to);
		return;
	}
	if (row1 - row0 == 1) {
		place_one(sides, row0, from, to);
		return;
	}
	fill(sides->halved + row0, middle - row0, sides->columns + from, columns, room);
	fill_back(sides->halved + middle, row1 - middle, sides->columns + from, columns, back);
	cut = from + best_cut(room, back, columns);
	halve(sides, row0, middle, from, cut, room);
	halve(sides, middle, row1, cut, to, room);
}

void al_align_by_table(struct al_state *state, const struct al_box *box)
{
	size_t na = box->a1 - box->a0, nb = box->b1 - box->b0, shorter = na < nb ? na : nb;
	uint32_t *room = ut_xmalloc(2 * (shorter + 1) * sizeof(*room));
	struct sides sides = { state->a, state->b, state->gone, state->came };

	if (na >= nb) {
		halve(&sides, box->a0, box->a1, box->b0, box->b1, room);
	} else {
		sides = (struct sides){ state->b, state->a, state->came, state->gone };
		halve(&sides, box->b0, box->b1, box->a0, box->a1, room);
	}
	state->pending -= na + nb;
	al_spend(state, 2 * (uint64_t)na * nb);
	free(room);
}
