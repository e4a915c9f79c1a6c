/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving what a process recorded into the trace. The order within the trace is such that a reader
 * has what it needs: the process before its maps, maps and definitions before the records that
 * refer to them. Therefore heads are read first, then definitions, then records up to those heads.
 */
#include "collect/internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/stacks.h"
#include "collect/losses.h"
#include "collect/references.h"
#include "util/xalloc.h"

/* How often the map of a process is read again because a caller was in none of its ranges. */
#define MAPS_INTERVAL_NS 100000000ull

/* A thread that was not running for so long, of a process that goes on, is in a call. */
#define FREEZE_NS 100000000ull

/* Rings whose heads are read together, before the definitions that their records may need. */
#define RINGS_AT_ONCE 64

/* The process gets its number in the trace. Without it nothing of it could be told apart. */
static bool announce(struct collector *c, struct col_process *p)
{
	struct iovec part;
	char *text;

	if (p->index >= 0)
		return true;
	text = col_describe_process(p);
	part = (struct iovec){ .iov_base = text, .iov_len = strlen(text) };
	if (col_write(c, CTR_CHUNK_PROCESS, &part, 1))
		p->index = c->next_index++;
	free(text);
	return p->index >= 0;
}

/* Once for each change: m.text stays what was written last. */
static void write_maps(struct collector *c, struct col_process *p)
{
	struct ctr_chunk_defs head = { .process = (uint32_t)p->index };
	struct iovec parts[2] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = p->maps.text, .iov_len = p->maps.size },
	};

	if (!p->maps_written && p->maps.size && p->index >= 0)
		p->maps_written = col_write(c, CTR_CHUNK_MAPS, parts, 2);
}

/*
 * The modules of all maps together are what is inspected in the end; a plugin may be unloaded by
 * then.
 */
static void take_maps(struct collector *c, struct col_process *p, char *text, size_t size)
{
	if (text && col_maps_update(&p->maps, text, size)) {
		p->maps_written = false;
		col_modules_add_maps(&c->modules, p->maps.text, p->maps.size);
		col_addresses_add_maps(&p->addresses, p->maps.text, p->maps.size);
	}
	free(text);
	write_maps(c, p);
}

/* What it had mapped at its first call: since then a plugin may have gone. */
static void take_first_maps(struct collector *c, struct col_process *p)
{
	size_t size = 0;
	char *text = col_process_first_maps(p, c->session->dirfd, &size);

	take_maps(c, p, text, size);
}

/* Callers lie in what has been loaded since the map was read: it is read again, but not often. */
static void check_callers(struct collector *c, struct col_process *p, uint32_t ncells)
{
	for (uint32_t i = 0; i < ncells && c->batch[i].ncells; i += c->batch[i].ncells) {
		uint64_t now;
		size_t size;
		char *text;

		if (c->batch[i].function < CTR_FIRST_FUNCTION ||
		    col_maps_holds(&p->maps, c->batch[i].caller))
			continue;
		now = col_clock_monotonic_ns();
		if (now < p->maps_due_ns)
			return;
		p->maps_due_ns = now + MAPS_INTERVAL_NS;
		text = col_process_read_maps(p, c->session->dirfd, &size);
		take_maps(c, p, text, size);
		return;
	}
}

/*
 * The cells go out as they are: turning them into events is the reader's work, when the program no
 * longer waits.
 */
static bool write_cells(struct collector *c, const struct col_process *p, const struct col_ring *r,
			const struct col_run *run)
{
	struct ctr_chunk_cells head = {
		.process = (uint32_t)p->index,
		.ring = r->number,
		.first = run->first,
		.flags = run->kind == COL_RUN_IN_FLIGHT ? CTR_CELLS_IN_FLIGHT : 0,
		.clock = p->slot_clock,
	};
	const struct iovec parts[2] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = c->batch, .iov_len = run->ncells * sizeof(*c->batch) },
	};

	return p->index >= 0 && col_write(c, CTR_CHUNK_CELLS, parts, 2);
}

/* The run is in c->batch. Only when it is in the trace does its room become free. */
static void move_run(struct collector *c, struct col_process *p, struct col_ring *r,
		     const struct col_run *run)
{
	bool in_flight = run->kind == COL_RUN_IN_FLIGHT;
	uint32_t calls = col_run_calls(c->batch, run->ncells);

	check_callers(c, p, run->ncells);
	col_addresses_add_calls(&p->addresses, c->batch, run->ncells);
	/* Until then it says where the call stands on its stack. */
	if (in_flight)
		c->batch[0].result = 0;
	col_losses_tell_unwritten(c, p, r);
	if (write_cells(c, p, r, run)) {
		r->taken += calls;
		r->in_flight += in_flight ? calls : col_run_left(c->batch, run->ncells);
		col_stats_count(c->stats, c->batch, run->ncells, in_flight);
		col_losses_note(r, c->batch, run->ncells);
		if (c->watch.triggers && !in_flight)
			col_triggers_look(c, p, r, run);
	} else {
		col_losses_unwritten(r, run, c->batch, calls);
	}
	col_ring_release(r, run);
	c->moved = true;
}

/*
 * Up to `head` and no further, or a producer that never pauses would keep us from the other rings.
 */
static void drain_ring(struct collector *c, struct col_process *p, struct col_ring *r,
		       uint64_t head, bool dead)
{
	uint64_t fill = (head - r->tail) * 256 / r->ncells;

	if (!c->overwrite && !r->broken && fill > c->ring_fill)
		c->ring_fill = fill < 256 ? (uint32_t)fill : 256;
	col_ring_look(r);
	for (;;) {
		struct col_run run = col_ring_next(r, head, COL_BATCH_CELLS, dead);

		if (run.kind == COL_RUN_NONE)
			return;
		if (run.kind == COL_RUN_DAMAGED)
			col_ring_release(r, &run);
		else if (col_ring_copy(r, &run, c->batch))
			move_run(c, p, r, &run);
		else
			head = col_ring_head(r);
	}
}

/*
 * Definitions that are refused by the disk are offered again in the next round: unlike cells
 * nobody waits for their room.
 */
static void drain_defs(struct collector *c, struct col_process *p, bool dead)
{
	struct ctr_chunk_defs head = { .process = (uint32_t)p->index };
	char name[64];
	size_t size;

	/* What cannot be written now stays in its file. */
	if (p->index < 0)
		return;
	snprintf(name, sizeof(name), "defs.%s", p->tag);
	while ((size = col_defs_read(&p->defs, c->session->dirfd, name, dead))) {
		const struct iovec parts[2] = {
			{ .iov_base = &head, .iov_len = sizeof(head) },
			{ .iov_base = p->defs.data, .iov_len = size },
		};

		if (!col_write(c, CTR_CHUNK_DEFS, parts, 2))
			return;
		col_references_warn(&c->warnings, p->defs.data, size);
		col_runtimes_take(&c->runtimes, p->defs.data, size);
		col_defs_take(&p->defs, size);
	}
}

/* Costs one load of a cache line for each ring where nothing has happened. */
void col_drain(struct collector *c, struct col_process *p, bool dead)
{
	uint64_t heads[RINGS_AT_ONCE];

	/* The first map is read while the program is there: callers are looked up in it. */
	announce(c, p);
	if (!p->maps.size && p->nrings) {
		size_t size = 0;
		char *text;

		take_first_maps(c, p);
		text = col_process_read_maps(p, c->session->dirfd, &size);

		take_maps(c, p, text, size);
	}
	write_maps(c, p);
	/* A flight recorder keeps the newest: what is too old is known only at the end. */
	if (c->overwrite && !dead)
		return;
	if (dead && !p->nrings)
		drain_defs(c, p, dead);
	for (size_t first = 0; first < p->nrings; first += RINGS_AT_ONCE) {
		size_t n = p->nrings - first < RINGS_AT_ONCE ? p->nrings - first : RINGS_AT_ONCE;
		bool records = dead;

		for (size_t i = 0; i < n; i++) {
			heads[i] = col_ring_head(p->rings[first + i]);
			records |= heads[i] != p->rings[first + i]->tail;
		}
		if (records)
			drain_defs(c, p, dead);
		for (size_t i = 0; i < n; i++)
			drain_ring(c, p, p->rings[first + i], heads[i], dead);
	}
}

/* Shared memory is scarce, and the budget counts it. */
static void remove_files(struct collector *c, struct col_process *p)
{
	static const char *const kinds[] = { "defs", "maps", "first" };
	char name[80];

	for (size_t i = 0; i < p->nrings; i++) {
		snprintf(name, sizeof(name), "ring.%s.%u", p->tag, p->rings[i]->number);
		if (!unlinkat(c->session->dirfd, name, 0))
			__atomic_fetch_sub(&c->session->shared->bytes_used, p->rings[i]->map_size,
					   __ATOMIC_RELAXED);
	}
	col_stacks_remove(c, p);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(name, sizeof(name), "%s.%s", kinds[i], p->tag);
		unlinkat(c->session->dirfd, name, 0);
	}
}

/* One look at a flight recorder that goes on. What its records refer to was defined before. */
static void drain_running(struct collector *c, struct col_process *p)
{
	uint64_t until_ns = col_clock_monotonic_ns() + FREEZE_NS;
	bool *frozen = ut_xcalloc(p->nrings + 1, sizeof(*frozen));

	for (size_t i = 0; i < p->nrings; i++)
		frozen[i] = col_ring_freeze(p->rings[i], until_ns);
	drain_defs(c, p, false);
	for (size_t i = 0; i < p->nrings; i++)
		drain_ring(c, p, p->rings[i], col_ring_head(p->rings[i]), frozen[i]);
	free(frozen);
}

/* After this nothing of the process is looked at again. */
void col_close_process(struct collector *c, struct col_process *p, bool still_runs)
{
	size_t size = 0;
	char *text;

	p->outlived = still_runs;
	announce(c, p);
	if (!p->maps.size)
		take_first_maps(c, p);
	/* What it had mapped at its end comes before the records that may need it. */
	text = still_runs ? col_process_read_maps(p, c->session->dirfd, &size)
			  : col_process_left_maps(p, c->session->dirfd, &size);
	take_maps(c, p, text, size);
	/* A flight recorder that still runs must not be read as one that stands still. */
	if (c->overwrite && still_runs)
		drain_running(c, p);
	else
		col_drain(c, p, true);
	col_process_count(p);
	col_places_take(c, p);
	p->untold = !col_losses_tell_rest(c, p);
	if (!still_runs)
		col_switches_leave(c, p);
	if (!c->keep_files)
		remove_files(c, p);
	for (size_t i = 0; i < p->nrings; i++)
		col_ring_detach(p->rings[i]);
	col_maps_free(&p->maps);
	col_defs_free(&p->defs);
	p->closed = true;
}
