/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks. The kernel takes the CPU's counter as its clock source only where it found it constant
 * and the same on all cores; that judgement is used instead of one of our own.
 */
#include "record/clock.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "record/record.h"

#define CLOCKSOURCE_FILE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t rec_clock_slow(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* Once per process; a change of the clock source at run time would go unnoticed. */
enum ctr_clock rec_clock_choose(void)
{
	static const char wanted[] = ARCH_CLOCKSOURCE "\n";
	char name[sizeof(wanted)];
	ssize_t size;
	int fd = open(CLOCKSOURCE_FILE, O_RDONLY | O_CLOEXEC);

	/* A container without /sys gets the slower clock, not a wrong one. */
	if (fd < 0)
		return CTR_CLOCK_MONOTONIC;
	size = read(fd, name, sizeof(name));
	close(fd);
	if (size != sizeof(wanted) - 1 || memcmp(name, wanted, sizeof(wanted) - 1) != 0)
		return CTR_CLOCK_MONOTONIC;
	return CTR_CLOCK_TSC;
}

void rec_clock_sample(enum ctr_clock clock, struct ctr_clock_sample *sample)
{
	uint64_t best = UINT64_MAX;

	if (clock != CTR_CLOCK_TSC) {
		sample->monotonic_ns = sample->counter = clock_ns(CLOCK_MONOTONIC);
		sample->realtime_ns = clock_ns(CLOCK_REALTIME);
		return;
	}
	/* The try that was interrupted least is the most exact one. */
	for (int i = 0; i < 5; i++) {
		uint64_t before = arch_counter();
		uint64_t monotonic = clock_ns(CLOCK_MONOTONIC);
		uint64_t width = arch_counter() - before;
		uint64_t realtime = clock_ns(CLOCK_REALTIME);

		if (width >= best)
			continue;
		best = width;
		sample->counter = before + width / 2;
		sample->monotonic_ns = monotonic;
		sample->realtime_ns = realtime;
	}
}
