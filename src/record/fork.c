/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fork. The kernel wipes our pages in any child that has memory of its own, also in one made by a
 * bare system call; the fork handler is for kernels before 4.14, which cannot, and for the thread's
 * pointer, which no kernel wipes.
 */
#include "record/fork.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "record/state.h"
#include "record/thread.h"

void rec_fork_wipe(void *pages, size_t size)
{
	madvise(pages, size, MADV_WIPEONFORK);
}

static void in_child(void)
{
	rec_thread_forget();
	memset(&rec_switch, 0, sizeof(rec_switch));
	memset(&rec_process, 0, sizeof(rec_process));
}

void rec_fork_watch(void)
{
	/* Inherited by children, and so are the handler and the advice: once is enough. */
	static bool watching;

	if (__atomic_exchange_n(&watching, true, __ATOMIC_RELAXED))
		return;
	rec_fork_wipe(&rec_switch, sizeof(rec_switch));
	rec_fork_wipe(&rec_process, sizeof(rec_process));
	pthread_atfork(NULL, NULL, in_child);
}
