/* SPDX-License-Identifier: Apache-2.0 */
/* A line that cJSON has parsed as an event: calls by their parts (json_call.h), the others here. */
#include "reader/json_events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "reader/json_call.h"
#include "reader/json_value.h"
#include "reader/nvtx.h"

/* NULL also if the member is no text: nothing in a file is believed. */
static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

/*
 * Microseconds with three decimals as nanoseconds. The double is the nearest one to a number of
 * nanoseconds; its product with 1000 is rounded once more, and may be nearer to the next number.
 */
static int64_t ns_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	int64_t ns;

	if (!cJSON_IsNumber(item) || !(fabs(item->valuedouble) <= 9e15))
		return 0;
	ns = llround(item->valuedouble * 1000);
	for (int64_t near = ns - 1; near <= ns + 1; near++) {
		if ((double)near / 1000 == item->valuedouble)
			return near;
	}
	return ns;
}

uint64_t rd_json_time(const char *text)
{
	char *end;
	double us = strtod(text, &end);
	int64_t ns = end > text && us >= 0 && us <= 9e15 ? llround(us * 1000) : 0;

	return (uint64_t)ns;
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Three small numbers are a grid or block; arrays of anything else are not ours. */
static bool take_triple(struct rd_member *member, const cJSON *item)
{
	const cJSON *element;
	unsigned int n = 0;

	cJSON_ArrayForEach(element, item)
	{
		if (n == 3 || !cJSON_IsNumber(element) ||
		    !(element->valuedouble >= 0 && element->valuedouble <= UINT32_MAX))
			return false;
		member->xyz[n++] = (uint32_t)element->valuedouble;
	}
	return n == 3;
}

static struct rd_member member_of(const cJSON *item)
{
	struct rd_member member = { .key = item->string, .key_length = strlen(item->string) };

	if (cJSON_IsString(item)) {
		member.kind = RD_VALUE_TEXT;
		member.text = item->valuestring;
		member.length = strlen(item->valuestring);
	} else if (cJSON_IsNumber(item)) {
		member.kind = RD_VALUE_NUMBER;
		member.number = item->valuedouble;
	} else if (cJSON_IsTrue(item)) {
		member.kind = RD_VALUE_TRUE;
	} else if (cJSON_IsArray(item) && take_triple(&member, item)) {
		member.kind = RD_VALUE_TRIPLE;
	}
	return member;
}

static void take_members(struct rd_trace *trace, struct rd_json_call *call, const cJSON *args)
{
	struct rd_member *members;
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, args) n += item->string != NULL;
	members = ut_arena_alloc(&trace->scratch, n * sizeof(*members));
	cJSON_ArrayForEach(item, args)
	{
		if (item->string)
			members[call->nmembers++] = member_of(item);
	}
	call->members = members;
}

/* Events of other categories will come from other sources, a GPU's say: not for this reader yet. */
static bool take_call(struct rd_trace *trace, struct ct_event *event, const cJSON *line,
		      uint64_t base_ns)
{
	const char *category = text_of(line, "cat"), *name = text_of(line, "name");
	struct rd_json_call call = { .name = name };

	if (!category || !name || !*name)
		return false;
	if (!strcmp(category, CT_JSON_DRIVER))
		call.layer = CT_LAYER_DRIVER;
	else if (strcmp(category, CT_JSON_CATEGORY) != 0)
		return false;
	call.name_length = strlen(name);
	call.pid = (uint32_t)rd_json_u64(line, "pid", 0);
	call.tid = (uint32_t)rd_json_u64(line, "tid", 0);
	call.ts_ns = ns_of(line, "ts");
	call.dur_ns = ns_of(line, "dur");
	call.frame = rd_json_u64(line, "sf", 0);
	take_members(trace, &call, cJSON_GetObjectItemCaseSensitive(line, "args"));
	rd_json_call(trace, &call, base_ns, event);
	return true;
}

/* ---- ranges -------------------------------------------------------------------------------- */

/* What stands in `args` beside what a call's line has. */
static bool is_of_range(const struct rd_member *member)
{
	static const char *const keys[] = { CT_JSON_CALL_NS, CT_JSON_POP_NS, CT_JSON_OPEN };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(member->key, keys[i]))
			return true;
	return false;
}

static const struct ct_arg *find_arg(const struct ct_event *event, const char *name)
{
	for (unsigned int i = 0; i < event->nargs; i++)
		if (!strcmp(event->args[i].name, name))
			return &event->args[i];
	return NULL;
}

/* The message may be wanted where arguments are not: it is the line's name then. */
static void take_names(struct rd_trace *trace, struct ct_event *event, const cJSON *line)
{
	const struct ct_arg *message = find_arg(event, "message");
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(line, "args");
	const char *name = text_of(line, "name"), *domain = text_of(args, "domain");

	if (message && message->text)
		name = rd_nvtx_name(&trace->scratch, message->text);
	/* One without a message has the function's name there. */
	if (event->range != CT_RANGE_POP && event->range != CT_RANGE_END && name &&
	    strcmp(name, event->name) != 0)
		event->range_name = name;
	if (domain)
		event->range_domain = domain;
}

/* The function stands in `args`; what is not of NVTX there has none. */
static bool take_range(struct rd_trace *trace, struct ct_event *event, const cJSON *line,
		       uint64_t base_ns)
{
	const cJSON *args = cJSON_GetObjectItemCaseSensitive(line, "args");
	const char *name = text_of(args, "api");
	struct rd_json_call call = { .layer = CT_LAYER_NVTX, .name = name };
	struct rd_member *kept;
	size_t n = 0;

	if (!name || rd_nvtx_kind(name) == CT_RANGE_NONE)
		return false;
	call.name_length = strlen(name);
	call.pid = (uint32_t)rd_json_u64(line, "pid", 0);
	call.tid = (uint32_t)rd_json_u64(line, "tid", 0);
	call.ts_ns = ns_of(line, "ts");
	call.dur_ns = (int64_t)rd_json_u64(args, CT_JSON_CALL_NS, 0);
	take_members(trace, &call, args);
	kept = ut_arena_alloc(&trace->scratch, call.nmembers * sizeof(*kept));
	for (size_t i = 0; i < call.nmembers; i++)
		if (!is_of_range(&call.members[i]))
			kept[n++] = call.members[i];
	call.members = kept;
	call.nmembers = n;
	rd_json_call(trace, &call, base_ns, event);
	event->domain = "nvtx";
	event->range = rd_nvtx_kind(name);
	event->range_name = event->range_domain = "";
	take_names(trace, event, line);
	event->range_id = event->range == CT_RANGE_START || event->range == CT_RANGE_END
				  ? rd_json_range_id(text_of(args, "range"))
				  : rd_nvtx_domain_id(event->range_domain);
	if (rd_json_bool(args, CT_JSON_OPEN, false))
		event->flags |= CT_EVENT_OPEN;
	if (event->range == CT_RANGE_PUSH) {
		event->range_end_ns = event->start_ns + (uint64_t)ns_of(line, "dur") +
				      rd_json_u64(args, "overlap_ns", 0);
		event->range_pop_ns = rd_json_u64(args, CT_JSON_POP_NS, 0);
	}
	return true;
}

static bool is_of_nvtx(const char *category)
{
	return category && (!strcmp(category, CT_JSON_RANGE) ||
			    !strcmp(category, CT_JSON_OPERATOR) || !strcmp(category, CT_JSON_NVTX));
}

/* ---- other events -------------------------------------------------------------------------- */

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

static void take_place(struct ct_event *event, const cJSON *line, uint64_t base_ns)
{
	const char *name = text_of(line, "name");

	rd_json_blank(event);
	if (name)
		event->name = name;
	event->pid = (uint32_t)rd_json_u64(line, "pid", 0);
	event->tid = (uint32_t)rd_json_u64(line, "tid", 0);
	event->start_ns = base_ns + (uint64_t)ns_of(line, "ts");
}

bool rd_json_event(struct rd_trace *trace, const cJSON *line, uint64_t base_ns,
		   struct ct_event *event)
{
	const char *phase = text_of(line, "ph");

	if (!phase)
		return false;
	if (is_of_nvtx(text_of(line, "cat")))
		return take_range(trace, event, line, base_ns);
	if (!strcmp(phase, "X"))
		return take_call(trace, event, line, base_ns);
	take_place(event, line, base_ns);
	if (!strcmp(phase, "i"))
		return take_loss(trace, event, line);
	if (!strcmp(phase, "M"))
		return take_thread(event, line);
	return false;
}
