/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity and slot of the process. A pid alone names a process only while it lives; with the start
 * time it does for ever, and the number of execs tells its programs apart.
 */
#include "record/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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

/* The pid that it is true of tells a child's from its parent's. */
static struct {
	pid_t pid, parent;
} noted;

void rec_process_note_parent(pid_t parent)
{
	noted.parent = parent;
	noted.pid = getpid();
}

static uint32_t pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 ? (uint32_t)st.st_ino : 0;
}

void rec_identify(struct rec_identity *identity)
{
	struct ctr_clock_sample now;
	char stat[1024];

	memset(identity, 0, sizeof(*identity));
	identity->pid = (uint32_t)getpid();
	identity->parent_pid = (uint32_t)(noted.pid == getpid() ? noted.parent : getppid());
	identity->pid_namespace = pid_namespace();
	if (rec_file_read("/proc/self/stat", stat, sizeof(stat)) > 0 && parse_stat(stat, identity))
		return;
	prctl(PR_GET_NAME, identity->comm);
	/* No /proc: the present instant, in the same unit, is unique enough. */
	rec_clock_sample(CTR_CLOCK_MONOTONIC, &now);
	identity->start_time = now.monotonic_ns / (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* ---- the table of slots ---------------------------------------------------------------- */

#define SLOTS_OF_A_PAGE (CTR_SLOT_PAGE / sizeof(struct ctr_process))

static bool has_page(struct ctr_session *session, size_t page)
{
	/* Pairs with the release of whoever made sure of it. */
	return __atomic_load_n(&session->slot_pages[page / 64], __ATOMIC_ACQUIRE) >> page % 64 & 1;
}

/* Any number of processes may do the same at once: what is there already stays as it is. */
static bool make_page(struct ctr_session *session, int fd, size_t page)
{
	if (has_page(session, page))
		return true;
	if (!rec_file_extend(fd, (off_t)(sizeof(*session) + page * CTR_SLOT_PAGE), CTR_SLOT_PAGE))
		return false;
	__atomic_fetch_or(&session->slot_pages[page / 64], 1ull << page % 64, __ATOMIC_RELEASE);
	return true;
}

/* Earlier images of this process have claimed slots of their own, all below `end`. */
static uint32_t count_execs(struct ctr_session *session, uint32_t end,
			    const struct rec_identity *identity)
{
	const struct ctr_process *slots = (const struct ctr_process *)(session + 1);
	uint32_t count = 0;

	for (uint32_t i = 0; i < end; i++) {
		if (i % SLOTS_OF_A_PAGE == 0 && !has_page(session, i / SLOTS_OF_A_PAGE)) {
			i += SLOTS_OF_A_PAGE - 1;
			continue;
		}
		if (slots[i].pid == identity->pid && slots[i].start_time == identity->start_time)
			count++;
	}
	return count;
}

struct ctr_process *rec_process_claim(struct ctr_session *session, int fd,
				      const struct rec_identity *identity, uint32_t *exec_count)
{
	struct ctr_process *slots = (struct ctr_process *)(session + 1), *slot;
	uint32_t index = __atomic_fetch_add(&session->processes, 1, __ATOMIC_RELAXED);
	uint32_t free_state = CTR_PROCESS_FREE;

	if (index >= session->process_slots) {
		/* Keeps the counter from wrapping round to slots in use. */
		__atomic_store_n(&session->processes, session->process_slots, __ATOMIC_RELAXED);
		*exec_count = count_execs(session, session->process_slots, identity);
		return NULL;
	}
	*exec_count = count_execs(session, index, identity);
	slot = &slots[index];
	if (!make_page(session, fd, index / SLOTS_OF_A_PAGE) ||
	    !__atomic_compare_exchange_n(&slot->state, &free_state, CTR_PROCESS_CLAIMED, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return NULL;
	slot->pid = identity->pid;
	slot->parent_pid = identity->parent_pid;
	slot->start_time = identity->start_time;
	slot->pid_namespace = identity->pid_namespace;
	slot->exec_count = *exec_count;
	memcpy(slot->comm, identity->comm, sizeof(slot->comm));
	return slot;
}
