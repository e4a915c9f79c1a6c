/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A binary heap of pointers, the first before all others, for merges of sorted sequences. A macro,
 * so that the comparison is inlined: it is made some ten times for each event of a trace.
 */
#ifndef UTIL_HEAP_H
#define UTIL_HEAP_H

#include <stddef.h>

/*
 * Defines `static void NAME(TYPE **heap, size_t n, size_t at)`: what stands at `at` finds its place
 * among those below it, of which each stands before its own. IS_BEFORE(a, b) of two TYPE *.
 */
#define UT_HEAP_SIFT_DOWN(name, type, is_before)                                      \
	static void name(type **heap, size_t n, size_t at)                            \
	{                                                                             \
		type *moved = heap[at];                                               \
		size_t child;                                                         \
                                                                                      \
		while ((child = 2 * at + 1) < n) {                                    \
			if (child + 1 < n && is_before(heap[child + 1], heap[child])) \
				child++;                                              \
			if (!is_before(heap[child], moved))                           \
				break;                                                \
			heap[at] = heap[child];                                       \
			at = child;                                                   \
		}                                                                     \
		heap[at] = moved;                                                     \
	}

#endif
