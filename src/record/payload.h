/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting values into the payload of a record: for generated code, which knows offsets and sizes
 * (scripts/recordmodel.py).
 */
#ifndef RECORD_PAYLOAD_H
#define RECORD_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "curtrace/trace_format.h"

/*
 * Payload bytes run on over the cells of a record, which lie in a row; the compiler turns each
 * copy of constant size into a plain store.
 */
#define rec_put(cell, offset, size, from, from_size)                                           \
	do {                                                                                   \
		_Static_assert((size) == (from_size), "the table's kind is not of this size"); \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset), (from), (size));        \
	} while (0)

/* Not as a whole, for which gcc takes an argument's address: then on_X could not jump to slow_X. */
#define rec_put_dim3(cell, offset, value)                                                  \
	do {                                                                               \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset), &(value), 8);       \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset) + 8, &(value).z, 4); \
	} while (0)

/* The beginning of an array of the runtime's own making: all of it, as that takes less than to look
 * for the end of the text. */
#define rec_put_chars(cell, offset, size, array)                                         \
	do {                                                                             \
		_Static_assert((size) <= sizeof(array), "the array is too short");       \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset), (array), (size)); \
	} while (0)

/* Text, cut at `size`; ends in a NUL when it is shorter. */
static inline void rec_put_text(struct ctr_cell *cell, size_t offset, size_t size, const char *text)
{
	char *to = (char *)cell + CTR_CELL_HEAD_SIZE + offset;
	size_t length = strnlen(text, size);

	memcpy(to, text, length);
	if (length < size)
		to[length] = '\0';
}

/* Of a buffer of `length` bytes, which need not end in a NUL. */
static inline void rec_put_text_of(struct ctr_cell *cell, size_t offset, size_t size,
				   const char *text, int length)
{
	size_t most = length > 0 ? (size_t)length : 0;
	size_t used = strnlen(text, most < size ? most : size);
	char *to = (char *)cell + CTR_CELL_HEAD_SIZE + offset;

	memcpy(to, text, used);
	if (used < size)
		to[used] = '\0';
}

/* Three values of four bytes each that the interface passes one by one. */
static inline __attribute__((always_inline)) void rec_put_xyz(struct ctr_cell *cell, size_t offset,
							      uint32_t x, uint32_t y, uint32_t z)
{
	const uint32_t xyz[3] = { x, y, z };

	memcpy((char *)cell + CTR_CELL_HEAD_SIZE + offset, xyz, sizeof(xyz));
}

#endif
