/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as lines of a JSON trace. Writing a trace is mostly this. */
#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "util/format.h"
#include "util/xalloc.h"
#include "write/json_internal.h"
#include "write/json_put.h"

/* ---- arguments ----------------------------------------------------------------------------- */

static char *put_dim3(const struct wr_json *json, char *at, const uint32_t xyz[3])
{
	*at++ = '[';
	at = wr_put_u64(json, at, xyz[0]);
	*at++ = ',';
	at = wr_put_u64(json, at, xyz[1]);
	*at++ = ',';
	at = wr_put_u64(json, at, xyz[2]);
	*at++ = ']';
	return at;
}

static void out_text(struct wr_out *out, const struct ct_arg *arg)
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

/* What is rare, or of any length. */
static char *put_long_value(struct wr_json *json, char *at, const struct ct_arg *arg)
{
	wr_set_cursor(json, at);
	if (arg->kind == CT_KIND_FLOAT)
		wr_out_float(&json->out, arg->value.f);
	else
		out_text(&json->out, arg);
	wr_out_literal(&json->out, ",");
	return wr_cursor(json);
}

/* An integer there would make the call an event of the GPU. */
static bool is_stream(const char *name)
{
	return name[0] == 's' && name[1] == 't' && !strcmp(name, "stream");
}

/* Names where there are names: a file is read by people and by tools that know no CUDA. */
static char *put_value(struct wr_json *json, char *at, const struct ct_arg *arg, bool lasting)
{
	switch (arg->kind) {
	case CT_KIND_ENUM:
		if (arg->label)
			return wr_put_text(json, at, WR_LABEL, arg->label, lasting);
		at = wr_put_exact_i64(json, at, arg->value.i);
		break;
	case CT_KIND_FLAGS:
		if (arg->label)
			return wr_put_new(json, at, WR_LABEL, arg->label, NULL);
		at = wr_put_hex(at, arg->value.u);
		break;
	case CT_KIND_INT:
		at = is_stream(arg->name) ? wr_put_hex(at, arg->value.u)
					  : wr_put_exact_i64(json, at, arg->value.i);
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		at = is_stream(arg->name) ? wr_put_hex(at, arg->value.u)
					  : wr_put_exact_u64(json, at, arg->value.u);
		break;
	case CT_KIND_DIM3:
		at = put_dim3(json, at, arg->value.xyz);
		break;
	case CT_KIND_FLOAT:
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		return put_long_value(json, at, arg);
	default:
		at = wr_put_hex(at, arg->value.u);
	}
	*at++ = ',';
	return at;
}

/* The name of what the argument before it holds; once in an event, for it is one key. */
static char *put_label(struct wr_json *json, char *at, const struct ct_arg *arg, bool lasting,
		       unsigned int *labels)
{
	if (*labels & 1u << arg->kind || (arg->kind != CT_KIND_KERNEL && arg->kind != CT_KIND_PTR))
		return at;
	*labels |= 1u << arg->kind;
	return wr_put_text(json, at, arg->kind == CT_KIND_KERNEL ? WR_KERNEL : WR_SYMBOL,
			   arg->label, lasting);
}

static char *put_args(struct wr_json *json, char *at, const struct ct_event *event)
{
	unsigned int labels = 0;

	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (!arg->known)
			continue;
		at = wr_make_room(json, at);
		at = wr_put_text(json, at, WR_KEY, arg->name, event->lasting);
		at = put_value(json, at, arg, event->lasting);
		if (arg->label)
			at = put_label(json, at, arg, event->lasting, &labels);
	}
	return wr_make_room(json, at);
}

/* ---- results and callers ------------------------------------------------------------------- */

/* The name as text; failures have the number too, so that they can be selected by it. */
static char *put_status(struct wr_json *json, char *at, const struct ct_event *event)
{
	if (event->result_name) {
		at = wr_put_text(json, at, WR_RESULT, event->result_name, event->lasting);
	} else {
		at = wr_put_literal(at, "\"result\":");
		at = wr_put_exact_i64(json, at, event->result);
		*at++ = ',';
	}
	if (event->result) {
		at = wr_put_literal(at, "\"result_code\":");
		at = wr_put_exact_i64(json, at, event->result);
		*at++ = ',';
	}
	if (event->flags & CT_EVENT_EXPECTED)
		at = wr_put_literal(at, "\"expected\":true,");
	return at;
}

/* A pointer that a function returned stands among the arguments, as `return`. */
static char *put_result(struct wr_json *json, char *at, const struct ct_event *event)
{
	if (event->flags & CT_EVENT_IN_FLIGHT)
		return wr_put_literal(at, "\"in_flight\":true,");
	/* The first letter tells them apart: status, int, uint, void. */
	switch (event->result_kind[0]) {
	case 's':
		return put_status(json, at, event);
	case 'i':
		at = wr_put_literal(at, "\"result\":");
		at = wr_put_exact_i64(json, at, event->result);
		break;
	case 'u':
		at = wr_put_literal(at, "\"result\":");
		at = wr_put_u64(json, at, (uint32_t)event->result);
		break;
	default:
		return at;
	}
	*at++ = ',';
	return at;
}

/* The rest of a string that ends in an offset: NAME+0x12", */
static void out_offset_in(struct wr_out *out, const char *name, uint64_t offset)
{
	wr_out_escaped(out, name, strlen(name));
	wr_out_literal(out, "+");
	out->used += ut_format_hex(wr_out_room(out, UT_FORMAT_MAX), offset);
	wr_out_literal(out, "\",");
}

/* libfoo.so+0x1234, or the bare address where no file was mapped; then "step(int)+0x12". */
static void out_caller(struct wr_out *out, const struct ct_event *event)
{
	const char *slash;

	wr_out_literal(out, "\"caller\":");
	if (event->caller_module) {
		slash = strrchr(event->caller_module, '/');
		wr_out_literal(out, "\"");
		out_offset_in(out, slash ? slash + 1 : event->caller_module, event->caller_offset);
	} else {
		wr_out_hex(out, event->caller);
		wr_out_literal(out, ",");
	}
	if (event->caller_function) {
		wr_out_literal(out, "\"caller_function\":\"");
		out_offset_in(out, event->caller_function, event->caller_function_offset);
	}
}

static __attribute__((noinline)) char *put_new_caller(struct wr_json *json, char *at,
						      const struct ct_event *event,
						      struct wr_caller *place)
{
	size_t length = event->caller_module ? strlen(event->caller_module) : 0, begin;

	length += event->caller_function ? strlen(event->caller_function) : 0;
	wr_set_cursor(json, at);
	if (!event->lasting || length > WR_KEPT_MAX) {
		out_caller(&json->out, event);
		return wr_cursor(json);
	}
	wr_out_room(&json->out, 6 * length + WR_ROOM);
	begin = json->out.used;
	out_caller(&json->out, event);
	*place = (struct wr_caller){
		.address = event->caller,
		.offset = event->caller_offset,
		.function_offset = event->caller_function_offset,
		.module = event->caller_module,
		.function = event->caller_function,
		.text = place->text,
	};
	wr_kept_set(&place->text, WR_KEY, place, json->out.data + begin, json->out.used - begin);
	return wr_cursor(json);
}

static inline char *put_caller(struct wr_json *json, char *at, const struct ct_event *event)
{
	struct wr_caller *place;

	if (!event->caller && !event->caller_module)
		return at;
	place = wr_caller_place(json->texts, event->caller);
	if (event->lasting && place->text.of && place->address == event->caller &&
	    place->module == event->caller_module && place->offset == event->caller_offset &&
	    place->function == event->caller_function &&
	    place->function_offset == event->caller_function_offset)
		return wr_kept_put(at, &place->text);
	return put_new_caller(json, at, event, place);
}

/* ---- the line ------------------------------------------------------------------------------ */

/* What most calls do not have. */
static char *put_marks(struct wr_json *json, char *at, const struct ct_event *event, uint64_t end)
{
	if ((event->entry != event->name && strcmp(event->entry, event->name) != 0) ||
	    (event->name[0] == '_' && !strcmp(event->name, CT_JSON_LAUNCH_ENTRY)))
		at = wr_put_text(json, at, WR_ENTRY, event->entry, event->lasting);
	if (event->abi) {
		at = wr_put_literal(at, "\"abi\":");
		at = wr_put_u64(json, at, event->abi);
		*at++ = ',';
	}
	if (event->flags & CT_EVENT_INTERNAL)
		at = wr_put_literal(at, "\"internal\":true,");
	if (event->flags & CT_EVENT_WAITED)
		at = wr_put_literal(at, "\"waited\":true,");
	if (event->flags & CT_EVENT_INJECTED)
		at = wr_put_literal(at, "\"injected\":true,");
	if (event->flags & CT_EVENT_DELAYED)
		at = wr_put_literal(at, "\"delayed\":true,");
	if (event->end_ns > end) {
		at = wr_put_literal(at, "\"overlap_ns\":");
		at = wr_put_exact_u64(json, at, event->end_ns - end);
		*at++ = ',';
	}
	return at;
}

static inline char *put_place(struct wr_json *json, char *at, const struct wr_thread *thread,
			      uint64_t start_ns)
{
	memcpy(at, thread->place, sizeof(thread->place));
	return wr_put_time(json, at + thread->length, (int64_t)(start_ns - json->base_ns));
}

void wr_json_details(struct wr_json *json, const struct ct_event *event)
{
	char *at = put_args(json, wr_cursor(json), event);

	at = put_result(json, at, event);
	wr_set_cursor(json, put_caller(json, at, event));
}

/* Each part of `args` ends with a comma but the last, the correlation, which is always there. */
void wr_json_call(struct wr_json *json, const struct ct_event *event)
{
	struct wr_thread *thread = wr_json_thread(json, event);
	uint64_t end = wr_json_nest(thread, event->start_ns, event->end_ns);
	char *at = wr_cursor(json);

	at = wr_put_text(json, at, event->layer == CT_LAYER_DRIVER ? WR_DRIVER : WR_NAME,
			 event->name, event->lasting);
	at = put_place(json, at, thread, event->start_ns);
	at = wr_put_literal(at, ",\"dur\":");
	at = wr_put_duration(json, at, end - event->start_ns);
	if (event->stack) {
		at = wr_put_literal(at, ",\"sf\":");
		at = wr_put_u64(json, at, event->stack);
	}
	at = wr_put_literal(at, ",\"args\":{");
	at = put_args(json, at, event);
	at = put_result(json, at, event);
	at = put_caller(json, at, event);
	at = put_marks(json, at, event, end);
	at = wr_put_literal(at, "\"correlation\":");
	at = wr_put_correlation(json, at);
	at = wr_put_literal(at, "}}");
	wr_set_cursor(json, at);
}
