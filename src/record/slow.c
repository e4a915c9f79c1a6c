/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rare ways of rec_begin: the first call of a process or thread, a full ring, a record that
 * other cells must precede, and calls made while a record is being reserved.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "record/clock.h"
#include "record/control.h"
#include "record/overflow.h"
#include "record/record.h"
#include "record/session.h"
#include "record/setup.h"
#include "record/stack.h"
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

/* Blocked, a SIGBUS would end the program at once: see guard.c. */
void rec_all_signals(sigset_t *set)
{
	sigfillset(set);
	sigdelset(set, SIGBUS);
}

void rec_lock(sigset_t *old)
{
	sigset_t all;

	rec_all_signals(&all);
	pthread_sigmask(SIG_SETMASK, &all, old);
	pthread_mutex_lock(&rec_process.lock);
}

void rec_unlock(const sigset_t *old)
{
	pthread_mutex_unlock(&rec_process.lock);
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

/*
 * The times of the first and the last; a handler may come in between and blur them, no more. The
 * loss is counted before the call: a process that is killed in between has made what was counted.
 */
static void count_loss(struct rec_thread *self, uint64_t *lost, uint64_t *in_ring)
{
	uint64_t now = rec_counter();

	if (self->lost_full == 0 && self->lost_reentered == 0)
		self->lost_first = now;
	self->lost_last = now;
	arch_local_add(lost, 1);
	arch_local_add(in_ring, 1);
	arch_local_add(&self->ring->calls, 1);
}

static bool decided(void);

/* Forked by a handler while a record was being reserved, see fork.c. */
static struct ctr_cell *reentered_in_child(void)
{
	struct rec_slow slow;

	rec_slow_enter(&slow);
	if (decided() && rec_process.slot)
		__atomic_fetch_add(&rec_process.slot->lost_reentered, 1, __ATOMIC_RELAXED);
	rec_slow_leave(&slow);
	return NULL;
}

/* From a signal handler, at any point of what it interrupted; touches only what it may. */
__attribute__((noinline)) struct ctr_cell *rec_reentered_slow(struct rec_thread *self)
{
	if (self->orphan)
		return reentered_in_child();
	count_loss(self, &self->lost_reentered, &self->ring->lost_reentered);
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

/* A call after the end of the session is nobody's loss; one in a ring that is cut off is. */
static void count_full(struct rec_thread *self)
{
	struct ctr_ring *ring = self->ring;

	if (self->broken && rec_process.slot) {
		__atomic_fetch_add(&rec_process.slot->lost_no_ring, 1, __ATOMIC_RELAXED);
	} else if (rec_session_over()) {
		arch_local_add(&ring->lost_ended, 1);
		arch_local_add(&ring->calls, 1);
	} else {
		count_loss(self, &self->lost_full, &ring->lost_full);
	}
}

/* A record with its stack is a cell longer. */
#define STACK_CELL (1ull << 16 | (uint64_t)CTR_CELL_STACK << 24)

/*
 * Walks before the thread is busy: a handler's call that comes in between is recorded as ever. The
 * mark of what was injected has its place beside the stack.
 */
static uint64_t take_stack(struct rec_thread *self, uint64_t *word, const void *caller)
{
	uint64_t stack = 0;

	if ((*word >> 16 & 0xff) >= CTR_MAX_CELLS)
		return 0;
	if (rec_wants_stack(*word & 0xffff))
		stack = rec_stack_take(self, caller);
	if (stack || *word & REC_WORD_INJECTED)
		*word += STACK_CELL;
	return stack;
}

static struct ctr_cell *put_stack(struct ctr_cell *c, uint64_t stack)
{
	const struct ctr_cell_stack cell = { .stack = stack };

	if (c->flags & CTR_CELL_STACK)
		memcpy(c + c->ncells - 1, &cell, sizeof(cell));
	return c;
}

/* Reserves behind whatever must precede the record. Leaves the thread busy if it succeeds. */
static struct ctr_cell *reserve(struct rec_thread *self, uint64_t word, const void *caller)
{
	uint64_t start = rec_counter();
	unsigned int ncells = (word >> 16) & 0xff, due = rec_control_due_cells(self);
	bool waited = false;

	if (!rec_room_wait(self, due + ncells, &waited)) {
		count_full(self);
		not_busy(self);
		return NULL;
	}
	rec_control_write_due(self, due);
	/* With the losses written, the limit need not lead here again. */
	rec_room_now(self, ncells);
	if (waited)
		word |= (uint64_t)CTR_CELL_WAITED << 24;
	return put_stack(rec_mark_stack(rec_fill_head(self, self->head, word, start, caller),
					self->stack),
			 self->call_stack);
}

/* True: the switch is on, and the thread may look for its ring. */
static bool decided(void)
{
	/* Pairs with the release in session.c. */
	if (__atomic_load_n(&rec_switch.state, __ATOMIC_ACQUIRE) == REC_UNDECIDED) {
		/* Whatever the thread has is its parent's. */
		rec_thread_forget();
		rec_stack_prepare();
		if (rec_session_open())
			rec_host_opened(__atomic_fetch_add(&opened_before, 1, __ATOMIC_RELAXED) !=
					0);
	}
	return __atomic_load_n(&rec_switch.state, __ATOMIC_ACQUIRE) == REC_ON;
}

__attribute__((noinline)) struct ctr_cell *rec_first_slow(uint64_t word, const void *caller,
							  uintptr_t stack)
{
	struct rec_thread *self = rec_tls.self;
	struct rec_slow slow;
	struct ctr_cell *c = NULL;
	uint64_t call_stack;

	if (self && self->orphan && self->busy)
		return reentered_in_child();
	/* One that was walked was the parent's. */
	if (word & (uint64_t)CTR_CELL_STACK << 24)
		word -= STACK_CELL;
	rec_slow_enter(&slow);
	if (rec_state() == REC_BARRED)
		rec_session_retry();
	/* The gate may have been undecided, and may be off in truth. */
	if (decided() && rec_gate(word & 0xffff) != REC_OFF) {
		self = rec_tls.self ? rec_tls.self : rec_thread_attach();
		/* A handler's call may have made the thread's ring meanwhile: it is not busy. */
		if (self) {
			call_stack = take_stack(self, &word, caller);
			__atomic_store_n(&self->busy, 1, __ATOMIC_RELAXED);
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
			self->stack = stack;
			self->call_stack = call_stack;
			c = reserve(self, word, caller);
		}
	}
	if (rec_state() == REC_BARRED)
		rec_session_count_barred();
	rec_slow_leave(&slow);
	return c;
}

__attribute__((noinline)) struct ctr_cell *rec_full_slow(struct rec_thread *self, uint64_t word,
							 const void *caller, uintptr_t stack)
{
	struct rec_slow slow;
	struct ctr_cell *c;

	/*
	 * A child forked by system call alone, whose session another thread has opened; or forked
	 * within a reservation, which is over; or the ring is none any more.
	 */
	if (!self->ring || self->orphan || self->broken) {
		not_busy(self);
		rec_tls.self = NULL;
		return rec_first_slow(word, caller, stack);
	}
	rec_slow_enter(&slow);
	self->stack = stack;
	c = reserve(self, word, caller);
	rec_slow_leave(&slow);
	return c;
}

__attribute__((noinline)) struct ctr_cell *rec_stack_slow(struct rec_thread *self, uint64_t word,
							  const void *caller, uintptr_t stack)
{
	uint64_t call_stack = 0, head;

	if (self->ring && !self->orphan)
		call_stack = take_stack(self, &word, caller);
	if (rec_unlikely(self->busy))
		return rec_reentered_slow(self);
	__atomic_store_n(&self->busy, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	self->call_stack = call_stack;
	head = self->head;
	if (rec_unlikely(head + (word >> 16 & 0xff) > self->limit))
		return rec_full_slow(self, word, caller, stack);
	return put_stack(rec_mark_stack(rec_fill_head(self, head, word, rec_counter(), caller),
					stack),
			 call_stack);
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
