/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of a flight recorder that goes on, as it was at one instant. Writing a trace takes longer
 * than the program needs to come round: cells are copied first, and then read at leisure.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/guard.h"
#include "collect/ring.h"
#include "util/xalloc.h"

/* A thread that never pauses is counted as it runs by in the end: off by a few calls. */
#define TRIES   100000
#define WAIT_US 500

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
		counted = newest_counted(r, head);
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

/*
 * The commit words come first: what a record says is complete when its commit word is there, and a
 * copy that took both in any order could have the word without the rest.
 */
static void copy_cells(struct ctr_cell *to, const struct ctr_cell *from, uint32_t n)
{
	uint64_t *commits = ut_xcalloc(n, sizeof(*commits));

	for (uint32_t i = 0; i < n; i++)
		commits[i] = __atomic_load_n(&from[i].commit, __ATOMIC_ACQUIRE);
	memcpy(to, from, n * sizeof(*to));
	for (uint32_t i = 0; i < n; i++)
		to[i].commit = commits[i];
	free(commits);
}

bool col_ring_freeze(struct col_ring *r, uint64_t until_ns)
{
	struct ctr_ring *copy =
		mmap(NULL, r->map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ctr_cell *cells = (void *)((char *)copy + CTR_RING_HEADER_SIZE);
	uint64_t head, tail, now;

	if (copy == MAP_FAILED)
		return false;
	head = read_counters(r, until_ns);
	copy_cells(cells, r->cells, r->ncells);
	/* What was written over meanwhile had been given up before. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	now = col_ring_head(r);
	tail = __atomic_load_n(&r->shared->tail, __ATOMIC_ACQUIRE);
	/* One that makes no sense: then a record may be in the making in the cells behind. */
	if (tail <= now && now - tail > r->ncells) {
		tail = now > r->ncells ? now - (r->ncells - CTR_MAX_CELLS) : r->tail;
		r->tail = tail < head ? tail : head;
		r->synced = false;
	}
	*copy = *r->shared;
	copy->head = head;
	copy->tail = tail < head ? tail : head;
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
