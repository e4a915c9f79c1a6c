/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity and slot of the process. A pid alone names a process only while it lives; with the start
 * time it does for ever, and the number of execs tells its programs apart.
 */
#include "record/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/clock.h"
#include "record/files.h"

/* "pid (comm) state ppid ..."; comm may hold blanks and parentheses. Field 22 is the start time. */
static bool parse_stat(char *stat, struct rec_identity *identity)
{
	char *comm = strchr(stat, '('), *end = strrchr(stat, ')');

	if (!comm || !end || end < comm)
		return false;
	*end++ = '\0';
	snprintf(identity->comm, sizeof(identity->comm), "%s", comm + 1);
	for (int field = 3; field < 22; field++) {
		end = strchr(end + 1, ' ');
		if (!end)
			return false;
	}
	identity->start_time = strtoull(end + 1, NULL, 10);
	return true;
}

void rec_identify(struct rec_identity *identity)
{
	struct ctr_clock_sample now;
	char stat[1024];

	memset(identity, 0, sizeof(*identity));
	identity->pid = (uint32_t)getpid();
	identity->parent_pid = (uint32_t)getppid();
	if (rec_file_read("/proc/self/stat", stat, sizeof(stat)) > 0 && parse_stat(stat, identity))
		return;
	/* No /proc: the present instant, in the same unit, is unique enough. */
	rec_clock_sample(CTR_CLOCK_MONOTONIC, &now);
	identity->start_time = now.monotonic_ns / (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* Earlier images of this process have claimed slots of their own, all below `end`. */
static uint32_t count_execs(const struct ctr_process *slots, uint32_t end,
			    const struct rec_identity *identity)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < end; i++)
		if (slots[i].pid == identity->pid && slots[i].start_time == identity->start_time)
			count++;
	return count;
}

struct ctr_process *rec_process_claim(struct ctr_session *session,
				      const struct rec_identity *identity, uint32_t *exec_count)
{
	struct ctr_process *slots = (struct ctr_process *)(session + 1), *slot;
	uint32_t index = __atomic_fetch_add(&session->processes, 1, __ATOMIC_RELAXED);
	uint32_t free_state = CTR_PROCESS_FREE;

	if (index >= session->process_slots) {
		/* Keeps the counter from wrapping round to slots in use. */
		__atomic_store_n(&session->processes, session->process_slots, __ATOMIC_RELAXED);
		*exec_count = count_execs(slots, session->process_slots, identity);
		return NULL;
	}
	*exec_count = count_execs(slots, index, identity);
	slot = &slots[index];
	if (!__atomic_compare_exchange_n(&slot->state, &free_state, CTR_PROCESS_CLAIMED, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return NULL;
	slot->pid = identity->pid;
	slot->parent_pid = identity->parent_pid;
	slot->start_time = identity->start_time;
	slot->exec_count = *exec_count;
	memcpy(slot->comm, identity->comm, sizeof(slot->comm));
	return slot;
}
