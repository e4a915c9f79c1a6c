/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading a trace costs on one processor.
 *
 *	bench_read stat FILE	what statistics look at: times, results, the arguments of copies
 *	bench_read full FILE	everything, as conversions do
 *
 * FILE: a trace of any form; scripts/bench has bench_collect make them. Prints the rate, and the
 * most memory that was resident.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reader/reader.h"

/* Of the processor: others on the machine take none of it. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t most_resident_kib(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long kib = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "VmHWM: %llu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kib;
}

static bool is_copy(const char *function)
{
	return !strncmp(function, "cudaMem", 7);
}

/* So that the compiler does not leave out what nobody reads. */
struct sums {
	uint64_t calls, ns, failures, bytes, labels, callers;
};

static void add(struct sums *sums, const struct ct_event *event)
{
	if (event->type != CT_EVENT_CALL)
		return;
	sums->calls++;
	sums->ns += event->end_ns - event->start_ns;
	sums->failures += event->flags & CT_EVENT_FAILED ? 1 : 0;
	sums->callers += event->caller_module ? 1 : 0;
	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		sums->bytes += arg->kind == CT_KIND_SIZE ? arg->value.u : 0;
		sums->labels += arg->label ? 1 : 0;
	}
}

int main(int argc, char **argv)
{
	bool full = argc == 3 && !strcmp(argv[1], "full");
	struct ct_event *event = malloc(sizeof(*event));
	struct sums sums = { .calls = 0 };
	double start = now(), opened, seconds;
	struct rd_error error;
	struct rd_trace *trace;

	if (!event || argc != 3 || (!full && strcmp(argv[1], "stat") != 0)) {
		fputs("usage: bench_read stat|full FILE\n", stderr);
		return 2;
	}
	trace = rd_open(argv[2], &error);
	if (!trace) {
		fprintf(stderr, "bench_read: %s %s\n", argv[2], error.text);
		return 1;
	}
	opened = now() - start;
	if (!full) {
		rd_want(trace, RD_WANT_ARGS);
		rd_want_args_of(trace, is_copy);
	}
	while (rd_next(trace, event))
		add(&sums, event);
	seconds = now() - start;
	printf("%s %" PRIu64 " calls  %.2f million/s  %.2f of %.2f s to open  resident KiB at most "
	       "%" PRIu64 "\n",
	       argv[1], sums.calls, (double)sums.calls / seconds / 1e6, opened, seconds,
	       most_resident_kib());
	printf("sums %" PRIu64 " ns %" PRIu64 " failures %" PRIu64 " bytes %" PRIu64
	       " labels %" PRIu64 " callers\n",
	       sums.ns, sums.failures, sums.bytes, sums.labels, sums.callers);
	rd_close(trace);
	free(event);
	return 0;
}
