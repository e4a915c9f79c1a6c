/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor over the records of one ring. The file is read again, a window at a time. */
#include <stdlib.h>
#include <string.h>

#include "reader/native.h"
#include "util/xalloc.h"

uint32_t rd_record_cells(const struct ctr_cell *cell, uint32_t room)
{
	if (!room || !cell->ncells || cell->ncells > CTR_MAX_CELLS || cell->ncells > room)
		return 0;
	return cell->ncells;
}

/* Cell number `cell` of the present run, with all of its record that the run has behind it. */
static const struct ctr_cell *load(struct rd_trace *trace, struct rd_ring *ring, uint32_t cell,
				   uint32_t *room)
{
	const struct rd_run *run = &ring->runs[ring->run];
	uint32_t rest = run->ncells - cell;
	uint32_t wanted = rest < CTR_MAX_CELLS ? rest : CTR_MAX_CELLS;

	if (cell < ring->window_first || cell + wanted > ring->window_first + ring->window_cells) {
		size_t size = (rest < RD_WINDOW_CELLS ? rest : RD_WINDOW_CELLS) * CTR_CELL_SIZE;

		if (!ring->window)
			ring->window = ut_xmalloc(RD_WINDOW_CELLS * CTR_CELL_SIZE);
		size = rd_read_at(trace, run->offset + (uint64_t)cell * CTR_CELL_SIZE, ring->window,
				  size);
		ring->window_first = cell;
		ring->window_cells = (uint32_t)(size / CTR_CELL_SIZE);
	}
	*room = ring->window_first + ring->window_cells - cell;
	if (*room > rest)
		*room = rest;
	return ring->window + (cell - ring->window_first);
}

/* Moves to the next run that has a record in it; false if there is none. */
static bool has_more(struct rd_ring *ring)
{
	while (ring->run < ring->nruns && ring->cell >= ring->runs[ring->run].ncells) {
		ring->run++;
		ring->cell = 0;
		ring->window_cells = 0;
	}
	return ring->run < ring->nruns;
}

/* The record that names a thread carries its time in the sample as well. */
static uint64_t record_start(const struct rd_ring *ring)
{
	struct ctr_control_thread thread;

	if (ring->record[0].function != CTR_CONTROL_THREAD || ring->record[0].start)
		return ring->record[0].start;
	memcpy(&thread, ring->record[0].payload, sizeof(thread));
	return thread.clock.counter;
}

/* The record is copied: the window moves on, and a record may be cut by its edge. */
bool rd_ring_next(struct rd_trace *trace, struct rd_native *native, struct rd_ring *ring)
{
	const struct ctr_cell *cells;
	uint32_t room, ncells;
	uint64_t start;

	if (!has_more(ring))
		return false;
	cells = load(trace, ring, ring->cell, &room);
	ncells = rd_record_cells(cells, room);
	if (!ncells) {
		/* It was sound when the file was indexed. */
		rd_note_damage(trace, ring->runs[ring->run].offset,
			       "the file changed while it was read");
		return false;
	}
	/* One by one, each a few stores: nearly all records are of one or two. */
	for (uint32_t i = 0; i < ncells; i++)
		ring->record[i] = cells[i];
	ring->record_flags = ring->runs[ring->run].flags;
	ring->record_clock = ring->runs[ring->run].clock;
	ring->cell += ncells;
	start = rd_clock_ns(&native->clock, ring->record_clock, record_start(ring));
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
