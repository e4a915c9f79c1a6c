/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader in, JSON writer out. Memory does not grow with the trace.
 */
#include "collect/convert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader/reader.h"
#include "util/xalloc.h"
#include "write/json.h"

bool col_convert(const char *from, int fd, bool gz, char *why, size_t size)
{
	struct rd_error problem;
	struct rd_trace *trace = rd_open(from, &problem);
	struct ct_event *event;
	struct wr_json *json;
	int error, last;

	if (!trace) {
		snprintf(why, size, "%s", problem.text);
		return false;
	}
	json = wr_json_open(fd, gz);
	error = wr_json_header(json, rd_header(trace));
	event = ut_xmalloc(sizeof(*event));
	while (!error && rd_next(trace, event))
		error = wr_json_event(json, event);
	free(event);
	last = wr_json_end(json);
	rd_close(trace);
	error = error ? error : last;
	if (error)
		snprintf(why, size, "%s", strerror(-error));
	return !error;
}
