/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens, validates and iterates traces of every form (.ctr, .json, .json.gz). The one reader of
 * the project: a tool sees struct ct_header and struct ct_event and never the file's form.
 *
 * Nothing in a file is believed. What is sound in a cut or corrupt file is delivered; rd_damage
 * then says where the trouble begins, and ct_header.complete is false. Memory does not grow with
 * the number of events.
 *
 *	trace = rd_open(path, &error);
 *	while (rd_next(trace, &event))
 *		...
 *	if (rd_damage(trace))
 *		...
 *	rd_close(trace);
 */
#ifndef READER_READER_H
#define READER_READER_H

#include <stddef.h>
#include <stdint.h>

#include "curtrace/event.h"
#include "reader/api_text.h"

#define RD_NO_OFFSET UINT64_MAX

struct rd_error {
	uint64_t offset; /* in the file (.gz: in what it unpacks to), or RD_NO_OFFSET */
	char text[240];  /* one line for a person, without the file's name */
};

struct rd_trace;

/*
 * Opens the trace at `path`: reads its header and definitions, so that rd_header is final.
 * Returns NULL with *error filled in if the file is not a trace, or of a later version, or
 * nothing of it can be read.
 */
struct rd_trace *rd_open(const char *path, struct rd_error *error);

void rd_close(struct rd_trace *trace);

/* Valid until rd_close. */
const struct ct_header *rd_header(const struct rd_trace *trace);

/*
 * What of a call will be looked at, beside what is always there (type, flags, function, name,
 * entry, domain, process, thread, times, result): everything, unless told otherwise before the
 * first rd_next. What is not wanted is left out, which makes reading several times faster.
 */
#define RD_WANT_ARGS   0x1u /* args, nargs */
#define RD_WANT_LABELS 0x2u /* of args: symbolic forms of enumerators, flags and kernels */
#define RD_WANT_CALLER 0x4u /* caller_*: by which module and function it was made */
#define RD_WANT_ALL    0x7u
#define RD_WANT_RANGES 0x8u /* range_end_ns: takes a pass more if the trace has ranges */
void rd_want(struct rd_trace *trace, unsigned int what);

/*
 * Of which functions arguments and labels will be looked at, where rd_want asks for them at all:
 * of all, unless told otherwise before the first rd_next. `wanted` is asked once for each function,
 * when it is met; of the others nargs is 0. Statistics want those of a few functions only.
 */
void rd_want_args_of(struct rd_trace *trace, bool (*wanted)(const char *function));

/* The name of a function by its number, valid until rd_close; NULL: no such number yet. */
const char *rd_function_name(const struct rd_trace *trace, uint32_t function);

/*
 * Fills in *event (its strings live until the next call); false when there are no more. Events
 * come in order of their start over all processes and threads; of two calls of a thread that
 * overlap, the first contains the second.
 */
bool rd_next(struct rd_trace *trace, struct ct_event *event);

/*
 * Where and why the trace stops being sound; NULL if it does not. A native trace is checked as
 * it is opened, a JSON trace as it is read: ask again after the last event.
 */
const struct rd_error *rd_damage(const struct rd_trace *trace);

/* The functions that the trace describes itself by, by rising id; none for a JSON trace. */
const struct rd_function *rd_functions(const struct rd_trace *trace, size_t *count);

#endif
