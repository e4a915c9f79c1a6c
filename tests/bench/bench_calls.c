/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What calls of the runtime cost a program, with whichever libcudart.so.13 the loader finds:
 * NVIDIA's, or ours recording or not. scripts/gpu-bench runs it and compares.
 *
 *	bench_calls calls [BATCHES]	a line for each call: name, then median, 25th and 75th
 *					percentile and minimum over batches, in ns per call
 *	bench_calls start		ns that the process's first call takes, cudaFree(0)
 *	bench_calls list		the names
 *	bench_calls list-hot		the names of those that loops are made of, and how many
 *					calls of the runtime each is
 *	bench_calls serve		see bench_serve
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

double bench_now(void)
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

int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_batch(const struct bench_call *call)
{
	double start = bench_now(), time;

	call->run(call->n);
	time = bench_now() - start;
	if (call->queued)
		bench_failed |= cudaStreamSynchronize(bench.stream);
	bench_check(bench_failed, call->name);
	return time / (double)call->n;
}

static void measure(const struct bench_call *call, int batches)
{
	static double times[MOST_BATCHES];

	/* The driver makes room for queues and pools with first uses. */
	bench_batch(call);
	bench_batch(call);
	for (int i = 0; i < batches; i++)
		times[i] = bench_batch(call);
	qsort(times, (size_t)batches, sizeof(times[0]), bench_compare);
	printf("%s\t%.1f\t%.1f\t%.1f\t%.1f\n", call->name, times[batches / 2], times[batches / 4],
	       times[batches - 1 - batches / 4], times[0]);
}

static void begin(void)
{
	bench_register();
	bench_check(cudaFree(NULL), "cudaFree(0)");
	stay_on_one_processor();
	bench_setup();
}

static void calls(int batches)
{
	begin();
	for (const struct bench_call *call = bench_calls; call->name; call++)
		measure(call, batches);
}

static void start(void)
{
	double begin = bench_now(), time;

	bench_check(cudaFree(NULL), "cudaFree(0)");
	time = bench_now() - begin;
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
	} else if (strcmp(mode, "list-hot") == 0) {
		for (const struct bench_call *call = bench_calls; call->name; call++)
			if (call->hot)
				printf("%s\t%u\n", call->name, call->hot);
	} else if (strcmp(mode, "serve") == 0) {
		begin();
		bench_serve();
	} else {
		fputs("usage: bench_calls calls [BATCHES] | start | list | list-hot | serve\n",
		      stderr);
		return 2;
	}
	return 0;
}
