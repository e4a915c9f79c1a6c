/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stacks in the session: asking for them, and moving a process's file of them into the trace.
 */
#ifndef COLLECT_STACKS_H
#define COLLECT_STACKS_H

#include <stdint.h>

#include "curtrace/trace_format.h"

struct collector;
struct col_process;

/* Of a process's stacks at most, of what the session's folder has room for. */
#define COL_STACKS_BYTES     (4u << 20)
#define COL_STACKS_DEPTH     64
#define COL_STACKS_FUNCTIONS (CTR_STACK_FUNCTIONS / 8)

/* Writes the file by which processes learn of it. 0 or a negative errno. */
int col_stacks_ask(int dirfd, uint32_t depth, const uint8_t functions[COL_STACKS_FUNCTIONS]);

/*
 * Writes the stacks of a process into the trace and counts those that are missing. Returns the
 * words, to be freed, and their number; NULL: it has none.
 */
uint64_t *col_stacks_move(struct collector *c, const struct col_process *p, uint64_t *count);

/* The file is no longer needed. */
void col_stacks_remove(struct collector *c, const struct col_process *p);

#endif
