/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVTX's ranges and marks as lines of a JSON trace. A range that was pushed is one line, a complete
 * event like a call: the reader says where it ends. Its pop has no line of its own, and its level,
 * its duration and the push's stand among the arguments. Ranges that start and end need not nest
 * and are asynchronous events.
 */
#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "util/xalloc.h"
#include "write/json_internal.h"

/* Of PyTorch's operators analyses of its traces know them by. */
static const char *category_of(const struct ct_event *event)
{
	static const char *const operators[] = { "aten::", "c10::", "c10d::", "torchvision::" };

	if (event->range == CT_RANGE_PUSH)
		for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
			if (!strncmp(event->range_name, operators[i], strlen(operators[i])))
				return CT_JSON_OPERATOR;
	return event->range == CT_RANGE_PUSH ? CT_JSON_RANGE : CT_JSON_NVTX;
}

static void out_head(struct wr_json *json, const struct ct_event *event, const char *phase,
		     const char *name)
{
	const struct wr_thread *thread = wr_json_thread(json, event);
	struct wr_out *out = &json->out;

	wr_out_literal(out, "{\"ph\":");
	wr_out_text(out, phase);
	if (*phase == 'i')
		wr_out_literal(out, ",\"s\":\"t\"");
	wr_out_literal(out, ",\"cat\":");
	wr_out_text(out, category_of(event));
	wr_out_literal(out, ",\"name\":");
	wr_out_text(out, name && *name ? name : event->name);
	wr_out_raw(out, thread->place, thread->length);
	wr_out_us(out, (int64_t)(event->start_ns - json->base_ns));
}

static void out_ns(struct wr_out *out, const char *key, uint64_t ns)
{
	wr_out_literal(out, "\"");
	wr_out_raw(out, key, strlen(key));
	wr_out_literal(out, "\":");
	wr_out_exact_u64(out, ns);
	wr_out_literal(out, ",");
}

/* The function is the last one: each part before it ends with a comma. */
static void out_tail(struct wr_json *json, const struct ct_event *event, uint64_t cut_ns)
{
	struct wr_out *out = &json->out;

	wr_out_literal(out, ",\"args\":{");
	wr_json_details(json, event);
	out_ns(out, CT_JSON_CALL_NS, event->end_ns - event->start_ns);
	if (event->range == CT_RANGE_PUSH && !(event->flags & CT_EVENT_OPEN))
		out_ns(out, CT_JSON_POP_NS, event->range_pop_ns);
	if (cut_ns)
		out_ns(out, "overlap_ns", cut_ns);
	if (event->flags & CT_EVENT_OPEN)
		wr_out_literal(out, "\"" CT_JSON_OPEN "\":true,");
	wr_out_literal(out, "\"api\":");
	wr_out_text(out, event->name);
	wr_out_literal(out, "}}");
}

static void out_push(struct wr_json *json, const struct ct_event *event)
{
	uint64_t wanted = event->range_end_ns > event->end_ns ? event->range_end_ns : event->end_ns;
	uint64_t end = wr_json_nest(wr_json_thread(json, event), event->start_ns, wanted);

	out_head(json, event, "X", event->range_name);
	wr_out_literal(&json->out, ",\"dur\":");
	wr_out_us(&json->out, (int64_t)(end - event->start_ns));
	out_tail(json, event, wanted - end);
}

/* ---- ranges that start and end ------------------------------------------------------------- */

struct wr_started {
	uint64_t id;
	uint32_t process;
	char *name;
};

static void remember(struct wr_json *json, const struct ct_event *event)
{
	ut_grow(&json->started, &json->started_capacity, json->nstarted, sizeof(*json->started));
	json->started[json->nstarted++] = (struct wr_started){
		.id = event->range_id,
		.process = event->process,
		.name = ut_xstrdup(event->range_name),
	};
}

/* What its start was called, to be freed; NULL: that is not in the trace. */
static char *recall(struct wr_json *json, const struct ct_event *event)
{
	for (size_t i = json->nstarted; i-- > 0;) {
		char *name = json->started[i].name;

		if (json->started[i].id != event->range_id ||
		    json->started[i].process != event->process)
			continue;
		json->started[i] = json->started[--json->nstarted];
		return name;
	}
	return NULL;
}

static void out_async(struct wr_json *json, const struct ct_event *event)
{
	bool starts = event->range == CT_RANGE_START;
	char *name = starts ? NULL : recall(json, event);

	if (starts)
		remember(json, event);
	out_head(json, event, starts ? "b" : "e", starts ? event->range_name : name);
	free(name);
	/* Ids are the process's own. */
	wr_out_literal(&json->out, ",\"id2\":{\"local\":");
	wr_out_hex(&json->out, event->range_id);
	wr_out_literal(&json->out, "}");
	out_tail(json, event, 0);
}

void wr_json_ranges_free(struct wr_json *json)
{
	for (size_t i = 0; i < json->nstarted; i++)
		free(json->started[i].name);
	free(json->started);
}

/* A pop that belongs to a push is told by that. */
bool wr_json_is_told(const struct ct_event *event)
{
	return event->range == CT_RANGE_POP && event->range_end_ns &&
	       !(event->flags & CT_EVENT_OPEN);
}

void wr_json_range(struct wr_json *json, const struct ct_event *event)
{
	switch (event->range) {
	case CT_RANGE_PUSH:
		out_push(json, event);
		break;
	case CT_RANGE_START:
	case CT_RANGE_END:
		out_async(json, event);
		break;
	default:
		out_head(json, event, "i", event->range_name);
		out_tail(json, event, 0);
	}
}
