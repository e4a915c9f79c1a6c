/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader in, JSON writer out. Memory does not grow with the trace.
 */
#include "collect/convert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/redact.h"
#include "reader/reader.h"
#include "util/xalloc.h"
#include "write/json.h"

/* Everything but the end, which the writer wants in any case. */
static int write_events(struct wr_json *json, struct rd_trace *trace, struct col_redact *redact)
{
	struct ct_event *event = ut_xmalloc(2 * sizeof(*event)), *shown = event + 1;
	struct ct_header header = *rd_header(trace);
	int error;

	if (redact)
		col_redact_header(redact, rd_header(trace), &header);
	error = wr_json_header(json, &header);
	while (!error && rd_next(trace, event)) {
		if (redact)
			col_redact_event(redact, event, shown);
		error = wr_json_event(json, redact ? shown : event);
	}
	free(event);
	return error;
}

static int convert(struct rd_trace *trace, int fd, bool gz, struct col_redact *redact)
{
	struct wr_json *json = wr_json_open(fd, gz);
	int error = write_events(json, trace, redact);
	int last = wr_json_end(json);

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
		error = convert(trace, fd, gz, redact ? &names : NULL);
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

bool col_convert(const char *from, int fd, bool gz, char *why, size_t size)
{
	bool damaged;

	return col_export(from, fd, gz, false, &damaged, why, size);
}
