/* SPDX-License-Identifier: Apache-2.0 */
/* The file by which calls.c and check_calls.c compare what was done with what was recorded. */
#ifndef STRESS_PROGRESS_H
#define STRESS_PROGRESS_H

#include <pthread.h>
#include <stdint.h>

#define PROGRESS_THREADS 8192

/* One thread, at two stores for each call: around it. */
struct progress_thread {
	uint32_t pid, tid;
	uint64_t begun, done;
	uint64_t unused[5];
};

struct progress {
	uint32_t pid;  /* of the program; stored when it is about to begin */
	uint32_t used; /* of `thread` */
	pthread_barrier_t barrier;
	struct progress_thread thread[PROGRESS_THREADS] __attribute__((aligned(64)));
};

#endif
