/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a call has been left is told by the stack. Each record in flight keeps the lower half of
 * the stack pointer at its call; a later call that was made there or further out has its frame
 * behind it. For a call that stands further in it is looked whether the return address of the
 * record is still where its frame was: just below where it was called if a call pushes it there.
 */
#include "record/settle.h"

#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "record/state.h"

/* Where the return address lies, or more than the frame of any function that records. */
#define FRAME_BYTES (ARCH_RA_ON_STACK ? sizeof(uint64_t) : 4096)

struct ctr_cell *rec_cell_at(const struct rec_thread *t, uint64_t number)
{
	return (void *)(t->cells + (number * CTR_CELL_SIZE & t->offset_mask));
}

bool rec_in_flight(const struct rec_thread *t, uint64_t number)
{
	return number >= t->settled && number < t->head &&
	       __atomic_load_n(&rec_cell_at(t, number)->commit, __ATOMIC_RELAXED) != number + 1;
}

/* How much further out the present call stands than the record's; stacks are less than 2 GiB. */
static int32_t distance(const struct rec_thread *t, const struct ctr_cell *c)
{
	return (int32_t)((uint32_t)t->stack - (uint32_t)c->result);
}

/*
 * Looks no further in than the present call. By a system call, which reads less or nothing where a
 * load would be a fault, as there need be no stack; where it is forbidden the call counts as
 * standing.
 */
static bool still_stands(const struct rec_thread *t, const struct ctr_cell *c)
{
	uint64_t frame[FRAME_BYTES / sizeof(uint64_t)];
	size_t further_out = (size_t)-distance(t, c);
	size_t wanted = further_out < sizeof(frame) ? further_out : sizeof(frame);
	uintptr_t end = t->stack + further_out;
	const struct iovec to = { .iov_base = frame, .iov_len = wanted };
	const struct iovec from = { .iov_base = (void *)(end - wanted), .iov_len = wanted };
	ssize_t size = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	if (size <= 0)
		return true;
	for (size_t i = 0; i < (size_t)size / sizeof(frame[0]); i++)
		if (frame[i] == c->caller)
			return true;
	return false;
}

static bool was_left(const struct rec_thread *t, const struct ctr_cell *c)
{
	return distance(t, c) >= 0 || !still_stands(t, c);
}

static void settle(struct rec_thread *t)
{
	uint64_t number = t->tail > t->settled ? t->tail : t->settled;
	stack_t alternate;

	/* From there it cannot be told how the other stack stands. */
	if (sigaltstack(NULL, &alternate) < 0 || (alternate.ss_flags & SS_ONSTACK))
		return;
	while (number < t->head) {
		struct ctr_cell *c = rec_cell_at(t, number);

		if (rec_in_flight(t, number) && was_left(t, c)) {
			c->flags = (uint8_t)((c->flags & ~CTR_CELL_OUTPUTS) | CTR_CELL_LEFT);
			c->result = 0;
			c->end = rec_counter();
			/* Pairs with the consumer's acquire. */
			__atomic_store_n(&c->commit, number + 1, __ATOMIC_RELEASE);
		}
		if (c->ncells < 1 || c->ncells > CTR_MAX_CELLS)
			return;
		number += c->ncells;
	}
}

bool rec_is_stuck(struct rec_thread *t)
{
	if (!rec_in_flight(t, t->tail))
		return false;
	/* Calls may go on being lost behind one that really stands: ever fewer of them look. */
	if (distance(t, rec_cell_at(t, t->tail)) >= 0 || !(t->lost_full & (t->lost_full - 1)))
		settle(t);
	return rec_in_flight(t, t->tail);
}
