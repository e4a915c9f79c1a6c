/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the native trace to JSON.
 */
#ifndef COLLECT_CONVERT_H
#define COLLECT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the native trace `from` to the empty file `fd`, compressed if `gz`. Returns false and one
 * line for a person in `why` if the JSON is not whole.
 */
bool col_convert(const char *from, int fd, bool gz, char *why, size_t size);

/*
 * The same of a trace of any form, redacted if asked for (redact.h). `damaged`: of the trace only
 * what could be read was written.
 */
bool col_export(const char *from, int fd, bool gz, bool redact, bool *damaged, char *why,
		size_t size);

#endif
