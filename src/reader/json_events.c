/* SPDX-License-Identifier: Apache-2.0 */
/* A line that cJSON has parsed as an event: calls by their parts (json_call.h), the others here. */
#include "reader/json_events.h"

#include <math.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "reader/json_call.h"
#include "reader/json_value.h"

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
	if (!strcmp(phase, "X"))
		return take_call(trace, event, line, base_ns);
	take_place(event, line, base_ns);
	if (!strcmp(phase, "i"))
		return take_loss(trace, event, line);
	if (!strcmp(phase, "M"))
		return take_thread(event, line);
	return false;
}
