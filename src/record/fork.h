/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a forked child start afresh. */
#ifndef RECORD_FORK_H
#define RECORD_FORK_H

#include <stddef.h>

/* Sees to the switch and the process state; may be called any number of times. */
void rec_fork_watch(void);

/* The kernel clears these pages in a child. Pages that lie outside rec_switch and rec_process. */
void rec_fork_wipe(void *pages, size_t size);

#endif
