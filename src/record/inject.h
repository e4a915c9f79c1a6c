/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults and delays on request. For the slow_X of any generated entry, whichever table it is from:
 * where a session has rules, every recorded call goes that way, and nothing of this is on another.
 *
 *	struct rec_injection inject = rec_inject(FN_x);
 *	bool recorded = !inject.unrecorded &&
 *			rec_begin(&call, FN_x, ncells, flags | inject.flag, caller);
 *
 *	if (recorded) {
 *		raw arguments; rec_inject_mark(&inject, &call); rec_publish(&call);
 *	}
 *	rec_inject_enter(&inject);
 *	if (inject.error)
 *		result = inject.error;		and kept, as a failure of the function is
 *	else
 *		result = run_x(...);
 *	rec_inject_leave(&inject);
 *	if (recorded && rec_resume(&call)) ...
 *
 * Rules act whether or not the ring has room for the record. A function that returns no status is
 * never given an error.
 */
#ifndef RECORD_INJECT_H
#define RECORD_INJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "record/record.h"

#pragma GCC visibility push(hidden)

/* What is done to a call. All zero: nothing. */
struct rec_injection {
	const struct ctr_inject_rule *rule;
	uint32_t flag; /* for rec_begin */
	int32_t error; /* what it answers; 0: it is carried out */
	bool unrecorded;
};

/* Of the session; 0: none. Looked at only where the switch is on. */
extern uint32_t rec_inject_rules;

struct rec_injection rec_inject_slow(unsigned int function);
void rec_inject_wait(uint64_t ns);

/* Counts the call, and says what is to be done to it. Once for each call, before rec_begin. */
static inline __attribute__((always_inline)) struct rec_injection rec_inject(unsigned int function)
{
	/* Pairs with the release in rec_inject_open: another thread may be opening the session. */
	if (rec_likely(rec_state() == REC_ON &&
		       !__atomic_load_n(&rec_inject_rules, __ATOMIC_ACQUIRE)))
		return (struct rec_injection){ .rule = NULL };
	return rec_inject_slow(function);
}

/* In the record's last cell, which stays the last. */
static inline __attribute__((always_inline)) void rec_inject_mark(
	const struct rec_injection *inject, const struct rec_call *call)
{
	struct ctr_cell *last = call->cell + call->cell->ncells - 1;
	const uint32_t mark = inject->error ? CTR_INJECTED_ERROR : CTR_INJECTED_DELAY;

	if (rec_unlikely(inject->rule))
		memcpy((char *)last + offsetof(struct ctr_cell_stack, injected), &mark,
		       sizeof(mark));
}

static inline __attribute__((always_inline)) void rec_inject_enter(
	const struct rec_injection *inject)
{
	if (rec_unlikely(inject->rule))
		rec_inject_wait(inject->rule->delay_enter_ns);
}

static inline __attribute__((always_inline)) void rec_inject_leave(
	const struct rec_injection *inject)
{
	if (rec_unlikely(inject->rule))
		rec_inject_wait(inject->rule->delay_exit_ns);
}

/* In the session's folder, when the process enters it, under the lock. */
void rec_inject_open(int folder);

#pragma GCC visibility pop

#endif
