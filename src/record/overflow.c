/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overflow policies. The consumer's word `tail` is read here and nowhere else; it lies in shared
 * memory and is believed only as far as it makes sense.
 */
#include "record/overflow.h"

#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "record/files.h"
#include "record/settle.h"
#include "record/state.h"

/* The wait for the collector, which polls every millisecond or so when there is work. */
#define WAIT_FIRST_NS   50000
#define WAIT_LONGEST_NS 1000000
/* How often a waiting thread looks whether there still is a collector. */
#define PROBE_NS 100000000

static uint64_t ring_cells(const struct rec_thread *t)
{
	return (t->offset_mask + 1) / CTR_CELL_SIZE;
}

/* Sets the limit and answers whether it is far enough. */
static bool set_limit(struct rec_thread *t, unsigned int ncells)
{
	uint64_t limit = t->tail + ring_cells(t);

	__atomic_store_n(&t->limit, limit, __ATOMIC_RELAXED);
	/* A handler that counted a loss has set the limit to 0, perhaps just before. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&t->lost_reentered, __ATOMIC_RELAXED) != 0 || t->broken)
		__atomic_store_n(&t->limit, 0, __ATOMIC_RELAXED);
	return t->head + ncells <= limit && !t->broken;
}

/* What the consumer has taken becomes room; a tail that cannot be leaves things as they were. */
static bool look(struct rec_thread *t, unsigned int ncells)
{
	/* Pairs with the consumer's release: it has finished reading the cells below. */
	uint64_t tail = __atomic_load_n(&t->ring->tail, __ATOMIC_ACQUIRE);

	if (tail >= t->tail && tail <= t->head)
		t->tail = tail;
	return set_limit(t, ncells);
}

/*
 * Flight recorder: gives up the oldest records, an eighth of the ring at a time. A call in flight
 * is not given up: its cell will still be written to when it returns. Here the tail is the
 * producer's to move; readers look at it again after having copied.
 */
static void overwrite(struct rec_thread *t, unsigned int ncells)
{
	uint64_t size = ring_cells(t), wanted = t->head + ncells + size / 8 - size;

	while (t->tail < wanted && t->tail < t->head && !rec_is_stuck(t)) {
		unsigned int n = rec_cell_at(t, t->tail)->ncells;

		t->tail = n >= 1 && n <= CTR_MAX_CELLS ? t->tail + n : t->head;
	}
	__atomic_store_n(&t->ring->tail, t->tail, __ATOMIC_RELEASE);
	/* No cell below the new tail is written to before the tail is seen to have moved. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

bool rec_room_now(struct rec_thread *t, unsigned int ncells)
{
	if (rec_process.overflow != CTR_OVERFLOW_OVERWRITE)
		return look(t, ncells);
	if (set_limit(t, ncells))
		return true;
	overwrite(t, ncells);
	return set_limit(t, ncells);
}

/*
 * The next best sign for a program that cannot open the file any more: it has used up its
 * descriptors, changed its user or its root.
 */
static bool creator_exists(void)
{
	pid_t pid = (pid_t)rec_process.session->creator_pid;

	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

/* The collector holds an exclusive lock on the session file for as long as it lives. */
static bool collector_alive(void)
{
	int folder = rec_folder_open(rec_process.folder), fd = -1;
	bool alive;

	if (folder >= 0) {
		fd = rec_file_open(folder, "session", 0);
		close(folder);
	}
	if (fd < 0)
		return creator_exists();
	alive = flock(fd, LOCK_SH | LOCK_NB) < 0;
	close(fd);
	return alive;
}

/* The collector says so before it looks at the rings for the last time. */
bool rec_session_over(void)
{
	return __atomic_load_n(&rec_process.session->state, __ATOMIC_RELAXED) !=
	       CTR_SESSION_RECORDING;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The one place where a program's call waits for the collector. Its signals reach it here. */
static __attribute__((noinline)) bool wait_for_collector(struct rec_thread *t, unsigned int ncells)
{
	uint64_t start = now_ns(), now = start, probe = start;
	struct timespec pause = { .tv_nsec = WAIT_FIRST_NS };

	do {
		if (rec_session_over())
			return false;
		if (now >= probe) {
			if (!collector_alive())
				return false;
			probe = now + PROBE_NS;
		}
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < WAIT_LONGEST_NS)
			pause.tv_nsec *= 2;
		if (look(t, ncells))
			return true;
		/* It can only be waiting for us. */
		if (t->broken || rec_is_stuck(t))
			return false;
		now = now_ns();
	} while (now - start < rec_process.block_timeout_ns);
	return false;
}

bool rec_room_wait(struct rec_thread *t, unsigned int ncells, bool *waited)
{
	uint64_t before = t->tail;

	if (rec_room_now(t, ncells)) {
		t->stalled = 0;
		return true;
	}
	if (rec_is_stuck(t) || rec_process.overflow != CTR_OVERFLOW_BLOCK)
		return false;
	/* Having waited in vain once, it is for the consumer to move first. */
	if (t->stalled && t->tail == before)
		return false;
	*waited = true;
	t->stalled = !wait_for_collector(t, ncells);
	return !t->stalled;
}
