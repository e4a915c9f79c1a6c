/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks from the environment, by a table. */
#include "collect/rank.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * From the innermost launcher to the outermost, for a job's processes have the variables of all:
 * torchrun and mpirun are often started by srun. Of two names for a thing the first that is set
 * counts.
 */
static const struct launcher {
	const char *name;
	const char *rank[2];
	const char *size[2];
	const char *local_rank[2];
	const char *job[2]; /* both together */
} launchers[] = {
	{ "torchrun", { "RANK" }, { "WORLD_SIZE" }, { "LOCAL_RANK" }, { "TORCHELASTIC_RUN_ID" } },
	{ "openmpi",
	  { "OMPI_COMM_WORLD_RANK" },
	  { "OMPI_COMM_WORLD_SIZE" },
	  { "OMPI_COMM_WORLD_LOCAL_RANK" },
	  { "PMIX_NAMESPACE" } },
	{ "mvapich2",
	  { "MV2_COMM_WORLD_RANK" },
	  { "MV2_COMM_WORLD_SIZE" },
	  { "MV2_COMM_WORLD_LOCAL_RANK" },
	  { "PBS_JOBID" } },
	/* MPICH, Intel MPI and others that start by Hydra. */
	{ "pmi", { "PMI_RANK" }, { "PMI_SIZE" }, { "MPI_LOCALRANKID" }, { "PBS_JOBID" } },
	/* The tasks of a step may be fewer than those of the job. */
	{ "slurm",
	  { "SLURM_PROCID" },
	  { "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS" },
	  { "SLURM_LOCALID" },
	  { "SLURM_JOB_ID", "SLURM_STEP_ID" } },
};

static const char *first_of(const char *const names[2])
{
	const char *value = NULL;

	for (int i = 0; i < 2 && !value && names[i]; i++)
		value = getenv(names[i]);
	return value;
}

/* Only digits, so that what else is called RANK is not taken for one. */
static bool number_of(const char *const names[2], int32_t *number)
{
	const char *text = first_of(names);
	char *end;
	long value;

	if (!text || !isdigit((unsigned char)*text))
		return false;
	errno = 0;
	value = strtol(text, &end, 10);
	*number = (int32_t)value;
	return !*end && !errno && value <= INT32_MAX;
}

/* A name that the launcher gives to every job is none. */
static void take_job(const struct launcher *launcher, struct col_rank *rank)
{
	const char *job = getenv(launcher->job[0]);
	const char *step = launcher->job[1] ? getenv(launcher->job[1]) : NULL;

	if (job && strcmp(job, "none") != 0)
		snprintf(rank->job, sizeof(rank->job), "%s%s%s", job, step ? "." : "",
			 step ? step : "");
}

bool col_rank_find(struct col_rank *rank)
{
	for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
		const struct launcher *launcher = &launchers[i];

		*rank = (struct col_rank){ .launcher = launcher->name };
		if (!number_of(launcher->rank, &rank->rank) ||
		    !number_of(launcher->size, &rank->world_size) || rank->world_size < 1 ||
		    rank->rank >= rank->world_size)
			continue;
		if (!number_of(launcher->local_rank, &rank->local_rank))
			rank->local_rank = -1;
		take_job(launcher, rank);
		return true;
	}
	return false;
}
