/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers to text, exactly and without printf (writing a trace is mostly this). Each writes to
 * `out` without a NUL and returns the number of characters; of the UT_FORMAT_MAX that there must be
 * room for, what lies behind them may be changed.
 */
#ifndef UTIL_FORMAT_H
#define UTIL_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define UT_FORMAT_MAX 32

size_t ut_format_u64(char *out, uint64_t value);
size_t ut_format_i64(char *out, int64_t value);
/* With 0x, lower case, no leading zeros. */
size_t ut_format_hex(char *out, uint64_t value);
/* Nanoseconds as microseconds with three decimals. */
size_t ut_format_us(char *out, int64_t ns);
/* Nanoseconds as seconds with nine decimals. */
size_t ut_format_s(char *out, int64_t ns);

#endif
