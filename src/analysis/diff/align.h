/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What turns one sequence of numbers into another: exact (fewest edits) as long as that costs
 * little, else piece by piece, and never without end.
 */
#ifndef DIFF_ALIGN_H
#define DIFF_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* a[a .. a + na) became b[b .. b + nb); what lies between two hunks is equal. */
struct df_hunk {
	size_t a, na;
	size_t b, nb;
};

/*
 * Where something that only one side has could stand in several places (a call more in a row of
 * equal ones, an iteration more of a loop), its hunk is the last of them.
 */
struct df_script {
	struct df_hunk *hunks; /* rising; two are never adjacent */
	size_t count, capacity;
	bool limited;   /* the cost reached its limit: hunks are right, but not the fewest edits */
	uint64_t steps; /* of work that were done: a step looks at one diagonal or cell */
};

/* `limit`: most steps of work (about), 0: DF_ALIGN_LIMIT of the lengths. */
void df_align(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, uint64_t limit,
	      struct df_script *script);
void df_script_free(struct df_script *script);

/* Short sequences are always exact; long ones have so many steps for each number. */
#define DF_ALIGN_LIMIT(na, nb) (((uint64_t)1 << 25) + 64 * ((uint64_t)(na) + (nb)))

#endif
