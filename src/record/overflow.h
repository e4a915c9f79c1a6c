/* SPDX-License-Identifier: Apache-2.0 */
/* What happens when a ring has no room: wait, drop, or overwrite, as the session says. */
#ifndef RECORD_OVERFLOW_H
#define RECORD_OVERFLOW_H

#include <stdbool.h>

#include "record/record.h"

/*
 * Both set t->limit by what the consumer has taken, and answer whether `ncells` more cells fit.
 * rec_room_now does not wait. The thread is busy.
 */
bool rec_room_now(struct rec_thread *t, unsigned int ncells);
bool rec_room_wait(struct rec_thread *t, unsigned int ncells, bool *waited);

/* Nobody will look at the ring any more. */
bool rec_session_over(void);

#endif
