/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a trace as Chrome Trace Event JSON, in the form that Perfetto, chrome://tracing, HTA and
 * TraceLens read. By hand and streaming: one event a line, memory does not grow with the trace.
 *
 * Errors are sticky: after the first, nothing more is written and every function returns it.
 */
#ifndef WRITE_JSON_H
#define WRITE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "curtrace/event.h"

struct wr_json;

/*
 * Starts a document in `fd`, which stays the caller's (to fsync, rename, close) and must stay
 * open until wr_json_end. `gz`: compress it.
 */
struct wr_json *wr_json_open(int fd, bool gz);

/* Everything before the events: once, first. Returns 0 or a negative errno. */
int wr_json_header(struct wr_json *json, const struct ct_header *header);

/* One event, in order of start times. Returns 0 or a negative errno. */
int wr_json_event(struct wr_json *json, const struct ct_event *event);

/*
 * After the events: what makes the file carry everything, the chunks of a native trace of this
 * version, in their order. The file's reader gets the same bytes (reader/json_full.h).
 */
int wr_json_chunks(struct wr_json *json, unsigned int version_major, unsigned int version_minor);
int wr_json_chunk(struct wr_json *json, uint32_t kind, const void *data, size_t size);

/*
 * The trace that the events came from is about to be closed, and events of another one will follow
 * (see ct_event.lasting).
 */
void wr_json_forget(struct wr_json *json);

/* Ends the document, flushes and frees. Returns 0 or the first error as a negative errno. */
int wr_json_end(struct wr_json *json);

#endif
