/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor over the records of one ring. The file is read again, a window at a time. */
#include <stdlib.h>
#include <string.h>

#include "reader/native.h"
#include "reader/unpack.h"
#include "util/xalloc.h"

/*
 * Of a program that makes few calls each chunk holds a few, with those of other threads between
 * them. Reading what lies between is cheaper than asking the kernel again, up to so many bytes.
 */
#define WORTH_READING 4096u

#define RECORD_MAX (CTR_MAX_CELLS * sizeof(struct ctr_cell))

/* What is worth reading from `offset` in the present run on: it and those close behind it. */
static size_t size_from(const struct rd_native *native, const struct rd_ring *ring, uint64_t offset)
{
	uint64_t limit = offset + native->window_size, end = offset;

	for (size_t i = ring->run; i < ring->nruns; i++) {
		const struct rd_run *run = &ring->runs[i];
		uint64_t run_end = run->offset + (uint64_t)run->ncells * CTR_CELL_SIZE;

		/* The first one begins before `offset`, if part of it has been read. */
		if (run->packed)
			break;
		if (i > ring->run && (run->offset < end || run->offset - end > WORTH_READING))
			break;
		if (run_end >= limit)
			return native->window_size;
		end = run_end;
	}
	return (size_t)(end - offset);
}

/* Cells at `offset`, `ncells` of them in the present run, as many of them as can be had. */
static void look_at(struct rd_trace *trace, const struct rd_native *native, struct rd_ring *ring,
		    uint64_t offset, uint32_t ncells)
{
	uint64_t skip = offset - ring->window_offset, there;
	size_t wanted = (size_t)ncells * CTR_CELL_SIZE;

	if (wanted > RECORD_MAX)
		wanted = RECORD_MAX;
	/* Cells hold 8-byte numbers. */
	if (offset < ring->window_offset || skip + wanted > ring->window_size ||
	    skip % sizeof(uint64_t)) {
		if (!ring->window)
			ring->window = ut_xmalloc(native->window_size);
		ring->window_offset = offset;
		ring->window_size =
			rd_read_at(trace, offset, ring->window, size_from(native, ring, offset));
		skip = 0;
	}
	there = (ring->window_size - skip) / CTR_CELL_SIZE;
	if (there > ncells)
		there = ncells;
	ring->next = (const struct ctr_cell *)(const void *)(ring->window + skip);
	ring->limit = ring->next + there;
	ring->rest = ncells - (uint32_t)there;
}

/* A block is unpacked as a whole. If it cannot be, nothing of the run is in memory. */
static void unpack(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring,
		   const struct rd_run *run)
{
	const struct ctr_packed_block block = { .size = run->packed, .ncells = run->ncells };

	if (!ring->window)
		ring->window = ut_xmalloc(native->window_size);
	ring->window_size = 0;
	ring->next = ring->limit = (const struct ctr_cell *)(const void *)ring->window;
	ring->rest = 0;
	if (rd_read_at(trace, run->offset, native->packed, block.size) == block.size &&
	    rd_unpack_block(&block, native->packed, run->first,
			    (struct ctr_cell *)(void *)ring->window))
		ring->limit += run->ncells;
}

/* Has the next record in memory; false if there is none. */
static bool load(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring)
{
	const struct rd_run *run;
	uint32_t behind;

	/* The present run goes on. */
	if (ring->next < ring->limit || ring->rest) {
		run = &ring->runs[ring->run];
		behind = (uint32_t)(ring->limit - ring->next) + ring->rest;
		look_at(trace, native, ring,
			run->offset + (uint64_t)(run->ncells - behind) * CTR_CELL_SIZE, behind);
		return true;
	}
	if (ring->window)
		ring->run++;
	if (ring->run >= ring->nruns)
		return false;
	run = &ring->runs[ring->run];
	if (run->packed)
		unpack(trace, native, ring, run);
	else
		look_at(trace, native, ring, run->offset, run->ncells);
	ring->record_flags = run->flags;
	ring->record_clock = run->clock;
	return true;
}

/* The record that names a thread carries its time in the sample as well. */
static uint64_t record_start(const struct ctr_cell *cell)
{
	struct ctr_control_thread thread;

	if (cell->function != CTR_CONTROL_THREAD || cell->start || cell->ncells < 2)
		return cell->start;
	memcpy(&thread, cell->payload, sizeof(thread));
	return thread.clock.counter;
}

bool rd_ring_next(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring)
{
	uint32_t ncells;
	uint64_t start;

	/* A record may be cut by the window's edge. */
	if (ring->limit - ring->next < CTR_MAX_CELLS && (ring->rest || ring->next == ring->limit) &&
	    !load(trace, native, ring))
		return false;
	ncells = rd_record_cells(ring->next, (uint64_t)(ring->limit - ring->next));
	if (!ncells) {
		/* It was sound when the file was indexed. */
		rd_note_damage(trace, ring->runs[ring->run].offset,
			       "the file changed while it was read");
		return false;
	}
	ring->record = ring->next;
	ring->next += ncells;
	start = rd_clock_ns(&native->clock, ring->record_clock, record_start(ring->record));
	/* A ring is in order of starts; only a damaged record breaks that. */
	if (start > ring->start_ns)
		ring->start_ns = start;
	return true;
}

void rd_ring_free(struct rd_ring *ring)
{
	free(ring->runs);
	free(ring->window);
	free(ring);
}
