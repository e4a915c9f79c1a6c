/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clock choice and clock samples.
 */
#include "collect/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/arch.h"

#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* A sample is read between two readings of the counter; the tightest of so many tries is kept. */
#define TRIES 5

/*
 * CLOCK_MONOTONIC is what the traced processes use too, so that their numbers and ours compare;
 * CLOCK_REALTIME only says when all this was.
 */
static uint64_t nanoseconds(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Without a barrier: the samples are tens of nanoseconds wide anyway, which sample() measures. */
static uint64_t counter(enum ctr_clock clock)
{
	return clock == CTR_CLOCK_TSC ? arch_counter() : nanoseconds(CLOCK_MONOTONIC);
}

uint64_t col_clock_monotonic_ns(void)
{
	return nanoseconds(CLOCK_MONOTONIC);
}

/*
 * The recorder judges in the same way. Where the two differ (a container that hides the file from
 * one of them) each ring still says by itself which counter it holds.
 */
enum ctr_clock col_clock_choose(void)
{
	static const char wanted[] = ARCH_CLOCKSOURCE "\n";
	char name[sizeof(wanted)];
	int fd = open(CLOCKSOURCE, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return CTR_CLOCK_MONOTONIC;
	n = read(fd, name, sizeof(name));
	close(fd);
	if (n != sizeof(wanted) - 1 || memcmp(name, wanted, sizeof(wanted) - 1))
		return CTR_CLOCK_MONOTONIC;
	return CTR_CLOCK_TSC;
}

struct ctr_clock_sample col_clock_sample(enum ctr_clock clock)
{
	struct ctr_clock_sample best = { .counter = 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = counter(clock);
		uint64_t monotonic = nanoseconds(CLOCK_MONOTONIC);
		uint64_t realtime = nanoseconds(CLOCK_REALTIME);
		uint64_t width = counter(clock) - before;

		if (width >= least)
			continue;
		least = width;
		best.counter = before + width / 2;
		best.monotonic_ns = monotonic;
		best.realtime_ns = realtime;
	}
	return best;
}

const char *col_clock_name(uint32_t clock)
{
	switch (clock) {
	case CTR_CLOCK_TSC:
		return "tsc";
	case CTR_CLOCK_MONOTONIC:
		return "monotonic";
	default:
		return "none";
	}
}
