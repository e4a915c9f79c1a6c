/* SPDX-License-Identifier: Apache-2.0 */
/* Private to roles: which of some things is which of others, at the least cost. */
#ifndef DIFF_ASSIGN_H
#define DIFF_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

/*
 * `cost`: n rows of n. to[i] is set to the column that row i gets, so that the sum is the least.
 * Takes time in proportion to n * n * n.
 */
void df_assign(const uint64_t *cost, size_t n, size_t *to);

/*
 * The same, but row i stays with column i unless going elsewhere costs less than half: a pool's
 * workers that have swapped places cost next to nothing, and one that does another's work as well
 * is still the same.
 */
void df_assign_near(const uint64_t *cost, size_t n, size_t *to);

#endif
