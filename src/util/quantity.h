/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with units on command lines. */
#ifndef UTIL_QUANTITY_H
#define UTIL_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/* "64K", "1.5M", "2GiB", "4096"; false: not a size, or of a part of a byte. */
bool ut_quantity_size(const char *text, uint64_t *bytes);

/* "100ms", "2s", "0.25" (seconds), "5min", "inf"; false: not a time, or of a part of a ns. */
bool ut_quantity_time(const char *text, uint64_t *ns);

#endif
