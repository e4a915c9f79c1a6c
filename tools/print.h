/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to `curtrace print`: a trace's events as lines of text.
 *
 *	print_times.c	when
 *	print_events.c	the line
 *	print_args.c	its arguments
 *	print_names.c	handles as stream#2, pointers with what they point into
 *	print_types.c	kinds of arguments where the trace does not tell them
 *	print_follow.c	a recording that is still made
 *
 * No printf on the way of a call: a trace has millions.
 */
#ifndef TOOLS_PRINT_H
#define TOOLS_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/state.h"
#include "follow.h"
#include "reader/reader.h"
#include "select.h"
#include "util/map.h"
#include "write/text.h"

/* What a line begins with. */
enum print_time {
	PRINT_SINCE_START, /* seconds since the start of the recording */
	PRINT_SINCE_LINE,  /* since the line before */
	PRINT_CLOCK,       /* the wall clock's time of day */
	PRINT_EPOCH,       /* seconds since 1970 */
	PRINT_NO_TIME
};

struct print_options {
	bool caller;
	bool stacks;
	bool raw; /* addresses only: no names for handles, nothing about pointers */
	enum print_time time;
};

/* Codes for a terminal; all empty if there is none. */
struct print_colours {
	const char *name, *failed, *expected, *faint, *end;
};

/* What a pointer points into, as it was when the call saw it. */
struct print_place {
	uint64_t number; /* of the allocation; 0: nothing is known there */
	uint64_t offset;
	uint64_t bytes;
	enum an_memory memory;
	bool bytes_known;
	bool freed; /* it was there before */
};

/* A handle's name, which costs more to make than to keep. */
#define PRINT_HANDLES 256
struct print_handle {
	uint64_t handle;
	uint32_t process;
	const char *type; /* NULL: an empty slot; a pointer that stands for its text */
	unsigned int length;
	char name[44];
};

/* The same of numbers of bytes. */
#define PRINT_SIZES 64
struct print_size {
	uint64_t bytes;
	char text[24];
};

struct print_types;

/* What is printed of a trace that grows. Set the first four; `follow` must have begun. */
struct print_follow {
	struct printer *printer;
	struct select_calls *select;
	const struct print_options *options;
	unsigned long long limit; /* 0: none */
	unsigned long long lines;
	struct follow follow;
	struct ut_map threads; /* whose first lines have been printed */
	bool is_begun;
	bool is_done; /* nothing more is to be printed */
	bool failed;  /* a message was printed */
};

struct printer {
	const struct ct_header *header;
	struct print_options options;
	const struct print_colours *colours;
	struct wr_text text;    /* lines that are to be written */
	struct an_state *state; /* NULL if options.raw */
	struct print_types *types;
	uint64_t origin_ns; /* what times count from */
	uint64_t before_ns; /* of the line before, 0: none */
	uint64_t second;    /* whose time of day is in `clock` */
	char clock[16];
	struct print_place places[CT_MAX_ARGS]; /* of the present call's arguments */
	struct print_handle handles[PRINT_HANDLES];
	struct print_size sizes[PRINT_SIZES];
};

/* The printer is to be all zero. Valid as long as the trace is. */
void printer_begin(struct printer *p, struct rd_trace *trace, const struct print_options *options);

/* Another trace of the same run, whose header takes the place of the one before. */
void printer_continue(struct printer *p, struct rd_trace *trace);

/*
 * Takes an event in and, if it is selected, appends its lines to p->text. True: it was. `event` may
 * be changed: arguments get the kinds that the trace has not told.
 */
bool printer_event(struct printer *p, struct ct_event *event, struct select_calls *select);

/* Writes what is in p->text to stdout, always or only if it is much. False: it cannot be. */
bool printer_flush(struct printer *p, bool always);

void printer_end(struct printer *p);

/* Prints what has arrived, all of it if `all`. FOLLOW_NOTHING: that was all so far. */
enum follow_state print_follow_step(struct print_follow *f, bool all);

/* Follows the recording that `operand` names, to its end. Returns the exit status. */
int print_follow_session(struct print_follow *f, const char *operand);

void print_follow_free(struct print_follow *f);

/* ---- parts of a line ----------------------------------------------------------------------- */

#define PRINT_TEXT(printer, string) wr_text_raw(&(printer)->text, string, strlen(string))

void print_time(struct printer *p, uint64_t start_ns);
void print_seconds(struct printer *p, uint64_t ns, size_t width);
void print_arguments(struct printer *p, const struct ct_event *event);
/* "stream#2"; a number if there is no name. */
void print_handle(struct printer *p, uint32_t process, const char *type, uint64_t handle);
/* " <device 1 MiB #3 +0x40>", or nothing. */
void print_place(struct printer *p, const struct print_place *place);

/* Forgets the names of a handle that is made or destroyed. */
void print_forget_handle(struct printer *p, uint64_t handle);
/* Looks up what the pointers among the arguments point into: before, and after the call. */
void print_places_before(struct printer *p, const struct ct_event *event,
			 const struct an_effect *effect);
void print_places_after(struct printer *p, const struct ct_event *event,
			const struct an_effect *effect, const struct an_change *change);

/* NULL: the trace tells kinds itself, or nothing is known of them here. */
struct print_types *print_types_new(const struct rd_trace *trace);
void print_types_apply(struct print_types *types, struct ct_event *event);
void print_types_free(struct print_types *types);

#endif
