/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measuring on demand: whoever compares runtimes keeps a process of each and lets them take turns
 * of some milliseconds, so that a processor that changes its speed changes it for all of them.
 */
#include "bench_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BATCHES 20000
#define FEWEST       4

/* Calls are not made faster than this, in ns: one collector is to keep up with them. */
#define PACE 400

#define YARDSTICK_STEPS 20000

/* Each step waits for the one before: it is so many cycles, whatever else is the matter. */
static double yardstick(void)
{
	unsigned long long x = 1;
	double start = bench_now();

	for (int i = 0; i < YARDSTICK_STEPS; i++) {
		x = x * 6364136223846793005ull + 1;
		__asm__ __volatile__("" : "+r"(x));
	}
	return (bench_now() - start) / YARDSTICK_STEPS;
}

/* Working, as a sleeping processor slows down. */
static void wait_until(double time)
{
	while (bench_now() < time)
		continue;
}

static void measure(const struct bench_call *call, double milliseconds)
{
	static double times[MOST_BATCHES];
	double before = yardstick(), end;
	int n = 0;

	/* After another process's turn nothing is in the caches. */
	bench_batch(call);
	end = bench_now() + milliseconds * 1e6;
	while (n < MOST_BATCHES && (n < FEWEST || bench_now() < end)) {
		double next = bench_now() + PACE * (double)call->n;

		times[n++] = bench_batch(call);
		wait_until(next);
	}
	qsort(times, (size_t)n, sizeof(times[0]), bench_compare);
	printf("%.2f\t%.2f\t%.4f\t%.4f\n", times[n / 2], times[0], before, yardstick());
}

static const struct bench_call *find(const char *name)
{
	const struct bench_call *call = bench_calls;

	while (call->name && strcmp(call->name, name) != 0)
		call++;
	return call->name ? call : NULL;
}

void bench_serve(void)
{
	char line[256];

	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		char *name = strchr(line, '\t');
		const struct bench_call *call;

		line[strcspn(line, "\n")] = '\0';
		call = name ? find(name + 1) : NULL;
		if (call)
			measure(call, atof(line));
		else
			puts("no such call");
		fflush(stdout);
	}
}
