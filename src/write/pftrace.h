/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the writer of Perfetto's form: its state, and the numbers of the fields it writes. */
#ifndef WRITE_PFTRACE_H
#define WRITE_PFTRACE_H

#include "write/format.h"
#include "write/intern.h"
#include "write/json_out.h"
#include "write/protobuf.h"
#include "write/threads.h"

/* Fields, by the message that they are of. */
enum {
	PF_TRACE_PACKET = 1,

	PF_PACKET_CLOCK_SNAPSHOT = 6,
	PF_PACKET_TIMESTAMP = 8,
	PF_PACKET_SEQUENCE = 10,
	PF_PACKET_EVENT = 11,
	PF_PACKET_INTERNED = 12,
	PF_PACKET_FLAGS = 13,
	PF_PACKET_CLOCK_ID = 58, /* also of the defaults */
	PF_PACKET_DEFAULTS = 59,
	PF_PACKET_TRACK = 60,
	PF_PACKET_FIRST = 87,

	PF_EVENT_CATEGORY = 3,
	PF_EVENT_ANNOTATION = 4,
	PF_EVENT_TYPE = 9,
	PF_EVENT_NAME = 10,
	PF_EVENT_TRACK = 11,
	PF_EVENT_NAME_TEXT = 23,
	PF_EVENT_COUNTER = 30,
	PF_EVENT_CALLSTACK = 56,

	PF_ANNOTATION_KEY = 1,
	PF_ANNOTATION_BOOL = 2,
	PF_ANNOTATION_UINT = 3,
	PF_ANNOTATION_INT = 4,
	PF_ANNOTATION_DOUBLE = 5,
	PF_ANNOTATION_STRING = 6,
	PF_ANNOTATION_POINTER = 7,
	PF_ANNOTATION_ARRAY = 12,
	PF_ANNOTATION_VALUE = 17,

	PF_TRACK_UUID = 1,
	PF_TRACK_NAME = 2,
	PF_TRACK_PROCESS = 3,
	PF_TRACK_THREAD = 4,
	PF_TRACK_PARENT = 5,
	PF_TRACK_COUNTER = 8,

	PF_PROCESS_PID = 1,
	PF_PROCESS_SORT_INDEX = 3,
	PF_PROCESS_NAME = 6,
	PF_THREAD_PID = 1,
	PF_THREAD_TID = 2,
	PF_THREAD_NAME = 5,
	PF_COUNTER_UNIT = 3,

	PF_INTERNED_CATEGORY = 1,
	PF_INTERNED_EVENT = 2,
	PF_INTERNED_KEY = 3,
	PF_INTERNED_FUNCTION = 5,
	PF_INTERNED_FRAME = 6,
	PF_INTERNED_CALLSTACK = 7,
	PF_INTERNED_PATH = 17,
	PF_INTERNED_MAPPING = 19,
	PF_INTERNED_VALUE = 29
};

/* Values. */
enum {
	PF_SEQUENCE = 1, /* all packets are of one writer */
	PF_STATE_CLEARED = 1,
	PF_NEEDS_STATE = 2,
	PF_CLOCK_REALTIME = 1,
	PF_SLICE_BEGIN = 1,
	PF_SLICE_END = 2,
	PF_INSTANT = 3,
	PF_COUNTER = 4,
	PF_UNIT_BYTES = 3
};

enum {
	PF_UUID_PROCESS = 1,
	PF_UUID_THREAD,
	PF_UUID_COUNTER,
	PF_UUID_RUN,
	PF_UUID_RANGE
};

/* Names have numbers, of each kind its own. */
enum pf_names {
	PF_NAMES_CATEGORY,
	PF_NAMES_EVENT,
	PF_NAMES_KEY,
	PF_NAMES_VALUE,
	PF_NAMES_FUNCTION,
	PF_NAMES_PATH,
	PF_NAMES
};
/* Of each kind; further ones are written out, so that memory does not grow with the trace. */
#define PF_MAX_NAMES (1u << 18)

struct pf_counter {
	uint32_t process;
	int32_t device;
	const char *memory;
	uint64_t uuid;
};

/* Where a call was made, and the numbers of what is said of it. */
struct pf_caller {
	uint64_t address, offset, function_offset;
	const char *module, *function;
	uint32_t place, in_function; /* 0: nothing is said */
};
#define PF_CALLERS 1024u /* a power of two; of two that share a place each takes it */

/* The number of an argument's name, which lasts. */
struct pf_key {
	const char *name;
	uint32_t number;
};
#define PF_KEYS 512u /* as above */

struct pf_trace {
	struct wr_out out;
	const struct ct_header *header;
	struct wr_text packet; /* being made */
	struct wr_text names;  /* that it needs: fields of InternedData */
	struct wr_text head, scratch;
	struct wr_threads threads;
	struct wr_intern interned[PF_NAMES];
	struct pf_caller callers[PF_CALLERS];
	struct pf_key keys[PF_KEYS];
	struct pf_counter *counters;
	size_t ncounters, counters_capacity;
	uint8_t *stacks; /* bit i: stack, frame i has its number; NULL: nothing has a stack */
	uint8_t *frames;
};

uint64_t pf_uuid(const struct pf_trace *w, uint64_t kind, uint64_t number);
size_t pf_packet_begin(struct pf_trace *w);
void pf_packet_end(struct pf_trace *w, size_t packet);

/* The number of a name, which the packet that needs it first has with it. 0: there are too many. */
uint32_t pf_new_name(struct pf_trace *w, enum pf_names which, const char *text, bool lasting);

static inline uint32_t pf_name(struct pf_trace *w, enum pf_names which, const char *text,
			       bool lasting)
{
	uint32_t number = lasting ? wr_intern_recent(&w->interned[which], text) : 0;

	return number ? number : pf_new_name(w, which, text, lasting);
}

/* pftrace_annotate.c: into the event that is being made. */
void pf_annotate_call(struct pf_trace *w, const struct ct_event *event,
		      const struct wr_detail *detail);
void pf_annotate_loss(struct pf_trace *w, const struct ct_event *event);
/* What is true of the whole recording, as an event at its beginning. */
void pf_run(struct pf_trace *w);

/* pftrace_stack.c: the number of the stack whose innermost frame this is; 0 for 0. */
uint32_t pf_stack(struct pf_trace *w, uint32_t frame);
void pf_stacks_free(struct pf_trace *w);

#endif
