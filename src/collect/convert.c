/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader in, JSON writer out; and back, of what carries everything. Memory does not grow with the
 * trace.
 */
#include "collect/convert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/redact.h"
#include "reader/chunks.h"
#include "reader/json_full.h"
#include "reader/reader.h"
#include "util/progress.h"
#include "util/xalloc.h"
#include "write/json.h"
#include "write/native.h"

/* Everything but the end, which the writer wants in any case. */
static int write_events(struct wr_json *json, struct rd_trace *trace, struct col_redact *redact)
{
	struct ct_event *event = ut_xmalloc(2 * sizeof(*event)), *shown = event + 1;
	struct ct_header header = *rd_header(trace);
	int error;

	rd_want(trace, RD_WANT_ALL | RD_WANT_RANGES);
	if (redact)
		col_redact_header(redact, rd_header(trace), &header);
	error = wr_json_header(json, &header);
	ut_progress_begin("writing the trace", header.recorded);
	while (!error && rd_next(trace, event)) {
		ut_progress_step();
		if (redact)
			col_redact_event(redact, event, shown);
		error = wr_json_event(json, redact ? shown : event);
	}
	ut_progress_end();
	free(event);
	return error;
}

/* Behind the events, so that viewers never see it. */
static int write_chunks(struct wr_json *json, struct rd_chunks *chunks)
{
	int error =
		wr_json_chunks(json, chunks->version.version_major, chunks->version.version_minor);

	while (!error && rd_chunks_next(chunks))
		error = wr_json_chunk(json, chunks->head.kind, chunks->data, chunks->head.size);
	return error;
}

/* `chunks`: NULL, or of the native trace that is written in full. */
static int convert(struct rd_trace *trace, struct rd_chunks *chunks, int fd, bool gz,
		   struct col_redact *redact)
{
	struct wr_json *json = wr_json_open(fd, gz);
	int error = write_events(json, trace, redact), last;

	if (!error && chunks)
		error = write_chunks(json, chunks);
	last = wr_json_end(json);
	return error ? error : last;
}

bool col_export(const char *from, int fd, bool gz, bool redact, bool *damaged, char *why,
		size_t size)
{
	struct col_redact names;
	struct rd_error problem;
	struct rd_trace *trace;
	int error;

	if (redact && !col_redact_begin(&names, from, why, size))
		return false;
	trace = rd_open(from, &problem);
	if (trace) {
		error = convert(trace, NULL, fd, gz, redact ? &names : NULL);
		*damaged = rd_damage(trace) != NULL;
		rd_close(trace);
		if (error)
			snprintf(why, size, "%s", strerror(-error));
	} else {
		error = -EIO;
		snprintf(why, size, "%s", problem.text);
	}
	if (redact)
		col_redact_free(&names);
	return !error;
}

static bool convert_full(struct rd_trace *trace, const char *from, int fd, bool gz, char *why,
			 size_t size)
{
	struct rd_error problem;
	struct rd_chunks chunks;
	int error;

	if (!rd_chunks_open(&chunks, from, &problem)) {
		snprintf(why, size, "%s", problem.text);
		return false;
	}
	error = convert(trace, &chunks, fd, gz, NULL);
	rd_chunks_close(&chunks);
	if (error)
		snprintf(why, size, "%s", strerror(-error));
	return !error;
}

bool col_convert(const char *from, int fd, bool gz, bool full, char *why, size_t size)
{
	struct rd_error problem;
	struct rd_trace *trace = rd_open(from, &problem);
	bool done;
	int error;

	why[0] = '\0';
	if (!trace) {
		snprintf(why, size, "%s", problem.text);
		return false;
	}
	if (full) {
		done = convert_full(trace, from, fd, gz, why, size);
	} else {
		error = convert(trace, NULL, fd, gz, NULL);
		done = !error;
		if (error)
			snprintf(why, size, "%s", strerror(-error));
	}
	if (done && rd_damage(trace))
		snprintf(why, size, "what is sound of the native trace: %s",
			 rd_damage(trace)->text);
	rd_close(trace);
	return done;
}

/* ---- and back ------------------------------------------------------------------------------ */

bool col_is_full(const char *path)
{
	struct rd_error problem;
	struct rd_full *full = rd_full_open(path, &problem);

	if (full)
		rd_full_close(full);
	return full != NULL;
}

static bool unfold(struct rd_full *full, struct wr_native *out, char *why, size_t size)
{
	struct rd_error problem = { .text = "" };
	struct rd_full_chunk chunk;
	int error = 0;

	while (!error && rd_full_next(full, &chunk, &problem))
		error = wr_native_block(out, chunk.kind, chunk.data, chunk.size);
	if (!error && rd_full_is_whole(full))
		return true;
	snprintf(why, size, "%s", error ? strerror(-error) : problem.text);
	return false;
}

bool col_unfold(const char *from, int fd, const char *folder, char *why, size_t size)
{
	struct rd_error problem;
	struct rd_full *full = rd_full_open(from, &problem);
	struct wr_native out;
	bool done = false;
	int error;

	if (!full) {
		snprintf(why, size, "%s", problem.text);
		return false;
	}
	error = wr_native_begin(&out, fd, folder);
	if (error)
		snprintf(why, size, "%s", strerror(-error));
	else
		done = unfold(full, &out, why, size);
	wr_native_end(&out);
	rd_full_close(full);
	return done;
}
