/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handler for SIGBUS. It runs in the thread that touched the mapping, at any instruction of the
 * recording path: all it does is to put zeros where the file was, and to mark the ring as broken.
 * The record that was being written goes there and is lost; the thread's next call takes the slow
 * way, because the ring has no room any more, and finds the mark.
 */
#include "record/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "record/gates.h"
#include "record/session.h"
#include "record/stack.h"
#include "record/state.h"

static bool lies_in(const void *address, const void *begin, size_t size)
{
	return begin && (uintptr_t)address - (uintptr_t)begin < size;
}

static bool replace(void *at, size_t size)
{
	return mmap(at, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == at;
}

/* The counters in the header stay the collector's as long as that page is there. */
static bool mend_ring(struct rec_thread *t, const void *address)
{
	char *begin = (char *)t->ring;
	size_t kept = lies_in(address, begin, CTR_RING_HEADER_SIZE) ? 0 : CTR_RING_HEADER_SIZE;

	if (!replace(begin + kept, t->map_size - kept))
		return false;
	__atomic_store_n(&t->limit, 0, __ATOMIC_RELAXED);
	/* Cells and header may be cut off one after the other. */
	if (!t->broken && rec_process.slot)
		__atomic_fetch_add(&rec_process.slot->broken_rings, 1, __ATOMIC_RELAXED);
	t->broken = 1;
	return true;
}

static bool mend(const void *address)
{
	struct rec_process *p = &rec_process;

	for (struct rec_thread *t = __atomic_load_n(&p->made, __ATOMIC_ACQUIRE); t;
	     t = t->next_made)
		if (lies_in(address, t->ring, t->map_size))
			return mend_ring(t, address);
	if (lies_in(address, p->session, CTR_SESSION_MAP_SIZE))
		return replace(p->session, CTR_SESSION_MAP_SIZE);
	if (lies_in(address, rec_session_known, sizeof(*rec_session_known)))
		return replace(rec_session_known, sizeof(*rec_session_known));
	if (lies_in(address, &rec_gates, sizeof(rec_gates))) {
		rec_gates_fill(CTR_GATE_ON);
		return true;
	}
	return rec_stack_mend(address);
}

static void handle(int number, siginfo_t *info, void *context)
{
	int saved_errno = errno;

	(void)context;
	/* Sent by somebody, or not ours: as if there were no handler. A fault comes again. */
	if (info->si_code <= 0 || !mend(info->si_addr)) {
		signal(number, SIG_DFL);
		if (info->si_code <= 0)
			raise(number);
	}
	errno = saved_errno;
}

void rec_guard_install(void)
{
	static bool installed; /* inherited by children, as the handler is */
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction before;

	if (__atomic_exchange_n(&installed, true, __ATOMIC_RELAXED))
		return;
	if (sigaction(SIGBUS, NULL, &before) == 0 && !(before.sa_flags & SA_SIGINFO) &&
	    before.sa_handler == SIG_DFL)
		sigaction(SIGBUS, &action, NULL);
}
