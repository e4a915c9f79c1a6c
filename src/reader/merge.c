/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merge of all rings: a binary heap of their cursors. Of events that start together the one
 * of the smaller process and ring comes first, so that the order is the same in every run.
 */
#include <stdlib.h>

#include "reader/native.h"
#include "util/xalloc.h"

static bool is_before(const struct rd_ring *a, const struct rd_ring *b)
{
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns;
	if (a->process != b->process)
		return a->process < b->process;
	return a->number < b->number;
}

static void sift_down(struct rd_native *native, size_t at)
{
	struct rd_ring **heap = native->heap;
	struct rd_ring *moved = heap[at];
	size_t child;

	while ((child = 2 * at + 1) < native->nheap) {
		if (child + 1 < native->nheap && is_before(heap[child + 1], heap[child]))
			child++;
		if (!is_before(heap[child], moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

/* A ring that has been read to its end needs no window any more. */
static void end_ring(struct rd_ring *ring)
{
	free(ring->window);
	ring->window = NULL;
}

void rd_merge_begin(struct rd_trace *trace, struct rd_native *native)
{
	size_t i;

	native->heap = ut_xcalloc(native->nrings, sizeof(*native->heap));
	for (i = 0; i < native->nrings; i++) {
		if (rd_ring_next(trace, native, native->rings[i]))
			native->heap[native->nheap++] = native->rings[i];
		else
			end_ring(native->rings[i]);
	}
	for (i = native->nheap / 2; i-- > 0;)
		sift_down(native, i);
}

struct rd_ring *rd_merge_first(const struct rd_native *native)
{
	return native->nheap ? native->heap[0] : NULL;
}

void rd_merge_next(struct rd_trace *trace, struct rd_native *native)
{
	if (!rd_ring_next(trace, native, native->heap[0])) {
		end_ring(native->heap[0]);
		native->heap[0] = native->heap[--native->nheap];
	}
	if (native->nheap)
		sift_down(native, 0);
}
