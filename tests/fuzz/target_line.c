/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of events, one an input. What the scanner takes is the same event to cJSON, and what the
 * scanner leaves it leaves unchanged.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "reader/json_events.h"
#include "reader/json_scan.h"

#define MAX_LINE 8192
#define BASE_NS  1751328000000000000u

struct line {
	char text[MAX_LINE + 1 + RD_SCAN_MARGIN];
	size_t length;
};

static struct rd_trace trace = { .want = RD_WANT_ALL };

/* As the reader cuts them: without blanks and control characters at the end. */
static void put_line(struct line *line, const uint8_t *data, size_t size)
{
	memset(line, 0, sizeof(*line));
	while (size && strchr(" \t\r", data[size - 1]))
		size--;
	memcpy(line->text, data, size);
	line->length = size;
}

static bool by_scanner(struct line *line, struct ct_event *event)
{
	static struct rd_scan scan;
	static struct line before;

	before = *line;
	if (!rd_scan_call(line->text, line->length, &scan)) {
		FZ_MUST(!memcmp(&before, line, sizeof(before)));
		return false;
	}
	rd_json_call(&trace, &scan.call, BASE_NS, event);
	return true;
}

static cJSON *parse(struct line *line)
{
	if (line->length && line->text[line->length - 1] == ',')
		line->text[--line->length] = '\0';
	return cJSON_ParseWithLengthOpts(line->text, line->length + 1, NULL, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct line scanned, parsed;
	static struct ct_event a, b;
	cJSON *object;

	if (size > MAX_LINE || memchr(data, '\n', size))
		return 0;
	put_line(&scanned, data, size);
	put_line(&parsed, data, size);
	if (by_scanner(&scanned, &a)) {
		object = parse(&parsed);
		FZ_MUST(cJSON_IsObject(object));
		FZ_MUST(rd_json_event(&trace, object, BASE_NS, &b));
		a.thread_name = b.thread_name = "";
		b.function = rd_names_number(&trace.names, b.name);
		fz_same_event(&a, &b);
		cJSON_Delete(object);
	}
	ut_arena_reset(&trace.scratch);
	/* Names that fuzzing makes up are without number. */
	if (trace.names.count > 1000) {
		rd_names_free(&trace.names);
		trace.names = (struct rd_names){ .list = NULL };
	}
	return 0;
}
