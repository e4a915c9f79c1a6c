/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a line of JSON back to an event. What an argument was is told by how it looks: numbers,
 * triples, addresses; other text may have been an enumerator as well as a string.
 */
#include "reader/json_events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "reader/json_frames.h"
#include "reader/json_value.h"

static const char *const own_keys[] = { CT_JSON_OWN_KEYS };

/* NULL also if the member is no text: nothing in a file is believed. */
static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* Microseconds with decimals as nanoseconds: exact, as long as a double holds these. */
static int64_t ns_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (!cJSON_IsNumber(item) || fabs(item->valuedouble) > 9e15)
		return 0;
	return llround(item->valuedouble * 1000);
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* Compared by length: the name is the beginning of a longer one. */
static bool is_own_key(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (own_keys[i][0] == name[0] && strlen(own_keys[i]) == length &&
		    !memcmp(own_keys[i], name, length))
			return true;
	}
	return false;
}

/* The name that the argument had before it was written beside the keys of our own. */
static const char *argument_name(struct rd_trace *trace, const char *key)
{
	size_t length = strlen(key);

	if (!strcmp(key, CT_JSON_STREAM))
		return "stream";
	if (length && key[length - 1] == '_' && is_own_key(key, length - 1))
		return ut_arena_copy(&trace->scratch, key, length - 1);
	return key;
}

/* As the writer puts it: lower case, at most 16 digits. A file name 0x… is not an address. */
static bool parse_hex(const char *text, uint64_t *value)
{
	char *end;

	if (text[0] != '0' || text[1] != 'x' || !strchr("0123456789abcdef", text[2]) || !text[2])
		return false;
	*value = strtoull(text + 2, &end, 16);
	return !*end && end - text <= 18;
}

/* Long runs of digits are numbers that JSON could not hold. */
static void take_text(struct rd_trace *trace, struct ct_arg *arg, const char *text)
{
	size_t length = strlen(text), mark = strlen(CT_JSON_TRUNCATED);

	if (parse_hex(text, &arg->value.u)) {
		arg->kind = CT_KIND_PTR;
	} else if (length >= 16 && rd_parse_u64(text, &arg->value.u)) {
		arg->kind = CT_KIND_UINT;
	} else if (length >= 17 && rd_parse_i64(text, &arg->value.i)) {
		arg->kind = CT_KIND_INT;
	} else {
		arg->kind = CT_KIND_TEXT;
		arg->truncated = length >= mark && !strcmp(text + length - mark, CT_JSON_TRUNCATED);
		if (arg->truncated)
			length -= mark;
		arg->text = ut_arena_copy(&trace->scratch, text, length);
	}
}

/* JSON does not tell a float that is whole from an integer, and neither does its reader. */
static void take_number(struct ct_arg *arg, double number)
{
	if (number == floor(number) && fabs(number) <= 9007199254740992.0) {
		arg->kind = CT_KIND_INT;
		arg->value.i = (int64_t)number;
	} else {
		arg->kind = CT_KIND_FLOAT;
		arg->value.f = number;
	}
}

/* Three small numbers are a grid or block; arrays of anything else are not ours. */
static bool take_triple(struct ct_arg *arg, const cJSON *item)
{
	const cJSON *element;
	unsigned int n = 0;

	cJSON_ArrayForEach(element, item)
	{
		if (n == 3 || !cJSON_IsNumber(element) || element->valuedouble < 0 ||
		    element->valuedouble > UINT32_MAX)
			return false;
		arg->value.xyz[n++] = (uint32_t)element->valuedouble;
	}
	arg->kind = CT_KIND_DIM3;
	return n == 3;
}

/* What cannot be understood is passed over: it would have no kind. */
static void take_argument(struct rd_trace *trace, struct ct_event *event, const cJSON *item)
{
	struct ct_arg *arg;

	if (event->nargs == CT_MAX_ARGS)
		return;
	arg = &event->args[event->nargs];
	*arg = (struct ct_arg){
		.name = argument_name(trace, item->string),
		.type = "",
		.known = true,
	};
	if (cJSON_IsString(item))
		take_text(trace, arg, item->valuestring);
	else if (cJSON_IsNumber(item))
		take_number(arg, item->valuedouble);
	else if (!cJSON_IsArray(item) || !take_triple(arg, item))
		return;
	event->nargs++;
}

/* A name for what the argument before it holds. */
static void take_label(struct ct_event *event, enum ct_kind kind, const cJSON *item)
{
	struct ct_arg *arg;

	if (!event->nargs || !cJSON_IsString(item))
		return;
	arg = &event->args[event->nargs - 1];
	arg->kind = kind;
	arg->label = item->valuestring;
}

/* ---- keys of our own ----------------------------------------------------------------------- */

/* libfoo.so+0x1234 or 0x1234 */
static void take_caller(struct rd_trace *trace, struct ct_event *event, const char *text)
{
	const char *plus = strrchr(text, '+');

	if (parse_hex(text, &event->caller) || !plus || !parse_hex(plus + 1, &event->caller_offset))
		return;
	event->caller_module = ut_arena_copy(&trace->scratch, text, (size_t)(plus - text));
}

/* step(int)+0x12 */
static void take_caller_function(struct rd_trace *trace, struct ct_event *event, const char *text)
{
	const char *plus = strrchr(text, '+');

	if (!plus || !parse_hex(plus + 1, &event->caller_function_offset))
		return;
	event->caller_function = ut_arena_copy(&trace->scratch, text, (size_t)(plus - text));
}

/* A status has a name or a code; a bare number is what an int function returned. */
static void take_result(struct ct_event *event, const cJSON *args)
{
	const cJSON *result = cJSON_GetObjectItemCaseSensitive(args, "result");
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(args, "result_code");
	int64_t number = rd_json_i64(args, "result", 0);

	if (!result) {
		event->result_kind = event->flags & CT_EVENT_IN_FLIGHT ? "" : "void";
		return;
	}
	if (!cJSON_IsString(result) && !code) {
		event->result_kind = number > INT32_MAX ? "uint" : "int";
		event->result = (int32_t)number;
		return;
	}
	event->result_kind = "status";
	event->result_name = cJSON_IsString(result) ? result->valuestring : NULL;
	event->result = (int32_t)rd_json_i64(args, "result_code", 0);
	if (event->result)
		event->flags |= rd_json_bool(args, "expected", false) ? CT_EVENT_EXPECTED
								      : CT_EVENT_FAILED;
}

/* Marks first: what a missing result means depends on them. */
static void take_args(struct rd_trace *trace, struct ct_event *event, const cJSON *args)
{
	const char *caller = text_of(args, "caller"), *entry = text_of(args, "api");
	const char *function = text_of(args, "caller_function");
	const cJSON *item;

	if (rd_json_bool(args, "in_flight", false))
		event->flags |= CT_EVENT_IN_FLIGHT;
	if (rd_json_bool(args, "waited", false))
		event->flags |= CT_EVENT_WAITED;
	event->abi = (uint32_t)rd_json_u64(args, "abi", 0);
	if (entry) {
		event->flags |= CT_EVENT_PER_THREAD;
		event->entry = entry;
	}
	if (caller)
		take_caller(trace, event, caller);
	if (function)
		take_caller_function(trace, event, function);
	take_result(event, args);
	cJSON_ArrayForEach(item, args)
	{
		if (!item->string)
			continue;
		if (!strcmp(item->string, "kernel"))
			take_label(event, CT_KIND_KERNEL, item);
		else if (!strcmp(item->string, "symbol_name"))
			take_label(event, CT_KIND_PTR, item);
		else if (!is_own_key(item->string, strlen(item->string)))
			take_argument(trace, event, item);
	}
}

/* ---- events -------------------------------------------------------------------------------- */

/* Events of other categories will come from other sources, a GPU's say: not for this reader yet. */
static bool take_call(struct rd_trace *trace, struct ct_event *event, const cJSON *line)
{
	const char *category = text_of(line, "cat");
	int64_t duration = ns_of(line, "dur");

	if (!category || strcmp(category, CT_JSON_CATEGORY) || !*event->name)
		return false;
	event->type = CT_EVENT_CALL;
	event->entry = event->name;
	event->end_ns = event->start_ns + (uint64_t)(duration > 0 ? duration : 0);
	event->stack = rd_json_frame(trace, rd_json_u64(line, "sf", 0));
	take_args(trace, event, cJSON_GetObjectItemCaseSensitive(line, "args"));
	return true;
}

/* Instants of other names are passed over. */
static bool take_loss(struct rd_trace *trace, struct ct_event *event, const cJSON *line)
{
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(line, "args");

	if (strcmp(event->name, CT_JSON_LOST))
		return false;
	event->type = CT_EVENT_LOSS;
	event->name = "";
	event->lost_full = rd_json_u64(args, "full", 0);
	event->lost_reentered = rd_json_u64(args, "reentered", 0);
	event->lost_other = rd_json_u64(args, "other", 0);
	event->lost_cause = rd_json_text(&trace->scratch, args, "cause");
	if (!event->lost_cause)
		event->lost_cause = "";
	event->end_ns = event->start_ns + rd_json_u64(args, "duration_ns", 0);
	return true;
}

/* Of the metadata only the names of threads are events; processes stand in the header. */
static bool take_thread(struct ct_event *event, const cJSON *line)
{
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(line, "args");
	const char *name = text_of(args, "name");

	if (strcmp(event->name, "thread_name"))
		return false;
	event->type = CT_EVENT_THREAD;
	event->name = "";
	event->thread_name = name ? name : "";
	event->end_ns = event->start_ns;
	return true;
}

bool rd_json_event(struct rd_trace *trace, const cJSON *line, uint64_t base_ns,
		   struct ct_event *event)
{
	const char *phase = text_of(line, "ph"), *name = text_of(line, "name");

	/* All but the arguments, which are most of it. */
	memset(event, 0, offsetof(struct ct_event, args));
	event->entry = event->domain = event->result_kind = "";
	event->name = name ? name : "";
	event->pid = (uint32_t)rd_json_u64(line, "pid", 0);
	event->tid = (uint32_t)rd_json_u64(line, "tid", 0);
	event->start_ns = base_ns + (uint64_t)ns_of(line, "ts");
	if (!phase)
		return false;
	if (!strcmp(phase, "X"))
		return take_call(trace, event, line);
	if (!strcmp(phase, "i"))
		return take_loss(trace, event, line);
	if (!strcmp(phase, "M"))
		return take_thread(event, line);
	return false;
}
