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
#include <unistd.h>

#include "record/gates.h"
#include "record/process.h"
#include "record/state.h"
#include "record/thread.h"

void rec_fork_wipe(void *pages, size_t size)
{
	madvise(pages, size, MADV_WIPEONFORK);
}

/* For the child. A handler may fork while the call that it interrupted reserves its record. */
static __thread struct {
	void *ring;
	size_t size;
	pid_t pid; /* of the one that forks: the child may find it gone */
} forking;

static void before(void)
{
	const struct rec_thread *self = rec_tls.self;

	forking.pid = getpid();
	forking.ring = self && self->busy ? self->ring : NULL;
	forking.size = self ? self->map_size : 0;
}

/*
 * The child returns into the reservation, and goes on writing to cells that it has not inherited:
 * memory of its own is put there. Until it has published that record, which nobody will see, the
 * thread keeps its hold, marked as an orphan.
 */
static bool keep_orphan(void)
{
	struct rec_thread *self = rec_tls.self;

	if (!forking.ring ||
	    mmap(forking.ring, forking.size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != forking.ring)
		return false;
	memset(self, 0, sizeof(*self));
	self->ring = forking.ring;
	self->cells = (char *)forking.ring + CTR_RING_HEADER_SIZE;
	self->orphan = self->busy = 1;
	return true;
}

static void in_child(void)
{
	if (!keep_orphan()) {
		if (rec_tls.self)
			memset(rec_tls.self, 0, sizeof(*rec_tls.self));
		rec_thread_forget();
	}
	rec_process_note_parent(forking.pid);
	memset(&rec_switch, 0, sizeof(rec_switch));
	memset(&rec_process, 0, sizeof(rec_process));
	rec_gates_forget();
}

void rec_fork_watch(void)
{
	/* Inherited by children, and so are the handler and the advice: once is enough. */
	static bool watching;

	if (__atomic_exchange_n(&watching, true, __ATOMIC_RELAXED))
		return;
	rec_fork_wipe(&rec_switch, sizeof(rec_switch));
	rec_fork_wipe(&rec_process, sizeof(rec_process));
	rec_fork_wipe(&rec_gates, sizeof(rec_gates));
	pthread_atfork(before, NULL, in_child);
}
