/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the analysis: keys of 64 bits made of several things. Two different ones get the same
 * key once in billions of billions, which would count one under the other's name.
 */
#ifndef ANALYSIS_STATISTICS_HASH_H
#define ANALYSIS_STATISTICS_HASH_H

#include <stdint.h>

static inline uint64_t an_hash_mix(uint64_t a, uint64_t b)
{
	uint64_t h = (a ^ 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

	h ^= h >> 32;
	h = (h + b) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 29;
}

/* FNV-1a; of NULL as of nothing. */
static inline uint64_t an_hash_text(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; text && *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

#endif
