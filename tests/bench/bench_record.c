/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a record costs: an entry point whose function does nothing, in the form in which the
 * generated ones are, called many times; a consumer moves the tail between batches.
 *
 *	bench_record CASE		prints nanoseconds per call
 *	bench_record CASE CALLS		only makes the calls, to count instructions
 *
 * CASE: "empty" is the loop with the bare function, and what the others add to it is their cost:
 * "off" (recording is off), "1" and "2" (a record of so many cells), "clock" (two readings, no
 * record).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record/record.h"
#include "unit/record/fixture.h"

#define noinline __attribute__((noinline))
#define BATCH    1000
#define BATCHES  3000

#pragma GCC visibility push(hidden)
int run_bench(void *a, size_t b);
int bench1(void *a, size_t b);
int bench2(void *a, size_t b, void *c, void *d, void *e);
#pragma GCC visibility pop

/* The runtime's function, which the compiler must not see through. */
noinline int run_bench(void *a, size_t b)
{
	__asm__ __volatile__("" : : "r"(a), "r"(b) : "memory");
	return 0;
}

static noinline int on_bench1(void *a, size_t b)
{
	struct ctr_cell *c = rec_begin(16, 1, 0, __builtin_return_address(0));
	int r;

	if (c) {
		memcpy(c->payload, &a, 8);
		memcpy(c->payload + 8, &b, 8);
		rec_publish(c);
	}
	r = run_bench(a, b);
	c = rec_resume(c);
	if (c) {
		if (r == 0)
			c->flags |= CTR_CELL_OUTPUTS;
		rec_end(c, r);
	}
	return r;
}

noinline int bench1(void *a, size_t b)
{
	if (rec_likely(rec_state() == REC_OFF))
		return run_bench(a, b);
	return on_bench1(a, b);
}

static noinline int on_bench2(void *a, size_t b, void *x, void *y, void *z)
{
	struct ctr_cell *c = rec_begin(17, 2, 0, __builtin_return_address(0));
	int r;

	if (c) {
		char *payload = (char *)c + CTR_CELL_HEAD_SIZE;

		memcpy(payload, &a, 8);
		memcpy(payload + 8, &b, 8);
		memcpy(payload + 16, &x, 8);
		memcpy(payload + 24, &y, 8);
		memcpy(payload + 32, &z, 8);
		rec_publish(c);
	}
	r = run_bench(a, b);
	c = rec_resume(c);
	if (c) {
		if (r == 0)
			c->flags |= CTR_CELL_OUTPUTS;
		rec_end(c, r);
	}
	return r;
}

noinline int bench2(void *a, size_t b, void *x, void *y, void *z)
{
	if (rec_likely(rec_state() == REC_OFF))
		return run_bench(a, b);
	return on_bench2(a, b, x, y, z);
}

static noinline int bench_clock(void *a, size_t b)
{
	__asm__ __volatile__("" : : "r"(rec_counter()), "r"(rec_counter()));
	return run_bench(a, b);
}

static void run(const char *name, long calls)
{
	char *p = (char *)&calls;

	if (strcmp(name, "1") == 0 || strcmp(name, "off") == 0)
		for (long i = 0; i < calls; i++)
			bench1(p, (size_t)i);
	else if (strcmp(name, "2") == 0)
		for (long i = 0; i < calls; i++)
			bench2(p, (size_t)i, p, p, p);
	else if (strcmp(name, "clock") == 0)
		for (long i = 0; i < calls; i++)
			bench_clock(p, (size_t)i);
	else
		for (long i = 0; i < calls; i++)
			run_bench(p, (size_t)i);
}

/* The collector's part, as far as the producer can notice it. */
static void consume(struct ctr_ring *ring)
{
	__atomic_store_n(&ring->tail, ring->head, __ATOMIC_RELEASE);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name)
{
	static double times[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		double start;

		if (rec_self)
			consume(rec_self->ring);
		start = now();
		run(name, BATCH);
		times[i] = (now() - start) / BATCH;
	}
	qsort(times, BATCHES, sizeof(times[0]), compare);
	printf("%-6s median %6.1f ns  p10 %6.1f  p99 %6.1f\n", name, times[BATCHES / 2],
	       times[BATCHES / 10], times[BATCHES - BATCHES / 100]);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "1";
	long calls = argc > 2 ? atol(argv[2]) : 0;

	/* Large enough for the counted run, so that no consumer need be counted. */
	fixture_make(&(struct fixture_settings){ .ring_bytes = calls ? 64 << 20 : 256 << 10,
						 .overflow = CTR_OVERFLOW_DROP });
	if (strcmp(name, "off") == 0)
		fixture_setup.off = true;
	bench1(&calls, 0);
	if (calls)
		run(name, calls);
	else
		measure(name);
	/* A lost call costs something else. */
	if (rec_self && rec_self->ring->lost_full)
		printf("%llu calls were lost: the figures are worthless\n",
		       (unsigned long long)rec_self->ring->lost_full);
	fixture_remove();
	return 0;
}
