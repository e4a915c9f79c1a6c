/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening the session. What is read from its file is checked once and copied, so that a file that
 * is damaged later cannot make the program do anything but lose records.
 */
#include "record/session.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/clock.h"
#include "record/files.h"
#include "record/flight.h"
#include "record/fork.h"
#include "record/gates.h"
#include "record/guard.h"
#include "record/inject.h"
#include "record/memory.h"
#include "record/process.h"
#include "record/setup.h"
#include "record/stack.h"
#include "record/state.h"

struct rec_switch rec_switch;
struct rec_process rec_process;
bool rec_kernel_args;

struct ctr_session *rec_session_known;

/* The session that this process or an ancestor made for itself: children join it. */
static char flight_folder[REC_FOLDER_SIZE];

static bool valid_settings(const struct ctr_session *s, uint64_t file_size)
{
	return s->version_major == CTR_VERSION_MAJOR && s->version_minor <= CTR_VERSION_MINOR &&
	       s->header_size == sizeof(*s) && s->process_size == sizeof(struct ctr_process) &&
	       s->process_slots > 0 && s->process_slots <= CTR_PROCESS_SLOTS &&
	       file_size >= CTR_SESSION_FILE_SIZE && s->overflow <= CTR_OVERFLOW_OVERWRITE &&
	       s->ring_bytes >= REC_MIN_RING_BYTES && s->ring_bytes <= REC_MAX_RING_BYTES &&
	       (s->ring_bytes & (s->ring_bytes - 1)) == 0;
}

/* A session that is to be known is known already, or has just been opened. */
static void know(int fd)
{
	struct ctr_session *s;

	if (rec_session_known)
		return;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (s == MAP_FAILED)
		return;
	if (__atomic_load_n(&s->magic, __ATOMIC_ACQUIRE) == CTR_SESSION_MAGIC &&
	    valid_settings(s, CTR_SESSION_FILE_SIZE))
		rec_session_known = s;
	else
		munmap(s, sizeof(*s));
}

void rec_session_know(const char *path)
{
	int folder = rec_folder_open(path), fd = -1;

	if (folder >= 0) {
		fd = rec_file_open(folder, "session", CTR_SESSION_FILE_SIZE);
		close(folder);
	}
	if (fd >= 0) {
		know(fd);
		close(fd);
	}
}

/* Its calls are lost, unless there is nobody who would miss them. */
static enum rec_state barred(void)
{
	if (rec_session_known &&
	    __atomic_load_n(&rec_session_known->state, __ATOMIC_RELAXED) == CTR_SESSION_RECORDING)
		return REC_BARRED;
	return REC_OFF;
}

/* Maps the folder's session file for as long as the process lives. */
static struct ctr_session *map_session(int fd)
{
	struct ctr_session *s = MAP_FAILED;
	struct stat st;

	if (fstat(fd, &st) == 0)
		s = mmap(NULL, CTR_SESSION_MAP_SIZE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (s == MAP_FAILED)
		return NULL;
	/* A child opens it anew and must not be able to write to the parent's slot. */
	madvise(s, CTR_SESSION_MAP_SIZE, MADV_DONTFORK);
	/* Pairs with the maker's release. */
	if (__atomic_load_n(&s->magic, __ATOMIC_ACQUIRE) == CTR_SESSION_MAGIC &&
	    valid_settings(s, (uint64_t)st.st_size) &&
	    __atomic_load_n(&s->state, __ATOMIC_RELAXED) == CTR_SESSION_RECORDING)
		return s;
	munmap(s, CTR_SESSION_MAP_SIZE);
	return NULL;
}

/* True: the folder is that of a session, and its path is in rec_process. */
static bool find_folder(const struct rec_setup *setup, const struct rec_identity *identity)
{
	struct rec_process *p = &rec_process;

	if (setup->session || flight_folder[0]) {
		const char *path = setup->session ? setup->session : flight_folder;

		return (size_t)snprintf(p->folder, sizeof(p->folder), "%s", path) <
		       sizeof(p->folder);
	}
	if (!rec_flight_make(setup, identity, p->folder, sizeof(p->folder)))
		return false;
	memcpy(flight_folder, p->folder, sizeof(flight_folder));
	return true;
}

/*
 * Rings are charged to the process's control group, whose memory the program has yet to use: all of
 * them together get an eighth of what it has left now.
 */
#define PART_OF_A_GROUP 8

static void copy_settings(const struct ctr_session *s)
{
	struct rec_process *p = &rec_process;
	uint64_t left = rec_memory_left();

	p->overflow = s->overflow;
	p->ring_bytes = s->ring_bytes;
	p->total_bytes = s->total_bytes;
	p->no_group_limit = left == UINT64_MAX;
	if (!p->no_group_limit && (!p->total_bytes || left / PART_OF_A_GROUP < p->total_bytes))
		p->total_bytes = left / PART_OF_A_GROUP + 1;
	p->block_timeout_ns = s->block_timeout_ns;
	rec_kernel_args = s->options & CTR_SESSION_KERNEL_ARGS;
}

/*
 * For the addresses in records: which file was where. At exit the copy of the first call is kept
 * beside the new one: a plugin may have come and gone.
 */
static void copy_maps(int folder)
{
	char name[REC_TAG_SIZE + 8], first[REC_TAG_SIZE + 8];

	snprintf(name, sizeof(name), "maps.%s", rec_process.tag);
	snprintf(first, sizeof(first), "first.%s", rec_process.tag);
	renameat(folder, name, folder, first);
	rec_file_copy(folder, name, "/proc/self/maps");
}

/* The process appears in the session; everything it is known by is in place before it is LIVE. */
static void enter_session(int folder, int fd, const struct rec_setup *setup,
			  const struct rec_identity *identity)
{
	struct rec_process *p = &rec_process;

	p->pid = identity->pid;
	p->start_time = identity->start_time;
	copy_settings(p->session);
	p->slot = rec_process_claim(p->session, fd, identity, &p->exec_count);
	snprintf(p->tag, sizeof(p->tag), "%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	rec_switch.clock = rec_clock_choose();
	if (setup->api)
		rec_file_put(folder, "api", setup->api, setup->api_size, false);
	copy_maps(folder);
	if (!p->slot)
		return;
	p->slot->clock = rec_switch.clock;
	rec_clock_sample(rec_switch.clock, &p->slot->opened);
	/* Pairs with the collector's acquire: it then sees the rest of the slot. */
	__atomic_store_n(&p->slot->state, CTR_PROCESS_LIVE, __ATOMIC_RELEASE);
}

/* At exit, a process without calls leaves the last half of the slots to those that have some. */
static bool room_for_idle_process(const struct ctr_session *s)
{
	return __atomic_load_n(&s->processes, __ATOMIC_RELAXED) < s->process_slots / 2;
}

/* The folder is there. */
static enum rec_state enter(int folder, bool at_exit, const struct rec_setup *setup,
			    const struct rec_identity *identity)
{
	struct rec_process *p = &rec_process;
	int fd = rec_file_open(folder, "session", CTR_SESSION_FILE_SIZE);

	if (fd < 0)
		return barred();
	p->session = map_session(fd);
	if (p->session && at_exit && !room_for_idle_process(p->session)) {
		munmap(p->session, CTR_SESSION_MAP_SIZE);
		p->session = NULL;
		close(fd);
		return REC_UNDECIDED;
	}
	if (p->session) {
		rec_guard_install();
		know(fd);
		enter_session(folder, fd, setup, identity);
		rec_stack_open(folder);
		rec_inject_open(folder);
		rec_gates_open(folder);
	}
	close(fd);
	return p->session ? REC_ON : barred();
}

/* Under the lock, the switch undecided. */
static enum rec_state decide(bool at_exit)
{
	struct rec_process *p = &rec_process;
	struct rec_setup setup = { .off = false };
	struct rec_identity identity;
	enum rec_state state;
	int folder;

	rec_fork_watch();
	rec_host_setup(&setup);
	if (setup.off)
		return REC_OFF;
	/* Nobody asked for a trace of a program that makes no calls. */
	if (at_exit && !setup.session)
		return REC_UNDECIDED;
	rec_identify(&identity);
	if (!find_folder(&setup, &identity))
		return REC_OFF;
	folder = rec_folder_open(p->folder);
	if (folder < 0)
		return barred();
	state = enter(folder, at_exit, &setup, &identity);
	close(folder);
	return state;
}

/*
 * True: this call has opened it. Nobody decides twice: another thread's call waits for the lock and
 * then finds the switch set.
 */
static bool open_session(bool at_exit)
{
	enum rec_state state;
	sigset_t old;
	bool opened = false;

	rec_lock(&old);
	if (rec_switch.state == REC_UNDECIDED) {
		state = decide(at_exit);
		opened = state == REC_ON;
		if (state == REC_OFF)
			rec_gates_fill(CTR_GATE_OFF);
		/* Pairs with the acquire in rec_first_slow: rec_process is filled in. */
		__atomic_store_n(&rec_switch.state, state, __ATOMIC_RELEASE);
	}
	rec_unlock(&old);
	return opened;
}

bool rec_session_open(void)
{
	return open_session(false);
}

/* Calls that were lost in this process or an ancestor. */
static uint32_t barred_calls;

void rec_session_retry(void)
{
	uint32_t barred = REC_BARRED, calls = __atomic_load_n(&barred_calls, __ATOMIC_RELAXED);

	if ((calls & (calls - 1)) == 0)
		__atomic_compare_exchange_n(&rec_switch.state, &barred, REC_UNDECIDED, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void rec_session_count_barred(void)
{
	__atomic_fetch_add(&barred_calls, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&rec_session_known->lost_no_session, 1, __ATOMIC_RELAXED);
}

void rec_session_exit(void)
{
	struct rec_process *p = &rec_process;
	struct rec_slow slow;
	int folder;

	rec_slow_enter(&slow);
	/* Otherwise opening it has just copied the map. */
	if (!open_session(true) && __atomic_load_n(&rec_switch.state, __ATOMIC_ACQUIRE) == REC_ON) {
		folder = rec_folder_open(p->folder);
		if (folder >= 0) {
			copy_maps(folder);
			close(folder);
		}
	}
	if (rec_switch.state == REC_ON && p->slot)
		__atomic_store_n(&p->slot->state, CTR_PROCESS_EXITED, __ATOMIC_RELEASE);
	rec_slow_leave(&slow);
}
