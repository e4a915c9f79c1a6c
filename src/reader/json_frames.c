/* SPDX-License-Identifier: Apache-2.0 */
/* From stackFrames of JSON back to frames. Their numbers are those of the list they stand in. */
#include "reader/json_frames.h"

#include <stdlib.h>
#include <string.h>

#include "reader/json_value.h"

/* libfoo.so+0x1234 or 0x1234 */
static void take_place(struct rd_trace *trace, struct ct_frame *frame, const char *text)
{
	const char *plus = strrchr(text, '+');

	if (!plus) {
		frame->address = strtoull(text, NULL, 16);
		return;
	}
	frame->module = ut_arena_copy(&trace->strings, text, (size_t)(plus - text));
	frame->offset = strtoull(plus + 1, NULL, 16);
}

static void take_frame(struct rd_trace *trace, struct ct_frame *frame, const cJSON *object)
{
	const char *name = rd_json_text(&trace->strings, object, "name");
	const char *at = rd_json_text(&trace->strings, object, "at");

	*frame = (struct ct_frame){ .parent = (uint32_t)rd_json_u64(object, "parent", 0) };
	if (at) {
		frame->function = name;
		frame->function_offset = rd_json_u64(object, "offset", 0);
	}
	if (at || name)
		take_place(trace, frame, at ? at : name);
}

/* A parent that stands behind its frame could lead round in a circle. */
void rd_json_frames(struct rd_trace *trace, const cJSON *object)
{
	struct ct_header *header = &trace->header;
	size_t count = (size_t)cJSON_GetArraySize(object);
	struct ct_frame *frames;
	const cJSON *entry;

	if (!cJSON_IsObject(object) || !count || count > UINT32_MAX)
		return;
	frames = ut_arena_alloc(&trace->strings, count * sizeof(*frames));
	header->frames = frames;
	cJSON_ArrayForEach(entry, object)
	{
		struct ct_frame *frame = &frames[header->nframes++];

		take_frame(trace, frame, entry);
		if (frame->parent >= header->nframes)
			frame->parent = 0;
	}
}

uint32_t rd_json_frame(const struct rd_trace *trace, uint64_t number)
{
	return number <= trace->header.nframes ? (uint32_t)number : 0;
}
