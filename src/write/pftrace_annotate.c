/* SPDX-License-Identifier: Apache-2.0 */
/* Names and values beside an event: arguments, result, caller, and what the call did. */
#include <stdlib.h>

#include "curtrace/json_format.h"
#include "write/pftrace.h"

/* An argument that is called like one of these gets a `_` behind its name, as in JSON. */
static const char *const own_keys[] = {
	"allocation", "bytes",   "caller",      "caller_function", "direction",
	"expected",   "failed",  "in_flight",   "memory",          "ordinal",
	"result",     "unnamed", "stream_name", "waits_for",
};

/* A key, by its number, and a value that is a number or has one. Shorter than 128 bytes. */
static void annotate(struct pf_trace *w, uint32_t key, uint32_t field, uint64_t value)
{
	unsigned char *begin, *at;

	if (!key)
		return;
	begin = pb_room(&w->packet, 64);
	at = pb_put_uint(begin + 2, PF_ANNOTATION_KEY, key);
	at = pb_put_uint(at, field, value);
	begin[0] = PF_EVENT_ANNOTATION << 3 | PB_BYTES;
	begin[1] = (unsigned char)(at - begin - 2);
	pb_used(&w->packet, at);
}

/* What has no number is written out. */
static void annotate_text(struct pf_trace *w, uint32_t key, const char *value)
{
	size_t annotation = pb_open(&w->packet, PF_EVENT_ANNOTATION);

	pb_uint(&w->packet, PF_ANNOTATION_KEY, key);
	pb_string(&w->packet, PF_ANNOTATION_STRING, value);
	pb_close(&w->packet, annotation);
}

static void annotate_name(struct pf_trace *w, uint32_t key, const char *value, bool lasting)
{
	uint32_t number = pf_name(w, PF_NAMES_VALUE, value, lasting);

	if (number)
		annotate(w, key, PF_ANNOTATION_VALUE, number);
	else
		annotate_text(w, key, value);
}

/* Keys of our own are constants, which last. */
static void annotate_string(struct pf_trace *w, const char *key, const char *value, bool lasting)
{
	if (value && *value)
		annotate_name(w, pf_name(w, PF_NAMES_KEY, key, true), value, lasting);
}

static void annotate_number(struct pf_trace *w, const char *key, uint32_t field, uint64_t value)
{
	annotate(w, pf_name(w, PF_NAMES_KEY, key, true), field, value);
}

/* ---- arguments ----------------------------------------------------------------------------- */

static bool is_own_key(const char *name)
{
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++)
		if (!strcmp(name, own_keys[i]))
			return true;
	return false;
}

static uint32_t new_key_of(struct pf_trace *w, const char *name, bool lasting)
{
	uint32_t key;

	if (!is_own_key(name)) {
		key = pf_name(w, PF_NAMES_KEY, name, lasting);
	} else {
		w->scratch.used = 0;
		wr_text_raw(&w->scratch, name, strlen(name));
		wr_text_raw(&w->scratch, "_", sizeof("_"));
		key = pf_name(w, PF_NAMES_KEY, w->scratch.data, false);
	}
	/* Only a file that was made for it has so many names. */
	return key ? key : pf_name(w, PF_NAMES_KEY, "unnamed", false);
}

static uint32_t key_of(struct pf_trace *w, const char *name, bool lasting)
{
	uint64_t hash = (uint64_t)(uintptr_t)name * 0x9e3779b97f4a7c15u;
	struct pf_key *known = &w->keys[hash >> 32 & (PF_KEYS - 1)];

	if (!lasting)
		return new_key_of(w, name, false);
	if (known->name != name) {
		known->number = new_key_of(w, name, true);
		known->name = name;
	}
	return known->number;
}

static void annotate_double(struct pf_trace *w, uint32_t key, double value)
{
	size_t annotation = pb_open(&w->packet, PF_EVENT_ANNOTATION);

	pb_uint(&w->packet, PF_ANNOTATION_KEY, key);
	pb_double(&w->packet, PF_ANNOTATION_DOUBLE, value);
	pb_close(&w->packet, annotation);
}

static void annotate_dim3(struct pf_trace *w, uint32_t key, const uint32_t xyz[3])
{
	unsigned char *begin = pb_room(&w->packet, 96), *at = begin + 2, *element;

	at = pb_put_uint(at, PF_ANNOTATION_KEY, key);
	for (int i = 0; i < 3; i++) {
		*at++ = PF_ANNOTATION_ARRAY << 3 | PB_BYTES;
		element = ++at;
		at = pb_put_uint(at, PF_ANNOTATION_UINT, xyz[i]);
		element[-1] = (unsigned char)(at - element);
	}
	begin[0] = PF_EVENT_ANNOTATION << 3 | PB_BYTES;
	begin[1] = (unsigned char)(at - begin - 2);
	pb_used(&w->packet, at);
}

/* Texts that a program passes are many and each met once: they get no numbers. */
static void annotate_passed_text(struct pf_trace *w, uint32_t key, const struct ct_arg *arg)
{
	const char *text = arg->text ? arg->text : "";

	if (arg->truncated) {
		w->scratch.used = 0;
		wr_text_raw(&w->scratch, text, strlen(text));
		wr_text_raw(&w->scratch, CT_JSON_TRUNCATED, sizeof(CT_JSON_TRUNCATED));
		text = w->scratch.data;
	}
	annotate_text(w, key, text);
}

static void annotate_argument(struct pf_trace *w, const struct ct_arg *arg, bool lasting)
{
	uint32_t key = key_of(w, arg->name, lasting);

	if (arg->label) {
		annotate_name(w, key, arg->label, lasting && arg->kind != CT_KIND_FLAGS);
		return;
	}
	switch (arg->kind) {
	case CT_KIND_ENUM:
	case CT_KIND_INT:
		annotate(w, key, PF_ANNOTATION_INT, (uint64_t)arg->value.i);
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		annotate(w, key, PF_ANNOTATION_UINT, arg->value.u);
		break;
	case CT_KIND_FLOAT:
		annotate_double(w, key, arg->value.f);
		break;
	case CT_KIND_DIM3:
		annotate_dim3(w, key, arg->value.xyz);
		break;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		annotate_passed_text(w, key, arg);
		break;
	default:
		annotate(w, key, PF_ANNOTATION_POINTER, arg->value.u);
	}
}

/* ---- the rest of a call -------------------------------------------------------------------- */

static void annotate_result(struct pf_trace *w, const struct ct_event *event)
{
	const char *kind = event->result_kind;

	if (event->flags & CT_EVENT_IN_FLIGHT) {
		annotate_number(w, "in_flight", PF_ANNOTATION_BOOL, true);
		return;
	}
	if (!(w->header->lacks & CT_LACKS_RESULTS) && kind[0] != 'v' && kind[0]) {
		if (event->result_name)
			annotate_string(w, "result", event->result_name, event->lasting);
		else
			annotate_number(w, "result", PF_ANNOTATION_INT,
					kind[0] == 'u' ? (uint32_t)event->result
						       : (uint64_t)(int64_t)event->result);
	}
	if (event->flags & CT_EVENT_FAILED)
		annotate_number(w, "failed", PF_ANNOTATION_BOOL, true);
	else if (event->flags & CT_EVENT_EXPECTED)
		annotate_number(w, "expected", PF_ANNOTATION_BOOL, true);
}

/* NAME+0x12, by its number; 0: there is no name. */
static uint32_t place_name(struct pf_trace *w, const char *name, uint64_t offset)
{
	if (!name)
		return 0;
	w->scratch.used = 0;
	wr_text_raw(&w->scratch, name, strlen(name));
	wr_text_char(&w->scratch, '+');
	wr_text_hex(&w->scratch, offset);
	wr_text_char(&w->scratch, '\0');
	return pf_name(w, PF_NAMES_VALUE, w->scratch.data, false);
}

static bool is_caller_of(const struct pf_caller *c, const struct ct_event *event)
{
	return c->address == event->caller && c->offset == event->caller_offset &&
	       c->function_offset == event->caller_function_offset &&
	       c->module == event->caller_module && c->function == event->caller_function;
}

static struct pf_caller *caller_of(struct pf_trace *w, const struct ct_event *event)
{
	uint64_t hash = event->caller * 0x9e3779b97f4a7c15u;
	struct pf_caller *c = &w->callers[hash >> 32 & (PF_CALLERS - 1)];
	const char *slash;

	if (event->lasting && is_caller_of(c, event))
		return c;
	slash = event->caller_module ? strrchr(event->caller_module, '/') : NULL;
	*c = (struct pf_caller){
		.address = event->caller,
		.offset = event->caller_offset,
		.function_offset = event->caller_function_offset,
		.module = event->caller_module,
		.function = event->caller_function,
		.place = place_name(w, slash ? slash + 1 : event->caller_module,
				    event->caller_offset),
		.in_function = place_name(w, event->caller_function, event->caller_function_offset),
	};
	return c;
}

static void annotate_caller(struct pf_trace *w, const struct ct_event *event)
{
	const struct pf_caller *c = caller_of(w, event);

	if (c->place)
		annotate_number(w, "caller", PF_ANNOTATION_VALUE, c->place);
	else if (event->caller)
		annotate_number(w, "caller", PF_ANNOTATION_POINTER, event->caller);
	if (c->in_function)
		annotate_number(w, "caller_function", PF_ANNOTATION_VALUE, c->in_function);
}

/* What the arguments do not say in so many words. */
static void annotate_detail(struct pf_trace *w, const struct wr_detail *detail)
{
	if (detail->effect && detail->bytes_known)
		annotate_number(w, "bytes", PF_ANNOTATION_UINT, detail->bytes);
	annotate_string(w, "direction", detail->direction, true);
	annotate_string(w, "memory", detail->memory, true);
	annotate_string(w, "waits_for", detail->waits_for, true);
	if (detail->has_stream)
		annotate_string(w, "stream_name", detail->stream_name, true);
	if (detail->allocation)
		annotate_number(w, "allocation", PF_ANNOTATION_UINT, detail->allocation);
}

void pf_annotate_call(struct pf_trace *w, const struct ct_event *event,
		      const struct wr_detail *detail)
{
	for (unsigned int i = 0; i < event->nargs; i++)
		if (event->args[i].known)
			annotate_argument(w, &event->args[i], event->lasting);
	annotate_result(w, event);
	if (detail)
		annotate_detail(w, detail);
	annotate_caller(w, event);
	annotate_number(w, "ordinal", PF_ANNOTATION_UINT, event->ordinal);
}

void pf_annotate_loss(struct pf_trace *w, const struct ct_event *event)
{
	annotate_number(w, "full", PF_ANNOTATION_UINT, event->lost_full);
	annotate_number(w, "reentered", PF_ANNOTATION_UINT, event->lost_reentered);
	if (event->lost_other) {
		annotate_number(w, "other", PF_ANNOTATION_UINT, event->lost_other);
		annotate_string(w, "cause", event->lost_cause, false);
	}
	annotate_number(w, "duration_ns", PF_ANNOTATION_UINT, event->end_ns - event->start_ns);
}

/* ---- the recording ------------------------------------------------------------------------- */

static void annotate_warnings(struct pf_trace *w, const struct ct_header *header)
{
	size_t list = pb_open(&w->packet, PF_EVENT_ANNOTATION);

	pb_uint(&w->packet, PF_ANNOTATION_KEY, pf_name(w, PF_NAMES_KEY, "warnings", true));
	for (unsigned int i = 0; i < header->nwarnings; i++) {
		size_t element = pb_open(&w->packet, PF_ANNOTATION_ARRAY);
		const char *text = header->warnings[i].text;

		pb_string(&w->packet, PF_ANNOTATION_STRING, text ? text : "");
		pb_close(&w->packet, element);
	}
	pb_close(&w->packet, list);
}

static void annotate_header(struct pf_trace *w, const struct ct_header *header)
{
	annotate_string(w, "tool_version", header->tool_version, false);
	annotate_string(w, "source", header->source, false);
	annotate_string(w, "host", header->host, false);
	annotate_string(w, "command", header->command, false);
	annotate_string(w, "runtime_version", header->runtime_version, false);
	annotate_string(w, "driver_version", header->driver_version, false);
	if (header->world_size > 0) {
		annotate_number(w, "rank", PF_ANNOTATION_INT, (uint64_t)(int64_t)header->rank);
		annotate_number(w, "world_size", PF_ANNOTATION_INT,
				(uint64_t)(int64_t)header->world_size);
	}
	annotate_number(w, "calls", PF_ANNOTATION_UINT, header->calls);
	annotate_number(w, "recorded", PF_ANNOTATION_UINT, header->recorded);
	annotate_number(w, "lost", PF_ANNOTATION_UINT, header->lost);
	annotate_number(w, "in_flight", PF_ANNOTATION_UINT, header->in_flight);
	annotate_number(w, "complete", PF_ANNOTATION_BOOL, header->complete);
	if (header->nwarnings)
		annotate_warnings(w, header);
}

/* On a track of its own: the form has no place for such things that every version shows. */
void pf_run(struct pf_trace *w)
{
	size_t packet = pf_packet_begin(w), message;

	/* So that these have numbers, whatever names the trace fills the table with. */
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++)
		pf_name(w, PF_NAMES_KEY, own_keys[i], false);
	message = pb_open(&w->packet, PF_PACKET_TRACK);
	pb_uint(&w->packet, PF_TRACK_UUID, pf_uuid(w, PF_UUID_RUN, 0));
	pb_string(&w->packet, PF_TRACK_NAME, "curtrace");
	pb_close(&w->packet, message);
	pf_packet_end(w, packet);

	packet = pf_packet_begin(w);
	pb_uint(&w->packet, PF_PACKET_TIMESTAMP, w->header->start_realtime_ns);
	pb_uint(&w->packet, PF_PACKET_FLAGS, PF_NEEDS_STATE);
	message = pb_open(&w->packet, PF_PACKET_EVENT);
	pb_uint(&w->packet, PF_EVENT_TYPE, PF_INSTANT);
	pb_uint(&w->packet, PF_EVENT_TRACK, pf_uuid(w, PF_UUID_RUN, 0));
	pb_uint(&w->packet, PF_EVENT_NAME, pf_name(w, PF_NAMES_EVENT, "recording", false));
	annotate_header(w, w->header);
	pb_close(&w->packet, message);
	pf_packet_end(w, packet);
}
