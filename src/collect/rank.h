/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which part of a distributed job we are, as mpirun, srun or torchrun told its processes in their
 * environment.
 */
#ifndef COLLECT_RANK_H
#define COLLECT_RANK_H

#include <stdbool.h>
#include <stdint.h>

struct col_rank {
	const char *launcher; /* "torchrun", "openmpi", … */
	int32_t rank;
	int32_t world_size;
	int32_t local_rank; /* on this host; -1: not known */
	char job[128]; /* tells this job from others, as the launcher names it; "": not known */
};

/* False: no launcher of those that are known has started us. */
bool col_rank_find(struct col_rank *rank);

#endif
