/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the recorder know about the process and its session. Inside src/record only.
 */
#ifndef RECORD_STATE_H
#define RECORD_STATE_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "record/record.h"

/* Rings shrink down to the first when room is short; a session may ask for what is between the
 * other two. */
#define REC_SHRUNK_RING_BYTES   (16u << 10)
#define REC_MIN_RING_BYTES      (4u << 10)
#define REC_MAX_RING_BYTES      (1u << 30)
#define REC_DEFAULT_RING_BYTES  (256u << 10)
#define REC_DEFAULT_TOTAL_BYTES (128u << 20)

/* A folder's path is kept, not a descriptor: programs close and reuse descriptors as they like. */
#define REC_FOLDER_SIZE 3072

/* The names of a process's files end in this: "P.S.E", see trace_format.h. */
#define REC_TAG_SIZE 48

/*
 * One per process, cleared by the kernel in a forked child, as rec_switch is: there the lock is
 * free, there is no session, and nothing points into the parent's mappings.
 */
struct rec_process {
	/*
	 * The session lock: opening, the list of idle rings, numbers of rings. Taken with signals
	 * blocked, never while calling out of the recorder but for rec_host_setup. All zero is
	 * glibc's PTHREAD_MUTEX_INITIALIZER.
	 */
	pthread_mutex_t lock;
	struct ctr_session *session; /* mapped while the process lives */
	struct ctr_process *slot;    /* NULL: every slot was taken */
	uint32_t pid;
	uint32_t exec_count;
	uint64_t start_time;
	/* Copied from the session file when it was opened: nobody can change them under us. */
	uint32_t overflow;
	uint32_t ring_bytes;
	uint64_t total_bytes;
	uint64_t block_timeout_ns;
	uint32_t next_ring;
	uint32_t open_ranges;     /* see rec_range_count */
	bool no_group_limit;      /* see memory.h */
	uint32_t idle_count;      /* written under the lock, peeked at without */
	struct rec_thread *idle;  /* rings whose thread ended, oldest first */
	struct rec_thread *spare; /* unused, linked by next_idle */
	struct rec_thread *made;  /* all that have a ring, linked by next_made */
	char tag[REC_TAG_SIZE];
	char folder[REC_FOLDER_SIZE];
} __attribute__((aligned(ARCH_PAGE_SIZE)));

#pragma GCC visibility push(hidden)
extern struct rec_process rec_process;
#pragma GCC visibility pop

/* ---- slow.c: what every slow function begins and ends with ----------------------------- */

/*
 * errno and the cancellation state are the program's: open, write, close are cancellation points,
 * and a CUDA call is none.
 */
struct rec_slow {
	int saved_errno;
	int cancel_state;
};

void rec_slow_enter(struct rec_slow *slow);
void rec_slow_leave(const struct rec_slow *slow);

/* All but SIGBUS. */
void rec_all_signals(sigset_t *set);

/* Locks the session with all signals blocked: a handler that calls us would wait for itself. */
void rec_lock(sigset_t *old);
void rec_unlock(const sigset_t *old);

#endif
