/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates. A thread may test one at any instant: whatever page lies there at the moment, its bytes
 * are right or undecided, and undecided is the slow way.
 */
#include "record/gates.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record/clock.h"
#include "record/files.h"
#include "record/fork.h"
#include "record/session.h"
#include "record/state.h"
#include "curtrace/switches.h"

#define FILE_NAME "switches"

union rec_gates rec_gates;

/* The page is the session's. Inherited by a child, as the mapping is. */
static bool shared;

/*
 * MAP_FIXED takes the old page away and puts the new one there under one lock of the kernel. Nobody
 * else writes to the file's size; pages beyond its end (where they are large) are never touched.
 */
static bool put_page(int fd, int flags)
{
	return mmap(&rec_gates, sizeof(rec_gates), PROT_READ | PROT_WRITE, MAP_FIXED | flags, fd,
		    0) != MAP_FAILED;
}

static bool is_sound(int fd)
{
	struct ctr_switches s;

	return pread(fd, &s, sizeof(s), 0) == sizeof(s) && s.magic == CTR_SWITCHES_MAGIC;
}

void rec_gates_open(int folder)
{
	int fd = rec_file_open(folder, FILE_NAME, sizeof(struct ctr_switches));

	if (fd >= 0 && is_sound(fd) && put_page(fd, MAP_SHARED | MAP_POPULATE))
		shared = true;
	else
		rec_gates_fill(CTR_GATE_ON);
	if (fd >= 0)
		close(fd);
}

/* A child may leave its parent's session: then what is shared must not be written to. */
void rec_gates_fill(enum ctr_gate gate)
{
	if (shared) {
		if (!put_page(-1, MAP_PRIVATE | MAP_ANONYMOUS))
			return;
		rec_fork_wipe(&rec_gates, sizeof(rec_gates));
		shared = false;
	}
	for (unsigned int id = 0; id < CTR_SWITCH_FUNCTIONS; id++)
		__atomic_store_n(&rec_gates.of[id], gate, __ATOMIC_RELAXED);
}

void rec_gates_create(int folder, bool off)
{
	struct ctr_switches *s = MAP_FAILED;
	int fd = rec_file_create(folder, FILE_NAME, sizeof(*s));

	if (fd < 0)
		return;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (s == MAP_FAILED)
		return;
	ctr_switches_begin(s, off ? CTR_SWITCH_ASKED : 0);
	munmap(s, sizeof(*s));
}

void rec_gates_forget(void)
{
	if (!shared)
		rec_gates_fill(CTR_GATE_UNDECIDED);
}

/* Under the lock: the count of the session must follow the slot's word. */
static void change_range(bool begin)
{
	struct ctr_process *slot = rec_process.slot;
	struct ctr_clock_sample now;

	if (!shared || !slot || !(rec_gates.page.state & CTR_SWITCH_RANGES))
		return;
	/* The collector takes it back for a process that dies in a range. */
	if (__atomic_exchange_n(&slot->in_range, begin, __ATOMIC_RELAXED) == begin)
		return;
	rec_clock_sample(CTR_CLOCK_MONOTONIC, &now);
	ctr_switches_change(&rec_gates.page, 0, 0, begin ? 1 : -1, now.monotonic_ns,
			    rec_process.pid);
}

/* Only a session's own page says so, and only of a process that records into it. */
static bool is_by_name(void)
{
	return shared && rec_gates.page.state & CTR_SWITCH_RANGES && rec_gates.page.range[0];
}

void rec_range(bool begin)
{
	struct rec_slow slow;
	sigset_t old;

	if (!rec_open() || is_by_name())
		return;
	rec_slow_enter(&slow);
	rec_lock(&old);
	change_range(begin);
	rec_unlock(&old);
	rec_slow_leave(&slow);
}

const char *rec_range_name(void)
{
	return rec_open() && is_by_name() ? rec_gates.page.range : NULL;
}

/* A range that was begun before a fork ends in the child too, where it was never counted. */
void rec_range_count(int more)
{
	struct rec_slow slow;
	sigset_t old;

	if (!rec_open())
		return;
	rec_slow_enter(&slow);
	rec_lock(&old);
	if (more > 0 || rec_process.open_ranges)
		rec_process.open_ranges += (uint32_t)more;
	change_range(rec_process.open_ranges > 0);
	rec_unlock(&old);
	rec_slow_leave(&slow);
}
