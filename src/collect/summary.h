/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `record` says when the program has ended.
 */
#ifndef COLLECT_SUMMARY_H
#define COLLECT_SUMMARY_H

#include <stdint.h>
#include <stdio.h>

#include "collect/collector.h"

/* Calls, functions, failures, duration, processes and threads; then the warnings, line by line. */
void col_summary(FILE *out, const struct collector *c);

/* The warnings alone. */
void col_summary_warnings(FILE *out, const struct collector *c);

/* "12.3 MB" in a buffer of at least 16 bytes. */
const char *col_format_size(char *out, size_t size, uint64_t bytes);

#endif
