/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switching recording on and off for all processes of a session: trace_format.h says what the page
 * holds. Any process may do it at any time, the traced ones too: no lock, no allocation, no system
 * call.
 */
#ifndef CURTRACE_SWITCHES_H
#define CURTRACE_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

static inline bool ctr_switches_on(uint64_t state)
{
	return (state & CTR_SWITCH_REASONS) == 0 &&
	       (!(state & CTR_SWITCH_RANGES) || state >= CTR_SWITCH_RANGE_UNIT);
}

/*
 * The gates follow the state. Of two that change it at once the slower one may write gates that are
 * out of date, so each looks at the state again when it is done. One that is killed meanwhile
 * leaves some gates as they were: the collector comes here after every change.
 */
static inline void ctr_switches_apply(struct ctr_switches *s)
{
	uint64_t state = __atomic_load_n(&s->state, __ATOMIC_SEQ_CST), before;

	do {
		before = state;
		for (unsigned int id = 0; id < CTR_SWITCH_FUNCTIONS; id++) {
			bool out = id < CTR_FIRST_FUNCTION || s->left_out[id / 8] >> id % 8 & 1;

			__atomic_store_n(&s->gate[id],
					 ctr_switches_on(state) && !out ? CTR_GATE_ON
									: CTR_GATE_OFF,
					 __ATOMIC_RELAXED);
		}
		/* The gates come before the second look. */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		state = __atomic_load_n(&s->state, __ATOMIC_SEQ_CST);
	} while (state != before);
}

static inline void ctr_switches_note(struct ctr_switches *s, bool on, uint64_t now_ns, uint32_t pid)
{
	uint64_t number = __atomic_add_fetch(&s->changes, 1, __ATOMIC_RELAXED);
	struct ctr_switch_change *change = &s->change[number % CTR_SWITCH_CHANGES];

	__atomic_store_n(&change->number, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&change->monotonic_ns, now_ns, __ATOMIC_RELAXED);
	__atomic_store_n(&change->pid, pid, __ATOMIC_RELAXED);
	/* Pairs with the collector's acquire. */
	__atomic_store_n(&change->number, (uint32_t)number << 1 | on, __ATOMIC_RELEASE);
}

/*
 * Sets and clears reasons, adds `ranges` to the processes that are in a range. `now_ns`: on
 * CLOCK_MONOTONIC, for the trace.
 */
static inline void ctr_switches_change(struct ctr_switches *s, uint64_t set, uint64_t clear,
				       int ranges, uint64_t now_ns, uint32_t pid)
{
	uint64_t before = __atomic_load_n(&s->state, __ATOMIC_RELAXED), after;

	do
		after = ((before | set) & ~clear) +
			(uint64_t)(int64_t)ranges * CTR_SWITCH_RANGE_UNIT;
	while (!__atomic_compare_exchange_n(&s->state, &before, after, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED));
	if (ctr_switches_on(before) != ctr_switches_on(after))
		ctr_switches_note(s, ctr_switches_on(after), now_ns, pid);
	ctr_switches_apply(s);
}

/* A new page: `left_out` is filled in already, everything else is zero. */
static inline void ctr_switches_begin(struct ctr_switches *s, uint64_t state)
{
	s->initial = s->state = state;
	ctr_switches_apply(s);
	__atomic_store_n(&s->magic, CTR_SWITCHES_MAGIC, __ATOMIC_RELEASE);
}

#endif
