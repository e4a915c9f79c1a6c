/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of bench_calls share: the objects that the calls work on, and the calls. */
#ifndef BENCH_BENCH_CALLS_H
#define BENCH_BENCH_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "api/cudart.h"

/* Of the copies and fills. */
#define BENCH_BYTES 64
/* Of the allocations. */
#define BENCH_LARGE ((size_t)1 << 20)

struct bench_objects {
	cudaStream_t stream;
	cudaEvent_t event;         /* without timing */
	cudaEvent_t timed, timed2; /* with timing, both recorded */
	cudaKernel_t by_handle;    /* of a library */
	cudaKernel_t by_stub;      /* what the registered stub stands for */
	const void *stub;
	cudaGraphExec_t graph; /* of three kernels in a row */
	void *device, *device2, *pinned;
	char pageable[BENCH_BYTES];
};

extern struct bench_objects bench;

/* What calls return, or-ed: 0 means that all succeeded. */
extern unsigned int bench_failed;

struct bench_call {
	const char *name;
	void (*run)(long n); /* makes the call n times */
	long n;              /* in one batch */
	bool queued;         /* leaves work: wait for the stream after each batch */
	unsigned int hot;    /* one of those that loops are made of: calls of the runtime in it */
};

/* Ends in an entry without a name. A name in parentheses is that of a yardstick, no call of the
 * runtime. */
extern const struct bench_call bench_calls[];

/* Registers the fat binary; as a program's constructors, before any other call. */
void bench_register(void);

/*
 * Answers requests on the standard input until it ends: "MILLISECONDS TAB NAME" is a call to be
 * made in batches for so long, and its answer the line "MEDIAN TAB MINIMUM TAB BEFORE TAB AFTER",
 * in ns per call, the latter two being what a step of a fixed loop takes before and after: the
 * processor's speed.
 */
void bench_serve(void);

/* ns of one batch, per call. */
double bench_batch(const struct bench_call *call);
double bench_now(void);
int bench_compare(const void *a, const void *b);

/* Makes `bench`, with a context current. */
void bench_setup(void);

/* The yardsticks' part of it, and the yardsticks. */
void bench_setup_driver(void);
void bench_get_current(long n);
void bench_set_current(long n);
void bench_context_id(long n);
void bench_get_device(long n);
void bench_launch_kernel(long n);
void bench_launch_function(long n);
void bench_function_of(long n);
void bench_kernel_attribute(long n);
void bench_function_attribute(long n);
void bench_occupancy_kernel(long n);
void bench_occupancy_function(long n);
void bench_event_query(long n);
void bench_stream_query(long n);
void bench_stream_capturing(long n);
void bench_pointer_type(long n);

/* Says what failed and ends the program unless `error` is 0. */
void bench_check(unsigned int error, const char *what);

#endif
