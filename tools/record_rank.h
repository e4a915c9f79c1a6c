/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `record` as one of the ranks that mpirun, srun or torchrun has started: a trace for each, and a
 * manifest beside it by which `merge` finds them.
 */
#ifndef TOOLS_RECORD_RANK_H
#define TOOLS_RECORD_RANK_H

#include <stdbool.h>
#include <stddef.h>

struct recording;

/*
 * The pattern of the trace's name: `pattern` (NULL: the default trace), with the rank before its
 * ending if there are several ranks and nothing else in it tells them apart. False: too long.
 */
bool record_rank_pattern(const char *pattern, char *out, size_t size);

/* Writes the manifest of a rank of several: when the trace is begun, and when it is there. */
void record_rank_note(const struct recording *r, bool complete);

/* The program could not be started: the manifest goes. */
void record_rank_forget(const struct recording *r);

#endif
