/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A traced process without CUDA and without the recorder: makes what trace_format.h says by the
 * simplest means, so that the collector is tested against the format and not against our recorder.
 */
#ifndef COLLECT_TRACED_H
#define COLLECT_TRACED_H

#include <stdbool.h>
#include <stdint.h>

#include "curtrace/trace_format.h"

/* Functions of the `api` text that a traced process leaves. */
enum traced_function {
	TRACED_MALLOC = 16, /* cudaMalloc(devPtr, size), 1 cell */
	TRACED_FREE = 17,   /* cudaFree(devPtr), 1 cell */
	TRACED_QUERY = 18,  /* cudaStreamQuery(stream), 1 cell; 600 is an answer */
	TRACED_LAUNCH = 19  /* cudaLaunchKernel(func, gridDim, blockDim), 2 cells */
};

#define TRACED_KERNEL_KEY 0x4242

struct traced {
	int dirfd;
	struct ctr_session *session;
	struct ctr_process *slot;
	uint32_t nrings;
	char tag[48];
};

struct traced_ring {
	struct traced *process;
	struct ctr_ring *shared;
	struct ctr_cell *cells;
	uint64_t head;
};

/*
 * Opens the session and becomes LIVE in it. pid 0: as this process; else as one that was, with
 * start time 1.
 */
void traced_open(struct traced *t, const char *folder, uint32_t pid);

/* Writes maps.P.S.E: a copy of our own map, or the text. */
void traced_leave_maps(struct traced *t, const char *text);

/* Says EXITED. */
void traced_exit(struct traced *t);

void traced_ring(struct traced *t, struct traced_ring *r, uint32_t ncells, uint32_t tid);

/* Waits for room, begins a call and returns the number of its first cell. */
uint64_t traced_begin(struct traced_ring *r, enum traced_function function);

/* The same with another caller, or with a control record. */
uint64_t traced_begin_as(struct traced_ring *r, uint16_t function, uint64_t caller,
			 const void *payload, uint32_t size);

void traced_end(struct traced_ring *r, uint64_t number, int32_t result);

/* Both. */
void traced_call(struct traced_ring *r, enum traced_function function, int32_t result);

/* A call that found the ring full. */
void traced_lose(struct traced_ring *r);

/* Appends a definition; only the first `written` bytes of it if that is not 0. */
void traced_define(struct traced *t, uint16_t kind, uint64_t key, const char *text,
		   uint32_t written);

/* Reads the counter that this machine's sessions are in. */
uint64_t traced_counter(const struct traced *t);

#endif
