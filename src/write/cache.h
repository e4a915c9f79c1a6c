/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts as they stand in the file, by the address of what they were made of: a trace has millions
 * of calls of some hundred functions. Only for strings that last (ct_event.lasting). Private to
 * src/write.
 */
#ifndef WRITE_CACHE_H
#define WRITE_CACHE_H

#include "write/text.h"

/* A power of two; of two strings that share a place each takes it from the other. */
#define WR_CACHED      2048u
#define WR_CACHED_SIZE 248u /* what is longer is made anew each time */

struct wr_cached {
	const char *of;
	uint16_t role; /* the caller's: the same string may stand there in several ways */
	uint16_t length;
	char text[WR_CACHED_SIZE];
};

struct wr_cache {
	struct wr_cached cached[WR_CACHED];
};

static inline struct wr_cached *wr_cache_place(struct wr_cache *cache, const char *of,
					       uint16_t role)
{
	uint64_t hash = ((uint64_t)(uintptr_t)of + role * 0x51edu) * 0x9e3779b97f4a7c15u;

	return &cache->cached[hash >> 32 & (WR_CACHED - 1)];
}

/* Adds what the cache has; false: nothing. */
static inline bool wr_cache_add(const struct wr_cached *place, const char *of, uint16_t role,
				struct wr_text *text)
{
	const char *from = place->text, *end = from + place->length;
	char *to;

	if (place->of != of || place->role != role)
		return false;
	/* In steps of a constant size, over what is to come. */
	to = wr_text_room(text, WR_CACHED_SIZE + 32);
	do {
		memcpy(to, from, 32);
		to += 32;
		from += 32;
	} while (from < end);
	text->used += place->length;
	return true;
}

/* Keeps what was written since text->used was `begin`. */
void wr_cache_keep(struct wr_cached *place, const char *of, uint16_t role,
		   const struct wr_text *text, size_t begin);

#endif
