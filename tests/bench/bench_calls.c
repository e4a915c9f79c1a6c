/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What calls of the runtime cost a program, with whichever libcudart.so.13 the loader finds:
 * NVIDIA's, or ours recording or not. scripts/gpu-bench runs it and compares.
 *
 *	bench_calls calls [BATCHES]	a line for each call: name, then median, 25th and 75th
 *					percentile and minimum over batches, in ns per call
 *	bench_calls start		ns that the process's first call takes, cudaFree(0)
 *	bench_calls list		the names
 *
 * One thread and one stream. Calls that leave work are made so few at a time that the queue never
 * fills, and the wait for that work is not timed.
 */
#include "bench_calls.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCHES      31
#define MOST_BATCHES 1001

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void bench_check(unsigned int error, const char *what)
{
	if (error == 0)
		return;
	fprintf(stderr, "bench_calls: %s: error %u\n", what, error);
	exit(1);
}

/*
 * Onto the last processor that the process may use: always the same one, and hardly the one that
 * serves interrupts. Called with a context, so that the driver's threads stay free to go anywhere.
 */
static void stay_on_one_processor(void)
{
	cpu_set_t allowed, one;
	int last = -1;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &allowed))
			last = i;
	}
	CPU_ZERO(&one);
	if (last >= 0)
		CPU_SET(last, &one);
	/* Without it the figures only vary more. */
	sched_setaffinity(0, sizeof(one), &one);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double batch(const struct bench_call *call)
{
	double start = now(), time;

	call->run(call->n);
	time = now() - start;
	if (call->queued)
		bench_failed |= cudaStreamSynchronize(bench.stream);
	bench_check(bench_failed, call->name);
	return time / (double)call->n;
}

static void measure(const struct bench_call *call, int batches)
{
	static double times[MOST_BATCHES];

	/* The driver makes room for queues and pools with first uses. */
	batch(call);
	batch(call);
	for (int i = 0; i < batches; i++)
		times[i] = batch(call);
	qsort(times, (size_t)batches, sizeof(times[0]), compare);
	printf("%s\t%.1f\t%.1f\t%.1f\t%.1f\n", call->name, times[batches / 2], times[batches / 4],
	       times[batches - 1 - batches / 4], times[0]);
}

static void calls(int batches)
{
	bench_register();
	bench_check(cudaFree(NULL), "cudaFree(0)");
	stay_on_one_processor();
	bench_setup();
	for (const struct bench_call *call = bench_calls; call->name; call++)
		measure(call, batches);
}

static void start(void)
{
	double begin = now(), time;

	bench_check(cudaFree(NULL), "cudaFree(0)");
	time = now() - begin;
	printf("cudaFree(0), first\t%.1f\n", time);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "calls";
	int batches = argc > 2 ? atoi(argv[2]) : BATCHES;

	if (strcmp(mode, "calls") == 0 && batches > 0 && batches <= MOST_BATCHES) {
		calls(batches);
	} else if (strcmp(mode, "start") == 0) {
		start();
	} else if (strcmp(mode, "list") == 0) {
		for (const struct bench_call *call = bench_calls; call->name; call++)
			puts(call->name);
	} else {
		fputs("usage: bench_calls calls [BATCHES] | start | list\n", stderr);
		return 2;
	}
	return 0;
}
