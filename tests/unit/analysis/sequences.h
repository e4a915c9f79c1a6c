/* SPDX-License-Identifier: Apache-2.0 */
/* Sequences of numbers for the tests of comparisons: written by hand, in loops, at random. */
#ifndef ANALYSIS_SEQUENCES_H
#define ANALYSIS_SEQUENCES_H

#include <stddef.h>
#include <stdint.h>

struct sequence {
	uint32_t *numbers;
	size_t length;
};

struct random {
	uint64_t state; /* not 0 */
};

uint32_t random_below(struct random *random, uint32_t limit);

/* Each letter is a number: "abc" is 'a', 'b', 'c'. */
struct sequence sequence_of(const char *letters);
/* The text so many times. */
struct sequence sequence_repeat(const char *letters, size_t times);
/* The second is freed. */
void sequence_append(struct sequence *sequence, struct sequence more);
/* Numbers from 1 to `alphabet`. */
struct sequence sequence_random(struct random *random, size_t length, uint32_t alphabet);
/* `length` numbers of 1 to `alphabet`, always the same, so many times. */
struct sequence sequence_loop(size_t length, size_t times, uint32_t alphabet);
/* With so many numbers inserted, removed or replaced. */
struct sequence sequence_edited(const struct sequence *sequence, struct random *random,
				size_t edits, uint32_t alphabet);
void sequence_free(struct sequence *sequence);

#endif
