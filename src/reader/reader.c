/* SPDX-License-Identifier: Apache-2.0 */
/* Opens traces: recognises the form by the first bytes and hands over to it. */
#include "reader/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "curtrace/trace_format.h"
#include "reader/foreign.h"
#include "reader/trace.h"
#include "util/xalloc.h"

static void set_error(struct rd_error *error, uint64_t offset, const char *format, va_list args)
{
	error->offset = offset;
	vsnprintf(error->text, sizeof(error->text), format, args);
}

void rd_note_damage(struct rd_trace *trace, uint64_t offset, const char *format, ...)
{
	va_list args;

	trace->header.complete = false;
	if (trace->damaged)
		return;
	trace->damaged = true;
	va_start(args, format);
	set_error(&trace->damage, offset, format, args);
	va_end(args);
}

void rd_add_warning(struct rd_trace *trace, const char *code, const char *text)
{
	struct ct_header *header = &trace->header;
	struct ct_warning *warnings;

	/* There are a handful: copying them for each new one is no matter. */
	warnings = ut_arena_alloc(&trace->strings, (header->nwarnings + 1) * sizeof(*warnings));
	if (header->nwarnings)
		memcpy(warnings, header->warnings, header->nwarnings * sizeof(*warnings));
	warnings[header->nwarnings++] = (struct ct_warning){
		.code = ut_arena_strdup(&trace->strings, code),
		.text = ut_arena_strdup(&trace->strings, text),
	};
	header->warnings = warnings;
}

/*
 * By position: several cursors read one file. A file that shrinks meanwhile gives fewer bytes
 * here, where mapped memory would give SIGBUS.
 */
size_t rd_read_at(const struct rd_trace *trace, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;
	ssize_t part;

	while (done < size && offset + done <= INT64_MAX) {
		part = pread(trace->fd, (char *)data + done, size - done, (off_t)(offset + done));
		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0)
			break;
		done += (size_t)part;
	}
	return done;
}

/* A regular file, open for reading, in trace->fd. */
static bool open_file(struct rd_trace *trace, const char *path)
{
	struct stat status;

	/* Not to hang on a named pipe that nobody writes to. */
	trace->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (trace->fd < 0 || fstat(trace->fd, &status)) {
		rd_note_damage(trace, RD_NO_OFFSET, "cannot be opened: %s", strerror(errno));
		return false;
	}
	if (S_ISDIR(status.st_mode)) {
		rd_note_damage(trace, RD_NO_OFFSET, "is a directory, not a trace");
		return false;
	}
	if (!S_ISREG(status.st_mode)) {
		rd_note_damage(trace, RD_NO_OFFSET, "is not a regular file");
		return false;
	}
	trace->file_size = (uint64_t)status.st_size;
	return true;
}

/* By the first bytes, never by the name: a trace is renamed and piped through gzip. */
static bool recognise(struct rd_trace *trace)
{
	static const uint64_t native_magic = CTR_FILE_MAGIC;
	unsigned char head[16];
	size_t length = rd_read_at(trace, 0, head, sizeof(head));

	if (length == 0)
		rd_note_damage(trace, 0, "is empty");
	else if (length >= sizeof(native_magic) &&
		 !memcmp(head, &native_magic, sizeof(native_magic)))
		trace->form = &rd_native_form;
	else if (length == sizeof(head) && !memcmp(head, RD_NSYS_MAGIC, sizeof(head)))
		trace->form = &rd_nsys_form;
	else if (head[0] == '{' || head[0] == '[' ||
		 (length > 1 && head[0] == 0x1f && head[1] == 0x8b))
		trace->form = rd_kineto_is_it(trace) ? &rd_kineto_form : &rd_json_form;
	else
		rd_note_damage(trace, 0, "is not a trace of curtrace");
	return trace->form;
}

/* Damage that was found before there was anything to read is the error of opening. */
struct rd_trace *rd_open(const char *path, struct rd_error *error)
{
	static _Atomic uint32_t opened;
	struct rd_trace *trace = ut_xcalloc(1, sizeof(*trace));

	trace->number = ++opened;
	trace->fd = -1;
	trace->header.exit_status = -1;
	trace->want = RD_WANT_ALL;
	if (open_file(trace, path) && recognise(trace) && trace->form->open(trace))
		return trace;
	*error = trace->damage;
	rd_close(trace);
	return NULL;
}

/* Also of a trace that was only opened halfway. */
void rd_close(struct rd_trace *trace)
{
	if (!trace)
		return;
	if (trace->form)
		trace->form->close(trace);
	if (trace->fd >= 0)
		close(trace->fd);
	rd_names_free(&trace->names);
	ut_arena_free(&trace->strings);
	ut_arena_free(&trace->scratch);
	free(trace->args_wanted);
	free(trace);
}

const struct ct_header *rd_header(const struct rd_trace *trace)
{
	return &trace->header;
}

/* The event before gives its memory back here, which is what keeps memory constant. */
bool rd_next(struct rd_trace *trace, struct ct_event *event)
{
	if (trace->scratch.used)
		ut_arena_reset(&trace->scratch);
	if (!trace->form->next(trace, event))
		return false;
	event->ordinal = ++trace->ordinal;
	event->trace = trace->number;
	/* Some forms know it without looking at the name. */
	if (event->type != CT_EVENT_CALL)
		event->function = 0;
	else if (!event->function)
		event->function = rd_names_number(&trace->names, event->name);
	return true;
}

void rd_want(struct rd_trace *trace, unsigned int what)
{
	trace->want = what;
}

void rd_want_args_of(struct rd_trace *trace, bool (*wanted)(const char *function))
{
	trace->args_of = wanted;
}

/* Asked once for each function: the answer is kept. */
bool rd_wants_args(struct rd_trace *trace, uint32_t function)
{
	enum {
		NOT_ASKED,
		NO,
		YES
	};
	size_t had = trace->args_wanted_capacity;

	if (!(trace->want & RD_WANT_ARGS))
		return false;
	if (!trace->args_of)
		return true;
	ut_grow(&trace->args_wanted, &trace->args_wanted_capacity, function, 1);
	memset(trace->args_wanted + had, NOT_ASKED, trace->args_wanted_capacity - had);
	if (trace->args_wanted[function] == NOT_ASKED)
		trace->args_wanted[function] =
			trace->args_of(rd_names_text(&trace->names, function)) ? YES : NO;
	return trace->args_wanted[function] == YES;
}

const char *rd_function_name(const struct rd_trace *trace, uint32_t function)
{
	return rd_names_text(&trace->names, function);
}

const struct rd_error *rd_damage(const struct rd_trace *trace)
{
	return trace->damaged ? &trace->damage : NULL;
}

const struct rd_function *rd_functions(const struct rd_trace *trace, size_t *count)
{
	return trace->form->functions(trace, count);
}
