/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as people read them: three or four digits that say something, and a unit. Each writes at
 * most UT_UNITS_MAX bytes with the NUL and returns `text`. For machines there is util/format.h.
 */
#ifndef UTIL_UNITS_H
#define UTIL_UNITS_H

#include <stdint.h>

#define UT_UNITS_MAX 32

/* 1,234,567 */
char *ut_units_count(char text[UT_UNITS_MAX], uint64_t count);
/* 17 ns, 1.23 us, 45.6 ms, 7.89 s, 12 min 3 s, 4 h 5 min */
char *ut_units_time(char text[UT_UNITS_MAX], uint64_t ns);
/* 17 B, 1.23 KiB, 45.6 MiB, ... */
char *ut_units_bytes(char text[UT_UNITS_MAX], uint64_t bytes);
/* 12.3 GB/s (of 10^9 bytes, as interconnects are sold); "-" in no time. */
char *ut_units_rate(char text[UT_UNITS_MAX], uint64_t bytes, uint64_t ns);
/* 12.3%, 0.1%, <0.1%, 0%, 100% */
char *ut_units_share(char text[UT_UNITS_MAX], uint64_t part, uint64_t whole);

#endif
