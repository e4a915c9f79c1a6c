/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loss records of the collector's own.
 */
#include "collect/losses.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Whose the oldest records are: the first record that names a thread can be its last one. */
static void note_owner(struct col_ring *r, const struct ctr_cell *cell)
{
	if (r->owner_seen || cell->ncells != COL_THREAD_CELLS ||
	    (cell->function != CTR_CONTROL_THREAD && cell->function != CTR_CONTROL_THREAD_END))
		return;
	r->owner_seen = true;
	if (cell->function == CTR_CONTROL_THREAD_END)
		memcpy(r->owner, cell, sizeof(r->owner));
}

void col_losses_note(struct col_ring *r, const struct ctr_cell *cells, uint32_t ncells)
{
	for (uint32_t i = 0; i < ncells && cells[i].ncells; i += cells[i].ncells) {
		struct ctr_control_loss loss;

		if (!r->first_counter)
			r->first_counter = cells[i].start;
		r->last_counter = cells[i].start;
		note_owner(r, &cells[i]);
		if (cells[i].function == CTR_CONTROL_THREAD && cells[i].ncells == COL_THREAD_CELLS)
			memcpy(r->whose, &cells[i], sizeof(r->whose));
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

/* As the thread is called now, if it is there. */
static void read_name(const struct col_process *p, struct ctr_control_thread *thread)
{
	char path[64], *text;
	size_t size;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/comm", p->pid, thread->tid);
	text = p->outlived && !p->foreign ? col_read_file(AT_FDCWD, path, &size) : NULL;
	if (text)
		snprintf(thread->name, sizeof(thread->name), "%.*s", (int)strcspn(text, "\n"),
			 text);
	free(text);
}

/*
 * The record that names the thread is the first of a ring and the first to be overwritten. Nobody
 * knows whose the records are before that of a thread which took the ring over.
 */
static bool tell_owner(struct collector *c, const struct col_process *p, struct col_ring *r)
{
	struct ctr_cell cells[COL_THREAD_CELLS] = { { .ncells = COL_THREAD_CELLS } };
	struct ctr_control_thread thread = {
		.tid = r->known.tid,
		.pid = p->pid,
		.clock = p->slot->opened,
	};

	if (r->owner_seen && !r->owner[0].ncells)
		return true;
	if (r->owner_seen) {
		memcpy(cells, r->owner, sizeof(cells));
	} else if (thread.tid) {
		read_name(p, &thread);
		memcpy((char *)cells + CTR_CELL_HEAD_SIZE, &thread, sizeof(thread));
	} else {
		return true;
	}
	cells[0].function = CTR_CONTROL_THREAD;
	cells[0].start = cells[0].end = r->first_counter;
	return write_cells(c, p, r->number, 0, cells, COL_THREAD_CELLS);
}

/* In front of the oldest that is kept: cells that were given up have numbers before it. */
static bool tell_overwritten(struct collector *c, const struct col_process *p, struct col_ring *r)
{
	const struct ctr_control_loss loss = { .other = r->final.lost_overwritten };

	if (loss.other &&
	    (!tell_owner(c, p, r) || !write_loss(c, p, r->number, COL_THREAD_CELLS,
						 r->first_counter, &loss, CTR_LOSS_OVERWRITTEN)))
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
		.other = p->counters.lost_no_ring + p->counters.lost_unread,
	};

	for (size_t i = 0; i < p->nrings; i++)
		if (!tell_ring(c, p, p->rings[i]))
			return false;
	return (!loss.reentered && !loss.other) ||
	       write_loss(c, p, CTR_RING_NONE, 0, p->opened, &loss, CTR_LOSS_NO_RING);
}

bool col_losses_tell_before(struct collector *c, const struct col_process *p, struct col_ring *r,
			    const struct col_ring_before *before)
{
	const struct ctr_control_loss loss = {
		.full = r->told_full,
		.reentered = r->told_reentered,
		.other = before->taken + before->lost_write,
	};
	struct ctr_cell cells[COL_BEFORE_CELLS];
	struct ctr_cell *last = &cells[COL_THREAD_CELLS];

	if (!loss.full && !loss.reentered && !loss.other && !r->whose->ncells)
		return true;
	memcpy(cells, r->whose, sizeof(r->whose));
	*last = (struct ctr_cell){
		.commit = COL_BEFORE_CELLS,
		.start = r->last_counter,
		.end = r->last_counter,
		.function = CTR_CONTROL_LOSS,
		.ncells = 1,
		.result = CTR_LOSS_OVERWRITTEN,
	};
	memcpy(last->payload, &loss, sizeof(loss));
	cells->start = cells->end = r->last_counter;
	/* One that took over a ring without a name would be a later version's. */
	if (!r->whose->ncells)
		return write_cells(c, p, r->number, COL_THREAD_CELLS, last, 1);
	return write_cells(c, p, r->number, 0, cells, COL_BEFORE_CELLS);
}

/* Half of the room that is kept for the end is the end's. */
void col_losses_tell_late(struct collector *c)
{
	uint64_t limit = c->trace.size + WR_NATIVE_RESERVE / 2;

	for (size_t i = 0; i < c->nprocesses && c->trace.size < limit; i++)
		if (c->processes[i]->untold)
			c->processes[i]->untold = !col_losses_tell_rest(c, c->processes[i]);
}
