/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces of Kineto (PyTorch's profiler), and whatever other Chrome traces have calls under the
 * same categories. Of the events only the host's calls of CUDA's runtime and driver are ours: what
 * ran on a GPU, operators and Python functions are passed over.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "curtrace/json_format.h"
#include "reader/foreign.h"
#include "reader/foreign_split.h"
#include "reader/json_value.h"
#include "util/xalloc.h"

/* The header of a trace of ours is told apart within this much of it. */
#define PEEK_SIZE ((size_t)1 << 20)
#define MAX_FACTS 40
#define MAX_TEXT  240

/* Times above this many microseconds are taken for those since 1970, not since some start. */
#define EPOCH_US INT64_C(1000000000000000)

struct kineto {
	struct rd_foreign foreign;
	struct rd_split split;
	bool has_base;
	bool is_kineto; /* has members that only its traces have */
};

/* ---- values -------------------------------------------------------------------------------- */

/* Text of a JSON string with its escapes taken out; NULL if it is none. */
static const char *text_of(struct ut_arena *strings, struct rd_slice value)
{
	char *text = NULL;
	cJSON *parsed;

	if (!value.length || value.at[0] != '"')
		return NULL;
	if (!memchr(value.at, '\\', value.length)) {
		value = rd_slice_unquoted(value);
		return ut_arena_copy(strings, value.at, value.length);
	}
	parsed = cJSON_ParseWithLength(value.at, value.length);
	if (cJSON_IsString(parsed))
		text = ut_arena_strdup(strings, parsed->valuestring);
	cJSON_Delete(parsed);
	return text;
}

/* A number as people write it; a double would round it. Only with an exponent it is one. */
static bool by_exponent(struct rd_slice value, int64_t *thousandths)
{
	char text[64], *end;
	double number;

	if (value.length >= sizeof(text))
		return false;
	memcpy(text, value.at, value.length);
	text[value.length] = '\0';
	number = strtod(text, &end) * 1000;
	if (*end || !(number > -9e18 && number < 9e18))
		return false;
	*thousandths = (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
	return true;
}

/* Microseconds as nanoseconds, exactly; further digits round. */
static bool ns_of(struct rd_slice value, int64_t *ns)
{
	struct rd_slice digits = rd_slice_unquoted(value);
	bool negative = digits.length && digits.at[0] == '-', point = false;
	size_t i, decimals = 0;
	int64_t number = 0;

	for (i = negative; i < digits.length; i++) {
		char c = digits.at[i];

		if (c == '.' && !point && i > negative) {
			point = true;
		} else if (!isdigit((unsigned char)c)) {
			return (c == 'e' || c == 'E') && by_exponent(digits, ns);
		} else if (!point || decimals < 3) {
			if (__builtin_mul_overflow(number, 10, &number) ||
			    __builtin_add_overflow(number, c - '0', &number))
				return false;
			decimals += point;
		} else if (decimals++ == 3) {
			number += c >= '5';
		}
	}
	for (; decimals < 3; decimals++) {
		if (__builtin_mul_overflow(number, 10, &number))
			return false;
	}
	*ns = negative ? -number : number;
	return i > (size_t)negative;
}

/* A whole number, or a string of digits. */
static bool integer_of(struct rd_slice value, int64_t *number)
{
	struct rd_slice digits = rd_slice_unquoted(value);
	char text[32];

	if (!digits.length || digits.length >= sizeof(text))
		return false;
	memcpy(text, digits.at, digits.length);
	text[digits.length] = '\0';
	return rd_parse_i64(text, number);
}

/* Some versions write threads as signed numbers. */
static bool id_of(struct rd_slice value, uint32_t *id)
{
	int64_t number;

	if (!integer_of(value, &number) || number < INT32_MIN || number > UINT32_MAX)
		return false;
	*id = (uint32_t)number;
	return true;
}

/* ---- events -------------------------------------------------------------------------------- */

struct event {
	struct rd_slice ph, cat, name, pid, tid, ts, dur, args;
};

/* The place of a member that is looked at, or NULL. */
static struct rd_slice *place_of(struct event *event, struct rd_slice name)
{
	switch (name.length ? name.at[0] : '\0') {
	case 'p':
		if (rd_slice_is(name, "ph"))
			return &event->ph;
		return rd_slice_is(name, "pid") ? &event->pid : NULL;
	case 'c':
		return rd_slice_is(name, "cat") ? &event->cat : NULL;
	case 'n':
		return rd_slice_is(name, "name") ? &event->name : NULL;
	case 't':
		if (rd_slice_is(name, "ts"))
			return &event->ts;
		return rd_slice_is(name, "tid") ? &event->tid : NULL;
	case 'd':
		return rd_slice_is(name, "dur") ? &event->dur : NULL;
	case 'a':
		return rd_slice_is(name, "args") ? &event->args : NULL;
	default:
		return NULL;
	}
}

/* Categories as versions since 2021 have them, and before. */
static bool is_call(struct rd_slice category)
{
	category = rd_slice_unquoted(category);
	return rd_slice_is(category, "cuda_runtime") || rd_slice_is(category, "cuda_driver") ||
	       rd_slice_is(category, "Runtime");
}

/* Of most events the category, which stands in front, says that they are not ours. */
static bool is_of_no_interest(const struct event *event)
{
	return event->ph.length && event->cat.length &&
	       !rd_slice_is(rd_slice_unquoted(event->ph), "M") && !is_call(event->cat);
}

/* False: not an object. What is missing, or of an event that is not ours, has no length. */
static bool take_members(struct rd_slice object, struct event *event)
{
	struct rd_slice name, value, *place;
	struct rd_walk walk;

	*event = (struct event){ 0 };
	rd_walk_begin(&walk, object);
	while (rd_walk_next(&walk, &name, &value)) {
		place = place_of(event, name);
		if (!place)
			continue;
		*place = value;
		if (is_of_no_interest(event))
			return true;
	}
	return !walk.broken;
}

/* The value of a member of an object; without length if it has none. */
static struct rd_slice member(struct rd_slice object, const char *wanted)
{
	struct rd_slice name, value;
	struct rd_walk walk;

	rd_walk_begin(&walk, object);
	while (rd_walk_next(&walk, &name, &value)) {
		if (rd_slice_is(name, wanted))
			return value;
	}
	return (struct rd_slice){ "", 0 };
}

static bool take_call(struct rd_trace *trace, struct kineto *kineto, const struct event *event)
{
	const char *name = text_of(&trace->scratch, event->name);
	struct rd_foreign_call call = { 0 };
	uint32_t pid, tid;
	int64_t number;

	if (!name || !*name || !ns_of(event->ts, &call.start_ns) ||
	    !ns_of(event->dur, &call.end_ns) || !id_of(event->pid, &pid) ||
	    !id_of(event->tid, &tid) ||
	    __builtin_add_overflow(call.end_ns, call.start_ns, &call.end_ns))
		return false;
	if (integer_of(member(event->args, "correlation"), &number) && number > 0)
		call.correlation = (uint64_t)number;
	call.function = rd_foreign_function(trace, &kineto->foreign, name);
	rd_foreign_add(&kineto->foreign, pid, tid, &call);
	return true;
}

/* Rows that are no process's or thread's have names too. */
static void take_name(struct rd_trace *trace, struct kineto *kineto, const struct event *event)
{
	struct rd_slice what = rd_slice_unquoted(event->name);
	bool is_process = rd_slice_is(what, "process_name");
	uint32_t pid, tid;
	const char *name;

	if ((!is_process && !rd_slice_is(what, "thread_name")) || !id_of(event->pid, &pid))
		return;
	name = text_of(&trace->strings, member(event->args, "name"));
	if (!name)
		return;
	if (is_process)
		rd_foreign_process(&kineto->foreign, pid)->name = name;
	else if (id_of(event->tid, &tid))
		rd_foreign_thread(&kineto->foreign, pid, tid ? tid : pid)->name = name;
}

static void take_event(struct rd_trace *trace, struct kineto *kineto)
{
	struct event event;
	struct rd_slice phase;
	bool sound;

	/* Whatever else is in the list is no event. */
	if (kineto->split.value.at[0] != '{')
		return;
	sound = take_members(kineto->split.value, &event);
	phase = rd_slice_unquoted(event.ph);
	if (sound && rd_slice_is(phase, "M"))
		take_name(trace, kineto, &event);
	else if (sound && rd_slice_is(phase, "X") && is_call(event.cat))
		sound = take_call(trace, kineto, &event);
	if (!sound)
		rd_note_damage(trace, kineto->split.piece_offset,
			       "an event is not what an event looks like");
	ut_arena_reset(&trace->scratch);
}

/* ---- the other members --------------------------------------------------------------------- */

static void take_devices(struct rd_trace *trace, const cJSON *list)
{
	const cJSON *entry;

	trace->header.ndevices = 0;
	trace->header.devices =
		ut_arena_alloc(&trace->strings, ((size_t)cJSON_GetArraySize(list) + 1) *
							sizeof(*trace->header.devices));
	cJSON_ArrayForEach(entry, list)
	{
		if (cJSON_IsObject(entry))
			rd_json_device(&trace->strings, entry,
				       &trace->header.devices[trace->header.ndevices++]);
	}
}

static void take_ranks(struct rd_trace *trace, const cJSON *ranks)
{
	trace->header.rank = (int32_t)rd_json_i64(ranks, "rank", 0);
	trace->header.world_size = (int32_t)rd_json_i64(ranks, "world_size", 0);
}

/* The members that hold others. */
static void take_nested(struct rd_trace *trace, struct kineto *kineto)
{
	const struct rd_split *split = &kineto->split;
	cJSON *value = cJSON_ParseWithLength(split->value.at, split->value.length);

	if (!value)
		rd_note_damage(trace, split->piece_offset, "the header is not valid JSON");
	else if (rd_slice_is(split->name, "deviceProperties") && cJSON_IsArray(value))
		take_devices(trace, value);
	else if (rd_slice_is(split->name, "distributedInfo"))
		take_ranks(trace, value);
	cJSON_Delete(value);
	kineto->is_kineto |= rd_slice_is(split->name, "deviceProperties") ||
			     rd_slice_is(split->name, "distributedInfo");
}

/* Versions that Kineto writes as numbers, times, and whatever it was told to say. */
static void take_scalar(struct rd_trace *trace, struct kineto *kineto)
{
	const struct rd_split *split = &kineto->split;
	struct rd_slice value = split->value, name = split->name;
	const char *text;
	int64_t number;

	if (rd_slice_is(name, "baseTimeNanoseconds") && integer_of(value, &number)) {
		kineto->foreign.base_ns = (uint64_t)number;
		kineto->has_base = kineto->is_kineto = true;
		return;
	}
	if (value.length > MAX_TEXT || name.length > MAX_TEXT ||
	    rd_slice_is(name, "displayTimeUnit") || rd_slice_is(name, "schemaVersion"))
		return;
	text = value.at[0] == '"' ? text_of(&trace->strings, value)
				  : ut_arena_copy(&trace->strings, value.at, value.length);
	if (rd_slice_is(name, "cuda_runtime_version"))
		trace->header.runtime_version = text;
	else if (rd_slice_is(name, "cuda_driver_version"))
		trace->header.driver_version = text;
	else if (text && trace->header.nfacts < MAX_FACTS)
		rd_foreign_fact(trace, ut_arena_copy(&trace->strings, name.at, name.length), text);
}

/* ---- the file ------------------------------------------------------------------------------ */

static gzFile open_again(const struct rd_trace *trace)
{
	int fd = dup(trace->fd);
	gzFile file = fd < 0 ? NULL : gzdopen(fd, "rb");

	if (fd >= 0 && !file)
		close(fd);
	/* The place in the file is one for all its descriptors. */
	if (file)
		lseek(trace->fd, 0, SEEK_SET);
	return file;
}

static bool holds(const char *text, size_t size, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = memchr(at, word[0], size - (size_t)(at - text))); at++) {
		if (size - (size_t)(at - text) < length)
			return false;
		if (!memcmp(at, word, length))
			return true;
	}
	return false;
}

/* A trace of ours names its maker before its events. */
bool rd_kineto_is_it(const struct rd_trace *trace)
{
	gzFile file = open_again(trace);
	char *text = ut_xmalloc(PEEK_SIZE);
	size_t blanks = 0;
	bool ours, foreign;
	int length;

	length = file ? gzread(file, text, (unsigned int)PEEK_SIZE) : 0;
	if (length < 0)
		length = 0;
	ours = holds(text, (size_t)length, "\"tool\": \"" CT_JSON_TOOL "\"") ||
	       holds(text, (size_t)length, "\"tool\":\"" CT_JSON_TOOL "\"");
	while (blanks < (size_t)length && isspace((unsigned char)text[blanks]))
		blanks++;
	foreign = holds(text, (size_t)length, "\"traceEvents\"") ||
		  (blanks < (size_t)length && text[blanks] == '[');
	free(text);
	if (file)
		gzclose(file);
	lseek(trace->fd, 0, SEEK_SET);
	return foreign && !ours;
}

static void take_end(struct rd_trace *trace, struct kineto *kineto, enum rd_piece piece)
{
	const struct rd_split *split = &kineto->split;

	if (piece == RD_PIECE_BROKEN)
		rd_note_damage(trace, split->piece_offset, "it is not valid JSON from here on");
	else if (piece == RD_PIECE_CUT && split->why[0])
		rd_note_damage(trace, split->piece_offset, "cannot be unpacked: %s", split->why);
	/* Where events stand in a bare list the format lets its end be missing. */
	else if (piece == RD_PIECE_CUT)
		rd_note_damage(trace, split->piece_offset,
			       "the end is missing: the file was cut off");
}

static void read_all(struct rd_trace *trace, struct kineto *kineto)
{
	enum rd_piece piece;

	for (;;) {
		piece = rd_split_next(&kineto->split);
		switch (piece) {
		case RD_PIECE_EVENT:
			take_event(trace, kineto);
			break;
		case RD_PIECE_MEMBER:
			if (strchr("{[", kineto->split.value.at[0]))
				take_nested(trace, kineto);
			else
				take_scalar(trace, kineto);
			break;
		case RD_PIECE_LARGE:
			break;
		default:
			take_end(trace, kineto, piece);
			return;
		}
	}
}

/* Older versions write times since 1970 themselves. */
static void say_what_is_missing(struct rd_trace *trace, const struct kineto *kineto)
{
	struct ct_header *header = &trace->header;

	header->source = "kineto";
	header->lacks = CT_LACKS_ARGUMENTS | CT_LACKS_RESULTS | CT_LACKS_IN_FLIGHT |
			CT_LACKS_LOSSES | CT_LACKS_CALLERS;
	if (!kineto->has_base && kineto->foreign.first_ns / 1000 < EPOCH_US)
		header->lacks |= CT_LACKS_REALTIME;
}

static bool kineto_open(struct rd_trace *trace)
{
	struct kineto *kineto = ut_xcalloc(1, sizeof(*kineto));

	trace->state = kineto;
	kineto->split.file = open_again(trace);
	if (!kineto->split.file) {
		rd_note_damage(trace, RD_NO_OFFSET, "cannot be opened: %s", strerror(errno));
		return false;
	}
	gzbuffer(kineto->split.file, 128u << 10);
	read_all(trace, kineto);
	rd_split_free(&kineto->split);
	if (!kineto->foreign.calls && !kineto->is_kineto) {
		rd_note_damage(trace, 0,
			       "is JSON, but not a trace of curtrace, and holds no calls "
			       "of CUDA's runtime");
		return false;
	}
	say_what_is_missing(trace, kineto);
	return rd_foreign_finish(trace, &kineto->foreign);
}

static bool kineto_next(struct rd_trace *trace, struct ct_event *event)
{
	struct kineto *kineto = trace->state;

	return rd_foreign_next(trace, &kineto->foreign, event);
}

static void kineto_close(struct rd_trace *trace)
{
	struct kineto *kineto = trace->state;

	if (!kineto)
		return;
	if (kineto->split.file)
		gzclose(kineto->split.file);
	rd_split_free(&kineto->split);
	rd_foreign_free(&kineto->foreign);
	free(kineto);
}

const struct rd_form rd_kineto_form = {
	.open = kineto_open,
	.next = kineto_next,
	.functions = rd_foreign_functions,
	.close = kineto_close,
};
