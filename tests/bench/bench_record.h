/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of bench_record share. */
#ifndef BENCH_BENCH_RECORD_H
#define BENCH_BENCH_RECORD_H

struct ctr_ring;

/* The most of threads at once. */
#define BENCH_THREADS 256

/* Makes a case's call so many times. */
void bench_run(const char *name, long calls);

/* The collector's part, as far as the producer can notice it. */
void bench_consume(struct ctr_ring *ring);

double bench_now(void);
int bench_compare(const void *a, const void *b);

/*
 * Prints what a record of one cell costs each of `n` threads that record at once, in ns: with
 * nobody who reads the rings, or with a collector in a process of its own.
 */
void bench_threads(int n);
void bench_threads_collected(int n);

#endif
