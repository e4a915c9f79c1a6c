/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events as lines of Chrome Trace Event JSON.
 *
 * The names of arguments share an object with keys that this writer and the programs that read its
 * files give a meaning to. HTA takes an event for one of a GPU if it has numbers in `stream` and
 * `correlation`, so an argument `stream` is written as `hStream` (and as text, as all handles
 * are); an argument named like a key of ours gets a `_` behind it.
 */
#include "write/json.h"

#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "util/format.h"
#include "util/xalloc.h"
#include "write/json_internal.h"

static const char *const own_keys[] = { CT_JSON_OWN_KEYS };

/* Nothing is written before the header. */
struct wr_json *wr_json_open(int fd, bool gz)
{
	struct wr_json *json = ut_xcalloc(1, sizeof(*json));

	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++)
		json->own_letters |= 1u << (own_keys[i][0] - 'a');
	wr_out_begin(&json->out, fd, gz);
	return json;
}

int wr_json_end(struct wr_json *json)
{
	int error;

	wr_out_literal(&json->out, "\n" CT_JSON_END "\n");
	error = wr_out_end(&json->out);
	free(json);
	return error;
}

/* The comma belongs to the line before, and is written only when there is a next one. */
void wr_json_line(struct wr_json *json)
{
	if (json->has_events)
		wr_out_literal(&json->out, ",\n");
	else
		wr_out_literal(&json->out, "\n");
	json->has_events = true;
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* Few names begin with such a letter, and no more is looked at in the others. */
static bool is_own_key(const struct wr_json *json, const char *name)
{
	if (name[0] < 'a' || name[0] > 'z' || !(json->own_letters & 1u << (name[0] - 'a')))
		return false;
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (own_keys[i][0] == name[0] && own_keys[i][1] == name[1] &&
		    !strcmp(name, own_keys[i]))
			return true;
	}
	return false;
}

static bool is_stream(const char *name)
{
	return name[0] == 's' && name[1] == 't' && !strcmp(name, "stream");
}

/* What the argument is called in the file: see above. */
static void out_arg_key(struct wr_json *json, const char *name)
{
	struct wr_out *out = &json->out;

	if (is_stream(name)) {
		wr_out_literal(out, "\"" CT_JSON_STREAM "\":");
	} else if (is_own_key(json, name)) {
		wr_out_literal(out, "\"");
		wr_out_raw(out, name, strlen(name));
		wr_out_literal(out, "_\":");
	} else {
		wr_out_text(out, name);
		wr_out_literal(out, ":");
	}
}

static void out_dim3(struct wr_out *out, const uint32_t xyz[3])
{
	wr_out_literal(out, "[");
	wr_out_u64(out, xyz[0]);
	wr_out_literal(out, ",");
	wr_out_u64(out, xyz[1]);
	wr_out_literal(out, ",");
	wr_out_u64(out, xyz[2]);
	wr_out_literal(out, "]");
}

static void out_arg_text(struct wr_out *out, const struct ct_arg *arg)
{
	size_t length = arg->text ? strlen(arg->text) : 0;
	char *longer;

	if (!arg->truncated) {
		wr_out_text(out, arg->text);
		return;
	}
	longer = ut_xmalloc(length + sizeof(CT_JSON_TRUNCATED));
	memcpy(longer, arg->text ? arg->text : "", length);
	memcpy(longer + length, CT_JSON_TRUNCATED, sizeof(CT_JSON_TRUNCATED));
	wr_out_text(out, longer);
	free(longer);
}

/* Names where there are names: a file is read by people and by tools that know no CUDA. */
static void out_arg_value(struct wr_out *out, const struct ct_arg *arg)
{
	switch (arg->kind) {
	case CT_KIND_ENUM:
		if (arg->label)
			wr_out_text(out, arg->label);
		else
			wr_out_exact_i64(out, arg->value.i);
		break;
	case CT_KIND_FLAGS:
		if (arg->label)
			wr_out_text(out, arg->label);
		else
			wr_out_hex(out, arg->value.u);
		break;
	case CT_KIND_INT:
		wr_out_exact_i64(out, arg->value.i);
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		wr_out_exact_u64(out, arg->value.u);
		break;
	case CT_KIND_DIM3:
		out_dim3(out, arg->value.xyz);
		break;
	case CT_KIND_FLOAT:
		wr_out_float(out, arg->value.f);
		break;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		out_arg_text(out, arg);
		break;
	default:
		wr_out_hex(out, arg->value.u);
	}
}

/* The name of what the argument before it holds; once in an event, for it is one key. */
static void out_label(struct wr_out *out, const struct ct_arg *arg, unsigned int *labels)
{
	if (!arg->label || *labels & 1u << arg->kind)
		return;
	if (arg->kind == CT_KIND_KERNEL)
		wr_out_literal(out, "\"kernel\":");
	else if (arg->kind == CT_KIND_PTR)
		wr_out_literal(out, "\"symbol_name\":");
	else
		return;
	*labels |= 1u << arg->kind;
	wr_out_text(out, arg->label);
	wr_out_literal(out, ",");
}

static void out_arg(struct wr_json *json, const struct ct_arg *arg, unsigned int *labels)
{
	struct wr_out *out = &json->out;

	if (!arg->known)
		return;
	out_arg_key(json, arg->name);
	/* An integer there would make the call an event of the GPU. */
	if ((arg->kind == CT_KIND_INT || arg->kind == CT_KIND_UINT || arg->kind == CT_KIND_SIZE) &&
	    is_stream(arg->name))
		wr_out_hex(out, arg->value.u);
	else
		out_arg_value(out, arg);
	wr_out_literal(out, ",");
	out_label(out, arg, labels);
}

/* ---- calls --------------------------------------------------------------------------------- */

/* The name as text; failures have the number too, so that they can be selected by it. */
static void out_status(struct wr_out *out, const struct ct_event *event)
{
	wr_out_literal(out, "\"result\":");
	if (event->result_name)
		wr_out_text(out, event->result_name);
	else
		wr_out_exact_i64(out, event->result);
	wr_out_literal(out, ",");
	if (event->result) {
		wr_out_literal(out, "\"result_code\":");
		wr_out_exact_i64(out, event->result);
		wr_out_literal(out, ",");
	}
	if (event->flags & CT_EVENT_EXPECTED)
		wr_out_literal(out, "\"expected\":true,");
}

/* A pointer that a function returned stands among the arguments, as `return`. */
static void out_result(struct wr_out *out, const struct ct_event *event)
{
	if (event->flags & CT_EVENT_IN_FLIGHT) {
		wr_out_literal(out, "\"in_flight\":true,");
	} else if (!strcmp(event->result_kind, "status")) {
		out_status(out, event);
	} else if (!strcmp(event->result_kind, "int")) {
		wr_out_literal(out, "\"result\":");
		wr_out_exact_i64(out, event->result);
		wr_out_literal(out, ",");
	} else if (!strcmp(event->result_kind, "uint")) {
		wr_out_literal(out, "\"result\":");
		wr_out_u64(out, (uint32_t)event->result);
		wr_out_literal(out, ",");
	}
}

/* The rest of a string that ends in an offset: NAME+0x12", */
static void out_offset_in(struct wr_out *out, const char *name, uint64_t offset)
{
	wr_out_escaped(out, name, strlen(name));
	wr_out_literal(out, "+");
	out->used += ut_format_hex(wr_out_room(out, UT_FORMAT_MAX), offset);
	wr_out_literal(out, "\",");
}

/* libfoo.so+0x1234, or the bare address where no file was mapped. */
static void out_caller(struct wr_out *out, const struct ct_event *event)
{
	const char *slash;

	if (!event->caller && !event->caller_module)
		return;
	wr_out_literal(out, "\"caller\":");
	if (!event->caller_module) {
		wr_out_hex(out, event->caller);
		wr_out_literal(out, ",");
		return;
	}
	slash = strrchr(event->caller_module, '/');
	wr_out_literal(out, "\"");
	out_offset_in(out, slash ? slash + 1 : event->caller_module, event->caller_offset);
}

/* Made once for each thread, as long as no other one takes its place. */
static const struct wr_place *place_of(struct wr_json *json, const struct ct_event *event)
{
	struct wr_place *place = &json->places[event->tid % WR_PLACES];
	static const char pid[] = ",\"pid\":", tid[] = ",\"tid\":", ts[] = ",\"ts\":";
	char *at = place->text;

	if (place->length && place->pid == event->pid && place->tid == event->tid)
		return place;
	place->pid = event->pid;
	place->tid = event->tid;
	at = mempcpy(at, pid, sizeof(pid) - 1);
	at += ut_format_u64(at, event->pid);
	at = mempcpy(at, tid, sizeof(tid) - 1);
	at += ut_format_u64(at, event->tid);
	at = mempcpy(at, ts, sizeof(ts) - 1);
	place->length = (size_t)(at - place->text);
	return place;
}

/* "step(int)+0x12" */
static void out_caller_function(struct wr_out *out, const struct ct_event *event)
{
	if (!event->caller_function)
		return;
	wr_out_literal(out, "\"caller_function\":\"");
	out_offset_in(out, event->caller_function, event->caller_function_offset);
}

/* ,"pid":1,"tid":2,"ts":3.000 */
static void out_place(struct wr_json *json, const struct ct_event *event)
{
	struct wr_out *out = &json->out;
	const struct wr_place *place = place_of(json, event);

	memcpy(wr_out_room(out, sizeof(place->text)), place->text, sizeof(place->text));
	out->used += place->length;
	wr_out_us(out, (int64_t)(event->start_ns - json->base_ns));
}

/* Each part ends with a comma but the last, the correlation, which is always there. */
static void out_call(struct wr_json *json, const struct ct_event *event)
{
	struct wr_out *out = &json->out;
	unsigned int i, labels = 0;

	wr_out_literal(out, "{\"ph\":\"X\",\"cat\":\"" CT_JSON_CATEGORY "\",\"name\":");
	wr_out_text(out, event->name);
	out_place(json, event);
	wr_out_literal(out, ",\"dur\":");
	wr_out_us(out, (int64_t)(event->end_ns - event->start_ns));
	if (event->stack) {
		wr_out_literal(out, ",\"sf\":");
		wr_out_u64(out, event->stack);
	}
	wr_out_literal(out, ",\"args\":{");
	for (i = 0; i < event->nargs; i++)
		out_arg(json, &event->args[i], &labels);
	out_result(out, event);
	out_caller(out, event);
	out_caller_function(out, event);
	if (event->flags & CT_EVENT_PER_THREAD) {
		wr_out_literal(out, "\"api\":");
		wr_out_text(out, event->entry);
		wr_out_literal(out, ",");
	}
	if (event->abi) {
		wr_out_literal(out, "\"abi\":");
		wr_out_u64(out, event->abi);
		wr_out_literal(out, ",");
	}
	if (event->flags & CT_EVENT_WAITED)
		wr_out_literal(out, "\"waited\":true,");
	/* Each call has its own, from 1: it joins a call with what it causes on a GPU. */
	wr_out_literal(out, "\"correlation\":");
	wr_out_u64(out, ++json->correlation);
	wr_out_literal(out, "}}");
}

/* ---- other events -------------------------------------------------------------------------- */

/* An instant has no duration: how long calls were lost is an argument. */
static void out_loss(struct wr_json *json, const struct ct_event *event)
{
	struct wr_out *out = &json->out;

	wr_out_literal(out,
		       "{\"ph\":\"i\",\"s\":\"t\",\"cat\":\"curtrace\",\"name\":\"" CT_JSON_LOST
		       "\"");
	out_place(json, event);
	wr_out_literal(out, ",\"args\":{\"full\":");
	wr_out_exact_u64(out, event->lost_full);
	wr_out_literal(out, ",\"reentered\":");
	wr_out_exact_u64(out, event->lost_reentered);
	if (event->lost_other) {
		wr_out_literal(out, ",\"other\":");
		wr_out_exact_u64(out, event->lost_other);
		wr_out_literal(out, ",\"cause\":");
		wr_out_text(out, event->lost_cause);
	}
	wr_out_literal(out, ",\"duration_ns\":");
	wr_out_exact_u64(out, event->end_ns - event->start_ns);
	wr_out_literal(out, "}}");
}

/* Threads are shown in the order in which they made their first call. */
static void out_thread(struct wr_json *json, const struct ct_event *event)
{
	struct wr_out *out = &json->out;

	wr_out_literal(out, "{\"ph\":\"M\",\"name\":\"thread_name\"");
	out_place(json, event);
	wr_out_literal(out, ",\"args\":{\"name\":");
	wr_out_text(out, event->thread_name);
	wr_out_literal(out, "}}");
	wr_json_line(json);
	wr_out_literal(out, "{\"ph\":\"M\",\"name\":\"thread_sort_index\"");
	out_place(json, event);
	wr_out_literal(out, ",\"args\":{\"sort_index\":");
	wr_out_u64(out, json->threads++);
	wr_out_literal(out, "}}");
}

int wr_json_event(struct wr_json *json, const struct ct_event *event)
{
	wr_json_line(json);
	switch (event->type) {
	case CT_EVENT_CALL:
		out_call(json, event);
		break;
	case CT_EVENT_LOSS:
		out_loss(json, event);
		break;
	case CT_EVENT_THREAD:
		out_thread(json, event);
		break;
	}
	return json->out.error;
}
