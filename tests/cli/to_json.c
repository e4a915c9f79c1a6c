/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a trace of any form as JSON: to_json FROM TO (compressed if TO ends in .gz) */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reader/reader.h"
#include "write/json.h"

int main(int argc, char **argv)
{
	static struct ct_event event;
	struct rd_error error;
	struct rd_trace *trace;
	struct wr_json *json;
	size_t length;
	int fd, failed;

	if (argc != 3)
		return 2;
	trace = rd_open(argv[1], &error);
	if (!trace) {
		fprintf(stderr, "%s: %s\n", argv[1], error.text);
		return 2;
	}
	length = strlen(argv[2]);
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	json = wr_json_open(fd, length > 3 && !strcmp(argv[2] + length - 3, ".gz"));
	wr_json_header(json, rd_header(trace));
	while (rd_next(trace, &event))
		wr_json_event(json, &event);
	failed = wr_json_end(json);
	rd_close(trace);
	return failed || close(fd) ? 2 : 0;
}
