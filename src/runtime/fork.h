/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime's locks and fork(): whichever thread forks, the child must find every lock open.
 * Both functions are called from constructors (before there is a second thread), once per lock.
 */
#ifndef RUNTIME_FORK_H
#define RUNTIME_FORK_H

#include <pthread.h>

/*
 * For a lock under which the driver is called. The child gets a new one; what it guards may be
 * half changed there, which nobody minds: a child of a process that used the driver has no CUDA.
 */
void rt_fork_lock(pthread_mutex_t *lock);

/*
 * For a lock that guards plain tables, which a child goes on to use: fork() waits for it. No
 * thread may hold it while it calls the driver (which forks in cuInit), the loader or an
 * observer, nor take another lock meanwhile. `in_child` (may be NULL) runs in the child with
 * the lock held.
 */
void rt_fork_table(pthread_mutex_t *lock, void (*in_child)(void));

#endif
