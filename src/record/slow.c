/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rare ways of rec_begin: the first call of a process or thread, a full ring, a record that
 * other cells must precede, and calls made while a record is being reserved.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "record/clock.h"
#include "record/control.h"
#include "record/overflow.h"
#include "record/record.h"
#include "record/session.h"
#include "record/setup.h"
#include "record/state.h"
#include "record/thread.h"

/* Times that a session was opened, here and in ancestors. */
static uint32_t opened_before;

void rec_slow_enter(struct rec_slow *slow)
{
	slow->saved_errno = errno;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &slow->cancel_state);
}

/* Restores; a cancellation that was requested meanwhile acts at the program's next point. */
void rec_slow_leave(const struct rec_slow *slow)
{
	int ignored;

	pthread_setcancelstate(slow->cancel_state, &ignored);
	errno = slow->saved_errno;
}

void rec_lock(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, old);
	pthread_mutex_lock(&rec_process.lock);
}

void rec_unlock(const sigset_t *old)
{
	pthread_mutex_unlock(&rec_process.lock);
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

/* The times of the first and the last; a handler may come in between and blur them, no more. */
static void count_loss(struct rec_thread *self, uint64_t *lost)
{
	uint64_t now = rec_counter();

	if (self->lost_full == 0 && self->lost_reentered == 0)
		self->lost_first = now;
	self->lost_last = now;
	arch_local_add(lost, 1);
	arch_local_add(&self->ring->calls, 1);
}

/* From a signal handler, at any point of what it interrupted; touches only what it may. */
__attribute__((noinline)) struct ctr_cell *rec_reentered_slow(struct rec_thread *self)
{
	count_loss(self, &self->lost_reentered);
	arch_local_add(&self->ring->lost_reentered, 1);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	/* The next record must be preceded by the loss. */
	__atomic_store_n(&self->limit, 0, __ATOMIC_RELAXED);
	return NULL;
}

/* After everything that was done to the ring, as a handler sees it. */
static void not_busy(struct rec_thread *self)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&self->busy, 0, __ATOMIC_RELAXED);
}

/* Reserves behind whatever must precede the record. Leaves the thread busy if it succeeds. */
static struct ctr_cell *reserve(struct rec_thread *self, uint64_t word, const void *caller)
{
	uint64_t start = rec_counter();
	unsigned int ncells = (word >> 16) & 0xff, due = rec_control_due_cells(self);
	bool waited = false;

	if (!rec_room_wait(self, due + ncells, &waited)) {
		count_loss(self, &self->lost_full);
		arch_local_add(&self->ring->lost_full, 1);
		not_busy(self);
		return NULL;
	}
	rec_control_write_due(self, due);
	/* With the losses written, the limit need not lead here again. */
	rec_room_now(self, ncells);
	if (waited)
		word |= (uint64_t)CTR_CELL_WAITED << 24;
	return rec_fill_head(self, self->head, word, start, caller);
}

__attribute__((noinline)) struct ctr_cell *rec_full_slow(struct rec_thread *self, uint64_t word,
							 const void *caller)
{
	struct rec_slow slow;
	struct ctr_cell *c;

	if (!self->ring) {
		/* A child forked by system call alone, whose session another thread has opened. */
		not_busy(self);
		rec_self = NULL;
		return rec_first_slow(word, caller);
	}
	rec_slow_enter(&slow);
	c = reserve(self, word, caller);
	rec_slow_leave(&slow);
	return c;
}

/* True: the switch is on, and the thread may look for its ring. */
static bool decided(void)
{
	/* Pairs with the release in session.c. */
	if (__atomic_load_n(&rec_switch.state, __ATOMIC_ACQUIRE) == REC_UNDECIDED) {
		/* Whatever the thread has is its parent's. */
		rec_thread_forget();
		if (rec_session_open())
			rec_host_opened(__atomic_fetch_add(&opened_before, 1, __ATOMIC_RELAXED) !=
					0);
	}
	return __atomic_load_n(&rec_switch.state, __ATOMIC_ACQUIRE) == REC_ON;
}

__attribute__((noinline)) struct ctr_cell *rec_first_slow(uint64_t word, const void *caller)
{
	struct rec_thread *self;
	struct rec_slow slow;
	struct ctr_cell *c = NULL;

	rec_slow_enter(&slow);
	if (decided()) {
		self = rec_self ? rec_self : rec_thread_attach();
		/* A handler's call may have made the thread's ring meanwhile: it is not busy. */
		if (self) {
			__atomic_store_n(&self->busy, 1, __ATOMIC_RELAXED);
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
			c = reserve(self, word, caller);
		}
	}
	rec_slow_leave(&slow);
	return c;
}

bool rec_open(void)
{
	struct rec_slow slow;
	bool on;

	rec_slow_enter(&slow);
	on = decided();
	rec_slow_leave(&slow);
	return on;
}
