/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-32 is the remainder of the data, as a polynomial over GF(2), by P. What stands n bits before
 * some place of the data may be taken away if it is multiplied by x^n mod P and added there: so the
 * data is folded up, 16 bytes onto those 64 or 16 bytes behind them, until 16 bytes have the same
 * remainder as all of it. zlib reckons that of these and of the few that are left over, and all of
 * it on processors without a multiplication of polynomials.
 */
#include "reader/checksum.h"

#include <zlib.h>

#ifdef __x86_64__
#include <immintrin.h>

#define STEP   16
#define ACROSS 4 /* that do not wait for each other */

/* By how far it moves: x^(n + 32) and x^(n - 32) mod P, bits reversed, for the halves of a step. */
#define MOVE_64_BYTES _mm_set_epi64x(0x1c6e41596, 0x154442bd4)
#define MOVE_16_BYTES _mm_set_epi64x(0x0ccaa009e, 0x1751997d0)

#define USES_PCLMUL __attribute__((target("pclmul,sse2")))

static inline USES_PCLMUL __m128i load(const unsigned char *data)
{
	return _mm_loadu_si128((const __m128i *)(const void *)data);
}

static inline USES_PCLMUL __m128i fold(__m128i state, __m128i move, __m128i onto)
{
	__m128i low = _mm_clmulepi64_si128(state, move, 0x00);
	__m128i high = _mm_clmulepi64_si128(state, move, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

/* At least 64 bytes; `rest`: of the size, how many bytes were not folded. */
static USES_PCLMUL uint32_t checksum_folded(const unsigned char *data, size_t size, size_t *rest)
{
	unsigned char last[STEP];
	__m128i state[ACROSS];
	size_t at;

	for (at = 0; at < ACROSS; at++)
		state[at] = load(data + at * STEP);
	/* The remainder begins with all bits set. */
	state[0] = _mm_xor_si128(state[0], _mm_cvtsi32_si128(-1));
	for (at = sizeof(state); at + sizeof(state) <= size; at += sizeof(state)) {
		state[0] = fold(state[0], MOVE_64_BYTES, load(data + at));
		state[1] = fold(state[1], MOVE_64_BYTES, load(data + at + STEP));
		state[2] = fold(state[2], MOVE_64_BYTES, load(data + at + 2 * STEP));
		state[3] = fold(state[3], MOVE_64_BYTES, load(data + at + 3 * STEP));
	}
	state[0] = fold(state[0], MOVE_16_BYTES, state[1]);
	state[0] = fold(state[0], MOVE_16_BYTES, state[2]);
	state[0] = fold(state[0], MOVE_16_BYTES, state[3]);
	for (; at + STEP <= size; at += STEP)
		state[0] = fold(state[0], MOVE_16_BYTES, load(data + at));
	_mm_storeu_si128((__m128i *)(void *)last, state[0]);
	*rest = size - at;
	/* The beginning with all bits set is in there: zlib, which adds it, is to leave it out. */
	return (uint32_t)crc32(0xffffffffu, last, sizeof(last));
}

uint32_t rd_checksum(const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint32_t sum = 0;
	size_t rest = size;

	if (size >= ACROSS * STEP && __builtin_cpu_supports("pclmul"))
		sum = checksum_folded(bytes, size, &rest);
	return (uint32_t)crc32_z(sum, bytes + (size - rest), rest);
}

#else

uint32_t rd_checksum(const void *data, size_t size)
{
	return (uint32_t)crc32_z(0, data, size);
}

#endif
