/* SPDX-License-Identifier: Apache-2.0 */
/* Private to alignment: what is known so far, and the table for what is short. */
#ifndef DIFF_ALIGN_INTERNAL_H
#define DIFF_ALIGN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* a[a0 .. a1) against b[b0 .. b1). */
struct al_box {
	size_t a0, a1;
	size_t b0, b1;
};

/* By diagonal, how far a path has come. Diagonal 0 is in the middle. */
struct al_front {
	int32_t *block;
	int32_t reach;
};

struct al_state {
	const uint32_t *a, *b;
	uint64_t *gone, *came; /* bit for each of a and of b: it has no equal */
	struct al_front fronts[2];
	uint64_t left, steps;
	size_t pending; /* numbers of both of which nothing is known yet */
	bool limited;
};

static inline bool al_bit(const uint64_t *bits, size_t index)
{
	return bits[index >> 6] >> (index & 63) & 1;
}

static inline void al_spend(struct al_state *state, uint64_t steps)
{
	state->steps += steps;
	state->left -= steps < state->left ? steps : state->left;
}

static inline void al_set(uint64_t *bits, size_t from, size_t to)
{
	for (; from < to; from++)
		bits[from >> 6] |= (uint64_t)1 << (from & 63);
}

/* Nothing of the box is equal. */
static inline void al_differ(struct al_state *state, const struct al_box *box)
{
	al_set(state->gone, box->a0, box->a1);
	al_set(state->came, box->b0, box->b1);
	state->pending -= box->a1 - box->a0 + box->b1 - box->b0;
}

/* The fewest edits, in steps that are in proportion to the product of the lengths. */
void al_align_by_table(struct al_state *state, const struct al_box *box);

#endif
