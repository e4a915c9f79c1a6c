/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/analysis/sequences.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

uint32_t random_below(struct random *random, uint32_t limit)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (uint32_t)((random->state * 0x2545f4914f6cdd1du >> 33) % limit);
}

static struct sequence sequence_new(size_t room)
{
	return (struct sequence){ ut_xmalloc((room + 1) * sizeof(uint32_t)), 0 };
}

struct sequence sequence_repeat(const char *letters, size_t times)
{
	struct sequence result = sequence_new(strlen(letters) * times);

	while (times--) {
		for (const char *at = letters; *at; at++)
			result.numbers[result.length++] = (unsigned char)*at;
	}
	return result;
}

struct sequence sequence_of(const char *letters)
{
	return sequence_repeat(letters, 1);
}

void sequence_append(struct sequence *sequence, struct sequence more)
{
	sequence->numbers = ut_xrealloc(sequence->numbers, (sequence->length + more.length + 1) *
								   sizeof(*sequence->numbers));
	memcpy(sequence->numbers + sequence->length, more.numbers,
	       more.length * sizeof(*more.numbers));
	sequence->length += more.length;
	sequence_free(&more);
}

struct sequence sequence_random(struct random *random, size_t length, uint32_t alphabet)
{
	struct sequence result = sequence_new(length);

	while (result.length < length)
		result.numbers[result.length++] = 1 + random_below(random, alphabet);
	return result;
}

struct sequence sequence_loop(size_t length, size_t times, uint32_t alphabet)
{
	struct random random = { 4711 };
	struct sequence body = sequence_random(&random, length, alphabet);
	struct sequence result = sequence_new(length * times);

	for (; times--; result.length += length)
		memcpy(result.numbers + result.length, body.numbers, length * sizeof(uint32_t));
	sequence_free(&body);
	return result;
}

struct sequence sequence_edited(const struct sequence *sequence, struct random *random,
				size_t edits, uint32_t alphabet)
{
	struct sequence result = sequence_new(sequence->length + edits);
	size_t at = 0;

	for (size_t edit = 0; edit < edits; edit++) {
		size_t left = (sequence->length - at) / (edits - edit);
		uint32_t what = random_below(random, 3);

		for (size_t keep = random_below(random, (uint32_t)left + 1); keep--; at++)
			result.numbers[result.length++] = sequence->numbers[at];
		if (what != 1)
			result.numbers[result.length++] = 1 + random_below(random, alphabet);
		if (what != 0 && at < sequence->length)
			at++;
	}
	while (at < sequence->length)
		result.numbers[result.length++] = sequence->numbers[at++];
	return result;
}

void sequence_free(struct sequence *sequence)
{
	free(sequence->numbers);
	*sequence = (struct sequence){ .length = 0 };
}
