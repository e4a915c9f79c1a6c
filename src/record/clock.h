/* SPDX-License-Identifier: Apache-2.0 */
/* Which counter stamps the records of this process, and what it shows at a given instant. */
#ifndef RECORD_CLOCK_H
#define RECORD_CLOCK_H

#include "curtrace/trace_format.h"

/* The CPU's counter if the kernel itself keeps time by it, else CTR_CLOCK_MONOTONIC. */
enum ctr_clock rec_clock_choose(void);

/* The present instant on the given clock and the kernel's two. */
void rec_clock_sample(enum ctr_clock clock, struct ctr_clock_sample *sample);

#endif
