/* SPDX-License-Identifier: Apache-2.0 */
/* Which lane of one run is which of the other. */
#ifndef DIFF_ROLES_H
#define DIFF_ROLES_H

#include "analysis/diff/side.h"

#define DF_NO_LANE ((size_t)-1)

/* What a lane was known by. */
enum df_known_by {
	DF_BY_ORDER = 0, /* of the first CUDA call, and name */
	DF_BY_CONTENT, /* workers of a pool that swapped places, or a number of them that differs */
	DF_UNMATCHED   /* one side has none */
};

struct df_pair {
	size_t a, b; /* indices into df_side.lanes; DF_NO_LANE: that side has none */
	enum df_known_by known_by;
};

/* Each lane of both sides stands in one pair. Rising by a, those of b alone last. To be freed. */
struct df_pair *df_roles(const struct df_side *a, const struct df_side *b, size_t *count);

#endif
