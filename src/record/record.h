/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recording path, and all of the recorder that the generated entry points may see. A call
 * that is recorded goes
 *
 *	if (!rec_begin_plain(&call, FN_x, ncells, flags, caller))	cells, and their head
 *		return slow_x(...);	the same with rec_begin, rec_resume, rec_counter
 *	raw arguments into call.cell->payload; rec_publish(&call);
 *	r = run_x(...);
 *	if (rec_resume_plain(&call)) {		not in a child forked meanwhile
 *		end = arch_counter();
 *		outputs; call.cell->flags |= CTR_CELL_OUTPUTS;
 *		rec_end(&call, end, r);
 *	}
 *
 * No lock, no system call, no allocation, and errno untouched; what cannot be done in a few
 * instructions is in the functions named *_slow, which are called for the first call of a process
 * or of a thread, when the ring is full, and after losses. The plain way calls none of them: in a
 * function that may call them all arguments must survive that, in registers that are to be saved.
 *
 * Signals: between rec_begin and rec_publish the thread is marked busy; a call made by a handler in
 * that window is counted and not recorded. Handlers elsewhere, and calls made from within calls,
 * reserve the next cells.
 *
 * Two things decide whether a call comes here. rec_gates is what every exported function tests
 * first: a byte for each function, so that one that was not selected pays that test alone. Once the
 * session is open its page is the session's own, mapped in the place of ours: the collector, a
 * tool, or another process of the session switches all of them at once, without a signal and
 * without a poll. rec_switch says what this process is, and is tested on the recording path only.
 *
 * Fork: rec_switch and every struct rec_thread lie in pages that the kernel clears in a child
 * (MADV_WIPEONFORK), so that any child, however it was made, finds its switch undecided and its
 * rings without room. It then opens the session for itself. Ring memory is not inherited at all.
 * The session's gates are inherited, as they are true of the child too: where recording is off it
 * goes on at no cost, and the first call that is to be recorded finds rec_switch undecided. Gates
 * of our own (no session) are cleared as rec_switch is.
 */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "util/arch.h"

/* Without this the compiler reaches every extern object through the GOT. */
#pragma GCC visibility push(hidden)

enum rec_state {
	REC_UNDECIDED = CTR_GATE_UNDECIDED, /* what a fresh process and a fresh child read */
	REC_OFF = CTR_GATE_OFF,
	REC_ON = CTR_GATE_ON,
	REC_BARRED = 3 /* there is a session, and it cannot be opened: calls are counted as lost */
};

/* Alone in its page, see above. Written under the session lock, read by every call. */
struct rec_switch {
	uint32_t state; /* enum rec_state */
	uint32_t clock; /* enum ctr_clock */
} __attribute__((aligned(ARCH_PAGE_SIZE)));

extern struct rec_switch rec_switch;

/* Of a struct ctr_switches the gates alone matter here: enum rec_state again, one by one. */
union rec_gates {
	uint8_t of[CTR_SWITCH_FUNCTIONS];
	struct ctr_switches page;
} __attribute__((aligned(ARCH_PAGE_SIZE)));

extern union rec_gates rec_gates;

/*
 * A thread's hold on its ring. Private to the process; only the owning thread and its signal
 * handlers use the fields named here. All zero (after a fork): no room, which leads to a slow
 * function, which sees that there is no ring. The path reads the first line alone.
 */
struct rec_thread {
	uint64_t head;        /* cells reserved, absolute; what ring->head says or will say */
	uint64_t limit;       /* head must not pass this; 0 sends the next call the slow way */
	uint64_t offset_mask; /* size of the cells in bytes - 1 */
	char *cells;          /* mapped twice in a row */
	struct ctr_ring *ring;
	uint32_t busy;  /* a record is being reserved */
	uint32_t plain; /* the CPU's counter is the clock, nothing else is asked of calls */
	/* What was last known of ring->tail; the truth if the session overwrites. */
	uint64_t tail;
	uint16_t unnamed; /* the owner's THREAD record is still to be written */
	uint16_t stalled; /* waited for room in vain at `tail` */
	/* Losses since the last record. */
	uint64_t lost_full, lost_reentered;
	uint64_t lost_first, lost_last;
	uint64_t settled;  /* as in the ring: cells below are those of earlier owners */
	uintptr_t stack;   /* where the call stands that took a slow way last */
	uint32_t map_size; /* of the ring's mapping; see guard.c */
	uint32_t broken;   /* the ring's file was cut off: a mapping of our own is in its place */
	/* In a forked child: not ours, but what it had reserved when a handler forked. */
	uint32_t orphan;
	struct rec_walk *walk; /* what walking its stack needs; NULL: none was walked */
	uint64_t call_stack;   /* number of the stack of the call that is being reserved */
	/* Under the session lock. */
	struct rec_thread *next_idle;
	struct rec_thread *next_made;       /* every one that has a ring; only ever added to */
} __attribute__((aligned(CTR_CACHE_LINE))); /* they lie in a row, and each thread writes its own */

_Static_assert(offsetof(struct rec_thread, plain) < CTR_CACHE_LINE, "the first line is enough");

/*
 * All that is thread-local: little, because initial-exec storage is scarce when the library is
 * dlopened. `abi` says which version's entry point the thread is about to record a call of, as it
 * lies in a head word: 0 for the newest; the next rec_begin takes it and puts it back to 0. It is
 * no argument, so that the versions' entry points share the function that records.
 */
struct rec_tls {
	struct rec_thread *self;
	uint32_t abi;
};

extern __thread struct rec_tls rec_tls __attribute__((tls_model("initial-exec")));

static inline __attribute__((always_inline)) void rec_set_abi(unsigned int abi)
{
	rec_tls.abi = (uint32_t)abi << (24 + CTR_CELL_ABI_SHIFT);
}

/*
 * Functions whose calls are recorded with their stacks, a bit each. Looked at only where the switch
 * is on, so that a forked child's are right when it comes to them.
 */
extern uint8_t rec_stack_functions[CTR_STACK_FUNCTIONS / 8];

/*
 * Whether launches are recorded with the values of their kernels' parameters. Likewise: where the
 * switch is not on it may be of a session that is over. Takes every call the slow way.
 */
extern bool rec_kernel_args;

/*
 * Among the flags that rec_begin is given: something was injected, and the record is to have a cell
 * for its mark. No flag of the cell: in the word it lies behind them. See inject.h.
 */
#define REC_INJECTED      0x100u
#define REC_WORD_INJECTED ((uint64_t)REC_INJECTED << 24)

/* Reserves for a call with such a cell; for `stack` see rec_mark_stack. */
struct ctr_cell *rec_stack_slow(struct rec_thread *self, uint64_t word, const void *caller,
				uintptr_t stack);

/* The rare ways of rec_begin; `word` is the second half of a cell's head, see rec_fill_head. */
struct ctr_cell *rec_first_slow(uint64_t word, const void *caller, uintptr_t stack);
struct ctr_cell *rec_full_slow(struct rec_thread *self, uint64_t word, const void *caller,
			       uintptr_t stack);
struct ctr_cell *rec_reentered_slow(struct rec_thread *self);
uint64_t rec_clock_slow(void);

#define rec_likely(x)   __builtin_expect(!!(x), 1)
#define rec_unlikely(x) __builtin_expect(!!(x), 0)

#if defined(__SANITIZE_THREAD__)
#define REC_SANITIZE_THREAD 1
#elif defined(__has_feature)
#define REC_SANITIZE_THREAD __has_feature(thread_sanitizer)
#else
#define REC_SANITIZE_THREAD 0
#endif

/*
 * The switch, for a decision that any moment's value is good enough for. A plain load, as gcc makes
 * two instructions of `atomic load, compare' and one of this; the thread sanitizer is told.
 */
static inline __attribute__((always_inline)) uint32_t rec_state(void)
{
	if (REC_SANITIZE_THREAD)
		return __atomic_load_n(&rec_switch.state, __ATOMIC_RELAXED);
	return rec_switch.state;
}

/* What the function's calls are to do: the one test of an exported function. */
static inline __attribute__((always_inline)) uint8_t rec_gate(unsigned int function)
{
	if (REC_SANITIZE_THREAD)
		return __atomic_load_n(&rec_gates.of[function], __ATOMIC_RELAXED);
	return rec_gates.of[function];
}

static inline __attribute__((always_inline)) bool rec_wants_stack(unsigned int function)
{
	return rec_stack_functions[function / 8 % sizeof(rec_stack_functions)] >> function % 8 & 1;
}

static inline __attribute__((always_inline)) uint64_t rec_counter(void)
{
	if (rec_likely(rec_switch.clock == CTR_CLOCK_TSC))
		return arch_counter();
	return rec_clock_slow();
}

/* function, ncells, flags and a result of 0 as they lie in a cell. */
static inline __attribute__((always_inline)) uint64_t rec_head_word(unsigned int function,
								    unsigned int ncells,
								    unsigned int flags)
{
	return (uint64_t)function | (uint64_t)ncells << 16 | (uint64_t)flags << 24;
}

_Static_assert(offsetof(struct ctr_cell, function) == 32 &&
		       offsetof(struct ctr_cell, ncells) == 34 &&
		       offsetof(struct ctr_cell, flags) == 35 &&
		       offsetof(struct ctr_cell, result) == 36,
	       "rec_head_word knows the head");

/*
 * The cell at `head` becomes a record in flight, once published. `commit` must be cleared: an
 * older lap may have left anything there, as the middle of a longer record. `end` is undefined
 * while in flight and keeps the number that rec_end commits, so that rec_end needs no ring.
 */
static inline __attribute__((always_inline)) struct ctr_cell *rec_fill_head(
	struct rec_thread *self, uint64_t head, uint64_t word, uint64_t start, const void *caller)
{
	struct ctr_cell *c = (void *)(self->cells + (head * CTR_CELL_SIZE & self->offset_mask));

	c->commit = 0;
	c->start = start;
	c->end = head + 1;
	c->caller = (uintptr_t)caller;
	__builtin_memcpy(&c->function, &word, sizeof(word));
	return c;
}

/*
 * `result` has no meaning while in flight: it tells where the call stands, see settle.c. That is by
 * the stack pointer at the call of the entry point, which is the same in all functions that have
 * jumped to one another since; its lower half.
 */
static inline __attribute__((always_inline)) struct ctr_cell *rec_mark_stack(struct ctr_cell *c,
									     uintptr_t stack)
{
	c->result = (int32_t)(uint32_t)stack;
	return c;
}

/*
 * Of a function that begins a call the plain way: with what a sanitizer does at its end it could
 * not jump to the one that does the same the general way. (-foptimize-sibling-calls is wanted too.)
 */
#define REC_PLAIN __attribute__((noinline, no_sanitize("address"), no_sanitize("undefined")))

/* A call that is being recorded. */
struct rec_call {
	struct ctr_cell *cell;
	struct rec_thread *self; /* whose ring it lies in */
	uint64_t head;           /* the cell behind it */
};

/*
 * The line behind the next few cells was last read by the collector, on another processor: it is
 * asked for before it is needed, else the first locked instruction of a driver waits for it.
 */
#define REC_AHEAD 4

/*
 * Reserves `ncells` cells (at most CTR_MAX_CELLS, constants all) for a call. False: nothing was
 * done, the call is not plain and must go the general way.
 */
static inline __attribute__((always_inline)) bool rec_begin_plain(struct rec_call *call,
								  unsigned int function,
								  unsigned int ncells,
								  unsigned int flags,
								  const void *caller)
{
	struct rec_thread *self = rec_tls.self;
	uint64_t head;

	if (rec_unlikely(!self || self->busy || !self->plain))
		return false;
	/* Before head is read: a handler that ran in between would reserve the same cells. */
	__atomic_store_n(&self->busy, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	head = self->head;
	if (rec_unlikely(head + ncells > self->limit)) {
		__atomic_store_n(&self->busy, 0, __ATOMIC_RELAXED);
		return false;
	}
	call->self = self;
	call->head = head + ncells;
	call->cell = rec_fill_head(self, head, rec_head_word(function, ncells, flags) | rec_tls.abi,
				   arch_counter(), caller);
	rec_tls.abi = 0;
	rec_mark_stack(call->cell, arch_stack());
	for (unsigned int i = 0; i < ncells; i++)
		arch_prefetch_write(call->cell + REC_AHEAD + i);
	return true;
}

/* What became of a slow function: the same as rec_begin_plain leaves. */
static inline __attribute__((always_inline)) bool rec_reserved(struct rec_call *call,
							       struct ctr_cell *c)
{
	call->cell = c;
	if (!c)
		return false;
	call->self = rec_tls.self;
	call->head = call->self->head + c->ncells;
	return true;
}

/* The general way. False: the call is not recorded, and has been counted. */
static inline __attribute__((always_inline)) bool rec_begin(struct rec_call *call,
							    unsigned int function,
							    unsigned int ncells, unsigned int flags,
							    const void *caller)
{
	uint64_t word = rec_head_word(function, ncells, flags) | rec_tls.abi, head;
	struct rec_thread *self = rec_tls.self;
	uintptr_t stack = arch_stack();

	rec_tls.abi = 0;
	if (rec_unlikely(rec_state() != REC_ON || !self))
		return rec_reserved(call, rec_first_slow(word, caller, stack));
	if (rec_unlikely(rec_wants_stack(function) || flags & REC_INJECTED))
		return rec_reserved(call, rec_stack_slow(self, word, caller, stack));
	if (rec_unlikely(self->busy))
		return rec_reserved(call, rec_reentered_slow(self));
	__atomic_store_n(&self->busy, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	head = self->head;
	if (rec_unlikely(head + ncells > self->limit))
		return rec_reserved(call, rec_full_slow(self, word, caller, stack));
	return rec_reserved(call,
			    rec_mark_stack(rec_fill_head(self, head, word, rec_counter(), caller),
					   stack));
}

/* The record is in flight from here on. Every call that was reserved for comes here once. */
static inline __attribute__((always_inline)) void rec_publish(const struct rec_call *call)
{
	struct rec_thread *self = call->self;
	struct ctr_ring *ring = self->ring;

	self->head = call->head;
	/* Pairs with the consumer's acquire: it then sees the head and the inputs. */
	__atomic_store_n(&ring->head, call->head, __ATOMIC_RELEASE);
	arch_local_add(&ring->calls, 1);
	arch_local_add(&ring->recorded, 1);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&self->busy, 0, __ATOMIC_RELAXED);
}

/*
 * To be asked when the call has returned, before the cell is touched again: false if this is a
 * child that was forked within the call (by a signal handler), where the ring is not mapped. Told
 * by the thread's hold, which is all zero there and stays so: the child may have opened the session
 * meanwhile, and a ring of its own may lie at the same address.
 */
static inline __attribute__((always_inline)) bool rec_resume_plain(const struct rec_call *call)
{
	return rec_likely(call->self->plain);
}

static inline __attribute__((always_inline)) bool rec_resume(const struct rec_call *call)
{
	return rec_likely(call->self->ring != 0);
}

/* `result`: the call's return value if it is an integer or a status, else 0. */
static inline __attribute__((always_inline)) void rec_end(const struct rec_call *call, uint64_t end,
							  int32_t result)
{
	struct ctr_cell *c = call->cell;
	uint64_t commit = c->end;

	c->result = result;
	c->end = end;
	/* Pairs with the consumer's acquire: it then sees the whole record. */
	__atomic_store_n(&c->commit, commit, __ATOMIC_RELEASE);
}

#pragma GCC visibility pop

#endif
