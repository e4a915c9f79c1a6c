/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the native trace to JSON, and back.
 */
#ifndef COLLECT_CONVERT_H
#define COLLECT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the native trace `from` to the empty file `fd`, compressed if `gz`. `full`: with the
 * native trace's own chunks behind the events, so that it can be made again. Returns false and one
 * line for a person in `why` if the JSON is not whole. If it is, and holds what could be read of a
 * trace that is cut off or corrupt, `why` says that; else it is empty.
 */
bool col_convert(const char *from, int fd, bool gz, bool full, char *why, size_t size);

/*
 * The same of a trace of any form, redacted if asked for (redact.h). `damaged`: of the trace only
 * what could be read was written.
 */
bool col_export(const char *from, int fd, bool gz, bool redact, bool *damaged, char *why,
		size_t size);

/* Whether a trace is JSON that carries everything, so that a native one can be made of it. */
bool col_is_full(const char *path);

/*
 * Writes the native trace that the JSON trace `from` carries to the empty file `fd`, which lies in
 * `folder`. Returns false and one line for a person in `why` if it is not whole.
 */
bool col_unfold(const char *from, int fd, const char *folder, char *why, size_t size);

#endif
