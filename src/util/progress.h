/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far long work has come, in one line on stderr that is written over: share, number, rate, and
 * how long it will take. Only where stderr is a terminal, only if it takes longer than a second,
 * and one work at a time.
 *
 *	ut_progress_begin("reading", header->recorded);
 *	while (rd_next(trace, &event)) {
 *		ut_progress_step();
 *		...
 *	}
 *	ut_progress_end();
 */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <stdint.h>

/* A clock is read once in so many steps. */
#define UT_PROGRESS_STEPS 0x4000

extern uint64_t ut_progress_done;

/* Nothing is to be shown from here on: -q. */
void ut_progress_quiet(void);

/* `total`: how many steps there will be, about; 0: not known. `what` must live until the end. */
void ut_progress_begin(const char *what, uint64_t total);

void ut_progress_show(void);

static inline void ut_progress_step(void)
{
	if (++ut_progress_done % UT_PROGRESS_STEPS == 0)
		ut_progress_show();
}

/* Takes the line away. Messages may be printed again. */
void ut_progress_end(void);

/* The line itself, for tests: what is shown after `ns` of work. */
void ut_progress_line(char *line, unsigned int size, const char *what, uint64_t done,
		      uint64_t total, uint64_t ns);

#endif
