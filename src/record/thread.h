/* SPDX-License-Identifier: Apache-2.0 */
/* A thread gets a ring at its first call and leaves it to others at its end. */
#ifndef RECORD_THREAD_H
#define RECORD_THREAD_H

#include "record/record.h"

/*
 * A ring for the calling thread, to which rec_tls.self then leads. NULL: there is none, and the
 * call has been counted. The session is open.
 */
struct rec_thread *rec_thread_attach(void);

/* In a forked child: what the thread had is its parent's. */
void rec_thread_forget(void);

#endif
