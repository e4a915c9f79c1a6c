/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader's and the writer's suites share: opening made-up traces, running a suite. */
#ifndef READER_FIXTURE_H
#define READER_FIXTURE_H

#include <check.h>
#include <stdbool.h>

#include "reader/reader.h"
#include "unit/reader/build_trace.h"

/* Opens bytes as a file that has no name any more; NULL with *error as rd_open. */
struct rd_trace *fx_open_bytes(const void *data, size_t size, struct rd_error *error);

/* The same for a built trace, which must be good enough to be opened. */
struct rd_trace *fx_open(const struct trace_builder *b);

/* The trace's next event of that function, which must be there; control events are passed over. */
const struct ct_event *fx_call(struct rd_trace *trace, const char *name);

/* The argument of an event, which must be there. */
const struct ct_arg *fx_arg(const struct ct_event *event, const char *name);

/* The whole of a file, to be freed, with a NUL behind it. */
char *fx_read_file(int fd, size_t *size);

/* Runs a suite and ends the program. */
int fx_run(Suite *suite);

#endif
