/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that never return: a program may leave one by siglongjmp or by an exception. Its record
 * stays in flight, and a ring goes no further than its oldest record in flight.
 */
#ifndef RECORD_SETTLE_H
#define RECORD_SETTLE_H

#include <stdbool.h>

#include "record/record.h"

struct ctr_cell *rec_cell_at(const struct rec_thread *t, uint64_t number);

/*
 * The record at `number` is one of this very thread's calls that has not returned yet. One that an
 * earlier owner of the ring left by pthread_exit is not: nobody will write to it again.
 */
bool rec_in_flight(const struct rec_thread *t, uint64_t number);

/*
 * The ring's oldest record is in flight and may still be written to. Those that were left are
 * committed and marked CTR_CELL_LEFT before. The thread is busy, in a slow way.
 */
bool rec_is_stuck(struct rec_thread *t);

#endif
