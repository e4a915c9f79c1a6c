/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON form of a trace, plain or compressed, as curtrace writes it: a header, then one event
 * a line. Read a line at a time; a line that is damaged costs itself only.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "curtrace/json_format.h"
#include "reader/json_events.h"
#include "reader/json_frames.h"
#include "reader/json_pops.h"
#include "reader/json_scan.h"
#include "reader/json_value.h"
#include "reader/modules.h"
#include "reader/run_info.h"
#include "reader/trace.h"
#include "util/map.h"
#include "util/xalloc.h"

/* A line, and the header, are refused above this. */
#define MAX_TEXT ((size_t)64 << 20)

/* How much is read at once, by the size of the file. */
#define MIN_BUFFER ((size_t)4 << 10)
#define MAX_BUFFER ((size_t)256 << 10)

struct rd_json {
	gzFile file; /* also reads what is not compressed */
	char *buffer;
	size_t begin, end, capacity;
	uint64_t offset; /* of buffer[begin] in the unpacked file */
	bool at_eof;
	bool ended;     /* CT_JSON_END was seen */
	bool in_chunks; /* behind the events: see json_full.h */
	uint64_t base_ns;
	struct ut_arena nodes;   /* of the present line */
	cJSON *line;             /* the last event's: its strings live here */
	struct ut_map processes; /* pid -> index */
	struct ut_map threads;   /* pid << 32 | tid -> number in names */
	uint64_t last_thread;    /* of the last call, as in threads; its process and name */
	uint32_t last_process;
	const char *last_name; /* NULL: there was none yet */
	struct rd_scan scan;
	struct rd_pops pops;
	char *peeked; /* the next line, if it was looked at already; its length and offset */
	size_t peeked_length;
	uint64_t peeked_offset;
	const char **names;
	size_t nnames, names_capacity;
};

/* ---- memory of cJSON ----------------------------------------------------------------------- */

/*
 * A line's nodes all die together, and come from an arena while it is parsed: half of the time
 * went into malloc. cJSON's hooks are one set for the whole process, so that everything outside
 * of that moment still comes from malloc; each thread has its own such moments.
 */
static _Thread_local struct ut_arena *parsing_into;

static void *take_memory(size_t size)
{
	return parsing_into ? ut_arena_alloc(parsing_into, size) : malloc(size);
}

static void give_memory(void *block)
{
	if (!parsing_into)
		free(block);
}

/* Once: while it sets them, other threads see half of each set. */
static void set_hooks(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = take_memory, .free_fn = give_memory });
}

static cJSON *parse_line(struct rd_json *json, const char *line, size_t size, const char **stop)
{
	cJSON *parsed;

	ut_arena_reset(&json->nodes);
	parsing_into = &json->nodes;
	parsed = cJSON_ParseWithLengthOpts(line, size, stop, true);
	parsing_into = NULL;
	return parsed;
}

/* ---- lines --------------------------------------------------------------------------------- */

static void enlarge(struct rd_json *json, size_t capacity)
{
	json->capacity = capacity;
	/* One more for a NUL, and what the scanner may look at. */
	json->buffer = ut_xrealloc(json->buffer, capacity + 1 + RD_SCAN_MARGIN);
	memset(json->buffer + capacity, 0, 1 + RD_SCAN_MARGIN);
}

/* Reads more; false at the end of the file. */
static bool refill(struct rd_trace *trace, struct rd_json *json)
{
	int length, error;

	if (json->at_eof)
		return false;
	memmove(json->buffer, json->buffer + json->begin, json->end - json->begin);
	json->end -= json->begin;
	json->begin = 0;
	if (json->end == json->capacity)
		enlarge(json, json->capacity * 2);
	length = gzread(json->file, json->buffer + json->end,
			(unsigned int)(json->capacity - json->end));
	if (length <= 0) {
		const char *text = gzerror(json->file, &error);

		json->at_eof = true;
		/* Z_BUF_ERROR: a compressed file that was cut off. */
		if (error == Z_BUF_ERROR)
			rd_note_damage(trace, json->offset + json->end, "the file is cut off");
		else if (error != Z_OK && error != Z_STREAM_END)
			rd_note_damage(trace, json->offset + json->end, "cannot be unpacked: %s",
				       text);
		return false;
	}
	json->end += (size_t)length;
	return true;
}

/*
 * The next line, NUL-terminated and without its newline and the blanks before it; NULL at the end.
 * *offset: where it begins.
 */
static char *next_line(struct rd_trace *trace, struct rd_json *json, size_t *length,
		       uint64_t *offset)
{
	size_t seen = 0;
	char *line = json->peeked, *newline;

	if (line) {
		json->peeked = NULL;
		*length = json->peeked_length;
		*offset = json->peeked_offset;
		return line;
	}

	for (;;) {
		newline = memchr(json->buffer + json->begin + seen, '\n',
				 json->end - json->begin - seen);
		if (newline)
			break;
		seen = json->end - json->begin;
		if (seen > MAX_TEXT) {
			rd_note_damage(trace, json->offset, "a line of more than %zu bytes",
				       MAX_TEXT);
			return NULL;
		}
		if (!refill(trace, json)) {
			if (!seen)
				return NULL;
			newline = json->buffer + json->end;
			break;
		}
	}
	line = json->buffer + json->begin;
	*offset = json->offset;
	*length = (size_t)(newline - line);
	json->begin += *length + (newline < json->buffer + json->end);
	json->offset += *length + 1;
	*newline = '\0';
	while (*length && strchr(" \t\r", line[*length - 1]) && line[*length - 1])
		line[--*length] = '\0';
	return line;
}

/* ---- the header ---------------------------------------------------------------------------- */

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t size = strlen(end);

	return length >= size && !memcmp(text + length - size, end, size);
}

/* Everything up to the events, as one JSON text that is closed; NULL if there is no such thing. */
static char *header_text(struct rd_trace *trace, struct rd_json *json, size_t *size)
{
	char *text = NULL, *line;
	size_t capacity = 0, length;
	uint64_t offset;

	*size = 0;
	while ((line = next_line(trace, json, &length, &offset))) {
		if (*size + length > MAX_TEXT)
			break;
		/* One byte at a time is not needed: room for the line, its newline and the end. */
		if (*size + length + sizeof(CT_JSON_END) + 1 > capacity) {
			capacity = (*size + length + sizeof(CT_JSON_END) + 1) * 2;
			text = ut_xrealloc(text, capacity);
		}
		memcpy(text + *size, line, length);
		*size += length;
		if (ends_with(line, length, CT_JSON_EVENTS)) {
			memcpy(text + *size, CT_JSON_END, sizeof(CT_JSON_END));
			*size += strlen(CT_JSON_END);
			return text;
		}
		text[(*size)++] = '\n';
	}
	free(text);
	rd_note_damage(trace, json->offset, "has no line that ends with %s", CT_JSON_EVENTS);
	return NULL;
}

static void parse_devices(struct rd_trace *trace, const cJSON *list)
{
	struct ct_header *header = &trace->header;
	const cJSON *entry;

	header->devices = ut_arena_alloc(&trace->strings, (size_t)cJSON_GetArraySize(list) *
								  sizeof(*header->devices));
	cJSON_ArrayForEach(entry, list)
		rd_json_device(&trace->strings, entry, &header->devices[header->ndevices++]);
}

static void parse_processes(struct rd_trace *trace, struct rd_json *json, const cJSON *list)
{
	struct ct_header *header = &trace->header;
	struct ct_process_info *info;
	const cJSON *entry;

	header->processes = ut_arena_alloc(&trace->strings, (size_t)cJSON_GetArraySize(list) *
								    sizeof(*header->processes));
	cJSON_ArrayForEach(entry, list)
	{
		info = &header->processes[header->nprocesses];
		rd_process_info_parse(trace, entry, info);
		rd_process_counts_parse(entry, info);
		/* Of images that one process ran one after the other, the last. */
		ut_map_put(&json->processes, info->pid, header->nprocesses++);
	}
}

/* A number above 2^53, as Kineto writes it, but one that ends in enough zero bits for a double. */
static uint64_t base_of(const cJSON *root)
{
	const cJSON *base = cJSON_GetObjectItemCaseSensitive(root, "baseTimeNanoseconds");

	if (!cJSON_IsNumber(base) || base->valuedouble < 0 || base->valuedouble > 9.2e18)
		return 0;
	return (uint64_t)base->valuedouble;
}

static bool take_header(struct rd_trace *trace, struct rd_json *json, const cJSON *root)
{
	const cJSON *run = cJSON_GetObjectItemCaseSensitive(root, "otherData");
	const cJSON *tool = cJSON_GetObjectItemCaseSensitive(run, "tool");
	const cJSON *ranks = cJSON_GetObjectItemCaseSensitive(root, "distributedInfo");

	if (!cJSON_IsString(tool) || strcmp(tool->valuestring, CT_JSON_TOOL)) {
		rd_note_damage(trace, 0, "is JSON, but not a trace of curtrace");
		return false;
	}
	rd_run_parse(trace, run);
	rd_run_parse_counts(trace, run);
	trace->header.rank = (int32_t)rd_json_i64(ranks, "rank", 0);
	trace->header.world_size = (int32_t)rd_json_i64(ranks, "world_size", 0);
	trace->header.complete = rd_json_bool(run, "complete", false);
	json->base_ns = base_of(root);
	parse_processes(trace, json, cJSON_GetObjectItemCaseSensitive(run, "processes"));
	parse_devices(trace, cJSON_GetObjectItemCaseSensitive(root, "deviceProperties"));
	rd_modules_parse(trace, cJSON_GetObjectItemCaseSensitive(run, "modules"));
	rd_json_frames(trace, cJSON_GetObjectItemCaseSensitive(root, "stackFrames"));
	rd_run_finish(trace);
	return true;
}

static bool read_header(struct rd_trace *trace, struct rd_json *json)
{
	const char *stop = NULL;
	size_t size;
	char *text = header_text(trace, json, &size);
	cJSON *root;
	bool taken;

	if (!text)
		return false;
	root = cJSON_ParseWithLengthOpts(text, size + 1, &stop, true);
	if (!root)
		rd_note_damage(trace, stop ? (uint64_t)(stop - text) : 0,
			       "the header is not valid JSON");
	taken = root && take_header(trace, json, root);
	cJSON_Delete(root);
	free(text);
	return taken;
}

/*
 * Whether the file ends as it should, so that the header of one that was cut off says so before
 * its events are read. Of a compressed file that cannot be known without unpacking it all.
 */
static void check_end(struct rd_trace *trace, const struct rd_json *json)
{
	const char wanted[] = CT_JSON_END "\n";
	char tail[sizeof(wanted) - 1];

	if (!gzdirect(json->file) || trace->file_size < sizeof(tail))
		return;
	if (rd_read_at(trace, trace->file_size - sizeof(tail), tail, sizeof(tail)) !=
		    sizeof(tail) ||
	    (memcmp(tail, wanted, sizeof(tail)) && memcmp(tail + 1, wanted, sizeof(tail) - 1)))
		trace->header.complete = false;
}

static bool json_open(struct rd_trace *trace)
{
	static pthread_once_t hooks_set = PTHREAD_ONCE_INIT;
	struct rd_json *json = ut_xcalloc(1, sizeof(*json));
	int copy = dup(trace->fd);
	size_t room;

	pthread_once(&hooks_set, set_hooks);
	trace->state = json;
	json->file = copy < 0 ? NULL : gzdopen(copy, "rb");
	if (!json->file) {
		rd_note_damage(trace, RD_NO_OFFSET, "cannot be opened: %s", strerror(errno));
		if (copy >= 0)
			close(copy);
		return false;
	}
	/* zlib's buffer is half of what is asked for: then it reads plain files without a copy. */
	room = trace->file_size < MIN_BUFFER   ? MIN_BUFFER
	       : trace->file_size < MAX_BUFFER ? (size_t)trace->file_size
					       : MAX_BUFFER;
	gzbuffer(json->file, (unsigned int)room / 4);
	enlarge(json, room);
	if (!read_header(trace, json))
		return false;
	check_end(trace, json);
	return true;
}

/* ---- events -------------------------------------------------------------------------------- */

/* Remembers a thread's name and adds process and thread to an event. */
static void place_event(struct rd_trace *trace, struct rd_json *json, struct ct_event *event)
{
	uint64_t key = (uint64_t)event->pid << 32 | event->tid;
	uint32_t *process, *name;

	/* Mostly it is the thread of the call before. */
	if (event->type == CT_EVENT_THREAD || json->last_thread != key || !json->last_name) {
		process = ut_map_get(&json->processes, event->pid);
		name = ut_map_get(&json->threads, key);
		json->last_thread = key;
		json->last_process = process ? *process : 0;
		json->last_name = name ? json->names[*name] : "";
	}
	event->process = json->last_process;
	if (event->type == CT_EVENT_THREAD) {
		ut_grow(&json->names, &json->names_capacity, json->nnames, sizeof(*json->names));
		json->names[json->nnames] = ut_arena_strdup(&trace->strings, event->thread_name);
		ut_map_put(&json->threads, key, (uint32_t)json->nnames++);
		json->last_name = NULL;
		return;
	}
	event->thread_name = json->last_name;
}

/*
 * Takes in a line of traceEvents, which gives an event (*event is filled in but for its place), an
 * object (json->line) or nothing; false at the end.
 */
static bool next_object(struct rd_trace *trace, struct rd_json *json, struct ct_event *event,
			bool *scanned)
{
	const char *stop = NULL;
	uint64_t offset;
	size_t length;
	char *line;

	json->line = NULL;
	line = next_line(trace, json, &length, &offset);
	if (!line) {
		if (!json->ended)
			rd_note_damage(trace, json->offset,
				       "the end is missing: the file was cut off");
		return false;
	}
	*scanned = *line == '{' && !json->ended && !json->in_chunks &&
		   rd_scan_call(line, length, &json->scan);
	if (*scanned) {
		rd_json_call(trace, &json->scan.call, json->base_ns, event);
		return true;
	}
	if (!strcmp(line, CT_JSON_END)) {
		json->ended = true;
		return true;
	}
	json->in_chunks |= !strcmp(line, CT_JSON_MORE);
	if (json->in_chunks)
		return true;
	if (length && line[length - 1] == ',')
		line[--length] = '\0';
	if (!length)
		return true;
	json->line = parse_line(json, line, length + 1, &stop);
	if (json->ended || !cJSON_IsObject(json->line))
		rd_note_damage(trace, offset + (stop ? (uint64_t)(stop - line) : 0), "%s",
			       json->ended ? "there is something behind the end"
					   : "a line is not a valid JSON object");
	return true;
}

/* When the next line's event begins; UINT64_MAX: there is none, or it has no time. */
static uint64_t next_start(struct rd_trace *trace, struct rd_json *json)
{
	static const char key[] = ",\"ts\":";
	const char *at;

	json->peeked = next_line(trace, json, &json->peeked_length, &json->peeked_offset);
	at = json->peeked ? strstr(json->peeked, key) : NULL;
	return at ? json->base_ns + rd_json_time(at + sizeof(key) - 1) : UINT64_MAX;
}

static bool json_next(struct rd_trace *trace, struct ct_event *event)
{
	struct rd_json *json = trace->state;

	bool scanned;

	if (json->pops.count && rd_pops_take(&json->pops, trace, next_start(trace, json), event)) {
		place_event(trace, json, event);
		return true;
	}
	while (next_object(trace, json, event, &scanned)) {
		if (!scanned && (!cJSON_IsObject(json->line) ||
				 !rd_json_event(trace, json->line, json->base_ns, event)))
			continue;
		if (event->range == CT_RANGE_PUSH && !(event->flags & CT_EVENT_OPEN))
			rd_pops_add(&json->pops, event);
		place_event(trace, json, event);
		return true;
	}
	return false;
}

static const struct rd_function *json_functions(const struct rd_trace *trace, size_t *count)
{
	(void)trace;
	*count = 0;
	return NULL;
}

static void json_close(struct rd_trace *trace)
{
	struct rd_json *json = trace->state;

	if (!json)
		return;
	if (json->file)
		gzclose(json->file);
	ut_arena_free(&json->nodes);
	ut_map_free(&json->processes);
	ut_map_free(&json->threads);
	rd_pops_free(&json->pops);
	free(json->names);
	free(json->buffer);
	free(json);
}

const struct rd_form rd_json_form = {
	.open = json_open,
	.next = json_next,
	.functions = json_functions,
	.close = json_close,
};
