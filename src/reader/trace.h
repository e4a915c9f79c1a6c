/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the reader: an open trace, whatever its form. */
#ifndef READER_TRACE_H
#define READER_TRACE_H

#include "reader/names.h"
#include "reader/reader.h"
#include "util/arena.h"

/* What a form of trace implements. */
struct rd_form {
	/* Reads the header; false with trace->damage filled in if there is nothing to read. */
	bool (*open)(struct rd_trace *trace);
	/* Leaves `ordinal` to rd_next, and `function` as 0 if it does not know the number. */
	bool (*next)(struct rd_trace *trace, struct ct_event *event);
	const struct rd_function *(*functions)(const struct rd_trace *trace, size_t *count);
	void (*close)(struct rd_trace *trace);
};

struct rd_trace {
	const struct rd_form *form;
	void *state; /* the form's own */
	int fd;
	uint64_t file_size;
	struct ct_header header;
	bool damaged;
	struct rd_error damage;
	uint64_t ordinal;  /* of the last event */
	uint32_t number;   /* among the traces that this process has opened, from 1 */
	unsigned int want; /* RD_WANT_* */
	bool (*args_of)(const char *function); /* NULL: of all */
	unsigned char *args_wanted;            /* its answers, by number of the function */
	size_t args_wanted_capacity;
	struct rd_names names;   /* of functions, as they are met */
	struct ut_arena strings; /* of the header: until the trace is closed */
	struct ut_arena scratch; /* of the present event */
};

extern const struct rd_form rd_native_form;
extern const struct rd_form rd_json_form;

/* Notes the first trouble only: what follows is mostly its consequence. */
void rd_note_damage(struct rd_trace *trace, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether the arguments of that function (its number in trace->names) will be looked at. */
bool rd_wants_args(struct rd_trace *trace, uint32_t function);

/* Adds a warning to the header. */
void rd_add_warning(struct rd_trace *trace, const char *code, const char *text);

/* Up to `size` bytes at `offset`; fewer at the end of the file or after an error. */
size_t rd_read_at(const struct rd_trace *trace, uint64_t offset, void *data, size_t size);

#endif
