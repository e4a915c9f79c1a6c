/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which counter a session's times are in, and samples that tie it to the two clocks of the system.
 */
#ifndef COLLECT_CLOCK_H
#define COLLECT_CLOCK_H

#include "curtrace/trace_format.h"

/* The CPU's counter only where the kernel itself keeps time by it. */
enum ctr_clock col_clock_choose(void);

/* The same instant on all three, as closely as several tries give it. */
struct ctr_clock_sample col_clock_sample(enum ctr_clock clock);

uint64_t col_clock_monotonic_ns(void);

/* "tsc", "monotonic" */
const char *col_clock_name(uint32_t clock);

#endif
