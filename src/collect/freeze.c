/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring that goes on, as it was at one instant. Writing a trace takes longer than the program
 * needs to come round: cells are copied first, and then read at leisure.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/guard.h"
#include "collect/ring.h"

/* A thread that never pauses is counted as it runs by in the end: off by a few calls. */
#define TRIES   100000
#define WAIT_US 500

/* Cells that are copied before the producer is looked for. */
#define AT_ONCE 64

/*
 * The newest record is committed: its call is counted. Of one that is not the thread may stand
 * between publishing the record and counting it.
 */
static bool newest_counted(const struct col_ring *r, uint64_t head)
{
	for (uint64_t n = 1; n <= CTR_MAX_CELLS && n <= head; n++) {
		const struct ctr_cell *cell = &r->cells[(head - n) & (r->ncells - 1)];

		if (__atomic_load_n(&cell->commit, __ATOMIC_ACQUIRE) == head - n + 1)
			return cell->ncells == n;
	}
	return !head;
}

/* Counters that belong to this head: what was recorded up to it. */
static uint64_t read_counters(struct col_ring *r, uint64_t until_ns)
{
	uint64_t head;
	bool counted;

	for (int i = 0;; i++) {
		head = col_ring_head(r);
		counted = !r->overwrite || newest_counted(r, head);
		col_ring_look(r);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (head != col_ring_head(r) && i < TRIES)
			continue;
		/* Long in a call, or not running: who waited for it to be counted would know. */
		if (counted || i >= TRIES || col_clock_monotonic_ns() > until_ns)
			return head;
		usleep(WAIT_US);
	}
}

/* Where the producer stands now: cells below are written over, or are about to be. */
static uint64_t given_up(struct col_ring *r, bool *makes_sense)
{
	uint64_t now, tail;

	/* What was read before is good if the producer has not come there by now. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	now = col_ring_head(r);
	tail = __atomic_load_n(&r->shared->tail, __ATOMIC_ACQUIRE);
	*makes_sense = tail <= now && now - tail <= r->ncells;
	if (*makes_sense)
		return tail;
	/* Then a record may be in the making in the cells behind. */
	return now > r->ncells ? now - (r->ncells - CTR_MAX_CELLS) : r->tail;
}

/*
 * The commit word first: what a record says is complete when its commit word is there, and a copy
 * that took both in any order could have the word without the rest.
 */
static void copy_range(const struct col_ring *r, struct ctr_cell *to, uint64_t number, uint64_t end)
{
	for (; number < end; number++) {
		uint64_t at = number & (r->ncells - 1);
		uint64_t commit = __atomic_load_n(&r->cells[at].commit, __ATOMIC_ACQUIRE);

		to[at] = r->cells[at];
		to[at].commit = commit;
	}
}

/* A producer that waits for the tail writes over none of them. */
static uint64_t copy_kept(const struct col_ring *r, struct ctr_cell *to, uint64_t head)
{
	if (head - r->tail <= r->ncells)
		copy_range(r, to, r->tail, head);
	return r->tail;
}

/*
 * Copies the cells up to `head`, and returns the first that is good. The oldest first: that is
 * where the producer goes on, and we are faster.
 */
static uint64_t copy_cells(struct col_ring *r, struct ctr_cell *to, uint64_t head)
{
	uint64_t good = head > r->ncells ? head - r->ncells : 0;

	for (uint64_t number = good; number < head;) {
		uint64_t end = number + AT_ONCE < head ? number + AT_ONCE : head, gone;
		bool makes_sense;

		copy_range(r, to, number, end);
		number = end;
		gone = given_up(r, &makes_sense);
		r->synced &= makes_sense;
		if (gone > good)
			good = gone < end ? gone : end;
	}
	return good;
}

bool col_ring_freeze(struct col_ring *r, uint64_t until_ns)
{
	/* Where there is a race, its pages are there before. */
	struct ctr_ring *copy =
		mmap(NULL, r->map_size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | (r->overwrite ? MAP_POPULATE : 0), -1, 0);
	struct ctr_cell *cells = (void *)((char *)copy + CTR_RING_HEADER_SIZE);
	uint64_t head;

	if (copy == MAP_FAILED)
		return false;
	head = read_counters(r, until_ns);
	*copy = *r->shared;
	copy->head = head;
	copy->tail = r->overwrite ? copy_cells(r, cells, head) : copy_kept(r, cells, head);
	if (!r->synced)
		r->tail = copy->tail;
	copy->calls = r->known.calls;
	copy->recorded = r->known.recorded;
	copy->lost_full = r->known.lost_full;
	copy->lost_reentered = r->known.lost_reentered;
	copy->lost_ended = r->known.lost_ended;
	r->broken |= r->guard && r->guard->broken;
	col_ring_detach(r);
	r->shared = copy;
	r->cells = cells;
	return true;
}
