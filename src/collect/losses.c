/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loss records of the collector's own.
 */
#include "collect/losses.h"

#include <string.h>
#include <sys/uio.h>

/* Cells that no ring has had; numbered as those whose place they take. */
static bool write_cells(struct collector *c, const struct col_process *p, uint32_t ring,
			uint64_t first, struct ctr_cell *cells, uint32_t ncells)
{
	struct ctr_chunk_cells head = {
		.process = (uint32_t)p->index,
		.ring = ring,
		.first = first,
		.clock = p->slot_clock,
	};
	const struct iovec parts[2] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = cells, .iov_len = ncells * sizeof(*cells) },
	};

	cells->commit = first + 1;
	return p->index >= 0 && col_write(c, CTR_CHUNK_CELLS, parts, 2);
}

static bool write_loss(struct collector *c, const struct col_process *p, uint32_t ring,
		       uint64_t first, uint64_t when, const struct ctr_control_loss *loss,
		       enum ctr_loss why)
{
	struct ctr_cell cell = {
		.start = when,
		.end = when,
		.function = CTR_CONTROL_LOSS,
		.ncells = 1,
		.result = (int32_t)why,
	};

	memcpy(cell.payload, loss, sizeof(*loss));
	return write_cells(c, p, ring, first, &cell, 1);
}

void col_losses_note(struct col_ring *r, const struct ctr_cell *cells, uint32_t ncells)
{
	for (uint32_t i = 0; i < ncells && cells[i].ncells; i += cells[i].ncells) {
		struct ctr_control_loss loss;

		if (!r->first_counter)
			r->first_counter = cells[i].start;
		r->last_counter = cells[i].start;
		if (cells[i].function != CTR_CONTROL_LOSS)
			continue;
		memcpy(&loss, cells[i].payload, sizeof(loss));
		r->told_full += loss.full;
		r->told_reentered += loss.reentered;
	}
}

/* Whose calls the next ones are must be known even if that record was not written either. */
static void keep_thread(struct col_ring *r, const struct ctr_cell *cells, uint32_t ncells)
{
	for (uint32_t i = 0; i < ncells && cells[i].ncells; i += cells[i].ncells) {
		if (cells[i].function != CTR_CONTROL_THREAD || cells[i].ncells != COL_THREAD_CELLS)
			continue;
		memcpy(r->thread, &cells[i], sizeof(r->thread));
		r->thread_missing = true;
	}
}

/* One record for all that are lost in a row, in the place of the first. */
void col_losses_unwritten(struct col_ring *r, const struct col_run *run,
			  const struct ctr_cell *cells, uint32_t calls)
{
	if (!r->missing)
		r->unwritten_at = run->first;
	r->missing = true;
	keep_thread(r, cells, run->ncells);
	r->unwritten += calls;
	r->lost_write += calls;
}

/* Both fit into the place of what was lost: the thread's record, and a cell for each call. */
void col_losses_tell_unwritten(struct collector *c, const struct col_process *p, struct col_ring *r)
{
	const struct ctr_control_loss loss = { .other = r->unwritten };

	if (!r->missing)
		return;
	if (r->thread_missing) {
		if (!write_cells(c, p, r->number, r->unwritten_at, r->thread, COL_THREAD_CELLS))
			return;
		r->thread_missing = false;
		r->unwritten_at += COL_THREAD_CELLS;
	}
	if (r->unwritten && !write_loss(c, p, r->number, r->unwritten_at, r->last_counter, &loss,
					CTR_LOSS_TRACE_DISK))
		return;
	r->unwritten = 0;
	r->missing = false;
}

/* Where its records end: the process found no room for the record, or no time. */
static bool tell_end(struct collector *c, const struct col_process *p, struct col_ring *r)
{
	struct ctr_control_loss loss = { .full = 0 };

	if (r->final.lost_full > r->told_full)
		loss.full = r->final.lost_full - r->told_full;
	if (r->final.lost_reentered > r->told_reentered)
		loss.reentered = r->final.lost_reentered - r->told_reentered;
	if ((loss.full || loss.reentered) &&
	    !write_loss(c, p, r->number, r->tail, r->last_counter, &loss, CTR_LOSS_UNKNOWN))
		return false;
	r->told_full += loss.full;
	r->told_reentered += loss.reentered;
	loss = (struct ctr_control_loss){ .other = r->final.lost_damaged };
	if (loss.other &&
	    !write_loss(c, p, r->number, r->tail + 1, r->last_counter, &loss, CTR_LOSS_DAMAGED))
		return false;
	r->final.lost_damaged = 0;
	return true;
}

/* In front of the oldest that is kept: cells that were given up have numbers before it. */
static bool tell_overwritten(struct collector *c, const struct col_process *p, struct col_ring *r)
{
	const struct ctr_control_loss loss = { .other = r->final.lost_overwritten };

	if (loss.other &&
	    !write_loss(c, p, r->number, 0, r->first_counter, &loss, CTR_LOSS_OVERWRITTEN))
		return false;
	r->final.lost_overwritten = 0;
	return true;
}

static bool tell_ring(struct collector *c, const struct col_process *p, struct col_ring *r)
{
	col_losses_tell_unwritten(c, p, r);
	return !r->missing && tell_overwritten(c, p, r) && tell_end(c, p, r);
}

bool col_losses_tell_rest(struct collector *c, struct col_process *p)
{
	struct ctr_control_loss loss = {
		.reentered = p->counters.lost_in_child,
		.other = p->counters.lost_no_ring,
	};

	for (size_t i = 0; i < p->nrings; i++)
		if (!tell_ring(c, p, p->rings[i]))
			return false;
	return (!loss.reentered && !loss.other) ||
	       write_loss(c, p, CTR_RING_NONE, 0, p->opened, &loss, CTR_LOSS_NO_RING);
}

/* Half of the room that is kept for the end is the end's. */
void col_losses_tell_late(struct collector *c)
{
	uint64_t limit = c->trace.size + WR_NATIVE_RESERVE / 2;

	for (size_t i = 0; i < c->nprocesses && c->trace.size < limit; i++)
		if (c->processes[i]->untold)
			c->processes[i]->untold = !col_losses_tell_rest(c, c->processes[i]);
}
