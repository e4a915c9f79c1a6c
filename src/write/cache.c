/* SPDX-License-Identifier: Apache-2.0 */
#include "write/cache.h"

void wr_cache_keep(struct wr_cached *place, const char *of, uint16_t role,
		   const struct wr_text *text, size_t begin)
{
	size_t length = text->used - begin;

	/* Steps of 32 bytes must not read behind it. */
	if (length > WR_CACHED_SIZE / 32 * 32)
		return;
	place->of = of;
	place->role = role;
	place->length = (uint16_t)length;
	memcpy(place->text, text->data + begin, length);
}
