/* SPDX-License-Identifier: Apache-2.0 */
/* The process as a session sees it: who it is, and its slot in the session file. */
#ifndef RECORD_PROCESS_H
#define RECORD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "curtrace/trace_format.h"

struct rec_identity {
	uint32_t pid;
	uint32_t parent_pid;
	uint64_t start_time; /* clock ticks since boot */
	uint32_t pid_namespace;
	char comm[16];
};

void rec_identify(struct rec_identity *identity);

/* Keeps who the parent is, for later it may be gone. At the beginning of a process. */
void rec_process_note_parent(pid_t parent);

/*
 * Claims a slot of the session, whose file `fd` is, and fills it in, but does not make it LIVE.
 * NULL: they are all taken. `exec_count` is set in either case.
 */
struct ctr_process *rec_process_claim(struct ctr_session *session, int fd,
				      const struct rec_identity *identity, uint32_t *exec_count);

#endif
