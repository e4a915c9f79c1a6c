/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_startup RUNS LIBRARY AGENT PROGRAM [ARGUMENT]... - what starting and ending a process takes
 * in a bare environment, with the library preloaded, and with the loader's observer besides, in
 * turns. Prints median, 10th and 90th percentile of each in microseconds.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define WAYS 3

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Negative: it could not be started, or did not end well. */
static double run(char **command, char *const *environment)
{
	double begin = now_us();
	int status;
	pid_t pid;

	if (posix_spawn(&pid, command[0], NULL, NULL, command, environment) ||
	    waitpid(pid, &status, 0) != pid || status)
		return -1;
	return now_us() - begin;
}

int main(int argc, char **argv)
{
	static char path[] = "PATH=/usr/bin:/bin", on[] = "CURTRACE_STATIC=on";
	static const char *const names[WAYS] = { "bare", "preload", "observed" };
	char preload[4200], audit[4200];
	char *bare[] = { path, NULL }, *preloaded[] = { path, preload, NULL };
	char *observed[] = { path, preload, audit, on, NULL };
	char **environments[WAYS] = { bare, preloaded, observed };
	double *times[WAYS];
	int runs = argc > 4 ? atoi(argv[1]) : 0;

	if (runs < 1)
		return 2;
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", argv[2]);
	snprintf(audit, sizeof(audit), "LD_AUDIT=%s", argv[3]);
	for (int way = 0; way < WAYS; way++) {
		times[way] = calloc((size_t)runs, sizeof(double));
		if (!times[way])
			return 2;
	}
	for (int i = 0; i < runs; i++) {
		for (int way = 0; way < WAYS; way++) {
			times[way][i] = run(argv + 4, environments[way]);
			if (times[way][i] < 0) {
				fprintf(stderr, "bench_startup: %s failed\n", argv[4]);
				return 1;
			}
		}
	}
	for (int way = 0; way < WAYS; way++) {
		qsort(times[way], (size_t)runs, sizeof(double), by_value);
		printf("%s %.0f %.0f %.0f\n", names[way], times[way][runs / 2],
		       times[way][runs / 10], times[way][runs * 9 / 10]);
	}
	return 0;
}
