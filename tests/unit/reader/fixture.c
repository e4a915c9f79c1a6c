/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader's and the writer's suites share. */
#include "unit/reader/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rd_trace *fx_open_bytes(const void *data, size_t size, struct rd_error *error)
{
	char path[] = "/tmp/curtrace-check.XXXXXX";
	int fd = mkstemp(path);
	struct rd_trace *trace;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
	trace = rd_open(path, error);
	unlink(path);
	return trace;
}

struct rd_trace *fx_open(const struct trace_builder *b)
{
	struct rd_error error = { .text = "" };
	struct rd_trace *trace = fx_open_bytes(b->data, b->size, &error);

	ck_assert_msg(trace != NULL, "the trace was not opened: %s", error.text);
	return trace;
}

const struct ct_event *fx_call(struct rd_trace *trace, const char *name)
{
	static struct ct_event event;

	while (rd_next(trace, &event)) {
		if (event.type == CT_EVENT_CALL && !strcmp(event.name, name))
			return &event;
	}
	ck_abort_msg("no call of %s", name);
	return NULL;
}

const struct ct_arg *fx_arg(const struct ct_event *event, const char *name)
{
	for (unsigned int i = 0; i < event->nargs; i++) {
		if (!strcmp(event->args[i].name, name))
			return &event->args[i];
	}
	ck_abort_msg("%s has no argument %s", event->name, name);
	return NULL;
}

char *fx_read_file(int fd, size_t *size)
{
	struct stat status;
	char *text;

	ck_assert_int_eq(fstat(fd, &status), 0);
	*size = (size_t)status.st_size;
	text = malloc(*size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(pread(fd, text, *size, 0), status.st_size);
	text[*size] = '\0';
	return text;
}

int fx_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
