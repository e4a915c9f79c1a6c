/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other tracers take for the entry and the end of a call, for comparison with a record.
 * scripts/bench builds it three times: plain, with -DPEER_LTTNG (tracepoints of LTTng-UST), and
 * with -pg for uftrace. Prints the median of batches, in ns per call; what it has more than plain
 * is the cost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef PEER_LTTNG
#define TRACEPOINT_CREATE_PROBES
#define TRACEPOINT_DEFINE
#include "bench_lttng.inc"
#define TRACE_ENTRY(a, b, c) tracepoint(curtrace_bench, entry, a, b, c)
#define TRACE_LEAVE(r)       tracepoint(curtrace_bench, leave, r)
#else
#define TRACE_ENTRY(a, b, c)
#define TRACE_LEAVE(r)
#endif

#define UNTRACED __attribute__((no_instrument_function))
#define BATCH    1000
#define BATCHES  200

/* -pg puts its call here. */
__attribute__((noinline)) int traced_call(void *a, size_t b, int c);

__attribute__((noinline)) int traced_call(void *a, size_t b, int c)
{
	int r = 0;

	TRACE_ENTRY(a, b, c);
	__asm__ __volatile__("" : "+r"(r) : "r"(a), "r"(b), "r"(c) : "memory");
	TRACE_LEAVE(r);
	return r;
}

static UNTRACED double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static UNTRACED int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

UNTRACED int main(void)
{
	static double times[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		double start = now();

		for (int j = 0; j < BATCH; j++)
			traced_call(times, (size_t)j, i);
		times[i] = (now() - start) / BATCH;
	}
	qsort(times, BATCHES, sizeof(times[0]), compare);
	printf("%.1f\n", times[BATCHES / 2]);
	return 0;
}
