/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a record costs: an entry point whose function does nothing, in the form in which the
 * generated ones are, called many times; a consumer moves the tail between batches.
 *
 *	bench_record CASE		prints nanoseconds per call
 *	bench_record CASE CALLS		only makes the calls, to count instructions
 *	bench_record list		the cases
 *	bench_record threads N		nanoseconds per call with so many threads at once
 *	bench_record collected N	the same with a collector that reads their rings
 *
 * CASE: "empty" is the loop with the bare function, and what the others add to it is their cost:
 * "off" (recording is off), "1" and "2" (a record of so many cells), "clock" (two readings, no
 * record), "stack8" and "stack30" (a record with a stack of so many frames, always the same).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_record.h"
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

static noinline int slow_bench1(void *a, size_t b)
{
	struct rec_call call;
	bool recorded = rec_begin(&call, 16, 1, 0, __builtin_return_address(0));
	int r;

	if (recorded) {
		memcpy(call.cell->payload, &a, 8);
		memcpy(call.cell->payload + 8, &b, 8);
		rec_publish(&call);
	}
	r = run_bench(a, b);
	if (recorded && rec_resume(&call)) {
		uint64_t end = rec_counter();

		if (r == 0)
			call.cell->flags |= CTR_CELL_OUTPUTS;
		rec_end(&call, end, r);
	}
	return r;
}

static noinline int on_bench1(void *a, size_t b)
{
	struct rec_call call;
	int r;

	if (rec_unlikely(!rec_begin_plain(&call, 16, 1, 0, __builtin_return_address(0))))
		return slow_bench1(a, b);
	memcpy(call.cell->payload, &a, 8);
	memcpy(call.cell->payload + 8, &b, 8);
	rec_publish(&call);
	r = run_bench(a, b);
	if (rec_resume_plain(&call)) {
		uint64_t end = arch_counter();

		if (r == 0)
			call.cell->flags |= CTR_CELL_OUTPUTS;
		rec_end(&call, end, r);
	}
	return r;
}

noinline int bench1(void *a, size_t b)
{
	if (rec_likely(rec_gate(16) == REC_OFF))
		return run_bench(a, b);
	return on_bench1(a, b);
}

/* Payload bytes run on over the cells of a record. */
#define PUT(call, at, value) \
	memcpy((char *)(call).cell + CTR_CELL_HEAD_SIZE + (at), &(value), sizeof(value))

static noinline int slow_bench2(void *a, size_t b, void *x, void *y, void *z)
{
	struct rec_call call;
	bool recorded = rec_begin(&call, 17, 2, 0, __builtin_return_address(0));
	int r;

	if (recorded) {
		PUT(call, 0, a);
		PUT(call, 8, b);
		PUT(call, 16, x);
		PUT(call, 24, y);
		PUT(call, 32, z);
		rec_publish(&call);
	}
	r = run_bench(a, b);
	if (recorded && rec_resume(&call)) {
		uint64_t end = rec_counter();

		if (r == 0)
			call.cell->flags |= CTR_CELL_OUTPUTS;
		rec_end(&call, end, r);
	}
	return r;
}

static noinline int on_bench2(void *a, size_t b, void *x, void *y, void *z)
{
	struct rec_call call;
	int r;

	if (rec_unlikely(!rec_begin_plain(&call, 17, 2, 0, __builtin_return_address(0))))
		return slow_bench2(a, b, x, y, z);
	PUT(call, 0, a);
	PUT(call, 8, b);
	PUT(call, 16, x);
	PUT(call, 24, y);
	PUT(call, 32, z);
	rec_publish(&call);
	r = run_bench(a, b);
	if (rec_resume_plain(&call)) {
		uint64_t end = arch_counter();

		if (r == 0)
			call.cell->flags |= CTR_CELL_OUTPUTS;
		rec_end(&call, end, r);
	}
	return r;
}

noinline int bench2(void *a, size_t b, void *x, void *y, void *z)
{
	if (rec_likely(rec_gate(17) == REC_OFF))
		return run_bench(a, b);
	return on_bench2(a, b, x, y, z);
}

static noinline int bench_clock(void *a, size_t b)
{
	__asm__ __volatile__("" : : "r"(rec_counter()), "r"(rec_counter()));
	return run_bench(a, b);
}

/* Deep enough for the deepest stack that a case walks. */
static noinline void run_deep(int depth, char *p, long calls)
{
	if (depth > 0)
		run_deep(depth - 1, p, calls);
	else
		for (long i = 0; i < calls; i++)
			bench1(p, (size_t)i);
	__asm__ __volatile__("" : : : "memory");
}

/* "stackN": N; else 0. */
static unsigned int depth_of(const char *name)
{
	return strncmp(name, "stack", 5) == 0 ? (unsigned int)atoi(name + 5) : 0;
}

static void ask_for_stacks(unsigned int depth)
{
	struct ctr_stack_settings settings = {
		.magic = CTR_STACKS_MAGIC,
		.depth = depth,
		.bytes = 256 << 10,
	};
	FILE *f = fopen(fixture_path("stacks"), "we");

	settings.functions[16 / 8] = 1 << 16 % 8;
	if (!f || fwrite(&settings, sizeof(settings), 1, f) != 1 || fclose(f))
		puts("no stacks: the figures are worthless");
}

void bench_run(const char *name, long calls)
{
	char *p = (char *)&calls;

	if (depth_of(name)) {
		run_deep(40, p, calls);
		return;
	}
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

void bench_consume(struct ctr_ring *ring)
{
	__atomic_store_n(&ring->tail, ring->head, __ATOMIC_RELEASE);
}

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name)
{
	static double times[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		double start;

		if (rec_tls.self)
			bench_consume(rec_tls.self->ring);
		start = bench_now();
		bench_run(name, BATCH);
		times[i] = (bench_now() - start) / BATCH;
	}
	qsort(times, BATCHES, sizeof(times[0]), bench_compare);
	printf("%-6s median %6.1f ns  p10 %6.1f  p99 %6.1f\n", name, times[BATCHES / 2],
	       times[BATCHES / 10], times[BATCHES - BATCHES / 100]);
}

static const char *const cases[] = { "empty", "clock", "off", "1", "2", "stack8", "stack30", NULL };

/* What is asked for is no case, and has been done. */
static bool is_other(const char *name, long number)
{
	int n = number < BENCH_THREADS ? (int)number : BENCH_THREADS;

	if (strcmp(name, "list") == 0)
		for (const char *const *each = cases; *each; each++)
			puts(*each);
	else if (strcmp(name, "threads") == 0 && n > 0)
		bench_threads(n);
	else if (strcmp(name, "collected") == 0 && n > 0)
		bench_threads_collected(n);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "1";
	long calls = argc > 2 ? atol(argv[2]) : 0;

	if (is_other(name, calls))
		return 0;
	/* Large enough for the counted run, so that no consumer need be counted. */
	fixture_make(&(struct fixture_settings){ .ring_bytes = calls ? 64 << 20 : 256 << 10,
						 .overflow = CTR_OVERFLOW_DROP });
	if (strcmp(name, "off") == 0)
		fixture_setup.off = true;
	if (depth_of(name))
		ask_for_stacks(depth_of(name));
	bench1(&calls, 0);
	if (calls)
		bench_run(name, calls);
	else
		measure(name);
	/* A lost call costs something else. */
	if (rec_tls.self && rec_tls.self->ring->lost_full)
		printf("%llu calls were lost: the figures are worthless\n",
		       (unsigned long long)rec_tls.self->ring->lost_full);
	fixture_remove();
	return 0;
}
