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

/* What the argument is called in the file: see above. */
static void out_arg_key(struct wr_out *out, const char *name)
{
	size_t i;

	if (!strcmp(name, "stream")) {
		wr_out_literal(out, "\"" CT_JSON_STREAM "\":");
		return;
	}
	for (i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (own_keys[i][0] != name[0] || strcmp(name, own_keys[i]))
			continue;
		wr_out_literal(out, "\"");
		wr_out_raw(out, name, strlen(name));
		wr_out_literal(out, "_\":");
		return;
	}
	wr_out_text(out, name);
	wr_out_literal(out, ":");
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

static void out_arg(struct wr_out *out, const struct ct_arg *arg, unsigned int *labels)
{
	if (!arg->known)
		return;
	out_arg_key(out, arg->name);
	/* An integer there would make the call an event of the GPU. */
	if (!strcmp(arg->name, "stream") &&
	    (arg->kind == CT_KIND_INT || arg->kind == CT_KIND_UINT || arg->kind == CT_KIND_SIZE))
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

/* libfoo.so+0x1234, or the bare address where no file was mapped. */
static void out_caller(struct wr_out *out, const struct ct_event *event)
{
	const char *slash;
	char *text;
	size_t length;

	if (!event->caller && !event->caller_module)
		return;
	wr_out_literal(out, "\"caller\":");
	if (!event->caller_module) {
		wr_out_hex(out, event->caller);
		wr_out_literal(out, ",");
		return;
	}
	slash = strrchr(event->caller_module, '/');
	slash = slash ? slash + 1 : event->caller_module;
	length = strlen(slash);
	text = ut_xmalloc(length + 1 + UT_FORMAT_MAX);
	memcpy(text, slash, length);
	text[length++] = '+';
	length += ut_format_hex(text + length, event->caller_offset);
	wr_out_string(out, text, length);
	wr_out_literal(out, ",");
	free(text);
}

/* ,"pid":1,"tid":2,"ts":3.000 */
static void out_place(struct wr_json *json, const struct ct_event *event)
{
	struct wr_out *out = &json->out;

	wr_out_literal(out, ",\"pid\":");
	wr_out_u64(out, event->pid);
	wr_out_literal(out, ",\"tid\":");
	wr_out_u64(out, event->tid);
	wr_out_literal(out, ",\"ts\":");
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
	wr_out_literal(out, ",\"args\":{");
	for (i = 0; i < event->nargs; i++)
		out_arg(out, &event->args[i], &labels);
	out_result(out, event);
	out_caller(out, event);
	if (event->flags & CT_EVENT_PER_THREAD) {
		wr_out_literal(out, "\"api\":");
		wr_out_text(out, event->entry);
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
