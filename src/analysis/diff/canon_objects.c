/* SPDX-License-Identifier: Apache-2.0 */
/* Which object a handle means, and what an event waits for. */
#include "analysis/diff/canon_own.h"

#include <string.h>

/* Further back an event's record is only said to be older: loops over many events are alike. */
#define MOST_BACK 8

/* One call after the other it is the same few types, by the same few addresses. */
uint32_t df_canon_type(struct df_canon *canon, const char *type, bool lasting)
{
	if (type == canon->last_type)
		return canon->last_type_number;
	canon->last_type = NULL;
	canon->last_type_number = df_objects_type(&canon->objects, df_canon_keep(canon, type));
	if (lasting)
		canon->last_type = type;
	return canon->last_type_number;
}

static void set_object(const struct df_canon *canon, struct df_value *value, uint32_t lane,
		       uint32_t number)
{
	const struct df_object *object = df_object(&canon->objects, number);

	value->kind = DF_VALUE_OBJECT;
	value->word = canon->objects.types[object->type - 1];
	value->lasting = true;
	value->n[0] = object->number;
	if (object->lane != lane)
		value->of = canon->lanes[object->lane].known_as;
}

static const char *special_stream(uint64_t handle)
{
	static const char *const streams[] = { "default", "legacy", "per-thread" };

	return handle < sizeof(streams) / sizeof(streams[0]) ? streams[handle] : NULL;
}

/* How many events this lane has recorded there: asked for another lane's, it would be chance. */
static uint64_t recordings(const struct df_canon *canon, uint32_t lane, uint64_t stream)
{
	const uint32_t *count = ut_map_get(&canon->lanes[lane].recordings, stream);

	return count ? *count : 0;
}

static uint64_t stream_place(const struct df_object *event)
{
	return (uint64_t)event->special << 32 | event->stream;
}

/*
 * An event is what it waits for. Which of a pool's events it is, or how many of them are there,
 * depends on which were ready when somebody looked.
 */
static void set_event(struct df_canon *canon, struct df_value *value, uint32_t lane,
		      const struct df_object *event, const struct df_habit *habit)
{
	uint64_t back;

	value->kind = DF_VALUE_EVENT;
	value->lasting = true;
	if (!event->recorded || habit->records || habit->ends)
		return;
	if (event->special)
		value->word = special_stream(event->stream);
	else
		set_object(canon, value, lane, event->stream);
	value->kind = DF_VALUE_EVENT;
	if (event->recorder != lane || habit->asks_events)
		return;
	back = recordings(canon, lane, stream_place(event)) - event->recording;
	value->n[1] = (back < MOST_BACK ? back : MOST_BACK) + 1;
}

void df_canon_handle(struct df_canon *canon, struct df_value *value, uint32_t lane,
		     const struct ct_event *event, const struct ct_arg *arg, const char *type,
		     const struct df_habit *habit)
{
	const struct df_asker asker = df_canon_asker(lane, event);
	uint32_t number = df_canon_type(canon, type, event->lasting), object;

	if (number == canon->stream_type && special_stream(arg->value.u)) {
		df_value_set_word(value, !arg->value.u && event->flags & CT_EVENT_PER_THREAD
						 ? "per-thread"
						 : special_stream(arg->value.u));
		return;
	}
	if (!arg->value.u || !number) {
		df_value_set_word(value, arg->value.u ? df_canon_keep(canon, type) : "NULL");
		return;
	}
	if (number == canon->event_type) {
		object = df_objects_find(&canon->objects, &asker, number, arg->value.u);
		if (object)
			set_event(canon, value, lane, df_object(&canon->objects, object), habit);
		else
			value->kind = DF_VALUE_EVENT;
		return;
	}
	/* Nodes are as many as a program's graphs are large, and made anew with each of them. */
	if (number == canon->node_type) {
		df_value_set_word(value, "node");
		return;
	}
	object = df_objects_meet(&canon->objects, &asker, number, arg->value.u);
	set_object(canon, value, lane, object);
}

/* The event that is recorded; it may have been made before recording began. */
static struct df_object *recorded_event(struct df_canon *canon, const struct df_asker *asker,
					uint64_t handle)
{
	struct df_asker earlier = *asker;
	uint32_t number = df_objects_find(&canon->objects, asker, canon->event_type, handle);

	if (!number) {
		earlier.end_ns = 0;
		df_objects_create(&canon->objects, &earlier, canon->event_type, handle);
		number = df_objects_find(&canon->objects, asker, canon->event_type, handle);
	}
	return df_object(&canon->objects, number);
}

/* The event and stream of a call that records one. */
void df_canon_note_recording(struct df_canon *canon, uint32_t lane, const struct ct_event *event)
{
	const struct df_asker asker = df_canon_asker(lane, event);
	const struct ct_arg *arg = an_arg(event, "event");
	uint64_t stream = an_arg_u64(an_arg(event, "stream"), 0), place;
	bool special = special_stream(stream);
	struct df_object *object;

	if (!arg || event->flags & CT_EVENT_FAILED)
		return;
	if (!special)
		stream = df_objects_meet(&canon->objects, &asker, canon->stream_type, stream);
	object = recorded_event(canon, &asker, arg->value.u);
	object->recorded = true;
	object->special = special;
	object->stream = (uint32_t)stream;
	object->recorder = lane;
	place = stream_place(object);
	object->recording = recordings(canon, lane, place) + 1;
	ut_map_put(&canon->lanes[lane].recordings, place, (uint32_t)object->recording);
}

/* A trace in JSON holds handles as addresses. */
const char *df_canon_type_of_address(struct df_canon *canon, uint32_t lane,
				     const struct ct_event *event, const struct ct_arg *arg)
{
	const struct df_asker asker = df_canon_asker(lane, event);

	if (event->layout || arg->label)
		return NULL;
	if (!strcmp(arg->name, "stream") || !strcmp(arg->name, "hStream"))
		return "stream";
	if (!strcmp(arg->name, "event"))
		return "event";
	for (size_t i = 0; arg->value.u && i < canon->objects.ntypes; i++) {
		if (df_objects_find(&canon->objects, &asker, (uint32_t)i + 1, arg->value.u))
			return canon->objects.types[i];
	}
	return NULL;
}
