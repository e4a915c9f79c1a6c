/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session that this process records into: one named by the collector, or one of its own (a
 * flight recorder). Opened at the first call, again in a forked child.
 */
#ifndef RECORD_SESSION_H
#define RECORD_SESSION_H

#include <stdbool.h>

struct ctr_session;

/*
 * Leaves rec_switch ON or OFF. True: this call did it, and rec_host_opened must be called. Takes
 * the lock; the caller is between rec_slow_enter and rec_slow_leave.
 */
bool rec_session_open(void);

/*
 * The session's header, found before the first call so that losses can be counted in it even where
 * the session itself cannot be opened. Inherited by children. NULL: there is none.
 */
extern struct ctr_session *rec_session_known __attribute__((visibility("hidden")));
void rec_session_know(const char *folder);

/* In a process that is REC_BARRED: tries again to open it, ever more rarely; counts a lost call. */
void rec_session_retry(void);
void rec_session_count_barred(void);

/* The same from outside of a call, with all that belongs to it. True: recording is on. */
bool rec_open(void);

/*
 * The process is about to exit: says so in its slot and copies the memory map. A process that made
 * no call is made known too where a collector waits, for the map tells why there was none.
 */
void rec_session_exit(void);

#endif
