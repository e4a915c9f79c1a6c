/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control records stand in the ring like calls, and are committed as soon as they are written. They
 * are not counted as calls.
 */
#include "record/control.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "record/clock.h"
#include "record/overflow.h"
#include "record/state.h"

#define CELLS(payload_size) \
	((CTR_CELL_HEAD_SIZE + (payload_size) + CTR_CELL_SIZE - 1) / CTR_CELL_SIZE)
#define THREAD_CELLS CELLS(sizeof(struct ctr_control_thread))
#define LOSS_CELLS   CELLS(sizeof(struct ctr_control_loss))

/* One thread writes, so that the two stores need no order between them but the last. */
static void write_record(struct rec_thread *t, enum ctr_control kind, uint64_t start, uint64_t end,
			 const void *payload, size_t size)
{
	unsigned int ncells = CELLS(size);
	struct ctr_cell *c = rec_fill_head(t, t->head, rec_head_word(kind, ncells, 0), start, NULL);

	memcpy((char *)c + CTR_CELL_HEAD_SIZE, payload, size);
	c->end = end;
	__atomic_store_n(&c->commit, t->head + 1, __ATOMIC_RELAXED);
	t->head += ncells;
	/* Pairs with the consumer's acquire. */
	__atomic_store_n(&t->ring->head, t->head, __ATOMIC_RELEASE);
}

/* THREAD_END says the same as THREAD: of an overwritten ring only the end may be left. */
static void write_thread(struct rec_thread *t, enum ctr_control kind)
{
	struct ctr_control_thread thread = { .tid = t->ring->tid, .pid = rec_process.pid };

	prctl(PR_GET_NAME, thread.name);
	rec_clock_sample(rec_switch.clock, &thread.clock);
	write_record(t, kind, thread.clock.counter, thread.clock.counter, &thread, sizeof(thread));
}

static void write_loss(struct rec_thread *t)
{
	/* A handler may add to the second while this is written: that is for the next record. */
	struct ctr_control_loss loss = {
		.full = t->lost_full,
		.reentered = __atomic_load_n(&t->lost_reentered, __ATOMIC_RELAXED),
	};

	write_record(t, CTR_CONTROL_LOSS, t->lost_first, t->lost_last, &loss, sizeof(loss));
	t->lost_full = 0;
	arch_local_add(&t->lost_reentered, -loss.reentered);
}

static bool loss_due(const struct rec_thread *t)
{
	return t->lost_full != 0 || __atomic_load_n(&t->lost_reentered, __ATOMIC_RELAXED) != 0;
}

unsigned int rec_control_due_cells(const struct rec_thread *t)
{
	return (loss_due(t) ? LOSS_CELLS : 0) + (t->unnamed ? THREAD_CELLS : 0);
}

void rec_control_write_due(struct rec_thread *t, unsigned int cells)
{
	/*
	 * By the cells, not by what is due now: for a loss that a handler has counted since there
	 * may be no room. In this order: the losses may be those of the ring's previous owner.
	 */
	if (cells > (t->unnamed ? THREAD_CELLS : 0))
		write_loss(t);
	if (t->unnamed) {
		t->unnamed = 0;
		write_thread(t, CTR_CONTROL_THREAD);
	}
}

void rec_control_thread_end(struct rec_thread *t)
{
	unsigned int due = rec_control_due_cells(t);

	if (rec_room_now(t, due + THREAD_CELLS)) {
		rec_control_write_due(t, due);
		write_thread(t, CTR_CONTROL_THREAD_END);
	}
}

/* The limit is 0 where something else must come first. An overwritten ring would forget it. */
bool rec_control_stream(const struct ctr_control_stream *stream)
{
	struct rec_thread *t = rec_tls.self;
	uint64_t now;

	if (rec_state() != REC_ON || rec_process.overflow == CTR_OVERFLOW_OVERWRITE || !t ||
	    t->busy || t->head + CELLS(sizeof(*stream)) > t->limit)
		return false;
	__atomic_store_n(&t->busy, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	now = rec_counter();
	write_record(t, CTR_CONTROL_STREAM, now, now, stream, sizeof(*stream));
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&t->busy, 0, __ATOMIC_RELAXED);
	return true;
}
