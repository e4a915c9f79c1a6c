/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stacks of calls. What a session asks for is looked at when a process opens it; a call that
 * has a stack goes through rec_stack_slow (slow.c), which asks here for the stack's number.
 */
#ifndef RECORD_STACK_H
#define RECORD_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"

/* Before the session lock is taken: see rec_module_prepare. */
void rec_stack_prepare(void);

/* In the session's folder, when the process enters it, under the lock. */
void rec_stack_open(int folder);

/* Whether any call is to have its stack. */
bool rec_stack_wanted(void);

/* The number of the stack from `caller` on; 0: the call is recorded without. */
uint64_t rec_stack_take(struct rec_thread *self, const void *caller);

/* For guard.c: if `address`, which is no longer there, is of the file, stacks are over: true. */
bool rec_stack_mend(const void *address);

/* The thread's ring passes to another thread. */
void rec_stack_forget(struct rec_thread *self);

#endif
