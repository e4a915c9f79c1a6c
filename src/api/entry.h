/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the generated entries are made of. Included by them alone.
 *
 * Each entry point X is four functions: the exported X tests its gate and jumps to run_X
 * (recording is off, or X was not selected) or on_X (recording, or not yet decided); run_X makes
 * the runtime ready, does the work and keeps the last error; on_X wraps run_X in a record, and
 * jumps to slow_X, which does the same, where that takes more than rec_begin_plain. Both are out of
 * line on purpose: with on_X inlined, X would save registers before the test. Nor are they `cold`,
 * which would have the compiler optimise the hot path of a recorded program for size.
 */
#ifndef API_ENTRY_H
#define API_ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Everything that is not exported is bound directly, without a look into the GOT. */
#pragma GCC visibility push(hidden)
#include "api/ids.h"
#include "api/kernel_args.h"
#include "record/record.h"
#include "runtime/calls.h"
#include "runtime/entry.h"
#pragma GCC visibility pop

#define API_EXPORT   __attribute__((visibility("default")))
#define API_NOINLINE __attribute__((noinline))

#define api_likely(x)   __builtin_expect(!!(x), 1)
#define api_unlikely(x) __builtin_expect(!!(x), 0)

/* One compare and one branch in every exported function. */
static inline int api_recording_is_off(enum api_function function)
{
	return rec_gate(function) == REC_OFF;
}

/* Stream 0 of a per-thread-default-stream program; explicit handles stay what they are. */
static inline cudaStream_t api_per_thread(cudaStream_t stream)
{
	return stream == NULL ? cudaStreamPerThread : stream;
}

/* Not NULL and not one of the default streams, which are numbers. */
#define api_is_object(handle) ((uintptr_t)(handle) > (uintptr_t)cudaStreamPerThread)

/*
 * Payload bytes run on over the cells of a record, which lie in a row; the compiler turns each
 * copy of constant size into a plain store.
 */
#define api_put(cell, offset, size, from, from_size)                                           \
	do {                                                                                   \
		_Static_assert((size) == (from_size), "the table's kind is not of this size"); \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset), (from), (size));        \
	} while (0)

/* Not as a whole, for which gcc takes an argument's address: then on_X could not jump to slow_X. */
#define api_put_dim3(cell, offset, value)                                                  \
	do {                                                                               \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset), &(value), 8);       \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset) + 8, &(value).z, 4); \
	} while (0)

/* The beginning of an array of the runtime's own making: all of it, as that takes less than to look
 * for the end of the text. */
#define api_put_chars(cell, offset, size, array)                                         \
	do {                                                                             \
		_Static_assert((size) <= sizeof(array), "the array is too short");       \
		memcpy((char *)(cell) + CTR_CELL_HEAD_SIZE + (offset), (array), (size)); \
	} while (0)

/* Text, cut at `size`; ends in a NUL when it is shorter. */
static inline void api_put_text(struct ctr_cell *cell, size_t offset, size_t size, const char *text)
{
	char *to = (char *)cell + CTR_CELL_HEAD_SIZE + offset;
	size_t length = strnlen(text, size);

	memcpy(to, text, length);
	if (length < size)
		to[length] = '\0';
}

#endif
