/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON trace and its events but for the calls (json_call.c). */
#include "write/json.h"

#include <stdlib.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "util/xalloc.h"
#include "write/json_internal.h"

/* Nothing is written before the header. */
struct wr_json *wr_json_open(int fd, bool gz)
{
	struct wr_json *json = ut_xcalloc(1, sizeof(*json));

	wr_json_call_begin(json);
	json->texts = wr_texts_new();
	wr_out_begin(&json->out, fd, gz);
	return json;
}

int wr_json_end(struct wr_json *json)
{
	int error;

	wr_out_literal(&json->out, "\n" CT_JSON_END "\n");
	error = wr_out_end(&json->out);
	wr_json_threads_free(json);
	wr_json_ranges_free(json);
	wr_texts_free(json->texts);
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

void wr_json_forget(struct wr_json *json)
{
	wr_texts_forget(json->texts);
}

/* ,"pid":1,"tid":2,"ts":3.000 */
static void out_place(struct wr_json *json, const struct ct_event *event)
{
	struct wr_out *out = &json->out;
	const struct wr_thread *thread = wr_json_thread(json, event);

	wr_out_raw(out, thread->place, thread->length);
	wr_out_us(out, (int64_t)(event->start_ns - json->base_ns));
}

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
	wr_out_u64(out, json->named++);
	wr_out_literal(out, "}}");
}

int wr_json_event(struct wr_json *json, const struct ct_event *event)
{
	if (wr_json_is_told(event))
		return json->out.error;
	wr_json_line(json);
	switch (event->type) {
	case CT_EVENT_CALL:
		if (event->layer == CT_LAYER_NVTX)
			wr_json_range(json, event);
		else
			wr_json_call(json, event);
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
