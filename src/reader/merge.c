/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merge of all rings: a binary heap of their cursors. Of events that start together the one
 * of the smaller process and ring comes first, so that the order is the same in every run.
 */
#include <stdlib.h>

#include "reader/native.h"
#include "util/heap.h"
#include "util/xalloc.h"

/* What all rings together keep in memory, and each ring at most and at least. */
#define ALL_WINDOWS ((size_t)16 << 20)
#define MAX_WINDOW  ((size_t)128 << 10)
#define MIN_WINDOW  ((size_t)8 << 10)
/* Room for a block once it is unpacked. */
#define PACKED_WINDOW (CTR_PACKED_CELLS * sizeof(struct ctr_cell))

static bool is_before(const struct rd_ring *a, const struct rd_ring *b)
{
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns;
	if (a->process != b->process)
		return a->process < b->process;
	return a->number < b->number;
}

UT_HEAP_SIFT_DOWN(sift_down, struct rd_ring, is_before)

/* A ring that has been read to its end needs no window any more. */
static void end_ring(struct rd_ring *ring)
{
	free(ring->window);
	ring->window = NULL;
	ring->record = NULL;
}

static void choose_window(const struct rd_trace *trace, struct rd_native *native)
{
	size_t each = native->nrings ? ALL_WINDOWS / native->nrings : MAX_WINDOW;

	each = each > MAX_WINDOW ? MAX_WINDOW : each < MIN_WINDOW ? MIN_WINDOW : each;
	if (each > trace->file_size)
		each = (size_t)trace->file_size;
	if (native->has_packed && each < PACKED_WINDOW)
		each = PACKED_WINDOW;
	native->window_size = each & ~(size_t)(CTR_CELL_SIZE - 1);
}

/* The first ring leads until its records pass the earliest one of the others. */
static void find_second(struct rd_native *native)
{
	struct rd_ring **heap = native->heap;

	native->second_ns = native->nheap > 1 ? heap[1]->start_ns : UINT64_MAX;
	if (native->nheap > 2 && heap[2]->start_ns < native->second_ns)
		native->second_ns = heap[2]->start_ns;
}

void rd_merge_begin(struct rd_trace *trace, struct rd_native *native)
{
	size_t i;

	choose_window(trace, native);
	native->heap = ut_xcalloc(native->nrings, sizeof(*native->heap));
	for (i = 0; i < native->nrings; i++) {
		if (rd_ring_next(trace, native, native->rings[i]))
			native->heap[native->nheap++] = native->rings[i];
		else
			end_ring(native->rings[i]);
	}
	for (i = native->nheap / 2; i-- > 0;)
		sift_down(native->heap, native->nheap, i);
	find_second(native);
}

/* The first ring has a record that may not come next any more, or none. */
static struct rd_ring *reorder(struct rd_native *native, bool has_record)
{
	if (!has_record) {
		end_ring(native->heap[0]);
		native->heap[0] = native->heap[--native->nheap];
	}
	if (!native->nheap)
		return NULL;
	sift_down(native->heap, native->nheap, 0);
	find_second(native);
	return native->heap[0];
}

struct rd_ring *rd_merge_next(struct rd_trace *trace, struct rd_native *native)
{
	bool has_record;

	if (!native->nheap)
		return NULL;
	if (!native->begun) {
		native->begun = true;
		return native->heap[0];
	}
	has_record = rd_ring_next(trace, native, native->heap[0]);
	if (has_record && native->heap[0]->start_ns < native->second_ns)
		return native->heap[0];
	return reorder(native, has_record);
}
