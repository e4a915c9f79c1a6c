/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads and their rings. A ring belongs to one thread at a time; the ring of a thread that has
 * ended goes to the next one that needs a ring, so that a program that starts threads for ever
 * fills no memory. All of it with signals blocked: a handler's call would attach the thread twice.
 */
#include "record/thread.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record/control.h"
#include "record/fork.h"
#include "record/inject.h"
#include "record/ring.h"
#include "record/stack.h"
#include "record/state.h"

__thread struct rec_tls rec_tls;

/* Calls that this thread made without a ring, in this process. */
static __thread uint32_t denied;
static __thread uint32_t denied_for;

static pthread_key_t end_key;
static pthread_once_t end_key_once = PTHREAD_ONCE_INIT;
/*
 * Without a key, rings of ended threads look active: no harm. Released after the key is made, as
 * rec_thread_forget asks without the once.
 */
static bool have_end_key;

void rec_thread_forget(void)
{
	/* Until the record is published that was being reserved when a handler forked. */
	if (rec_tls.self && rec_tls.self->orphan && rec_tls.self->busy)
		return;
	rec_tls.self = NULL;
	denied = 0;
	if (__atomic_load_n(&have_end_key, __ATOMIC_ACQUIRE))
		pthread_setspecific(end_key, NULL);
}

/* ---- the lists of rec_process, under the lock ------------------------------------------ */

/* Cleared in a forked child, like rec_process, which alone leads to them. */
static struct rec_thread *take_spare(void)
{
	const size_t size = ARCH_PAGE_SIZE;
	struct rec_process *p = &rec_process;
	struct rec_thread *t;

	if (!p->spare) {
		t = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (t == MAP_FAILED)
			return NULL;
		rec_fork_wipe(t, size);
		for (size_t i = 0; i < size / sizeof(*t); i++) {
			t[i].next_idle = p->spare;
			p->spare = &t[i];
		}
	}
	t = p->spare;
	p->spare = t->next_idle;
	t->next_idle = NULL;
	return t;
}

static void give_spare(struct rec_thread *t)
{
	memset(t, 0, sizeof(*t));
	t->next_idle = rec_process.spare;
	rec_process.spare = t;
}

static bool drained(const struct rec_thread *t)
{
	/* Pairs with the consumer's release. */
	return !t->broken && __atomic_load_n(&t->ring->tail, __ATOMIC_ACQUIRE) == t->head;
}

/* `any`: also one that holds records. The oldest that will do. */
static struct rec_thread *take_idle(bool any)
{
	struct rec_thread **link = &rec_process.idle, *t;

	for (; (t = *link); link = &t->next_idle)
		if (drained(t) || (any && !t->broken)) {
			*link = t->next_idle;
			t->next_idle = NULL;
			rec_process.idle_count--;
			return t;
		}
	return NULL;
}

/* To the end of the list, so that the ring with the oldest records is the first to be lost. */
static void give_idle(struct rec_thread *t)
{
	struct rec_thread **link = &rec_process.idle;

	while (*link)
		link = &(*link)->next_idle;
	t->next_idle = NULL;
	*link = t;
	rec_process.idle_count++;
}

/* ---- the end of a thread --------------------------------------------------------------- */

/* Calls that later destructors make attach the thread anew; it then ends once more. */
static void thread_ends(void *arg)
{
	struct rec_thread *t = arg;
	struct rec_slow slow;
	sigset_t old;

	/* Wiped, in a child forked by system call alone; or broken, and nobody's any more. */
	if (!t->ring || t->broken)
		return;
	rec_slow_enter(&slow);
	rec_lock(&old);
	rec_tls.self = NULL;
	/* A handler that runs now would find no ring and begin a new one: signals are blocked. */
	t->busy = 1;
	rec_control_thread_end(t);
	t->limit = 0;
	t->busy = 0;
	t->settled = t->head;
	/* Pairs with the consumer's acquire: what is uncommitted now remains so. */
	__atomic_store_n(&t->ring->settled, t->settled, __ATOMIC_RELEASE);
	__atomic_store_n(&t->ring->state, CTR_RING_IDLE, __ATOMIC_RELEASE);
	give_idle(t);
	rec_unlock(&old);
	rec_slow_leave(&slow);
}

static void make_end_key(void)
{
	if (pthread_key_create(&end_key, thread_ends) == 0)
		__atomic_store_n(&have_end_key, true, __ATOMIC_RELEASE);
}

/* ---- the beginning --------------------------------------------------------------------- */

/* In the order of preference: a drained ring, a new one, one that still holds records. */
static struct rec_thread *get_ring(enum rec_ring_error *error)
{
	struct rec_process *p = &rec_process;
	struct rec_thread *t = NULL;
	uint32_t number = 0;
	sigset_t old;

	rec_lock(&old);
	t = take_idle(false);
	if (t) {
		rec_unlock(&old);
		return t;
	}
	t = take_spare();
	if (t)
		number = p->next_ring++;
	rec_unlock(&old);
	/* Without the lock: making one takes tens of microseconds, and many threads may start. */
	*error = t ? rec_ring_make(t, number) : REC_RING_NO_ROOM;
	rec_lock(&old);
	if (t && *error == REC_RING_OK) {
		if (number >= p->slot->ring_count)
			__atomic_store_n(&p->slot->ring_count, number + 1, __ATOMIC_RELEASE);
	} else {
		/* Numbers have gaps only if another thread made a ring meanwhile. */
		if (t && number + 1 == p->next_ring)
			p->next_ring--;
		if (t)
			give_spare(t);
		t = take_idle(true);
	}
	rec_unlock(&old);
	return t;
}

/* The first call then takes the slow way, where the THREAD record is written. */
static void own(struct rec_thread *t)
{
	t->unnamed = 1;
	t->limit = 0;
	t->stalled = 0;
	t->plain = rec_switch.clock == CTR_CLOCK_TSC && !rec_stack_wanted() && !rec_kernel_args &&
		   !__atomic_load_n(&rec_inject_rules, __ATOMIC_ACQUIRE);
	rec_stack_forget(t);
	t->ring->tid = (uint32_t)gettid();
	__atomic_store_n(&t->ring->state, CTR_RING_ACTIVE, __ATOMIC_RELEASE);
	pthread_once(&end_key_once, make_end_key);
	if (__atomic_load_n(&have_end_key, __ATOMIC_ACQUIRE))
		pthread_setspecific(end_key, t);
	rec_tls.self = t;
}

static void count_denied(enum rec_ring_error error)
{
	struct ctr_process *slot = rec_process.slot;

	__atomic_fetch_add(&slot->lost_no_ring, 1, __ATOMIC_RELAXED);
	if (error == REC_RING_NO_ROOM)
		__atomic_fetch_add(&slot->lost_no_room, 1, __ATOMIC_RELAXED);
}

/* Having failed, it is tried again at ever rarer calls, or when a thread has ended. */
static bool worth_trying(void)
{
	denied++;
	return (denied & (denied - 1)) == 0 ||
	       __atomic_load_n(&rec_process.idle_count, __ATOMIC_RELAXED) != 0;
}

struct rec_thread *rec_thread_attach(void)
{
	struct rec_process *p = &rec_process;
	enum rec_ring_error error = REC_RING_OK;
	struct rec_thread *t;
	sigset_t all, old;

	if (!p->slot) {
		__atomic_fetch_add(&p->session->lost_no_slot, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	if (denied != 0 && !worth_trying()) {
		count_denied(denied_for);
		return NULL;
	}
	rec_all_signals(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	t = get_ring(&error);
	if (t) {
		denied = 0;
		own(t);
	} else {
		denied += denied == 0;
		denied_for = error;
		count_denied(error);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return t;
}
